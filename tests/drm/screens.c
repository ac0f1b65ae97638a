// SPDX-License-Identifier: MIT
// Monitors that come, go and change, several at once, and sessions that are taken away.
#include <errno.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "tests/drm/stage.h"
#include "tests/harness/test.h"

TEST(monitors_come_and_go)
{
	struct card *card = card_create(3);
	card->monitors[1].connected = card->monitors[2].connected = false;
	struct stage stage;
	check(stage_begin(&stage, card));
	check_eq(stage.added, 1);
	check(stage_shows(&stage, 0));
	card->monitors[1].connected = true;
	stage_hotplug(&stage);
	check_eq(stage.added, 2);
	check(stage_shows(&stage, 1));
	card->monitors[0].connected = false;
	stage_present(&stage, 0); // its flip is on its way
	stage_hotplug(&stage);
	check_eq(stage.removed, 1);
	check(!card_mode(card, 0));
	check(stage_shows(&stage, 1));
	card->monitors[0].connected = true;
	stage_hotplug(&stage);
	check(stage_shows(&stage, 0));
	check(stage_shows(&stage, 1));
	stage_end(&stage);
	check_eq(stage.closed, 0);
}

TEST(one_more_monitor_than_the_card_can_show)
{
	struct card *card = card_create(3);
	card->crtcs = 2;
	struct stage stage;
	check(stage_begin(&stage, card));
	check_eq(stage.added, 3);
	int dark = 0, lit = 0;
	for (int i = 0; i < 3; i++) {
		bool enabled = stage.screens[i].screen->enabled;
		dark += !enabled;
		lit += enabled && stage_shows(&stage, i);
	}
	check_eq(dark, 1);
	check_eq(lit, 2);
	stage_end(&stage);
}

TEST(a_window_of_the_host_is_followed)
{
	struct card *card = card_create(1);
	card->virtual = true;
	struct stage stage;
	check(stage_begin(&stage, card));
	check(stage_shows(&stage, 0));
	for (int i = 0; i < 20; i++) {
		card->monitors[0].modes[0] = card_mode_of(800 + i * 8, 600 + i * 4, true);
		stage_present(&stage, 0);
		stage_hotplug(&stage);
		check_eq(stage.screens[0].changed, i + 1);
		check_eq(stage.screens[0].screen->mode.width, 800 + i * 8);
		check(stage_shows(&stage, 0));
	}
	// Not what its user chose.
	check(stage_configure(&stage, 0, true, 1024, 768));
	card->monitors[0].modes[0] = card_mode_of(500, 400, true);
	stage_hotplug(&stage);
	check_eq(stage.screens[0].screen->mode.width, 1024);
	check(stage_shows(&stage, 0));
	stage_end(&stage);
}

TEST(modes_that_are_not_in_the_list)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	check(stage_configure(&stage, 0, true, 1111, 777));
	check(stage_shows(&stage, 0));
	check_eq(card_mode(stage.card, 0)->hdisplay, 1111);
	check(!stage_configure(&stage, 0, true, 100000, 777));
	check(stage_configure(&stage, 0, true, 640, 480));
	check(stage_shows(&stage, 0));
	stage_end(&stage);
}

TEST(all_screens_are_set_at_once)
{
	struct card *card = card_create(2);
	struct stage stage;
	check(stage_begin(&stage, card));
	int modesets = card->modesets;
	check(stage_present(&stage, 0));
	check_eq(card->modesets, modesets + 1);
	check(card_mode(card, 0) && card_mode(card, 1)); // the other one is black
	check(stage_shows(&stage, 1));
	check(stage_shows(&stage, 0));
	check_eq(card->modesets, modesets + 1);
	check_eq(stage.screens[1].presented > 0, 1);
	stage_end(&stage);
}

// Both get another mode: one by one the card could not.
TEST(what_one_gives_up_the_other_may_take)
{
	struct card *card = card_create(2);
	card->max_pixels = 1280 * 800 + 640 * 480;
	struct stage stage;
	card->monitors[1].modes[0] = card_mode_of(640, 480, true);
	card->monitors[1].modes[2] = card_mode_of(1280, 800, false);
	check(stage_begin(&stage, card));
	check(stage_shows(&stage, 0) && stage_shows(&stage, 1));
	const struct screen_config configs[] = {
		{stage.screens[0].screen, true, {.width = 640, .height = 480}},
		{stage.screens[1].screen, true, {.width = 1280, .height = 800}},
	};
	check(!stage_configure(&stage, 1, true, 1280, 800));
	check_eq(stage.screens[1].screen->mode.width, 640);
	check(stage.backend->impl->configure(stage.backend, configs, 2, true));
	check_eq(stage.screens[1].screen->mode.width, 640);
	check(stage.backend->impl->configure(stage.backend, configs, 2, false));
	check(stage_shows(&stage, 1));
	check(stage_shows(&stage, 0));
	check_eq(card_mode(card, 1)->hdisplay, 1280);
	check_eq(card->refused, 1); // of what was tried first
	stage_end(&stage);
}

TEST(a_mode_that_does_not_work_after_all)
{
	struct card *card = card_create(1);
	card->max_pixels = 700 * 500;
	struct stage stage;
	check(stage_begin(&stage, card));
	check(!stage_present(&stage, 0));
	stage_pump(&stage);
	check_eq(stage.screens[0].changed, 1);
	check_eq(stage.screens[0].screen->mode.width, 640);
	check(stage_shows(&stage, 0));
	// Nothing that was refused is asked for again.
	int refused = card->refused;
	check(stage_shows(&stage, 0));
	check_eq(card->refused, refused);
	stage_end(&stage);
}

TEST(another_session_has_the_card)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(2)));
	struct card *card = stage.card;
	check(stage_shows(&stage, 0) && stage_shows(&stage, 1));
	for (int i = 0; i < 20; i++) {
		stage_present(&stage, 0);
		stage_set_active(&stage, false);
		stage_present(&stage, 1); // taken, and answered once the card is back
		// The other session leaves something behind.
		int commits = card->calls[CARD_COMMIT];
		stage_wait(&stage, 10000);
		check_eq(card->calls[CARD_COMMIT], commits);
		card->crtc[1].properties[0].value = 0;
		if (i % 3 == 0)
			card->monitors[1].connected = !card->monitors[1].connected;
		stage_set_active(&stage, true);
		stage_wait(&stage, 100);
		check(!stage.screens[0].waits && !stage.screens[1].waits);
		check(stage_shows(&stage, 0));
		check_eq(stage.screens[1].screen != NULL, card->monitors[1].connected);
		if (stage.screens[1].screen)
			check(stage_shows(&stage, 1));
	}
	check_eq(stage.active, 20);
	stage_end(&stage);
}

// The session goes while the kernel knows and we do not yet.
TEST(a_session_that_goes_in_the_middle)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	struct card *card = stage.card;
	check(stage_shows(&stage, 0));
	card->fail[CARD_COMMIT].first = card->calls[CARD_COMMIT];
	card->fail[CARD_COMMIT].count = 1000;
	card->fail[CARD_COMMIT].error = EACCES;
	check(stage_present(&stage, 0));
	stage_set_active(&stage, false);
	card->fail[CARD_COMMIT].count = 0;
	stage_wait(&stage, 5000);
	check(stage.screens[0].waits);
	stage_set_active(&stage, true);
	check(!stage.screens[0].waits);
	check(stage_shows(&stage, 0));
	stage_end(&stage);
}
