// SPDX-License-Identifier: MIT
// Reading scripts.
#include "compositor/run/script.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/run/out.h"
#include "compositor/run/runner.h"

#define SCRIPT_MAX (16 << 20)

static struct script_line *add_line(struct script *script)
{
	array_reserve(script->lines, script->count, script->capacity);
	struct script_line *line = &script->lines[script->count++];
	*line = (struct script_line){0};
	return line;
}

void script_add(struct script *script, const char *where, const char *const *words, size_t count)
{
	struct script_line *line = add_line(script);
	line->where = xstrdup(where);
	words_copy(&line->words, words, count);
}

void script_finish(struct script *script)
{
	for (size_t i = 0; i < script->count; i++) {
		free(script->lines[i].where);
		words_finish(&script->lines[i].words);
	}
	free(script->lines);
	*script = (struct script){0};
}

// The verb whose name is nearest: same first letters, or all but one letter the same.
static const char *similar_verb(const char *name)
{
	const char *best = NULL;
	size_t best_common = 1;
	for (const struct verb *const *verb = verbs; *verb; verb++) {
		size_t common = 0;
		while (name[common] && (*verb)->name[common] == name[common])
			common++;
		if (common > best_common) {
			best = (*verb)->name;
			best_common = common;
		}
	}
	return best;
}

bool script_parse(struct script *script, const char *name, const char *text, char **error)
{
	int number = 0;
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *line = strndup(text, length);
		text += length + (text[length] == '\n');
		number++;
		struct words words;
		const char *why;
		bool parsed = words_parse(&words, line, &why);
		free(line);
		if (!parsed) {
			*error = xasprintf("%s:%d: %s", name, number, why);
			return false;
		}
		if (words.count == 0) {
			words_finish(&words);
			continue;
		}
		if (!verb_find(words.word[0])) {
			const char *similar = similar_verb(words.word[0]);
			*error = xasprintf("%s:%d: there is no verb '%s'%s%s%s", name, number,
				words.word[0],
				similar ? "; did you mean '" : "; see oriel-script(5)",
				similar ? similar : "", similar ? "'?" : "");
			words_finish(&words);
			return false;
		}
		struct script_line *into = add_line(script);
		into->where = xasprintf("%s:%d", name, number);
		into->words = words;
	}
	return true;
}

bool script_load(struct script *script, const char *path, char **error)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdin : fopen(path, "re");
	struct out text = {0};
	char buffer[4096];
	size_t length;
	while (file && text.length < SCRIPT_MAX &&
		(length = fread(buffer, 1, sizeof(buffer), file)) > 0)
		out_bytes(&text, buffer, length);
	bool good = file && !ferror(file) && text.length < SCRIPT_MAX;
	if (!good)
		*error = xasprintf(
			"%s: %s", path, text.length >= SCRIPT_MAX ? "too long" : strerror(errno));
	if (file && !standard)
		fclose(file);
	if (good && memchr(out_get(&text), '\0', text.length)) {
		*error = xasprintf("%s: this is not a text file", path);
		good = false;
	}
	good = good && script_parse(script, standard ? "stdin" : path, out_get(&text), error);
	out_finish(&text);
	return good;
}
