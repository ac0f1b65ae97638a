// SPDX-License-Identifier: MIT
// Requests of clients and task bars about a window: forwarded to the shell, or kept until the
// initial commit.
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/window/window_private.h"

static void request_defer(
	struct window *window, enum window_request what, const struct window_detail *detail)
{
	switch (what) {
	case REQUEST_MAXIMIZE:
		window->deferred.maximize = detail->on;
		break;
	case REQUEST_FULLSCREEN:
		window->deferred.fullscreen = detail->on;
		struct output *output = detail->on ? detail->output : NULL;
		weak_set(&window->deferred.output, output,
			output ? &output->events.destroyed : NULL);
		break;
	case REQUEST_MINIMIZE:
		window->deferred.minimize = detail->on;
		break;
	case REQUEST_DECORATION:
		window->deferred.has_decoration = true;
		window->deferred.decoration = detail->on;
		break;
	default:
		break; // valid only for mapped windows
	}
}

void window_request(
	struct window *window, enum window_request what, const struct window_detail *detail)
{
	struct window_detail none = {0};
	if (!detail)
		detail = &none;
	if (what == REQUEST_DECORATION)
		window->wants_decorations = detail->on;
	if (!window->added) {
		request_defer(window, what, detail);
		return;
	}
	bool needs_mapped = what == REQUEST_ACTIVATE || what == REQUEST_ATTENTION ||
		what == REQUEST_MOVE || what == REQUEST_RESIZE || what == REQUEST_MENU ||
		what == REQUEST_PLACE || what == REQUEST_SIZE;
	if (needs_mapped && !window->mapped)
		return;
	if (window->server->locked && what == REQUEST_ACTIVATE)
		what = REQUEST_ATTENTION; // the focus stays with what had it before
	struct shell *shell = window->server->shell;
	if (shell && shell->impl->window_request)
		shell->impl->window_request(shell, window, what, detail);
}

void window_add(struct window *window)
{
	window->added = true;
	struct shell *shell = window->server->shell;
	if (shell && shell->impl->window_added)
		shell->impl->window_added(shell, window);
	struct window_detail detail = {.on = true};
	if (window->deferred.has_decoration)
		window_request(window, REQUEST_DECORATION,
			&(struct window_detail){.on = window->deferred.decoration});
	if (window->deferred.maximize)
		window_request(window, REQUEST_MAXIMIZE, &detail);
	if (window->deferred.minimize)
		window_request(window, REQUEST_MINIMIZE, &detail);
	detail.output = window->deferred.output.target;
	if (window->deferred.fullscreen)
		window_request(window, REQUEST_FULLSCREEN, &detail);
	window_clear_deferred(window);
	window_queue_configure(window);
}

void window_clear_deferred(struct window *window)
{
	weak_clear(&window->deferred.output);
	window->deferred.maximize = window->deferred.fullscreen = window->deferred.minimize = false;
	window->deferred.has_decoration = window->deferred.decoration = false;
}
