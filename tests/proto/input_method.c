// SPDX-License-Identifier: MIT
// zwp_input_method_v2: activation, serials, the keyboard grab with keys that come back by a virtual
// keyboard, methods that hang or die, and popups.
#include <linux/input-event-codes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/surface/surface.h"
#include "compositor/text/method.h"
#include "tests/harness/client.h"
#include "tests/harness/locker.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "tests/harness/text_log.h"
#include "input-method-unstable-v2-client-protocol.h"
#include "virtual-keyboard-unstable-v1-client-protocol.h"

struct method_rig {
	struct fixture *fixture;
	struct client *client; // has the field
	struct client_window *window;
	struct seat_log seat;
	struct text_log text;
	struct client *server; // is the method
	struct zwp_input_method_manager_v2 *manager;
	struct zwp_input_method_v2 *method;
	struct zwp_input_method_keyboard_grab_v2 *grab; // NULL: none
	struct zwp_virtual_keyboard_v1 *keyboard;       // NULL: none
	uint32_t dones;
	int keymap_fd; // of the grab
	uint32_t keymap_size;
	struct box rectangle; // of the popup
	char log[2048];
};

static void note(struct method_rig *rig, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct method_rig *rig, const char *format, ...)
{
	size_t length = strlen(rig->log);
	va_list args;
	va_start(args, format);
	vsnprintf(rig->log + length, sizeof(rig->log) - length, format, args);
	va_end(args);
}

static const char *take(struct method_rig *rig, char *into, size_t size)
{
	fixture_pump(rig->fixture);
	snprintf(into, size, "%s", rig->log);
	rig->log[0] = '\0';
	return into;
}

#define check_method(rig, expected) check_str(take(rig, (char[2048]){""}, 2048), expected)

static void on_activate(void *data, struct zwp_input_method_v2 *method)
{
	note(data, "activate / ");
}

static void on_deactivate(void *data, struct zwp_input_method_v2 *method)
{
	note(data, "deactivate / ");
}

static void on_surrounding(void *data, struct zwp_input_method_v2 *method, const char *text,
	uint32_t cursor, uint32_t anchor)
{
	note(data, "text %s %u,%u / ", text, cursor, anchor);
}

static void on_cause(void *data, struct zwp_input_method_v2 *method, uint32_t cause)
{
	note(data, "cause %u / ", cause);
}

static void on_content(
	void *data, struct zwp_input_method_v2 *method, uint32_t hint, uint32_t purpose)
{
	note(data, "content %u,%u / ", hint, purpose);
}

static void on_done(void *data, struct zwp_input_method_v2 *method)
{
	((struct method_rig *)data)->dones++;
	note(data, "done / ");
}

static void on_unavailable(void *data, struct zwp_input_method_v2 *method)
{
	note(data, "unavailable / ");
}

static const struct zwp_input_method_v2_listener method_listener = {
	.activate = on_activate,
	.deactivate = on_deactivate,
	.surrounding_text = on_surrounding,
	.text_change_cause = on_cause,
	.content_type = on_content,
	.done = on_done,
	.unavailable = on_unavailable,
};

static void on_keymap(void *data, struct zwp_input_method_keyboard_grab_v2 *grab, uint32_t format,
	int32_t fd, uint32_t size)
{
	struct method_rig *rig = data;
	if (rig->keymap_fd >= 0)
		close(rig->keymap_fd);
	rig->keymap_fd = fd;
	rig->keymap_size = size;
	note(rig, "keymap / ");
}

static void on_key(void *data, struct zwp_input_method_keyboard_grab_v2 *grab, uint32_t serial,
	uint32_t time, uint32_t key, uint32_t state)
{
	note(data, "key %u %s / ", key, state ? "down" : "up");
}

static void on_modifiers(void *data, struct zwp_input_method_keyboard_grab_v2 *grab,
	uint32_t serial, uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	note(data, "mods %u / ", depressed);
}

static void on_repeat(
	void *data, struct zwp_input_method_keyboard_grab_v2 *grab, int32_t rate, int32_t delay)
{
	note(data, "repeat %d,%d / ", rate, delay);
}

static const struct zwp_input_method_keyboard_grab_v2_listener grab_listener = {
	.keymap = on_keymap,
	.key = on_key,
	.modifiers = on_modifiers,
	.repeat_info = on_repeat,
};

static void method_rig_init(struct method_rig *rig)
{
	*rig = (struct method_rig){.fixture = fixture_create(NULL), .keymap_fd = -1};
	rig->client = client_create(rig->fixture);
	rig->window = client_window_opaque(rig->client, 200, 100, 100);
	seat_log_begin(&rig->seat, rig->client);
	text_log_begin(&rig->text, rig->client);
	rig->server = client_create(rig->fixture);
	rig->manager = client_bind(rig->server, &zwp_input_method_manager_v2_interface, 1);
	check(rig->manager);
	rig->method = zwp_input_method_manager_v2_get_input_method(rig->manager, rig->server->seat);
	zwp_input_method_v2_add_listener(rig->method, &method_listener, rig);
	fixture_pump(rig->fixture);
	text_log_take(&rig->text);
	seat_log_take(&rig->seat);
}

static void method_gone(struct method_rig *rig)
{
	if (!rig->server)
		return;
	if (rig->grab)
		zwp_input_method_keyboard_grab_v2_destroy(rig->grab);
	if (rig->keyboard)
		zwp_virtual_keyboard_v1_destroy(rig->keyboard);
	zwp_input_method_v2_destroy(rig->method);
	zwp_input_method_manager_v2_destroy(rig->manager);
	client_destroy(rig->server);
	rig->server = NULL;
}

static void method_rig_finish(struct method_rig *rig)
{
	check_no_error(rig->client);
	method_gone(rig);
	check(!rig->fixture->server->text->method);
	if (rig->keymap_fd >= 0)
		close(rig->keymap_fd);
	text_log_end(&rig->text);
	seat_log_end(&rig->seat);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void grab(struct method_rig *rig)
{
	rig->grab = zwp_input_method_v2_grab_keyboard(rig->method);
	zwp_input_method_keyboard_grab_v2_add_listener(rig->grab, &grab_listener, rig);
	check_no_error(rig->server);
}

// A virtual keyboard with the keymap of the grab, as fcitx5 has one.
static void create_keyboard(struct method_rig *rig)
{
	struct zwp_virtual_keyboard_manager_v1 *manager =
		client_bind(rig->server, &zwp_virtual_keyboard_manager_v1_interface, 1);
	rig->keyboard =
		zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(manager, rig->server->seat);
	zwp_virtual_keyboard_manager_v1_destroy(manager);
	zwp_virtual_keyboard_v1_keymap(
		rig->keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, rig->keymap_fd, rig->keymap_size);
	check_no_error(rig->server);
}

// A field is enabled, the method has the keys and can send them back.
static void begin(struct method_rig *rig)
{
	text_log_enable(&rig->text);
	grab(rig);
	create_keyboard(rig);
	rig->log[0] = '\0';
	text_log_take(&rig->text);
	seat_log_take(&rig->seat);
}

static void send_back(struct method_rig *rig, uint32_t code, bool pressed)
{
	zwp_virtual_keyboard_v1_key(rig->keyboard, 1, code, pressed);
	check_no_error(rig->server);
}

static void commit(struct method_rig *rig)
{
	zwp_input_method_v2_commit(rig->method, rig->dones);
	check_no_error(rig->server);
}

TEST_F(method_rig, follows_the_field)
{
	check_method(rig, "");
	zwp_text_input_v3_enable(rig->text.input);
	zwp_text_input_v3_set_surrounding_text(rig->text.input, "abc", 1, 2);
	zwp_text_input_v3_set_content_type(rig->text.input, 1, 6);
	zwp_text_input_v3_commit(rig->text.input);
	check_method(rig, "activate / text abc 1,2 / cause 0 / content 1,6 / done / ");
	zwp_text_input_v3_set_surrounding_text(rig->text.input, "abcd", 4, 4);
	zwp_text_input_v3_set_text_change_cause(rig->text.input, 1);
	zwp_text_input_v3_commit(rig->text.input);
	check_method(rig, "text abcd 4,4 / cause 1 / content 1,6 / done / ");
	zwp_text_input_v3_disable(rig->text.input);
	zwp_text_input_v3_commit(rig->text.input);
	check_method(rig, "deactivate / done / ");
}

TEST_F(method_rig, edits_collect_until_commit)
{
	text_log_enable(&rig->text);
	text_log_take(&rig->text);
	zwp_input_method_v2_set_preedit_string(rig->method, "ni", 2, 2);
	check_str(text_log_take(&rig->text), "");
	commit(rig);
	check_str(text_log_take(&rig->text), "preedit ni 2,2 / done 1 / ");
	zwp_input_method_v2_commit_string(rig->method, "你");
	zwp_input_method_v2_delete_surrounding_text(rig->method, 3, 0);
	zwp_input_method_v2_set_preedit_string(rig->method, "x", -1, 9);
	commit(rig);
	check_str(
		text_log_take(&rig->text), "preedit x -1,-1 / delete 3,0 / commit 你 / done 1 / ");
	commit(rig); // nothing is left over
	check_str(text_log_take(&rig->text), "done 1 / ");
}

TEST_F(method_rig, late_commit_does_not_reach_the_next_field)
{
	text_log_enable(&rig->text);
	fixture_pump(rig->fixture);
	uint32_t old = rig->dones;
	zwp_text_input_v3_set_surrounding_text(rig->text.input, "a", 1, 1);
	zwp_text_input_v3_commit(rig->text.input);
	fixture_pump(rig->fixture);
	zwp_input_method_v2_commit_string(rig->method, "b");
	zwp_input_method_v2_commit(rig->method, old); // the same field: not lost
	check(strstr(text_log_take(&rig->text), "commit b / "));
	text_log_enable(&rig->text);
	zwp_input_method_v2_commit_string(rig->method, "c");
	zwp_input_method_v2_commit(rig->method, old);
	check_str(text_log_take(&rig->text), "");
	zwp_input_method_v2_commit_string(rig->method, "d");
	zwp_input_method_v2_commit(rig->method, rig->dones + 1); // never sent
	check_str(text_log_take(&rig->text), "");
}

TEST_F(method_rig, second_method_is_unavailable)
{
	struct zwp_input_method_v2 *second =
		zwp_input_method_manager_v2_get_input_method(rig->manager, rig->server->seat);
	zwp_input_method_v2_add_listener(second, &method_listener, rig);
	check_method(rig, "unavailable / ");
	text_log_enable(&rig->text);
	text_log_take(&rig->text);
	zwp_input_method_v2_commit_string(second, "x");
	zwp_input_method_v2_commit(second, 0);
	zwp_input_method_keyboard_grab_v2_destroy(zwp_input_method_v2_grab_keyboard(second));
	check_str(text_log_take(&rig->text), "");
	zwp_input_method_v2_destroy(second);
	check_no_error(rig->server);
}

TEST_F(method_rig, grab_gets_the_keys_of_a_field)
{
	grab(rig);
	check_method(rig, "keymap / repeat 25,600 / mods 0 / ");
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	check_method(rig, ""); // no field is active
	check_str(seat_log_take(&rig->seat), "key 30 down / key 30 up / ");
	text_log_enable(&rig->text);
	check_method(rig, "activate / content 0,0 / done / ");
	fixture_key(rig->fixture, KEY_LEFTSHIFT, true);
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	fixture_key(rig->fixture, KEY_LEFTSHIFT, false);
	check_method(rig, "key 42 down / mods 1 / key 30 down / key 30 up / key 42 up / mods 0 / ");
	check_str(seat_log_take(&rig->seat), "mods 1,0,0,0 / mods 0,0,0,0 / ");
	zwp_input_method_keyboard_grab_v2_release(rig->grab);
	rig->grab = NULL;
	fixture_pump(rig->fixture);
	seat_log_take(&rig->seat);
	fixture_key(rig->fixture, KEY_B, true);
	fixture_key(rig->fixture, KEY_B, false);
	check_str(seat_log_take(&rig->seat), "key 48 down / key 48 up / ");
}

TEST_F(method_rig, keys_sent_back_are_the_users)
{
	begin(rig);
	uint32_t keymaps = rig->seat.keymaps;
	fixture_key(rig->fixture, KEY_A, true);
	send_back(rig, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	send_back(rig, KEY_A, false);
	check_str(seat_log_take(&rig->seat), "key 30 down / key 30 up / ");
	zwp_virtual_keyboard_v1_modifiers(rig->keyboard, 4, 0, 0, 0);
	check_str(seat_log_take(&rig->seat), "");
	check_eq(rig->seat.keymaps, keymaps);
	check_eq(keyboard_modifiers(rig->fixture->server->seat), 0);
}

// Else the client would repeat the key for ever.
TEST_F(method_rig, eaten_release_is_sent_after_a_while)
{
	begin(rig);
	fixture_key(rig->fixture, KEY_A, true);
	send_back(rig, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	fixture_advance(rig->fixture, 49 * NSEC_PER_MSEC);
	check_str(seat_log_take(&rig->seat), "key 30 down / ");
	fixture_advance(rig->fixture, 2 * NSEC_PER_MSEC);
	check_str(seat_log_take(&rig->seat), "key 30 up / ");
	send_back(rig, KEY_A, false);
	check_str(seat_log_take(&rig->seat), "");
}

TEST_F(method_rig, key_for_another_window_is_dropped)
{
	begin(rig);
	fixture_key(rig->fixture, KEY_A, true);
	struct client_window *window = client_window_create(rig->client, 50, 50, 0xff0000ff);
	text_log_enable(&rig->text);
	seat_log_take(&rig->seat);
	send_back(rig, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	check_str(seat_log_take(&rig->seat), "");
	client_window_destroy(window);
}

TEST_F(method_rig, key_down_when_the_field_ends_is_released)
{
	begin(rig);
	fixture_key(rig->fixture, KEY_A, true);
	send_back(rig, KEY_A, true);
	zwp_text_input_v3_disable(rig->text.input);
	zwp_text_input_v3_commit(rig->text.input);
	fixture_pump(rig->fixture);
	fixture_key(rig->fixture, KEY_A, false);
	check_str(seat_log_take(&rig->seat), "key 30 down / key 30 up / ");
}

TEST_F(method_rig, dying_method_loses_no_key)
{
	begin(rig);
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	fixture_key(rig->fixture, KEY_B, true);
	check_str(seat_log_take(&rig->seat), "");
	method_gone(rig);
	check_str(seat_log_take(&rig->seat), "key 30 down / key 30 up / key 48 down / ");
	fixture_key(rig->fixture, KEY_B, false);
	check_str(seat_log_take(&rig->seat), "key 48 up / ");
	check_str(text_log_take(&rig->text), "done 1 / "); // its preedit is gone
}

TEST_F(method_rig, hung_method_loses_no_key)
{
	begin(rig);
	struct wl_list *link = &rig->server->link; // it reads nothing from here on
	wl_list_remove(link);
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	fixture_advance(rig->fixture, 2990 * NSEC_PER_MSEC);
	check_str(seat_log_take(&rig->seat), "");
	fixture_advance(rig->fixture, 20 * NSEC_PER_MSEC);
	check_str(seat_log_take(&rig->seat), "key 30 down / key 30 up / ");
	fixture_key(rig->fixture, KEY_B, true);
	fixture_key(rig->fixture, KEY_B, false);
	check_str(seat_log_take(&rig->seat), "key 48 down / key 48 up / ");
	wl_list_insert(&rig->fixture->clients, link);
	check_method(rig, "key 30 down / key 30 up / deactivate / done / ");
	send_back(rig, KEY_A, true); // it answers at last
	send_back(rig, KEY_A, false);
	check_str(seat_log_take(&rig->seat), "");
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	check_method(rig, "activate / content 0,0 / done / ");
	fixture_key(rig->fixture, KEY_C, true);
	fixture_key(rig->fixture, KEY_C, false);
	check_method(rig, "key 46 down / key 46 up / ");
}

// It reads each key late, but in time: its own keys are not replayed.
TEST_F(method_rig, slow_method_does_not_hang)
{
	begin(rig);
	struct wl_list *link = &rig->server->link;
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	fixture_advance(rig->fixture, 2900 * NSEC_PER_MSEC);
	wl_list_remove(link);
	fixture_key(rig->fixture, KEY_B, true);
	fixture_key(rig->fixture, KEY_B, false);
	fixture_advance(rig->fixture, 2900 * NSEC_PER_MSEC);
	check_str(seat_log_take(&rig->seat), "");
	fixture_advance(rig->fixture, 110 * NSEC_PER_MSEC);
	check_str(seat_log_take(&rig->seat), "key 48 down / key 48 up / ");
	wl_list_insert(&rig->fixture->clients, link);
	fixture_pump(rig->fixture);
}

TEST_F(method_rig, silent_method_only_eats_keys)
{
	begin(rig);
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	fixture_advance(rig->fixture, 4 * NSEC_PER_SEC); // it read them: they are its own
	method_gone(rig);
	check_str(seat_log_take(&rig->seat), "");
}

// Popups

static struct zwp_input_popup_surface_v2 *popup_create(
	struct method_rig *rig, struct wl_surface *surface, int width, int height)
{
	struct zwp_input_popup_surface_v2 *popup =
		zwp_input_method_v2_get_input_popup_surface(rig->method, surface);
	struct wl_buffer *buffer = client_buffer(rig->server, width, height, 0xff00ff00);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_commit(surface);
	check_no_error(rig->server);
	wl_buffer_destroy(buffer);
	return popup;
}

static void set_rectangle(struct method_rig *rig, int x, int y, int width, int height)
{
	zwp_text_input_v3_set_cursor_rectangle(rig->text.input, x, y, width, height);
	zwp_text_input_v3_commit(rig->text.input);
	fixture_frames(rig->fixture, 2);
}

TEST_F(method_rig, sees_nothing_of_a_screen_locker)
{
	text_log_enable(&rig->text);
	grab(rig);
	check_method(rig, "activate / content 0,0 / done / keymap / repeat 25,600 / mods 0 / ");
	struct client *client = client_create(rig->fixture);
	struct test_locker *locker = locker_create(client);
	locker_add(locker, locker_output(client, 0), true);
	fixture_frames(rig->fixture, 5);
	check_method(rig, "deactivate / done / ");
	struct seat_log seat;
	struct text_log text;
	seat_log_begin(&seat, client);
	text_log_begin(&text, client);
	text_log_enable(&text);
	seat_log_take(&seat);
	fixture_key(rig->fixture, KEY_LEFTSHIFT, true);
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	fixture_key(rig->fixture, KEY_LEFTSHIFT, false);
	check_method(rig, "");
	check_str(seat_log_take(&seat),
		"key 42 down / mods 1,0,0,0 / key 30 down / key 30 up / key 42 up / mods 0,0,0,0 / ");
	text_log_end(&text);
	seat_log_end(&seat);
	locker_unlock(locker);
	check_no_error(client);
	locker_destroy(locker, true);
	client_destroy(client);
	text_log_enable(&rig->text);
	check_method(rig, "activate / content 0,0 / done / mods 0 / ");
}

TEST_F(method_rig, popup_is_at_the_cursor)
{
	struct wl_surface *surface = wl_compositor_create_surface(rig->server->compositor);
	struct zwp_input_popup_surface_v2 *popup = popup_create(rig, surface, 100, 50);
	struct surface *shown = client_surface(surface, rig->server);
	check(!shown->mapped);
	text_log_enable(&rig->text);
	check(shown->mapped);
	int x, y;
	check(node_position(client_surface(rig->window->surface, rig->client)->node, &x, &y));
	check_eq(shown->tree->x, x); // below the window without a rectangle
	check_eq(shown->tree->y, y + 200);
	set_rectangle(rig, 20, 30, 2, 16);
	check_eq(shown->tree->x, x + 20);
	check_eq(shown->tree->y, y + 46);
	check_eq(fixture_pixel(rig->fixture, x + 21, y + 47), 0x00ff00);
	set_rectangle(rig, 20, 600, 2, 16); // flipped above
	check_eq(shown->tree->y, y + 550);
	set_rectangle(rig, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MAX); // slid into the output
	check_eq(shown->tree->x, 1280 - 100);
	zwp_text_input_v3_disable(rig->text.input);
	zwp_text_input_v3_commit(rig->text.input);
	fixture_pump(rig->fixture);
	check(!shown->mapped);
	zwp_input_popup_surface_v2_destroy(popup);
	wl_surface_destroy(surface);
	check_no_error(rig->server);
}

TEST_F(method_rig, popup_outlives_its_method_and_surface)
{
	struct wl_surface *surface = wl_compositor_create_surface(rig->server->compositor);
	struct zwp_input_popup_surface_v2 *popup = popup_create(rig, surface, 100, 50);
	text_log_enable(&rig->text);
	zwp_input_method_v2_destroy(rig->method);
	fixture_pump(rig->fixture);
	check(!client_surface(surface, rig->server)->mapped);
	wl_surface_destroy(surface);
	check_no_error(rig->server);
	zwp_input_popup_surface_v2_destroy(popup);
	check_no_error(rig->server);
	rig->method = zwp_input_method_manager_v2_get_input_method(rig->manager, rig->server->seat);
}

TEST_F(method_rig, popup_role_is_exclusive)
{
	struct client *other = client_create(rig->fixture);
	struct client_window *window = client_window_create(other, 50, 50, 0xff0000ff);
	struct zwp_input_method_manager_v2 *manager =
		client_bind(other, &zwp_input_method_manager_v2_interface, 1);
	struct zwp_input_method_v2 *method =
		zwp_input_method_manager_v2_get_input_method(manager, other->seat);
	struct zwp_input_popup_surface_v2 *popup =
		zwp_input_method_v2_get_input_popup_surface(method, window->surface);
	check_client_error(other, "zwp_input_method_v2", ZWP_INPUT_METHOD_V2_ERROR_ROLE);
	zwp_input_popup_surface_v2_destroy(popup);
	zwp_input_method_v2_destroy(method);
	zwp_input_method_manager_v2_destroy(manager);
	client_window_destroy(window);
	client_destroy(other);
}
