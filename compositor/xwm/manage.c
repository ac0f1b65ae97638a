// SPDX-License-Identifier: MIT
// X windows as windows of the shell: implements window_impl.
//
// The X server resizes a window at once, so a configure is applied by the first commit of the new
// size. A program that draws nothing is not waited for.
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/xwm/xwm.h"

#define GOAL_NS (300 * NSEC_PER_MSEC) // for which a commit of the configured size is awaited

bool manage_is_framed(const struct xwindow *window)
{
	switch (window->type) {
	case TYPE_SPLASH:
	case TYPE_DESKTOP:
	case TYPE_DOCK:
	case TYPE_NOTIFICATION:
	case TYPE_POPUP:
		return false;
	default:
		return window->motif.framed && !window->has_shadow;
	}
}

bool manage_takes_focus(const struct xwindow *window)
{
	return window->hints.input || window->protocols & HAS_TAKE_FOCUS;
}

// The handshake of configures

static void goal_apply(struct xwindow *window)
{
	struct window *shown = window->window;
	uint32_t serial = window->goal.serial;
	const struct window_config config = window->goal.config;
	window->goal.open = false;
	timer_cancel(&window->goal_timer);
	window_acked(shown, serial, &config);
	window_applied(shown, serial, &config);
}

static void on_goal_timeout(void *data)
{
	struct xwindow *window = data;
	if (!window->window || !window->goal.open)
		return;
	goal_apply(window);
	window_commit(window->window);
}

static bool goal_is_drawn(const struct xwindow *window)
{
	const struct surface *surface = window->surface;
	return surface->width == window->goal.width && surface->height == window->goal.height;
}

static uint32_t on_configure(struct window *shown, const struct window_config *config)
{
	struct xwindow *window = shown->data;
	const int *shadow = window->shadow;
	window->goal.open = true;
	window->goal.serial = server_next_serial(window->xwm->server);
	window->goal.config = *config;
	window->goal.width =
		config->width ? config->width + shadow[0] + shadow[1] : window->wanted.width;
	window->goal.height =
		config->height ? config->height + shadow[2] + shadow[3] : window->wanted.height;
	window->wanted.width = window->goal.width = CLAMP(window->goal.width, 1, HINTS_MAX_SIDE);
	window->wanted.height = window->goal.height = CLAMP(window->goal.height, 1, HINTS_MAX_SIDE);
	window->place_due = window->states_due = true;
	timer_set(&window->goal_timer, clock_now_ns(window->xwm->server->clock) + GOAL_NS);
	xwindow_schedule(window); // manage_push applies what is drawn already
	return window->goal.serial;
}

void manage_push(struct xwindow *window)
{
	if (!window->window || !window->goal.open || !goal_is_drawn(window))
		return;
	goal_apply(window);
	window_commit(window->window);
}

static void on_close(struct window *shown)
{
	struct xwindow *window = shown->data;
	struct xwm *xwm = window->xwm;
	if (!xwm_can_write(xwm))
		return;
	if (window->protocols & HAS_DELETE)
		messages_send_protocol(window, xwm->atoms.WM_DELETE_WINDOW, xwm->time, 0, 0);
	else
		xcb_kill_client(xwm->xcb, window->id);
	xwm->written = true;
	xwm_schedule(xwm);
}

static void on_close_popups(struct window *shown)
{
}

static void on_ping(struct window *shown, uint32_t serial)
{
	struct xwindow *window = shown->data;
	struct xwm *xwm = window->xwm;
	if (!(window->protocols & HAS_PING) || !xwm_can_write(xwm)) {
		window_pong(shown, serial);
		return;
	}
	window->ping_serial = serial;
	window->ping_time = xwm->time;
	messages_send_protocol(window, xwm->atoms._NET_WM_PING, xwm->time, window->id, 0);
	xwm_schedule(xwm);
}

void manage_pong(struct xwindow *window, uint32_t time)
{
	if (!window->window || !window->ping_serial || time != window->ping_time)
		return;
	uint32_t serial = window->ping_serial;
	window->ping_serial = 0;
	window_pong(window->window, serial);
}

static void on_moved(struct window *shown)
{
	place_follow(shown->data);
}

static void on_constrain(const struct window *shown, int *width, int *height)
{
	const struct xwindow *window = shown->data;
	int wide = *width + window->shadow[0] + window->shadow[1];
	int high = *height + window->shadow[2] + window->shadow[3];
	hints_constrain(&window->size, &wide, &high);
	*width = MAX(wide - window->shadow[0] - window->shadow[1], 1);
	*height = MAX(high - window->shadow[2] - window->shadow[3], 1);
}

static const struct window_impl window_impl = {
	.configure = on_configure,
	.close = on_close,
	.close_popups = on_close_popups,
	.ping = on_ping,
	.moved = on_moved,
	.constrain = on_constrain,
};

// Properties

static int inner_limit(int side, int shadow)
{
	return side ? MAX(side - shadow, 1) : 0;
}

static void update_parent(struct xwindow *window)
{
	struct xwindow *parent = xwindow_find(window->xwm, window->transient_for);
	// A loop is refused and leaves it as it is.
	window_set_parent(window->window, parent && parent != window ? parent->window : NULL);
}

// Windows that were waiting for this one to be their parent.
static void adopt_children(struct xwindow *window)
{
	struct xwindow *child;
	wl_list_for_each(child, &window->xwm->managed, managed_link) {
		if (child->transient_for == window->id && child->window)
			update_parent(child);
	}
}

static void update_focus(struct xwindow *window)
{
	bool never = window->type == TYPE_DESKTOP || window->type == TYPE_DOCK ||
		window->type == TYPE_NOTIFICATION || window->type == TYPE_POPUP;
	bool later = window->type == TYPE_SPLASH ||
		(window->has_user_time && !window->user_time && !window->window->mapped);
	window->window->focus = never ? WINDOW_FOCUS_NEVER
		: later               ? WINDOW_FOCUS_LATER
				      : WINDOW_FOCUS_ALWAYS;
}

static void apply_properties(struct xwindow *window)
{
	struct window *shown = window->window;
	const struct size_hints *size = &window->size;
	const int *shadow = window->shadow;
	const struct class_hint *names = &window->class_hint;
	window_set_title(shown, window->net_title ? window->net_title : window->title);
	window_set_app_id(shown, names->name ? names->name : names->instance);
	window_set_limits(shown, inner_limit(size->min_width, shadow[0] + shadow[1]),
		inner_limit(size->min_height, shadow[2] + shadow[3]),
		inner_limit(size->max_width, shadow[0] + shadow[1]),
		inner_limit(size->max_height, shadow[2] + shadow[3]));
	update_parent(window);
	update_focus(window);
	node_set_alpha(window->surface->node, (float)window->opacity / (float)UINT32_MAX);
}

// The window geometry is the surface without the shadow.
static void update_geometry(struct xwindow *window)
{
	struct surface *surface = window->surface;
	const int *shadow = window->shadow;
	surface->current.xdg.has_geometry = window->has_shadow;
	surface->current.xdg.geometry = (struct box){shadow[0], shadow[2],
		surface->width - shadow[0] - shadow[1], surface->height - shadow[2] - shadow[3]};
}

void manage_update(struct xwindow *window)
{
	struct window *shown = window->window;
	if (!shown)
		return;
	apply_properties(window);
	const struct box geometry = window->surface->current.xdg.geometry;
	update_geometry(window);
	if (shown->mapped && !box_equal(&geometry, &window->surface->current.xdg.geometry))
		window_commit(shown);
	if (manage_is_framed(window) != shown->wants_decorations)
		window_request(shown, REQUEST_DECORATION,
			&(struct window_detail){.on = manage_is_framed(window)});
	if (window->hints.urgent && !window_has(shown, WINDOW_URGENT))
		window_request(shown, REQUEST_ATTENTION, NULL);
	window->states_due = true;
	xwindow_schedule(window);
}

// Life

static void on_shown_changed(struct wl_listener *listener, void *data)
{
	struct xwindow *window = wl_container_of(listener, window, shown_changed);
	window->states_due = true;
	xwindow_schedule(window);
}

static void request_initial(struct xwindow *window)
{
	struct window *shown = window->window;
	const struct window_detail on = {.on = true};
	window_request(
		shown, REQUEST_DECORATION, &(struct window_detail){.on = manage_is_framed(window)});
	if (window->initial_states & WINDOW_MAXIMIZED)
		window_request(shown, REQUEST_MAXIMIZE, &on);
	if (window->initial_states & WINDOW_FULLSCREEN)
		window_request(shown, REQUEST_FULLSCREEN, &on);
	if (window->hints.iconic || window->initial_states & WINDOW_MINIMIZED)
		window_request(shown, REQUEST_MINIMIZE, &on);
}

void manage_begin(struct xwindow *window)
{
	struct xwm *xwm = window->xwm;
	struct window *shown = window_create(xwm->server, window->surface, &window_impl);
	window->window = shown;
	shown->data = window;
	shown->x11 = &window->facts;
	window->shown_changed.notify = on_shown_changed;
	wl_signal_add(&shown->events.changed, &window->shown_changed);
	timer_init(&window->goal_timer, xwm->server->clock, on_goal_timeout, window);
	wl_list_remove(&window->managed_link);
	wl_list_insert(xwm->managed.prev, &window->managed_link);
	apply_properties(window);
	request_initial(window);
	manage_committed(window);
	xwm->stack.due = xwm->stack.lists_due = true;
	xwm_schedule(xwm);
}

void manage_end(struct xwindow *window)
{
	struct xwm *xwm = window->xwm;
	if (!window->window)
		return;
	struct window *shown = window->window;
	window->window = NULL;
	window->goal.open = false;
	window->sent_states.valid = false;
	window->ping_serial = 0;
	window->initial_states = window->flags = 0;
	timer_finish(&window->goal_timer);
	wl_list_remove(&window->managed_link);
	wl_list_init(&window->managed_link);
	wl_list_remove(&window->shown_changed.link);
	window_destroy(shown);
	focus_forget(window);
	xwm->stack.due = xwm->stack.lists_due = true;
	xwm_schedule(xwm);
}

void manage_committed(struct xwindow *window)
{
	struct window *shown = window->window;
	bool was_mapped = shown->mapped;
	update_geometry(window);
	if (window->goal.open && goal_is_drawn(window))
		goal_apply(window);
	window_commit(shown);
	if (was_mapped || !shown->mapped)
		return;
	place_after_map(window);
	adopt_children(window);
	window->states_due = true;
	xwindow_schedule(window);
}
