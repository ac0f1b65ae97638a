// SPDX-License-Identifier: MIT
// A back end that is a window of some host: its keyboard comes with map, locks and focus, its
// pointer is moved by somebody else, who has to be told what binds it.
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/core/config.h"
#include "compositor/core/output.h"
#include "compositor/core/seat.h"
#include "compositor/core/shell.h"
#include "compositor/core/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"

// Real modifiers of every map.
enum { SHIFT = 1 << 0, LOCK = 1 << 1, CTRL = 1 << 2, ALT = 1 << 3 };

struct stage {
	struct fixture *fixture;
	struct server *server;
	struct backend *backend;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
	int x, y;
};

static void begin_with(struct stage *stage, const struct server_options *options)
{
	*stage = (struct stage){.fixture = fixture_create(options)};
	stage->server = stage->fixture->server;
	stage->backend = stage->server->backend;
	stage->client = client_create(stage->fixture);
	stage->window = client_window_create(stage->client, 200, 100, 0xff808080);
	stage->x = stage->window->window->x;
	stage->y = stage->window->window->y;
	seat_log_begin(&stage->log, stage->client);
	seat_log_take(&stage->log);
}

static void begin(struct stage *stage)
{
	begin_with(stage, NULL);
}

static void end(struct stage *stage)
{
	seat_log_end(&stage->log);
	client_window_destroy(stage->window);
	fixture_destroy(stage->fixture);
}

static void focus(struct stage *stage, bool focused)
{
	stage->backend->sink->focus(stage->backend->sink_data, focused);
}

static void modifiers(struct stage *stage, uint32_t depressed, uint32_t locked, uint32_t group)
{
	stage->backend->sink->modifiers(stage->backend->sink_data, depressed, 0, locked, group);
}

// The map of that layout, as a host tells it.
static char *map_of(const char *layout)
{
	struct xkb_context *context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
	const struct xkb_rule_names names = {.layout = layout};
	struct xkb_keymap *keymap =
		xkb_keymap_new_from_names(context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
	check(keymap != NULL);
	char *text = xkb_keymap_get_as_string(keymap, XKB_KEYMAP_FORMAT_TEXT_V1);
	xkb_keymap_unref(keymap);
	xkb_context_unref(context);
	return text;
}

static void use_map(struct stage *stage, const char *layout)
{
	char *text = map_of(layout);
	stage->backend->sink->keymap(stage->backend->sink_data, text);
	free(text);
}

static xkb_keysym_t symbol(struct stage *stage, uint32_t code)
{
	return xkb_state_key_get_one_sym(keyboard_ready(stage->server->seat)->state, code + 8);
}

// The map

TEST(host_map_becomes_the_seats)
{
	struct stage s;
	begin(&s);
	check_eq(symbol(&s, KEY_Y), XKB_KEY_y);
	check_eq(s.log.keymaps, 1);
	use_map(&s, "de");
	seat_log_take(&s.log);
	check_eq(s.log.keymaps, 2);
	check_eq(symbol(&s, KEY_Y), XKB_KEY_z);
	// What cannot be read changes nothing.
	s.backend->sink->keymap(s.backend->sink_data, "xkb_keymap { nonsense");
	seat_log_take(&s.log);
	check_eq(s.log.keymaps, 2);
	check_eq(symbol(&s, KEY_Y), XKB_KEY_z);
	end(&s);
}

TEST(host_map_waits_until_it_is_wanted)
{
	struct fixture *fixture = fixture_create(NULL);
	struct seat *seat = fixture->server->seat;
	struct backend *backend = fixture->server->backend;
	char *text = map_of("de");
	backend->sink->keymap(backend->sink_data, text);
	backend->sink->modifiers(backend->sink_data, 0, 0, LOCK, 0);
	free(text);
	check(!seat->keyboard.ready);
	struct xkb_state *state = keyboard_ready(seat)->state;
	check_eq(xkb_state_key_get_one_sym(state, KEY_Y + 8), XKB_KEY_Z);
	fixture_destroy(fixture);
}

TEST(host_map_yields_to_the_configured_layout)
{
	struct config *config = config_create_default();
	replace_string(&config->keyboard.layout, "fr");
	const struct server_options options = {.virtual_clock = true,
		.width = 640,
		.height = 480,
		.outputs = 1,
		.builtin_cursor = true,
		.config = config};
	struct stage s;
	begin_with(&s, &options);
	use_map(&s, "de");
	check_eq(symbol(&s, KEY_Q), XKB_KEY_a);
	check_eq(s.log.keymaps, 1);
	// Locks are the host's all the same, the group is not.
	modifiers(&s, 0, LOCK, 2);
	check_eq(symbol(&s, KEY_Q), XKB_KEY_A);
	check_str(seat_log_take(&s.log), "mods 0,0,2,0 / ");
	end(&s);
}

// Modifiers

TEST(host_modifiers_are_told_once)
{
	struct stage s;
	begin(&s);
	use_map(&s, "us,de");
	seat_log_take(&s.log);
	modifiers(&s, 0, LOCK, 0);
	check_str(seat_log_take(&s.log), "mods 0,0,2,0 / ");
	modifiers(&s, 0, LOCK, 0);
	check_str(seat_log_take(&s.log), "");
	modifiers(&s, 0, 0, 1);
	check_str(seat_log_take(&s.log), "mods 0,0,0,1 / ");
	check_eq(symbol(&s, KEY_Y), XKB_KEY_z);
	end(&s);
}

TEST(host_modifiers_agree_with_keys)
{
	struct stage s;
	begin(&s);
	use_map(&s, "us");
	seat_log_take(&s.log);
	fixture_key(s.fixture, KEY_LEFTSHIFT, true);
	modifiers(&s, SHIFT, 0, 0); // what the host says after its key
	fixture_key(s.fixture, KEY_LEFTSHIFT, false);
	modifiers(&s, 0, 0, 0);
	fixture_key(s.fixture, KEY_CAPSLOCK, true);
	modifiers(&s, 0, LOCK, 0);
	fixture_key(s.fixture, KEY_CAPSLOCK, false);
	modifiers(&s, 0, LOCK, 0);
	check_str(seat_log_take(&s.log),
		"key 42 down / mods 1,0,0,0 / key 42 up / mods 0,0,0,0 / "
		"key 58 down / mods 2,0,2,0 / mods 0,0,2,0 / key 58 up / ");
	end(&s);
}

TEST(host_modifiers_that_were_held_elsewhere_end)
{
	struct stage s;
	begin(&s);
	use_map(&s, "us");
	seat_log_take(&s.log);
	modifiers(&s, ALT, 0, 0); // held when the focus came
	check_eq(keyboard_modifiers(s.server->seat), MOD_ALT);
	modifiers(&s, 0, 0, 0);
	check_eq(keyboard_modifiers(s.server->seat), 0);
	check_str(seat_log_take(&s.log), "mods 8,0,0,0 / mods 0,0,0,0 / ");
	end(&s);
}

// Focus

TEST(host_focus_takes_keys_without_typing)
{
	struct stage s;
	begin(&s);
	fixture_key(s.fixture, KEY_A, true);
	fixture_key(s.fixture, KEY_LEFTSHIFT, true);
	seat_log_take(&s.log);
	focus(&s, false);
	check_str(seat_log_take(&s.log), "unfocus / ");
	check(keyboard_focus(s.server->seat) == NULL);
	check(keyboard_holder(s.server->seat) != NULL);
	check_eq(s.server->seat->keyboard.n_keys, 0);
	check_eq(keyboard_modifiers(s.server->seat), 0);
	focus(&s, false);
	fixture_key(s.fixture, KEY_A, false); // the host's, late
	check_str(seat_log_take(&s.log), "");
	focus(&s, true);
	focus(&s, true);
	check_str(seat_log_take(&s.log), "focus / mods 0,0,0,0 / ");
	fixture_key(s.fixture, KEY_A, true);
	check_str(seat_log_take(&s.log), "key 30 down / ");
	end(&s);
}

TEST(host_focus_comes_back_with_a_key)
{
	struct stage s;
	begin(&s);
	focus(&s, false);
	seat_log_take(&s.log);
	fixture_key(s.fixture, KEY_A, true); // a script's
	check_str(seat_log_take(&s.log), "focus / mods 0,0,0,0 / key 30 down / ");
	end(&s);
}

TEST(host_focus_follows_windows_meanwhile)
{
	struct stage s;
	begin(&s);
	struct client *other = client_create(s.fixture);
	focus(&s, false);
	seat_log_take(&s.log);
	struct client_window *window = client_window_create(other, 50, 50, 0xff00ff00);
	check(keyboard_holder(s.server->seat) == window->window->surface);
	client_window_destroy(window);
	check(keyboard_holder(s.server->seat) == s.window->window->surface);
	check_str(seat_log_take(&s.log), "");
	focus(&s, true);
	check_str(seat_log_take(&s.log), "focus / mods 0,0,0,0 / ");
	end(&s);
}

// The pointer

// As the back end's own, and what it was asked for last.
static struct fake {
	struct backend_impl impl;
	struct screen *screen;
	bool bound, locked, confined;
	struct box box;
	int binds, warps;
	double warp_x, warp_y;
} fake;

static void on_constrain(
	struct backend *backend, struct screen *screen, const struct box *confine, bool locked)
{
	fake.binds++;
	fake.bound = screen != NULL;
	fake.screen = screen;
	fake.locked = locked;
	fake.confined = confine != NULL;
	fake.box = confine ? *confine : (struct box){0};
}

static void on_warp(struct backend *backend, struct screen *screen, double x, double y)
{
	check(!fake.bound); // it could not go there
	fake.warps++;
	fake.warp_x = x;
	fake.warp_y = y;
}

static void begin_bound(struct stage *stage)
{
	begin(stage);
	fake = (struct fake){.impl = *stage->backend->impl};
	fake.impl.constrain_pointer = on_constrain;
	fake.impl.warp_pointer = on_warp;
	stage->backend->impl = &fake.impl;
	fixture_move(stage->fixture, stage->x + 50, stage->y + 50);
	seat_log_take(&stage->log);
}

static struct zwp_pointer_constraints_v1 *bind_constraints(struct stage *stage)
{
	return client_bind(stage->client, &zwp_pointer_constraints_v1_interface, 1);
}

TEST(host_pointer_is_locked_and_put_where_the_client_left_it)
{
	struct stage s;
	begin_bound(&s);
	struct zwp_pointer_constraints_v1 *manager = bind_constraints(&s);
	struct zwp_locked_pointer_v1 *lock =
		zwp_pointer_constraints_v1_lock_pointer(manager, s.window->surface, s.log.pointer,
			NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	fixture_pump(s.fixture);
	check_eq(fake.binds, 1);
	check(fake.bound && fake.locked && !fake.confined);
	check(fake.screen == output_first(s.server)->screen);
	// The host's focus goes and comes.
	focus(&s, false);
	check(!fake.bound);
	focus(&s, true);
	check(fake.bound && fake.locked);
	zwp_locked_pointer_v1_set_cursor_position_hint(
		lock, wl_fixed_from_int(10), wl_fixed_from_int(20));
	wl_surface_commit(s.window->surface);
	zwp_locked_pointer_v1_destroy(lock);
	fixture_pump(s.fixture);
	check(!fake.bound);
	check_eq(fake.warps, 1);
	check_near(fake.warp_x, s.x + 10, 0);
	check_near(fake.warp_y, s.y + 20, 0);
	zwp_pointer_constraints_v1_destroy(manager);
	end(&s);
}

TEST(host_pointer_is_confined_to_screen_pixels)
{
	struct stage s;
	begin_bound(&s);
	struct output_change change = output_change_none(output_first(s.server));
	change.scale = 1.5;
	check(outputs_apply(s.server, &change, 1, false));
	fixture_pump(s.fixture);
	struct zwp_pointer_constraints_v1 *manager = bind_constraints(&s);
	struct wl_region *region = wl_compositor_create_region(s.client->compositor);
	wl_region_add(region, 40, 40, 21, 30);
	struct zwp_confined_pointer_v1 *confined =
		zwp_pointer_constraints_v1_confine_pointer(manager, s.window->surface,
			s.log.pointer, region, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	fixture_pump(s.fixture);
	check(fake.bound && fake.confined && !fake.locked);
	int left = ((s.x + 40) * 3 + 1) / 2, right = ((s.x + 61) * 3 + 1) / 2;
	check_eq(fake.box.x, left);
	check_eq(fake.box.width, right - left);
	int binds = fake.binds;
	// Nothing new, nothing told.
	fixture_move(s.fixture, s.x + 51, s.y + 51);
	wl_surface_commit(s.window->surface);
	fixture_pump(s.fixture);
	check_eq(fake.binds, binds);
	// Another region; and a turned screen.
	wl_region_add(region, 0, 0, 200, 100);
	zwp_confined_pointer_v1_set_region(confined, region);
	wl_surface_commit(s.window->surface);
	fixture_pump(s.fixture);
	check_eq(fake.binds, binds + 1);
	check_eq(fake.box.width, 300);
	change = output_change_none(output_first(s.server));
	change.transform = TRANSFORM_90;
	check(outputs_apply(s.server, &change, 1, false));
	fixture_pump(s.fixture);
	check_eq(fake.box.width, 150);
	check_eq(fake.box.height, 300);
	zwp_confined_pointer_v1_destroy(confined);
	fixture_pump(s.fixture);
	check(!fake.bound);
	wl_region_destroy(region);
	zwp_pointer_constraints_v1_destroy(manager);
	end(&s);
}

TEST(host_pointer_is_free_when_its_client_goes)
{
	struct stage s;
	begin_bound(&s);
	struct zwp_pointer_constraints_v1 *manager = bind_constraints(&s);
	zwp_pointer_constraints_v1_lock_pointer(manager, s.window->surface, s.log.pointer, NULL,
		ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	fixture_pump(s.fixture);
	check(fake.bound);
	client_destroy(s.client);
	fixture_pump(s.fixture);
	check(!fake.bound);
	fixture_destroy(s.fixture);
}

TEST(host_pointer_goes_through_the_transform)
{
	struct stage s;
	begin(&s);
	struct output *output = output_first(s.server);
	struct output_change change = output_change_none(output);
	change.transform = TRANSFORM_90;
	change.scale = 2;
	check(outputs_apply(s.server, &change, 1, false));
	const struct input_device device = {
		.type = INPUT_POINTER, .output_name = output->name, .on_screen = true};
	struct input_event event = {
		.type = INPUT_MOTION_ABSOLUTE, .device = &device, .absolute = {0.25, 0.125}};
	seat_input(s.server->seat, &event);
	// The middle of a pixel there is the middle of what it shows here.
	double x = 0.25, y = 0.125;
	point_transform(&x, &y, transform_invert(TRANSFORM_90), 1, 1);
	check_near(s.server->seat->pointer.x, x * output->box.width, 1e-9);
	check_near(s.server->seat->pointer.y, y * output->box.height, 1e-9);
	// Ten pixels to the right on the screen end where they lead to.
	event = (struct input_event){
		.type = INPUT_MOTION, .device = &device, .motion = {10, 0, 10, 0}};
	seat_input(s.server->seat, &event);
	x = 0.25 + 10.0 / output->screen->mode.width;
	y = 0.125;
	point_transform(&x, &y, transform_invert(TRANSFORM_90), 1, 1);
	check_near(s.server->seat->pointer.x, x * output->box.width, 1e-9);
	check_near(s.server->seat->pointer.y, y * output->box.height, 1e-9);
	end(&s);
}

TEST(host_pointer_that_left_hovers_nothing)
{
	struct stage s;
	begin(&s);
	fixture_move(s.fixture, s.x + 50, s.y + 50);
	seat_log_take(&s.log);
	const struct input_event leave = {.type = INPUT_POINTER_LEAVE};
	fixture_button(s.fixture, BTN_LEFT, true);
	seat_input(s.server->seat, &leave); // it is held here
	check_str(seat_log_take(&s.log), "button 0x110 down / frame / ");
	fixture_button(s.fixture, BTN_LEFT, false);
	seat_input(s.server->seat, &leave);
	check_str(seat_log_take(&s.log), "button 0x110 up / frame / leave / frame / ");
	fixture_frames(s.fixture, 2);
	check_str(seat_log_take(&s.log), "");
	fixture_move(s.fixture, s.x + 50, s.y + 50);
	check_str(seat_log_take(&s.log), "enter 50,50 / frame / ");
	end(&s);
}

TEST(host_pointer_that_stays_is_not_told)
{
	struct stage s;
	begin(&s);
	fixture_move(s.fixture, s.x + 50, s.y + 50);
	seat_log_take(&s.log);
	const struct box *box = &output_first(s.server)->box;
	struct input_event event = {.type = INPUT_MOTION_ABSOLUTE,
		.absolute = {(s.x + 50.00001) / box->width, (s.y + 50.00001) / box->height}};
	seat_input(s.server->seat, &event);
	check_str(seat_log_take(&s.log), "");
	event.absolute.x += 1.0 / box->width;
	seat_input(s.server->seat, &event);
	check_str(seat_log_take(&s.log), "motion 51,50 / ");
	end(&s);
}
