// SPDX-License-Identifier: MIT
// Reads and checks scripts.
#include "compositor/script/script.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/file.h"
#include "compositor/script/action.h"

#define SCRIPT_MAX (16 << 20)

// Appends the line, and takes ownership of its words.
static bool add_line(
	struct script *script, const char *where, struct words *words, struct strbuf *errors)
{
	char *error = NULL;
	struct action *action = action_create(words, &error);
	if (!action) {
		strbuf_printf(errors, "%s: %s\n", where, error);
		free(error);
		return false;
	}
	array_reserve(script->lines, script->count, script->capacity);
	script->lines[script->count++] = (struct script_line){xstrdup(where), action};
	return true;
}

bool script_add(struct script *script, const char *where, const char *const *words, size_t count,
	struct strbuf *errors)
{
	struct words copy;
	words_copy(&copy, words, count);
	return add_line(script, where, &copy, errors);
}

void script_finish(struct script *script)
{
	for (size_t i = 0; i < script->count; i++) {
		free(script->lines[i].where);
		action_destroy(script->lines[i].action);
	}
	free(script->lines);
	*script = (struct script){0};
}

bool script_parse(struct script *script, const char *name, const char *text, struct strbuf *errors)
{
	int number = 0;
	bool good = true;
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *line = strndup(text, length), *where = xasprintf("%s:%d", name, ++number);
		text += length + (text[length] == '\n');
		struct words words;
		const char *why;
		if (!words_parse(&words, line, &why)) {
			strbuf_printf(errors, "%s: %s\n", where, why);
			good = false;
		} else if (words.count == 0) {
			words_finish(&words);
		} else {
			good = add_line(script, where, &words, errors) && good;
		}
		free(line);
		free(where);
	}
	return good;
}

// Standard input to its end. NULL: *error is set.
static char *read_standard_input(size_t *size, char **error)
{
	struct strbuf text = {0};
	char buffer[4096];
	size_t length;
	while (text.length <= SCRIPT_MAX && (length = fread(buffer, 1, sizeof(buffer), stdin)) > 0)
		strbuf_add(&text, buffer, length);
	*size = text.length;
	if (!ferror(stdin) && text.length <= SCRIPT_MAX)
		return text.text ? text.text : xstrdup("");
	*error = xasprintf(
		"standard input: %s", text.length > SCRIPT_MAX ? "too long" : strerror(errno));
	strbuf_finish(&text);
	return NULL;
}

bool script_load(struct script *script, const char *path, struct strbuf *errors)
{
	bool standard = strcmp(path, "-") == 0;
	size_t size;
	char *error = NULL;
	char *text = standard ? read_standard_input(&size, &error)
			      : file_read_at_start(path, SCRIPT_MAX, &size, &error);
	if (!text) {
		strbuf_printf(errors, "%s\n", error);
		free(error);
		return false;
	}
	bool good = !memchr(text, '\0', size);
	if (good)
		good = script_parse(script, standard ? "stdin" : path, text, errors);
	else
		strbuf_printf(errors, "%s: not a text file\n", path);
	free(text);
	return good;
}
