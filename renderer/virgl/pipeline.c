// SPDX-License-Identifier: MIT
// Shaders, fixed state and vertices, created once, and the state that is currently bound. The
// vertex buffer holds a unit quad for each transform; constants place it on the target and on the
// texture, so that no frame uploads vertices.
#include <string.h>
#include "renderer/virgl/virgl.h"

#define TRANSFORMS 8

struct vertex {
	float x, y, s, t; // 0 to 1; for SOLID a clip-space position (x, y, z, w)
};

// Constants: scale and offset of the position, scale and offset of the texture coordinates.
static const char texture_vertex[] =
	"VERT\n"
	"DCL IN[0]\n"
	"DCL OUT[0], POSITION\n"
	"DCL OUT[1], GENERIC[0]\n"
	"DCL CONST[0][0..1]\n"
	"IMM[0] FLT32 {0.0, 1.0, 0.0, 0.0}\n"
	"0: MAD OUT[0].xy, IN[0].xyyy, CONST[0][0].xyyy, CONST[0][0].zwww\n"
	"1: MOV OUT[0].zw, IMM[0].xxxy\n"
	"2: MAD OUT[1].xy, IN[0].zwww, CONST[0][1].xyyy, CONST[0][1].zwww\n"
	"3: MOV OUT[1].zw, IMM[0].xxxy\n"
	"4: END\n";

static const char solid_vertex[] = "VERT\n"
				   "DCL IN[0]\n"
				   "DCL OUT[0], POSITION\n"
				   "0: MOV OUT[0], IN[0]\n"
				   "1: END\n";

static const char copy_fragment[] = "FRAG\n"
				    "DCL IN[0], GENERIC[0], LINEAR\n"
				    "DCL OUT[0], COLOR\n"
				    "DCL SAMP[0]\n"
				    "DCL SVIEW[0], 2D, FLOAT\n"
				    "0: TEX OUT[0], IN[0], SAMP[0], 2D\n"
				    "1: END\n";

// Constants: the crop (draw_crop_texels), the opacity.
static const char mix_fragment[] = "FRAG\n"
				   "DCL IN[0], GENERIC[0], LINEAR\n"
				   "DCL OUT[0], COLOR\n"
				   "DCL SAMP[0]\n"
				   "DCL SVIEW[0], 2D, FLOAT\n"
				   "DCL CONST[0][0..1]\n"
				   "DCL TEMP[0..1]\n"
				   "0: MOV TEMP[0], IN[0]\n"
				   "1: MAX TEMP[0].xy, IN[0].xyyy, CONST[0][0].xyyy\n"
				   "2: MIN TEMP[0].xy, TEMP[0].xyyy, CONST[0][0].zwww\n"
				   "3: TEX TEMP[1], TEMP[0], SAMP[0], 2D\n"
				   "4: MUL OUT[0], TEMP[1], CONST[0][1].xxxx\n"
				   "5: END\n";

// Constants: the crop; the opacity and the scale of chroma coordinates; the three rows of the color
// matrix.
static const char video_fragment[] = "FRAG\n"
				     "DCL IN[0], GENERIC[0], LINEAR\n"
				     "DCL OUT[0], COLOR\n"
				     "DCL SAMP[0]\n"
				     "DCL SAMP[1]\n"
				     "DCL SVIEW[0], 2D, FLOAT\n"
				     "DCL SVIEW[1], 2D, FLOAT\n"
				     "DCL CONST[0][0..4]\n"
				     "DCL TEMP[0..2]\n"
				     "IMM[0] FLT32 {1.0, 0.0, 0.0, 0.0}\n"
				     "0: MOV TEMP[0], IN[0]\n"
				     "1: MAX TEMP[0].xy, IN[0].xyyy, CONST[0][0].xyyy\n"
				     "2: MIN TEMP[0].xy, TEMP[0].xyyy, CONST[0][0].zwww\n"
				     "3: MOV TEMP[1], TEMP[0]\n"
				     "4: MUL TEMP[1].xy, TEMP[0].xyyy, CONST[0][1].yzzz\n"
				     "5: TEX TEMP[2], TEMP[0], SAMP[0], 2D\n"
				     "6: TEX TEMP[1], TEMP[1], SAMP[1], 2D\n"
				     "7: MOV TEMP[2].yz, TEMP[1].xxyy\n"
				     "8: MOV TEMP[2].w, IMM[0].xxxx\n"
				     "9: DP4_SAT TEMP[0].x, TEMP[2], CONST[0][2]\n"
				     "10: DP4_SAT TEMP[0].y, TEMP[2], CONST[0][3]\n"
				     "11: DP4_SAT TEMP[0].z, TEMP[2], CONST[0][4]\n"
				     "12: MOV TEMP[0].w, IMM[0].xxxx\n"
				     "13: MUL OUT[0], TEMP[0], CONST[0][1].xxxx\n"
				     "14: END\n";

static const char solid_fragment[] = "FRAG\n"
				     "DCL OUT[0], COLOR\n"
				     "DCL CONST[0][0]\n"
				     "0: MOV OUT[0], CONST[0][0]\n"
				     "1: END\n";

static void fill_vertices(struct vertex vertices[TRANSFORMS + 1][4])
{
	for (int i = 0; i < 4; i++) {
		double x = i & 1, y = i >> 1;
		vertices[TRANSFORMS][i] = (struct vertex){2 * (float)x - 1, 2 * (float)y - 1, 0, 1};
		for (int j = 0; j < TRANSFORMS; j++) {
			double s = x, t = y;
			point_transform(&s, &t, transform_invert((enum transform)j), 1, 1);
			vertices[j][i] = (struct vertex){(float)x, (float)y, (float)s, (float)t};
		}
	}
}

static bool create_vertices(struct virgl *virgl)
{
	struct vertex vertices[TRANSFORMS + 1][4];
	const struct virgl_shape shape = {
		.target = VIRGL_BUFFER,
		.format = VIRGL_R8,
		.bind = VIRGL_BIND_VERTEX,
		.width = sizeof(vertices),
		.height = 1,
		.bytes = 1,
	};
	struct virgl_transport *transport = virgl->transport;
	virgl->pipeline.vertices = transport->impl->create(transport, &shape);
	void *room = encode_inline_write(
		&virgl->stream, virgl->pipeline.vertices, &(struct box){0, 0, sizeof(vertices), 1});
	if (!room)
		return false;
	fill_vertices(vertices);
	memcpy(room, vertices, sizeof(vertices));
	return true;
}

bool virgl_pipeline_init(struct virgl *virgl)
{
	struct virgl_stream *stream = &virgl->stream;
	struct virgl_pipeline *pipeline = &virgl->pipeline;
	if (!create_vertices(virgl))
		return false;
	for (int i = 0; i < 2; i++) {
		pipeline->blend[i] = encode_blend(stream, i);
		pipeline->sampler[i] = encode_sampler(stream, i);
	}
	uint32_t texture = encode_shader(stream, VIRGL_VERTEX, texture_vertex);
	pipeline->vertex_shader[VIRGL_PROGRAM_COPY] = texture;
	pipeline->vertex_shader[VIRGL_PROGRAM_MIX] = texture;
	pipeline->vertex_shader[VIRGL_PROGRAM_VIDEO] = texture;
	pipeline->vertex_shader[VIRGL_PROGRAM_SOLID] =
		encode_shader(stream, VIRGL_VERTEX, solid_vertex);
	pipeline->fragment_shader[VIRGL_PROGRAM_COPY] =
		encode_shader(stream, VIRGL_FRAGMENT, copy_fragment);
	pipeline->fragment_shader[VIRGL_PROGRAM_MIX] =
		encode_shader(stream, VIRGL_FRAGMENT, mix_fragment);
	pipeline->fragment_shader[VIRGL_PROGRAM_VIDEO] =
		encode_shader(stream, VIRGL_FRAGMENT, video_fragment);
	pipeline->fragment_shader[VIRGL_PROGRAM_SOLID] =
		encode_shader(stream, VIRGL_FRAGMENT, solid_fragment);
	encode_bind(stream, encode_rasterizer(stream));
	encode_bind(stream, encode_dsa(stream));
	encode_bind(stream, encode_vertex_elements(stream, VIRGL_R32G32B32A32_FLOAT));
	encode_vertex_buffer(stream, pipeline->vertices, sizeof(struct vertex));
	virgl->state = (struct virgl_state){0};
	return virgl_flush(virgl, NULL);
}

// State

// Forgets the bound surface and textures. The host may bind others to create and write resources
// between frames, and not restore the state (virglrenderer 0.10: the next frame is black).
void virgl_begin_frame(struct virgl *virgl)
{
	struct virgl_state *state = &virgl->state;
	state->surface = 0;
	memset(state->view, 0, sizeof(state->view));
	memset(state->sampler, 0, sizeof(state->sampler));
}

void virgl_use_surface(struct virgl *virgl, uint32_t surface, int width, int height)
{
	struct virgl_state *state = &virgl->state;
	if (state->surface != surface && encode_framebuffer(&virgl->stream, surface))
		state->surface = surface;
	if ((state->width != width || state->height != height) &&
		encode_viewport(&virgl->stream, width, height)) {
		state->width = width;
		state->height = height;
	}
}

void virgl_use_program(struct virgl *virgl, enum virgl_program program, bool over)
{
	struct virgl_state *state = &virgl->state;
	struct virgl_stream *stream = &virgl->stream;
	uint32_t vertex = virgl->pipeline.vertex_shader[program];
	uint32_t fragment = virgl->pipeline.fragment_shader[program];
	uint32_t blend = virgl->pipeline.blend[over];
	if (state->vertex_shader != vertex && encode_bind_shader(stream, VIRGL_VERTEX, vertex))
		state->vertex_shader = vertex;
	if (state->fragment_shader != fragment &&
		encode_bind_shader(stream, VIRGL_FRAGMENT, fragment))
		state->fragment_shader = fragment;
	if (state->blend != blend && encode_bind(stream, blend))
		state->blend = blend;
}

void virgl_use_texture(struct virgl *virgl, unsigned plane, uint32_t view, bool linear)
{
	struct virgl_state *state = &virgl->state;
	uint32_t sampler = virgl->pipeline.sampler[linear];
	if (state->view[plane] != view && encode_set_view(&virgl->stream, plane, view))
		state->view[plane] = view;
	if (state->sampler[plane] != sampler && encode_bind_sampler(&virgl->stream, plane, sampler))
		state->sampler[plane] = sampler;
}

void virgl_use_constants(struct virgl *virgl, enum virgl_stage stage, const float *values, size_t n)
{
	struct virgl_state *state = &virgl->state;
	float *bound = state->constants[stage];
	size_t size = n * sizeof(*values);
	if (n <= state->n_constants[stage] && memcmp(bound, values, size) == 0)
		return;
	if (!encode_constants(&virgl->stream, stage, values, n))
		return;
	memcpy(bound, values, size);
	state->n_constants[stage] = n;
}

// Handles are reused: the same handle may be a new object that is not bound.
void virgl_forget_view(struct virgl *virgl, uint32_t view)
{
	for (size_t i = 0; i < VIRGL_PLANES; i++)
		if (virgl->state.view[i] == view)
			virgl->state.view[i] = 0;
}

void virgl_forget_surface(struct virgl *virgl, uint32_t surface)
{
	if (virgl->state.surface == surface)
		virgl->state.surface = 0;
}

void virgl_quad(struct virgl *virgl, enum virgl_program program, enum transform transform,
	const struct box *box)
{
	struct virgl_state *state = &virgl->state;
	uint32_t first =
		4 * (program == VIRGL_PROGRAM_SOLID ? (uint32_t)TRANSFORMS : (uint32_t)transform);
	if (!box_equal(&state->scissor, box) && encode_scissor(&virgl->stream, box))
		state->scissor = *box;
	encode_draw(&virgl->stream, first, 4);
}
