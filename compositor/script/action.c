// SPDX-License-Identifier: MIT
// Parses lines into actions, and holds what all verbs share: options, errors, clean-up.
#include "compositor/script/action.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/script/file_job.h"
#include "compositor/script/selector.h"
#include "compositor/script/verbs.h"

void action_destroy(struct action *action)
{
	if (!action)
		return;
	if (action->verb->finish)
		action->verb->finish(action);
	else
		free(action->data);
	file_job_finish(action);
	timer_finish(&action->limit);
	words_finish(&action->args);
	selector_destroy(action->selector);
	strbuf_finish(&action->result);
	strbuf_finish(&action->text);
	free(action->place_name);
	free(action->line);
	free(action->error);
	free(action);
}

static void set_error(struct action *action, const char *format, va_list args)
{
	char *text = NULL;
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	free(action->error);
	action->error = text;
}

enum progress action_fail(struct action *action, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set_error(action, format, args);
	va_end(args);
	return PROGRESS_FAILED;
}

bool action_refuse(struct action *action, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set_error(action, format, args);
	va_end(args);
	return false;
}

bool action_usage(struct action *action)
{
	return action_refuse(action, "usage: %s%s%s", action->verb->name,
		*action->verb->usage ? " " : "", action->verb->usage);
}

bool action_ends_at(struct action *action, size_t index)
{
	if (action->args.count <= index)
		return true;
	return action_refuse(action, "'%s' is one word too many; usage: %s%s%s",
		action->args.word[index], action->verb->name, *action->verb->usage ? " " : "",
		action->verb->usage);
}

bool action_takes_any_words(struct action *action)
{
	return action->args.count > 1 || action_usage(action);
}

// The verb that shares the most first letters, at least two; NULL: none does.
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

static char *describe_unknown(const char *name)
{
	const char *similar = similar_verb(name);
	return xasprintf("there is no verb '%s'%s%s%s", name,
		similar ? "; did you mean '" : "; see oriel-script(5)", similar ? similar : "",
		similar ? "'?" : "");
}

static bool parse_limit(struct action *action)
{
	struct words *args = &action->args;
	char *limit = NULL;
	if (action->verb->is_command && args->count > 1 &&
		strncmp(args->word[1], "timeout=", 8) == 0)
		limit = words_take(args, 1, "timeout");
	else if (!action->verb->raw && !action->verb->is_command)
		limit = words_take(args, 1, "timeout");
	bool good = !limit || arg_seconds(limit, &action->limit_ns);
	free(limit);
	return good || action_refuse(action, "timeout= takes a time such as 5s or 500ms");
}

struct action *action_create(struct words *words, char **error)
{
	const struct verb *verb = words->count ? verb_find(words->word[0]) : NULL;
	if (!verb) {
		*error = words->count ? describe_unknown(words->word[0]) : xstrdup("no verb given");
		words_finish(words);
		return NULL;
	}
	struct action *action = xcalloc(1, sizeof(*action));
	action->verb = verb;
	action->line = words_join(words->word, words->count);
	action->args = *words;
	*words = (struct words){0};
	action->limit_ns = verb->limit_ns;
	if (parse_limit(action) && verb->parse(action))
		return action;
	*error = xasprintf("%s: %s", verb->name, action->error ? action->error : "failed");
	action_destroy(action);
	return NULL;
}
