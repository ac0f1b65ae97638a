// SPDX-License-Identifier: MIT
// dmabufs in the GL renderer, on machines without a GPU: the entry point that creates EGL images is
// replaced by one that accepts memfds; everything behind it is real.
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

static EGLint find_attribute(EGLint name)
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
	int width = find_attribute(EGL_WIDTH), height = find_attribute(EGL_HEIGHT);
	int stride = find_attribute(EGL_DMA_BUF_PLANE0_PITCH_EXT);
	check(height > 0 && stride > 0);
	char *rows = xcalloc((size_t)height, (size_t)stride);
	check(pread(find_attribute(EGL_DMA_BUF_PLANE0_FD_EXT), rows, (size_t)(height * stride),
		      find_attribute(EGL_DMA_BUF_PLANE0_OFFSET_EXT)) > 0);
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
	glDeleteTextures(1, &name); // the image references its memory
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

static void replace_procs(struct gl *gl)
{
	if (gl->gbm)
		test_skip("a GPU has real dmabufs, see memory_of_the_gpu");
	if (!gl->procs.create_image || !gl->procs.image_to_texture || !gl->has.external)
		test_skip("the driver has no EGL images");
	driver.gl = gl;
	driver.create = gl->procs.create_image;
	driver.destroy = gl->procs.destroy_image;
	gl->procs.create_image = create_image;
	gl->procs.destroy_image = destroy_image;
	gl->procs.query_dmabuf_formats = query_formats;
	gl->procs.query_dmabuf_modifiers = query_modifiers;
	gl->has.dmabuf = gl->has.modifiers = true;
}

static void rig_init_with_dmabufs(struct renderer_rig *rig)
{
	void (*init)(struct gl * gl) = (void (*)(struct gl *))module_symbol("gl_dmabuf_init");
	renderer_rig_init(rig, module_renderer());
	struct gl *gl = gl_from(rig->renderer);
	replace_procs(gl);
	// Drop the formats of a driver that has dmabufs itself, as llvmpipe of Mesa 25 does.
	format_set_finish(&gl->base.dmabuf);
	format_set_finish(&gl->base.shared);
	format_set_finish(&gl->external_only);
	init(gl);
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
	renderer_rig_fill(buffer->memory, word);
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

TEST(formats_offered)
{
	struct renderer_rig rig;
	rig_init_with_dmabufs(&rig);
	const struct format_set *taken = &rig.renderer->dmabuf, *drawn = &rig.renderer->shared;
	check_eq(taken->count, 3); // without formats of unknown size
	check(format_set_has(taken, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	check(format_set_has(taken, DRM_FORMAT_XRGB8888, MODIFIER));
	check(format_set_has(taken, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID));
	check(format_set_has(taken, DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR));
	check(format_set_has(drawn, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	check(!format_set_has(drawn, DRM_FORMAT_XRGB8888, MODIFIER));
	check(!format_set_get(drawn, DRM_FORMAT_NV12));
	renderer_rig_finish(&rig);
}

TEST(sampled)
{
	struct renderer_rig rig;
	rig_init_with_dmabufs(&rig);
	const struct renderer_impl *impl = rig.renderer->impl;
	struct buffer *target = impl->alloc(rig.renderer, SIDE, SIDE, DRM_FORMAT_XRGB8888);
	struct buffer *first =
		device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0x00336699);
	struct buffer *second = device_buffer(DRM_FORMAT_XRGB8888, MODIFIER, 0x00112233);
	struct draw *draw = renderer_rig_add(&rig, NULL, &(struct box){0, 0, SIDE, SIDE});
	check(impl->import(rig.renderer, &draw->texture, first, NULL));
	check(draw->texture == first->texture && draw->texture->holds);
	check_eq(draw->texture->width, SIDE);
	check_eq(find_attribute(EGL_LINUX_DRM_FOURCC_EXT), DRM_FORMAT_XRGB8888);
	check_eq(find_attribute(EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT), 0);
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 3, 3), 0x336699);
	// A format that the driver only samples as an external texture.
	check(impl->import(rig.renderer, &draw->texture, second, NULL));
	check(draw->texture == second->texture);
	check_eq((uint32_t)find_attribute(EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT),
		MODIFIER & 0xffffffff);
	check_eq((uint32_t)find_attribute(EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT), MODIFIER >> 32);
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 3, 3), 0x112233);
	// Importing them again creates no new images.
	for (int i = 0; i < 4; i++)
		check(impl->import(rig.renderer, &draw->texture, i & 1 ? second : first, NULL));
	check_eq(driver.created, 2);
	// From a dmabuf to CPU memory and back.
	struct buffer *memory = renderer_rig_buffer(SIDE, SIDE, DRM_FORMAT_XRGB8888);
	renderer_rig_fill(memory, 0x778899);
	check(impl->import(rig.renderer, &draw->texture, memory, NULL));
	check(!draw->texture->holds);
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 3, 3), 0x778899);
	check(impl->import(rig.renderer, &draw->texture, first, NULL));
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 3, 3), 0x336699);
	draw->texture = NULL;
	buffer_drop(first);
	buffer_drop(second);
	check_eq(driver.destroyed, driver.created);
	buffer_drop(memory);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

TEST(refused)
{
	struct renderer_rig rig;
	rig_init_with_dmabufs(&rig);
	const struct renderer_impl *impl = rig.renderer->impl;
	struct buffer *target = impl->alloc(rig.renderer, SIDE, SIDE, DRM_FORMAT_XRGB8888);
	struct buffer *good = device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0x336699);
	struct buffer *bad = device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0);
	struct draw *draw = renderer_rig_add(&rig, NULL, &(struct box){0, 0, SIDE, SIDE});
	check(impl->import(rig.renderer, &draw->texture, good, NULL));
	struct texture *texture = draw->texture, *none = NULL;
	int lines = 0;
	count_log_lines(&lines);
	driver.fails = true;
	check(!impl->import(rig.renderer, &draw->texture, bad, NULL));
	check(draw->texture == texture && !bad->texture);
	check(!impl->import(rig.renderer, &none, bad, NULL));
	check(!none);
	check(!renderer_rig_draw(&rig, bad, NULL));
	check_eq(lines, 3);
	count_log_lines(NULL);
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 3, 3), 0x336699);
	draw->texture = NULL;
	buffer_drop(bad);
	buffer_drop(good);
	buffer_drop(target);
	renderer_rig_finish(&rig);
}

TEST(video)
{
	struct renderer_rig rig;
	rig_init_with_dmabufs(&rig);
	struct buffer *buffer = device_buffer(DRM_FORMAT_NV12, MODIFIER, 0);
	struct texture *texture = NULL;
	check(rig.renderer->impl->import(rig.renderer, &texture, buffer, NULL));
	check_eq(gl_texture_from(texture)->kind, GL_TEXTURE_EXTERNAL_OES);
	check_eq(find_attribute(EGL_DMA_BUF_PLANE1_OFFSET_EXT), 64);
	check_eq((uint32_t)find_attribute(EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT), MODIFIER >> 32);
	check_eq(find_attribute(EGL_DMA_BUF_PLANE2_FD_EXT), -1);
	check_eq(find_attribute(EGL_YUV_COLOR_SPACE_HINT_EXT), EGL_ITU_REC601_EXT);
	check_eq(find_attribute(EGL_SAMPLE_RANGE_HINT_EXT), EGL_YUV_NARROW_RANGE_EXT);
	buffer_drop(buffer);
	renderer_rig_finish(&rig);
}

// Only the part that is repainted changes.
TEST(drawn_into)
{
	struct renderer_rig rig;
	rig_init_with_dmabufs(&rig);
	struct buffer *target = device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0x336699);
	struct draw *draw = renderer_rig_add(&rig, NULL, &(struct box){0, 0, SIDE, SIDE});
	memcpy(draw->color, (const float[4]){1, 0, 0, 1}, sizeof(draw->color));
	draw->opaque = true;
	for (int i = 0; i < 2; i++)
		check(renderer_rig_draw(&rig, target, &(struct box){2, 2, 3, 3}));
	check_eq(driver.created, 1);
	check_eq(renderer_rig_pixel(&rig, target, 1, 2), 0x336699);
	check_eq(renderer_rig_pixel(&rig, target, 2, 2), 0xff0000);
	check_eq(renderer_rig_pixel(&rig, target, 5, 5), 0x336699);
	buffer_drop(target);
	check_eq(driver.destroyed, 1);
	renderer_rig_finish(&rig);
}

static GLenum GL_APIENTRY is_reset(void)
{
	return GL_UNKNOWN_CONTEXT_RESET_EXT;
}

TEST(after_a_loss)
{
	struct renderer_rig rig;
	rig_init_with_dmabufs(&rig);
	const struct renderer_impl *impl = rig.renderer->impl;
	struct buffer *picture =
		device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0x336699);
	struct buffer *shared = device_buffer(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, 0);
	struct draw *draw = renderer_rig_add(&rig, NULL, &(struct box){0, 0, SIDE, SIDE});
	check(impl->import(rig.renderer, &draw->texture, picture, NULL));
	check(renderer_rig_draw(&rig, shared, NULL));
	count_log_lines(&(int){0});
	gl_from(rig.renderer)->procs.reset_status = is_reset;
	check(!renderer_rig_draw(&rig, shared, NULL));
	check(impl->recover(rig.renderer));
	count_log_lines(NULL);
	replace_procs(gl_from(rig.renderer));
	struct texture *texture = draw->texture;
	check(impl->import(rig.renderer, &draw->texture, picture, NULL));
	check(draw->texture == texture);
	check(renderer_rig_draw(&rig, shared, NULL));
	check_eq(renderer_rig_pixel(&rig, shared, 3, 3), 0x336699);
	draw->texture = NULL;
	buffer_drop(picture);
	buffer_drop(shared);
	renderer_rig_finish(&rig);
}

// With a real GPU: allocated dmabufs are drawn into, and sampled like those of clients.
TEST(memory_of_the_gpu)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	struct renderer *renderer = rig.renderer;
	const struct renderer_impl *impl = renderer->impl;
	if (!renderer->shared.count || !gl_from(renderer)->gbm) {
		renderer_rig_finish(&rig);
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
			check(fence >= 0 || !gl_from(rig.renderer)->has.native_fence);
			close_fd(&fence);
			check_eq(renderer_rig_pixel(&rig, shared, 2, 2), 0xff0000);
			struct texture *texture = NULL;
			check(impl->import(renderer, &texture, shared, NULL));
			struct buffer *memory = renderer_rig_buffer(64, 48, DRM_FORMAT_XRGB8888);
			const struct draw picture = {.texture = texture,
				.alpha = 1,
				.src = {0, 0, 64, 48},
				.dst = {0, 0, 64, 48},
				.opaque = true,
				.visible = &all};
			check(impl->draw(renderer, memory, &picture, 1, &all, &fence));
			pixman_region32_fini(&all);
			check_eq(renderer_rig_pixel(&rig, memory, 29, 47), 0xff0000);
			buffer_drop(memory);
			buffer_drop(shared);
		}
	}
	renderer_rig_finish(&rig);
}
