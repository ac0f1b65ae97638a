// SPDX-License-Identifier: MIT
// The entry points of the module.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/xwm/xwm.h"

extern const struct xwm_impl xwm_impl;

void xwm_fail(struct xwm *xwm, const char *why)
{
	if (xwm->failed)
		return;
	xwm->failed = true;
	if (why)
		log_error("X programs cannot be shown: %s", why);
	events_finish(xwm);
	xwm->owner.failed(xwm->owner.data);
}

static struct xwm *on_create(
	struct server *server, struct wl_client *client, int fd, const struct xwm_owner *owner)
{
	struct xwm *xwm = xcalloc(1, sizeof(*xwm));
	xwm->server = server;
	xwm->client = client;
	xwm->owner = *owner;
	wl_list_init(&xwm->asks);
	wl_list_init(&xwm->windows);
	wl_list_init(&xwm->managed);
	wl_list_init(&xwm->due);
	wl_list_init(&xwm->strays);
	for (size_t i = 0; i < array_length(xwm->buckets); i++)
		wl_list_init(&xwm->buckets[i]);
	associate_init(xwm);
	focus_init(xwm);
	stack_init(xwm);
	handshake_start(xwm, fd);
	return xwm;
}

static void on_destroy(struct xwm *xwm)
{
	xwm->failed = true; // nothing more is written
	events_finish(xwm);
	clip_finish(xwm);
	xwindow_destroy_all(xwm);
	ask_cancel(&xwm->setup);
	stack_finish(xwm);
	focus_finish(xwm);
	ask_finish(xwm);
	associate_finish(xwm);
	handshake_destroy(xwm->handshake);
	if (xwm->xcb)
		xcb_disconnect(xwm->xcb);
	free(xwm->atom_cookies);
	free(xwm);
}

static bool on_busy(const struct xwm *xwm)
{
	if (xwm->failed)
		return false;
	if (!xwm->ready || !wl_list_empty(&xwm->asks) || !wl_list_empty(&xwm->due) ||
		xwm->focus.due || xwm->stack.due || xwm->blocked || xwm->unpaired ||
		clip_is_busy(xwm))
		return true;
	const struct xwindow *window;
	wl_list_for_each(window, &xwm->windows, link) {
		if (window->wants_map || (window->window && !window->window->mapped) ||
			(window->window && window->goal.open))
			return true;
	}
	return false;
}

const struct xwm_impl xwm_impl = {
	.create = on_create,
	.destroy = on_destroy,
	.surface_serial = associate_serial,
	.busy = on_busy,
};
