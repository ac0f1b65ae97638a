// SPDX-License-Identifier: MIT
// Shows frames on the screens of a vhost-user device, and creates and destroys the back end.
#include "backends/vhost-user/vhost_screen.h"
#include <drm_fourcc.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define SOURCE_CHANNEL 4 // index in sources

// Frames

static void screen_report_presented(struct vhost_screen *screen)
{
	struct vhost_backend *backend = vhost_backend_from(screen->base.backend);
	struct buffer *old = screen->current;
	screen->current = screen->pending;
	screen->pending = NULL;
	screen->frame_pending = false;
	buffer_unlock(old);
	backend->base.sink->presented(backend->base.sink_data, &screen->base,
		&(struct presented){
			.time_ns = clock_now_ns(backend->clock),
			.sequence = ++screen->sequence,
		});
}

static void on_expose(void *data)
{
	struct vhost_screen *screen = data;
	struct backend *base = screen->base.backend;
	if (screen->base.enabled && screen->scanout)
		base->sink->screen_exposed(base->sink_data, &screen->base);
}

static void screen_set_scanout(struct vhost_screen *screen, uint32_t id)
{
	const struct mode *mode = &screen->base.mode;
	const uint32_t words[] = {0, 0, id ? (uint32_t)mode->width : 0,
		id ? (uint32_t)mode->height : 0, screen->index, id};
	if (screen->scanout == id)
		return;
	screen->scanout = id;
	if (id &&
		(screen->scanout_width != mode->width || screen->scanout_height != mode->height)) {
		screen->scanout_width = mode->width;
		screen->scanout_height = mode->height;
		timer_set(&screen->expose, clock_now_ns(screen->expose.clock) + HOST_RESIZE_NS);
	}
	vhost_send_control(vhost_backend_from(screen->base.backend)->vhost, VHOST_SET_SCANOUT,
		words, array_length(words), false);
}

static bool screen_show(struct vhost_screen *screen, struct buffer *buffer, const region *damage)
{
	struct vhost *vhost = vhost_backend_from(screen->base.backend)->vhost;
	struct vhost_buffer *own = vhost_buffer_from(buffer);
	uint32_t id = vhost_buffer_resource(vhost, buffer);
	bool other = screen->scanout != id;
	const pixman_box32_t all = {0, 0, buffer->width, buffer->height};
	int n = 1;
	const pixman_box32_t *boxes =
		damage && !other ? pixman_region32_rectangles((region *)damage, &n) : &all;
	const pixman_box32_t *around =
		damage && !other ? pixman_region32_extents((region *)damage) : &all;
	if (!id || buffer->width != screen->base.mode.width ||
		buffer->height != screen->base.mode.height)
		return false;
	for (int i = 0; own && i < n; i++)
		vhost_buffer_transfer(own, &boxes[i]);
	screen_set_scanout(screen, id);
	const uint32_t flush[] = {(uint32_t)around->x1, (uint32_t)around->y1,
		(uint32_t)(around->x2 - around->x1), (uint32_t)(around->y2 - around->y1), id, 0};
	screen->flush_seqno =
		vhost_send_control(vhost, VHOST_FLUSH, flush, array_length(flush), true);
	buffer_unlock(screen->pending);
	screen->pending = buffer_lock(buffer);
	screen->frame_pending = true;
	return screen->flush_seqno;
}

static bool screen_present(struct screen *base, const struct frame *frame, bool test_only)
{
	struct vhost_screen *screen = vhost_screen_from(base);
	struct buffer *buffer = frame->primary.buffer;
	if (!base->enabled || vhost_backend_from(base->backend)->vhost->dead)
		return false;
	if (test_only) // no scan-out of clients' buffers
		return !(frame->set & FRAME_PRIMARY);
	if (frame->set & (FRAME_CURSOR_IMAGE | FRAME_CURSOR_POSITION) &&
		!vhost_cursor_show(screen, frame))
		return false;
	return !(frame->set & FRAME_PRIMARY) ||
		(buffer && screen_show(screen, buffer, frame->damage));
}

// Screens

bool vhost_screen_is_possible(int width, int height, int refresh_mhz)
{
	return width >= 1 && height >= 1 && width <= VHOST_MAX_SIDE && height <= VHOST_MAX_SIDE &&
		refresh_is_possible(refresh_mhz);
}

static void screen_update_display_info(struct vhost_screen *screen)
{
	struct vhost *vhost = vhost_backend_from(screen->base.backend)->vhost;
	vhost->screens[screen->index].width = screen->base.enabled ? screen->base.mode.width : 0;
	vhost->screens[screen->index].height = screen->base.enabled ? screen->base.mode.height : 0;
}

struct vhost_screen *vhost_screen_add(struct vhost_backend *backend, uint32_t index,
	const char *name, const struct mode *mode, bool from_device)
{
	struct vhost_screen *screen = xcalloc(1, sizeof(*screen));
	struct screen *public = &screen->base;
	struct backend *base = &backend->base;
	screen->index = index;
	screen->from_device = from_device;
	public->backend = base;
	timer_init(&screen->expose, backend->clock, on_expose, screen);
	public->name = name ? xstrdup(name) : xasprintf("Virtual-%u", index + 1);
	public->custom_modes = true;
	public->enabled = true;
	public->unclocked = true;
	public->uploads = true;
	public->cursor_at_once = true;
	public->cursor_width = public->cursor_height = VHOST_CURSOR_SIDE;
	format_set_add(&public->formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID);
	format_set_add(&public->formats, DRM_FORMAT_XBGR8888, DRM_FORMAT_MOD_INVALID);
	vhost_hotplug_describe(screen, mode);
	public->mode = public->modes[0];
	screen_update_display_info(screen);
	wl_list_insert(base->screens.prev, &public->link);
	base->sink->screen_added(base->sink_data, public);
	return screen;
}

static struct screen *backend_add_screen(
	struct backend *base, const char *name, int width, int height, int refresh_mhz)
{
	struct vhost_backend *backend = vhost_backend_from(base);
	const struct mode mode = {width, height, refresh_mhz ? refresh_mhz : 60000, true};
	uint32_t index = 0;
	while (index < VHOST_SCREENS && backend->vhost->screens[index].width)
		index++;
	if (index == VHOST_SCREENS || !vhost_screen_is_possible(width, height, refresh_mhz)) {
		log_error("cannot add a screen of %dx%d: each side must be 1 to %d pixels, and "
			  "the limit is %d screens",
			width, height, VHOST_MAX_SIDE, VHOST_SCREENS);
		return NULL;
	}
	return &vhost_screen_add(backend, index, name, &mode, false)->base;
}

static void screen_clear(struct vhost_screen *screen)
{
	screen_set_scanout(screen, 0);
	buffer_unlock(screen->current);
	buffer_unlock(screen->pending);
	screen->current = screen->pending = NULL;
}

bool vhost_screen_remove(struct screen *base)
{
	struct vhost_screen *screen = vhost_screen_from(base);
	base->backend->sink->screen_removed(base->backend->sink_data, base);
	screen_clear(screen);
	base->enabled = false;
	screen_update_display_info(screen);
	timer_finish(&screen->expose);
	vhost_cursor_finish(screen);
	wl_list_remove(&base->link);
	screen_finish(base);
	free(screen);
	return true;
}

static bool backend_configure(
	struct backend *base, const struct screen_config *configs, size_t n, bool test_only)
{
	for (size_t i = 0; i < n; i++) {
		const struct mode *mode = &configs[i].mode;
		if (!vhost_screen_is_possible(mode->width, mode->height, mode->refresh_mhz))
			return false;
	}
	for (size_t i = 0; i < n && !test_only; i++) {
		struct vhost_screen *screen = vhost_screen_from(configs[i].screen);
		int refresh = screen->base.mode.refresh_mhz;
		screen->base.enabled = configs[i].enabled;
		screen->base.mode = configs[i].mode;
		if (!screen->base.mode.refresh_mhz)
			screen->base.mode.refresh_mhz = refresh;
		if (!screen->base.enabled)
			screen_clear(screen);
		screen_update_display_info(screen);
	}
	return true;
}

// Creation and destruction

static void backend_remove_sources(struct vhost_backend *backend)
{
	for (size_t i = 0; i < array_length(backend->sources); i++) {
		if (backend->sources[i])
			wl_event_source_remove(backend->sources[i]);
		backend->sources[i] = NULL;
	}
}

static void on_idle(void *data)
{
	struct vhost_backend *backend = data;
	struct vhost_screen *screen, *tmp;
	backend->idle = NULL;
	if (backend->vhost->dead) {
		backend_remove_sources(backend);
		backend->base.sink->closed(backend->base.sink_data, true);
		return;
	}
	vhost_hotplug_schedule(backend);
	wl_list_for_each_safe(screen, tmp, &backend->base.screens, base.link)
		if (screen->frame_pending &&
			vhost_is_completed(backend->vhost, screen->flush_seqno))
			screen_report_presented(screen);
}

// Deferred, since this is called from within any function that waits for the device.
static void on_notify(void *data)
{
	struct vhost_backend *backend = data;
	if (!backend->idle)
		backend->idle = xadd_idle(backend->loop, on_idle, backend);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	struct vhost_backend *backend = data;
	if (!vhost_dispatch(backend->vhost, 0))
		on_notify(backend);
	// The channel may have been closed by either side.
	struct wl_event_source **channel = &backend->sources[SOURCE_CHANNEL];
	if (*channel && backend->vhost->channel.file < 0) {
		wl_event_source_remove(*channel);
		*channel = NULL;
	}
	return 0;
}

static bool backend_start(struct backend *base)
{
	struct vhost_backend *backend = vhost_backend_from(base);
	const struct backend_options *options = &backend->options;
	if (vhost_hotplug_start(backend))
		return true;
	for (int i = 0; i < MAX(options->screens, 1); i++)
		if (!backend_add_screen(base, NULL, options->width ? options->width : 1280,
			    options->height ? options->height : 800, options->refresh_mhz))
			return false;
	return true;
}

static void vhost_backend_destroy(struct backend *base)
{
	struct vhost_backend *backend = vhost_backend_from(base);
	struct screen *screen, *tmp;
	wl_list_for_each_safe(screen, tmp, &base->screens, link)
		vhost_screen_remove(screen);
	backend_remove_sources(backend);
	timer_finish(&backend->poll_timer);
	if (backend->idle)
		wl_event_source_remove(backend->idle);
	if (backend->vhost)
		backend->vhost->notify = NULL;
	vhost_unref(backend->vhost);
	free(backend);
}

static const struct backend_impl impl = {
	.name = "virtio",
	.start = backend_start,
	.destroy = vhost_backend_destroy,
	.alloc = vhost_buffer_alloc,
	.configure = backend_configure,
	.present = screen_present,
	.add_screen = backend_add_screen,
	.remove_screen = vhost_screen_remove,
};

struct vhost *vhost_backend_device(struct backend *backend)
{
	return backend->impl == &impl ? vhost_backend_from(backend)->vhost : NULL;
}

struct backend *vhost_backend_create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options)
{
	static const char *const by_host[] = {"virgl", "pixman", NULL};
	static const char *const by_cpu[] = {"pixman", NULL};
	struct vhost_backend *backend = xcalloc(1, sizeof(*backend));
	backend->base = (struct backend){
		.impl = &impl,
		.sink = sink,
		.sink_data = sink_data,
		.renderers = by_cpu,
		.device = -1,
	};
	wl_list_init(&backend->base.screens);
	backend->loop = loop;
	backend->clock = clock;
	backend->options = *options;
	timer_init(&backend->poll_timer, clock, vhost_hotplug_poll, backend);
	backend->vhost = vhost_create(options->device, NULL);
	if (!backend->vhost)
		goto fail;
	if (backend->vhost->has_virgl)
		backend->base.renderers = by_host;
	backend->vhost->notify = on_notify;
	backend->vhost->notify_data = backend;
	const int files[] = {backend->vhost->rings[VHOST_CONTROL].call,
		backend->vhost->rings[VHOST_CURSOR].call, backend->vhost->display,
		backend->vhost->socket, backend->vhost->channel.file};
	for (size_t i = 0; i < array_length(files); i++) {
		if (files[i] < 0)
			continue;
		backend->sources[i] = wl_event_loop_add_fd(
			loop, files[i], WL_EVENT_READABLE, on_readable, backend);
		if (!backend->sources[i])
			goto fail;
	}
	return &backend->base;
fail:
	vhost_backend_destroy(&backend->base);
	return NULL;
}
