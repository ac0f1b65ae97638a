// SPDX-License-Identifier: MIT
// Text inputs and input methods that flood, and that destroy their objects in every order.
#include "compositor/text/text.h"
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <string.h>
#include "tests/harness/text_log.h"
#include "tests/hostile/hostile_rig.h"
#include "input-method-unstable-v2-client-protocol.h"

static struct zwp_input_method_v2 *method_create(struct client *client)
{
	struct zwp_input_method_manager_v2 *manager =
		client_bind(client, &zwp_input_method_manager_v2_interface, 1);
	struct zwp_input_method_v2 *method =
		zwp_input_method_manager_v2_get_input_method(manager, client->seat);
	zwp_input_method_manager_v2_destroy(manager);
	return method;
}

TEST_F(hostile_rig, commit_storm)
{
	struct text_log log;
	text_log_begin(&log, rig->attacker);
	struct client_window *window = client_window_create(rig->attacker, 50, 50, 0xff00ff00);
	char *text = malloc(4001);
	memset(text, 0x80, 4000); // no UTF-8
	text[4000] = '\0';
	for (int i = 0; i < 500; i++) {
		zwp_text_input_v3_enable(log.input);
		zwp_text_input_v3_set_surrounding_text(log.input, text, INT32_MIN, INT32_MAX);
		zwp_text_input_v3_set_content_type(log.input, UINT32_MAX, UINT32_MAX);
		zwp_text_input_v3_set_cursor_rectangle(
			log.input, INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX);
		zwp_text_input_v3_commit(log.input);
		if (i % 3 == 0)
			zwp_text_input_v3_disable(log.input);
		fixture_pump(rig->fixture);
	}
	check_no_error(rig->attacker);
	free(text);
	client_window_destroy(window);
	text_log_end(&log);
}

// A method has the field of the neighbour, which gets only what events can carry.
TEST_F(hostile_rig, method_sends_what_no_event_can_carry)
{
	struct text_log log;
	text_log_begin(&log, rig->neighbour);
	text_log_enable(&log);
	text_log_take(&log);
	struct zwp_input_method_v2 *method = method_create(rig->attacker);
	fixture_pump(rig->fixture);
	char *text = malloc(4081);
	memset(text, 'x', 4080);
	text[4080] = '\0';
	zwp_input_method_v2_commit_string(method, text);
	zwp_input_method_v2_set_preedit_string(method, "y", INT32_MAX, INT32_MIN);
	zwp_input_method_v2_delete_surrounding_text(method, UINT32_MAX, UINT32_MAX);
	zwp_input_method_v2_commit(method, 1);
	check_no_error(rig->attacker);
	check_no_error(rig->neighbour);
	check_str(
		text_log_take(&log), "preedit y -1,-1 / delete 4294967295,4294967295 / done 1 / ");
	free(text);
	zwp_input_method_v2_destroy(method);
	text_log_end(&log);
}

enum { METHOD, GRAB, POPUP, SURFACE, FIELD, OBJECTS };

struct objects {
	struct hostile_rig *rig;
};

static void destroy_in_order(const int *order, int n, void *data)
{
	struct hostile_rig *rig = ((struct objects *)data)->rig;
	struct text_log log;
	text_log_begin(&log, rig->neighbour);
	text_log_enable(&log);
	struct client *client = rig->attacker;
	struct zwp_input_method_v2 *method = method_create(client);
	struct zwp_input_method_keyboard_grab_v2 *grab = zwp_input_method_v2_grab_keyboard(method);
	struct wl_surface *surface = wl_compositor_create_surface(client->compositor);
	struct zwp_input_popup_surface_v2 *popup =
		zwp_input_method_v2_get_input_popup_surface(method, surface);
	struct wl_buffer *buffer = client_buffer(client, 20, 20, 0xff00ff00);
	wl_surface_attach(surface, buffer, 0, 0);
	wl_surface_commit(surface);
	check_no_error(client);
	fixture_key(rig->fixture, KEY_A, true);
	for (int i = 0; i < n; i++) {
		switch (order[i]) {
		case METHOD:
			zwp_input_method_v2_destroy(method);
			break;
		case GRAB:
			zwp_input_method_keyboard_grab_v2_destroy(grab);
			break;
		case POPUP:
			zwp_input_popup_surface_v2_destroy(popup);
			break;
		case SURFACE:
			wl_surface_destroy(surface);
			break;
		case FIELD:
			text_log_end(&log);
			break;
		}
		check_no_error(client);
	}
	fixture_key(rig->fixture, KEY_A, false);
	wl_buffer_destroy(buffer);
	check_no_error(rig->neighbour);
}

TEST_F(hostile_rig, destroyed_in_every_order)
{
	struct objects objects = {rig};
	for_each_permutation(OBJECTS, destroy_in_order, &objects);
}

// With everything in place and a key that it has not answered.
TEST_F(hostile_rig, method_disconnects)
{
	struct text_log log;
	text_log_begin(&log, rig->neighbour);
	text_log_enable(&log);
	for (int i = 0; i < 20; i++) {
		struct zwp_input_method_v2 *method = method_create(rig->attacker);
		struct zwp_input_method_keyboard_grab_v2 *grab =
			zwp_input_method_v2_grab_keyboard(method);
		check_no_error(rig->attacker);
		fixture_key(rig->fixture, KEY_A, true);
		zwp_input_method_keyboard_grab_v2_destroy(grab);
		zwp_input_method_v2_destroy(method);
		hostile_rig_connect(rig);
		check(!rig->fixture->server->text->method);
		fixture_key(rig->fixture, KEY_A, false);
	}
	text_log_end(&log);
}
