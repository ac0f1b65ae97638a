// SPDX-License-Identifier: MIT
// Selectors of windows, one condition per line, with regular expressions; titles and application
// ids of clients are matched with them.
#include "compositor/script/selector.h"
#include <stdlib.h>
#include <string.h>
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

#define MAX_WORDS 8

static void open_selector(const uint8_t *data, size_t size)
{
	char *text = target_text(data, size), *rest = text, *words[MAX_WORDS], *error = NULL;
	size_t count = 0;
	for (char *line; count < MAX_WORDS && (line = strsep(&rest, "\n"));)
		words[count++] = line;
	for (size_t i = 0; i < count; i++)
		selector_is_word(words[i]);
	struct selector *selector = selector_parse(words, count, &error);
	check((selector == NULL) == (error != NULL));
	if (selector) {
		const struct window_facts facts = {.app_id = words[0],
			.title = words[count - 1],
			.id = 7,
			.pid = 7,
			.flags = SELECT_FOCUSED};
		selector_matches(selector, &facts);
		selector_matches(selector, &(struct window_facts){0});
	}
	selector_destroy(selector);
	free(error);
	free(text);
}

const struct fuzz_target target_selector = {.name = "selector", .open = open_selector};
