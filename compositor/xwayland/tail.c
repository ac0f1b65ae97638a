// SPDX-License-Identifier: MIT
// Splits output into lines in a ring.
#include "compositor/xwayland/tail.h"
#include <stdio.h>
#include <string.h>
#include "compositor/base/base.h"

// Written for each of our keymaps, which have keys that X lacks.
static const char *const chatter[] = {
	"> ",
	"Errors from xkbcomp are not fatal",
	"The XKEYBOARD keymap compiler (xkbcomp) reports:",
	"Warning:          ",
};

static bool is_chatter(const char *line)
{
	for (size_t i = 0; i < array_length(chatter); i++)
		if (strncmp(line, chatter[i], strlen(chatter[i])) == 0)
			return true;
	return strcmp(line, "(EE) ") == 0;
}

static void end_line(struct tail *tail)
{
	char *line = tail->lines[tail->next];
	line[tail->length] = '\0';
	if (tail->length > 0 && !is_chatter(line)) {
		tail->next = (tail->next + 1) % TAIL_LINES;
		tail->count = MIN(tail->count + 1, TAIL_LINES - 1); // one is being filled
	}
	tail->length = 0;
}

void tail_add(struct tail *tail, const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)data[i];
		if (c == '\n')
			end_line(tail);
		else if (tail->length < TAIL_COLUMNS)
			// The text ends up in a terminal.
			tail->lines[tail->next][tail->length++] =
				c >= ' ' && c != 0x7f ? (char)c : ' ';
	}
}

char *tail_text(const struct tail *tail, size_t at_most)
{
	size_t count = MIN(tail->count, at_most), used = 0;
	char *text = xcalloc(count * (TAIL_COLUMNS + 3) + 1, 1);
	for (size_t i = count; i > 0; i--) {
		const char *line = tail->lines[(tail->next + TAIL_LINES - i) % TAIL_LINES];
		used += (size_t)sprintf(text + used, "%s%s", used ? " | " : "", line);
	}
	return text;
}
