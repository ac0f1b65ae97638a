// SPDX-License-Identifier: MIT
// The built-in composer: dead keys, Compose sequences and hexadecimal input for active text fields,
// and plain keys for all others. The compose table is the test's own.
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/seat/seat.h"
#include "compositor/text/text.h"
#include "tests/harness/client.h"
#include "tests/harness/seat_log.h"
#include "tests/harness/test.h"
#include "tests/harness/text_log.h"

// On the layout us(intl), the apostrophe is dead_acute; Compose is the menu key.
#define INTL "[keyboard]\nlayout = us\nvariant = intl\noptions = compose:menu\n"

static const char table[] = "<dead_acute> <e> : \"é\" eacute\n"
			    "<dead_acute> <space> : \"'\" apostrophe\n"
			    "<Multi_key> <s> <s> : \"ß\" ssharp\n"
			    "<Multi_key> <minus> <greater> : \"→\" rightarrow\n"
			    "<Multi_key> <l> : \"long text\"\n";

struct composer_rig {
	struct fixture *fixture;
	struct client *client;
	struct client_window *window;
	struct seat_log seat;
	struct text_log text;
};

static void rig_init_config(struct composer_rig *rig, const char *config)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/XCompose", test_dir());
	FILE *file = fopen(path, "we");
	check(file && fputs(table, file) >= 0 && fclose(file) == 0);
	setenv("XCOMPOSEFILE", path, 1);
	*rig = (struct composer_rig){.fixture = fixture_create_config(config)};
	rig->client = client_create(rig->fixture);
	rig->window = client_window_create(rig->client, 200, 100, 0xff808080);
	seat_log_begin(&rig->seat, rig->client);
	text_log_begin(&rig->text, rig->client);
	text_log_enable(&rig->text);
	text_log_take(&rig->text);
	seat_log_take(&rig->seat);
}

static void composer_rig_init(struct composer_rig *rig)
{
	rig_init_config(rig, INTL);
}

static void composer_rig_finish(struct composer_rig *rig)
{
	check_no_error(rig->client);
	text_log_end(&rig->text);
	seat_log_end(&rig->seat);
	client_window_destroy(rig->window);
	fixture_destroy(rig->fixture);
}

static void type(struct composer_rig *rig, uint32_t code)
{
	fixture_key(rig->fixture, code, true);
	fixture_key(rig->fixture, code, false);
}

static void type_shifted(struct composer_rig *rig, uint32_t code)
{
	fixture_key(rig->fixture, KEY_LEFTSHIFT, true);
	type(rig, code);
	fixture_key(rig->fixture, KEY_LEFTSHIFT, false);
}

TEST_F(composer_rig, dead_key_and_letter)
{
	type(rig, KEY_APOSTROPHE);
	check_str(text_log_take(&rig->text), "preedit ´ 2,2 / done 1 / ");
	type(rig, KEY_E);
	check_str(text_log_take(&rig->text), "commit é / done 1 / ");
	check_str(seat_log_take(&rig->seat), ""); // neither presses nor releases
	type(rig, KEY_E);
	check_str(text_log_take(&rig->text), "");
	check_str(seat_log_take(&rig->seat), "key 18 down / key 18 up / ");
}

TEST_F(composer_rig, compose_sequence)
{
	type(rig, KEY_COMPOSE);
	check_str(text_log_take(&rig->text), "preedit · 2,2 / done 1 / ");
	type(rig, KEY_S);
	check_str(text_log_take(&rig->text), "preedit s 1,1 / done 1 / ");
	type(rig, KEY_S);
	check_str(text_log_take(&rig->text), "commit ß / done 1 / ");
	check_str(seat_log_take(&rig->seat), "");
}

// Modifiers go to the client, so that its state is right when the sequence has ended.
TEST_F(composer_rig, modifiers_within_a_sequence)
{
	type(rig, KEY_COMPOSE);
	type(rig, KEY_MINUS);
	text_log_take(&rig->text);
	type_shifted(rig, KEY_DOT);
	check_str(text_log_take(&rig->text), "commit → / done 1 / ");
	check_str(seat_log_take(&rig->seat),
		"key 42 down / mods 1,0,0,0 / key 42 up / mods 0,0,0,0 / ");
}

TEST_F(composer_rig, unknown_sequence_is_dropped)
{
	type(rig, KEY_APOSTROPHE);
	text_log_take(&rig->text);
	type(rig, KEY_X);
	check_str(text_log_take(&rig->text), "done 1 / ");
	check_str(seat_log_take(&rig->seat), "");
}

TEST_F(composer_rig, escape_and_backspace)
{
	type(rig, KEY_COMPOSE);
	type(rig, KEY_S);
	text_log_take(&rig->text);
	type(rig, KEY_BACKSPACE);
	check_str(text_log_take(&rig->text), "preedit · 2,2 / done 1 / ");
	type(rig, KEY_L);
	check_str(text_log_take(&rig->text), "commit long text / done 1 / ");
	type(rig, KEY_APOSTROPHE);
	type(rig, KEY_BACKSPACE);
	check_str(text_log_take(&rig->text), "preedit ´ 2,2 / done 1 / done 1 / ");
	type(rig, KEY_APOSTROPHE);
	type(rig, KEY_ESC);
	check_str(text_log_take(&rig->text), "preedit ´ 2,2 / done 1 / done 1 / ");
	check_str(seat_log_take(&rig->seat), "");
	type(rig, KEY_BACKSPACE);
	check_str(seat_log_take(&rig->seat), "key 14 down / key 14 up / ");
}

TEST_F(composer_rig, shortcut_ends_the_sequence)
{
	type(rig, KEY_APOSTROPHE);
	text_log_take(&rig->text);
	fixture_key(rig->fixture, KEY_LEFTCTRL, true);
	type(rig, KEY_E);
	fixture_key(rig->fixture, KEY_LEFTCTRL, false);
	check_str(text_log_take(&rig->text), "done 1 / ");
	check_str(seat_log_take(&rig->seat),
		"key 29 down / mods 4,0,0,0 / key 18 down / key 18 up / key 29 up / "
		"mods 0,0,0,0 / ");
}

TEST_F(composer_rig, focus_change_ends_the_sequence)
{
	fixture_key(rig->fixture, KEY_APOSTROPHE, true);
	struct client_window *window = client_window_create(rig->client, 50, 50, 0xff0000ff);
	fixture_key(rig->fixture, KEY_APOSTROPHE, false);
	check_str(text_log_take(&rig->text), "preedit ´ 2,2 / done 1 / leave / enter / ");
	seat_log_take(&rig->seat); // enter names no key
	text_log_enable(&rig->text);
	type(rig, KEY_E);
	check_str(text_log_take(&rig->text), "");
	check_str(seat_log_take(&rig->seat), "key 18 down / key 18 up / ");
	client_window_destroy(window);
}

TEST_F(composer_rig, another_field_ends_the_sequence)
{
	type(rig, KEY_APOSTROPHE);
	text_log_take(&rig->text);
	text_log_enable(&rig->text);
	type(rig, KEY_E);
	check_str(text_log_take(&rig->text), "");
	check_str(seat_log_take(&rig->seat), "key 18 down / key 18 up / ");
}

// Programs without text input compose by themselves.
TEST_F(composer_rig, plain_keys_without_a_field)
{
	zwp_text_input_v3_disable(rig->text.input);
	zwp_text_input_v3_commit(rig->text.input);
	fixture_pump(rig->fixture);
	type(rig, KEY_APOSTROPHE);
	type(rig, KEY_E);
	check_str(text_log_take(&rig->text), "");
	check_str(
		seat_log_take(&rig->seat), "key 40 down / key 40 up / key 18 down / key 18 up / ");
}

TEST_F(composer_rig, passwords_are_not_shown)
{
	zwp_text_input_v3_set_content_type(rig->text.input, ZWP_TEXT_INPUT_V3_CONTENT_HINT_NONE,
		ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_PASSWORD);
	zwp_text_input_v3_commit(rig->text.input);
	fixture_pump(rig->fixture);
	type(rig, KEY_APOSTROPHE);
	check_str(text_log_take(&rig->text), "");
	type(rig, KEY_E);
	check_str(text_log_take(&rig->text), "commit é / done 2 / ");
}

TEST_F(composer_rig, inserted_text_replaces_the_sequence)
{
	type(rig, KEY_APOSTROPHE);
	text_log_take(&rig->text);
	text_insert(rig->fixture->server->text, "😀");
	check_str(text_log_take(&rig->text), "done 1 / commit 😀 / done 1 / ");
	type(rig, KEY_E);
	check_str(seat_log_take(&rig->seat), "key 18 down / key 18 up / ");
}

// Hexadecimal input

static void hold_chord(struct composer_rig *rig, bool down)
{
	fixture_key(rig->fixture, KEY_LEFTCTRL, down);
	fixture_key(rig->fixture, KEY_LEFTSHIFT, down);
}

TEST_F(composer_rig, code_point_ended_by_space)
{
	hold_chord(rig, true);
	type(rig, KEY_U);
	hold_chord(rig, false);
	check_str(text_log_take(&rig->text), "preedit u 1,1 / done 1 / ");
	seat_log_take(&rig->seat);
	type(rig, KEY_2);
	type(rig, KEY_Z); // no digit
	type(rig, KEY_1);
	type(rig, KEY_BACKSPACE);
	type(rig, KEY_1);
	type(rig, KEY_9);
	text_log_take(&rig->text);
	type_shifted(rig, KEY_C); // upper case
	type(rig, KEY_BACKSPACE);
	type(rig, KEY_2);
	check_str(text_log_take(&rig->text),
		"preedit u219C 5,5 / done 1 / preedit u219 4,4 / done 1 / preedit u2192 5,5 / "
		"done 1 / ");
	type(rig, KEY_SPACE);
	check_str(text_log_take(&rig->text), "commit → / done 1 / ");
	check(!strstr(seat_log_take(&rig->seat), "key 3 "));
}

TEST_F(composer_rig, code_point_ended_by_release)
{
	hold_chord(rig, true);
	type(rig, KEY_U);
	type(rig, KEY_1); // "!" with Shift
	type(rig, KEY_F);
	type(rig, KEY_6);
	type(rig, KEY_0);
	type(rig, KEY_0);
	text_log_take(&rig->text);
	fixture_key(rig->fixture, KEY_LEFTSHIFT, false);
	check_str(text_log_take(&rig->text), "commit 😀 / done 1 / ");
	fixture_key(rig->fixture, KEY_LEFTCTRL, false);
}

static const struct digits {
	uint32_t codes[6];
} no_characters[] = {
	{{KEY_0}},
	{{KEY_1, KEY_B}},
	{{KEY_D, KEY_8, KEY_0, KEY_0}},
	{{KEY_F, KEY_F, KEY_F, KEY_F, KEY_F, KEY_F}},
};

TEST_FP(composer_rig, no_characters_are_dropped, struct digits, no_characters)
{
	hold_chord(rig, true);
	type(rig, KEY_U);
	hold_chord(rig, false);
	for (size_t i = 0; i < 6 && param->codes[i]; i++)
		type(rig, param->codes[i]);
	text_log_take(&rig->text);
	type(rig, KEY_ENTER);
	check_str(text_log_take(&rig->text), "done 1 / ");
}

TEST(both_can_be_switched_off)
{
	struct composer_rig rig;
	rig_init_config(&rig, INTL "compose = no\nunicode-input = no\n");
	type(&rig, KEY_APOSTROPHE);
	hold_chord(&rig, true);
	type(&rig, KEY_U);
	hold_chord(&rig, false);
	check_str(text_log_take(&rig.text), "");
	check(strstr(seat_log_take(&rig.seat), "key 40 down / key 40 up / "));
	composer_rig_finish(&rig);
}
