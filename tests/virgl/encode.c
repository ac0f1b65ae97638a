// SPDX-License-Identifier: MIT
// Every encoded command, checked by the decoder, and all invalid arguments that are refused.
#include "renderer/virgl/encode.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"
#include "tests/virgl/decode.h"

static const uint8_t same[] = {VIRGL_RED, VIRGL_GREEN, VIRGL_BLUE, VIRGL_ALPHA};

static struct virgl_resource make_texture(uint32_t id)
{
	return (struct virgl_resource){
		.shape = {VIRGL_TEXTURE, 2, VIRGL_BIND_RENDER | VIRGL_BIND_SAMPLE, 64, 48, 4,
			.backing = 64 * 48 * 4},
		.id = id,
	};
}

static struct virgl_resource make_buffer(uint32_t id, uint32_t bind)
{
	return (struct virgl_resource){
		.shape = {VIRGL_BUFFER, 64, bind, 4096, 1, 1, .backing = 4096},
		.id = id,
	};
}

static void check_stream(struct virgl_stream *stream, const char *wanted)
{
	char *text = decode(stream->words, stream->count);
	check_str(text, wanted);
	check(!stream->refused);
	free(text);
	virgl_stream_next(stream);
}

// Checks that the command was refused and nothing was written.
static void check_refused(struct virgl_stream *stream)
{
	check(stream->refused != NULL);
	check_eq(stream->count, 0);
	check_eq(stream->n_uses, 0);
	virgl_stream_next(stream);
}

TEST(objects)
{
	struct virgl_stream stream;
	struct virgl_resource picture = make_texture(7);
	virgl_stream_init(&stream);
	check_eq(encode_blend(&stream, false), 1);
	check_eq(encode_blend(&stream, true), 2);
	check_stream(&stream,
		"create blend 1 mask f\n"
		"create blend 2 color 1*0+19 alpha 1*0+19 mask f\n");
	check_eq(encode_rasterizer(&stream), 3);
	check_eq(encode_dsa(&stream), 4);
	check_eq(encode_vertex_elements(&stream, VIRGL_R32G32B32A32_FLOAT), 5);
	check_stream(&stream,
		"create rasterizer 3 20004002 point 1 line 1\n"
		"create dsa 4\n"
		"create elements 5 offset 0 divisor 0 buffer 0 format 31\n");
	check_eq(encode_shader(&stream, VIRGL_VERTEX, "VERT\n"), 6);
	check_eq(encode_shader(&stream, VIRGL_FRAGMENT, "FRAG\nEND"), 7);
	check_stream(&stream,
		"create shader 6 stage 0 tokens 300 outputs 0 VERT 6 bytes\n"
		"create shader 7 stage 1 tokens 300 outputs 0 FRAG 9 bytes\n");
	check_eq(encode_sampler(&stream, false), 8);
	check_eq(encode_sampler(&stream, true), 9);
	check_stream(&stream,
		"create sampler 8 wrap 222 min 0 mip 2 mag 0\n"
		"create sampler 9 wrap 222 min 1 mip 2 mag 1\n");
	check_eq(encode_view(&stream, &picture, 2,
			 (const uint8_t[]){VIRGL_BLUE, VIRGL_GREEN, VIRGL_RED, VIRGL_ONE}),
		10);
	check_eq(encode_surface(&stream, &picture, 1), 11);
	check_eq(stream.n_uses, 1);
	check(stream.uses[0] == &picture);
	check_stream(&stream,
		"create view 10 resource 7 format 2 target 2 swizzle 2105\n"
		"create surface 11 resource 7 format 1\n");
	virgl_stream_finish(&stream);
}

TEST(handles_are_used_again)
{
	struct virgl_stream stream;
	virgl_stream_init(&stream);
	for (uint32_t i = 1; i <= 20; i++)
		check_eq(encode_dsa(&stream), i);
	check(encode_destroy(&stream, 7) && encode_destroy(&stream, 3));
	check_eq(encode_blend(&stream, false), 3);
	check_eq(encode_dsa(&stream), 7);
	check_eq(encode_dsa(&stream), 21);
	virgl_stream_next(&stream);
	check(encode_destroy(&stream, 3));
	check_stream(&stream, "destroy object 1 handle 3\n");
	check(!encode_destroy(&stream, 3));
	check_refused(&stream);
	virgl_stream_reset(&stream);
	check(!encode_destroy(&stream, 7));
	check_refused(&stream);
	check_eq(encode_dsa(&stream), 1);
	virgl_stream_finish(&stream);
}

TEST(state)
{
	struct virgl_stream stream;
	struct virgl_resource picture = make_texture(7),
			      vertices = make_buffer(8, VIRGL_BIND_VERTEX);
	virgl_stream_init(&stream);
	uint32_t blend = encode_blend(&stream, true), dsa = encode_dsa(&stream);
	uint32_t shader = encode_shader(&stream, VIRGL_VERTEX, "VERT");
	uint32_t surface = encode_surface(&stream, &picture, 2);
	uint32_t view = encode_view(&stream, &picture, 2, same);
	uint32_t sampler = encode_sampler(&stream, false);
	virgl_stream_next(&stream);
	check(encode_bind(&stream, blend) && encode_bind(&stream, dsa));
	check(encode_bind_shader(&stream, VIRGL_VERTEX, shader));
	check(encode_framebuffer(&stream, surface));
	check(encode_viewport(&stream, 640, 480));
	check(encode_scissor(&stream, &(struct box){1, 2, 3, 4}));
	check(encode_scissor(&stream, &(struct box){0, 0, 65535, 65535}));
	check(encode_vertex_buffer(&stream, &vertices, 16));
	check(encode_set_view(&stream, 1, view));
	check(encode_bind_sampler(&stream, 0, sampler));
	check(encode_constants(&stream, VIRGL_FRAGMENT, (const float[]){1, 0.5f, -2, 0}, 4));
	check_stream(&stream,
		"bind object 1 handle 1\n"
		"bind object 3 handle 2\n"
		"shader 3 0\n"
		"framebuffer 1 0 4\n"
		"viewport 0 320 240 0.5 320 240 0.5\n"
		"scissor 0 1,2 to 4,6\n"
		"scissor 0 0,0 to 65535,65535\n"
		"vertices 16 0 8\n"
		"views 1 1 5\n"
		"samplers 1 0 6\n"
		"constants 1 0 1 0.5 -2 0\n");
	virgl_stream_finish(&stream);
}

TEST(drawing)
{
	struct virgl_stream stream;
	virgl_stream_init(&stream);
	check(encode_clear(&stream, (const float[]){0.25f, 0.5f, 0.75f, 1}));
	check(encode_draw(&stream, 8, 4));
	check_stream(&stream,
		"clear 4 0.25 0.5 0.75 1\n"
		"draw first 8 count 4 mode 5\n");
	virgl_stream_finish(&stream);
}

TEST(pixels)
{
	struct virgl_stream stream;
	struct virgl_resource picture = make_texture(7), other = make_texture(9);
	struct virgl_resource staging = make_buffer(8, VIRGL_BIND_STAGING);
	struct virgl_resource vertices = make_buffer(10, VIRGL_BIND_VERTEX);
	virgl_stream_init(&stream);
	check(encode_copy(&stream, &picture, 1, 2, &other, &(struct box){3, 4, 5, 6}));
	check_eq(stream.n_uses, 2);
	check_stream(&stream, "copy into 7 at 1,2 from 9 at 3,4 size 5x6\n");
	uint32_t *room = encode_inline_write(&stream, &picture, &(struct box){3, 4, 2, 3});
	check(room != NULL);
	memset(room, 0x55, 24);
	check_stream(&stream, "write resource 7 stride 8 at 3,4 size 2x3 words 6\n");
	picture.shape.bytes = 2; // rows of six bytes
	room = encode_inline_write(&stream, &picture, &(struct box){0, 0, 3, 3});
	memset(room, 0xff, 18);
	check_eq(stream.words[stream.count - 1], 0xffff);
	check_stream(&stream, "write resource 7 stride 6 at 0,0 size 3x3 words 5\n");
	check(encode_inline_write(&stream, &vertices, &(struct box){16, 0, 7, 1}) != NULL);
	check_stream(&stream, "write resource 10 stride 7 at 16,0 size 7x1 words 2\n");
	picture.shape.bytes = 4;
	check(encode_transfer(&stream, &picture, &(struct box){3, 4, 5, 6}, true));
	check(encode_transfer(&stream, &picture, &(struct box){0, 0, 64, 48}, false));
	check_stream(&stream,
		"transfer resource 7 stride 256 at 3,4 size 5x6 offset 1036 to host\n"
		"transfer resource 7 stride 256 at 0,0 size 64x48 offset 0 from host\n");
	check(encode_copy_transfer(&stream, &picture, &(struct box){3, 4, 5, 6}, &staging, 64, 20));
	check_stream(&stream,
		"copy-transfer resource 7 stride 20 at 3,4 size 5x6 staging 8 offset 64 flags 1\n");
	virgl_stream_finish(&stream);
}

// Each resource is listed once per stream, however often it is used.
TEST(uses)
{
	struct virgl_stream stream;
	struct virgl_resource picture = make_texture(7);
	virgl_stream_init(&stream);
	for (int i = 0; i < 2; i++) {
		check(encode_transfer(&stream, &picture, &(struct box){0, 0, 1, 1}, true));
		virgl_stream_use(&stream, &picture);
		check_eq(stream.n_uses, 1);
		virgl_stream_next(&stream);
		check_eq(stream.n_uses, 0);
	}
	virgl_stream_finish(&stream);
}

// Refused commands

static const struct box outside[] = {
	{-1, 0, 1, 1},
	{0, -1, 1, 1},
	{0, 0, 0, 1},
	{0, 0, 1, 0},
	{0, 0, -1, 1},
	{0, 0, 65, 1},
	{0, 0, 1, 49},
	{64, 0, 1, 1},
	{0, 48, 1, 1},
	{1, 0, 64, 1},
	{0, 1, 1, 48},
	{INT32_MAX, 0, 1, 1},
	{1, 0, INT32_MAX, 1},
	{0, INT32_MAX, 1, INT32_MAX},
	{INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN},
};

TEST_P(boxes_outside, struct box, outside)
{
	struct virgl_stream stream;
	struct virgl_resource picture = make_texture(7), other = make_texture(9);
	struct virgl_resource staging = make_buffer(8, VIRGL_BIND_STAGING);
	virgl_stream_init(&stream);
	check(!encode_inline_write(&stream, &picture, param));
	check_refused(&stream);
	check(!encode_transfer(&stream, &picture, param, true));
	check_refused(&stream);
	check(!encode_copy_transfer(&stream, &picture, param, &staging, 0, 256));
	check_refused(&stream);
	check(!encode_copy(&stream, &picture, 0, 0, &other, param));
	check_refused(&stream);
	check(!encode_copy(&stream, &picture, param->x, param->y, &other,
		&(struct box){0, 0, param->width, param->height}));
	check_refused(&stream);
	virgl_stream_finish(&stream);
}

TEST(handles_of_others)
{
	struct virgl_stream stream;
	struct virgl_resource picture = make_texture(7);
	virgl_stream_init(&stream);
	uint32_t handles[] = {
		encode_blend(&stream, false),
		encode_shader(&stream, VIRGL_VERTEX, "VERT"),
		encode_view(&stream, &picture, 2, same),
		encode_sampler(&stream, false),
		encode_surface(&stream, &picture, 2),
		0,
		77,
		UINT32_MAX,
	};
	virgl_stream_next(&stream);
	for (unsigned i = 0; i < array_length(handles); i++) {
		uint32_t handle = handles[i];
		if (i != 0)
			check(!encode_bind(&stream, handle));
		if (i != 1)
			check(!encode_bind_shader(&stream, VIRGL_FRAGMENT, handle));
		if (i != 2)
			check(!encode_set_view(&stream, 0, handle));
		if (i != 3)
			check(!encode_bind_sampler(&stream, 0, handle));
		if (i != 4)
			check(!encode_framebuffer(&stream, handle));
		check_refused(&stream);
	}
	check(!encode_set_view(&stream, 16, handles[2]));
	check_refused(&stream);
	virgl_stream_finish(&stream);
}

TEST(resources_for_other_uses)
{
	struct virgl_stream stream;
	struct virgl_resource picture = make_texture(7), gone = make_texture(0),
			      plain = make_texture(9);
	struct virgl_resource staging = make_buffer(8, VIRGL_BIND_STAGING);
	const struct box box = {0, 0, 1, 1};
	plain.shape.bind = 0;
	virgl_stream_init(&stream);
	struct virgl_resource *const wrong[] = {&gone, &plain, &staging, NULL};
	for (size_t i = 0; i < array_length(wrong); i++) {
		check_eq(encode_view(&stream, wrong[i], 2, same), 0);
		check_refused(&stream);
		check_eq(encode_surface(&stream, wrong[i], 2), 0);
		check_refused(&stream);
		check(!encode_vertex_buffer(&stream, wrong[i], 16));
		check_refused(&stream);
	}
	check(!encode_inline_write(&stream, &gone, &box) &&
		!encode_inline_write(&stream, NULL, &box));
	check_refused(&stream);
	check(!encode_copy(&stream, &picture, 0, 0, &picture, &box));
	check_refused(&stream);
	check(!encode_copy(&stream, &picture, 0, 0, &staging, &box));
	check_refused(&stream);
	plain.shape.bytes = 2;
	check(!encode_copy(&stream, &picture, 0, 0, &plain, &box));
	check_refused(&stream);
	check(!encode_copy_transfer(&stream, &picture, &box, &picture, 0, 4));
	check_refused(&stream);
	check_eq(encode_view(&stream, &picture, 2, (const uint8_t[]){0, 1, 2, 6}), 0);
	check_refused(&stream);
	virgl_stream_finish(&stream);
}

TEST(memory_that_is_not_there)
{
	struct virgl_stream stream;
	struct virgl_resource picture = make_texture(7), bare = make_texture(9);
	struct virgl_resource staging = make_buffer(8, VIRGL_BIND_STAGING);
	virgl_stream_init(&stream);
	bare.shape.backing = 0;
	check(!encode_transfer(&stream, &bare, &(struct box){0, 0, 1, 1}, true));
	check_refused(&stream);
	bare.shape.backing = 64 * 48 * 4 - 1;
	check(encode_transfer(&stream, &bare, &(struct box){0, 0, 63, 48}, true));
	virgl_stream_next(&stream);
	check(!encode_transfer(&stream, &bare, &(struct box){63, 47, 1, 1}, true));
	check_refused(&stream);
	const struct box box = {0, 0, 16, 16}; // 1024 bytes
	check(encode_copy_transfer(&stream, &picture, &box, &staging, 3072, 64));
	virgl_stream_next(&stream);
	static const uint32_t wrong[][2] = {
		{3073, 64}, {0, 63}, {0, 0}, {0, 269}, {UINT32_MAX, 64}, {0, UINT32_MAX}};
	for (size_t i = 0; i < array_length(wrong); i++) {
		check(!encode_copy_transfer(
			&stream, &picture, &box, &staging, wrong[i][0], wrong[i][1]));
		check_refused(&stream);
	}
	virgl_stream_finish(&stream);
}

TEST(lengths)
{
	struct virgl_stream stream;
	struct virgl_resource large = make_texture(7);
	float many[68] = {0};
	virgl_stream_init(&stream);
	large.shape.width = large.shape.height = 16384;
	check(!encode_inline_write(&stream, &large, &(struct box){0, 0, 16384, 4}));
	check_refused(&stream);
	check(encode_inline_write(&stream, &large, &(struct box){0, 0, 16381, 4}) != NULL);
	check_eq(stream.words[0] >> 16, 0xffff);
	virgl_stream_next(&stream);
	large.shape.bytes = 16;
	check(!encode_inline_write(&stream, &large, &(struct box){0, 0, 16384, 1}));
	check_refused(&stream);
	static const size_t counts[] = {0, 1, 3, 5, 68};
	for (size_t i = 0; i < array_length(counts); i++) {
		check(!encode_constants(&stream, VIRGL_VERTEX, many, counts[i]));
		check_refused(&stream);
	}
	static const struct box scissors[] = {{0, 0, 0, 1}, {0, 0, 1, 0}, {-1, 0, 4, 4},
		{0, -1, 4, 4}, {1, 0, 65535, 1}, {0, 0, 1, 65536}, {INT32_MAX, 0, 1, 1}};
	for (size_t i = 0; i < array_length(scissors); i++) {
		check(!encode_scissor(&stream, &scissors[i]));
		check_refused(&stream);
	}
	check(!encode_viewport(&stream, 0, 4) && !encode_viewport(&stream, 4, -1));
	check_refused(&stream);
	check(!encode_draw(&stream, 0, 2) && !encode_draw(&stream, UINT32_MAX, 4));
	check_refused(&stream);
	char *text = malloc(300000);
	memset(text, ' ', 299999);
	text[299999] = '\0';
	check_eq(encode_shader(&stream, VIRGL_VERTEX, text), 0);
	check_refused(&stream);
	text[262119] = '\0'; // 262120 bytes with the terminator, the maximum
	check(encode_shader(&stream, VIRGL_VERTEX, text) != 0);
	check_eq(stream.words[0] >> 16, 0xffff);
	free(text);
	virgl_stream_finish(&stream);
}
