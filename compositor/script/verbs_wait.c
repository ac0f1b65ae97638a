// SPDX-License-Identifier: MIT
// The verb wait: waits for a window, a title, a pixel and other conditions.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/picture/shot.h"
#include "compositor/script/arguments.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/lookup.h"
#include "compositor/script/pattern.h"
#include "compositor/script/runner.h"
#include "compositor/script/verbs.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/layer.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"

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
	char *text; // title or namespace; owned, or NULL
	struct pattern pattern;
	uint64_t commits; // number to be reached
	long count;
	struct point point; // pixel
	uint32_t color;
	long fuzz;
	char *seen; // the value that was found instead, for messages; owned
	long status;
	bool has_status;
};

static void finish_wait(struct action *action)
{
	struct wait *wait = action->data;
	if (!wait)
		return;
	pattern_finish(&wait->pattern);
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
	return lookup_layer(server, NULL) != NULL;
}

static uint64_t count_commits(struct runner *runner, const struct selector *selector)
{
	uint64_t commits = 0;
	struct watched_surface *surface;
	wl_list_for_each(surface, &runner->watch->surfaces, link) {
		struct window *window = window_from_surface(surface->surface);
		if (!window || !window->mapped)
			continue;
		struct window_facts facts;
		lookup_describe_window(window, &facts);
		if (selector_matches(selector, &facts))
			commits += surface->commits;
	}
	return commits;
}

static bool title_matches(struct action *action, struct wait *wait)
{
	struct strbuf seen = {0};
	const struct window *window;
	bool found = false;
	wl_list_for_each(window, &action->runner->server->windows, link) {
		struct window_facts facts;
		if (!window->mapped)
			continue;
		lookup_describe_window(window, &facts);
		if (!selector_matches(action->selector, &facts))
			continue;
		const char *title = window->title ? window->title : "";
		found = wait->pattern.nodes ? pattern_matches(&wait->pattern, title)
					    : strcmp(title, wait->text) == 0;
		if (found)
			break;
		char *name = window_name(window);
		strbuf_printf(&seen, "%s%s", seen.length ? "; " : "it looked at ", name);
		free(name);
	}
	replace_string(&wait->seen, found ? NULL : seen.text);
	strbuf_finish(&seen);
	return found;
}

static bool pixel_matches(struct action *action, struct wait *wait)
{
	// The place is found each time: the window may not exist yet, or may have moved.
	struct place place;
	double x, y;
	uint32_t color = 0;
	bool there = action_place(action, &place);
	if (there) {
		place_point(&place, &wait->point, &x, &y);
		there = shot_pixel(action->runner->server, x, y, &color);
	}
	free(wait->seen);
	if (!there) {
		wait->seen = xasprintf(
			"%s", action->error ? action->error : "it lies outside all outputs");
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

static bool program_exited(struct action *action, struct wait *wait)
{
	struct runner *runner = action->runner;
	if (runner->child || !runner->had_child)
		return false;
	int code = wait_status_code(runner->child_status);
	strbuf_printf(&action->result, "%d", code);
	strbuf_printf(&action->text, "%d\n", code);
	return true;
}

static bool condition_holds(struct action *action, struct wait *wait)
{
	struct runner *runner = action->runner;
	struct server *server = runner->server;
	struct window *window = NULL;
	struct window_facts facts;
	switch (wait->kind) {
	case WAIT_SHOWN:
		return anything_shown(server);
	case WAIT_WINDOW:
		window = lookup_window(server, action->selector);
		break;
	case WAIT_GONE:
		return !lookup_window(server, action->selector);
	case WAIT_FOCUS:
		window = keyboard_window(server);
		if (window)
			lookup_describe_window(window, &facts);
		if (!window || !selector_matches(action->selector, &facts))
			return false;
		break;
	case WAIT_TITLE:
		return title_matches(action, wait);
	case WAIT_PIXEL:
		return pixel_matches(action, wait);
	case WAIT_COMMIT:
		return count_commits(runner, action->selector) >= wait->commits;
	case WAIT_EXIT:
		return program_exited(action, wait);
	case WAIT_LAYER:
		return lookup_layer(server, wait->text) != NULL;
	case WAIT_POPUP:
		window = action->selector ? lookup_window(server, action->selector) : NULL;
		return (window || !action->selector) && lookup_popup(server, window, NULL);
	case WAIT_KINDS:
		break;
	}
	if (!window)
		return false;
	window_to_json(window, &action->result);
	window_to_text(window, &action->text);
	return true;
}

// Whether no client is left that could meet the condition.
static bool is_hopeless(struct runner *runner, const struct wait *wait)
{
	return wait->kind != WAIT_GONE && wait->kind != WAIT_EXIT && runner_all_ended(runner);
}

static enum progress poll_wait(struct action *action)
{
	struct wait *wait = action->data;
	if (condition_holds(action, wait)) {
		int code = wait->kind == WAIT_EXIT ? wait_status_code(action->runner->child_status)
						   : 0;
		if (wait->has_status && code != wait->status)
			return action_fail(action, "the program ended with status %d, not %ld",
				code, wait->status);
		if (wait->has_status)
			action->runner->status_expected = true;
		return PROGRESS_DONE;
	}
	if (is_hopeless(action->runner, wait)) {
		char *how = wait_status_describe(action->runner->child_status);
		action_fail(action, "the program %s", how);
		free(how);
		return PROGRESS_FAILED;
	}
	if (wait->kind == WAIT_EXIT && !action->runner->had_child)
		return action_fail(action, "no program was started");
	return PROGRESS_WAIT;
}

static void list_popups(struct surface *parent, struct strbuf *buf)
{
	struct popup *popup;
	wl_list_for_each(popup, &parent->popups, link) {
		char *name = surface_name(popup->surface);
		strbuf_printf(buf, "%s%s%s", buf->length ? "; " : "popups: ", name,
			popup->mapped ? "" : ", which is not mapped");
		free(name);
		list_popups(popup->surface, buf);
	}
}

static char *describe_popups(struct server *server)
{
	struct strbuf buf = {0};
	const struct window *window;
	const struct layer_surface *layer;
	wl_list_for_each(window, &server->windows, link)
		list_popups(window->surface, &buf);
	wl_list_for_each(layer, &server->layers, link)
		if (layer->surface)
			list_popups(layer->surface, &buf);
	if (!buf.length)
		strbuf_puts(&buf, "no popup is shown");
	return buf.text;
}

static char *describe_layers(struct server *server)
{
	struct strbuf buf = {0};
	const struct layer_surface *layer;
	wl_list_for_each(layer, &server->layers, link) {
		if (!layer->mapped)
			continue;
		strbuf_puts(&buf, buf.length ? ", " : "layer surfaces: ");
		strbuf_json(&buf, layer->namespace);
	}
	if (!buf.length)
		strbuf_puts(&buf, "no layer surface is shown");
	return buf.text;
}

// The shown windows that match. NULL matches all.
static char *describe_windows(struct action *action, const struct selector *selector)
{
	struct strbuf buf = {0};
	struct window *window;
	wl_list_for_each(window, &action->runner->server->windows, link) {
		struct window_facts facts;
		if (!window->mapped)
			continue;
		lookup_describe_window(window, &facts);
		if (!selector_matches(selector, &facts))
			continue;
		strbuf_puts(&buf, buf.length ? "; " : "shown windows: ");
		window_to_text(window, &buf);
		buf.text[--buf.length] = '\0'; // the newline
	}
	if (!buf.length)
		strbuf_puts(&buf,
			wl_list_empty(&action->runner->watch->clients) ? "no client is connected"
								       : "no window is shown");
	return buf.text;
}

static char *why_wait(struct action *action)
{
	const struct wait *wait = action->data;
	struct server *server = action->runner->server;
	char *name, *why;
	switch (wait->kind) {
	case WAIT_TITLE:
		return wait->seen ? xstrdup(wait->seen) : describe_windows(action, NULL);
	case WAIT_PIXEL:
		return wait->seen ? xstrdup(wait->seen) : NULL;
	case WAIT_EXIT:
		return xstrdup("the program is still running");
	case WAIT_POPUP:
		return describe_popups(server);
	case WAIT_LAYER:
		return describe_layers(server);
	case WAIT_FOCUS:
		name = keyboard_holder_name(server);
		why = name ? xasprintf("%s has the keyboard focus", name)
			   : xstrdup("nothing has the keyboard focus");
		free(name);
		return why;
	case WAIT_GONE:
		return describe_windows(action, action->selector);
	case WAIT_COMMIT:
		if (lookup_window(server, action->selector))
			return xasprintf("%llu commits are missing",
				(unsigned long long)(wait->commits -
					count_commits(action->runner, action->selector)));
		return describe_windows(action, NULL);
	default:
		return describe_windows(action, NULL);
	}
}

static bool parse_title(struct action *action, struct wait *wait)
{
	struct words *args = &action->args;
	if (args->count < 3)
		return action_usage(action);
	const char *title = args->word[2];
	char *error = NULL;
	if (strncmp(title, "~=", 2) != 0) {
		wait->text = xstrdup(*title == '=' ? title + 1 : title);
	} else if (!pattern_init(&wait->pattern, title + 2, &error)) {
		action_refuse(action, "'%.60s': %s", title, error);
		free(error);
		return false;
	}
	return action_take_selector(action, 3);
}

static bool parse_pixel(struct action *action, struct wait *wait)
{
	struct words *args = &action->args;
	if (!action_integer(action, "fuzz", 0, 255, &wait->fuzz) || !action_take_place(action))
		return false;
	if (args->count < 4)
		return action_usage(action);
	if (!arg_color(args->word[3], &wait->color))
		return action_refuse(action, "'%s' is not a color; write #rrggbb", args->word[3]);
	return action_take_point(action, 2, &wait->point) && action_ends_at(action, 4);
}

static bool parse_exit(struct action *action, struct wait *wait)
{
	long unset = -1;
	wait->status = unset;
	if (!action_integer(action, "status", 0, 255, &wait->status))
		return false;
	wait->has_status = wait->status != unset;
	return action_ends_at(action, 2);
}

static bool parse_wait(struct action *action)
{
	struct words *args = &action->args;
	struct wait *wait = xcalloc(1, sizeof(*wait));
	action->data = wait;
	if (args->count < 2)
		return action_usage(action);
	while (wait->kind < WAIT_KINDS && strcmp(wait_names[wait->kind], args->word[1]) != 0)
		wait->kind++;
	switch (wait->kind) {
	case WAIT_SHOWN:
		return action_ends_at(action, 2);
	case WAIT_TITLE:
		return parse_title(action, wait);
	case WAIT_PIXEL:
		return parse_pixel(action, wait);
	case WAIT_EXIT:
		return parse_exit(action, wait);
	case WAIT_LAYER:
		wait->text = args->count > 2 ? xstrdup(args->word[2]) : NULL;
		return action_ends_at(action, 3);
	case WAIT_COMMIT:
		wait->count = 1;
		return action_integer(action, "count", 1, 1000000, &wait->count) &&
			action_take_selector(action, 2);
	case WAIT_WINDOW:
	case WAIT_GONE:
	case WAIT_FOCUS:
	case WAIT_POPUP:
		return action_take_selector(action, 2);
	case WAIT_KINDS:
		break;
	}
	return action_usage(action);
}

static enum progress start_wait(struct action *action)
{
	struct wait *wait = action->data;
	if (wait->kind == WAIT_COMMIT)
		wait->commits =
			count_commits(action->runner, action->selector) + (uint64_t)wait->count;
	return poll_wait(action);
}

const struct verb verb_wait = {
	.name = "wait",
	.usage =
		"window SELECTOR | gone SELECTOR | focus SELECTOR | title [=]TEXT|~=REGEX [in SELECTOR] | "
		"pixel X,Y #RRGGBB [fuzz=N] [in PLACE] | commit SELECTOR [count=N] | exit [status=N] | "
		"layer [NAMESPACE] | popup [SELECTOR] | shown",
	.help = "waits until the condition holds",
	.quiet = true,
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.parse = parse_wait,
	.start = start_wait,
	.poll = poll_wait,
	.why = why_wait,
	.finish = finish_wait,
};
