// SPDX-License-Identifier: MIT
// xdg_toplevel: forwards requests of a toplevel to the shell, and sends its decisions as
// configures.
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/popup.h"
#include "compositor/window/window.h"
#include "protocols/resources.h"
#include "protocols/xdg_shell.h"
#include "xdg-shell-protocol.h"

const struct surface_role xdg_toplevel_role = {
	.name = "xdg_toplevel",
	.defunct_is_error = true,
	.strict_size = true,
	.attach = xdg_surface_attach,
	.precommit = xdg_surface_precommit,
	.commit = xdg_surface_commit,
	.destroyed = xdg_surface_gone,
};

bool xdg_toplevel_precommit(struct xdg_surface *xdg)
{
	const __typeof__(xdg->state) *state = &xdg->state;
	if ((!state->max_width || state->max_width >= state->min_width) &&
		(!state->max_height || state->max_height >= state->min_height))
		return true;
	wl_resource_post_error(xdg->role, XDG_TOPLEVEL_ERROR_INVALID_SIZE,
		"maximum size %dx%d is smaller than minimum size %dx%d", state->max_width,
		state->max_height, state->min_width, state->min_height);
	return false;
}

// Events

static void array_add_number(struct wl_array *array, uint32_t number)
{
	uint32_t *element = wl_array_add(array, sizeof(*element));
	if (element)
		*element = number;
}

static void send_capabilities(struct xdg_surface *xdg)
{
	static const struct {
		enum shell_lack lack;
		uint32_t number;
	} capabilities[] = {
		{SHELL_LACKS_MENU, XDG_TOPLEVEL_WM_CAPABILITIES_WINDOW_MENU},
		{SHELL_LACKS_MAXIMIZE, XDG_TOPLEVEL_WM_CAPABILITIES_MAXIMIZE},
		{SHELL_LACKS_FULLSCREEN, XDG_TOPLEVEL_WM_CAPABILITIES_FULLSCREEN},
		{SHELL_LACKS_MINIMIZE, XDG_TOPLEVEL_WM_CAPABILITIES_MINIMIZE},
	};
	const struct shell *shell = xdg->server->shell;
	struct wl_array array;
	wl_array_init(&array);
	for (size_t i = 0; i < array_length(capabilities); i++) {
		if (!shell || !(shell->impl->lacks & capabilities[i].lack))
			array_add_number(&array, capabilities[i].number);
	}
	xdg_toplevel_send_wm_capabilities(xdg->role, &array);
	wl_array_release(&array);
}

static const struct {
	enum window_state state;
	uint32_t number;
	int since;
} states[] = {
	{WINDOW_MAXIMIZED, XDG_TOPLEVEL_STATE_MAXIMIZED, 1},
	{WINDOW_FULLSCREEN, XDG_TOPLEVEL_STATE_FULLSCREEN, 1},
	{WINDOW_RESIZING, XDG_TOPLEVEL_STATE_RESIZING, 1},
	{WINDOW_ACTIVATED, XDG_TOPLEVEL_STATE_ACTIVATED, 1},
	{WINDOW_TILED_LEFT, XDG_TOPLEVEL_STATE_TILED_LEFT, 2},
	{WINDOW_TILED_RIGHT, XDG_TOPLEVEL_STATE_TILED_RIGHT, 2},
	{WINDOW_TILED_TOP, XDG_TOPLEVEL_STATE_TILED_TOP, 2},
	{WINDOW_TILED_BOTTOM, XDG_TOPLEVEL_STATE_TILED_BOTTOM, 2},
	{WINDOW_SUSPENDED, XDG_TOPLEVEL_STATE_SUSPENDED, 6},
};

// The states that a client of this version gets.
static unsigned sent_states(int version)
{
	unsigned sent = 0;
	for (size_t i = 0; i < array_length(states); i++)
		if (version >= states[i].since)
			sent |= states[i].state;
	return sent;
}

static void send_states(struct xdg_surface *xdg, const struct window_config *config)
{
	struct wl_array array;
	wl_array_init(&array);
	for (size_t i = 0; i < array_length(states); i++) {
		if (config->states & states[i].state & xdg->window->sent_states)
			array_add_number(&array, states[i].number);
	}
	xdg_toplevel_send_configure(xdg->role, config->width, config->height, &array);
	wl_array_release(&array);
}

static uint32_t on_configure(struct window *window, const struct window_config *config)
{
	struct xdg_surface *xdg = window->data;
	int version = wl_resource_get_version(xdg->role);
	if (version >= XDG_TOPLEVEL_WM_CAPABILITIES_SINCE_VERSION && !xdg->capabilities_sent) {
		send_capabilities(xdg);
		xdg->capabilities_sent = true;
	}
	if (version >= XDG_TOPLEVEL_CONFIGURE_BOUNDS_SINCE_VERSION &&
		(config->bounds_width != xdg->bounds_width ||
			config->bounds_height != xdg->bounds_height)) {
		xdg->bounds_width = config->bounds_width;
		xdg->bounds_height = config->bounds_height;
		xdg_toplevel_send_configure_bounds(
			xdg->role, config->bounds_width, config->bounds_height);
	}
	send_states(xdg, config);
	return xdg_surface_configure(xdg, &(struct xdg_configure){.config = *config});
}

static void on_close(struct window *window)
{
	struct xdg_surface *xdg = window->data;
	xdg_toplevel_send_close(xdg->role);
}

static void on_close_popups(struct window *window)
{
	popups_dismiss_of(window->surface);
}

static void on_ping(struct window *window, uint32_t serial)
{
	struct xdg_surface *xdg = window->data;
	if (xdg->wm)
		xdg_wm_base_send_ping(xdg->wm->resource, serial);
}

static const struct window_impl window_impl = {
	.configure = on_configure,
	.close = on_close,
	.close_popups = on_close_popups,
	.ping = on_ping,
};

// Requests. The user data is the window; NULL: its surface was destroyed.

static void handle_set_parent(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *parent_resource)
{
	struct window *window = window_from_resource(resource);
	struct window *parent = window_from_resource(parent_resource);
	if (window && !window_set_parent(window, parent))
		wl_resource_post_error(resource, XDG_TOPLEVEL_ERROR_INVALID_PARENT,
			"the parent is the window itself or its descendant");
}

static void handle_set_title(
	struct wl_client *client, struct wl_resource *resource, const char *title)
{
	struct window *window = window_from_resource(resource);
	if (window)
		window_set_title(window, title);
}

static void handle_set_app_id(
	struct wl_client *client, struct wl_resource *resource, const char *app_id)
{
	struct window *window = window_from_resource(resource);
	if (window)
		window_set_app_id(window, app_id);
}

// Forwards a request that is valid only with the serial of a press, else ignores it.
static void request_by_press(struct window *window, enum window_request what,
	struct wl_resource *seat_resource, const struct window_detail *detail)
{
	if (!window || !xdg_surface_serial_valid(window->data, seat_resource, detail->serial))
		return;
	struct window_detail with_seat = *detail;
	with_seat.seat = seat_from_resource(seat_resource);
	window_request(window, what, &with_seat);
}

static void handle_show_window_menu(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *seat, uint32_t serial, int32_t x, int32_t y)
{
	request_by_press(window_from_resource(resource), REQUEST_MENU, seat,
		&(struct window_detail){.serial = serial, .x = x, .y = y});
}

static void handle_move(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *seat, uint32_t serial)
{
	request_by_press(window_from_resource(resource), REQUEST_MOVE, seat,
		&(struct window_detail){.serial = serial});
}

static void handle_resize(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *seat, uint32_t serial, uint32_t edges)
{
	const uint32_t all = EDGE_TOP | EDGE_BOTTOM | EDGE_LEFT | EDGE_RIGHT;
	const uint32_t vertical = EDGE_TOP | EDGE_BOTTOM, horizontal = EDGE_LEFT | EDGE_RIGHT;
	if (edges & ~all || (edges & vertical) == vertical || (edges & horizontal) == horizontal) {
		wl_resource_post_error(resource, XDG_TOPLEVEL_ERROR_INVALID_RESIZE_EDGE,
			"invalid resize edge %u", edges);
		return;
	}
	request_by_press(window_from_resource(resource), REQUEST_RESIZE, seat,
		&(struct window_detail){.serial = serial, .edges = edges});
}

static bool check_size_limit(struct wl_resource *resource, int32_t width, int32_t height)
{
	if (width >= 0 && height >= 0)
		return true;
	wl_resource_post_error(
		resource, XDG_TOPLEVEL_ERROR_INVALID_SIZE, "a size limit must not be negative");
	return false;
}

static void handle_set_max_size(
	struct wl_client *client, struct wl_resource *resource, int32_t width, int32_t height)
{
	struct window *window = window_from_resource(resource);
	if (!check_size_limit(resource, width, height) || !window)
		return;
	struct xdg_surface *xdg = window->data;
	xdg->state.max_width = width;
	xdg->state.max_height = height;
	xdg_surface_state_changed(xdg);
}

static void handle_set_min_size(
	struct wl_client *client, struct wl_resource *resource, int32_t width, int32_t height)
{
	struct window *window = window_from_resource(resource);
	if (!check_size_limit(resource, width, height) || !window)
		return;
	struct xdg_surface *xdg = window->data;
	xdg->state.min_width = width;
	xdg->state.min_height = height;
	xdg_surface_state_changed(xdg);
}

// Forwards a request that is answered by a configure, whatever the shell decides.
static void request_state(
	struct wl_resource *resource, enum window_request what, const struct window_detail *detail)
{
	struct window *window = window_from_resource(resource);
	if (!window)
		return;
	window_request(window, what, detail);
	window_force_configure(window);
}

static void handle_set_maximized(struct wl_client *client, struct wl_resource *resource)
{
	request_state(resource, REQUEST_MAXIMIZE, &(struct window_detail){.on = true});
}

static void handle_unset_maximized(struct wl_client *client, struct wl_resource *resource)
{
	request_state(resource, REQUEST_MAXIMIZE, &(struct window_detail){.on = false});
}

static void handle_set_fullscreen(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *output_resource)
{
	struct output *output = output_resource ? output_from_resource(output_resource) : NULL;
	request_state(resource, REQUEST_FULLSCREEN,
		&(struct window_detail){.on = true, .output = output});
}

static void handle_unset_fullscreen(struct wl_client *client, struct wl_resource *resource)
{
	request_state(resource, REQUEST_FULLSCREEN, &(struct window_detail){.on = false});
}

static void handle_set_minimized(struct wl_client *client, struct wl_resource *resource)
{
	struct window *window = window_from_resource(resource);
	if (window)
		window_request(window, REQUEST_MINIMIZE, &(struct window_detail){.on = true});
}

static const struct xdg_toplevel_interface toplevel_impl = {
	.destroy = wire_handle_destroy,
	.set_parent = handle_set_parent,
	.set_title = handle_set_title,
	.set_app_id = handle_set_app_id,
	.show_window_menu = handle_show_window_menu,
	.move = handle_move,
	.resize = handle_resize,
	.set_max_size = handle_set_max_size,
	.set_min_size = handle_set_min_size,
	.set_maximized = handle_set_maximized,
	.unset_maximized = handle_unset_maximized,
	.set_fullscreen = handle_set_fullscreen,
	.unset_fullscreen = handle_unset_fullscreen,
	.set_minimized = handle_set_minimized,
};

static void on_toplevel_destroyed(struct wl_resource *resource)
{
	struct window *window = window_from_resource(resource);
	if (window)
		xdg_surface_drop_role(window->data);
}

void xdg_toplevel_create(struct xdg_surface *xdg, struct wl_client *client, uint32_t id)
{
	if (!xdg_surface_create_role(xdg, &xdg_toplevel_role, client, id, &xdg_toplevel_interface,
		    &toplevel_impl, on_toplevel_destroyed))
		return;
	xdg->window = window_create(xdg->server, xdg->surface, &window_impl);
	xdg->window->data = xdg;
	xdg->window->sent_states = sent_states(wl_resource_get_version(xdg->role));
	wl_resource_set_user_data(xdg->role, xdg->window);
}
