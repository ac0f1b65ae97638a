// SPDX-License-Identifier: MIT
// Virtual screens without a display. Nothing is drawn for them until a screenshot is taken:
// presenting only keeps a reference to the buffers, and the core paces itself. They accept any
// CPU-mapped buffer and a cursor image, like screens with planes for both.
#include "backends/headless/headless.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_SIDE 16384
#define CURSOR_SIDE 256

struct headless {
	struct backend base;
	struct backend_options options;
	unsigned added; // number of screens ever added, for names
};

struct headless_screen {
	struct screen base;
	struct buffer *primary, *cursor; // locked
};

static const char *const renderers[] = {"pixman", "gl", "virgl", NULL};

static bool mode_is_possible(int width, int height, int refresh_mhz)
{
	return width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE &&
		refresh_is_possible(refresh_mhz);
}

static struct screen *headless_add_screen(
	struct backend *base, const char *name, int width, int height, int refresh_mhz)
{
	struct headless *headless = wl_container_of(base, headless, base);
	if (!mode_is_possible(width, height, refresh_mhz)) {
		log_error("cannot add a screen of %dx%d: each side must be 1 to %d pixels", width,
			height, MAX_SIDE);
		return NULL;
	}
	struct headless_screen *screen = xcalloc(1, sizeof(*screen));
	headless->added++;
	screen->base.backend = base;
	screen->base.name = name ? xstrdup(name) : xasprintf("HEADLESS-%u", headless->added);
	screen->base.make = xstrdup("Oriel");
	screen->base.model = xstrdup("headless");
	screen->base.mode = (struct mode){width, height, refresh_mhz ? refresh_mhz : 60000, true};
	screen->base.modes = xcalloc(1, sizeof(*screen->base.modes));
	screen->base.modes[0] = screen->base.mode;
	screen->base.n_modes = 1;
	screen->base.custom_modes = true;
	screen->base.enabled = true;
	screen->base.self_paced = true;
	screen->base.cursor_width = screen->base.cursor_height = CURSOR_SIDE;
	screen->base.any_memory = true;
	screen->base.cpu_scanout = true;
	screen->base.unseen = !headless->options.draw_always;
	wl_list_insert(base->screens.prev, &screen->base.link);
	base->sink->screen_added(base->sink_data, &screen->base);
	return &screen->base;
}

static void replace_buffer(struct buffer **slot, struct buffer *buffer)
{
	struct buffer *old = *slot;
	*slot = buffer ? buffer_lock(buffer) : NULL;
	buffer_unlock(old);
}

// Of a screen that shows nothing any more.
static void screen_clear(struct screen *base)
{
	struct headless_screen *screen = wl_container_of(base, screen, base);
	replace_buffer(&screen->primary, NULL);
	replace_buffer(&screen->cursor, NULL);
}

static bool headless_remove_screen(struct screen *base)
{
	struct headless_screen *screen = wl_container_of(base, screen, base);
	base->backend->sink->screen_removed(base->backend->sink_data, base);
	screen_clear(base);
	wl_list_remove(&base->link);
	screen_finish(base);
	free(screen);
	return true;
}

static bool headless_start(struct backend *base)
{
	struct headless *headless = wl_container_of(base, headless, base);
	const struct backend_options *options = &headless->options;
	for (int i = 0; i < options->screens; i++)
		if (!headless_add_screen(
			    base, NULL, options->width, options->height, options->refresh_mhz))
			return false;
	return true;
}

static void headless_destroy(struct backend *base)
{
	struct headless *headless = wl_container_of(base, headless, base);
	struct screen *screen, *tmp;
	wl_list_for_each_safe(screen, tmp, &base->screens, link)
		headless_remove_screen(screen);
	free(headless);
}

static struct buffer *headless_alloc(struct backend *base, int width, int height, uint32_t format)
{
	return buffer_create_memfd(width, height, format);
}

static bool headless_configure(
	struct backend *base, const struct screen_config *configs, size_t n, bool test_only)
{
	for (size_t i = 0; i < n; i++) {
		const struct mode *mode = &configs[i].mode;
		if (!mode_is_possible(mode->width, mode->height, mode->refresh_mhz))
			return false;
	}
	for (size_t i = 0; i < n && !test_only; i++) {
		struct screen *screen = configs[i].screen;
		int refresh = screen->mode.refresh_mhz;
		screen->enabled = configs[i].enabled;
		screen->mode = configs[i].mode;
		if (!screen->mode.refresh_mhz)
			screen->mode.refresh_mhz = refresh;
		if (!screen->enabled)
			screen_clear(screen);
	}
	return true;
}

static bool headless_present(struct screen *base, const struct frame *frame, bool test_only)
{
	struct headless_screen *screen = wl_container_of(base, screen, base);
	if (!base->enabled)
		return false;
	if (test_only)
		return true;
	if (frame->set & FRAME_PRIMARY)
		replace_buffer(&screen->primary, frame->primary.buffer);
	if (frame->set & FRAME_CURSOR_IMAGE)
		replace_buffer(&screen->cursor, frame->cursor.buffer);
	return true;
}

static bool headless_set_power(struct screen *screen, bool on)
{
	if (!on)
		screen_clear(screen);
	return true;
}

static const struct backend_impl headless_impl = {
	.name = "headless",
	.start = headless_start,
	.destroy = headless_destroy,
	.alloc = headless_alloc,
	.configure = headless_configure,
	.present = headless_present,
	.set_power = headless_set_power,
	.add_screen = headless_add_screen,
	.remove_screen = headless_remove_screen,
};

struct backend *headless_backend_create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options)
{
	struct headless *headless = xcalloc(1, sizeof(*headless));
	headless->base.impl = &headless_impl;
	headless->base.sink = sink;
	headless->base.sink_data = sink_data;
	headless->base.renderers = renderers;
	headless->base.device = -1;
	headless->options = *options;
	if (!headless->options.width || !headless->options.height) {
		headless->options.width = 1280;
		headless->options.height = 720;
	}
	if (!headless->options.screens)
		headless->options.screens = 1;
	wl_list_init(&headless->base.screens);
	return &headless->base;
}
