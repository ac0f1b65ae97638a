// SPDX-License-Identifier: MIT
// Keys, their languages and escapes, and the quoting and field codes of command lines.
#include "compositor/run/desktop_entry.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

struct piece { // of the text; not terminated
	const char *at;
	size_t length;
};

static struct piece trim(struct piece piece)
{
	while (piece.length && strchr(" \t\r", piece.at[piece.length - 1]))
		piece.length--;
	while (piece.length && strchr(" \t", *piece.at)) {
		piece.at++;
		piece.length--;
	}
	return piece;
}

static bool is_word(struct piece piece, const char *word)
{
	return piece.length == strlen(word) && memcmp(piece.at, word, piece.length) == 0;
}

// A value of type string, with its escapes resolved.
static char *string_of(struct piece value)
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

static void set_string(char **into, struct piece value)
{
	free(*into);
	*into = value.length ? string_of(value) : NULL;
}

static bool truth(struct piece value)
{
	return is_word(value, "true") || is_word(value, "1");
}

// How well a key's language fits: lang_COUNTRY@MODIFIER, lang_COUNTRY, lang@MODIFIER, lang. 0: it
// is another one.
static size_t language_rank(struct piece language, const char *locale)
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

static void take_name(struct desktop_entry *entry, struct piece value, size_t rank)
{
	if (rank < entry->name_rank)
		return;
	entry->name_rank = rank;
	set_string(&entry->name, value);
}

static void take(
	struct desktop_entry *entry, struct piece key, struct piece value, const char *locale)
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
		struct piece base = {key.at, (size_t)(bracket - key.at)};
		struct piece language = {bracket + 1, key.length - base.length - 2};
		size_t rank = locale ? language_rank(language, locale) : 0;
		if (rank && is_word(base, "Name"))
			take_name(entry, value, rank);
		return;
	}
	for (size_t i = 0; i < array_length(strings); i++)
		if (is_word(key, strings[i].key))
			set_string(strings[i].into, value);
	if (is_word(key, "Name"))
		take_name(entry, value, 0);
	else if (is_word(key, "Type"))
		entry->is_application = is_word(value, "Application");
	else if (is_word(key, "Hidden"))
		entry->hidden = truth(value);
	else if (is_word(key, "Terminal"))
		entry->terminal = truth(value);
	else if (is_word(key, "X-GNOME-Autostart-enabled"))
		entry->switched_off = !truth(value);
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
		struct piece whole =
			trim((struct piece){line, (size_t)((stop ? stop : end) - line)});
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
		struct piece key = {whole.at, (size_t)(equals - whole.at)};
		struct piece value = {equals + 1, whole.length - key.length - 1};
		key = trim(key);
		if (key.length)
			take(entry, key, trim(value), locale);
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

// Whether a list with semicolons names one of those in a list with colons.
static bool names_one(const char *list, const char *desktops)
{
	for (; *list; list += strcspn(list, ";"), list += *list == ';') {
		struct piece wanted = {list, strcspn(list, ";")};
		const char *name = desktops;
		while (wanted.length && *name) {
			struct piece here = {name, strcspn(name, ":")};
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
	if (entry->only_in && !names_one(entry->only_in, desktops))
		return false;
	return !entry->not_in || !names_one(entry->not_in, desktops);
}

// Command lines

struct command {
	char **words;
	size_t count, capacity;
	char *word; // under way
	size_t length, size;
	bool counts; // even if it is empty
};

static void add_letter(struct command *command, char letter)
{
	array_reserve(command->word, command->length + 1, command->size);
	command->word[command->length++] = letter;
	command->word[command->length] = '\0';
}

static void add_text(struct command *command, const char *text)
{
	for (; text && *text; text++)
		add_letter(command, *text);
}

static void end_word(struct command *command)
{
	if (command->length || command->counts) {
		array_reserve(command->words, command->count + 1, command->capacity);
		command->words[command->count++] = command->word ? command->word : xcalloc(1, 1);
		command->words[command->count] = NULL;
	} else {
		free(command->word);
	}
	command->word = NULL;
	command->length = command->size = 0;
	command->counts = false;
}

// False: there is no such code.
static bool expand(
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
	default: // files, of which there are none, and what has gone out of use
		return code && strchr("fFuUdDnNvm", code);
	}
}

char **desktop_entry_command(const struct desktop_entry *entry, const char *path)
{
	struct command command = {0};
	char quote = '\0';
	bool good = entry->exec;
	for (const char *at = entry->exec; good && *at; at++) {
		if (*at == '%') {
			good = expand(&command, *++at, entry, path);
		} else if (*at == '\\' && at[1] &&
			(!quote || (quote == '"' && strchr("\"`$\\", at[1])))) {
			add_letter(&command, *++at);
		} else if (quote && *at == quote) {
			quote = '\0';
		} else if (!quote && (*at == '"' || *at == '\'')) {
			// Only double ones are in the specification, but both in the world.
			quote = *at;
			command.counts = true;
		} else if (!quote && strchr(" \t\n\r", *at)) {
			end_word(&command);
		} else {
			add_letter(&command, *at);
		}
	}
	end_word(&command);
	if (good && !quote && command.count && *command.words[0])
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
