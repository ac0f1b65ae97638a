// SPDX-License-Identifier: MIT
// Scripts, as `oriel run --check` reads them, and the values of their words.
#include "compositor/script/script.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/script/args.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

static void try_values(const char *word)
{
	double x, y;
	int width, height;
	long integer;
	uint64_t ns;
	uint32_t argb;
	char *rest;
	struct point point;
	struct box box;
	arg_number(word, &x);
	arg_integer(word, -1000, 1000, &integer);
	arg_duration(word, &ns);
	arg_seconds(word, &ns);
	arg_pair(word, &x, &y);
	if (arg_point(word, &point))
		coordinate_in(&point.x, -100, 1000);
	arg_size(word, &width, &height, &rest);
	if (arg_box(word, &box))
		check(!box_empty(&box));
	arg_color(word, &argb);
}

// A line of the words has the same words.
static void check_joined(const struct words *words)
{
	const char *why;
	struct words again = {0};
	char *line = words_join(words->word, words->count);
	check(words_parse(&again, line, &why));
	check_eq(again.count, words->count);
	for (size_t i = 0; i < words->count; i++)
		check_str(again.word[i], words->word[i]);
	words_finish(&again);
	free(line);
}

static void open_script(const uint8_t *data, size_t size)
{
	char *text = target_text(data, size);
	struct script script = {0};
	struct strbuf errors = {0};
	if (script_parse(&script, "fuzz.oriel", text, &errors))
		check_eq(errors.length, 0);
	else
		check(errors.length > 0);
	strbuf_finish(&errors);
	script_finish(&script);
	const char *why;
	struct words words = {0};
	char *line = strtok(text, "\n");
	if (line && words_parse(&words, line, &why)) {
		check_joined(&words);
		for (size_t i = 0; i < words.count; i++)
			try_values(words.word[i]);
		free(words_take(&words, 0, "timeout"));
		words_finish(&words);
	}
	free(text);
}

const struct fuzz_target target_script = {.name = "script", .open = open_script};
