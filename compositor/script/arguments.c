// SPDX-License-Identifier: MIT
// Parses the words that many verbs share.
#include "compositor/script/arguments.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/script/selector.h"

bool action_integer(struct action *action, const char *name, long min, long max, long *value)
{
	char *text = words_take(&action->args, 1, name);
	if (!text)
		return true;
	bool good = arg_integer(text, min, max, value);
	if (!good)
		action_refuse(
			action, "%s=%s: expected a number from %ld to %ld", name, text, min, max);
	free(text);
	return good;
}

bool action_flag(struct action *action, const char *word)
{
	for (size_t i = 1; i < action->args.count; i++) {
		if (strcmp(action->args.word[i], word) != 0)
			continue;
		words_remove(&action->args, i, 1);
		return true;
	}
	return false;
}

bool action_take_selector(struct action *action, size_t first)
{
	struct words *args = &action->args;
	if (args->count > first && strcmp(args->word[first], "in") == 0)
		words_remove(args, first, 1);
	if (args->count <= first)
		return true;
	char *error = NULL;
	action->selector = selector_parse(args->word + first, args->count - first, &error);
	if (!action->selector)
		action_refuse(action, "%s", error);
	free(error);
	words_remove(args, first, args->count - first);
	return action->selector != NULL;
}

bool action_takes_selector(struct action *action)
{
	return action_take_selector(action, 1);
}

static bool take_named_place(
	struct action *action, size_t at, const char *prefix, enum place_kind kind)
{
	const char *word = action->args.word[at];
	size_t length = strlen(prefix);
	if (strncmp(word, prefix, length) != 0)
		return false;
	action->place = kind;
	action->place_name = xstrdup(word + length);
	words_remove(&action->args, at, 1);
	return true;
}

bool action_take_place(struct action *action)
{
	struct words *args = &action->args;
	size_t in = 1;
	while (in < args->count && strcmp(args->word[in], "in") != 0)
		in++;
	if (in >= args->count)
		return true;
	words_remove(args, in, 1);
	if (in >= args->count)
		return action_refuse(action, "a window, popup, layer= or output= follows 'in'");
	if (take_named_place(action, in, "layer=", PLACE_LAYER) ||
		take_named_place(action, in, "output=", PLACE_OUTPUT))
		return true;
	action->place = PLACE_WINDOW;
	if (strcmp(args->word[in], "popup") == 0) {
		action->place = PLACE_POPUP;
		words_remove(args, in, 1);
	}
	return action_take_selector(action, in);
}

bool action_take_point(struct action *action, size_t index, struct point *point)
{
	const char *word = index < action->args.count ? action->args.word[index] : NULL;
	if (!word)
		return action_refuse(action,
			"a point is missing; write X,Y in pixels or percent, e.g. 40,30 or 50%%,50%%");
	return arg_point(word, point) ||
		action_refuse(action,
			"'%s' is not a point; write X,Y in pixels or percent, e.g. 40,30 or 50%%,50%%",
			word);
}

void action_join(const struct action *action, size_t first, size_t last, struct strbuf *text)
{
	for (size_t i = first; i < last; i++)
		strbuf_printf(text, "%s%s", i > first ? " " : "", action->args.word[i]);
}
