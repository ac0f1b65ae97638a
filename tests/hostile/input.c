// SPDX-License-Identifier: MIT
// Keyboards and mice that clients play, with keymaps that lie and numbers without sense.
#include <fcntl.h>
#include <limits.h>
#include <linux/input-event-codes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "compositor/core/seat.h"
#include "tests/hostile/stage.h"
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
	{TEXT, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, 1 << 20, true}, // claims more than there is
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

TEST_P(keymap, struct keymap, keymaps)
{
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
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
	stage_end(stage);
}

TEST(key_before_keymap)
{
	struct stage *stage = stage_create();
	struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(stage->attacker);
	zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 1);
	check_client_error(stage->attacker, "zwp_virtual_keyboard_v1",
		ZWP_VIRTUAL_KEYBOARD_V1_ERROR_NO_KEYMAP);
	zwp_virtual_keyboard_v1_destroy(keyboard);
	stage_end(stage);
}

// Keys and modifiers that no keyboard has; what is held when it goes is let go.
TEST(keys_that_are_none)
{
	static const uint32_t numbers[] = {
		0, 255, 256, 767, 768, 65535, INT32_MAX, UINT32_MAX - 8, UINT32_MAX};
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
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
			fixture_pump(stage->fixture);
	}
	check_no_error(client);
	stage_check(stage);
	zwp_virtual_keyboard_v1_destroy(keyboard);
	check_no_error(client);
	check_eq(stage->fixture->server->seat->keyboard.n_keys, 0);
	close(fd);
	stage_end(stage);
}

TEST(keyboard_dies_with_keys_held)
{
	struct stage *stage = stage_create();
	int fd = file_with(small_map, sizeof(small_map));
	for (int i = 0; i < 10; i++) {
		struct client *client = stage_attacker(stage);
		struct zwp_virtual_keyboard_v1 *keyboard = keyboard_create(client);
		zwp_virtual_keyboard_v1_keymap(
			keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd, sizeof(small_map));
		zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_LEFTALT, 1);
		zwp_virtual_keyboard_v1_key(keyboard, 0, KEY_A, 1);
		fixture_pump(stage->fixture);
		wl_client_destroy(client->server_side);
		fixture_key(stage->fixture, KEY_B, true);
		fixture_key(stage->fixture, KEY_B, false);
		check_eq(stage->fixture->server->seat->keyboard.n_keys, 0);
		zwp_virtual_keyboard_v1_destroy(keyboard);
	}
	close(fd);
	stage_end(stage);
}

// Mice

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

TEST(coordinates_without_sense)
{
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
	struct wl_pointer *heard = wl_seat_get_pointer(stage->neighbour->seat);
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
		fixture_pump(stage->fixture);
	}
	const struct seat *seat = stage->fixture->server->seat;
	check(seat->pointer.x >= 0 && seat->pointer.x <= 1280);
	check(seat->pointer.y >= 0 && seat->pointer.y <= 720);
	check_no_error(client);
	check_no_error(stage->neighbour);
	zwlr_virtual_pointer_v1_destroy(pointer);
	wl_pointer_release(heard);
	stage_end(stage);
}

// What the machine's own devices may say, through whatever driver.
TEST(events_without_sense)
{
	static const double places[] = {0.0 / 0.0, 1.0 / 0.0, -1.0 / 0.0, 1e300, -1e300, 0};
	struct stage *stage = stage_create();
	struct seat *seat = stage->fixture->server->seat;
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
		fixture_pump(stage->fixture);
		check(seat->pointer.x >= 0 && seat->pointer.x <= 1280);
		check(seat->pointer.y >= 0 && seat->pointer.y <= 720);
	}
	check_no_error(stage->neighbour);
	stage_end(stage);
}

static const uint32_t bad_axes[] = {2, UINT32_MAX};

TEST_P(axis_that_is_none, uint32_t, bad_axes)
{
	struct stage *stage = stage_create();
	struct zwlr_virtual_pointer_v1 *pointer = pointer_create(stage->attacker);
	zwlr_virtual_pointer_v1_axis(pointer, 0, *param, 256);
	check_client_error(stage->attacker, "zwlr_virtual_pointer_v1",
		ZWLR_VIRTUAL_POINTER_V1_ERROR_INVALID_AXIS);
	zwlr_virtual_pointer_v1_destroy(pointer);
	stage_end(stage);
}

// A frame that never ends, buttons that are never let go, a mouse that dies while it drags.
TEST(mouse_dies_with_buttons_held)
{
	struct stage *stage = stage_create();
	struct client *client = stage->attacker;
	struct zwlr_virtual_pointer_v1 *pointer = pointer_create(client);
	for (uint32_t i = 0; i < 5000; i++) {
		zwlr_virtual_pointer_v1_button(pointer, 0, BTN_LEFT + i % 100, 1);
		zwlr_virtual_pointer_v1_motion(pointer, 0, 256, 256);
		if (i % 64 == 0)
			fixture_pump(stage->fixture);
	}
	check_no_error(client);
	wl_client_destroy(client->server_side);
	fixture_click(stage->fixture, 640, 360);
	zwlr_virtual_pointer_v1_destroy(pointer);
	stage_end(stage);
}
