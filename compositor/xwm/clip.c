// SPDX-License-Identifier: MIT
// The clipboard and the primary selection of X programs: what they select is offered to all others,
// a host among them, and what others select to X programs.
#include <stdlib.h>
#include <xcb/xfixes.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/xclipboard/xclipboard.h"
#include "compositor/xwm/xwm.h"

// A quarter of what the socket takes.
#define CHUNK_SIZE (64 << 10)

struct clip {
	struct xwm *xwm;
	struct xclipboard *engine;
	struct wl_listener clipboard_changed, primary_changed;
};

static struct selection *seat_selection(const struct clip *clip, bool primary)
{
	struct seat *seat = clip->xwm->server->seat;
	return primary ? &seat->primary : &seat->clipboard;
}

static void on_offered(void *data, bool primary, struct data_source *source)
{
	const struct clip *clip = data;
	selection_set_from(
		seat_selection(clip, primary), source, server_next_serial(clip->xwm->server), clip);
}

// X programs can read the selections of each other at any time. What others have selected they get
// while the user types into one of them: not in the background, and not while the screen is locked.
static bool on_readable(void *data)
{
	const struct clip *clip = data;
	return clip->xwm->focus.ours && !clip->xwm->server->locked;
}

static uint32_t on_selected_events(void *data, xcb_window_t id)
{
	const struct clip *clip = data;
	return xwindow_find(clip->xwm, id) ? XWINDOW_EVENTS : 0;
}

static void on_queued(void *data)
{
	const struct clip *clip = data;
	clip->xwm->written = true;
	xwm_schedule(clip->xwm);
}

static bool on_has_room(void *data)
{
	const struct clip *clip = data;
	return xwm_can_write(clip->xwm);
}

static const struct xclipboard_impl clip_impl = {
	.offered = on_offered,
	.readable = on_readable,
	.selected_events = on_selected_events,
	.queued = on_queued,
	.has_room = on_has_room,
};

static void clip_follow(struct clip *clip, bool primary)
{
	const struct selection *selection = seat_selection(clip, primary);
	if (selection->origin != clip)
		xclipboard_set(clip->engine, primary, selection->source);
}

static void on_clipboard_changed(struct wl_listener *listener, void *data)
{
	struct clip *clip = wl_container_of(listener, clip, clipboard_changed);
	clip_follow(clip, false);
}

static void on_primary_changed(struct wl_listener *listener, void *data)
{
	struct clip *clip = wl_container_of(listener, clip, primary_changed);
	clip_follow(clip, true);
}

void clip_start(struct xwm *xwm)
{
	// Its reply has come with those before.
	const xcb_query_extension_reply_t *xfixes =
		xcb_get_extension_data(xwm->xcb, &xcb_xfixes_id);
	if (!xfixes || !xfixes->present) {
		log_warn("Xwayland lacks XFixes: X programs do not share the clipboard");
		return;
	}
	struct clip *clip = xcalloc(1, sizeof(*clip));
	xwm->clip = clip;
	clip->xwm = xwm;
	clip->engine = xclipboard_create(&(struct xclipboard_options){
		.xcb = xwm->xcb,
		.root = xwm->root,
		.xfixes_event = xfixes->first_event,
		.chunk_size = CHUNK_SIZE,
		.loop = xwm->server->loop,
		.clock = xwm->server->clock,
		.impl = &clip_impl,
		.data = clip,
	});
	clip->clipboard_changed.notify = on_clipboard_changed;
	wl_signal_add(&seat_selection(clip, false)->changed, &clip->clipboard_changed);
	clip->primary_changed.notify = on_primary_changed;
	wl_signal_add(&seat_selection(clip, true)->changed, &clip->primary_changed);
	clip_follow(clip, false);
	clip_follow(clip, true);
}

void clip_finish(struct xwm *xwm)
{
	struct clip *clip = xwm->clip;
	if (!clip)
		return;
	xwm->clip = NULL;
	wl_list_remove(&clip->clipboard_changed.link);
	wl_list_remove(&clip->primary_changed.link);
	xclipboard_destroy(clip->engine);
	free(clip);
}

bool clip_event(struct xwm *xwm, xcb_generic_event_t *event)
{
	if (!xwm->clip)
		return false;
	xwm->written = true;
	return xclipboard_event(xwm->clip->engine, event);
}

void clip_push(struct xwm *xwm)
{
	if (xwm->clip)
		xclipboard_resume(xwm->clip->engine);
}

bool clip_is_busy(const struct xwm *xwm)
{
	return xwm->clip && xclipboard_is_busy(xwm->clip->engine);
}
