// SPDX-License-Identifier: MIT
// The fixture: a backend sink that counts reports, and helpers that present and configure.
#include "tests/drm/kms_fixture.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "tests/harness/test.h"

static struct kms_screen *screen_find(struct kms_fixture *kms, const struct screen *screen)
{
	for (int i = 0; i < FAKE_SCREENS; i++)
		if (kms->screens[i].screen == screen)
			return &kms->screens[i];
	return NULL;
}

static void on_added(void *data, struct screen *screen)
{
	struct kms_fixture *kms = data;
	int index = screen->name[strlen(screen->name) - 1] - '1';
	check(index >= 0 && index < FAKE_SCREENS && !kms->screens[index].screen);
	kms->screens[index] = (struct kms_screen){.screen = screen};
	kms->added++;
}

static void drop_buffers(struct kms_screen *screen)
{
	for (size_t i = 0; i < array_length(screen->buffers); i++) {
		buffer_drop(screen->buffers[i]);
		screen->buffers[i] = NULL;
	}
}

static void on_changed(void *data, struct screen *screen)
{
	struct kms_screen *of = screen_find(data, screen);
	of->changed++;
	drop_buffers(of);
}

static void on_exposed(void *data, struct screen *screen)
{
	screen_find(data, screen)->exposed++;
}

static void on_removed(void *data, struct screen *screen)
{
	struct kms_fixture *kms = data;
	struct kms_screen *of = screen_find(kms, screen);
	check(of != NULL);
	drop_buffers(of);
	of->screen = NULL;
	of->frame_pending = false;
	kms->removed++;
}

static void on_presented(void *data, struct screen *screen, const struct presented *how)
{
	struct kms_screen *of = screen_find(data, screen);
	check(of && of->frame_pending);
	of->frame_pending = false;
	of->presented++;
	of->last = *how;
}

static void on_active(void *data, bool active)
{
	struct kms_fixture *kms = data;
	*(active ? &kms->active : &kms->inactive) += 1;
}

static void on_closed(void *data, bool failed)
{
	struct kms_fixture *kms = data;
	kms->closed++;
}

static const struct backend_sink sink = {
	.screen_added = on_added,
	.screen_changed = on_changed,
	.screen_removed = on_removed,
	.screen_exposed = on_exposed,
	.presented = on_presented,
	.active = on_active,
	.closed = on_closed,
};

static const char *const *renderers_for(int card)
{
	static const char *const renderers[] = {"pixman", NULL};
	return renderers;
}

bool kms_begin(struct kms_fixture *kms, struct fake_card *card)
{
	static const struct kms_driver driver = {.renderers_for = renderers_for};
	const struct backend_options options = {0};
	*kms = (struct kms_fixture){.card = card};
	kms->loop = wl_event_loop_create();
	kms->clock = clock_create_virtual();
	kms->backend = kms_backend_create(kms->loop, kms->clock, &sink, kms, &options, &driver);
	if (kms->backend && kms->backend->impl->start(kms->backend))
		return true;
	kms_end(kms);
	return false;
}

void kms_end(struct kms_fixture *kms)
{
	backend_destroy(kms->backend);
	clock_destroy(kms->clock);
	wl_event_loop_destroy(kms->loop);
	fake_card_destroy(kms->card);
}

void kms_dispatch(struct kms_fixture *kms)
{
	for (int i = 0; i < 3; i++) {
		wl_event_loop_dispatch_idle(kms->loop);
		wl_event_loop_dispatch(kms->loop, 0);
	}
}

void kms_advance(struct kms_fixture *kms, int ms)
{
	uint64_t end = clock_now_ns(kms->clock) + (uint64_t)ms * NSEC_PER_MSEC;
	while (clock_now_ns(kms->clock) < end) {
		clock_advance_to(
			kms->clock, MIN(end, clock_now_ns(kms->clock) + 16 * NSEC_PER_MSEC));
		kms->card->now_ns = clock_now_ns(kms->clock);
		fake_card_vblank(kms->card);
		kms_dispatch(kms);
	}
}

struct frame kms_frame(struct kms_fixture *kms, int index)
{
	struct kms_screen *of = &kms->screens[index];
	const struct mode *mode = &of->screen->mode;
	struct buffer **slot = &of->buffers[of->next++ % (int)array_length(of->buffers)];
	if (*slot && ((*slot)->width != mode->width || (*slot)->height != mode->height)) {
		buffer_drop(*slot);
		*slot = NULL;
	}
	if (!*slot)
		*slot = kms->backend->impl->alloc(
			kms->backend, mode->width, mode->height, DRM_FORMAT_XRGB8888);
	struct frame frame = {.set = FRAME_PRIMARY, .fence = -1};
	frame.primary = (struct plane){
		*slot, {0, 0, mode->width, mode->height}, {0, 0, mode->width, mode->height}};
	return frame;
}

bool kms_present(struct kms_fixture *kms, int index)
{
	struct kms_screen *of = &kms->screens[index];
	if (!of->screen || !of->screen->enabled || of->frame_pending)
		return false;
	struct frame frame = kms_frame(kms, index);
	if (!frame.primary.buffer || !kms->backend->impl->present(of->screen, &frame, false))
		return false;
	of->frame_pending = true;
	return true;
}

bool kms_shows(struct kms_fixture *kms, int index)
{
	struct kms_screen *of = &kms->screens[index];
	for (int i = 0; i < 100; i++) {
		bool taken = kms_present(kms, index);
		kms_advance(kms, 100);
		if (!taken || of->frame_pending || !of->screen)
			continue;
		const struct drm_connector *connector =
			wl_container_of(of->screen, connector, base);
		const struct fake_fb *fb = fake_card_shown_fb(kms->card, index);
		const drmModeModeInfo *mode = fake_card_mode(kms->card, index);
		if (fb && mode && connector->flip.shown && !connector->needs_modeset &&
			fb->id == drm_fb_of(connector->device, connector->flip.shown) &&
			mode->hdisplay == of->screen->mode.width &&
			connector->flip.shown == of->buffers[(of->next + 2) % 3])
			return true;
	}
	return false;
}

static struct drm *drm_of(struct kms_fixture *kms)
{
	return wl_container_of(kms->backend, (struct drm *)NULL, base);
}

void kms_hotplug(struct kms_fixture *kms)
{
	drm_connectors_scan(drm_of(kms)->device, 0);
	kms_dispatch(kms);
}

void kms_set_active(struct kms_fixture *kms, bool active)
{
	struct session *session = drm_of(kms)->session;
	session->active = active;
	wl_signal_emit_mutable(&session->events.active, session);
	kms_dispatch(kms);
}

bool kms_configure(struct kms_fixture *kms, int index, bool enabled, int width, int height)
{
	const struct screen_config config = {
		.screen = kms->screens[index].screen,
		.enabled = enabled,
		.mode = {.width = width, .height = height},
	};
	return kms->backend->impl->configure(kms->backend, &config, 1, false);
}

struct gpu_buffer {
	struct buffer base;
	struct dmabuf dmabuf;
};

static void gpu_buffer_destroy(struct buffer *base)
{
	struct gpu_buffer *buffer = wl_container_of(base, buffer, base);
	buffer_finish(base);
	close_fd(&buffer->dmabuf.fd[0]);
	free(buffer);
}

static const struct buffer_impl gpu_impl = {.destroy = gpu_buffer_destroy};

struct buffer *kms_dmabuf(int width, int height, uint32_t format, uint64_t modifier)
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
