// SPDX-License-Identifier: MIT
// zwp_text_input_v3: focus, double-buffered state, serials, and text that clients send wrongly.
#include <stdlib.h>
#include <string.h>
#include "compositor/seat/seat.h"
#include "compositor/text/text.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "tests/harness/text_log.h"

struct text_rig {
	struct fixture *fixture;
	struct text *text;
	struct client *client;
	struct client_window *window; // has the focus
	struct text_log log;
};

static void text_rig_init(struct text_rig *rig)
{
	*rig = (struct text_rig){.fixture = fixture_create(NULL)};
	rig->text = rig->fixture->server->text;
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	text_log_begin(&rig->log, rig->client);
}

static void text_rig_finish(struct text_rig *rig)
{
	check_no_error(rig->client);
	text_log_end(&rig->log);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void commit(struct text_rig *rig)
{
	zwp_text_input_v3_commit(rig->log.input);
	check_no_error(rig->client);
}

static const struct text_field *field(struct text_rig *rig)
{
	check(rig->text->active);
	return &rig->text->active->field;
}

static void insert(struct text_rig *rig, const char *text)
{
	text_edit(rig->text, &(struct text_edit){.commit = text});
}

TEST_F(text_rig, follows_the_keyboard_focus)
{
	check_str(text_log_take(&rig->log), "enter / ");
	check_eq(rig->log.surface, rig->window->surface);
	struct client *other = client_create(rig->fixture);
	struct text_log other_log;
	text_log_begin(&other_log, other);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	check_str(text_log_take(&rig->log), "leave / ");
	check_str(text_log_take(&other_log), "enter / ");
	client_window_destroy(window);
	check_str(text_log_take(&other_log), "leave / ");
	check_str(text_log_take(&rig->log), "enter / ");
	text_log_end(&other_log);
	client_destroy(other);
}

TEST_F(text_rig, all_inputs_of_a_client_get_the_focus)
{
	struct text_log second;
	text_log_begin(&second, rig->client);
	check_str(text_log_take(&second), "enter / ");
	struct client_window *window = client_window_create(rig->client, 50, 50, 0xff0000ff);
	check_str(text_log_take(&second), "leave / enter / ");
	check_str(text_log_take(&rig->log), "enter / leave / enter / ");
	client_window_destroy(window);
	text_log_end(&second);
}

// wl_surface.destroy gives the focus away before it is gone, so leave still names it.
TEST_F(text_rig, leaves_a_surface_that_is_destroyed)
{
	text_log_enable(&rig->log);
	text_log_take(&rig->log);
	xdg_toplevel_destroy(rig->window->toplevel);
	xdg_surface_destroy(rig->window->xdg_surface);
	wl_surface_destroy(rig->window->surface);
	check_str(text_log_take(&rig->log), "leave / ");
	check(!text_is_active(rig->text));
	check_no_error(rig->client);
	wl_buffer_destroy(rig->window->buffer);
	free(rig->window);
	rig->window = client_window_create(rig->client, 100, 100, 0xff808080);
	check_str(text_log_take(&rig->log), "enter / ");
}

TEST_F(text_rig, leaves_while_the_hosts_focus_is_elsewhere)
{
	text_log_enable(&rig->log);
	text_log_take(&rig->log);
	keyboard_set_away(rig->fixture->server->seat, true);
	check_str(text_log_take(&rig->log), "leave / ");
	keyboard_set_away(rig->fixture->server->seat, false);
	check_str(text_log_take(&rig->log), "enter / ");
	check(!text_is_active(rig->text));
}

TEST_F(text_rig, state_waits_for_commit)
{
	zwp_text_input_v3_enable(rig->log.input);
	zwp_text_input_v3_set_surrounding_text(rig->log.input, "one two", 3, 7);
	zwp_text_input_v3_set_text_change_cause(
		rig->log.input, ZWP_TEXT_INPUT_V3_CHANGE_CAUSE_OTHER);
	zwp_text_input_v3_set_content_type(rig->log.input, ZWP_TEXT_INPUT_V3_CONTENT_HINT_MULTILINE,
		ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_EMAIL);
	zwp_text_input_v3_set_cursor_rectangle(rig->log.input, 4, 5, 1, 20);
	check_no_error(rig->client);
	check(!text_is_active(rig->text));
	commit(rig);
	check_str(field(rig)->surrounding, "one two");
	check_eq(field(rig)->cursor, 3);
	check_eq(field(rig)->anchor, 7);
	check(field(rig)->by_other);
	check_eq(field(rig)->hint, ZWP_TEXT_INPUT_V3_CONTENT_HINT_MULTILINE);
	check_eq(field(rig)->purpose, ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_EMAIL);
	check(field(rig)->has_rectangle);
	check_eq(field(rig)->rectangle.y, 5);
	check_eq(field(rig)->rectangle.height, 20);
	commit(rig); // the cause is that of one commit, the rest stays
	check_str(field(rig)->surrounding, "one two");
	check(!field(rig)->by_other);
	check(field(rig)->has_rectangle);
}

TEST_F(text_rig, enable_resets_the_rest)
{
	zwp_text_input_v3_enable(rig->log.input);
	zwp_text_input_v3_set_surrounding_text(rig->log.input, "old", 3, 3);
	zwp_text_input_v3_set_cursor_rectangle(rig->log.input, 4, 5, 1, 20);
	commit(rig);
	zwp_text_input_v3_set_surrounding_text(rig->log.input, "dropped", 0, 0);
	zwp_text_input_v3_enable(rig->log.input);
	check_no_error(rig->client);
	check_str(field(rig)->surrounding, "old");
	commit(rig);
	check_str(field(rig)->surrounding, NULL);
	check(!field(rig)->has_rectangle);
}

TEST_F(text_rig, disable_ends_it)
{
	text_log_enable(&rig->log);
	check(text_is_active(rig->text));
	zwp_text_input_v3_disable(rig->log.input);
	check_no_error(rig->client);
	check(text_is_active(rig->text));
	commit(rig);
	check(!text_is_active(rig->text));
	text_log_take(&rig->log);
	insert(rig, "nobody gets this");
	check_str(text_log_take(&rig->log), "");
}

TEST_F(text_rig, newest_of_several_is_active)
{
	struct text_log second;
	text_log_begin(&second, rig->client);
	text_log_enable(&rig->log);
	text_log_enable(&second);
	text_log_take(&rig->log);
	text_log_take(&second);
	insert(rig, "a");
	check_str(text_log_take(&second), "commit a / done 1 / ");
	check_str(text_log_take(&rig->log), "");
	// The older one was replaced: that it is disabled now has no effect.
	zwp_text_input_v3_disable(rig->log.input);
	commit(rig);
	insert(rig, "b");
	check_str(text_log_take(&second), "commit b / done 1 / ");
	text_log_end(&second);
	fixture_pump(rig->fixture);
	check(!text_is_active(rig->text));
}

TEST_F(text_rig, requests_without_focus_are_ignored)
{
	struct client *other = client_create(rig->fixture);
	struct client_window *window = client_window_create(other, 100, 100, 0xff0000ff);
	zwp_text_input_v3_enable(rig->log.input);
	zwp_text_input_v3_set_surrounding_text(rig->log.input, "late", 0, 0);
	commit(rig);
	check(!text_is_active(rig->text));
	client_window_destroy(window);
	client_destroy(other);
	commit(rig); // what was pending is not applied now either
	check(!text_is_active(rig->text));
	text_log_enable(&rig->log);
	check_str(field(rig)->surrounding, NULL);
}

TEST_F(text_rig, done_counts_commits_of_that_object)
{
	text_log_enable(&rig->log);
	text_log_take(&rig->log);
	text_edit(rig->text,
		&(struct text_edit){.preedit = "x", .cursor_begin = -1, .cursor_end = -1});
	check_str(text_log_take(&rig->log), "preedit x -1,-1 / done 1 / ");
	commit(rig);
	commit(rig);
	text_edit(rig->text, &(struct text_edit){0});
	check_str(text_log_take(&rig->log), "done 3 / ");
	struct client_window *window = client_window_create(rig->client, 50, 50, 0xff0000ff);
	commit(rig); // counts, although nothing is enabled
	text_log_enable(&rig->log);
	text_log_take(&rig->log);
	text_edit(rig->text,
		&(struct text_edit){.delete_before = 2, .delete_after = 1, .commit = "é"});
	check_str(text_log_take(&rig->log), "delete 2,1 / commit é / done 5 / ");
	client_window_destroy(window);
}

static const struct surrounding {
	const char *text;
	int cursor, anchor; // as sent
	const char *kept;
	int kept_cursor, kept_anchor;
} surroundings[] = {
	{"", 0, 0, "", 0, 0},
	{"abc", -5, 90, "abc", 0, 3},
	{"aéb", 2, 3, "aéb", 1, 3}, // inside of é
	{"a\xff", 1, 1, NULL, 0, 0},
};

TEST_FP(text_rig, surrounding_text_is_checked, struct surrounding, surroundings)
{
	zwp_text_input_v3_enable(rig->log.input);
	zwp_text_input_v3_set_surrounding_text(
		rig->log.input, param->text, param->cursor, param->anchor);
	commit(rig);
	check_str(field(rig)->surrounding, param->kept);
	check_eq(field(rig)->cursor, param->kept_cursor);
	check_eq(field(rig)->anchor, param->kept_anchor);
}

TEST(long_text_is_cut_around_the_cursor)
{
	struct text_field field = {0};
	char *text = malloc(9001);
	for (size_t i = 0; i < 9000; i += 3)
		memcpy(text + i, "€", 3);
	text[9000] = '\0';
	static const int cursors[] = {0, 1, 1500, 4501, 8999, 9000};
	for (size_t i = 0; i < sizeof(cursors) / sizeof(*cursors); i++) {
		text_field_set_surrounding(&field, text, cursors[i], 9000);
		size_t length = strlen(field.surrounding);
		check(length <= FIELD_TEXT_MAX && length > FIELD_TEXT_MAX - 6);
		check_eq(length % 3, 0);
		check_eq(field.cursor % 3, 0);
		check_eq(field.anchor % 3, 0);
		check(field.cursor >= 0 && (size_t)field.cursor <= length);
		check(strncmp(field.surrounding, "€", 3) == 0);
	}
	text_field_reset(&field);
	free(text);
}

static void set_actions(struct text_rig *rig, const uint32_t *actions, size_t count)
{
	struct wl_array array;
	wl_array_init(&array);
	for (size_t i = 0; i < count; i++)
		*(uint32_t *)wl_array_add(&array, sizeof(uint32_t)) = actions[i];
	zwp_text_input_v3_set_available_actions(rig->log.input, &array);
	wl_array_release(&array);
}

TEST_F(text_rig, actions_and_panels_are_accepted)
{
	const uint32_t submit = ZWP_TEXT_INPUT_V3_ACTION_SUBMIT;
	set_actions(rig, &submit, 1);
	set_actions(rig, NULL, 0);
	zwp_text_input_v3_show_input_panel(rig->log.input);
	zwp_text_input_v3_hide_input_panel(rig->log.input);
	text_log_enable(&rig->log);
	check_str(text_log_take(&rig->log), "enter / ");
}

static const struct actions {
	uint32_t action[2];
	size_t count;
} wrong_actions[] = {
	{{ZWP_TEXT_INPUT_V3_ACTION_NONE}, 1},
	{{7}, 1},
	{{ZWP_TEXT_INPUT_V3_ACTION_SUBMIT, ZWP_TEXT_INPUT_V3_ACTION_SUBMIT}, 2},
};

TEST_P(wrong_actions_are_errors, struct actions, wrong_actions)
{
	struct text_rig rig;
	text_rig_init(&rig);
	set_actions(&rig, param->action, param->count);
	check_client_error(rig.client, "zwp_text_input_v3", ZWP_TEXT_INPUT_V3_ERROR_INVALID_ACTION);
	text_log_end(&rig.log);
	client_window_destroy(rig.window);
	fixture_destroy(rig.fixture);
}

TEST_F(text_rig, destroyed_input_is_no_longer_active)
{
	text_log_enable(&rig->log);
	zwp_text_input_v3_destroy(rig->log.input);
	fixture_pump(rig->fixture);
	check(!text_is_active(rig->text));
	rig->log.input =
		zwp_text_input_manager_v3_get_text_input(rig->log.manager, rig->client->seat);
}

TEST_F(text_rig, version_1_gets_no_newer_events)
{
	struct zwp_text_input_manager_v3 *manager =
		client_bind(rig->client, &zwp_text_input_manager_v3_interface, 1);
	struct zwp_text_input_v3 *input =
		zwp_text_input_manager_v3_get_text_input(manager, rig->client->seat);
	zwp_text_input_v3_enable(input);
	zwp_text_input_v3_commit(input);
	fixture_pump(rig->fixture);
	insert(rig, "x");
	check_no_error(rig->client);
	zwp_text_input_v3_destroy(input);
	zwp_text_input_manager_v3_destroy(manager);
}
