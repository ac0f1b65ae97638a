// SPDX-License-Identifier: MIT
// Frames on a card that does what it is asked for: what is sent, and what the core hears.
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "tests/drm/stage.h"
#include "tests/harness/test.h"

TEST(the_first_frame_sets_the_mode)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	struct stage_screen *screen = &stage.screens[0];
	check_eq(stage.added, 1);
	check_eq(screen->screen->mode.width, 1280);
	check(screen->screen->custom_modes && !screen->screen->unclocked);
	check(stage_present(&stage, 0));
	check_eq(stage.card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_ALLOW_MODESET);
	check_eq(card_mode(stage.card, 0)->hdisplay, 1280);
	stage_wait(&stage, 20);
	check_eq(screen->presented, 1);
	for (int i = 0; i < 5; i++) {
		check(stage_present(&stage, 0));
		check_eq(stage.card->last_flags,
			DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
		stage_wait(&stage, 20);
	}
	check_eq(screen->presented, 6);
	check_eq(stage.card->flips, 5);
	check_eq(stage.card->refused, 0);
	check_eq(screen->last.flags, 1 | 2 | 4);
	check_eq(screen->last.sequence, 7);
	stage_end(&stage);
}

TEST(nothing_is_waited_for_where_nothing_refreshes)
{
	struct card *card = card_create(1);
	card->vblank = false;
	struct stage stage;
	check(stage_begin(&stage, card));
	check(stage.screens[0].screen->unclocked);
	check(stage_shows(&stage, 0));
	check_eq(stage.screens[0].last.flags, 0);
	stage_end(&stage);
}

TEST(where_the_card_uploads_the_frame_is_changed_in_place)
{
	struct card *card = card_create(1);
	card->driver = "virtio_gpu";
	struct stage stage;
	check(stage_begin(&stage, card));
	check(stage.screens[0].screen->uploads);
	check(stage_shows(&stage, 0));
	struct stage_screen *screen = &stage.screens[0];
	int commits = card->calls[CARD_COMMIT];
	struct frame frame = stage_frame(&stage, 0);
	frame.primary.buffer = screen->buffers[(screen->next + 1) % 3];
	region damage;
	pixman_region32_init_rect(&damage, 10, 10, 20, 20);
	frame.damage = &damage;
	check(stage.backend->impl->present(screen->screen, &frame, false));
	screen->waits = true;
	stage_wait(&stage, 1);
	check(!screen->waits);
	check_eq(card->dirty, 1);
	check_eq(card->calls[CARD_COMMIT], commits);
	// One that the kernel refuses is a frame as usual.
	card->fail[CARD_DIRTY].count = 1000;
	card->fail[CARD_DIRTY].error = ENOSYS;
	check(stage.backend->impl->present(screen->screen, &frame, false));
	screen->waits = true;
	stage_wait(&stage, 40);
	check(!screen->waits);
	check_eq(card->calls[CARD_COMMIT], commits + 1);
	pixman_region32_fini(&damage);
	stage_end(&stage);
}

// A card that neither refreshes nor changes the order of things: what is sent is as good as seen.
static struct card *ordered_card(void)
{
	struct card *card = card_create(1);
	card->driver = "virtio_gpu";
	card->vblank = false;
	return card;
}

TEST(no_event_is_asked_for_where_it_says_nothing)
{
	struct stage stage;
	check(stage_begin(&stage, ordered_card()));
	check(stage_shows(&stage, 0));
	struct stage_screen *screen = &stage.screens[0];
	for (int i = 0; i < 3; i++) {
		int presented = screen->presented;
		check(stage_present(&stage, 0));
		check_eq(stage.card->last_flags, DRM_MODE_ATOMIC_NONBLOCK);
		check_eq(screen->presented, presented);
		stage_pump(&stage);
		check_eq(screen->presented, presented + 1);
	}
	stage_end(&stage);
}

TEST(frames_are_no_faster_than_what_draws_them)
{
	struct stage stage;
	check(stage_begin(&stage, ordered_card()));
	check(stage_shows(&stage, 0));
	struct stage_screen *screen = &stage.screens[0];
	int pipes[2];
	check_eq(pipe(pipes), 0);
	struct frame frame = stage_frame(&stage, 0);
	frame.fence = pipes[0];
	check(stage.backend->impl->present(screen->screen, &frame, false));
	screen->waits = true;
	stage_pump(&stage);
	check(!screen->waits); // one is ahead
	check(stage_present(&stage, 0));
	stage_pump(&stage);
	check(screen->waits);
	check_eq(write(pipes[1], "", 1), 1);
	stage_pump(&stage);
	check(!screen->waits);
	close(pipes[0]);
	close(pipes[1]);
	stage_end(&stage);
}

// A host that draws no more holds nobody up for ever.
TEST(frames_that_are_never_drawn)
{
	struct stage stage;
	check(stage_begin(&stage, ordered_card()));
	check(stage_shows(&stage, 0));
	struct stage_screen *screen = &stage.screens[0];
	int pipes[2];
	check_eq(pipe(pipes), 0);
	struct frame frame = stage_frame(&stage, 0);
	frame.fence = pipes[0];
	check(stage.backend->impl->present(screen->screen, &frame, false));
	screen->waits = true;
	stage_pump(&stage);
	check(stage_present(&stage, 0));
	stage_wait(&stage, 2900);
	check(screen->waits);
	stage_wait(&stage, 200);
	check(!screen->waits);
	close(pipes[0]);
	close(pipes[1]);
	stage_end(&stage);
}

TEST(a_clients_buffer_is_kept_until_it_is_off_the_screen)
{
	struct stage stage;
	check(stage_begin(&stage, ordered_card()));
	check(stage_shows(&stage, 0));
	struct stage_screen *screen = &stage.screens[0];
	struct buffer *buffer = stage_dmabuf(1280, 800, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
	struct frame frame = {.set = FRAME_PRIMARY, .fence = -1};
	frame.primary = (struct plane){buffer, {0, 0, 1280, 800}, {0, 0, 1280, 800}};
	check(stage.backend->impl->present(screen->screen, &frame, true));
	check(stage.backend->impl->present(screen->screen, &frame, false));
	check_eq(stage.card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
	screen->waits = true;
	stage_wait(&stage, 20);
	check(!screen->waits);
	check(stage_present(&stage, 0));
	check_eq(stage.card->last_flags, DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
	stage_pump(&stage);
	check(screen->waits);
	stage_wait(&stage, 20);
	check(!screen->waits);
	check(stage_present(&stage, 0));
	check_eq(stage.card->last_flags, DRM_MODE_ATOMIC_NONBLOCK);
	stage_pump(&stage);
	buffer_drop(buffer);
	stage_end(&stage);
}

TEST(a_fence_goes_along)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	check(stage_shows(&stage, 0));
	struct frame frame = stage_frame(&stage, 0);
	int pipes[2];
	check_eq(pipe(pipes), 0);
	frame.fence = pipes[0];
	check(stage.backend->impl->present(stage.screens[0].screen, &frame, false));
	stage.screens[0].waits = true;
	check_eq(stage.card->fence, pipes[0]);
	stage_wait(&stage, 20);
	check(!stage.screens[0].waits);
	close(pipes[0]);
	close(pipes[1]);
	stage_end(&stage);
}

TEST(formats_are_what_the_plane_says)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	const struct format_set *formats = &stage.screens[0].screen->formats;
	check_eq(formats->formats[0].fourcc, DRM_FORMAT_XRGB8888);
	check(format_set_has(formats, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED));
	check(format_set_has(formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID));
	check(format_set_has(formats, DRM_FORMAT_ARGB8888, I915_FORMAT_MOD_X_TILED));
	check(format_set_has(formats, DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR));
	check(!format_set_has(formats, DRM_FORMAT_RGB565, I915_FORMAT_MOD_X_TILED));
	check(!format_set_has(formats, DRM_FORMAT_XBGR8888, DRM_FORMAT_MOD_LINEAR));
	stage_end(&stage);

	struct card *card = card_create(1);
	card->modifiers = false;
	card->lacking = "IN_FORMATS";
	check(stage_begin(&stage, card));
	formats = &stage.screens[0].screen->formats;
	check(format_set_has(formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID));
	check(format_set_has(formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	check(!format_set_has(formats, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED));
	stage_end(&stage);
}

static const struct modifier_row {
	bool modifiers; // the card has them
	uint64_t modifier;
	bool shown, told;
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
	struct card *card = card_create(1);
	card->modifiers = param->modifiers;
	struct stage stage;
	check(stage_begin(&stage, card));
	check(stage_shows(&stage, 0));
	struct screen *screen = stage.screens[0].screen;
	struct buffer *buffer = stage_dmabuf(1280, 800, DRM_FORMAT_ARGB8888, param->modifier);
	struct frame frame = stage_frame(&stage, 0);
	frame.primary.buffer = buffer;
	check_eq(stage.backend->impl->present(screen, &frame, true), param->shown);
	if (param->shown) {
		check(stage.backend->impl->present(screen, &frame, false));
		stage.screens[0].waits = true;
		stage_wait(&stage, 20);
		const struct card_fb *fb = card_shown(card, 0);
		check_eq(fb->format, DRM_FORMAT_XRGB8888); // nothing lies below
		check_eq(fb->with_modifier, param->told);
		if (param->told)
			check_eq(fb->modifier, param->modifier);
	}
	buffer_drop(buffer);
	stage_end(&stage);
}

// Asked once for each kind, and never again what was refused.
TEST(a_buffer_of_a_client_that_is_refused_is_not_tried_again)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	check(stage_shows(&stage, 0));
	struct card *card = stage.card;
	struct screen *screen = stage.screens[0].screen;
	card->fail[CARD_TEST].first = card->calls[CARD_TEST];
	card->fail[CARD_TEST].count = 1;
	card->fail[CARD_TEST].error = EINVAL;
	struct buffer *buffers[3];
	for (int i = 0; i < 3; i++) {
		buffers[i] = stage_dmabuf(1280, 800, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
		struct frame frame = stage_frame(&stage, 0);
		frame.primary.buffer = buffers[i];
		check(!stage.backend->impl->present(screen, &frame, true));
	}
	check_eq(card->tests, 1);
	// Another mode, and it is asked anew.
	check(stage_configure(&stage, 0, true, 1024, 768));
	check(stage_shows(&stage, 0));
	int tests = card->tests;
	struct buffer *small = stage_dmabuf(1024, 768, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
	struct frame frame = stage_frame(&stage, 0);
	frame.primary.buffer = small;
	check(stage.backend->impl->present(screen, &frame, true));
	check_eq(card->tests, tests + 1);
	// It was good in theory; the frame itself is refused, once.
	card->fail[CARD_COMMIT].first = card->calls[CARD_COMMIT];
	card->fail[CARD_COMMIT].count = 1;
	card->fail[CARD_COMMIT].error = EINVAL;
	check(!stage.backend->impl->present(screen, &frame, false));
	check(!stage.backend->impl->present(screen, &frame, true));
	check(stage_shows(&stage, 0));
	for (int i = 0; i < 3; i++)
		buffer_drop(buffers[i]);
	buffer_drop(small);
	stage_end(&stage);
}

static bool show_cursor(struct stage *stage, struct buffer *buffer, int x, int y, unsigned set)
{
	struct frame frame = {.set = set, .fence = -1};
	if (buffer)
		frame.cursor = (struct plane){
			buffer, {0, 0, buffer->width, buffer->height}, {x, y, 24, 24}};
	return stage->backend->impl->present(stage->screens[0].screen, &frame, false);
}

TEST(the_pointer_moves_by_its_own_requests)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	struct card *card = stage.card;
	struct buffer *image = buffer_create_memfd(24, 24, DRM_FORMAT_ARGB8888);
	check(stage_shows(&stage, 0));
	check(show_cursor(&stage, image, 5, 6, FRAME_CURSOR_IMAGE));
	check(card->cursor_handle[0]);
	int commits = card->calls[CARD_COMMIT], calls = card->calls[CARD_CURSOR];
	for (int i = 0; i < 10; i++)
		check(show_cursor(&stage, image, 10 + i, 20, FRAME_CURSOR_POSITION));
	check(show_cursor(&stage, image, 19, 20, FRAME_CURSOR_POSITION)); // did not move
	check_eq(card->calls[CARD_CURSOR], calls + 10);
	check_eq(card->calls[CARD_COMMIT], commits);
	check_eq(card->cursor_x[0], 19);
	check(show_cursor(&stage, NULL, 0, 0, FRAME_CURSOR_IMAGE));
	check_eq(card->cursor_handle[0], 0);
	buffer_drop(image);
	stage_end(&stage);
}

TEST(a_pointer_that_is_refused_often_is_drawn)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(1)));
	struct card *card = stage.card;
	struct buffer *image = buffer_create_memfd(24, 24, DRM_FORMAT_ARGB8888);
	check(stage_shows(&stage, 0));
	card->fail[CARD_CURSOR].count = 3;
	card->fail[CARD_CURSOR].error = ENXIO;
	for (int i = 0; i < 3; i++) {
		check_eq(stage.screens[0].screen->cursor_width, 64);
		check(!show_cursor(&stage, image, 5, 6, FRAME_CURSOR_IMAGE));
	}
	check_eq(stage.screens[0].screen->cursor_width, 0);
	check(!show_cursor(&stage, image, 5, 6, FRAME_CURSOR_IMAGE));
	check_eq(card->calls[CARD_CURSOR], 3);
	check(show_cursor(&stage, NULL, 0, 0, FRAME_CURSOR_IMAGE));
	check(stage_shows(&stage, 0));
	buffer_drop(image);
	stage_end(&stage);
}

TEST(brightness_power_and_beat)
{
	struct stage stage;
	check(stage_begin(&stage, card_create(2)));
	struct card *card = stage.card;
	const struct backend_impl *impl = stage.backend->impl;
	struct screen *screen = stage.screens[0].screen;
	uint16_t tables[3 * 16];
	for (int i = 0; i < 48; i++)
		tables[i] = (uint16_t)(i * 100);
	check_eq(screen->gamma_size, 16);
	check(screen->vrr_possible);
	check(impl->set_gamma(screen, tables)); // before anything is seen: with the first frame
	check(stage_shows(&stage, 0));
	check(card_get(&card->crtc[0], "GAMMA_LUT") != 0);
	check(impl->set_gamma(screen, NULL));
	check_eq(card_get(&card->crtc[0], "GAMMA_LUT"), 0);
	check(impl->set_vrr(screen, true));
	check_eq(card_get(&card->crtc[0], "VRR_ENABLED"), 1);
	check(impl->set_gamma(screen, tables));
	check(impl->set_power(screen, false));
	check_eq(card_get(&card->crtc[0], "ACTIVE"), 0);
	check(card_get(&card->crtc[0], "MODE_ID") != 0);
	check(!stage_present(&stage, 0));
	check(stage_shows(&stage, 1)); // the other one is not touched
	check_eq(card_get(&card->crtc[0], "ACTIVE"), 0);
	stage_set_active(&stage, false);
	stage_set_active(&stage, true);
	check(stage_shows(&stage, 1));
	check(!card_mode(card, 0));
	check(impl->set_power(screen, true));
	check(stage_shows(&stage, 0));
	check(card_get(&card->crtc[0], "GAMMA_LUT") != 0);
	check_eq(card_get(&card->crtc[0], "VRR_ENABLED"), 1);
	// What is refused is as before.
	card->fail[CARD_COMMIT].first = 0;
	card->fail[CARD_COMMIT].count = 100000;
	card->fail[CARD_COMMIT].error = EINVAL;
	check(!impl->set_gamma(screen, NULL));
	check(!impl->set_vrr(screen, false));
	check(!impl->set_power(screen, false));
	card->fail[CARD_COMMIT].count = 0;
	check(stage_shows(&stage, 0));
	stage_end(&stage);
}
