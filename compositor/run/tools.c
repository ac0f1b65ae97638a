// SPDX-License-Identifier: MIT
// `oriel shot`, `oriel compare` and `oriel msg`: their command lines.
#include "compositor/run/tools.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/run/compare.h"
#include "compositor/run/msg.h"
#include "compositor/run/options.h"
#include "compositor/run/run.h"

#define COMPARE_TROUBLE 2 // as cmp(1) and diff(1)

int tool_shot(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"socket", required_argument, NULL, OPT_SOCKET},
		{"output", required_argument, NULL, OPT_OUTPUT},
		{"window", required_argument, NULL, OPT_WINDOW},
		{"region", required_argument, NULL, OPT_REGION},
		{"scale", required_argument, NULL, OPT_SCALE},
		{"popups", no_argument, NULL, OPT_POPUPS},
		{"cursor", no_argument, NULL, OPT_CURSOR},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	const char *socket = NULL;
	struct option_words words = {0};
	int option, status, places = 0;
	option_add_word(&words, xstrdup("shot"));
	option_add_word(&words, NULL); // the file
	while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0) {
		char *word = NULL;
		if (option_common(option, &status))
			goto out;
		switch (option) {
		case OPT_SOCKET:
			socket = optarg;
			continue;
		case OPT_OUTPUT:
			word = xasprintf("output=%s", optarg);
			places++;
			break;
		case OPT_WINDOW:
			word = xasprintf("window=%s", optarg);
			places++;
			break;
		case OPT_REGION:
			word = xasprintf("region=%s", optarg);
			places++;
			break;
		case OPT_SCALE:
			word = xasprintf("scale=%s", optarg);
			break;
		case OPT_POPUPS:
			word = xstrdup("popups");
			break;
		case OPT_CURSOR:
			word = xstrdup("cursor");
			break;
		}
		bool added = option_add_word(&words, word);
		if (places > 1 || !added) {
			status = option_usage(
				"only one of --output, --window and --region can be chosen");
			goto out;
		}
	}
	if (optind + 1 != argc) {
		status = option_usage("shot needs the name of one file to write");
		goto out;
	}
	words.words[1] = xstrdup(argv[optind]);
	status = msg_send(socket, words.words, (int)words.count, false);
out:
	option_words_finish(&words);
	return status;
}

int tool_compare(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"fuzz", required_argument, NULL, OPT_FUZZ},
		{"max-pixels", required_argument, NULL, OPT_MAX_PIXELS},
		{"mask", required_argument, NULL, OPT_MASK},
		{"diff", required_argument, NULL, OPT_DIFF},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	struct compare_options options = {0};
	const char *diff = NULL;
	int option, status = 0;
	while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0) {
		if (option_common(option, &status)) {
			status = status ? COMPARE_TROUBLE : 0;
			goto out;
		}
		if (option_compare(option, optarg, &options, &diff, NULL, &status) && status) {
			status = COMPARE_TROUBLE;
			goto out;
		}
	}
	if (optind + 2 != argc) {
		option_usage("compare needs two files");
		status = COMPARE_TROUBLE;
		goto out;
	}
	status = compare_files(argv[optind], argv[optind + 1], &options, diff);
out:
	compare_options_finish(&options);
	return status;
}

int tool_msg(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"socket", required_argument, NULL, OPT_SOCKET},
		{"json", no_argument, NULL, OPT_JSON},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	const char *socket = NULL;
	bool json = false;
	int option, status;
	while ((option = getopt_long(argc, argv, "+hV", long_options, NULL)) >= 0) {
		if (option_common(option, &status))
			return status;
		if (option == OPT_SOCKET)
			socket = optarg;
		else
			json = true;
	}
	if (optind == argc)
		return option_usage("msg needs a verb; 'oriel msg help' tells them");
	if (optind + 1 == argc && strcmp(argv[optind], "-") == 0)
		return msg_send_lines(socket, json);
	return msg_send(socket, argv + optind, argc - optind, json);
}
