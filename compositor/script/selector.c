// SPDX-License-Identifier: MIT
// Parses and matches selectors: exact text (=), extended regular expressions (~=) and states.
#include "compositor/script/selector.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/script/args.h"
#include "compositor/script/pattern.h"

enum selector_key {
	KEY_APP_ID,
	KEY_TITLE,
	KEY_TAG,
	KEY_ID,
	KEY_PID,
	KEY_CLASS,
	KEY_INSTANCE,
	KEYS,
};

static const char *const key_names[KEYS] = {
	"app_id", "title", "tag", "id", "pid", "class", "instance"};

static const struct {
	const char *name;
	enum selector_flag flag;
} flag_names[] = {
	{"focused", SELECT_FOCUSED},
	{"maximized", SELECT_MAXIMIZED},
	{"maximised", SELECT_MAXIMIZED},
	{"fullscreen", SELECT_FULLSCREEN},
	{"minimized", SELECT_MINIMIZED},
	{"minimised", SELECT_MINIMIZED},
	{"urgent", SELECT_URGENT},
	{"x11", SELECT_X11},
};

struct condition {
	enum selector_key key;
	char *value; // exact text, or NULL
	uint64_t number;
	struct pattern *pattern; // owned; NULL: exact
};

struct selector {
	struct condition *conditions;
	size_t count, capacity;
	unsigned flags;
};

static bool parse_key(const char *word, enum selector_key *key, const char **rest)
{
	for (int i = 0; i < KEYS; i++) {
		size_t length = strlen(key_names[i]);
		if (strncmp(word, key_names[i], length) != 0)
			continue;
		if (word[length] != '=' && (word[length] != '~' || word[length + 1] != '='))
			continue;
		*key = (enum selector_key)i;
		*rest = word + length;
		return true;
	}
	return false;
}

static unsigned parse_flag(const char *word)
{
	for (size_t i = 0; i < array_length(flag_names); i++)
		if (strcmp(word, flag_names[i].name) == 0)
			return flag_names[i].flag;
	return 0;
}

bool selector_is_word(const char *word)
{
	enum selector_key key;
	const char *rest;
	return parse_key(word, &key, &rest) || parse_flag(word) || strcmp(word, "any") == 0;
}

static bool add_condition(struct selector *selector, const char *word, char **error)
{
	enum selector_key key;
	const char *rest;
	if (!parse_key(word, &key, &rest)) {
		*error = xasprintf(
			"'%s' does not select windows; use app_id=, app_id~=, title=, title~=, "
			"tag=, tag~=, id=, pid=, class=, instance=, focused, maximized, fullscreen, "
			"minimized, urgent, x11 or any",
			word);
		return false;
	}
	struct condition condition = {.key = key};
	bool regex = *rest == '~';
	const char *value = rest + (regex ? 2 : 1);
	bool numeric = key == KEY_ID || key == KEY_PID;
	long number;
	if (numeric && (regex || !arg_integer(value, 0, 0x7fffffffffffffff, &number))) {
		*error = xasprintf("'%s': %s= takes a number", word, key_names[key]);
		return false;
	}
	if (numeric) {
		condition.number = (uint64_t)number;
	} else if (regex) {
		char *why = NULL;
		condition.pattern = xcalloc(1, sizeof(*condition.pattern));
		if (!pattern_init(condition.pattern, value, &why)) {
			*error = xasprintf("'%.60s': %s", word, why);
			free(why);
			free(condition.pattern);
			return false;
		}
	} else {
		condition.value = xstrdup(value);
	}
	array_reserve(selector->conditions, selector->count, selector->capacity);
	selector->conditions[selector->count++] = condition;
	return true;
}

struct selector *selector_parse(char *const *words, size_t count, char **error)
{
	struct selector *selector = xcalloc(1, sizeof(*selector));
	for (size_t i = 0; i < count; i++) {
		unsigned flag = parse_flag(words[i]);
		if (flag)
			selector->flags |= flag;
		else if (strcmp(words[i], "any") != 0 && !add_condition(selector, words[i], error))
			goto fail;
	}
	return selector;
fail:
	selector_destroy(selector);
	return NULL;
}

void selector_destroy(struct selector *selector)
{
	if (!selector)
		return;
	for (size_t i = 0; i < selector->count; i++) {
		if (selector->conditions[i].pattern)
			pattern_finish(selector->conditions[i].pattern);
		free(selector->conditions[i].pattern);
		free(selector->conditions[i].value);
	}
	free(selector->conditions);
	free(selector);
}

static bool text_matches(const struct condition *condition, const char *text)
{
	if (!text)
		text = "";
	if (condition->pattern)
		return pattern_matches(condition->pattern, text);
	return strcmp(condition->value, text) == 0;
}

bool selector_matches(const struct selector *selector, const struct window_facts *window)
{
	if (!selector)
		return true;
	if ((window->flags & selector->flags) != selector->flags)
		return false;
	for (size_t i = 0; i < selector->count; i++) {
		const struct condition *condition = &selector->conditions[i];
		bool holds = false;
		switch (condition->key) {
		case KEY_APP_ID:
			holds = text_matches(condition, window->app_id);
			break;
		case KEY_TITLE:
			holds = text_matches(condition, window->title);
			break;
		case KEY_TAG:
			holds = text_matches(condition, window->tag);
			break;
		case KEY_ID:
			holds = condition->number == window->id;
			break;
		case KEY_PID:
			holds = condition->number == (uint64_t)window->pid;
			break;
		case KEY_CLASS:
			holds = text_matches(condition, window->class_name);
			break;
		case KEY_INSTANCE:
			holds = text_matches(condition, window->instance);
			break;
		case KEYS:
			break;
		}
		if (!holds)
			return false;
	}
	return true;
}
