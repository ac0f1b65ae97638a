// SPDX-License-Identifier: MIT
// A card that refuses requests: at every step, for every reason, once or many times; and cards that
// lack features.
#include <errno.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "tests/drm/kms_fixture.h"
#include "tests/harness/test.h"

// Presents, hot-plugs, configures, switches sessions and powers off. False: the back end does not
// start.
static bool run_session(struct kms_fixture *kms, struct fake_card *card)
{
	struct buffer *image = buffer_create_memfd(24, 24, DRM_FORMAT_ARGB8888);
	card->virtual = true;
	if (!kms_begin(kms, card)) {
		buffer_drop(image);
		return false;
	}
	const struct backend_impl *impl = kms->backend->impl;
	for (int i = 0; i < 6; i++) {
		kms_present(kms, 0);
		kms_present(kms, 1);
		struct frame frame = {.set = i % 2 ? FRAME_CURSOR_POSITION : FRAME_CURSOR_IMAGE,
			.fence = -1,
			.cursor = {image, {0, 0, 24, 24}, {i, i, 24, 24}}};
		impl->present(kms->screens[0].screen, &frame, false);
		kms_advance(kms, 20);
	}
	card->monitors[0].modes[0] = fake_mode(800, 600, true);
	kms_hotplug(kms);
	kms_present(kms, 0);
	kms_advance(kms, 20);
	kms_configure(kms, 1, false, 1024, 768);
	kms_present(kms, 0);
	kms_advance(kms, 20);
	kms_configure(kms, 1, true, 1024, 768);
	kms_present(kms, 1);
	kms_advance(kms, 20);
	kms_set_active(kms, false);
	kms_set_active(kms, true);
	kms_present(kms, 0);
	kms_present(kms, 1);
	kms_advance(kms, 20);
	impl->set_power(kms->screens[0].screen, false);
	impl->set_power(kms->screens[0].screen, true);
	card->monitors[1].connected = false;
	kms_hotplug(kms);
	card->monitors[1].connected = true;
	kms_hotplug(kms);
	kms_present(kms, 1);
	kms_advance(kms, 20);
	buffer_drop(image);
	return true;
}

static const struct refusal_row {
	enum fake_call call;
	int error, count;
} refusal_rows[] = {
	{FAKE_COMMIT, EINVAL, 1},
	{FAKE_COMMIT, EBUSY, 1},
	{FAKE_COMMIT, EBUSY, 7},
	{FAKE_COMMIT, ENOMEM, 1},
	{FAKE_COMMIT, ENOSPC, 2},
	{FAKE_COMMIT, EACCES, 1},
	{FAKE_COMMIT, EINVAL, 3},
	{FAKE_TEST, EINVAL, 1},
	{FAKE_CURSOR, EINVAL, 1},
	{FAKE_CURSOR, ENXIO, 10},
	{FAKE_ADD_FB, EINVAL, 1},
	{FAKE_DUMB, ENOMEM, 1},
	{FAKE_DUMB, ENOMEM, 4},
	{FAKE_BLOB, ENOMEM, 1},
};

// After any failing call, the screens show frames again.
TEST_P(every_step_refused, struct refusal_row, refusal_rows)
{
	struct kms_fixture kms;
	check(run_session(&kms, fake_card_create(2)));
	int calls = kms.card->calls[param->call];
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	kms_end(&kms);
	for (int i = 0; i < calls; i++) {
		struct fake_card *card = fake_card_create(2);
		card->fail[param->call].first = i;
		card->fail[param->call].count = param->count;
		card->fail[param->call].error = param->error;
		check(run_session(&kms, card));
		card->fail[param->call].count = 0;
		// A session that was revoked becomes active again.
		kms_set_active(&kms, false);
		kms_set_active(&kms, true);
		for (int j = 0; j < 2; j++) {
			struct screen *screen = kms.screens[j].screen;
			if (screen && !screen->enabled)
				check(kms_configure(&kms, j, true, 1024, 768));
			if (!screen || !kms_shows(&kms, j))
				test_fail(__FILE__, __LINE__, "screen %d after call %d of %d", j, i,
					calls);
		}
		kms_end(&kms);
	}
}

static struct drm_connector *connector_of(struct kms_fixture *kms, int index)
{
	struct drm_connector *connector =
		wl_container_of(kms->screens[index].screen, connector, base);
	return connector;
}

// Two connectors' states before a request that is refused.
struct snapshot {
	struct drm_connector_state pending[2], current[2];
	struct mode mode[2];
	bool enabled[2];
};

static void snapshot_take(struct snapshot *snapshot, struct kms_fixture *kms)
{
	memset(snapshot, 0, sizeof(*snapshot));
	for (int i = 0; i < 2; i++) {
		const struct drm_connector *connector = connector_of(kms, i);
		memcpy(&snapshot->pending[i], &connector->pending, sizeof(connector->pending));
		memcpy(&snapshot->current[i], &connector->current, sizeof(connector->current));
		snapshot->mode[i] = connector->base.mode;
		snapshot->enabled[i] = connector->base.enabled;
	}
}

static void snapshot_check(const struct snapshot *before, struct kms_fixture *kms)
{
	for (int i = 0; i < 2; i++) {
		const struct drm_connector *connector = connector_of(kms, i);
		const struct drm_connector_state *pending = &connector->pending;
		check_eq(memcmp(&before->pending[i], pending, sizeof(*pending)), 0);
		check_eq(memcmp(&before->current[i], &connector->current, sizeof(*pending)), 0);
		check_eq(before->mode[i].width, connector->base.mode.width);
		check_eq(before->enabled[i], connector->base.enabled);
		check(!connector->needs_modeset);
	}
}

TEST(a_refused_configuration_changes_no_state)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(2)));
	struct fake_card *card = kms.card;
	const struct backend_impl *impl = kms.backend->impl;
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	struct snapshot before;
	snapshot_take(&before, &kms);
	const struct screen_config configs[] = {
		{kms.screens[0].screen, false, {.width = 1280, .height = 800}},
		{kms.screens[1].screen, true, {.width = 640, .height = 480}},
	};
	const struct screen_config impossible[] = {
		configs[0],
		{kms.screens[1].screen, true, {.width = 100000, .height = 480}},
	};
	// A test, of a state that the kernel would accept.
	check(impl->configure(kms.backend, configs, 2, true));
	snapshot_check(&before, &kms);
	// The first half of this one is possible.
	check(!impl->configure(kms.backend, impossible, 2, false));
	snapshot_check(&before, &kms);
	card->fail[FAKE_TEST].count = 100000;
	card->fail[FAKE_TEST].error = EINVAL;
	check(!impl->configure(kms.backend, configs, 2, false));
	snapshot_check(&before, &kms);
	int commits = card->calls[FAKE_COMMIT];
	check(kms_present(&kms, 0));
	check_eq(card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
	check_eq(card->calls[FAKE_COMMIT], commits + 1);
	kms_end(&kms);
}

TEST(a_refused_property_changes_no_state)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(2)));
	struct fake_card *card = kms.card;
	const struct backend_impl *impl = kms.backend->impl;
	struct screen *screen = kms.screens[0].screen;
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	struct snapshot before;
	snapshot_take(&before, &kms);
	card->fail[FAKE_COMMIT].count = 100000;
	card->fail[FAKE_COMMIT].error = EINVAL;
	check(!impl->set_vrr(screen, true));
	check(!impl->set_power(screen, false));
	snapshot_check(&before, &kms);
	kms_end(&kms);
}

TEST(what_is_shown_is_the_current_state)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(2)));
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	const struct drm_connector *connector = connector_of(&kms, 0);
	check(kms_configure(&kms, 0, true, 640, 480));
	check_eq(connector->pending.mode.hdisplay, 640);
	check_eq(connector->current.mode.hdisplay, 1280);
	check(connector->needs_modeset);
	check(kms_shows(&kms, 0));
	check(connector->current.crtc && connector->current.crtc == connector->pending.crtc);
	check_eq(connector->current.mode.hdisplay, 640);
	check_eq(connector->current.fb, fake_card_shown_fb(kms.card, 0)->id);
	const struct backend_impl *impl = kms.backend->impl;
	check(impl->set_vrr(kms.screens[0].screen, true) && connector->current.vrr);
	check(impl->set_power(kms.screens[0].screen, false) && !connector->current.active);
	check(impl->set_power(kms.screens[0].screen, true) && !connector->current.active);
	check(kms_shows(&kms, 0) && connector->current.active);
	check(kms_configure(&kms, 0, false, 640, 480));
	check(!connector->current.crtc && !connector->pending.crtc);
	kms_end(&kms);
}

static const int storm_lengths[] = {1, 2, 3, 10, 30};

// The frame is queued and shown later, without the core presenting it again.
TEST_P(a_busy_card_shows_the_frame_later, int, storm_lengths)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	struct fake_card *card = kms.card;
	check(kms_shows(&kms, 0));
	card->fail[FAKE_COMMIT].first = card->calls[FAKE_COMMIT];
	card->fail[FAKE_COMMIT].count = *param;
	card->fail[FAKE_COMMIT].error = EBUSY;
	check(kms_present(&kms, 0));
	const struct buffer *buffer = kms.screens[0].buffers[(kms.screens[0].next + 2) % 3];
	kms_advance(&kms, *param * 300 + 100);
	const struct drm_connector *connector =
		wl_container_of(kms.screens[0].screen, connector, base);
	check(!kms.screens[0].frame_pending);
	check(connector->flip.shown == buffer);
	check_eq(card->refused, *param); // and not tried more often than that
	// A pending modeset is not lost either.
	card->fail[FAKE_COMMIT].first = card->calls[FAKE_COMMIT];
	check(kms_configure(&kms, 0, true, 640, 480));
	check(kms_present(&kms, 0));
	kms_advance(&kms, *param * 300 + 100);
	check(!kms.screens[0].frame_pending);
	check_eq(fake_card_mode(card, 0)->hdisplay, 640);
	kms_end(&kms);
}

TEST(a_busy_card_is_not_asked_without_end)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	struct fake_card *card = kms.card;
	check(kms_shows(&kms, 0));
	card->fail[FAKE_COMMIT].count = 1000000;
	card->fail[FAKE_COMMIT].error = EBUSY;
	check(kms_present(&kms, 0));
	int calls = card->calls[FAKE_COMMIT];
	kms_advance(&kms, 60000);
	check(card->calls[FAKE_COMMIT] - calls < 300);
	kms_end(&kms);
}

TEST(flips_that_do_not_end)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	struct fake_card *card = kms.card;
	check(kms_shows(&kms, 0));
	card->no_events = true;
	check(kms_present(&kms, 0));
	kms_advance(&kms, 2900);
	check(kms.screens[0].frame_pending);
	kms_advance(&kms, 200);
	check(!kms.screens[0].frame_pending);
	check_eq(kms.screens[0].last.flags, 0);
	// The next frame includes a modeset; its event is lost as well.
	check(kms_present(&kms, 0));
	check(card->last_flags & DRM_MODE_ATOMIC_ALLOW_MODESET);
	kms_advance(&kms, 3100);
	check(!kms.screens[0].frame_pending);
	card->no_events = false;
	check(kms_shows(&kms, 0));
	check_eq(kms.screens[0].last.flags, 1 | 2 | 4);
	kms_end(&kms);
}

// When the process runs again, the event is readable and the watchdog has expired.
TEST(an_event_that_is_read_late)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	check(kms_shows(&kms, 0));
	check(kms_present(&kms, 0));
	kms.card->now_ns = clock_now_ns(kms.clock);
	fake_card_vblank(kms.card);
	clock_advance_to(kms.clock, clock_now_ns(kms.clock) + 4 * NSEC_PER_SEC);
	check(!kms.screens[0].frame_pending);
	check(kms_present(&kms, 0));
	check_eq(kms.card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
	kms_advance(&kms, 20);
	check(!kms.screens[0].frame_pending);
	kms_end(&kms);
}

// A frame that was updated in place has no event, and the watchdog does not expect one.
TEST(a_frame_without_an_event_is_not_missed)
{
	struct fake_card *card = fake_card_create(1);
	card->driver = "virtio_gpu";
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	check(kms_shows(&kms, 0));
	struct kms_screen *screen = &kms.screens[0];
	struct frame frame = kms_frame(&kms, 0);
	frame.primary.buffer = screen->buffers[(screen->next + 1) % 3]; // which is shown
	region damage;
	pixman_region32_init_rect(&damage, 10, 10, 20, 20);
	frame.damage = &damage;
	int commits = card->calls[FAKE_COMMIT];
	check(kms.backend->impl->present(screen->screen, &frame, false));
	check_eq(card->dirty, 1);
	screen->frame_pending = true;
	clock_advance_to(kms.clock, clock_now_ns(kms.clock) + 10 * NSEC_PER_SEC);
	kms_advance(&kms, 1);
	check(!screen->frame_pending);
	check(kms.backend->impl->present(screen->screen, &frame, false));
	check_eq(card->dirty, 2);
	check_eq(card->calls[FAKE_COMMIT], commits);
	pixman_region32_fini(&damage);
	kms_end(&kms);
}

// A page flip is delayed, by a fence for instance, until after the watchdog has given up.
TEST(a_flip_that_ends_late)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	struct fake_card *card = kms.card;
	check(kms_shows(&kms, 0));
	card->no_events = true;
	check(kms_present(&kms, 0));
	kms_advance(&kms, 3100); // given up
	int presented = kms.screens[0].presented;
	card->no_events = false;
	kms_advance(&kms, 20); // the late event, which is ignored
	check_eq(kms.screens[0].presented, presented);
	check(kms_shows(&kms, 0));
	kms_end(&kms);
}

static const char *const optional[] = {"VRR_ENABLED", "GAMMA_LUT", "GAMMA_LUT_SIZE", "CTM",
	"DEGAMMA_LUT", "IN_FORMATS", "IN_FENCE_FD", "FB_DAMAGE_CLIPS", "rotation", "alpha", "EDID",
	"hotplug_mode_update", "vrr_capable", "link-status", "non-desktop", "suggested X",
	"suggested Y"};

TEST_P(what_a_card_may_lack, char *const, optional)
{
	struct fake_card *card = fake_card_create(2);
	card->missing_property = *param;
	struct kms_fixture kms;
	check(run_session(&kms, card));
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	struct frame frame = kms_frame(&kms, 0);
	frame.fence = card->fd; // any file
	check(kms.backend->impl->present(kms.screens[0].screen, &frame, false));
	kms.screens[0].frame_pending = true;
	kms_advance(&kms, 40);
	check(!kms.screens[0].frame_pending);
	check_eq(card->refused, 0);
	kms_end(&kms);
}

static const char *const required[] = {"ACTIVE", "MODE_ID", "type", "FB_ID", "CRTC_ID", "SRC_X",
	"SRC_Y", "SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H"};

// Without these nothing can be shown, but the back end keeps running.
TEST_P(what_a_card_must_have, char *const, required)
{
	struct fake_card *card = fake_card_create(2);
	card->missing_property = *param;
	struct kms_fixture kms;
	if (!kms_begin(&kms, card))
		return;
	kms_present(&kms, 0);
	kms_advance(&kms, 5000);
	kms_hotplug(&kms);
	kms_set_active(&kms, false);
	kms_set_active(&kms, true);
	check(!kms.screens[0].frame_pending);
	kms_end(&kms);
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
	struct fake_card *card = fake_card_create(1);
	card->no_atomic = param->no_atomic;
	card->other_master = param->taken;
	card->no_resources = param->no_resources;
	card->no_planes = param->no_planes;
	card->no_encoders = param->no_encoders;
	card->cursors = !param->no_cursors;
	card->crtcs = param->crtcs;
	struct kms_fixture kms;
	check_eq(kms_begin(&kms, card), param->starts);
	if (!param->starts)
		return;
	check_eq(kms_shows(&kms, 0), !param->no_encoders);
	check_eq(kms.screens[0].screen->cursor_width,
		param->no_cursors || param->no_encoders ? 0 : 64);
	kms_end(&kms);
}

// A hub is unplugged: the kernel removes its connectors, before or during a scan.
TEST(connectors_that_vanish)
{
	struct fake_card *card = fake_card_create(3);
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	for (int i = 0; i < 3; i++)
		check(kms_shows(&kms, i));
	check(kms_present(&kms, 2));
	card->connector[2].gone = true;
	for (int i = 0; i < FAKE_PROPERTIES; i++)
		card->connector[2].properties[i].value = 0;
	kms_hotplug(&kms);
	check(!kms.screens[2].screen);
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	card->connectors = 2;
	kms_hotplug(&kms);
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	card->connectors = 3;
	card->connector[2].gone = false;
	kms_hotplug(&kms);
	check(kms_shows(&kms, 2));
	card->no_resources = true;
	kms_hotplug(&kms);
	check(kms_shows(&kms, 0));
	kms_end(&kms);
}

// Planes do not vanish by the rules of the kernel; if they did, frames would be refused, nothing
// worse.
TEST(planes_that_vanish)
{
	struct fake_card *card = fake_card_create(2);
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	check(kms_shows(&kms, 0) && kms_shows(&kms, 1));
	card->primary[0].gone = true;
	kms_present(&kms, 0);
	kms_advance(&kms, 5000);
	check(!kms.screens[0].frame_pending);
	check(kms_shows(&kms, 1));
	card->primary[0].gone = false;
	check(kms_shows(&kms, 0));
	kms_end(&kms);
}
