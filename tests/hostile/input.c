// SPDX-License-Identifier: MIT
// Virtual keyboards and pointers with invalid keymaps, keys and coordinates.
#include <fcntl.h>
#include <limits.h>
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "compositor/seat/seat.h"
#include "tests/harness/seat_log.h"
#include "tests/hostile/hostile_rig.h"
#include "virtual-keyboard-unstable-v1-client-protocol.h"
#include "wlr-virtual-pointer-unstable-v1-client-protocol.h"

static const char small_map[] =
	"xkb_keymap { xkb_keycodes { <a> = 38; }; xkb_types { type \"ONE_LEVEL\" {"
	" modifiers = none; level_name[Level1] = \"Any\"; }; }; xkb_compatibility { };"
	" xkb_symbols { key <a> { [ a ] }; }; };";

static struct zwp_virtual_keyboard_v1 *keyboard_create(struct client *client)
{
	struct zwp_virtual_keyboard_manager_v1 *manager =
		client_bind(client, &zwp_virtual_keyboard_manager_v1_interface, 1);
	struct zwp_virtual_keyboard_v1 *keyboard =
		zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(manager, client->seat);
	zwp_virtual_keyboard_manager_v1_destroy(manager);
	return keyboard;
}

static int file_with(const void *bytes, size_t size)
{
	int fd = memfd_create("keymap", MFD_CLOEXEC);
	check(fd >= 0);
	check(write(fd, bytes, size) == (ssize_t)size);
	return fd;
}

static int pipe_end(void)
{
	int fds[2];
	check(pipe2(fds, O_CLOEXEC) == 0);
	close(fds[1]);
	return fds[0];
}

enum kind { EMPTY_FILE, SHORT_FILE, TEXT, NO_END, PIPE, FOLDER, DEVICE };

static const struct keymap {
	enum kind kind;
	uint32_t format, size;
	bool good;
} keymaps[] = {
	{TEXT, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, sizeof(small_map), true},
	{TEXT, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, 1 << 20, true}, // a size larger than the file
	{NO_END, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, sizeof(small_map) - 1, true},
	{TEXT, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, 20, false},
	{TEXT, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, 0, false},
	{TEXT, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, UINT32_MAX, false},
	{TEXT, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, INT32_MAX, false},
	{TEXT, WL_KEYBOARD_KEYMAP_FORMAT_NO_KEYMAP, sizeof(small_map), false},
	{TEXT, UINT32_MAX, sizeof(small_map), false},
	{EMPTY_FILE, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, 4096, false},
	{SHORT_FILE, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, 1 << 20, false},
	{PIPE, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, 4096, false},
	{FOLDER, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, 4096, false},
	{DEVICE, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, 4096, false},
};

static int open_keymap(enum kind kind)
{
	switch (kind) {
	case EMPTY_FILE:
		return file_with("", 0);
	case SHORT_FILE:
		return file_with("xkb_keymap {", 12);
	case TEXT:
		return file_with(small_map, sizeof(small_map));
	case NO_END:
		return file_with(small_map, sizeof(small_map) - 1);
	case PIPE:
		return pipe_end();
	case FOLDER:
		return open("/", O_RDONLY | O_CLOEXEC);
	case DEVICE:
		return open("/dev/zero", O_RDONLY | O_CLOEXEC);
	}
	return -1;
}

TEST_FP(hostile_rig, keymap, struct keymap, keymaps)
{
	struct client *client = rig->attacker;
	struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(client);
	int fd = open_keymap(param->kind);
	zwp_virtual_keyboard_v1_keymap(keyboard, param->format, fd, param->size);
	if (param->good) {
		zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 1);
		zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 0);
		check_no_error(client);
	} else {
		check_client_error(client, "zwp_virtual_keyboard_v1",
			ZWP_VIRTUAL_KEYBOARD_V1_ERROR_INVALID_KEYMAP_FORMAT);
	}
	zwp_virtual_keyboard_v1_destroy(keyboard);
	close(fd);
}

// Each would hang, abort or stall the compositor in xkbcommon.
TEST_F(hostile_rig, keymap_that_harms)
{
	static const char *const texts[] = {
		"xkb_keymap { xkb_keycodes { <a> = 1000000000; }; xkb_types { };"
		" xkb_compatibility { }; xkb_symbols { }; };",
		"xkb_keymap { xkb_keycodes { <a> = 38; }; xkb_types { type \"T\" { modifiers = Shift;"
		" map[Shift] = 1000000000; }; }; xkb_compatibility { };"
		" xkb_symbols { key <a> { type = \"T\", [ a ] }; }; };",
		"xkb_keymap { xkb_keycodes { include \"../../../../../../../../dev/tty\" };"
		" xkb_types { }; xkb_compatibility { }; xkb_symbols { }; };",
	};
	for (size_t i = 0; i < array_length(texts); i++) {
		struct client *client = hostile_rig_connect(rig);
		struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(client);
		int fd = file_with(texts[i], strlen(texts[i]) + 1);
		zwp_virtual_keyboard_v1_keymap(keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd,
			(uint32_t)strlen(texts[i]) + 1);
		check_client_error(client, "zwp_virtual_keyboard_v1",
			ZWP_VIRTUAL_KEYBOARD_V1_ERROR_INVALID_KEYMAP_FORMAT);
		zwp_virtual_keyboard_v1_destroy(keyboard);
		close(fd);
		hostile_rig_check(rig);
	}
}

static void send_keymap(struct zwp_virtual_keyboard_v1 *keyboard, int fd)
{
	zwp_virtual_keyboard_v1_keymap(
		keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd, sizeof(small_map));
}

// All clients get the keymap of the keyboard that typed last: many changes would stall them.
TEST_F(hostile_rig, many_keymaps_at_once_are_one)
{
	struct client *client = rig->attacker;
	struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(client);
	struct seat_log log = {0};
	seat_log_begin(&log, client);
	int fd = file_with(small_map, sizeof(small_map));
	send_keymap(keyboard, fd);
	zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 1);
	zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 0);
	seat_log_take(&log);
	uint32_t before = log.keymaps;
	char other_map[sizeof(small_map)];
	memcpy(other_map, small_map, sizeof(small_map));
	*strstr(other_map, "[ a ]") = ' ';
	*strstr(other_map, " a ]") = '[';
	int other = file_with(other_map, sizeof(other_map));
	for (int i = 0; i < 20; i++) // as many as fit into one message of the socket
		send_keymap(keyboard, i % 2 ? other : fd);
	check_no_error(client);
	seat_log_take(&log);
	check_eq(log.keymaps, before + 1);
	// The same once more is nothing new.
	send_keymap(keyboard, other);
	check_no_error(client);
	seat_log_take(&log);
	check_eq(log.keymaps, before + 1);
	close(other);
	hostile_rig_check(rig);
	zwp_virtual_keyboard_v1_destroy(keyboard);
	seat_log_end(&log);
	close(fd);
}

TEST_F(hostile_rig, keymaps_between_keys_are_limited)
{
	struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(rig->attacker);
	int fd = file_with(small_map, sizeof(small_map));
	for (int i = 0; i < 20; i++) {
		send_keymap(keyboard, fd);
		zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, i % 2 == 0);
	}
	check_client_error(rig->attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	hostile_rig_check(rig);
	zwp_virtual_keyboard_v1_destroy(keyboard);
	close(fd);
}

TEST_F(hostile_rig, keymaps_of_many_keyboards_are_limited)
{
	struct zwp_virtual_keyboard_v1 *keyboards[20];
	int fd = file_with(small_map, sizeof(small_map));
	for (size_t i = 0; i < array_length(keyboards); i++)
		keyboards[i] = keyboard_create(rig->attacker);
	fixture_pump(rig->fixture);
	for (size_t i = 0; i < array_length(keyboards); i++)
		send_keymap(keyboards[i], fd);
	check_client_error(rig->attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	hostile_rig_check(rig);
	for (size_t i = 0; i < array_length(keyboards); i++)
		zwp_virtual_keyboard_v1_destroy(keyboards[i]);
	close(fd);
}

// 9,000 bytes that xkbcommon makes half a million of: each key has four layouts of 16 levels.
static int file_with_levels(size_t *size)
{
	char *text;
	FILE *file = open_memstream(&text, size);
	fprintf(file, "xkb_keymap { xkb_keycodes { ");
	for (int i = 0; i < 250; i++)
		fprintf(file, "<%d>=%d;", i, i + 9);
	fprintf(file,
		"}; xkb_types { type \"T\" { modifiers = Shift; map[Shift] = 16; }; };"
		" xkb_compatibility { }; xkb_symbols { key.type = \"T\"; ");
	for (int i = 0; i < 250; i++)
		fprintf(file, "key <%d>{[a],[a],[a],[a]};", i);
	fprintf(file, "}; };");
	check(fclose(file) == 0);
	int fd = file_with(text, *size);
	free(text);
	return fd;
}

// By default a client may hold 64 MiB.
TEST_F(hostile_rig, keymaps_that_are_kept_are_limited)
{
	size_t size;
	int fd = file_with_levels(&size), good = 0;
	struct zwp_virtual_keyboard_v1 *keyboards[160];
	for (int i = 0; i < 64; i++) { // each charge ends with its keyboard
		keyboards[0] = keyboard_create(rig->attacker);
		zwp_virtual_keyboard_v1_keymap(
			keyboards[0], WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd, (uint32_t)size);
		check_no_error(rig->attacker);
		zwp_virtual_keyboard_v1_destroy(keyboards[0]);
	}
	for (size_t i = 0; i < array_length(keyboards); i++) {
		keyboards[i] = keyboard_create(rig->attacker);
		zwp_virtual_keyboard_v1_keymap(
			keyboards[i], WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd, (uint32_t)size);
		fixture_pump(rig->fixture);
		good += wl_display_get_error(rig->attacker->display) == 0;
	}
	check_client_error(rig->attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	check(good >= 64 && good <= 128);
	hostile_rig_check(rig);
	for (size_t i = 0; i < array_length(keyboards); i++)
		zwp_virtual_keyboard_v1_destroy(keyboards[i]);
	close(fd);
}

// One keymap a turn, as of a keyboard whose layout the user changes, is never too many.
TEST_F(hostile_rig, keymaps_over_time_are_not_limited)
{
	struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(rig->attacker);
	int fd = file_with(small_map, sizeof(small_map));
	for (int i = 0; i < 50; i++) {
		send_keymap(keyboard, fd);
		zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 1);
		zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 0);
		check_no_error(rig->attacker);
	}
	zwp_virtual_keyboard_v1_destroy(keyboard);
	close(fd);
}

TEST_F(hostile_rig, key_before_keymap)
{
	struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(rig->attacker);
	zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 1);
	check_client_error(
		rig->attacker, "zwp_virtual_keyboard_v1", ZWP_VIRTUAL_KEYBOARD_V1_ERROR_NO_KEYMAP);
	zwp_virtual_keyboard_v1_destroy(keyboard);
}

// Invalid keys and modifiers; held keys are released when the keyboard is destroyed.
TEST_F(hostile_rig, keys_that_are_none)
{
	static const uint32_t numbers[] = {
		0, 255, 256, 767, 768, 65535, INT32_MAX, UINT32_MAX - 8, UINT32_MAX};
	struct client *client = rig->attacker;
	struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(client);
	int fd = file_with(small_map, sizeof(small_map));
	zwp_virtual_keyboard_v1_keymap(
		keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd, sizeof(small_map));
	for (size_t i = 0; i < array_length(numbers); i++) {
		zwp_virtual_keyboard_v1_key(keyboard, numbers[i], numbers[i], 1);
		zwp_virtual_keyboard_v1_key(keyboard, numbers[i], numbers[i], numbers[i]);
		zwp_virtual_keyboard_v1_modifiers(
			keyboard, numbers[i], numbers[i], numbers[i], numbers[i]);
	}
	for (uint32_t code = 0; code < 600; code++) {
		zwp_virtual_keyboard_v1_key(keyboard, 0, code, 1);
		if (code % 64 == 0)
			fixture_pump(rig->fixture);
	}
	check_no_error(client);
	hostile_rig_check(rig);
	zwp_virtual_keyboard_v1_destroy(keyboard);
	check_no_error(client);
	check_eq(rig->fixture->server->seat->keyboard.n_keys, 0);
	close(fd);
}

TEST_F(hostile_rig, keyboard_dies_with_keys_held)
{
	int fd = file_with(small_map, sizeof(small_map));
	for (int i = 0; i < 10; i++) {
		struct client *client = hostile_rig_connect(rig);
		struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(client);
		zwp_virtual_keyboard_v1_keymap(
			keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd, sizeof(small_map));
		zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_LEFTALT, 1);
		zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 1);
		fixture_pump(rig->fixture);
		wl_client_destroy(client->server_side);
		fixture_key(rig->fixture, KEY_B, true);
		fixture_key(rig->fixture, KEY_B, false);
		check_eq(rig->fixture->server->seat->keyboard.n_keys, 0);
		zwp_virtual_keyboard_v1_destroy(keyboard);
	}
	close(fd);
}

// Pointers

static struct zwlr_virtual_pointer_v1 *pointer_create(struct client *client)
{
	struct zwlr_virtual_pointer_manager_v1 *manager =
		client_bind(client, &zwlr_virtual_pointer_manager_v1_interface, 2);
	struct zwlr_virtual_pointer_v1 *pointer =
		zwlr_virtual_pointer_manager_v1_create_virtual_pointer(manager, client->seat);
	zwlr_virtual_pointer_manager_v1_destroy(manager);
	return pointer;
}

static const int32_t numbers[] = {
	INT32_MIN, INT32_MIN + 1, -256, -1, 0, 1, 65536, INT32_MAX - 1, INT32_MAX};

TEST_F(hostile_rig, coordinates_without_sense)
{
	struct client *client = rig->attacker;
	struct wl_pointer *received = wl_seat_get_pointer(rig->neighbour->seat);
	struct zwlr_virtual_pointer_v1 *pointer = pointer_create(client);
	for (size_t i = 0; i < array_length(numbers) * array_length(numbers); i++) {
		int32_t a = numbers[i % array_length(numbers)];
		int32_t b = numbers[i / array_length(numbers)];
		zwlr_virtual_pointer_v1_motion(pointer, (uint32_t)a, a, b);
		zwlr_virtual_pointer_v1_motion_absolute(
			pointer, 0, (uint32_t)a, (uint32_t)b, (uint32_t)b, (uint32_t)a);
		zwlr_virtual_pointer_v1_axis(pointer, 0, i % 2, a);
		zwlr_virtual_pointer_v1_axis_discrete(pointer, 0, i % 2, b, a);
		zwlr_virtual_pointer_v1_button(
			pointer, 0, i % 2 ? BTN_LEFT : (uint32_t)a, i / 2 % 2);
		zwlr_virtual_pointer_v1_frame(pointer);
		fixture_pump(rig->fixture);
	}
	const struct seat *seat = rig->fixture->server->seat;
	check(seat->pointer.x >= 0 && seat->pointer.x <= 1280);
	check(seat->pointer.y >= 0 && seat->pointer.y <= 720);
	check_no_error(client);
	check_no_error(rig->neighbour);
	zwlr_virtual_pointer_v1_destroy(pointer);
	wl_pointer_release(received);
}

// Events with arbitrary values, as a broken driver may send them.
TEST_F(hostile_rig, events_without_sense)
{
	static const double places[] = {0.0 / 0.0, 1.0 / 0.0, -1.0 / 0.0, 1e300, -1e300, 0};
	struct seat *seat = rig->fixture->server->seat;
	for (size_t i = 0; i < array_length(places) * array_length(places); i++) {
		double x = places[i % array_length(places)], y = places[i / array_length(places)];
		const struct input_event events[] = {
			{.type = INPUT_MOTION, .motion = {x, y, x, y}},
			{.type = INPUT_MOTION_ABSOLUTE, .absolute = {x, y}},
			{.type = INPUT_MOTION_LAYOUT, .absolute = {x, y}},
			{.type = INPUT_AXIS, .axis = {.delta = x, .value120 = INT_MAX}},
			{.type = INPUT_POINTER_FRAME},
			{.type = INPUT_TOUCH_DOWN, .touch = {(int32_t)i, x, y, false}},
			{.type = INPUT_TOUCH_MOTION, .touch = {(int32_t)i, y, x, true}},
			{.type = INPUT_TOUCH_FRAME},
			{.type = INPUT_TOUCH_UP, .touch = {.id = (int32_t)i}},
			{.type = INPUT_TOUCH_FRAME},
		};
		for (size_t event = 0; event < array_length(events); event++)
			seat_input(seat, &events[event]);
		fixture_pump(rig->fixture);
		check(seat->pointer.x >= 0 && seat->pointer.x <= 1280);
		check(seat->pointer.y >= 0 && seat->pointer.y <= 720);
	}
	check_no_error(rig->neighbour);
}

static const uint32_t bad_axes[] = {2, UINT32_MAX};

TEST_FP(hostile_rig, axis_that_is_none, uint32_t, bad_axes)
{
	struct zwlr_virtual_pointer_v1 *pointer = pointer_create(rig->attacker);
	zwlr_virtual_pointer_v1_axis(pointer, 0, *param, 256);
	check_client_error(rig->attacker, "zwlr_virtual_pointer_v1",
		ZWLR_VIRTUAL_POINTER_V1_ERROR_INVALID_AXIS);
	zwlr_virtual_pointer_v1_destroy(pointer);
}

// A frame that never ends, buttons that are never released, a pointer destroyed during a drag.
TEST_F(hostile_rig, mouse_dies_with_buttons_held)
{
	struct client *client = rig->attacker;
	struct zwlr_virtual_pointer_v1 *pointer = pointer_create(client);
	for (uint32_t i = 0; i < 5000; i++) {
		zwlr_virtual_pointer_v1_button(pointer, 0, BTN_LEFT + i % 100, 1);
		zwlr_virtual_pointer_v1_motion(pointer, 0, 256, 256);
		if (i % 64 == 0)
			fixture_pump(rig->fixture);
	}
	check_no_error(client);
	wl_client_destroy(client->server_side);
	fixture_click(rig->fixture, 640, 360);
	zwlr_virtual_pointer_v1_destroy(pointer);
}
