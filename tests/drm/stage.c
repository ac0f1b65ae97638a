// SPDX-License-Identifier: MIT
#include "tests/drm/stage.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "tests/harness/test.h"

static struct stage_screen *find(struct stage *stage, const struct screen *screen)
{
	for (int i = 0; i < CARD_SCREENS; i++)
		if (stage->screens[i].screen == screen)
			return &stage->screens[i];
	return NULL;
}

static void on_added(void *data, struct screen *screen)
{
	struct stage *stage = data;
	int index = screen->name[strlen(screen->name) - 1] - '1';
	check(index >= 0 && index < CARD_SCREENS && !stage->screens[index].screen);
	stage->screens[index] = (struct stage_screen){.screen = screen};
	stage->added++;
}

static void drop_buffers(struct stage_screen *screen)
{
	for (size_t i = 0; i < array_length(screen->buffers); i++) {
		buffer_drop(screen->buffers[i]);
		screen->buffers[i] = NULL;
	}
}

static void on_changed(void *data, struct screen *screen)
{
	struct stage_screen *of = find(data, screen);
	of->changed++;
	drop_buffers(of);
}

static void on_removed(void *data, struct screen *screen)
{
	struct stage *stage = data;
	struct stage_screen *of = find(stage, screen);
	check(of != NULL);
	drop_buffers(of);
	of->screen = NULL;
	of->waits = false;
	stage->removed++;
}

static void on_presented(void *data, struct screen *screen, const struct presented *how)
{
	struct stage_screen *of = find(data, screen);
	check(of && of->waits);
	of->waits = false;
	of->presented++;
	of->last = *how;
}

static void on_active(void *data, bool active)
{
	struct stage *stage = data;
	*(active ? &stage->active : &stage->inactive) += 1;
}

static void on_closed(void *data, bool failed)
{
	struct stage *stage = data;
	stage->closed++;
}

static const struct backend_sink sink = {
	.screen_added = on_added,
	.screen_changed = on_changed,
	.screen_removed = on_removed,
	.presented = on_presented,
	.active = on_active,
	.closed = on_closed,
};

static const char *const *renderers_for(int card)
{
	static const char *const renderers[] = {"pixman", NULL};
	return renderers;
}

bool stage_begin(struct stage *stage, struct card *card)
{
	static const struct kms_driver driver = {.renderers_for = renderers_for};
	const struct backend_options options = {0};
	*stage = (struct stage){.card = card};
	stage->loop = wl_event_loop_create();
	stage->clock = clock_create_virtual();
	stage->backend =
		kms_backend_create(stage->loop, stage->clock, &sink, stage, &options, &driver);
	if (stage->backend && stage->backend->impl->start(stage->backend))
		return true;
	stage_end(stage);
	return false;
}

void stage_end(struct stage *stage)
{
	backend_destroy(stage->backend);
	clock_destroy(stage->clock);
	wl_event_loop_destroy(stage->loop);
	card_destroy(stage->card);
}

void stage_pump(struct stage *stage)
{
	for (int i = 0; i < 3; i++) {
		wl_event_loop_dispatch_idle(stage->loop);
		wl_event_loop_dispatch(stage->loop, 0);
	}
}

void stage_wait(struct stage *stage, int ms)
{
	uint64_t end = clock_now_ns(stage->clock) + (uint64_t)ms * NSEC_PER_MSEC;
	while (clock_now_ns(stage->clock) < end) {
		clock_advance_to(
			stage->clock, MIN(end, clock_now_ns(stage->clock) + 16 * NSEC_PER_MSEC));
		stage->card->now_ns = clock_now_ns(stage->clock);
		card_vblank(stage->card);
		stage_pump(stage);
	}
}

struct frame stage_frame(struct stage *stage, int index)
{
	struct stage_screen *of = &stage->screens[index];
	const struct mode *mode = &of->screen->mode;
	struct buffer **slot = &of->buffers[of->next++ % (int)array_length(of->buffers)];
	if (*slot && ((*slot)->width != mode->width || (*slot)->height != mode->height)) {
		buffer_drop(*slot);
		*slot = NULL;
	}
	if (!*slot)
		*slot = stage->backend->impl->alloc(
			stage->backend, mode->width, mode->height, DRM_FORMAT_XRGB8888);
	struct frame frame = {.set = FRAME_PRIMARY, .fence = -1};
	frame.primary = (struct plane){
		*slot, {0, 0, mode->width, mode->height}, {0, 0, mode->width, mode->height}};
	return frame;
}

bool stage_present(struct stage *stage, int index)
{
	struct stage_screen *of = &stage->screens[index];
	if (!of->screen || !of->screen->enabled || of->waits)
		return false;
	struct frame frame = stage_frame(stage, index);
	if (!frame.primary.buffer || !stage->backend->impl->present(of->screen, &frame, false))
		return false;
	of->waits = true;
	return true;
}

bool stage_shows(struct stage *stage, int index)
{
	struct stage_screen *of = &stage->screens[index];
	for (int i = 0; i < 100; i++) {
		bool taken = stage_present(stage, index);
		stage_wait(stage, 100);
		if (!taken || of->waits || !of->screen)
			continue;
		const struct drm_connector *connector =
			wl_container_of(of->screen, connector, base);
		const struct card_fb *fb = card_shown(stage->card, index);
		const drmModeModeInfo *mode = card_mode(stage->card, index);
		if (fb && mode && connector->shown && !connector->modeset &&
			fb->id == drm_fb_of(connector->device, connector->shown) &&
			mode->hdisplay == of->screen->mode.width &&
			connector->shown == of->buffers[(of->next + 2) % 3])
			return true;
	}
	return false;
}

static struct drm *drm_of(struct stage *stage)
{
	return wl_container_of(stage->backend, (struct drm *)NULL, base);
}

void stage_hotplug(struct stage *stage)
{
	drm_connectors_scan(drm_of(stage)->device, 0);
	stage_pump(stage);
}

void stage_set_active(struct stage *stage, bool active)
{
	struct session *session = drm_of(stage)->session;
	session->active = active;
	wl_signal_emit_mutable(&session->events.active, session);
	stage_pump(stage);
}

bool stage_configure(struct stage *stage, int index, bool enabled, int width, int height)
{
	const struct screen_config config = {
		.screen = stage->screens[index].screen,
		.enabled = enabled,
		.mode = {.width = width, .height = height},
	};
	return stage->backend->impl->configure(stage->backend, &config, 1, false);
}

struct gpu_buffer {
	struct buffer base;
	struct dmabuf dmabuf;
};

static void destroy(struct buffer *base)
{
	struct gpu_buffer *buffer = wl_container_of(base, buffer, base);
	buffer_finish(base);
	close_fd(&buffer->dmabuf.fd[0]);
	free(buffer);
}

static const struct buffer_impl gpu_impl = {.destroy = destroy};

struct buffer *stage_dmabuf(int width, int height, uint32_t format, uint64_t modifier)
{
	struct gpu_buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(&buffer->base, &gpu_impl, width, height, format);
	buffer->dmabuf = (struct dmabuf){.n_planes = 1,
		.fd = {memfd_create("gpu", MFD_CLOEXEC), -1, -1, -1},
		.stride = {(uint32_t)width * 4},
		.modifier = modifier};
	buffer->base.dmabuf = &buffer->dmabuf;
	return &buffer->base;
}
