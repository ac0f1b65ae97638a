// SPDX-License-Identifier: MIT
// Screens on a device process: each frame is a scan-out, where the buffer is another one, and a
// flush; the pointer has a queue of its own. Nobody sees them but who watches the device.
#include <drm_fourcc.h>
#include <pixman.h>
#include <stdlib.h>
#include <string.h>
#include "backends/backend.h"
#include "backends/virtio/vhost.h"
#include "backends/virtio/virtio.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_SIDE 16384
#define CURSOR_SIDE 64 // devices take no other
#define FORMAT_BGRA 1
#define FORMAT_BGRX 2

struct vhost_backend {
	struct backend base;
	struct wl_event_loop *loop;
	struct clock *clock;
	struct vhost *vhost;
	struct backend_options options;
	struct wl_event_source *sources[4], *soon;
};

// Memory that is copied to the device.
struct vhost_buffer {
	struct buffer base;
	struct vhost *vhost;
	uint32_t id; // 0: the device has none
	void *memory;
	size_t size;
};

struct vhost_screen {
	struct screen base;
	uint32_t index;
	uint32_t scanout;            // resource that is shown, 0: none
	struct buffer *shown, *next; // locked; may be NULL
	uint64_t flushed;            // by this command
	bool owed;                   // the core waits to hear of a frame
	uint64_t sequence;
	struct buffer *images[2]; // of the pointer, in turn
	uint32_t image;           // resource of that one which is seen, 0: none
	uint32_t x, y;
};

static struct vhost_backend *backend_from(struct backend *backend)
{
	return wl_container_of(backend, (struct vhost_backend *)NULL, base);
}

static uint64_t control(struct vhost *vhost, enum vhost_command command, const uint32_t *words,
	size_t n, bool fence)
{
	return vhost_send(vhost, VHOST_CONTROL, command, 0, words, n, NULL, 0, fence);
}

// Buffers

static void destroy_buffer(struct buffer *base)
{
	struct vhost_buffer *buffer = wl_container_of(base, buffer, base);
	struct vhost *vhost = buffer->vhost;
	buffer_finish(base);
	if (buffer->id && !vhost->dead)
		vhost_wait(vhost,
			control(vhost, VHOST_UNREF, (const uint32_t[]){buffer->id, 0}, 2, false));
	vhost_free(vhost, buffer->memory, buffer->size);
	vhost_unref(vhost);
	free(buffer);
}

static bool begin_access(struct buffer *base, struct pixels *into)
{
	struct vhost_buffer *buffer = wl_container_of(base, buffer, base);
	*into = (struct pixels){
		buffer->memory, (size_t)base->width * 4, base->width, base->height, base->format};
	return true;
}

static void end_access(struct buffer *base)
{
}

static const struct buffer_impl buffer_impl = {
	.destroy = destroy_buffer,
	.begin_access = begin_access,
	.end_access = end_access,
};

static bool create_2d(struct vhost_buffer *buffer)
{
	struct vhost *vhost = buffer->vhost;
	uint32_t answer[6], id = vhost->ids + 1;
	uint64_t address = vhost_address(vhost, buffer->memory);
	const uint32_t create[] = {id,
		format_has_alpha(buffer->base.format) ? FORMAT_BGRA : FORMAT_BGRX,
		(uint32_t)buffer->base.width, (uint32_t)buffer->base.height};
	const uint32_t attach[] = {
		id, 1, (uint32_t)address, (uint32_t)(address >> 32), (uint32_t)buffer->size, 0};
	if (!vhost_ask(vhost, VHOST_CREATE_2D, 0, create, array_length(create), answer,
		    sizeof(answer)))
		return false;
	vhost->ids++;
	buffer->id = id;
	return control(vhost, VHOST_ATTACH_BACKING, attach, array_length(attach), false);
}

static struct buffer *alloc(struct backend *base, int width, int height, uint32_t format)
{
	struct vhost_backend *backend = backend_from(base);
	if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE ||
		format_opaque(format) != DRM_FORMAT_XRGB8888)
		return NULL;
	struct vhost_buffer *buffer = xcalloc(1, sizeof(*buffer));
	buffer_init(&buffer->base, &buffer_impl, width, height, format);
	buffer->vhost = vhost_ref(backend->vhost);
	buffer->size = (size_t)width * (size_t)height * 4;
	buffer->memory = vhost_alloc(buffer->vhost, buffer->size);
	if (buffer->memory && create_2d(buffer))
		return &buffer->base;
	log_error("%s: no memory for %dx%d", buffer->vhost->path, width, height);
	buffer_drop(&buffer->base);
	return NULL;
}

static struct vhost_buffer *own_buffer(struct buffer *base)
{
	struct vhost_buffer *buffer = wl_container_of(base, buffer, base);
	return base->impl == &buffer_impl ? buffer : NULL;
}

static uint32_t resource_of(struct vhost *vhost, struct buffer *base)
{
	const struct vhost_buffer *own = own_buffer(base);
	return own ? own->id : base->dmabuf ? vhost_resource_of(vhost, base->dmabuf->fd[0]) : 0;
}

static uint64_t carry_over(struct vhost_buffer *buffer, const pixman_box32_t *box)
{
	uint32_t width = (uint32_t)buffer->base.width;
	const uint32_t words[] = {(uint32_t)box->x1, (uint32_t)box->y1,
		(uint32_t)(box->x2 - box->x1), (uint32_t)(box->y2 - box->y1),
		((uint32_t)box->y1 * width + (uint32_t)box->x1) * 4, 0, buffer->id, 0};
	return control(buffer->vhost, VHOST_TRANSFER_2D, words, array_length(words), false);
}

// The pointer

static bool cursor_command(
	struct vhost_screen *screen, enum vhost_command command, int hotspot_x, int hotspot_y)
{
	const uint32_t words[] = {screen->index, screen->x, screen->y, 0, screen->image,
		(uint32_t)hotspot_x, (uint32_t)hotspot_y, 0};
	return vhost_send(backend_from(screen->base.backend)->vhost, VHOST_CURSOR, command, 0,
		words, array_length(words), NULL, 0, false);
}

// Into the image that is not seen, and over to the device: what comes on the other queue would
// overtake it.
static bool copy_image(struct vhost_screen *screen, struct buffer *from)
{
	struct vhost *vhost = backend_from(screen->base.backend)->vhost;
	struct buffer **place = &screen->images[screen->images[0] &&
		screen->image == own_buffer(screen->images[0])->id];
	struct pixels source, target;
	const pixman_box32_t all = {0, 0, CURSOR_SIDE, CURSOR_SIDE};
	if (from->width > CURSOR_SIDE || from->height > CURSOR_SIDE ||
		from->format != DRM_FORMAT_ARGB8888)
		return false;
	if (!*place)
		*place = alloc(screen->base.backend, CURSOR_SIDE, CURSOR_SIDE, DRM_FORMAT_ARGB8888);
	if (!*place || !buffer_begin_access(from, &source))
		return false;
	begin_access(*place, &target);
	memset(target.data, 0, target.stride * CURSOR_SIDE);
	for (int y = 0; y < source.height; y++)
		memcpy((char *)target.data + (size_t)y * target.stride,
			(const char *)source.data + (size_t)y * source.stride,
			(size_t)source.width * 4);
	buffer_end_access(from);
	screen->image = own_buffer(*place)->id;
	return vhost_wait(vhost, carry_over(own_buffer(*place), &all));
}

static bool show_cursor(struct vhost_screen *screen, const struct frame *frame)
{
	bool seen = screen->image;
	if (frame->cursor.buffer) {
		screen->x = (uint32_t)frame->cursor.dst.x;
		screen->y = (uint32_t)frame->cursor.dst.y;
	}
	if (!(frame->set & FRAME_CURSOR_IMAGE))
		return cursor_command(screen, VHOST_MOVE_CURSOR, 0, 0);
	if (frame->cursor.buffer && !copy_image(screen, frame->cursor.buffer))
		return false;
	if (!frame->cursor.buffer)
		screen->image = 0;
	return (!seen && !screen->image) ||
		cursor_command(screen, VHOST_UPDATE_CURSOR, frame->hotspot_x, frame->hotspot_y);
}

// Frames

static void tell_presented(struct vhost_screen *screen)
{
	struct vhost_backend *backend = backend_from(screen->base.backend);
	struct buffer *old = screen->shown;
	screen->shown = screen->next;
	screen->next = NULL;
	screen->owed = false;
	buffer_unlock(old);
	backend->base.sink->presented(backend->base.sink_data, &screen->base,
		&(struct presented){
			.time_ns = clock_now_ns(backend->clock),
			.sequence = ++screen->sequence,
		});
}

static void set_scanout(struct vhost_screen *screen, uint32_t id)
{
	const struct mode *mode = &screen->base.mode;
	const uint32_t words[] = {0, 0, id ? (uint32_t)mode->width : 0,
		id ? (uint32_t)mode->height : 0, screen->index, id};
	if (screen->scanout == id)
		return;
	screen->scanout = id;
	control(backend_from(screen->base.backend)->vhost, VHOST_SET_SCANOUT, words,
		array_length(words), false);
}

static bool show(struct vhost_screen *screen, struct buffer *buffer, const region *damage)
{
	struct vhost *vhost = backend_from(screen->base.backend)->vhost;
	struct vhost_buffer *own = own_buffer(buffer);
	uint32_t id = resource_of(vhost, buffer);
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
		carry_over(own, &boxes[i]);
	set_scanout(screen, id);
	const uint32_t flush[] = {(uint32_t)around->x1, (uint32_t)around->y1,
		(uint32_t)(around->x2 - around->x1), (uint32_t)(around->y2 - around->y1), id, 0};
	screen->flushed = control(vhost, VHOST_FLUSH, flush, array_length(flush), true);
	buffer_unlock(screen->next);
	screen->next = buffer_lock(buffer);
	screen->owed = true;
	return screen->flushed;
}

static bool present(struct screen *base, const struct frame *frame, bool test_only)
{
	struct vhost_screen *screen = wl_container_of(base, screen, base);
	struct buffer *buffer = frame->primary.buffer;
	if (!base->enabled || backend_from(base->backend)->vhost->dead)
		return false;
	if (test_only) // pixels of clients are not on this device
		return !(frame->set & FRAME_PRIMARY);
	if (frame->set & (FRAME_CURSOR_IMAGE | FRAME_CURSOR_POSITION) &&
		!show_cursor(screen, frame))
		return false;
	return !(frame->set & FRAME_PRIMARY) || (buffer && show(screen, buffer, frame->damage));
}

// Screens

static bool is_possible(int width, int height, int refresh_mhz)
{
	return width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE &&
		refresh_mhz >= 0;
}

static void tell_size(struct vhost_screen *screen)
{
	struct vhost *vhost = backend_from(screen->base.backend)->vhost;
	vhost->screens[screen->index].width = screen->base.enabled ? screen->base.mode.width : 0;
	vhost->screens[screen->index].height = screen->base.enabled ? screen->base.mode.height : 0;
}

static struct screen *add_screen(
	struct backend *base, const char *name, int width, int height, int refresh_mhz)
{
	struct vhost_backend *backend = backend_from(base);
	uint32_t index = 0;
	while (index < VHOST_SCREENS && backend->vhost->screens[index].width)
		index++;
	if (index == VHOST_SCREENS || !is_possible(width, height, refresh_mhz)) {
		log_error("a screen of %dx%d is not possible: each side is 1 to %d pixels, and "
			  "there are %d screens",
			width, height, MAX_SIDE, VHOST_SCREENS);
		return NULL;
	}
	struct vhost_screen *screen = xcalloc(1, sizeof(*screen));
	struct screen *public = &screen->base;
	screen->index = index;
	public->backend = base;
	public->name = name ? xstrdup(name) : xasprintf("Virtual-%u", index + 1);
	public->make = xstrdup("Oriel");
	public->model = xstrdup("virtio-gpu");
	public->mode = (struct mode){width, height, refresh_mhz ? refresh_mhz : 60000, true};
	public->modes = xcalloc(1, sizeof(*public->modes));
	public->modes[0] = public->mode;
	public->n_modes = 1;
	public->custom_modes = true;
	public->enabled = true;
	public->unclocked = true;
	public->uploads = true;
	public->cursor_at_once = true;
	public->cursor_width = public->cursor_height = CURSOR_SIDE;
	format_set_add(&public->formats, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID);
	format_set_add(&public->formats, DRM_FORMAT_XBGR8888, DRM_FORMAT_MOD_INVALID);
	tell_size(screen);
	wl_list_insert(base->screens.prev, &public->link);
	base->sink->screen_added(base->sink_data, public);
	return public;
}

static void go_dark(struct vhost_screen *screen)
{
	set_scanout(screen, 0);
	buffer_unlock(screen->shown);
	buffer_unlock(screen->next);
	screen->shown = screen->next = NULL;
	screen->owed = false;
}

static bool remove_screen(struct screen *base)
{
	struct vhost_screen *screen = wl_container_of(base, screen, base);
	base->backend->sink->screen_removed(base->backend->sink_data, base);
	go_dark(screen);
	base->enabled = false;
	tell_size(screen);
	for (size_t i = 0; i < array_length(screen->images); i++)
		buffer_drop(screen->images[i]);
	wl_list_remove(&base->link);
	format_set_finish(&base->formats);
	free(base->name);
	free(base->make);
	free(base->model);
	free(base->modes);
	free(screen);
	return true;
}

static bool configure(
	struct backend *base, const struct screen_config *configs, size_t n, bool test_only)
{
	for (size_t i = 0; i < n; i++) {
		const struct mode *mode = &configs[i].mode;
		if (!is_possible(mode->width, mode->height, mode->refresh_mhz))
			return false;
	}
	for (size_t i = 0; i < n && !test_only; i++) {
		struct vhost_screen *screen = wl_container_of(configs[i].screen, screen, base);
		int refresh = screen->base.mode.refresh_mhz;
		screen->base.enabled = configs[i].enabled;
		screen->base.mode = configs[i].mode;
		if (!screen->base.mode.refresh_mhz)
			screen->base.mode.refresh_mhz = refresh;
		if (!screen->base.enabled)
			go_dark(screen);
		tell_size(screen);
	}
	return true;
}

// Life

static void forget_sources(struct vhost_backend *backend)
{
	for (size_t i = 0; i < array_length(backend->sources); i++) {
		if (backend->sources[i])
			wl_event_source_remove(backend->sources[i]);
		backend->sources[i] = NULL;
	}
}

static void look(void *data)
{
	struct vhost_backend *backend = data;
	struct vhost_screen *screen, *tmp;
	backend->soon = NULL;
	if (backend->vhost->dead) {
		forget_sources(backend);
		backend->base.sink->closed(backend->base.sink_data, true);
		return;
	}
	wl_list_for_each_safe(screen, tmp, &backend->base.screens, base.link)
		if (screen->owed && vhost_is_done(backend->vhost, screen->flushed))
			tell_presented(screen);
}

// Whoever waited for something else may have taken it from the queue.
static void on_progress(void *data)
{
	struct vhost_backend *backend = data;
	if (!backend->soon)
		backend->soon = wl_event_loop_add_idle(backend->loop, look, backend);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	struct vhost_backend *backend = data;
	if (!vhost_pump(backend->vhost, 0))
		on_progress(backend);
	return 0;
}

static bool start(struct backend *base)
{
	const struct backend_options *options = &backend_from(base)->options;
	for (int i = 0; i < MAX(options->screens, 1); i++)
		if (!add_screen(base, NULL, options->width ? options->width : 1280,
			    options->height ? options->height : 800, options->refresh_mhz))
			return false;
	return true;
}

static void destroy(struct backend *base)
{
	struct vhost_backend *backend = backend_from(base);
	struct screen *screen, *tmp;
	wl_list_for_each_safe(screen, tmp, &base->screens, link)
		remove_screen(screen);
	forget_sources(backend);
	if (backend->soon)
		wl_event_source_remove(backend->soon);
	if (backend->vhost)
		backend->vhost->progress = NULL;
	vhost_unref(backend->vhost);
	free(backend);
}

static const struct backend_impl impl = {
	.name = "virtio",
	.start = start,
	.destroy = destroy,
	.alloc = alloc,
	.configure = configure,
	.present = present,
	.add_screen = add_screen,
	.remove_screen = remove_screen,
};

struct vhost *vhost_backend_device(struct backend *backend)
{
	return backend->impl == &impl ? backend_from(backend)->vhost : NULL;
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
	backend->vhost = vhost_create(options->device, NULL);
	if (!backend->vhost)
		goto fail;
	if (backend->vhost->draws)
		backend->base.renderers = by_host;
	backend->vhost->progress = on_progress;
	backend->vhost->progress_data = backend;
	const int files[] = {backend->vhost->rings[VHOST_CONTROL].call,
		backend->vhost->rings[VHOST_CURSOR].call, backend->vhost->display,
		backend->vhost->socket};
	for (size_t i = 0; i < array_length(files); i++) {
		backend->sources[i] = wl_event_loop_add_fd(
			loop, files[i], WL_EVENT_READABLE, on_readable, backend);
		if (!backend->sources[i])
			goto fail;
	}
	return &backend->base;
fail:
	destroy(&backend->base);
	return NULL;
}
