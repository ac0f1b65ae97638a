// SPDX-License-Identifier: MIT
// Parses what a screenshot is to show, and takes it.
#include "compositor/script/shot_options.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/picture/shot.h"
#include "compositor/script/arguments.h"
#include "compositor/script/lookup.h"
#include "compositor/server.h"
#include "compositor/window/window.h"

void shot_options_finish(struct shot_options *options)
{
	free(options->output);
	selector_destroy(options->window);
	*options = (struct shot_options){0};
}

// Takes NAME=VALUE, or "--NAME VALUE" as on a command line, out of the words. *where: the index
// that it had.
static char *take_option(struct action *action, const char *name, size_t *where)
{
	struct words *args = &action->args;
	size_t length = strlen(name);
	for (size_t i = 1; i < args->count; i++) {
		const char *word = args->word[i];
		char *value = NULL;
		if (strncmp(word, name, length) == 0 && word[length] == '=')
			value = xstrdup(word + length + 1);
		else if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, name) == 0 &&
			i + 1 < args->count)
			value = xstrdup(args->word[i + 1]);
		if (!value)
			continue;
		words_remove(args, i, word[0] == '-' ? 2 : 1);
		*where = i;
		return value;
	}
	return NULL;
}

// The option's value is one condition or several; more conditions may follow as words of their own.
static bool parse_window(
	struct action *action, struct shot_options *options, const char *value, size_t where)
{
	struct words words, *args = &action->args;
	const char *why;
	char *error = NULL;
	if (!words_parse(&words, value, &why)) {
		action_fail(action, "window=%s: %s", value, why);
		return false;
	}
	while (where < args->count && selector_is_word(args->word[where])) {
		words.word = xrealloc(words.word, words.count + 2, sizeof(*words.word));
		words.word[words.count++] = xstrdup(args->word[where]);
		words.word[words.count] = NULL;
		words_remove(args, where, 1);
	}
	options->window = selector_parse(words.word, words.count, &error);
	words_finish(&words);
	if (!options->window) {
		action_fail(action, "%s", error);
		free(error);
	}
	return options->window != NULL;
}

bool shot_options_parse(struct action *action, struct shot_options *options)
{
	size_t where;
	bool ok = true;
	char *value;
	*options = (struct shot_options){0};
	options->cursor = action_flag(action, "cursor") || action_flag(action, "--cursor");
	options->popups = action_flag(action, "popups") || action_flag(action, "--popups");
	if ((value = take_option(action, "window", &where))) {
		ok = parse_window(action, options, value, where);
		free(value);
	}
	options->output = take_option(action, "output", &where);
	if ((value = take_option(action, "region", &where))) {
		options->has_region = arg_box(value, &options->region);
		if (!options->has_region && ok) {
			action_fail(action, "region=%s: expected X,Y,WIDTH,HEIGHT", value);
			ok = false;
		}
		free(value);
	}
	if ((value = take_option(action, "scale", &where))) {
		bool good = arg_number(value, &options->scale) && options->scale >= 0.1 &&
			options->scale <= 16;
		if (!good && ok) {
			action_fail(action, "scale=%s: expected a number from 0.1 to 16", value);
			ok = false;
		}
		free(value);
	}
	if (ok && options->popups && !options->window) {
		action_refuse(action, "popups needs window=");
		ok = false;
	}
	if (ok && (options->window != NULL) + (options->output != NULL) + options->has_region > 1) {
		action_fail(action, "output, window and region exclude each other");
		ok = false;
	}
	if (!ok)
		shot_options_finish(options);
	return ok;
}

struct image *shot_options_take(
	const struct shot_options *options, struct server *server, char **error)
{
	if (options->window) {
		struct window *window = lookup_window(server, options->window);
		if (window)
			return shot_window(window, options->scale, options->popups, error);
		char *there = lookup_list_windows(server);
		*error = xasprintf("no window matches; shown windows: %s", there);
		free(there);
		return NULL;
	}
	if (options->output) {
		struct output *output = output_by_name(server, options->output);
		if (output && output->enabled)
			return shot_output(output, options->cursor, error);
		*error = xasprintf(
			output ? "output '%s' is off" : "there is no output '%s'", options->output);
		return NULL;
	}
	if (options->has_region)
		return shot_layout(
			server, &options->region, options->scale, options->cursor, error);
	return shot_everything(server, options->scale, options->cursor, error);
}

char *shot_options_describe(const struct shot_options *options, struct server *server)
{
	const struct window *taken =
		options->window ? lookup_window(server, options->window) : NULL;
	const struct window *window;
	int others = -1;
	if (!taken)
		return xstrdup("");
	wl_list_for_each(window, &server->windows, link) {
		struct window_facts facts;
		if (!window->mapped)
			continue;
		lookup_describe_window(window, &facts);
		others += selector_matches(options->window, &facts);
	}
	char *name = window_name(taken);
	char *text = others
		? xasprintf(" of %s, the last focused of %d that match", name, others + 1)
		: xasprintf(" of %s", name);
	free(name);
	return text;
}
