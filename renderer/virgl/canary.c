// SPDX-License-Identifier: MIT
// Detects lost contexts. After an invalid command a host still replies but ignores all drawing,
// which only the pixels show. Every few frames a small target is cleared to a new value and read
// back while the next frames are drawn.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/log.h"
#include "renderer/virgl/virgl.h"

#define CHECK_FRAMES 16
#define WIDTH 5 // pixels, in one row: one for the clear, one for each program

static const struct box whole = {0, 0, WIDTH, 1};

// The expected pixel, in any channel order: all channels but alpha have the same value.
static uint32_t gray_pixel(uint32_t value)
{
	return value | value << 8 | value << 16 | UINT32_C(0xff) << 24;
}

static void canary_clear(struct virgl *virgl)
{
	struct virgl_canary *canary = &virgl->canary;
	canary->value = (canary->value + 1) & 0xff;
	float level = (float)canary->value / 255;
	virgl_use_surface(virgl, canary->surface, WIDTH, 1);
	encode_clear(&virgl->stream, (const float[4]){level, level, level, 1});
	virgl_stream_use(&virgl->stream, canary->resource);
}

static bool canary_read(struct virgl *virgl)
{
	struct virgl_transport *transport = virgl->transport;
	if (transport->impl->get(transport, virgl->canary.resource, &whole))
		return true;
	virgl_lose(virgl, "the host does not respond");
	return false;
}

static uint32_t canary_pixel(const struct virgl_canary *canary, int x)
{
	uint32_t word;
	memcpy(&word, (const char *)canary->resource->map + 4 * x, sizeof(word));
	return word | UINT32_C(0xff) << 24; // alpha of an opaque target is undefined
}

// Compares the pixel that was read back. Returns false if the host is lost.
static bool canary_compare(struct virgl *virgl)
{
	virgl->canary.waiting = false;
	if (canary_pixel(&virgl->canary, 0) == gray_pixel(virgl->canary.value)) {
		virgl_textures_proven(virgl);
		return true;
	}
	virgl_lose(virgl, "the host ignores all drawing");
	return false;
}

void virgl_canary_begin(struct virgl *virgl)
{
	struct virgl_canary *canary = &virgl->canary;
	canary->frames++;
	if (canary->trial && !canary->waiting) {
		canary->frames = CHECK_FRAMES;
		canary->trial = false;
	}
	if (canary->frames < CHECK_FRAMES || canary->waiting)
		return;
	virgl_textures_on_trial(virgl);
	canary_clear(virgl);
}

bool virgl_canary_end(struct virgl *virgl)
{
	struct virgl_canary *canary = &virgl->canary;
	struct virgl_transport *transport = virgl->transport;
	if (!canary->waiting) {
		if (canary->frames < CHECK_FRAMES)
			return true;
		canary->frames = 0;
		canary->waiting = true;
		return canary_read(virgl);
	}
	enum virgl_wait wait = transport->impl->wait(transport, canary->resource, false);
	if (wait == VIRGL_FAILED)
		virgl_lose(virgl, "the host does not respond");
	return wait == VIRGL_BUSY || (wait == VIRGL_IDLE && canary_compare(virgl));
}

bool virgl_canary_check(struct virgl *virgl)
{
	canary_clear(virgl);
	return virgl_flush(virgl, NULL) && canary_read(virgl) &&
		virgl_wait(virgl, virgl->canary.resource) && canary_compare(virgl);
}

bool virgl_canary_try(struct virgl *virgl, struct virgl_texture *texture)
{
	static const float transform[8] = {2, 2, -1, -1, 1, 1, 0, 0};
	virgl_begin_frame(virgl);
	canary_clear(virgl);
	virgl_use_program(virgl, VIRGL_PROGRAM_COPY, false);
	virgl_use_constants(virgl, VIRGL_VERTEX, transform, 8);
	for (int i = 0; i < texture->n_planes; i++) {
		virgl_use_texture(virgl, 0, texture->planes[i].view, false);
		virgl_stream_use(&virgl->stream, texture->planes[i].resource);
		virgl_quad(virgl, VIRGL_PROGRAM_COPY, TRANSFORM_NORMAL, &(struct box){1, 0, 1, 1});
	}
	return virgl_flush(virgl, NULL) && virgl_canary_check(virgl);
}

// Test of all programs

// Draws one pixel with each program, from a white texture or in white; all but the first blend it
// half transparently over the cleared value.
static void draw_with_all_programs(struct virgl *virgl, uint32_t view)
{
	static const float transform[8] = {2, 2, -1, -1, 1, 1, 0, 0};
	static const float mix[VIRGL_CONSTANTS] = {0, 0, 1, 1, 0.5f, 1, 1, 0, 0.5f, 0.25f, 0.25f, 0,
		0.5f, 0.25f, 0.25f, 0, 0.5f, 0.25f, 0.25f, 0};
	static const float color[4] = {0.5f, 0.5f, 0.5f, 0.5f};
	for (int i = 0; i < VIRGL_PROGRAMS; i++) {
		enum virgl_program program = (enum virgl_program)i;
		virgl_use_program(virgl, program, program != VIRGL_PROGRAM_COPY);
		if (program == VIRGL_PROGRAM_SOLID) {
			virgl_use_constants(virgl, VIRGL_FRAGMENT, color, 4);
		} else {
			virgl_use_texture(virgl, 0, view, program == VIRGL_PROGRAM_MIX);
			virgl_use_constants(virgl, VIRGL_VERTEX, transform, 8);
		}
		if (program == VIRGL_PROGRAM_VIDEO)
			virgl_use_texture(virgl, 1, view, false);
		if (program == VIRGL_PROGRAM_MIX || program == VIRGL_PROGRAM_VIDEO)
			virgl_use_constants(virgl, VIRGL_FRAGMENT, mix,
				program == VIRGL_PROGRAM_MIX ? 8 : VIRGL_CONSTANTS);
		virgl_quad(virgl, program, TRANSFORM_NORMAL, &(struct box){1 + i, 0, 1, 1});
	}
}

static bool is_near_gray(uint32_t word, int wanted)
{
	for (int i = 0; i < 3; i++)
		if (abs((int)(word >> (8 * i) & 0xff) - wanted) > 1)
			return false;
	return true;
}

static bool check_all_programs(const struct virgl_canary *canary)
{
	int value = (int)canary->value, half = 128 + value / 2;
	return is_near_gray(canary_pixel(canary, 0), value) &&
		is_near_gray(canary_pixel(canary, 1), 255) &&
		is_near_gray(canary_pixel(canary, 2), half) &&
		is_near_gray(canary_pixel(canary, 3), half) &&
		is_near_gray(canary_pixel(canary, 4), half);
}

static bool canary_create(struct virgl *virgl, struct virgl_resource **texture, uint32_t *view)
{
	struct virgl_transport *transport = virgl->transport;
	struct virgl_layout target, source;
	if (!virgl_layout_target(DRM_FORMAT_XRGB8888, &virgl->caps, &target) ||
		!virgl_layout_for(DRM_FORMAT_ARGB8888, &virgl->caps, &source)) {
		log_error("the host does not support 8888 pixels");
		return false;
	}
	struct virgl_shape shape = {
		.target = VIRGL_TEXTURE,
		.format = target.format,
		.bind = VIRGL_BIND_RENDER,
		.width = WIDTH,
		.height = 1,
		.bytes = 4,
		.backing = (size_t)WIDTH * 4,
	};
	virgl->canary.resource = transport->impl->create(transport, &shape);
	virgl->canary.surface =
		encode_surface(&virgl->stream, virgl->canary.resource, target.format);
	shape.format = source.format;
	shape.bind = VIRGL_BIND_SAMPLE;
	shape.width = 1;
	shape.backing = 0;
	*texture = transport->impl->create(transport, &shape);
	void *room = encode_inline_write(&virgl->stream, *texture, &(struct box){0, 0, 1, 1});
	if (room)
		memset(room, 0xff, 4);
	*view = encode_view(&virgl->stream, *texture, source.format, source.swizzle);
	return virgl->canary.surface && *view;
}

bool virgl_canary_init(struct virgl *virgl)
{
	struct virgl_resource *texture = NULL;
	uint32_t view = 0;
	virgl->canary = (struct virgl_canary){.value = 99};
	bool ok = canary_create(virgl, &texture, &view);
	if (ok) {
		canary_clear(virgl);
		draw_with_all_programs(virgl, view);
		encode_destroy(&virgl->stream, view);
		virgl_forget_view(virgl, view);
		ok = virgl_flush(virgl, NULL) && canary_read(virgl) &&
			virgl_wait(virgl, virgl->canary.resource);
		if (ok && !check_all_programs(&virgl->canary)) {
			const struct virgl_canary *canary = &virgl->canary;
			log_error("the host (%s) does not draw correctly: "
				  "%08x %08x %08x %08x %08x",
				virgl->caps.renderer, canary_pixel(canary, 0),
				canary_pixel(canary, 1), canary_pixel(canary, 2),
				canary_pixel(canary, 3), canary_pixel(canary, 4));
			ok = false;
		}
	}
	virgl_retire(virgl, texture);
	return ok;
}
