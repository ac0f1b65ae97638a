// SPDX-License-Identifier: MIT
#include "tests/harness/fake_gpu.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "tests/harness/test.h"

#define MAX_SIZE (16 << 20)

// A DMA-BUF as the renderer behind sees it: a copy in a pixman buffer.
struct view {
	struct buffer base;
	struct fake_renderer *fake;
	struct texture *texture; // of that renderer
	struct buffer *of;
	struct wl_listener of_destroyed;
	int generation;
	void *data;
	size_t size, stride;
	struct wl_list link;
};

struct fake_renderer {
	struct renderer base;
	struct renderer *pixman;
	struct fake_gpu *gpu;
	int generation; // number of losses
	struct wl_list views;
};

static struct fake_renderer *fake_from(struct renderer *renderer)
{
	struct fake_renderer *fake = wl_container_of(renderer, fake, base);
	return fake;
}

static void view_destroy(struct buffer *base)
{
	struct view *view = wl_container_of(base, view, base);
	buffer_finish(base);
	wl_list_remove(&view->link);
	free(view->data);
	free(view);
}

static bool view_begin(struct buffer *base, struct pixels *into)
{
	struct view *view = wl_container_of(base, view, base);
	*into = (struct pixels){view->data, view->stride, base->width, base->height, base->format};
	return true;
}

static void view_end(struct buffer *base)
{
}

static const struct buffer_impl view_impl = {
	.destroy = view_destroy,
	.begin_access = view_begin,
	.end_access = view_end,
};

static void on_buffer_destroyed(struct wl_listener *listener, void *data);

// Reads the current pixels. A descriptor that cannot be read at an offset is a pipe.
static void view_read(struct view *view)
{
	const struct dmabuf *dmabuf = view->of->dmabuf;
	bool readable = format_info(view->of->format)->pixman &&
		pread(dmabuf->fd[0], view->data, view->size, dmabuf->offset[0]) >= 0;
	uint32_t *pixels = view->data;
	for (size_t i = 0; !readable && i < view->size / 4; i++)
		pixels[i] = 0xff000000 | FAKE_GPU_PIPE_COLOR;
}

// NULL: too large.
static struct view *view_create(struct fake_renderer *fake, struct buffer *buffer)
{
	bool video = !format_info(buffer->format)->pixman;
	size_t stride = video ? (size_t)buffer->width * 4 : buffer->dmabuf->stride[0];
	size_t size = stride * (size_t)buffer->height;
	if (size > MAX_SIZE)
		return NULL;
	struct view *view = xcalloc(1, sizeof(*view));
	buffer_init(&view->base, &view_impl, buffer->width, buffer->height,
		video ? DRM_FORMAT_XRGB8888 : buffer->format);
	view->stride = stride;
	view->size = size;
	view->data = xcalloc(1, size);
	view->fake = fake;
	view->generation = fake->generation;
	view->of = buffer;
	view->of_destroyed.notify = on_buffer_destroyed;
	view_read(view);
	if (!fake->pixman->impl->import(fake->pixman, &view->texture, &view->base, NULL)) {
		free(view->data);
		free(view);
		return NULL;
	}
	wl_signal_add(&buffer->destroyed, &view->of_destroyed);
	wl_list_insert(&fake->views, &view->link);
	return view;
}

static struct view *find_view(struct fake_renderer *fake, const struct texture *texture)
{
	struct view *view;
	wl_list_for_each(view, &fake->views, link) {
		if (texture && view->texture == texture)
			return view;
	}
	return NULL;
}

static void view_end_of(struct fake_renderer *fake, struct view *view)
{
	fake->pixman->impl->forget(fake->pixman, view->texture);
	fake->gpu->textures--;
	wl_list_remove(&view->of_destroyed.link);
	view->of->texture = NULL;
	buffer_drop(&view->base);
}

static void on_buffer_destroyed(struct wl_listener *listener, void *data)
{
	struct view *view = wl_container_of(listener, view, of_destroyed);
	view_end_of(view->fake, view);
}

// Returns the new texture; the old one is forgotten unless it belongs to a buffer.
static struct texture *take(struct fake_renderer *fake, struct texture *before, struct texture *now)
{
	if (before && before != now && !find_view(fake, before))
		fake->pixman->impl->forget(fake->pixman, before);
	return now;
}

static bool import(struct renderer *renderer, struct texture **texture, struct buffer *buffer,
	const region *damage)
{
	struct fake_renderer *fake = fake_from(renderer);
	const struct renderer_impl *pixman = fake->pixman->impl;
	struct view *old = find_view(fake, buffer->texture);
	if (renderer->lost || (fake->gpu->refuse && buffer->dmabuf))
		return false;
	if (!buffer->dmabuf) {
		if (find_view(fake, *texture))
			*texture = NULL; // it stays with its buffer
		return pixman->import(fake->pixman, texture, buffer, damage);
	}
	if (old && old->generation == fake->generation) {
		fake->gpu->updates++;
		view_read(old);
		*texture = take(fake, *texture, buffer->texture);
		return true;
	}
	if (old)
		view_end_of(fake, old);
	struct view *view = view_create(fake, buffer);
	if (!view)
		return false;
	buffer->texture = view->texture;
	*texture = take(fake, *texture, view->texture);
	fake->gpu->imports++;
	fake->gpu->textures++;
	return true;
}

static void forget(struct renderer *renderer, struct texture *texture)
{
	struct fake_renderer *fake = fake_from(renderer);
	if (!find_view(fake, texture))
		fake->pixman->impl->forget(fake->pixman, texture);
}

static bool recover_fake(struct renderer *renderer)
{
	struct fake_renderer *fake = fake_from(renderer);
	fake->generation++;
	renderer->lost = false;
	return true;
}

static bool draw(struct renderer *renderer, struct buffer *target, const struct draw *draws,
	size_t n, const region *repaint, int *fence)
{
	struct fake_renderer *fake = fake_from(renderer);
	struct renderer *pixman = fake->pixman;
	if (!target->dmabuf)
		return pixman->impl->draw(pixman, target, draws, n, repaint, fence);
	fake->gpu->drawn++;
	struct pixels pixels;
	struct buffer *memory = buffer_create_memfd(target->width, target->height, target->format);
	check(memory && pixman->impl->draw(pixman, memory, draws, n, repaint, fence));
	check(buffer_begin_access(memory, &pixels));
	for (int y = 0; y < target->height; y++) {
		const char *row = (const char *)pixels.data + (size_t)y * pixels.stride;
		off_t offset = target->dmabuf->offset[0] + (off_t)y * target->dmabuf->stride[0];
		ssize_t size = target->width * 4;
		check(pwrite(target->dmabuf->fd[0], row, (size_t)size, offset) == size ||
			errno == ESPIPE); // pipes keep nothing
	}
	buffer_end_access(memory);
	buffer_drop(memory);
	return true;
}

static bool read_pixels(struct renderer *renderer, struct buffer *source, const struct box *box,
	const struct pixels *into)
{
	struct fake_renderer *fake = fake_from(renderer);
	return fake->pixman->impl->read(fake->pixman, source, box, into);
}

static void destroy(struct renderer *renderer)
{
	struct fake_renderer *fake = fake_from(renderer);
	check(wl_list_empty(&fake->views));
	fake->gpu->renderer = NULL;
	fake->base.shm = fake->base.target = (struct format_set){0};
	format_set_finish(&fake->base.dmabuf);
	format_set_finish(&fake->base.shared);
	close_fd(&fake->base.device);
	renderer_destroy(fake->pixman);
	free(fake);
}

static const struct renderer_impl fake_impl = {
	.name = "fake",
	.destroy = destroy,
	.import = import,
	.forget = forget,
	.draw = draw,
	.read = read_pixels,
	.recover = recover_fake,
};

static struct renderer *make(struct backend *backend, void *data)
{
	static const uint32_t formats[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888};
	struct fake_gpu *gpu = data;
	struct fake_renderer *fake = xcalloc(1, sizeof(*fake));
	fake->gpu = gpu;
	fake->pixman = pixman_renderer_create(1);
	fake->base = *fake->pixman;
	fake->base.impl = &fake_impl;
	fake->base.device = gpu->no_device ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);
	wl_list_init(&fake->views);
	gpu->renderer = &fake->base;
	if (gpu->screens)
		backend->device = gpu->screens;
	if (gpu->empty)
		return &fake->base;
	struct format_set *set = &fake->base.dmabuf;
	for (size_t i = 0; i < array_length(formats); i++) {
		if (gpu->draws)
			format_set_add(&fake->base.shared, formats[i], DRM_FORMAT_MOD_LINEAR);
		format_set_add(set, formats[i], DRM_FORMAT_MOD_LINEAR);
		format_set_add(set, formats[i], DRM_FORMAT_MOD_INVALID);
	}
	format_set_add(set, DRM_FORMAT_XRGB8888, FAKE_MODIFIER_TILED);
	format_set_add(set, DRM_FORMAT_XRGB8888, FAKE_MODIFIER_COMPRESSED);
	format_set_add(set, DRM_FORMAT_RGB565, DRM_FORMAT_MOD_LINEAR);
	format_set_add(set, DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR);
	for (size_t i = 0; i < gpu->many; i++)
		format_set_add(set, DRM_FORMAT_XBGR8888, UINT64_C(0x0200000000000000) + i);
	return &fake->base;
}

static bool is_dmabuf(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && !(flags & FAKE_NO_DMABUF);
}

static bool yes(void)
{
	return true;
}

static bool no(void)
{
	return false;
}

struct server_options fake_gpu_options(struct fake_gpu *gpu)
{
	return (struct server_options){
		.virtual_clock = true,
		.width = 1280,
		.height = 720,
		.outputs = 1,
		.builtin_cursor = true,
		.make_renderer = make,
		.make_renderer_data = gpu,
		.is_dmabuf = is_dmabuf,
		.any_render_node = gpu->no_render_node ? no : yes,
	};
}

// Clients

static void on_failed(void *data, struct zwp_linux_buffer_params_v1 *params)
{
	struct gpu_params *gpu = data;
	gpu->failed++;
}

static void on_created(
	void *data, struct zwp_linux_buffer_params_v1 *params, struct wl_buffer *buffer)
{
	struct gpu_params *gpu = data;
	check(!gpu->created);
	gpu->created = buffer;
}

static const struct zwp_linux_buffer_params_v1_listener params_listener = {
	.created = on_created,
	.failed = on_failed,
};

struct zwp_linux_dmabuf_v1 *gpu_bind(struct client *client, uint32_t version)
{
	struct zwp_linux_dmabuf_v1 *dmabuf =
		client_bind(client, &zwp_linux_dmabuf_v1_interface, version);
	check(dmabuf != NULL);
	return dmabuf;
}

struct gpu_params *gpu_params_create(struct zwp_linux_dmabuf_v1 *dmabuf)
{
	struct gpu_params *gpu = xcalloc(1, sizeof(*gpu));
	gpu->params = zwp_linux_dmabuf_v1_create_params(dmabuf);
	zwp_linux_buffer_params_v1_add_listener(gpu->params, &params_listener, gpu);
	return gpu;
}

void gpu_params_add(struct gpu_params *gpu, int fd, uint32_t plane, uint32_t offset,
	uint32_t stride, uint64_t modifier)
{
	zwp_linux_buffer_params_v1_add(gpu->params, fd, plane, offset, stride,
		(uint32_t)(modifier >> 32), (uint32_t)modifier);
}

void gpu_params_destroy(struct gpu_params *gpu)
{
	zwp_linux_buffer_params_v1_destroy(gpu->params);
	free(gpu);
}

int gpu_memory(int width, int height, uint32_t argb)
{
	size_t size = (size_t)width * (size_t)height * 4;
	int fd = memfd_sized("gpu", size);
	check(fd >= 0);
	uint32_t *pixels = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	check(pixels != MAP_FAILED);
	for (size_t i = 0; i < size / 4; i++)
		pixels[i] = argb;
	munmap(pixels, size);
	return fd;
}

struct wl_buffer *gpu_buffer_from(struct zwp_linux_dmabuf_v1 *dmabuf, int fd, int width, int height)
{
	struct gpu_params *gpu = gpu_params_create(dmabuf);
	gpu_params_add(gpu, fd, 0, 0, (uint32_t)width * 4, DRM_FORMAT_MOD_LINEAR);
	struct wl_buffer *buffer = zwp_linux_buffer_params_v1_create_immed(
		gpu->params, width, height, DRM_FORMAT_XRGB8888, 0);
	gpu_params_destroy(gpu);
	return buffer;
}

struct wl_buffer *gpu_buffer(
	struct zwp_linux_dmabuf_v1 *dmabuf, int width, int height, uint32_t argb)
{
	int fd = gpu_memory(width, height, argb);
	struct wl_buffer *buffer = gpu_buffer_from(dmabuf, fd, width, height);
	close(fd);
	return buffer;
}

struct wl_buffer *gpu_buffer_unwritten(
	struct zwp_linux_dmabuf_v1 *dmabuf, int width, int height, int *writer)
{
	int pipes[2];
	check(pipe2(pipes, O_CLOEXEC) == 0);
	*writer = pipes[1];
	struct wl_buffer *buffer = gpu_buffer_from(dmabuf, pipes[0], width, height);
	close(pipes[0]);
	return buffer;
}
