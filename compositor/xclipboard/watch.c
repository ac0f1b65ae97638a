// SPDX-License-Identifier: MIT
// Windows: those that transfers and queries create for their properties, and those of other clients
// whose events they need.
#include <stdlib.h>
#include "compositor/xclipboard/xclipboard_private.h"

xcb_window_t clipboard_create_window(struct xclipboard *clipboard)
{
	xcb_window_t window = xcb_generate_id(clipboard->xcb);
	const uint32_t values[] = {true, XCB_EVENT_MASK_PROPERTY_CHANGE};
	xcb_create_window(clipboard->xcb, 0, window, clipboard->root, -1, -1, 1, 1, 0,
		XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT,
		XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
	return window;
}

bool clipboard_is_own(const struct xclipboard *clipboard, xcb_window_t window)
{
	const xcb_setup_t *setup = xcb_get_setup(clipboard->xcb);
	if ((window & ~setup->resource_id_mask) == setup->resource_id_base)
		return true;
	xcb_screen_iterator_t roots = xcb_setup_roots_iterator(setup);
	for (; roots.rem; xcb_screen_next(&roots))
		if (roots.data->root == window)
			return true;
	return false;
}

// A client has one event mask per window: what it selected before has to stay in it.
static void select_events(const struct xclipboard *clipboard, xcb_window_t window, uint32_t mask)
{
	if (clipboard->impl->selected_events)
		mask |= clipboard->impl->selected_events(clipboard->impl_data, window);
	xcb_change_window_attributes(clipboard->xcb, window, XCB_CW_EVENT_MASK, &mask);
}

static struct watched *find_watched(struct xclipboard *clipboard, xcb_window_t window)
{
	struct watched *watched;
	wl_list_for_each(watched, &clipboard->watched, link) {
		if (watched->window == window)
			return watched;
	}
	return NULL;
}

static void watched_destroy(struct watched *watched)
{
	wl_list_remove(&watched->link);
	free(watched);
}

void clipboard_watch(struct xclipboard *clipboard, xcb_window_t window)
{
	struct watched *watched = find_watched(clipboard, window);
	if (!watched) {
		if (window == XCB_WINDOW_NONE || clipboard_is_own(clipboard, window))
			return;
		watched = xcalloc(1, sizeof(*watched));
		watched->window = window;
		wl_list_insert(&clipboard->watched, &watched->link);
		select_events(clipboard, window,
			XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY);
	}
	watched->users++;
}

void clipboard_unwatch(struct xclipboard *clipboard, xcb_window_t window)
{
	struct watched *watched = find_watched(clipboard, window);
	if (!watched || --watched->users > 0)
		return;
	select_events(clipboard, window, 0);
	watched_destroy(watched);
}

bool clipboard_forget_window(struct xclipboard *clipboard, xcb_window_t window)
{
	struct watched *watched = find_watched(clipboard, window);
	if (!watched)
		return false;
	watched_destroy(watched);
	return true;
}

void clipboard_forget_windows(struct xclipboard *clipboard)
{
	struct watched *watched, *tmp;
	wl_list_for_each_safe(watched, tmp, &clipboard->watched, link)
		watched_destroy(watched);
}
