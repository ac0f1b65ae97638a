// SPDX-License-Identifier: MIT
// Monitors that are plugged in, out and resized, several at once, and sessions that become
// inactive.
#include <errno.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "tests/drm/kms_fixture.h"
#include "tests/harness/test.h"

TEST(monitors_come_and_go)
{
	struct fake_card *card = fake_card_create(3);
	card->monitors[1].connected = card->monitors[2].connected = false;
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	check_eq(kms.added, 1);
	check(kms_shows(&kms, 0));
	card->monitors[1].connected = true;
	kms_hotplug(&kms);
	check_eq(kms.added, 2);
	check(kms_shows(&kms, 1));
	card->monitors[0].connected = false;
	kms_present(&kms, 0); // its page flip is pending
	kms_hotplug(&kms);
	check_eq(kms.removed, 1);
	check(!fake_card_mode(card, 0));
	check(kms_shows(&kms, 1));
	card->monitors[0].connected = true;
	kms_hotplug(&kms);
	check(kms_shows(&kms, 0));
	check(kms_shows(&kms, 1));
	kms_end(&kms);
	check_eq(kms.closed, 0);
}

TEST(one_more_monitor_than_the_card_can_show)
{
	struct fake_card *card = fake_card_create(3);
	card->crtcs = 2;
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	check_eq(kms.added, 3);
	int disabled = 0, shown = 0;
	for (int i = 0; i < 3; i++) {
		bool enabled = kms.screens[i].screen->enabled;
		disabled += !enabled;
		shown += enabled && kms_shows(&kms, i);
	}
	check_eq(disabled, 1);
	check_eq(shown, 2);
	kms_end(&kms);
}

TEST(a_window_of_the_host_is_followed)
{
	struct fake_card *card = fake_card_create(1);
	card->virtual = true;
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	check(kms_shows(&kms, 0));
	for (int i = 0; i < 20; i++) {
		card->monitors[0].modes[0] = fake_mode(800 + i * 8, 600 + i * 4, true);
		kms_present(&kms, 0);
		kms_hotplug(&kms);
		check_eq(kms.screens[0].changed, i + 1);
		check_eq(kms.screens[0].screen->mode.width, 800 + i * 8);
		check(kms_shows(&kms, 0));
	}
	// A mode that the user chose is kept.
	check(kms_configure(&kms, 0, true, 1024, 768));
	card->monitors[0].modes[0] = fake_mode(500, 400, true);
	kms_hotplug(&kms);
	check_eq(kms.screens[0].screen->mode.width, 1024);
	check(kms_shows(&kms, 0));
	kms_end(&kms);
}

TEST(modes_that_are_not_in_the_list)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	check(kms_configure(&kms, 0, true, 1111, 777));
	check(kms_shows(&kms, 0));
	check_eq(fake_card_mode(kms.card, 0)->hdisplay, 1111);
	check(!kms_configure(&kms, 0, true, 100000, 777));
	check(kms_configure(&kms, 0, true, 640, 480));
	check(kms_shows(&kms, 0));
	kms_end(&kms);
}

TEST(all_screens_are_set_at_once)
{
	struct fake_card *card = fake_card_create(2);
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	int modesets = card->modesets;
	check(kms_present(&kms, 0));
	check_eq(card->modesets, modesets + 1);
	check(fake_card_mode(card, 0) && fake_card_mode(card, 1)); // the other screen is black
	check(kms_shows(&kms, 1));
	check(kms_shows(&kms, 0));
	check_eq(card->modesets, modesets + 1);
	check_eq(kms.screens[1].presented > 0, 1);
	kms_end(&kms);
}

// Both modes change; one at a time would exceed the limit of the card.
TEST(what_one_gives_up_the_other_may_take)
{
	struct fake_card *card = fake_card_create(2);
	card->max_pixels = 1280 * 800 + 640 * 480;
	struct kms_fixture kms;
	card->monitors[1].modes[0] = fake_mode(640, 480, true);
	card->monitors[1].modes[2] = fake_mode(1280, 800, false);
	check(kms_begin(&kms, card));
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	const struct screen_config configs[] = {
		{kms.screens[0].screen, true, {.width = 640, .height = 480}},
		{kms.screens[1].screen, true, {.width = 1280, .height = 800}},
	};
	check(!kms_configure(&kms, 1, true, 1280, 800));
	check_eq(kms.screens[1].screen->mode.width, 640);
	check(kms.backend->impl->configure(kms.backend, configs, 2, true));
	check_eq(kms.screens[1].screen->mode.width, 640);
	check(kms.backend->impl->configure(kms.backend, configs, 2, false));
	check(kms_shows(&kms, 1));
	check(kms_shows(&kms, 0));
	check_eq(fake_card_mode(card, 1)->hdisplay, 1280);
	check_eq(card->refused, 1); // the first test
	kms_end(&kms);
}

TEST(a_mode_that_does_not_work_after_all)
{
	struct fake_card *card = fake_card_create(1);
	card->max_pixels = 700 * 500;
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	check(!kms_present(&kms, 0));
	kms_dispatch(&kms);
	check_eq(kms.screens[0].changed, 1);
	check_eq(kms.screens[0].screen->mode.width, 640);
	check(kms_shows(&kms, 0));
	// A refused mode is not tried again.
	int refused = card->refused;
	check(kms_shows(&kms, 0));
	check_eq(card->refused, refused);
	kms_end(&kms);
}

TEST(another_session_has_the_card)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(2)));
	struct fake_card *card = kms.card;
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	for (int i = 0; i < 20; i++) {
		kms_present(&kms, 0);
		kms_set_active(&kms, false);
		kms_present(&kms, 1); // accepted; presented() follows once the session is active
		// The other session changes the state of the card.
		int commits = card->calls[FAKE_COMMIT];
		kms_advance(&kms, 10000);
		check_eq(card->calls[FAKE_COMMIT], commits);
		card->crtc[1].properties[0].value = 0;
		if (i % 3 == 0)
			card->monitors[1].connected = !card->monitors[1].connected;
		kms_set_active(&kms, true);
		kms_advance(&kms, 100);
		check(!kms.screens[0].frame_pending && !kms.screens[1].frame_pending);
		check(kms_shows(&kms, 0));
		check_eq(kms.screens[1].screen != NULL, card->monitors[1].connected);
		if (kms.screens[1].screen)
			check(kms_shows(&kms, 1));
	}
	check_eq(kms.active, 20);
	kms_end(&kms);
}

// The session is revoked in the kernel before we are notified.
TEST(a_session_that_goes_in_the_middle)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	struct fake_card *card = kms.card;
	check(kms_shows(&kms, 0));
	card->fail[FAKE_COMMIT].first = card->calls[FAKE_COMMIT];
	card->fail[FAKE_COMMIT].count = 1000;
	card->fail[FAKE_COMMIT].error = EACCES;
	check(kms_present(&kms, 0));
	kms_set_active(&kms, false);
	card->fail[FAKE_COMMIT].count = 0;
	kms_advance(&kms, 5000);
	check(kms.screens[0].frame_pending);
	kms_set_active(&kms, true);
	check(!kms.screens[0].frame_pending);
	check(kms_shows(&kms, 0));
	kms_end(&kms);
}

// The window of the host is resized only after the first frame.
static const char *const hosts[] = {"virtio_gpu", "qxl", "vmwgfx"};
TEST_P(a_window_of_the_host_gets_the_picture_again, char *const, hosts)
{
	struct fake_card *card = fake_card_create(1);
	card->driver = *param;
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	struct kms_screen *screen = &kms.screens[0];
	check(kms_present(&kms, 0));
	kms_advance(&kms, 100);
	check_eq(screen->exposed, 0);
	kms_advance(&kms, 100);
	check_eq(screen->exposed, 1);
	for (int i = 0; i < 20; i++) { // frames do not repeat that
		check(kms_present(&kms, 0));
		kms_advance(&kms, 20);
	}
	kms_advance(&kms, 2000); // the watchdog of page flips runs out
	check_eq(screen->exposed, 1);
	check_eq(clock_next_ns(kms.clock), CLOCK_NEVER);
	// Another mode, and power.
	check(kms_configure(&kms, 0, true, 1024, 768));
	check(kms_shows(&kms, 0));
	kms_advance(&kms, 200);
	check_eq(screen->exposed, 2);
	check(kms.backend->impl->set_power(screen->screen, false));
	check(kms.backend->impl->set_power(screen->screen, true));
	check(kms_shows(&kms, 0));
	// Powered off before that.
	check(kms.backend->impl->set_power(screen->screen, false));
	kms_advance(&kms, 200);
	check_eq(screen->exposed, 2);
	check(kms.backend->impl->set_power(screen->screen, true));
	check(kms_shows(&kms, 0));
	kms_set_active(&kms, false);
	kms_advance(&kms, 200);
	check_eq(screen->exposed, 2);
	kms_set_active(&kms, true);
	check(kms_shows(&kms, 0));
	kms_advance(&kms, 200);
	check_eq(screen->exposed, 3);
	check(kms_configure(&kms, 0, true, 1280, 800));
	check(kms_shows(&kms, 0));
	check(kms_configure(&kms, 0, false, 1280, 800));
	kms_advance(&kms, 200);
	check_eq(screen->exposed, 3);
	kms_end(&kms);
}

TEST(a_monitor_gets_the_picture_once)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	check(kms_present(&kms, 0));
	kms_advance(&kms, 500);
	check_eq(kms.screens[0].exposed, 0);
	kms_end(&kms);
}
