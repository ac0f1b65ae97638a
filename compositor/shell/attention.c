// SPDX-License-Identifier: MIT
#include "compositor/shell/attention.h"
#include <sys/types.h>
#include <time.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/descendants.h"
#include "compositor/config/config.h"
#include "compositor/server.h"
#include "compositor/shell/desktop.h"
#include "compositor/shell/desktop_window.h"
#include "compositor/surface/surface.h"
#include "compositor/window/layer.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"

// Programs may start slowly; after that, what appears is a surprise.
#define LAUNCH_NS (60 * NSEC_PER_SEC)

void attention_finish(struct attention *attention)
{
	weak_clear(&attention->surface);
}

static enum focus_new desktop_focus_new(const struct desktop *desktop)
{
	return (enum focus_new)desktop->shell.server->config->desktop.focus_new;
}

static bool focuses_all(const struct desktop *desktop)
{
	enum focus_new mode = desktop_focus_new(desktop);
	return mode == FOCUS_NEW_ALWAYS || mode == FOCUS_NEW_DEFAULT;
}

bool attention_marks(const struct desktop *desktop)
{
	return !focuses_all(desktop);
}

// root NULL: none.
static void attention_use(struct desktop *desktop, struct surface *root, bool busy)
{
	struct attention *attention = &desktop->attention;
	struct timespec now = {0};
	clock_gettime(CLOCK_BOOTTIME, &now);
	weak_set(&attention->surface, root, root ? &root->events.destroyed : NULL);
	attention->busy = busy;
	attention->used_ns = clock_now_ns(desktop->shell.server->clock);
	attention->used_boot_ns = (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

void attention_key(struct desktop *desktop, struct surface *surface)
{
	if (!surface)
		return;
	attention_use(desktop, popup_root_surface(surface), true);
	desktop->shell.acts++;
}

void attention_press(struct desktop *desktop, struct surface *surface)
{
	struct surface *root = popup_root_surface(surface);
	attention_use(desktop, root, !root->layer);
	desktop->shell.acts++;
}

void attention_launched(struct desktop *desktop)
{
	attention_use(desktop, NULL, false);
}

// The client of the surface used last. NULL: there is none, or the surface is hidden or gone.
static struct wl_client *attention_client(const struct attention *attention)
{
	const struct surface *surface = attention->surface.target;
	return surface && surface->mapped ? wl_resource_get_client(surface->resource) : NULL;
}

static bool attention_expects_client(struct desktop *desktop, struct wl_client *client)
{
	const struct attention *attention = &desktop->attention;
	struct wl_client *used = attention_client(attention);
	if (!attention->used_ns || used == client)
		return true;
	// A launcher that has closed started something.
	if (!attention->busy || !used)
		return clock_now_ns(desktop->shell.server->clock) - attention->used_ns < LAUNCH_NS;
	pid_t pid = 0, used_pid = 0;
	wl_client_get_credentials(client, &pid, NULL, NULL);
	wl_client_get_credentials(used, &used_pid, NULL, NULL);
	return process_started_by(pid, used_pid, attention->used_boot_ns); // as from a terminal
}

bool attention_expects(struct desktop *desktop, struct window *window)
{
	return attention_expects_client(desktop, wl_resource_get_client(window->surface->resource));
}

bool attention_allows_window(struct desktop *desktop, struct window *window)
{
	struct window *active = desktop->shell.active;
	if (window->focus != WINDOW_FOCUS_ALWAYS)
		return false;
	if (focuses_all(desktop) || (!active && !desktop->shell.layer.target))
		return true;
	if (desktop_focus_new(desktop) == FOCUS_NEW_NEVER)
		return false;
	bool dialog = window->parent && active && window_root(window) == window_root(active);
	return dialog || attention_expects(desktop, window);
}

bool attention_allows_layer(struct desktop *desktop, struct layer_surface *layer)
{
	return focuses_all(desktop) || (!desktop->shell.active && !desktop->shell.layer.target) ||
		attention_expects_client(desktop, wl_resource_get_client(layer->surface->resource));
}

// Nothing was used since the token was created but what passed it on, and what got it.
static bool attention_stayed(
	struct desktop *desktop, const struct surface *surface, uint64_t act, const void *owner)
{
	struct wl_client *used = attention_client(&desktop->attention);
	return !used || desktop->shell.acts == act || used == owner ||
		used == wl_resource_get_client(surface->resource);
}

bool attention_allows_token(
	struct desktop *desktop, struct window *window, const struct window_detail *detail)
{
	const struct desktop_window *view = window->shell_data;
	if (focuses_all(desktop))
		return true;
	// A window that was never active is still a new one.
	if (desktop_focus_new(desktop) == FOCUS_NEW_NEVER && view && !view->was_active)
		return false;
	return attention_stayed(desktop, window->surface, detail->act, detail->owner);
}

bool attention_allows_layer_token(
	struct desktop *desktop, struct layer_surface *layer, uint64_t act, const void *owner)
{
	return focuses_all(desktop) || attention_stayed(desktop, layer->surface, act, owner);
}
