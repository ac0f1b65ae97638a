// SPDX-License-Identifier: MIT
// What the keeper holds of a selection when its owner has ended, and what it leaves alone.
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/config/config.h"
#include "compositor/seat/seat.h"
#include "tests/harness/owner.h"
#include "tests/harness/test.h"
#include "tests/proto/selection_rig.h"
#include "ext-data-control-v1-client-protocol.h"

#define MIB ((size_t)1 << 20)

static const struct owner_type text[] = {{.mime = "text/plain", .text = "kept"}};

struct keeper_rig {
	struct fixture *fixture;
	struct seat *seat;
	struct owner *owner; // NULL: ended
};

static void keeper_rig_init(struct keeper_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->seat = rig->fixture->server->seat;
}

static void keeper_rig_finish(struct keeper_rig *rig)
{
	owner_destroy(rig->owner);
	fixture_destroy(rig->fixture);
}

static void end_owner(struct keeper_rig *rig)
{
	owner_destroy(rig->owner);
	rig->owner = NULL;
	fixture_pump(rig->fixture);
}

// Sets the clipboard by a new owner that answers everything.
static struct ext_data_control_source_v1 *set_types(
	struct keeper_rig *rig, const struct owner_type *types, size_t n)
{
	fixture_advance(rig->fixture, NSEC_PER_SEC); // beyond the limit of the rate
	rig->owner = owner_create(rig->fixture, types, n);
	struct ext_data_control_source_v1 *source = owner_set(rig->owner, false);
	owner_write(rig->owner, SIZE_MAX);
	return source;
}

static void check_types(struct keeper_rig *rig, const char *types)
{
	const struct data_source *source = rig->seat->clipboard.source;
	char got[256] = "";
	for (size_t i = 0; source && i < source->n_mimes; i++)
		strcat(strcat(got, source->mimes[i]), " ");
	check_str(got, types);
}

static const struct end_row {
	bool primary, destroys_source;
} end_rows[] = {{false, false}, {false, true}, {true, false}, {true, true}};

TEST_FP(keeper_rig, pasted_after_its_owner_ended, struct end_row, end_rows)
{
	const struct selection *selection =
		param->primary ? &rig->seat->primary : &rig->seat->clipboard;
	rig->owner = owner_create(rig->fixture, text, 1);
	struct ext_data_control_source_v1 *source = owner_set(rig->owner, param->primary);
	owner_write(rig->owner, SIZE_MAX);
	const struct data_source *before = selection->source;
	if (param->destroys_source) {
		owner_destroy_source(rig->owner, source);
	} else {
		destroy_proxy(source);
		end_owner(rig);
	}
	check(selection->source && selection->source != before);
	for (int i = 0; i < 2; i++)
		check_str(selection_read(rig->fixture, selection, "text/plain", NULL), "kept");
	check_str(selection_read(rig->fixture, selection, "text/html", NULL), "");
	check(!rig->seat->primary.source || !rig->seat->clipboard.source);
}

// wl_data_device and primary_selection, with a client that pastes.
TEST_F(selection_rig, clients_paste_what_another_one_left)
{
	struct selection_peer *one = rig->one, *two = rig->two;
	selection_peer_copy(one, "text/plain");
	struct zwp_primary_selection_source_v1 *primary = selection_peer_create_primary(one);
	zwp_primary_selection_source_v1_offer(primary, "text/plain");
	zwp_primary_selection_device_v1_set_selection(one->primary_device, primary, one->serial);
	fixture_pump(rig->fixture);
	selection_peer_focus(two);
	int offers = two->offers, primaries = two->primaries;
	destroy_proxy(primary);
	selection_peer_destroy(one);
	rig->one = NULL;
	fixture_pump(rig->fixture);
	// One new offer each: the selections were never seen empty.
	check_eq(two->offers, offers + 1);
	check_eq(two->primaries, primaries + 1);
	selection_peer_check_paste(two, "text/plain", "first");
	int ends[2];
	make_pipe(ends);
	zwp_primary_selection_offer_v1_receive(two->primary, "text/plain", ends[1]);
	wl_display_flush(two->client->display);
	check_pipe(rig->fixture, ends, "first");
	check_no_error(two->client);
}

TEST_F(keeper_rig, cleared_on_purpose_stays_empty)
{
	struct ext_data_control_source_v1 *source = set_types(rig, text, 1);
	owner_clear(rig->owner, false);
	check(!rig->seat->clipboard.source);
	destroy_proxy(source);
	end_owner(rig);
	check(!rig->seat->clipboard.source);
	// Also what was kept already.
	source = set_types(rig, text, 1);
	owner_destroy_source(rig->owner, source);
	check_types(rig, "text/plain ");
	owner_clear(rig->owner, false);
	check(!rig->seat->clipboard.source);
}

TEST_F(keeper_rig, next_owner_wins)
{
	static const struct owner_type other[] = {{.mime = "text/html", .text = "next"}};
	struct ext_data_control_source_v1 *source = set_types(rig, text, 1), *next;
	struct owner *first = rig->owner;
	next = set_types(rig, other, 1);
	check_eq(first->cancelled, 1);
	destroy_proxy(source);
	owner_destroy(first);
	check_types(rig, "text/html ");
	owner_destroy_source(rig->owner, next);
	check_types(rig, "text/html ");
	next = owner_set(rig->owner, false); // replaces the copy
	check_str(rig->owner->asked, "text/html ");
	// Its data cannot have been read, so nothing remains; least of all the previous one's.
	owner_destroy_source(rig->owner, next);
	check(!rig->seat->clipboard.source);
}

static const struct hint_row {
	struct owner_type hint;
	const char *kept;
} hint_rows[] = {
	{{"x-kde-passwordManagerHint", .text = "secret"}, ""},
	{{"x-kde-passwordManagerHint", .text = "secret\n"}, ""},
	{{"x-kde-passwordManagerHint", .answer = OWNER_SILENT}, ""},
	{{"x-kde-passwordManagerHint", .answer = OWNER_ENDLESS}, ""},
	{{"x-kde-passwordManagerHint", .text = "public"}, "x-kde-passwordManagerHint text/plain "},
};

TEST_FP(keeper_rig, password_is_not_even_read, struct hint_row, hint_rows)
{
	const struct owner_type types[] = {text[0], param->hint};
	struct ext_data_control_source_v1 *source = set_types(rig, types, array_length(types));
	fixture_advance(rig->fixture, 100 * NSEC_PER_SEC);
	check_str(rig->owner->asked, *param->kept ? param->kept : "x-kde-passwordManagerHint ");
	owner_destroy_source(rig->owner, source);
	check_types(rig, param->kept);
}

// The defaults: 32 MiB, half of it for one type.
static const struct size_row {
	struct owner_type types[4];
	const char *kept;
} size_rows[] = {
	{{{"a/a", .size = 1}, {"text/plain", .size = 16 << 20}, {"a/b", .size = (16 << 20) + 1},
		 {"a/c", .size = 100000}},
		"text/plain a/a a/c "},
	{{{"a/a", .size = 15 << 20}, {"a/b", .size = 15 << 20}, {"a/c", .size = 3 << 20},
		 {"text/plain", .size = 2 << 20}},
		"text/plain a/a a/b "},
	{{{"a/a", .answer = OWNER_ENDLESS}, {"text/plain", .size = 0}, {"a/b", .size = 3},
		 {"a/c", .answer = OWNER_ENDLESS}},
		"text/plain a/b "},
};

TEST_FP(keeper_rig, what_is_too_large_is_left_out, struct size_row, size_rows)
{
	struct ext_data_control_source_v1 *source = set_types(rig, param->types, 4);
	check_eq(rig->owner->n_asked, 4);
	check_eq(rig->owner->n_pipes, 0);
	check(rig->owner->written <= 52 * MIB);
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	owner_destroy_source(rig->owner, source);
	check_types(rig, param->kept);
	for (size_t i = 0; i < 4; i++) {
		const struct owner_type *type = &param->types[i];
		size_t size;
		selection_read(rig->fixture, &rig->seat->clipboard, type->mime, &size);
		check_eq(size, strstr(param->kept, type->mime) ? type->size : 0);
	}
}

TEST_F(keeper_rig, silent_owner_is_asked_once)
{
	static const struct owner_type types[] = {{"text/plain", .text = "kept"},
		{"a/a", .answer = OWNER_SILENT}, {"a/b", .size = 3}};
	struct ext_data_control_source_v1 *source = set_types(rig, types, 3);
	check_str(rig->owner->asked, "text/plain a/a ");
	// Nothing but the one timer waits for it.
	uint64_t next_ns = clock_next_ns(rig->fixture->server->clock);
	check_eq(next_ns, clock_now_ns(rig->fixture->server->clock) + 10 * NSEC_PER_SEC);
	fixture_advance(rig->fixture, 100 * NSEC_PER_SEC);
	check_eq(rig->owner->n_asked, 2);
	check(write(rig->owner->pipes[0].fd, "x", 1) < 0); // its reader has gone away
	owner_destroy_source(rig->owner, source);
	check_types(rig, "text/plain ");
}

TEST_F(keeper_rig, slow_owner_has_a_minute)
{
	static const struct owner_type types[] = {
		{"text/plain", .text = "kept"}, {"a/a", .answer = OWNER_ENDLESS}};
	struct ext_data_control_source_v1 *source = set_types(rig, types, 1);
	owner_destroy_source(rig->owner, source);
	rig->owner->n_types = 2;
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	source = owner_set(rig->owner, false);
	owner_write(rig->owner, 4);
	int seconds = 0;
	while (!rig->owner->pipes[0].refused && seconds++ < 100) {
		fixture_advance(rig->fixture, NSEC_PER_SEC);
		if (rig->owner->n_pipes)
			owner_write(rig->owner, 1);
		if (!rig->owner->n_pipes)
			break;
	}
	check(seconds > 50 && seconds < 65);
	owner_destroy_source(rig->owner, source);
	check_types(rig, "text/plain ");
}

static const struct cut_row {
	size_t size, written;
	uint64_t then_ms; // until the end
	const char *kept;
} cut_rows[] = {
	{200000, 150000, 0, "text/plain "},
	{200000, 150000, 5000, "text/plain "},
	// A process that is killed in the middle closes the pipe first, then the connection.
	{200000, 200000, 0, "text/plain "},
	{200000, 200000, 60, "text/plain a/a "},
	{60000, 60000, 0, "text/plain a/a "},
	{0, 0, 0, "text/plain "},
	{0, 0, 60, "text/plain a/a "},
};

TEST_FP(keeper_rig, owner_dies_half_way, struct cut_row, cut_rows)
{
	const struct owner_type types[] = {
		{"text/plain", .text = "kept"}, {"a/a", .size = param->size}};
	rig->owner = owner_create(rig->fixture, types, 2);
	struct ext_data_control_source_v1 *source = owner_set(rig->owner, false);
	owner_write(rig->owner, 4);
	owner_write(rig->owner, param->written ? param->written : 1);
	fixture_advance(rig->fixture, param->then_ms * NSEC_PER_MSEC);
	destroy_proxy(source);
	end_owner(rig);
	check_types(rig, param->kept);
}

TEST_F(keeper_rig, owner_that_dies_before_it_is_asked)
{
	rig->owner = owner_create(rig->fixture, text, 1);
	destroy_proxy(owner_set(rig->owner, false));
	end_owner(rig);
	check(!rig->seat->clipboard.source);
}

TEST_F(keeper_rig, useless_types_are_not_read)
{
	static const struct owner_type types[] = {{"DELETE", .size = 1}, {"TIMESTAMP", .size = 1},
		{"SAVE_TARGETS", .size = 1}, {"application/vnd.portal.filetransfer", .size = 1},
		{"image/bmp", .size = 1}, {"image/tiff", .size = 1}, {"image/png", .text = "png"},
		{"image/svg+xml", .text = "svg"}, {"text/html", .text = "html"},
		{"text/plain;charset=utf-8", .text = "text"}, {"UTF8_STRING", .text = "text"}};
	struct ext_data_control_source_v1 *source = set_types(rig, types, array_length(types));
	check_str(rig->owner->asked,
		"text/plain;charset=utf-8 UTF8_STRING image/png image/svg+xml text/html ");
	owner_destroy_source(rig->owner, source);
}

TEST_F(keeper_rig, picture_without_png)
{
	static const struct owner_type types[] = {{"image/bmp", .text = "bmp"}};
	struct ext_data_control_source_v1 *source = set_types(rig, types, 1);
	owner_destroy_source(rig->owner, source);
	check_types(rig, "image/bmp ");
}

// A selection that follows the pointer is read at most ten times a second.
TEST_F(keeper_rig, changes_in_a_row_are_read_seldom)
{
	rig->owner = owner_create(rig->fixture, text, 1);
	struct ext_data_control_source_v1 *sources[200];
	for (size_t i = 0; i < array_length(sources); i++) {
		sources[i] = owner_set(rig->owner, true);
		owner_write(rig->owner, SIZE_MAX);
		fixture_advance(rig->fixture, 5 * NSEC_PER_MSEC);
	}
	check(rig->owner->n_asked >= 2 && rig->owner->n_asked <= 11);
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	owner_write(rig->owner, SIZE_MAX);
	for (size_t i = 0; i < array_length(sources); i++)
		ext_data_control_source_v1_destroy(sources[i]);
	fixture_pump(rig->fixture);
	check_str(selection_read(rig->fixture, &rig->seat->primary, "text/plain", NULL), "kept");
}

TEST_F(keeper_rig, memory_is_given_back)
{
	static const struct owner_type types[] = {{"a/a", .size = 12 << 20}};
	if (TEST_ASAN)
		test_skip("an allocator without statistics");
	size_t before = mallinfo2().hblkhd;
	struct ext_data_control_source_v1 *source = set_types(rig, types, 1);
	fixture_advance(rig->fixture, NSEC_PER_SEC);
	owner_destroy_source(rig->owner, source);
	size_t held = mallinfo2().hblkhd - before;
	check(held >= 12 * MIB && held < 13 * MIB);
	owner_clear(rig->owner, false);
	check_eq(mallinfo2().hblkhd, before);
}

static const struct off_row {
	bool keep, keep_primary, none;
} off_rows[] = {{false, true, false}, {true, false, false}, {true, true, true}};

TEST_P(switched_off, struct off_row, off_rows)
{
	struct config *config = config_create_default();
	config->clipboard.keep = param->keep;
	config->clipboard.keep_primary = param->keep_primary;
	struct fixture *fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.builtin_cursor = true,
		.config = config,
		.no_keeper = param->none, // as oriel run
	});
	const struct seat *seat = fixture->server->seat;
	struct owner *owner = owner_create(fixture, text, 1);
	struct ext_data_control_source_v1 *sources[] = {
		owner_set(owner, false), owner_set(owner, true)};
	owner_write(owner, SIZE_MAX);
	int wanted = param->none ? 0 : param->keep + param->keep_primary;
	check_eq(owner->n_asked, wanted);
	destroy_proxy(sources[0]);
	destroy_proxy(sources[1]);
	owner_destroy(owner);
	check_eq(seat->clipboard.source != NULL, param->keep && !param->none);
	check_eq(seat->primary.source != NULL, param->keep_primary && !param->none);
	fixture_destroy(fixture);
}
