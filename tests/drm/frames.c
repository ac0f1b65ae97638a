// SPDX-License-Identifier: MIT
// Frames on a card that accepts everything: which requests are sent, and what the core is reported.
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "backends/drm/drm.h"
#include "tests/drm/kms_fixture.h"
#include "tests/harness/test.h"

TEST(the_first_frame_sets_the_mode)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	struct kms_screen *screen = &kms.screens[0];
	check_eq(kms.added, 1);
	check_eq(screen->screen->mode.width, 1280);
	check(screen->screen->custom_modes && !screen->screen->unclocked);
	check(kms_present(&kms, 0));
	check_eq(kms.card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_ALLOW_MODESET);
	check_eq(fake_card_mode(kms.card, 0)->hdisplay, 1280);
	kms_advance(&kms, 20);
	check_eq(screen->presented, 1);
	for (int i = 0; i < 5; i++) {
		check(kms_present(&kms, 0));
		check_eq(kms.card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
		kms_advance(&kms, 20);
	}
	check_eq(screen->presented, 6);
	check_eq(kms.card->flips, 5);
	check_eq(kms.card->refused, 0);
	check_eq(screen->last.flags, 1 | 2 | 4);
	check_eq(screen->last.sequence, 7);
	kms_end(&kms);
}

TEST(nothing_is_waited_for_where_nothing_refreshes)
{
	struct fake_card *card = fake_card_create(1);
	card->vblank = false;
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	check(kms.screens[0].screen->unclocked);
	check(kms_shows(&kms, 0));
	check_eq(kms.screens[0].last.flags, 0);
	kms_end(&kms);
}

TEST(where_the_card_uploads_the_frame_is_changed_in_place)
{
	struct fake_card *card = fake_card_create(1);
	card->driver = "virtio_gpu";
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	check(kms.screens[0].screen->uploads);
	check(kms_shows(&kms, 0));
	struct kms_screen *screen = &kms.screens[0];
	int commits = card->calls[FAKE_COMMIT];
	struct frame frame = kms_frame(&kms, 0);
	frame.primary.buffer = screen->buffers[(screen->next + 1) % 3];
	region damage;
	pixman_region32_init_rect(&damage, 10, 10, 20, 20);
	frame.damage = &damage;
	check(kms.backend->impl->present(screen->screen, &frame, false));
	screen->frame_pending = true;
	kms_advance(&kms, 1);
	check(!screen->frame_pending);
	check_eq(card->dirty, 1);
	check_eq(card->calls[FAKE_COMMIT], commits);
	// If the kernel refuses, it is committed as an ordinary frame.
	card->fail[FAKE_DIRTY].count = 1000;
	card->fail[FAKE_DIRTY].error = ENOSYS;
	check(kms.backend->impl->present(screen->screen, &frame, false));
	screen->frame_pending = true;
	kms_advance(&kms, 40);
	check(!screen->frame_pending);
	check_eq(card->calls[FAKE_COMMIT], commits + 1);
	pixman_region32_fini(&damage);
	kms_end(&kms);
}

// A card without vertical blank and with execution in order: a committed frame counts as presented.
static struct fake_card *ordered_card(void)
{
	struct fake_card *card = fake_card_create(1);
	card->driver = "virtio_gpu";
	card->vblank = false;
	return card;
}

TEST(no_event_is_asked_for_where_it_says_nothing)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, ordered_card()));
	check(kms_shows(&kms, 0));
	struct kms_screen *screen = &kms.screens[0];
	for (int i = 0; i < 3; i++) {
		int presented = screen->presented;
		check(kms_present(&kms, 0));
		check_eq(kms.card->last_flags, DRM_MODE_ATOMIC_NONBLOCK);
		check_eq(screen->presented, presented);
		kms_dispatch(&kms);
		check_eq(screen->presented, presented + 1);
	}
	kms_end(&kms);
}

TEST(frames_are_no_faster_than_what_draws_them)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, ordered_card()));
	check(kms_shows(&kms, 0));
	struct kms_screen *screen = &kms.screens[0];
	int pipes[2];
	check_eq(pipe(pipes), 0);
	struct frame frame = kms_frame(&kms, 0);
	frame.fence = pipes[0];
	check(kms.backend->impl->present(screen->screen, &frame, false));
	screen->frame_pending = true;
	kms_dispatch(&kms);
	check(!screen->frame_pending); // one frame may be ahead
	check(kms_present(&kms, 0));
	kms_dispatch(&kms);
	check(screen->frame_pending);
	check_eq(write(pipes[1], "", 1), 1);
	kms_dispatch(&kms);
	check(!screen->frame_pending);
	close(pipes[0]);
	close(pipes[1]);
	kms_end(&kms);
}

// A host that stops rendering does not block the session for ever.
TEST(frames_that_are_never_drawn)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, ordered_card()));
	check(kms_shows(&kms, 0));
	struct kms_screen *screen = &kms.screens[0];
	int pipes[2];
	check_eq(pipe(pipes), 0);
	struct frame frame = kms_frame(&kms, 0);
	frame.fence = pipes[0];
	check(kms.backend->impl->present(screen->screen, &frame, false));
	screen->frame_pending = true;
	kms_dispatch(&kms);
	check(kms_present(&kms, 0));
	kms_advance(&kms, 2900);
	check(screen->frame_pending);
	kms_advance(&kms, 200);
	check(!screen->frame_pending);
	close(pipes[0]);
	close(pipes[1]);
	kms_end(&kms);
}

TEST(a_clients_buffer_is_kept_until_it_is_off_the_screen)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, ordered_card()));
	check(kms_shows(&kms, 0));
	struct kms_screen *screen = &kms.screens[0];
	struct buffer *buffer = kms_dmabuf(1280, 800, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
	struct frame frame = {.set = FRAME_PRIMARY, .fence = -1};
	frame.primary = (struct plane){buffer, {0, 0, 1280, 800}, {0, 0, 1280, 800}};
	check(kms.backend->impl->present(screen->screen, &frame, true));
	check(kms.backend->impl->present(screen->screen, &frame, false));
	check_eq(kms.card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
	screen->frame_pending = true;
	kms_advance(&kms, 20);
	check(!screen->frame_pending);
	check(kms_present(&kms, 0));
	check_eq(kms.card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
	kms_dispatch(&kms);
	check(screen->frame_pending);
	kms_advance(&kms, 20);
	check(!screen->frame_pending);
	check(kms_present(&kms, 0));
	check_eq(kms.card->last_flags, DRM_MODE_ATOMIC_NONBLOCK);
	kms_dispatch(&kms);
	buffer_drop(buffer);
	kms_end(&kms);
}

TEST(a_fence_goes_along)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	check(kms_shows(&kms, 0));
	struct frame frame = kms_frame(&kms, 0);
	int pipes[2];
	check_eq(pipe(pipes), 0);
	frame.fence = pipes[0];
	check(kms.backend->impl->present(kms.screens[0].screen, &frame, false));
	kms.screens[0].frame_pending = true;
	check_eq(kms.card->fence, pipes[0]);
	kms_advance(&kms, 20);
	check(!kms.screens[0].frame_pending);
	close(pipes[0]);
	close(pipes[1]);
	kms_end(&kms);
}

TEST(formats_are_what_the_plane_says)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	const struct format_set *formats = &kms.screens[0].screen->formats;
	check_eq(formats->formats[0].fourcc, DRM_FORMAT_XRGB8888);
	check(format_set_has(formats, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED));
	check(format_set_has(formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID));
	check(format_set_has(formats, DRM_FORMAT_ARGB8888, I915_FORMAT_MOD_X_TILED));
	check(format_set_has(formats, DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR));
	check(!format_set_has(formats, DRM_FORMAT_RGB565, I915_FORMAT_MOD_X_TILED));
	check(!format_set_has(formats, DRM_FORMAT_XBGR8888, DRM_FORMAT_MOD_LINEAR));
	kms_end(&kms);

	struct fake_card *card = fake_card_create(1);
	card->modifiers = false;
	card->missing_property = "IN_FORMATS";
	check(kms_begin(&kms, card));
	formats = &kms.screens[0].screen->formats;
	check(format_set_has(formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID));
	check(format_set_has(formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	check(!format_set_has(formats, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED));
	kms_end(&kms);
}

static const struct modifier_row {
	bool modifiers; // supported by the card
	uint64_t modifier;
	bool shown, passed;
} modifier_rows[] = {
	{true, I915_FORMAT_MOD_X_TILED, true, true},
	{true, DRM_FORMAT_MOD_LINEAR, true, true},
	{true, DRM_FORMAT_MOD_INVALID, true, false},
	{false, I915_FORMAT_MOD_X_TILED, false, false},
	{false, DRM_FORMAT_MOD_LINEAR, true, false},
	{false, DRM_FORMAT_MOD_INVALID, true, false},
};

TEST_P(buffers_of_clients_keep_their_modifier, struct modifier_row, modifier_rows)
{
	struct fake_card *card = fake_card_create(1);
	card->modifiers = param->modifiers;
	struct kms_fixture kms;
	check(kms_begin(&kms, card));
	check(kms_shows(&kms, 0));
	struct screen *screen = kms.screens[0].screen;
	struct buffer *buffer = kms_dmabuf(1280, 800, DRM_FORMAT_ARGB8888, param->modifier);
	struct frame frame = kms_frame(&kms, 0);
	frame.primary.buffer = buffer;
	check_eq(kms.backend->impl->present(screen, &frame, true), param->shown);
	if (param->shown) {
		check(kms.backend->impl->present(screen, &frame, false));
		kms.screens[0].frame_pending = true;
		kms_advance(&kms, 20);
		const struct fake_fb *fb = fake_card_shown_fb(card, 0);
		check_eq(fb->format, DRM_FORMAT_XRGB8888); // nothing is below the primary plane
		check_eq(fb->with_modifier, param->passed);
		if (param->passed)
			check_eq(fb->modifier, param->modifier);
	}
	buffer_drop(buffer);
	kms_end(&kms);
}

// Each format is tested once, and a refused one is not tried again.
TEST(a_buffer_of_a_client_that_is_refused_is_not_tried_again)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	check(kms_shows(&kms, 0));
	struct fake_card *card = kms.card;
	struct screen *screen = kms.screens[0].screen;
	card->fail[FAKE_TEST].first = card->calls[FAKE_TEST];
	card->fail[FAKE_TEST].count = 1;
	card->fail[FAKE_TEST].error = EINVAL;
	struct buffer *buffers[3];
	for (int i = 0; i < 3; i++) {
		buffers[i] = kms_dmabuf(1280, 800, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
		struct frame frame = kms_frame(&kms, 0);
		frame.primary.buffer = buffers[i];
		check(!kms.backend->impl->present(screen, &frame, true));
	}
	check_eq(card->tests, 1);
	// With another mode it is tested again.
	check(kms_configure(&kms, 0, true, 1024, 768));
	check(kms_shows(&kms, 0));
	int tests = card->tests;
	struct buffer *small = kms_dmabuf(1024, 768, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
	struct frame frame = kms_frame(&kms, 0);
	frame.primary.buffer = small;
	check(kms.backend->impl->present(screen, &frame, true));
	check_eq(card->tests, tests + 1);
	// The test was accepted, but the frame is refused, once.
	card->fail[FAKE_COMMIT].first = card->calls[FAKE_COMMIT];
	card->fail[FAKE_COMMIT].count = 1;
	card->fail[FAKE_COMMIT].error = EINVAL;
	check(!kms.backend->impl->present(screen, &frame, false));
	check(!kms.backend->impl->present(screen, &frame, true));
	check(kms_shows(&kms, 0));
	for (int i = 0; i < 3; i++)
		buffer_drop(buffers[i]);
	buffer_drop(small);
	kms_end(&kms);
}

static bool show_cursor(struct kms_fixture *kms, struct buffer *buffer, int x, int y, unsigned set)
{
	struct frame frame = {.set = set, .fence = -1};
	if (buffer)
		frame.cursor = (struct plane){
			buffer, {0, 0, buffer->width, buffer->height}, {x, y, 24, 24}};
	return kms->backend->impl->present(kms->screens[0].screen, &frame, false);
}

TEST(the_pointer_moves_by_its_own_requests)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	struct fake_card *card = kms.card;
	struct buffer *image = buffer_create_memfd(24, 24, DRM_FORMAT_ARGB8888);
	check(kms_shows(&kms, 0));
	check(show_cursor(&kms, image, 5, 6, FRAME_CURSOR_IMAGE));
	check(card->cursor_handle[0]);
	int commits = card->calls[FAKE_COMMIT], calls = card->calls[FAKE_CURSOR];
	for (int i = 0; i < 10; i++)
		check(show_cursor(&kms, image, 10 + i, 20, FRAME_CURSOR_POSITION));
	check(show_cursor(&kms, image, 19, 20, FRAME_CURSOR_POSITION)); // did not move
	check_eq(card->calls[FAKE_CURSOR], calls + 10);
	check_eq(card->calls[FAKE_COMMIT], commits);
	check_eq(card->cursor_x[0], 19);
	check(show_cursor(&kms, NULL, 0, 0, FRAME_CURSOR_IMAGE));
	check_eq(card->cursor_handle[0], 0);
	buffer_drop(image);
	kms_end(&kms);
}

TEST(a_pointer_that_is_refused_often_is_drawn)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(1)));
	struct fake_card *card = kms.card;
	struct buffer *image = buffer_create_memfd(24, 24, DRM_FORMAT_ARGB8888);
	check(kms_shows(&kms, 0));
	card->fail[FAKE_CURSOR].count = 3;
	card->fail[FAKE_CURSOR].error = ENXIO;
	for (int i = 0; i < 3; i++) {
		check_eq(kms.screens[0].screen->cursor_width, 64);
		check(!show_cursor(&kms, image, 5, 6, FRAME_CURSOR_IMAGE));
	}
	check_eq(kms.screens[0].screen->cursor_width, 0);
	check(!show_cursor(&kms, image, 5, 6, FRAME_CURSOR_IMAGE));
	check_eq(card->calls[FAKE_CURSOR], 3);
	check(show_cursor(&kms, NULL, 0, 0, FRAME_CURSOR_IMAGE));
	check(kms_shows(&kms, 0));
	buffer_drop(image);
	kms_end(&kms);
}

TEST(gamma_power_and_vrr)
{
	struct kms_fixture kms;
	check(kms_begin(&kms, fake_card_create(2)));
	struct fake_card *card = kms.card;
	const struct backend_impl *impl = kms.backend->impl;
	struct screen *screen = kms.screens[0].screen;
	uint16_t tables[3 * 16];
	for (int i = 0; i < 48; i++)
		tables[i] = (uint16_t)(i * 100);
	check_eq(screen->gamma_size, 16);
	check(screen->vrr_possible);
	check(impl->set_gamma(screen, tables)); // before the first frame, which includes it
	check(kms_shows(&kms, 0));
	check(fake_property_value(&card->crtc[0], "GAMMA_LUT") != 0);
	check(impl->set_gamma(screen, NULL));
	check_eq(fake_property_value(&card->crtc[0], "GAMMA_LUT"), 0);
	check(impl->set_vrr(screen, true));
	check_eq(fake_property_value(&card->crtc[0], "VRR_ENABLED"), 1);
	check(impl->set_gamma(screen, tables));
	check(impl->set_power(screen, false));
	check_eq(fake_property_value(&card->crtc[0], "ACTIVE"), 0);
	check(fake_property_value(&card->crtc[0], "MODE_ID") != 0);
	for (int i = 0; i < 3; i++) // or a client would wait for its buffer
		check(!kms.screens[0].buffers[i] || !kms.screens[0].buffers[i]->locks);
	check(!kms_present(&kms, 0));
	check(kms_shows(&kms, 1)); // the other screen is not affected
	check_eq(fake_property_value(&card->crtc[0], "ACTIVE"), 0);
	kms_set_active(&kms, false);
	kms_set_active(&kms, true);
	check(kms_shows(&kms, 1));
	check(!fake_card_mode(card, 0));
	check(impl->set_power(screen, true));
	check(kms_shows(&kms, 0));
	check(fake_property_value(&card->crtc[0], "GAMMA_LUT") != 0);
	check_eq(fake_property_value(&card->crtc[0], "VRR_ENABLED"), 1);
	// A refused change leaves the state as it was.
	card->fail[FAKE_COMMIT].first = 0;
	card->fail[FAKE_COMMIT].count = 100000;
	card->fail[FAKE_COMMIT].error = EINVAL;
	check(!impl->set_gamma(screen, NULL));
	check(!impl->set_vrr(screen, false));
	check(!impl->set_power(screen, false));
	card->fail[FAKE_COMMIT].count = 0;
	check(kms_shows(&kms, 0));
	kms_end(&kms);
}
