// SPDX-License-Identifier: MIT
// Parses the command lines of `oriel shot`, `oriel compare` and `oriel msg`, and runs them.
#include "compositor/cli/tools.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/exit_status.h"
#include "compositor/cli/compare_files.h"
#include "compositor/cli/msg.h"
#include "compositor/cli/option_table.h"
#include "compositor/cli/options.h"
#include "compositor/picture/compare.h"

int tool_shot(int argc, char **argv)
{
	struct option_table table;
	const char *socket = NULL;
	struct option_words words = {0};
	int option, status, places = 0;
	option_add_word(&words, xstrdup("shot"));
	option_add_word(&words, NULL); // the file
	option_table_fill(&table, COMMAND_SHOT);
	while ((option = option_table_next(&table, argc, argv)) >= 0) {
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
			status = option_usage("--output, --window and --region exclude each other");
			goto out;
		}
	}
	if (optind + 1 != argc) {
		status = option_usage("shot takes one file to write");
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
	struct option_table table;
	struct compare_options options = {0};
	const char *diff = NULL;
	int option, status = 0;
	option_table_fill(&table, COMMAND_COMPARE);
	while ((option = option_table_next(&table, argc, argv)) >= 0) {
		if (option_common(option, &status)) {
			status = status ? COMPARE_ERROR : 0;
			goto out;
		}
		if (option_compare(option, optarg, &options, &diff, NULL, &status) && status) {
			status = COMPARE_ERROR;
			goto out;
		}
	}
	if (optind + 2 != argc) {
		option_usage("compare takes two files");
		status = COMPARE_ERROR;
		goto out;
	}
	status = compare_files(argv[optind], argv[optind + 1], &options, diff);
out:
	compare_options_finish(&options);
	return status;
}

int tool_msg(int argc, char **argv)
{
	struct option_table table;
	const char *socket = NULL;
	bool json = false;
	int option, status;
	option_table_fill(&table, COMMAND_MSG);
	while ((option = option_table_next(&table, argc, argv)) >= 0) {
		if (option_common(option, &status))
			return status;
		if (option == OPT_SOCKET)
			socket = optarg;
		else
			json = true;
	}
	if (optind == argc)
		return option_usage("msg takes a verb; 'oriel msg help' lists them");
	if (optind + 1 == argc && strcmp(argv[optind], "-") == 0)
		return msg_send_lines(socket, json);
	return msg_send(socket, argv + optind, argc - optind, json);
}
