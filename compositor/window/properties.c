// SPDX-License-Identifier: MIT
// Properties of windows that clients set: title, app id, parent, size limits.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/utf8.h"
#include "compositor/server.h"
#include "compositor/window/icon.h"
#include "compositor/window/window.h"

// Longer titles and app ids are truncated, so that they fit into one event of each protocol that
// lists windows.
#define MAX_NAME 1024 // bytes

// A copy of at most MAX_NAME bytes, with U+FFFD for what is not UTF-8. The caller frees it.
static char *name_sanitize(const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *clean = xcalloc(1, MAX_NAME + 1);
	size_t used = 0;
	const char *end = text + strlen(text);
	while (text < end) {
		const char *from = text;
		size_t size = sizeof(replacement) - 1;
		if (utf8_next(&text, end) == 0xfffd)
			from = replacement;
		else
			size = (size_t)(text - from);
		if (used + size > MAX_NAME)
			break;
		memcpy(clean + used, from, size);
		used += size;
	}
	return xrealloc(clean, used + 1, 1);
}

static void properties_changed(struct window *window)
{
	struct shell *shell = window->server->shell;
	if (window->added && shell && shell->impl->window_changed)
		shell->impl->window_changed(shell, window);
	wl_signal_emit_mutable(&window->events.changed, window);
}

static void name_set(struct window *window, char **place, const char *text)
{
	char *clean = text ? name_sanitize(text) : NULL;
	if (clean == *place || (clean && *place && strcmp(clean, *place) == 0)) {
		free(clean);
		return;
	}
	free(*place);
	*place = clean;
	properties_changed(window);
}

void window_set_title(struct window *window, const char *title)
{
	name_set(window, &window->title, title);
}

void window_set_app_id(struct window *window, const char *app_id)
{
	name_set(window, &window->app_id, app_id);
}

void window_set_tag(struct window *window, const char *tag)
{
	name_set(window, &window->tag, tag);
}

void window_set_description(struct window *window, const char *description)
{
	name_set(window, &window->description, description);
}

void window_set_icon(struct window *window, struct window_icon *icon)
{
	window_icon_ref(icon);
	window_icon_unref(window->next_icon);
	window->next_icon = icon;
	window->has_next_icon = true;
}

void window_apply_icon(struct window *window)
{
	window->has_next_icon = false;
	if (window->icon != window->next_icon) {
		window_icon_unref(window->icon);
		window->icon = window_icon_ref(window->next_icon);
		properties_changed(window);
	}
	window_icon_unref(window->next_icon);
	window->next_icon = NULL;
}

void window_set_modal(struct window *window, bool modal)
{
	if (window->modal == modal)
		return;
	window->modal = modal;
	properties_changed(window);
}

struct window *window_blocker(struct window *window)
{
	struct window *blocker = NULL, *child;
	for (struct window *next = window; next; window = next) {
		next = NULL;
		wl_list_for_each(child, &window->children, sibling) {
			if (child->modal && child->mapped) {
				blocker = next = child;
				break;
			}
		}
	}
	return blocker;
}

bool window_set_parent(struct window *window, struct window *parent)
{
	for (struct window *above = parent; above; above = above->parent) {
		if (above == window)
			return false;
	}
	if (parent && !parent->mapped)
		parent = NULL;
	if (window->parent == parent)
		return true;
	window->parent = parent;
	wl_list_remove(&window->sibling);
	wl_list_init(&window->sibling);
	if (parent)
		wl_list_insert(&parent->children, &window->sibling);
	properties_changed(window);
	return true;
}

void window_set_limits(
	struct window *window, int min_width, int min_height, int max_width, int max_height)
{
	if (window->min_width == min_width && window->min_height == min_height &&
		window->max_width == max_width && window->max_height == max_height)
		return;
	window->min_width = min_width;
	window->min_height = min_height;
	window->max_width = max_width;
	window->max_height = max_height;
	properties_changed(window);
}

void window_constrain_size(const struct window *window, int *width, int *height)
{
	if (window->max_width)
		*width = MIN(*width, window->max_width);
	if (window->max_height)
		*height = MIN(*height, window->max_height);
	*width = MAX(*width, MAX(window->min_width, 1));
	*height = MAX(*height, MAX(window->min_height, 1));
	if (window->impl->constrain)
		window->impl->constrain(window, width, height);
}
