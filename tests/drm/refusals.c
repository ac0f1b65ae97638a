// SPDX-License-Identifier: MIT
// A card that does not do what it is asked for: at every step, for every reason, once or for long;
// and one that lacks what others have.
#include <errno.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "tests/drm/stage.h"
#include "tests/harness/test.h"

// A day in the life of a screen. Returns false where the back end does not even start.
static bool live(struct stage *stage, struct card *card)
{
	struct buffer *image = buffer_create_memfd(24, 24, DRM_FORMAT_ARGB8888);
	card->virtual = true;
	if (!stage_begin(stage, card)) {
		buffer_drop(image);
		return false;
	}
	const struct backend_impl *impl = stage->backend->impl;
	for (int i = 0; i < 6; i++) {
		stage_present(stage, 0);
		stage_present(stage, 1);
		struct frame frame = {.set = i % 2 ? FRAME_CURSOR_POSITION : FRAME_CURSOR_IMAGE,
			.fence = -1,
			.cursor = {image, {0, 0, 24, 24}, {i, i, 24, 24}}};
		impl->present(stage->screens[0].screen, &frame, false);
		stage_wait(stage, 20);
	}
	card->monitors[0].modes[0] = card_mode_of(800, 600, true);
	stage_hotplug(stage);
	stage_present(stage, 0);
	stage_wait(stage, 20);
	stage_configure(stage, 1, false, 1024, 768);
	stage_present(stage, 0);
	stage_wait(stage, 20);
	stage_configure(stage, 1, true, 1024, 768);
	stage_present(stage, 1);
	stage_wait(stage, 20);
	stage_set_active(stage, false);
	stage_set_active(stage, true);
	stage_present(stage, 0);
	stage_present(stage, 1);
	stage_wait(stage, 20);
	impl->set_power(stage->screens[0].screen, false);
	impl->set_power(stage->screens[0].screen, true);
	card->monitors[1].connected = false;
	stage_hotplug(stage);
	card->monitors[1].connected = true;
	stage_hotplug(stage);
	stage_present(stage, 1);
	stage_wait(stage, 20);
	buffer_drop(image);
	return true;
}

static const struct refusal_row {
	enum card_call call;
	int error, count;
} refusal_rows[] = {
	{CARD_COMMIT, EINVAL, 1},
	{CARD_COMMIT, EBUSY, 1},
	{CARD_COMMIT, EBUSY, 7},
	{CARD_COMMIT, ENOMEM, 1},
	{CARD_COMMIT, ENOSPC, 2},
	{CARD_COMMIT, EACCES, 1},
	{CARD_COMMIT, EINVAL, 3},
	{CARD_TEST, EINVAL, 1},
	{CARD_CURSOR, EINVAL, 1},
	{CARD_CURSOR, ENXIO, 10},
	{CARD_ADD_FB, EINVAL, 1},
	{CARD_DUMB, ENOMEM, 1},
	{CARD_DUMB, ENOMEM, 4},
	{CARD_BLOB, ENOMEM, 1},
};

// Whichever call it is that fails: afterwards the screens show frames again.
TEST_P(every_step_refused, struct refusal_row, refusal_rows)
{
	struct stage stage;
	check(live(&stage, card_create(2)));
	int calls = stage.card->calls[param->call];
	check(stage_shows(&stage, 0) && stage_shows(&stage, 1));
	stage_end(&stage);
	for (int i = 0; i < calls; i++) {
		struct card *card = card_create(2);
		card->fail[param->call].first = i;
		card->fail[param->call].count = param->count;
		card->fail[param->call].error = param->error;
		check(live(&stage, card));
		card->fail[param->call].count = 0;
		// A session that is lost is given back in the end.
		stage_set_active(&stage, false);
		stage_set_active(&stage, true);
		for (int j = 0; j < 2; j++) {
			struct screen *screen = stage.screens[j].screen;
			if (screen && !screen->enabled)
				check(stage_configure(&stage, j, true, 1024, 768));
			if (!screen || !stage_shows(&stage, j))
				test_fail(__FILE__, __LINE__, "screen %d after call %d of %d", j, i,
					calls);
		}
		stage_end(&stage);
	}
}

static const int storm_lengths[] = {1, 2, 3, 10, 30};

// The core does not have to come again: the frame that was kept is shown in the end.
TEST_P(a_busy_card_shows_the_frame_later, int, storm_lengths)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	struct card *card = stage.card;
	check(stage_shows(&stage, 0));
	card->fail[CARD_COMMIT].first = card->calls[CARD_COMMIT];
	card->fail[CARD_COMMIT].count = *param;
	card->fail[CARD_COMMIT].error = EBUSY;
	check(stage_present(&stage, 0));
	const struct buffer *buffer = stage.screens[0].buffers[(stage.screens[0].next + 2) % 3];
	stage_wait(&stage, *param * 300 + 100);
	const struct drm_connector *connector =
		wl_container_of(stage.screens[0].screen, connector, base);
	check(!stage.screens[0].waits);
	check(connector->shown == buffer);
	check_eq(card->refused, *param); // and was not asked more often than that
	// A mode that is to be set does not get lost either.
	card->fail[CARD_COMMIT].first = card->calls[CARD_COMMIT];
	check(stage_configure(&stage, 0, true, 640, 480));
	check(stage_present(&stage, 0));
	stage_wait(&stage, *param * 300 + 100);
	check(!stage.screens[0].waits);
	check_eq(card_mode(card, 0)->hdisplay, 640);
	stage_end(&stage);
}

TEST(a_busy_card_is_not_asked_without_end)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	struct card *card = stage.card;
	check(stage_shows(&stage, 0));
	card->fail[CARD_COMMIT].count = 1000000;
	card->fail[CARD_COMMIT].error = EBUSY;
	check(stage_present(&stage, 0));
	int calls = card->calls[CARD_COMMIT];
	stage_wait(&stage, 60000);
	check(card->calls[CARD_COMMIT] - calls < 300);
	stage_end(&stage);
}

TEST(flips_that_do_not_end)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	struct card *card = stage.card;
	check(stage_shows(&stage, 0));
	card->silent = true;
	check(stage_present(&stage, 0));
	stage_wait(&stage, 2900);
	check(stage.screens[0].waits);
	stage_wait(&stage, 200);
	check(!stage.screens[0].waits);
	check_eq(stage.screens[0].last.flags, 0);
	// All is set anew with the next one, whose event is lost as well.
	check(stage_present(&stage, 0));
	check(card->last_flags & DRM_MODE_ATOMIC_ALLOW_MODESET);
	stage_wait(&stage, 3100);
	check(!stage.screens[0].waits);
	card->silent = false;
	check(stage_shows(&stage, 0));
	check_eq(stage.screens[0].last.flags, 1 | 2 | 4);
	stage_end(&stage);
}

// Both are there when we wake up: the event and the end of our patience.
TEST(an_event_that_is_read_late)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	check(stage_shows(&stage, 0));
	check(stage_present(&stage, 0));
	stage.card->now_ns = clock_now_ns(stage.clock);
	card_vblank(stage.card);
	clock_advance_to(stage.clock, clock_now_ns(stage.clock) + 4 * NSEC_PER_SEC);
	check(!stage.screens[0].waits);
	check(stage_present(&stage, 0));
	check_eq(stage.card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
	stage_wait(&stage, 20);
	check(!stage.screens[0].waits);
	stage_end(&stage);
}

// There is none to wait for where a frame was changed in place, whatever time it is.
TEST(a_frame_without_an_event_is_not_missed)
{
	struct card *card = card_create(1);
	card->driver = "virtio_gpu";
	struct stage stage;
	check(stage_begin(&stage, card));
	check(stage_shows(&stage, 0));
	struct stage_screen *screen = &stage.screens[0];
	struct frame frame = stage_frame(&stage, 0);
	frame.primary.buffer = screen->buffers[(screen->next + 1) % 3]; // which is shown
	region damage;
	pixman_region32_init_rect(&damage, 10, 10, 20, 20);
	frame.damage = &damage;
	int commits = card->calls[CARD_COMMIT];
	check(stage.backend->impl->present(screen->screen, &frame, false));
	check_eq(card->dirty, 1);
	screen->waits = true;
	clock_advance_to(stage.clock, clock_now_ns(stage.clock) + 10 * NSEC_PER_SEC);
	stage_wait(&stage, 1);
	check(!screen->waits);
	check(stage.backend->impl->present(screen->screen, &frame, false));
	check_eq(card->dirty, 2);
	check_eq(card->calls[CARD_COMMIT], commits);
	pixman_region32_fini(&damage);
	stage_end(&stage);
}

// A fence that does not signal holds the flip; and what comes after it.
TEST(a_flip_that_ends_late)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	struct card *card = stage.card;
	check(stage_shows(&stage, 0));
	card->silent = true;
	check(stage_present(&stage, 0));
	stage_wait(&stage, 3100); // given up
	int presented = stage.screens[0].presented;
	card->silent = false;
	stage_wait(&stage, 20); // the event, for which nobody waits any more
	check_eq(stage.screens[0].presented, presented);
	check(stage_shows(&stage, 0));
	stage_end(&stage);
}

static const char *const optional[] = {"VRR_ENABLED", "GAMMA_LUT", "GAMMA_LUT_SIZE", "CTM",
	"DEGAMMA_LUT", "IN_FORMATS", "IN_FENCE_FD", "FB_DAMAGE_CLIPS", "rotation", "alpha", "EDID",
	"hotplug_mode_update", "vrr_capable", "link-status", "non-desktop", "suggested X",
	"suggested Y"};

TEST_P(what_a_card_may_lack, char *const, optional)
{
	struct card *card = card_create(2);
	card->lacking = *param;
	struct stage stage;
	check(live(&stage, card));
	check(stage_shows(&stage, 0) && stage_shows(&stage, 1));
	struct frame frame = stage_frame(&stage, 0);
	frame.fence = card->fd; // any file
	check(stage.backend->impl->present(stage.screens[0].screen, &frame, false));
	stage.screens[0].waits = true;
	stage_wait(&stage, 40);
	check(!stage.screens[0].waits);
	check_eq(card->refused, 0);
	stage_end(&stage);
}

static const char *const required[] = {"ACTIVE", "MODE_ID", "type", "FB_ID", "CRTC_ID", "SRC_X",
	"SRC_Y", "SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H"};

// Without those there is no picture, but no end of the world either.
TEST_P(what_a_card_must_have, char *const, required)
{
	struct card *card = card_create(2);
	card->lacking = *param;
	struct stage stage;
	if (!stage_begin(&stage, card))
		return;
	stage_present(&stage, 0);
	stage_wait(&stage, 5000);
	stage_hotplug(&stage);
	stage_set_active(&stage, false);
	stage_set_active(&stage, true);
	check(!stage.screens[0].waits);
	stage_end(&stage);
}

static const struct missing_row {
	bool no_atomic, no_resources, no_planes, no_cursors, no_encoders, taken;
	int crtcs;
	bool starts;
} missing_rows[] = {
	{.no_atomic = true, .crtcs = 1},
	{.taken = true, .crtcs = 1},
	{.no_resources = true, .crtcs = 1},
	{.no_planes = true, .crtcs = 1},
	{.no_cursors = true, .crtcs = 1, .starts = true},
	{.no_encoders = true, .crtcs = 1, .starts = true},
	{.crtcs = 0},
};

TEST_P(cards_without, struct missing_row, missing_rows)
{
	struct card *card = card_create(1);
	card->no_atomic = param->no_atomic;
	card->taken = param->taken;
	card->no_resources = param->no_resources;
	card->no_planes = param->no_planes;
	card->no_encoders = param->no_encoders;
	card->cursors = !param->no_cursors;
	card->crtcs = param->crtcs;
	struct stage stage;
	check_eq(stage_begin(&stage, card), param->starts);
	if (!param->starts)
		return;
	check_eq(stage_shows(&stage, 0), !param->no_encoders);
	check_eq(stage.screens[0].screen->cursor_width,
		param->no_cursors || param->no_encoders ? 0 : 64);
	stage_end(&stage);
}

// Of a hub that is pulled out: the kernel does not know its connectors any more, or while we look.
TEST(connectors_that_vanish)
{
	struct card *card = card_create(3);
	struct stage stage;
	check(stage_begin(&stage, card));
	for (int i = 0; i < 3; i++)
		check(stage_shows(&stage, i));
	check(stage_present(&stage, 2));
	card->connector[2].gone = true;
	for (int i = 0; i < CARD_PROPERTIES; i++)
		card->connector[2].properties[i].value = 0;
	stage_hotplug(&stage);
	check(!stage.screens[2].screen);
	check(stage_shows(&stage, 0) && stage_shows(&stage, 1));
	card->connectors = 2;
	stage_hotplug(&stage);
	check(stage_shows(&stage, 0) && stage_shows(&stage, 1));
	card->connectors = 3;
	card->connector[2].gone = false;
	stage_hotplug(&stage);
	check(stage_shows(&stage, 2));
	card->no_resources = true;
	stage_hotplug(&stage);
	check(stage_shows(&stage, 0));
	stage_end(&stage);
}

// Planes do not vanish, says the kernel; a frame is refused then, and nothing worse happens.
TEST(planes_that_vanish)
{
	struct card *card = card_create(2);
	struct stage stage;
	check(stage_begin(&stage, card));
	check(stage_shows(&stage, 0) && stage_shows(&stage, 1));
	card->primary[0].gone = true;
	stage_present(&stage, 0);
	stage_wait(&stage, 5000);
	check(!stage.screens[0].waits);
	check(stage_shows(&stage, 1));
	card->primary[0].gone = false;
	check(stage_shows(&stage, 0));
	stage_end(&stage);
}
