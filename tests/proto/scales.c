// SPDX-License-Identifier: MIT
// Preferred scales, enter and leave: sent once, and before the configure that they belong to.
#include "backends/backend.h"
#include "compositor/output/output.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "wayland-client-protocol.h"
#include "fractional-scale-v1-client-protocol.h"
#include "wlr-layer-shell-unstable-v1-client-protocol.h"

struct scales_rig {
	struct fixture *fixture;
	struct client *client;
	struct wp_fractional_scale_manager_v1 *manager;
	struct client_window *window; // of the test
	struct wp_fractional_scale_v1 *fractional;
	// Events of its surface.
	int enters, leaves, scales, scale, fractions, fraction;
	int configures; // that had been sent when the last of these arrived
};

static void noted(struct scales_rig *rig)
{
	rig->configures = rig->window ? rig->window->configures : 0;
}

static void on_enter(void *data, struct wl_surface *surface, struct wl_output *output)
{
	struct scales_rig *rig = data;
	rig->enters++;
	noted(rig);
}

static void on_leave(void *data, struct wl_surface *surface, struct wl_output *output)
{
	struct scales_rig *rig = data;
	rig->leaves++;
	noted(rig);
}

static void on_preferred_scale(void *data, struct wl_surface *surface, int32_t scale)
{
	struct scales_rig *rig = data;
	rig->scales++;
	rig->scale = scale;
	noted(rig);
}

static void on_preferred_transform(void *data, struct wl_surface *surface, uint32_t transform)
{
	noted(data);
}

static const struct wl_surface_listener surface_listener = {
	.enter = on_enter,
	.leave = on_leave,
	.preferred_buffer_scale = on_preferred_scale,
	.preferred_buffer_transform = on_preferred_transform,
};

static void on_fraction(void *data, struct wp_fractional_scale_v1 *fractional, uint32_t scale)
{
	struct scales_rig *rig = data;
	rig->fractions++;
	rig->fraction = (int)scale;
	noted(rig);
}

static const struct wp_fractional_scale_v1_listener fractional_listener = {
	.preferred_scale = on_fraction,
};

static void begin(struct scales_rig *rig, const char *shell, int outputs)
{
	rig->fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 640,
		.height = 480,
		.outputs = outputs,
		.builtin_cursor = true,
		.shell = shell,
	});
	rig->client = client_create(rig->fixture);
	rig->manager = client_bind(rig->client, &wp_fractional_scale_manager_v1_interface, 1);
}

static void finish(struct scales_rig *rig)
{
	check_no_error(rig->client);
	if (rig->fractional)
		wp_fractional_scale_v1_destroy(rig->fractional);
	if (rig->window)
		client_window_destroy(rig->window);
	wp_fractional_scale_manager_v1_destroy(rig->manager);
	fixture_destroy(rig->fixture);
}

static void set_scale(struct scales_rig *rig, struct output *output, double scale)
{
	struct output_change change = output_change_none(output);
	change.scale = scale;
	check(outputs_apply(rig->fixture->server, &change, 1, false));
}

static struct output *output_nth(struct scales_rig *rig, int n)
{
	struct wl_list *link = rig->fixture->server->outputs.next;
	while (n--)
		link = link->next;
	struct output *output = wl_container_of(link, output, link);
	return output;
}

static void watch(struct scales_rig *rig, struct wl_surface *surface)
{
	wl_surface_add_listener(surface, &surface_listener, rig);
	rig->fractional =
		wp_fractional_scale_manager_v1_get_fractional_scale(rig->manager, surface);
	wp_fractional_scale_v1_add_listener(rig->fractional, &fractional_listener, rig);
}

// Nothing is counted that came so far.
static void forget(struct scales_rig *rig)
{
	rig->enters = rig->leaves = rig->scales = rig->fractions = rig->configures = 0;
}

static void create_window(struct scales_rig *rig)
{
	rig->window = client_window_create_bare(rig->client, 100, 100);
	rig->window->auto_ack = true;
	watch(rig, rig->window->surface);
	fixture_frames(rig->fixture, 3);
	struct surface *surface = client_surface(rig->window->surface, rig->client);
	rig->window->window = window_from_surface(surface);
	check(rig->window->window && rig->window->window->mapped);
}

// The guess before it is placed is not repeated, and comes before the first configure.
static const double scales[] = {1, 1.25, 1.5, 2};
TEST_P(sent_once_to_a_new_window, double, scales)
{
	struct scales_rig rig = {0};
	begin(&rig, "desktop", 1);
	set_scale(&rig, output_nth(&rig, 0), *param);
	create_window(&rig);
	check_eq(rig.fractions, 1);
	check_eq(rig.fraction, (int)(*param * 120));
	check_eq(rig.scales, *param > 1);
	check_eq(rig.enters, 1);
	check_eq(rig.leaves, 0);
	// A scale that rounds to the same value.
	set_scale(&rig, output_nth(&rig, 0), *param + 0.001);
	fixture_frames(rig.fixture, 2);
	check_eq(rig.fractions, 1);
	// Every new object gets the value.
	wp_fractional_scale_v1_destroy(rig.fractional);
	watch(&rig, rig.window->surface);
	fixture_pump(rig.fixture);
	check_eq(rig.fractions, 2);
	finish(&rig);
}

static void check_first_then_configure(struct scales_rig *rig, int before)
{
	fixture_frames(rig->fixture, 1);
	check_eq(rig->configures, before);
	check(rig->window->configures > before);
}

static const char *const shells[] = {"desktop", "kiosk"};
TEST_P(the_scale_comes_before_the_configure, char *const, shells)
{
	struct scales_rig rig = {0};
	begin(&rig, *param, 1);
	create_window(&rig);
	xdg_toplevel_set_maximized(rig.window->toplevel);
	fixture_frames(rig.fixture, 2);
	for (int scale = 2; scale >= 1; scale--) {
		forget(&rig);
		set_scale(&rig, output_nth(&rig, 0), scale);
		check_first_then_configure(&rig, rig.window->configures);
		fixture_frames(rig.fixture, 3);
		check_eq(rig.scale, scale);
		check_eq(rig.scales, 1);
		check_eq(rig.fraction, scale * 120);
		check_eq(rig.fractions, 1);
		check_eq(rig.enters + rig.leaves, 0);
	}
	finish(&rig);
}

static struct wl_output *wl_output_nth(struct client *client, int n)
{
	struct client_output *found = NULL, *each;
	wl_list_for_each(each, &client->outputs, link) {
		found = each;
		if (n-- == 0)
			break;
	}
	return found->output;
}

// A fullscreen window goes to another screen when it has drawn for it; then it has the scale.
static void check_moves(struct scales_rig *rig, struct wl_output *to, int scale)
{
	forget(rig);
	xdg_toplevel_set_fullscreen(rig->window->toplevel, to);
	check_first_then_configure(rig, rig->window->configures);
	fixture_frames(rig->fixture, 3);
	check_eq(rig->enters, 1);
	check_eq(rig->leaves, 1);
	check_eq(rig->scales, 1);
	check_eq(rig->scale, scale);
	check_eq(rig->fractions, 1);
	check_near(rig->window->window->output->scale, scale, 0);
	check_eq(client_surface(rig->window->surface, rig->client)->expected_outputs, 0);
}

TEST_P(the_next_outputs_scale_comes_before_the_configure, char *const, shells)
{
	struct scales_rig rig = {0};
	begin(&rig, *param, 2);
	set_scale(&rig, output_nth(&rig, 1), 2);
	struct wl_output *first = wl_output_nth(rig.client, 0);
	struct wl_output *second = wl_output_nth(rig.client, 1);
	create_window(&rig);
	check_eq(rig.fraction, 120);
	check_moves(&rig, second, 2);
	check_moves(&rig, first, 1);
	// From floating, where it is moved only with the new content.
	xdg_toplevel_unset_fullscreen(rig.window->toplevel);
	fixture_frames(rig.fixture, 3);
	check_moves(&rig, second, 2);
	finish(&rig);
}

// A subsurface on one of the outputs only has the scale of its parent, which is on both.
TEST(of_a_subsurface_that_is_on_fewer_outputs)
{
	struct scales_rig rig = {0};
	begin(&rig, "desktop", 2);
	set_scale(&rig, output_nth(&rig, 1), 2);
	struct client_window *window = client_window_create(rig.client, 200, 100, 0xff0000ff);
	struct wl_surface *child = wl_compositor_create_surface(rig.client->compositor);
	struct wl_subsurface *subsurface =
		wl_subcompositor_get_subsurface(rig.client->subcompositor, child, window->surface);
	struct wl_buffer *buffer = client_buffer(rig.client, 10, 10, 0xff00ff00);
	watch(&rig, child);
	wl_surface_attach(child, buffer, 0, 0);
	wl_surface_commit(child);
	wl_surface_commit(window->surface);
	window_move(window->window, 540, 100);
	fixture_frames(rig.fixture, 2);
	check_eq(rig.fraction, 240);
	forget(&rig);
	for (int i = 0; i < 4; i++) {
		window_move(window->window, 541 + i, 100);
		fixture_frames(rig.fixture, 2);
	}
	check_eq(rig.fractions, 0);
	check_eq(rig.scales, 0);
	wl_subsurface_destroy(subsurface);
	wl_surface_destroy(child);
	wl_buffer_destroy(buffer);
	client_window_destroy(window);
	finish(&rig);
}

struct panel {
	struct scales_rig *rig;
	int configures, fractions; // fractions: at the last configure
};

static void on_layer_configure(void *data, struct zwlr_layer_surface_v1 *layer, uint32_t serial,
	uint32_t width, uint32_t height)
{
	struct panel *panel = data;
	panel->configures++;
	panel->fractions = panel->rig->fractions;
	zwlr_layer_surface_v1_ack_configure(layer, serial);
}

static void on_layer_closed(void *data, struct zwlr_layer_surface_v1 *layer)
{
}

static const struct zwlr_layer_surface_v1_listener layer_listener = {
	.configure = on_layer_configure,
	.closed = on_layer_closed,
};

TEST(of_a_panel_comes_before_its_configure)
{
	struct scales_rig rig = {0};
	struct panel panel = {.rig = &rig};
	begin(&rig, "desktop", 1);
	struct zwlr_layer_shell_v1 *shell =
		client_bind(rig.client, &zwlr_layer_shell_v1_interface, 5);
	struct wl_surface *surface = wl_compositor_create_surface(rig.client->compositor);
	watch(&rig, surface);
	struct zwlr_layer_surface_v1 *layer = zwlr_layer_shell_v1_get_layer_surface(
		shell, surface, NULL, ZWLR_LAYER_SHELL_V1_LAYER_TOP, "panel");
	zwlr_layer_surface_v1_add_listener(layer, &layer_listener, &panel);
	zwlr_layer_surface_v1_set_anchor(layer,
		ZWLR_LAYER_SURFACE_V1_ANCHOR_LEFT | ZWLR_LAYER_SURFACE_V1_ANCHOR_RIGHT |
			ZWLR_LAYER_SURFACE_V1_ANCHOR_TOP);
	zwlr_layer_surface_v1_set_size(layer, 0, 30);
	wl_surface_commit(surface);
	fixture_pump(rig.fixture);
	struct wl_buffer *buffer = client_buffer(rig.client, 640, 30, 0xff00ff00);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_commit(surface);
	fixture_frames(rig.fixture, 2);
	check_eq(panel.configures, 1);
	check_eq(rig.fractions, 1);
	set_scale(&rig, output_nth(&rig, 0), 2);
	fixture_frames(rig.fixture, 2);
	check_eq(panel.configures, 2);
	check_eq(panel.fractions, 2);
	check_eq(rig.fraction, 240);
	zwlr_layer_surface_v1_destroy(layer);
	wl_surface_destroy(surface);
	wl_buffer_destroy(buffer);
	zwlr_layer_shell_v1_destroy(shell);
	finish(&rig);
}
