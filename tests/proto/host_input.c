// SPDX-License-Identifier: MIT
// Input of nested back ends: the host provides keymap, locks and focus, moves the pointer, and has
// to lock or confine it on our behalf.
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"

// Real modifiers of every keymap.
enum { SHIFT = 1 << 0, LOCK = 1 << 1, CTRL = 1 << 2, ALT = 1 << 3 };

struct host_input_rig {
	struct fixture *fixture;
	struct server *server;
	struct backend *backend;
	struct client *client;
	struct client_window *window;
	struct seat_log log;
	int x, y;
};

static void host_input_rig_init_with(
	struct host_input_rig *rig, const struct server_options *options)
{
	*rig = (struct host_input_rig){.fixture = fixture_create(options)};
	rig->server = rig->fixture->server;
	rig->backend = rig->server->backend;
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	rig->x = rig->window->window->x;
	rig->y = rig->window->window->y;
	seat_log_begin(&rig->log, rig->client);
	seat_log_take(&rig->log);
}

static void host_input_rig_init(struct host_input_rig *rig)
{
	host_input_rig_init_with(rig, NULL);
}

static void host_input_rig_finish(struct host_input_rig *rig)
{
	seat_log_end(&rig->log);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void focus(struct host_input_rig *rig, bool focused)
{
	rig->backend->sink->focus(rig->backend->sink_data, focused);
}

static void modifiers(
	struct host_input_rig *rig, uint32_t depressed, uint32_t locked, uint32_t group)
{
	rig->backend->sink->modifiers(rig->backend->sink_data, depressed, 0, locked, group);
}

// The keymap of a layout, as the host sends it; the caller frees it.
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

static void use_map(struct host_input_rig *rig, const char *layout)
{
	char *text = map_of(layout);
	rig->backend->sink->keymap(rig->backend->sink_data, text);
	free(text);
}

static xkb_keysym_t symbol(struct host_input_rig *rig, uint32_t code)
{
	return xkb_state_key_get_one_sym(keyboard_ready(rig->server->seat)->state, code + 8);
}

// Keymaps

TEST_F(host_input_rig, host_map_becomes_the_seats)
{
	check_eq(symbol(rig, KEY_Y), XKB_KEY_y);
	check_eq(rig->log.keymaps, 1);
	use_map(rig, "de");
	seat_log_take(&rig->log);
	check_eq(rig->log.keymaps, 2);
	check_eq(symbol(rig, KEY_Y), XKB_KEY_z);
	// A keymap that does not compile is ignored.
	rig->backend->sink->keymap(rig->backend->sink_data, "xkb_keymap { nonsense");
	seat_log_take(&rig->log);
	check_eq(rig->log.keymaps, 2);
	check_eq(symbol(rig, KEY_Y), XKB_KEY_z);
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
	struct host_input_rig new_rig = {0}, *rig = &new_rig;
	host_input_rig_init_with(rig, &options);
	use_map(rig, "de");
	check_eq(symbol(rig, KEY_Q), XKB_KEY_a);
	check_eq(rig->log.keymaps, 1);
	// With a configured keymap the host's locks apply, but not its group.
	modifiers(rig, 0, LOCK, 2);
	check_eq(symbol(rig, KEY_Q), XKB_KEY_A);
	check_str(seat_log_take(&rig->log), "mods 0,0,2,0 / ");
	host_input_rig_finish(rig);
}

// Modifiers

TEST_F(host_input_rig, host_modifiers_are_told_once)
{
	use_map(rig, "us,de");
	seat_log_take(&rig->log);
	modifiers(rig, 0, LOCK, 0);
	check_str(seat_log_take(&rig->log), "mods 0,0,2,0 / ");
	modifiers(rig, 0, LOCK, 0);
	check_str(seat_log_take(&rig->log), "");
	modifiers(rig, 0, 0, 1);
	check_str(seat_log_take(&rig->log), "mods 0,0,0,1 / ");
	check_eq(symbol(rig, KEY_Y), XKB_KEY_z);
}

TEST_F(host_input_rig, host_modifiers_agree_with_keys)
{
	use_map(rig, "us");
	seat_log_take(&rig->log);
	fixture_key(rig->fixture, KEY_LEFTSHIFT, true);
	modifiers(rig, SHIFT, 0, 0); // sent by the host after the key
	fixture_key(rig->fixture, KEY_LEFTSHIFT, false);
	modifiers(rig, 0, 0, 0);
	fixture_key(rig->fixture, KEY_CAPSLOCK, true);
	modifiers(rig, 0, LOCK, 0);
	fixture_key(rig->fixture, KEY_CAPSLOCK, false);
	modifiers(rig, 0, LOCK, 0);
	check_str(seat_log_take(&rig->log),
		"key 42 down / mods 1,0,0,0 / key 42 up / mods 0,0,0,0 / "
		"key 58 down / mods 2,0,2,0 / mods 0,0,2,0 / key 58 up / ");
}

TEST_F(host_input_rig, host_modifiers_that_were_held_elsewhere_end)
{
	use_map(rig, "us");
	seat_log_take(&rig->log);
	modifiers(rig, ALT, 0, 0); // held when the focus arrived
	check_eq(keyboard_modifiers(rig->server->seat), MOD_ALT);
	modifiers(rig, 0, 0, 0);
	check_eq(keyboard_modifiers(rig->server->seat), 0);
	check_str(seat_log_take(&rig->log), "mods 8,0,0,0 / mods 0,0,0,0 / ");
}

// Focus

TEST_F(host_input_rig, host_focus_takes_keys_without_typing)
{
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_LEFTSHIFT, true);
	seat_log_take(&rig->log);
	focus(rig, false);
	check_str(seat_log_take(&rig->log), "unfocus / ");
	check(keyboard_focus(rig->server->seat) == NULL);
	check(keyboard_holder(rig->server->seat) != NULL);
	check_eq(rig->server->seat->keyboard.n_keys, 0);
	check_eq(keyboard_modifiers(rig->server->seat), 0);
	focus(rig, false);
	fixture_key(rig->fixture, KEY_A, false); // from the host, too late
	check_str(seat_log_take(&rig->log), "");
	focus(rig, true);
	focus(rig, true);
	check_str(seat_log_take(&rig->log), "focus / mods 0,0,0,0 / ");
	fixture_key(rig->fixture, KEY_A, true);
	check_str(seat_log_take(&rig->log), "key 30 down / ");
}

TEST_F(host_input_rig, host_focus_comes_back_with_a_key)
{
	focus(rig, false);
	seat_log_take(&rig->log);
	fixture_key(rig->fixture, KEY_A, true); // from a script
	check_str(seat_log_take(&rig->log), "focus / mods 0,0,0,0 / key 30 down / ");
}

TEST_F(host_input_rig, host_focus_follows_windows_meanwhile)
{
	struct client *other = client_create(rig->fixture);
	focus(rig, false);
	seat_log_take(&rig->log);
	struct client_window *window = client_window_create(other, 50, 50, 0xff00ff00);
	check(keyboard_holder(rig->server->seat) == window->window->surface);
	client_window_destroy(window);
	check(keyboard_holder(rig->server->seat) == rig->window->window->surface);
	check_str(seat_log_take(&rig->log), "");
	focus(rig, true);
	check_str(seat_log_take(&rig->log), "focus / mods 0,0,0,0 / ");
}

// The pointer

// The back end's vtable with hooks that record the last call.
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
	check(!fake.bound); // a bound pointer cannot be warped
	fake.warps++;
	fake.warp_x = x;
	fake.warp_y = y;
}

static void host_input_rig_init_bound(struct host_input_rig *rig)
{
	host_input_rig_init(rig);
	fake = (struct fake){.impl = *rig->backend->impl};
	fake.impl.constrain_pointer = on_constrain;
	fake.impl.warp_pointer = on_warp;
	rig->backend->impl = &fake.impl;
	fixture_move(rig->fixture, rig->x + 50, rig->y + 50);
	seat_log_take(&rig->log);
}

static struct zwp_pointer_constraints_v1 *bind_constraints(struct host_input_rig *rig)
{
	return client_bind(rig->client, &zwp_pointer_constraints_v1_interface, 1);
}

static const enum transform turns[] = {TRANSFORM_NORMAL, TRANSFORM_90};
TEST_P(host_pointer_is_locked_and_put_where_the_client_left_it, enum transform, turns)
{
	struct host_input_rig new_rig = {0}, *rig = &new_rig;
	host_input_rig_init_bound(rig);
	struct output_change change = output_change_none(output_first(rig->server));
	change.transform = *param;
	check(outputs_apply(rig->server, &change, 1, false));
	struct box box = window_box(rig->window->window);
	fixture_move(rig->fixture, box.x + 50, box.y + 50);
	struct zwp_pointer_constraints_v1 *manager = bind_constraints(rig);
	struct zwp_locked_pointer_v1 *lock =
		zwp_pointer_constraints_v1_lock_pointer(manager, rig->window->surface,
			rig->log.pointer, NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	fixture_pump(rig->fixture);
	check_eq(fake.binds, 1);
	check(fake.bound && fake.locked && !fake.confined);
	check(fake.screen == output_first(rig->server)->screen);
	// The host window loses and regains the focus.
	focus(rig, false);
	check(!fake.bound);
	focus(rig, true);
	check(fake.bound && fake.locked);
	zwp_locked_pointer_v1_set_cursor_position_hint(
		lock, wl_fixed_from_int(10), wl_fixed_from_int(20));
	wl_surface_commit(rig->window->surface);
	zwp_locked_pointer_v1_destroy(lock);
	fixture_pump(rig->fixture);
	check(!fake.bound);
	check_eq(fake.warps, 1);
	check_near(fake.warp_x, *param ? box.y + 20 : box.x + 10, 0);
	check_near(fake.warp_y, *param ? 720 - box.x - 10 : box.y + 20, 0);
	zwp_pointer_constraints_v1_destroy(manager);
	host_input_rig_finish(rig);
}

TEST(host_pointer_is_confined_to_screen_pixels)
{
	struct host_input_rig new_rig = {0}, *rig = &new_rig;
	host_input_rig_init_bound(rig);
	struct output_change change = output_change_none(output_first(rig->server));
	change.scale = 1.5;
	check(outputs_apply(rig->server, &change, 1, false));
	fixture_pump(rig->fixture);
	struct zwp_pointer_constraints_v1 *manager = bind_constraints(rig);
	struct wl_region *region = wl_compositor_create_region(rig->client->compositor);
	wl_region_add(region, 40, 40, 21, 30);
	struct zwp_confined_pointer_v1 *confined =
		zwp_pointer_constraints_v1_confine_pointer(manager, rig->window->surface,
			rig->log.pointer, region, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	fixture_pump(rig->fixture);
	check(fake.bound && fake.confined && !fake.locked);
	int left = ((rig->x + 40) * 3 + 1) / 2, right = ((rig->x + 61) * 3 + 1) / 2;
	check_eq(fake.box.x, left);
	check_eq(fake.box.width, right - left);
	int binds = fake.binds;
	// Without a change the back end is not called.
	fixture_move(rig->fixture, rig->x + 51, rig->y + 51);
	wl_surface_commit(rig->window->surface);
	fixture_pump(rig->fixture);
	check_eq(fake.binds, binds);
	// Another region; then a rotated screen.
	wl_region_add(region, 0, 0, 200, 100);
	zwp_confined_pointer_v1_set_region(confined, region);
	wl_surface_commit(rig->window->surface);
	fixture_pump(rig->fixture);
	check_eq(fake.binds, binds + 1);
	check_eq(fake.box.width, 300);
	change = output_change_none(output_first(rig->server));
	change.transform = TRANSFORM_90;
	check(outputs_apply(rig->server, &change, 1, false));
	fixture_pump(rig->fixture);
	// Of 720 pixels from left to right, which the screen has from the bottom up.
	struct box box = window_box(rig->window->window);
	check_eq(fake.box.x, (box.y * 3 + 1) / 2);
	check_eq(fake.box.y, 720 - (box.x * 3 + 1) / 2 - 300);
	check_eq(fake.box.width, 150);
	check_eq(fake.box.height, 300);
	zwp_confined_pointer_v1_destroy(confined);
	fixture_pump(rig->fixture);
	check(!fake.bound);
	wl_region_destroy(region);
	zwp_pointer_constraints_v1_destroy(manager);
	host_input_rig_finish(rig);
}

TEST(host_pointer_is_free_when_its_client_goes)
{
	struct host_input_rig new_rig = {0}, *rig = &new_rig;
	host_input_rig_init_bound(rig);
	struct zwp_pointer_constraints_v1 *manager = bind_constraints(rig);
	zwp_pointer_constraints_v1_lock_pointer(manager, rig->window->surface, rig->log.pointer,
		NULL, ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
	fixture_pump(rig->fixture);
	check(fake.bound);
	client_destroy(rig->client);
	fixture_pump(rig->fixture);
	check(!fake.bound);
	fixture_destroy(rig->fixture);
}

TEST_F(host_input_rig, host_pointer_goes_through_the_transform)
{
	struct output *output = output_first(rig->server);
	struct output_change change = output_change_none(output);
	change.transform = TRANSFORM_90;
	change.scale = 2;
	check(outputs_apply(rig->server, &change, 1, false));
	const struct input_device device = {
		.type = INPUT_POINTER, .output_name = output->name, .on_screen = true};
	struct input_event event = {
		.type = INPUT_MOTION_ABSOLUTE, .device = &device, .absolute = {0.25, 0.125}};
	seat_input(rig->server->seat, &event);
	// The middle of a host pixel maps to the middle of the logical area it covers.
	double x = 0.25, y = 0.125;
	point_transform(&x, &y, transform_invert(TRANSFORM_90), 1, 1);
	check_near(rig->server->seat->pointer.x, x * output->box.width, 1e-9);
	check_near(rig->server->seat->pointer.y, y * output->box.height, 1e-9);
	// A motion of ten pixels is rotated like the screen.
	event = (struct input_event){
		.type = INPUT_MOTION, .device = &device, .motion = {10, 0, 10, 0}};
	seat_input(rig->server->seat, &event);
	x = 0.25 + 10.0 / output->screen->mode.width;
	y = 0.125;
	point_transform(&x, &y, transform_invert(TRANSFORM_90), 1, 1);
	check_near(rig->server->seat->pointer.x, x * output->box.width, 1e-9);
	check_near(rig->server->seat->pointer.y, y * output->box.height, 1e-9);
}

TEST_F(host_input_rig, host_pointer_that_left_hovers_nothing)
{
	fixture_move(rig->fixture, rig->x + 50, rig->y + 50);
	seat_log_take(&rig->log);
	const struct input_event leave = {.type = INPUT_POINTER_LEAVE};
	fixture_button(rig->fixture, BTN_LEFT, true);
	seat_input(rig->server->seat, &leave); // while the button is held
	check_str(seat_log_take(&rig->log), "button 0x110 down / frame / ");
	fixture_button(rig->fixture, BTN_LEFT, false);
	seat_input(rig->server->seat, &leave);
	check_str(seat_log_take(&rig->log), "button 0x110 up / frame / leave / frame / ");
	fixture_frames(rig->fixture, 2);
	check_str(seat_log_take(&rig->log), "");
	fixture_move(rig->fixture, rig->x + 50, rig->y + 50);
	check_str(seat_log_take(&rig->log), "enter 50,50 / frame / ");
}

TEST_F(host_input_rig, host_pointer_that_stays_is_not_told)
{
	fixture_move(rig->fixture, rig->x + 50, rig->y + 50);
	seat_log_take(&rig->log);
	const struct box *box = &output_first(rig->server)->box;
	struct input_event event = {.type = INPUT_MOTION_ABSOLUTE,
		.absolute = {(rig->x + 50.00001) / box->width, (rig->y + 50.00001) / box->height}};
	seat_input(rig->server->seat, &event);
	check_str(seat_log_take(&rig->log), "");
	event.absolute.x += 1.0 / box->width;
	seat_input(rig->server->seat, &event);
	check_str(seat_log_take(&rig->log), "motion 51,50 / ");
}
