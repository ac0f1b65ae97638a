// SPDX-License-Identifier: MIT
// Waiting for things to happen.
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/layer.h"
#include "compositor/core/popup.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"
#include "compositor/run/find.h"
#include "compositor/run/shot.h"
#include "compositor/run/verbs.h"
#include "compositor/run/watch.h"

enum wait_kind {
	WAIT_SHOWN,
	WAIT_WINDOW,
	WAIT_GONE,
	WAIT_FOCUS,
	WAIT_TITLE,
	WAIT_PIXEL,
	WAIT_COMMIT,
	WAIT_EXIT,
	WAIT_LAYER,
	WAIT_POPUP,
	WAIT_KINDS,
};

static const char *const wait_names[WAIT_KINDS] = {
	"shown", "window", "gone", "focus", "title", "pixel", "commit", "exit", "layer", "popup"};

struct wait {
	enum wait_kind kind;
	struct selector *selector; // of windows; NULL where the kind has none
	char *text;                // title or namespace
	regex_t regex;
	bool has_regex;
	uint64_t commits; // to be reached
	long count;
	struct words place_words; // pixel: kept, because windows move
	uint32_t color;
	long fuzz;
	char *seen; // what was there instead, for the message
	long status;
	bool has_status;
};

static void finish_wait(struct action *action)
{
	struct wait *wait = action->data;
	if (!wait)
		return;
	selector_destroy(wait->selector);
	if (wait->has_regex)
		regfree(&wait->regex);
	words_finish(&wait->place_words);
	free(wait->text);
	free(wait->seen);
	free(wait);
}

static bool anything_shown(struct server *server)
{
	struct window *window;
	wl_list_for_each(window, &server->windows, link)
		if (window->mapped)
			return true;
	return find_layer(server, NULL) != NULL;
}

static uint64_t commits_of(struct runner *runner, const struct selector *selector)
{
	uint64_t commits = 0;
	struct surface_watch *surface;
	wl_list_for_each(surface, &runner->watch->surfaces, link) {
		struct window *window = window_from_surface(surface->surface);
		if (!window || !window->mapped)
			continue;
		struct selectable selectable;
		selectable_from(window, &selectable);
		if (selector_matches(selector, &selectable))
			commits += surface->commits;
	}
	return commits;
}

static bool title_matches(struct wait *wait, struct server *server)
{
	struct window *window;
	replace_string(&wait->seen, NULL);
	wl_list_for_each(window, &server->windows, link) {
		struct selectable selectable;
		if (!window->mapped)
			continue;
		selectable_from(window, &selectable);
		if (!selector_matches(wait->selector, &selectable))
			continue;
		const char *title = window->title ? window->title : "";
		if (wait->has_regex ? regexec(&wait->regex, title, 0, NULL, 0) == 0
				    : strcmp(title, wait->text) == 0)
			return true;
		replace_string(&wait->seen, title);
	}
	return false;
}

static bool pixel_matches(struct action *action, struct wait *wait)
{
	// The place is looked up anew each time: the window may not be there yet, or has moved.
	struct words kept = action->args;
	words_copy(&action->args, (const char *const *)wait->place_words.word,
		wait->place_words.count);
	struct place place;
	double x, y;
	uint32_t color = 0;
	bool there = action_place(action, &place) && action_point(action, 1, &place, &x, &y) &&
		shot_pixel(action->runner->server, x, y, &color);
	words_finish(&action->args);
	action->args = kept;
	free(wait->seen);
	if (!there) {
		wait->seen = xasprintf("%s", action->error ? action->error : "no output is there");
		replace_string(&action->error, NULL);
		return false;
	}
	wait->seen = xasprintf("it is #%06x", color & 0xffffff);
	for (int shift = 0; shift < 24; shift += 8)
		if (labs((long)(color >> shift & 0xff) - (long)(wait->color >> shift & 0xff)) >
			wait->fuzz)
			return false;
	return true;
}

static bool exited(struct action *action, struct wait *wait)
{
	struct runner *runner = action->runner;
	if (runner->child || !runner->had_child)
		return false;
	int code = exit_code_of(runner->child_status);
	out_format(&action->result, "%d", code);
	out_format(&action->text, "%d\n", code);
	return true;
}

static bool holds(struct action *action, struct wait *wait)
{
	struct runner *runner = action->runner;
	struct server *server = runner->server;
	struct window *window = NULL;
	switch (wait->kind) {
	case WAIT_SHOWN:
		return anything_shown(server);
	case WAIT_WINDOW:
		window = find_window(server, wait->selector);
		break;
	case WAIT_GONE:
		return !find_window(server, wait->selector);
	case WAIT_FOCUS: {
		struct surface *focus = keyboard_holder(server->seat);
		window = focus ? window_from_surface(focus) : NULL;
		struct selectable selectable;
		if (!window)
			return false;
		selectable_from(window, &selectable);
		if (!selector_matches(wait->selector, &selectable))
			return false;
		break;
	}
	case WAIT_TITLE:
		return title_matches(wait, server);
	case WAIT_PIXEL:
		return pixel_matches(action, wait);
	case WAIT_COMMIT:
		return commits_of(runner, wait->selector) >= wait->commits;
	case WAIT_EXIT:
		return exited(action, wait);
	case WAIT_LAYER:
		return find_layer(server, wait->text) != NULL;
	case WAIT_POPUP:
		window = find_window(server, wait->selector);
		return window && find_popup(server, window, NULL);
	case WAIT_KINDS:
		break;
	}
	if (!window)
		return false;
	window_to_json(window, &action->result);
	window_to_text(window, &action->text);
	return true;
}

// Nothing that is waited for can come any more.
static bool hopeless(struct runner *runner, const struct wait *wait)
{
	return wait->kind != WAIT_GONE && wait->kind != WAIT_EXIT && runner_deserted(runner);
}

static enum progress poll_wait(struct action *action)
{
	struct wait *wait = action->data;
	if (holds(action, wait)) {
		int code = wait->kind == WAIT_EXIT ? exit_code_of(action->runner->child_status) : 0;
		if (wait->has_status && code != wait->status)
			return action_fail(action, "the program ended with status %d, not %ld",
				code, wait->status);
		if (wait->has_status)
			action->runner->status_known = true;
		return PROGRESS_DONE;
	}
	if (hopeless(action->runner, wait)) {
		char *how = describe_status(action->runner->child_status);
		action_fail(action, "the program %s", how);
		free(how);
		return PROGRESS_FAILED;
	}
	if (wait->kind == WAIT_EXIT && !action->runner->had_child)
		return action_fail(action, "there is no program to wait for");
	return PROGRESS_WAIT;
}

static char *why_wait(struct action *action)
{
	struct wait *wait = action->data;
	if (!wait)
		return NULL;
	if (wait->kind == WAIT_TITLE && wait->seen)
		return xasprintf("the title is \"%s\"", wait->seen);
	if (wait->kind == WAIT_PIXEL && wait->seen)
		return xstrdup(wait->seen);
	if (wait->kind == WAIT_EXIT)
		return xstrdup("the program still runs");
	struct server *server = action->runner->server;
	struct out out = {0};
	struct window *window;
	wl_list_for_each(window, &server->windows, link) {
		if (!window->mapped)
			continue;
		out_text(&out, out.length ? "; " : "there are: ");
		window_to_text(window, &out);
		out.text[--out.length] = '\0'; // the newline
	}
	if (!out.length)
		out_text(&out,
			wl_list_empty(&action->runner->watch->clients) ? "no client is connected"
								       : "no window is shown");
	return out.text;
}

static bool parse_title(struct action *action, struct wait *wait)
{
	struct words *args = &action->args;
	if (args->count < 3) {
		action_usage(action);
		return false;
	}
	const char *title = args->word[2];
	if (strncmp(title, "~=", 2) == 0) {
		if (regcomp(&wait->regex, title + 2, REG_EXTENDED | REG_NOSUB) != 0) {
			action_fail(action, "'%s' is not a regular expression", title + 2);
			return false;
		}
		wait->has_regex = true;
	} else {
		wait->text = xstrdup(*title == '=' ? title + 1 : title);
	}
	size_t rest = args->count > 3 && strcmp(args->word[3], "in") == 0 ? 4 : 3;
	return (wait->selector = action_selector(action, rest)) != NULL;
}

static bool parse_pixel(struct action *action, struct wait *wait)
{
	struct words *args = &action->args;
	if (!action_integer(action, "fuzz", 0, 255, &wait->fuzz))
		return false;
	if (args->count < 4) {
		action_usage(action);
		return false;
	}
	if (!arg_color(args->word[3], &wait->color)) {
		action_fail(action, "'%s' is not a colour; write #rrggbb", args->word[3]);
		return false;
	}
	words_remove(args, 3, 1);
	words_copy(&wait->place_words, (const char *const *)args->word + 1, args->count - 1);
	return true;
}

static bool parse_wait(struct action *action, struct wait *wait)
{
	struct words *args = &action->args;
	bool ok = true;
	switch (wait->kind) {
	case WAIT_SHOWN:
		break;
	case WAIT_TITLE:
		return parse_title(action, wait);
	case WAIT_PIXEL:
		return parse_pixel(action, wait);
	case WAIT_EXIT: {
		long unset = -1;
		wait->status = unset;
		ok = action_integer(action, "status", 0, 255, &wait->status);
		wait->has_status = wait->status != unset;
		break;
	}
	case WAIT_LAYER:
		wait->text = args->count > 2 ? xstrdup(args->word[2]) : NULL;
		break;
	case WAIT_COMMIT:
		wait->count = 1;
		ok = action_integer(action, "count", 1, 1000000, &wait->count) &&
			(wait->selector = action_selector(action, 2));
		if (ok)
			wait->commits =
				commits_of(action->runner, wait->selector) + (uint64_t)wait->count;
		break;
	case WAIT_WINDOW:
	case WAIT_GONE:
	case WAIT_FOCUS:
	case WAIT_POPUP:
	case WAIT_KINDS:
		if (args->count > 2 && strcmp(args->word[2], "in") == 0)
			words_remove(args, 2, 1);
		ok = (wait->selector = action_selector(action, 2)) != NULL;
		break;
	}
	return ok;
}

static enum progress start_wait(struct action *action)
{
	struct wait *wait = xcalloc(1, sizeof(*wait));
	action->data = wait;
	if (action->args.count < 2)
		return action_usage(action);
	while (wait->kind < WAIT_KINDS && strcmp(wait_names[wait->kind], action->args.word[1]) != 0)
		wait->kind++;
	if (wait->kind == WAIT_KINDS)
		return action_usage(action);
	return parse_wait(action, wait) ? poll_wait(action) : PROGRESS_FAILED;
}

const struct verb verb_wait = {
	.name = "wait",
	.usage =
		"window SELECTOR | gone SELECTOR | focus SELECTOR | title [=]TEXT|~=REGEX [in SELECTOR] | "
		"pixel X,Y #RRGGBB [fuzz=N] [in PLACE] | commit SELECTOR [count=N] | exit [status=N] | "
		"layer [NAMESPACE] | popup [SELECTOR] | shown",
	.help = "waits until that is so",
	.quiet = true,
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.start = start_wait,
	.poll = poll_wait,
	.why = why_wait,
	.finish = finish_wait,
};
