// SPDX-License-Identifier: MIT
// Memory of devices, on machines that have none: a driver that takes a memfd for a dmabuf. Only the
// entry point that makes images is played; all behind it is real.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/gl/module.h"
#include "tests/harness/test.h"

#define SIDE 16
#define MODIFIER UINT64_C(0x0123456789abcdef)

static struct {
	struct gl *gl;
	PFNEGLCREATEIMAGEKHRPROC create;
	PFNEGLDESTROYIMAGEKHRPROC destroy;
	int created, destroyed;
	bool fails;
	EGLint attributes[64];
	size_t n;
} driver;

static EGLint attribute(EGLint name)
{
	for (size_t i = 0; i + 1 < driver.n; i += 2)
		if (driver.attributes[i] == name)
			return driver.attributes[i + 1];
	return -1;
}

static EGLImageKHR EGLAPIENTRY create_image(EGLDisplay display, EGLContext context, EGLenum target,
	EGLClientBuffer buffer, const EGLint *attributes)
{
	check_eq(target, EGL_LINUX_DMA_BUF_EXT);
	check(context == EGL_NO_CONTEXT && !buffer);
	for (driver.n = 0; attributes[driver.n] != EGL_NONE; driver.n++)
		driver.attributes[driver.n] = attributes[driver.n];
	if (driver.fails)
		return EGL_NO_IMAGE_KHR;
	int width = attribute(EGL_WIDTH), height = attribute(EGL_HEIGHT);
	int stride = attribute(EGL_DMA_BUF_PLANE0_PITCH_EXT);
	char *rows = xcalloc((size_t)height, (size_t)stride);
	check(pread(attribute(EGL_DMA_BUF_PLANE0_FD_EXT), rows, (size_t)(height * stride),
		      attribute(EGL_DMA_BUF_PLANE0_OFFSET_EXT)) > 0);
	GLuint name;
	glGenTextures(1, &name);
	glBindTexture(GL_TEXTURE_2D, name);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, stride / 4);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_BGRA_EXT, width, height, 0, GL_BGRA_EXT, GL_UNSIGNED_BYTE,
		rows);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
	free(rows);
	EGLImageKHR image = driver.create(display, driver.gl->context, EGL_GL_TEXTURE_2D_KHR,
		(EGLClientBuffer)(uintptr_t)name, NULL);
	glDeleteTextures(1, &name); // the image keeps what it stands for
	driver.created += image != EGL_NO_IMAGE_KHR;
	return image;
}

static EGLBoolean EGLAPIENTRY destroy_image(EGLDisplay display, EGLImageKHR image)
{
	driver.destroyed++;
	return driver.destroy(display, image);
}

static EGLBoolean EGLAPIENTRY query_formats(
	EGLDisplay display, EGLint max, EGLint *formats, EGLint *count)
{
	const EGLint known[] = {
		DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_NV12, 0x20202020};
	check(max >= (EGLint)array_length(known));
	memcpy(formats, known, sizeof(known));
	*count = array_length(known);
	return EGL_TRUE;
}

static EGLBoolean EGLAPIENTRY query_modifiers(EGLDisplay display, EGLint format, EGLint max,
	EGLuint64KHR *modifiers, EGLBoolean *external, EGLint *count)
{
	bool video = format == DRM_FORMAT_NV12;
	modifiers[0] = DRM_FORMAT_MOD_LINEAR;
	modifiers[1] = MODIFIER;
	external[0] = video;
	external[1] = true;
	*count = 2;
	return EGL_TRUE;
}

static void play(struct gl *gl)
{
	if (gl->has.dmabuf)
		test_skip("the driver takes real ones");
	if (!gl->procs.create_image || !gl->procs.image_to_texture || !gl->has.external)
		test_skip("the driver has no images");
	driver.gl = gl;
	driver.create = gl->procs.create_image;
	driver.destroy = gl->procs.destroy_image;
	gl->procs.create_image = create_image;
	gl->procs.destroy_image = destroy_image;
	gl->procs.query_dmabuf_formats = query_formats;
	gl->procs.query_dmabuf_modifiers = query_modifiers;
	gl->has.dmabuf = gl->has.modifiers = true;
}

static void start(struct desk *desk)
{
	void (*init)(struct gl * gl) = (void (*)(struct gl *))module_symbol("gl_dmabuf_init");
	desk_init(desk, module_renderer());
	play(gl_from(desk->renderer));
	init(gl_from(desk->renderer));
}

struct device_buffer {
	struct buffer base;
	struct dmabuf dmabuf;
	struct buffer *memory;
};

static void device_destroy(struct buffer *base)
{
	struct device_buffer *buffer = wl_container_of(base, buffer, base);
	buffer_finish(base);
	buffer_drop(buffer->memory);
	free(buffer);
}

static const struct buffer_impl device_impl = {.destroy = device_destroy};

static struct buffer *device_buffer(uint32_t format, uint64_t modifier, uint32_t word)
{
	struct device_buffer *buffer = xcalloc(1, sizeof(*buffer));
	struct pixels pixels;
	buffer_init(&buffer->base, &device_impl, SIDE, SIDE, format);
	buffer->memory = buffer_create_memfd(SIDE, SIDE, DRM_FORMAT_XRGB8888);
	desk_fill(buffer->memory, word);
	check(buffer_begin_access(buffer->memory, &pixels));
	struct buffer_file file;
	check(buffer_file(buffer->memory, &file));
	buffer->dmabuf.n_planes = format == DRM_FORMAT_NV12 ? 2 : 1;
	for (int i = 0; i < buffer->dmabuf.n_planes; i++) {
		buffer->dmabuf.fd[i] = file.fd;
		buffer->dmabuf.stride[i] = (uint32_t)pixels.stride;
		buffer->dmabuf.offset[i] = (uint32_t)i * 64;
	}
	buffer->dmabuf.modifier = modifier;
	buffer->base.dmabuf = &buffer->dmabuf;
	buffer_end_access(buffer->memory);
	return &buffer->base;
}

TEST(what_is_taken)
{
	struct desk desk;
	start(&desk);
	const struct format_set *taken = &desk.renderer->dmabuf, *drawn = &desk.renderer->shared;
	check_eq(taken->count, 3); // and none whose sizes nobody could check
	check(format_set_has(taken, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	check(format_set_has(taken, DRM_FORMAT_XRGB8888, MODIFIER));
	check(format_set_has(taken, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID));
	check(format_set_has(taken, DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR));
	check(format_set_has(drawn, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	check(!format_set_has(drawn, DRM_FORMAT_XRGB8888, MODIFIER));
	check(!format_set_get(drawn, DRM_FORMAT_NV12));
	desk_finish(&desk);
}

TEST(sampled)
{
	struct desk desk;
	start(&desk);
	const struct renderer_impl *impl = desk.renderer->impl;
	struct buffer *target = impl->alloc(desk.renderer, SIDE, SIDE, DRM_FORMAT_XRGB8888);
	struct buffer *first =
		device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0x00336699);
	struct buffer *second = device_buffer(DRM_FORMAT_XRGB8888, MODIFIER, 0x00112233);
	struct draw *draw = desk_add(&desk, NULL, &(struct box){0, 0, SIDE, SIDE});
	check(impl->import(desk.renderer, &draw->texture, first, NULL));
	check(draw->texture == first->texture && draw->texture->holds);
	check_eq(draw->texture->width, SIDE);
	check_eq(attribute(EGL_LINUX_DRM_FOURCC_EXT), DRM_FORMAT_XRGB8888);
	check_eq(attribute(EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT), 0);
	check(desk_draw(&desk, target, NULL));
	check_eq(desk_pixel(&desk, target, 3, 3), 0x336699);
	// One that the driver only samples as external.
	check(impl->import(desk.renderer, &draw->texture, second, NULL));
	check(draw->texture == second->texture);
	check_eq((uint32_t)attribute(EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT), MODIFIER & 0xffffffff);
	check_eq((uint32_t)attribute(EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT), MODIFIER >> 32);
	check(desk_draw(&desk, target, NULL));
	check_eq(desk_pixel(&desk, target, 3, 3), 0x112233);
	// They come again and again: nothing is made anew.
	for (int i = 0; i < 4; i++)
		check(impl->import(desk.renderer, &draw->texture, i & 1 ? second : first, NULL));
	check_eq(driver.created, 2);
	// From a device to the CPU and back.
	struct buffer *memory = desk_buffer(SIDE, SIDE, DRM_FORMAT_XRGB8888);
	desk_fill(memory, 0x778899);
	check(impl->import(desk.renderer, &draw->texture, memory, NULL));
	check(!draw->texture->holds);
	check(desk_draw(&desk, target, NULL));
	check_eq(desk_pixel(&desk, target, 3, 3), 0x778899);
	check(impl->import(desk.renderer, &draw->texture, first, NULL));
	check(desk_draw(&desk, target, NULL));
	check_eq(desk_pixel(&desk, target, 3, 3), 0x336699);
	draw->texture = NULL;
	buffer_drop(first);
	buffer_drop(second);
	check_eq(driver.destroyed, driver.created);
	buffer_drop(memory);
	buffer_drop(target);
	desk_finish(&desk);
}

TEST(refused)
{
	struct desk desk;
	start(&desk);
	const struct renderer_impl *impl = desk.renderer->impl;
	struct buffer *target = impl->alloc(desk.renderer, SIDE, SIDE, DRM_FORMAT_XRGB8888);
	struct buffer *good = device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0x336699);
	struct buffer *bad = device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0);
	struct draw *draw = desk_add(&desk, NULL, &(struct box){0, 0, SIDE, SIDE});
	check(impl->import(desk.renderer, &draw->texture, good, NULL));
	struct texture *texture = draw->texture, *none = NULL;
	int lines = 0;
	desk_count_lines(&lines);
	driver.fails = true;
	check(!impl->import(desk.renderer, &draw->texture, bad, NULL));
	check(draw->texture == texture && !bad->texture);
	check(!impl->import(desk.renderer, &none, bad, NULL));
	check(!none);
	check(!desk_draw(&desk, bad, NULL));
	check_eq(lines, 3);
	desk_count_lines(NULL);
	check(desk_draw(&desk, target, NULL));
	check_eq(desk_pixel(&desk, target, 3, 3), 0x336699);
	draw->texture = NULL;
	buffer_drop(bad);
	buffer_drop(good);
	buffer_drop(target);
	desk_finish(&desk);
}

TEST(video)
{
	struct desk desk;
	start(&desk);
	struct buffer *buffer = device_buffer(DRM_FORMAT_NV12, MODIFIER, 0);
	struct texture *texture = NULL;
	check(desk.renderer->impl->import(desk.renderer, &texture, buffer, NULL));
	check_eq(gl_texture_from(texture)->kind, GL_TEXTURE_EXTERNAL_OES);
	check_eq(attribute(EGL_DMA_BUF_PLANE1_OFFSET_EXT), 64);
	check_eq((uint32_t)attribute(EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT), MODIFIER >> 32);
	check_eq(attribute(EGL_DMA_BUF_PLANE2_FD_EXT), -1);
	check_eq(attribute(EGL_YUV_COLOR_SPACE_HINT_EXT), EGL_ITU_REC601_EXT);
	check_eq(attribute(EGL_SAMPLE_RANGE_HINT_EXT), EGL_YUV_NARROW_RANGE_EXT);
	buffer_drop(buffer);
	desk_finish(&desk);
}

// Only the part that is repainted changes.
TEST(drawn_into)
{
	struct desk desk;
	start(&desk);
	struct buffer *target = device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0x336699);
	struct draw *draw = desk_add(&desk, NULL, &(struct box){0, 0, SIDE, SIDE});
	memcpy(draw->color, (const float[4]){1, 0, 0, 1}, sizeof(draw->color));
	draw->opaque = true;
	for (int i = 0; i < 2; i++)
		check(desk_draw(&desk, target, &(struct box){2, 2, 3, 3}));
	check_eq(driver.created, 1);
	check_eq(desk_pixel(&desk, target, 1, 2), 0x336699);
	check_eq(desk_pixel(&desk, target, 2, 2), 0xff0000);
	check_eq(desk_pixel(&desk, target, 5, 5), 0x336699);
	buffer_drop(target);
	check_eq(driver.destroyed, 1);
	desk_finish(&desk);
}

static GLenum GL_APIENTRY is_reset(void)
{
	return GL_UNKNOWN_CONTEXT_RESET_EXT;
}

TEST(after_a_loss)
{
	struct desk desk;
	start(&desk);
	const struct renderer_impl *impl = desk.renderer->impl;
	struct buffer *picture =
		device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0x336699);
	struct buffer *shared = device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0);
	struct draw *draw = desk_add(&desk, NULL, &(struct box){0, 0, SIDE, SIDE});
	check(impl->import(desk.renderer, &draw->texture, picture, NULL));
	check(desk_draw(&desk, shared, NULL));
	desk_count_lines(&(int){0});
	gl_from(desk.renderer)->procs.reset_status = is_reset;
	check(!desk_draw(&desk, shared, NULL));
	check(impl->recover(desk.renderer));
	desk_count_lines(NULL);
	play(gl_from(desk.renderer));
	struct texture *texture = draw->texture;
	check(impl->import(desk.renderer, &draw->texture, picture, NULL));
	check(draw->texture == texture);
	check(desk_draw(&desk, shared, NULL));
	check_eq(desk_pixel(&desk, shared, 3, 3), 0x336699);
	draw->texture = NULL;
	buffer_drop(picture);
	buffer_drop(shared);
	desk_finish(&desk);
}

// With a real GPU: memory that is drawn into, and sampled as a client's would be.
TEST(memory_of_the_gpu)
{
	struct desk desk;
	desk_init(&desk, module_renderer());
	struct renderer *renderer = desk.renderer;
	const struct renderer_impl *impl = renderer->impl;
	if (!renderer->shared.count) {
		desk_finish(&desk);
		test_skip("no GPU whose memory can be shared");
	}
	static const uint32_t formats[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888};
	for (int implicit = 0; implicit < 2; implicit++) {
		for (size_t i = 0; i < array_length(formats); i++) {
			struct format_set wanted = {0};
			const struct format_modifiers *entry =
				format_set_get(&renderer->shared, formats[i]);
			for (size_t j = 0; entry && j < entry->count; j++)
				if ((entry->modifiers[j] == DRM_FORMAT_MOD_INVALID) == implicit)
					format_set_add(&wanted, formats[i], entry->modifiers[j]);
			struct buffer *shared = impl->alloc_shared(renderer, 64, 48, &wanted);
			format_set_finish(&wanted);
			check(shared && shared->dmabuf && shared->format == formats[i]);
			region all;
			pixman_region32_init_rect(&all, 0, 0, 64, 48);
			const struct draw red = {.color = {1, 0, 0, 1},
				.alpha = 1,
				.dst = {0, 0, 30, 48},
				.opaque = true,
				.visible = &all};
			int fence = -1;
			check(impl->draw(renderer, shared, &red, 1, &all, &fence));
			check(fence >= 0 || !gl_from(desk.renderer)->has.native_fence);
			close_fd(&fence);
			check_eq(desk_pixel(&desk, shared, 2, 2), 0xff0000);
			struct texture *texture = NULL;
			check(impl->import(renderer, &texture, shared, NULL));
			struct buffer *memory = desk_buffer(64, 48, DRM_FORMAT_XRGB8888);
			const struct draw picture = {.texture = texture,
				.alpha = 1,
				.src = {0, 0, 64, 48},
				.dst = {0, 0, 64, 48},
				.opaque = true,
				.visible = &all};
			check(impl->draw(renderer, memory, &picture, 1, &all, &fence));
			pixman_region32_fini(&all);
			check_eq(desk_pixel(&desk, memory, 29, 47), 0xff0000);
			buffer_drop(memory);
			buffer_drop(shared);
		}
	}
	desk_finish(&desk);
}
