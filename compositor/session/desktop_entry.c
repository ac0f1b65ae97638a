// SPDX-License-Identifier: MIT
// Parses keys, languages and escapes of desktop entries, and quoting and field codes of Exec.
#include "compositor/session/desktop_entry.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

struct slice { // a part of the text; not NUL-terminated
	const char *at;
	size_t length;
};

static struct slice trim_slice(struct slice slice)
{
	while (slice.length && strchr(" \t\r", slice.at[slice.length - 1]))
		slice.length--;
	while (slice.length && strchr(" \t", *slice.at)) {
		slice.at++;
		slice.length--;
	}
	return slice;
}

static bool is_word(struct slice slice, const char *word)
{
	return slice.length == strlen(word) && memcmp(slice.at, word, slice.length) == 0;
}

// A value of type string, with escapes resolved. The caller frees it.
static char *copy_string(struct slice value)
{
	static const char names[] = "sntr\\", meant[] = " \n\t\r\\";
	char *text = xcalloc(value.length + 1, 1);
	size_t used = 0;
	for (size_t i = 0; i < value.length; i++) {
		const char *known = value.at[i] == '\\' && i + 1 < value.length && value.at[i + 1]
			? strchr(names, value.at[i + 1])
			: NULL;
		text[used++] = known ? meant[known - names] : value.at[i];
		i += known != NULL;
	}
	return text;
}

static void set_string(char **into, struct slice value)
{
	free(*into);
	*into = value.length ? copy_string(value) : NULL;
}

static bool parse_bool(struct slice value)
{
	return is_word(value, "true") || is_word(value, "1");
}

// How well the language of a key matches the locale, from lang_COUNTRY@MODIFIER (4), lang_COUNTRY,
// lang@MODIFIER to lang (1). 0: not at all.
static size_t language_rank(struct slice language, const char *locale)
{
	size_t name = strcspn(locale, "_.@"), country = strcspn(locale, ".@");
	const char *modifier = strchrnul(locale, '@');
	for (size_t rank = 4; rank; rank--) {
		char form[64];
		snprintf(form, sizeof(form), "%.*s%s", (int)(rank > 2 ? country : name), locale,
			rank % 2 ? "" : modifier);
		if (is_word(language, form))
			return rank;
	}
	return 0;
}

static void set_name(struct desktop_entry *entry, struct slice value, size_t rank)
{
	if (rank < entry->name_rank)
		return;
	entry->name_rank = rank;
	set_string(&entry->name, value);
}

static void set_key(
	struct desktop_entry *entry, struct slice key, struct slice value, const char *locale)
{
	const struct {
		const char *key;
		char **into;
	} strings[] = {
		{"Icon", &entry->icon},
		{"Exec", &entry->exec},
		{"TryExec", &entry->try_exec},
		{"Path", &entry->folder},
		{"OnlyShowIn", &entry->only_in},
		{"NotShowIn", &entry->not_in},
		{"X-GNOME-Autostart-Phase", &entry->phase},
	};
	const char *bracket = memchr(key.at, '[', key.length);
	if (bracket && key.at[key.length - 1] == ']') {
		struct slice base = {key.at, (size_t)(bracket - key.at)};
		struct slice language = {bracket + 1, key.length - base.length - 2};
		size_t rank = locale ? language_rank(language, locale) : 0;
		if (rank && is_word(base, "Name"))
			set_name(entry, value, rank);
		return;
	}
	for (size_t i = 0; i < array_length(strings); i++)
		if (is_word(key, strings[i].key))
			set_string(strings[i].into, value);
	if (is_word(key, "Name"))
		set_name(entry, value, 0);
	else if (is_word(key, "Type"))
		entry->is_application = is_word(value, "Application");
	else if (is_word(key, "Hidden"))
		entry->hidden = parse_bool(value);
	else if (is_word(key, "Terminal"))
		entry->terminal = parse_bool(value);
	else if (is_word(key, "X-GNOME-Autostart-enabled"))
		entry->switched_off = !parse_bool(value);
}

bool desktop_entry_parse(
	struct desktop_entry *entry, const char *text, size_t length, const char *locale)
{
	bool inside = false, any = false;
	if (memchr(text, '\0', length))
		return false;
	for (const char *line = text, *end = text + length, *next; line < end; line = next) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		next = stop ? stop + 1 : end;
		struct slice whole =
			trim_slice((struct slice){line, (size_t)((stop ? stop : end) - line)});
		if (!whole.length || *whole.at == '#')
			continue;
		if (*whole.at == '[') {
			inside = is_word(whole, "[Desktop Entry]");
			any = any || inside;
			continue;
		}
		const char *equals = inside ? memchr(whole.at, '=', whole.length) : NULL;
		if (!equals)
			continue;
		struct slice key = {whole.at, (size_t)(equals - whole.at)};
		struct slice value = {equals + 1, whole.length - key.length - 1};
		key = trim_slice(key);
		if (key.length)
			set_key(entry, key, trim_slice(value), locale);
	}
	return any;
}

void desktop_entry_finish(struct desktop_entry *entry)
{
	char *const strings[] = {entry->name, entry->icon, entry->exec, entry->try_exec,
		entry->folder, entry->only_in, entry->not_in, entry->phase};
	for (size_t i = 0; i < array_length(strings); i++)
		free(strings[i]);
	*entry = (struct desktop_entry){0};
}

// Whether a list separated by semicolons and one separated by colons have a name in common.
static bool lists_intersect(const char *list, const char *desktops)
{
	for (; *list; list += strcspn(list, ";"), list += *list == ';') {
		struct slice wanted = {list, strcspn(list, ";")};
		const char *name = desktops;
		while (wanted.length && *name) {
			struct slice here = {name, strcspn(name, ":")};
			if (here.length == wanted.length &&
				memcmp(here.at, wanted.at, here.length) == 0)
				return true;
			name += here.length;
			name += *name == ':';
		}
	}
	return false;
}

bool desktop_entry_autostarts(const struct desktop_entry *entry, const char *desktops)
{
	desktops = desktops ? desktops : "";
	if (!entry->is_application || entry->hidden || entry->switched_off || !entry->exec)
		return false;
	if (entry->phase && strcmp(entry->phase, "Application") != 0)
		return false;
	if (entry->only_in && !lists_intersect(entry->only_in, desktops))
		return false;
	return !entry->not_in || !lists_intersect(entry->not_in, desktops);
}

// Command lines

struct command {
	char **words;
	size_t count, capacity;
	char *word; // being built
	size_t length, size;
	bool quoted; // the word exists even if it is empty
	size_t all;  // letters of all words
};

// Field codes are replaced by long texts, as often as they occur.
#define MAX_COMMAND (128 << 10)

static void add_letter(struct command *command, char letter)
{
	if (command->all++ >= MAX_COMMAND)
		return;
	array_reserve(command->word, command->length + 1, command->size);
	command->word[command->length++] = letter;
	command->word[command->length] = '\0';
}

static void add_text(struct command *command, const char *text)
{
	for (; text && *text && command->all <= MAX_COMMAND; text++)
		add_letter(command, *text);
}

static void end_word(struct command *command)
{
	if (command->length || command->quoted) {
		array_reserve(command->words, command->count + 1, command->capacity);
		command->words[command->count++] = command->word ? command->word : xcalloc(1, 1);
		command->words[command->count] = NULL;
	} else {
		free(command->word);
	}
	command->word = NULL;
	command->length = command->size = 0;
	command->quoted = false;
}

// Appends what a field code stands for. False: there is no such code.
static bool expand_code(
	struct command *command, char code, const struct desktop_entry *entry, const char *path)
{
	switch (code) {
	case '%':
		add_letter(command, '%');
		return true;
	case 'c':
		add_text(command, entry->name);
		return true;
	case 'k':
		add_text(command, path);
		return true;
	case 'i':
		if (!entry->icon)
			return true;
		add_text(command, "--icon");
		end_word(command);
		add_text(command, entry->icon);
		return true;
	default: // files, of which there are none, and deprecated codes
		return code && strchr("fFuUdDnNvm", code);
	}
}

char **desktop_entry_command(const struct desktop_entry *entry, const char *path)
{
	struct command command = {0};
	char quote = '\0';
	bool good = entry->exec;
	for (const char *at = entry->exec; good && *at && command.all <= MAX_COMMAND; at++) {
		if (*at == '%') {
			good = expand_code(&command, *++at, entry, path);
		} else if (*at == '\\' && at[1] &&
			(!quote || (quote == '"' && strchr("\"`$\\", at[1])))) {
			add_letter(&command, *++at);
		} else if (quote && *at == quote) {
			quote = '\0';
		} else if (!quote && (*at == '"' || *at == '\'')) {
			// The specification has double quotes only, but files use both.
			quote = *at;
			command.quoted = true;
		} else if (!quote && strchr(" \t\n\r", *at)) {
			end_word(&command);
		} else {
			add_letter(&command, *at);
		}
	}
	end_word(&command);
	if (good && !quote && command.all <= MAX_COMMAND && command.count && *command.words[0])
		return command.words;
	desktop_entry_free_command(command.words);
	return NULL;
}

void desktop_entry_free_command(char **command)
{
	for (size_t i = 0; command && command[i]; i++)
		free(command[i]);
	free(command);
}
