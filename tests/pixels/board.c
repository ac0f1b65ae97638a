// SPDX-License-Identifier: MIT
// Shows a board on a server: a kiosk's window with one subsurface for each part.
#include "tests/pixels/board.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "compositor/core/capture.h"
#include "compositor/core/output.h"
#include "renderer/renderer.h"
#include "tests/harness/test.h"
#include "single-pixel-buffer-v1-client-protocol.h"
#include "viewporter-client-protocol.h"

struct board *board_create(int width, int height, double scale, enum transform transform)
{
	struct board *board = xcalloc(1, sizeof(*board));
	board->width = width;
	board->height = height;
	board->scale = scale;
	board->transform = transform;
	// The window itself; everything else is a subsurface of it.
	struct part *sheet = board_add(board, NULL, 0, 0);
	sheet->color = 0xff102040;
	board_logical_size(board, &sheet->width, &sheet->height);
	return board;
}

void board_logical_size(const struct board *board, int *width, int *height)
{
	bool swaps = board->transform & 1;
	*width = (int)((swaps ? board->height : board->width) / board->scale + 0.5);
	*height = (int)((swaps ? board->width : board->height) / board->scale + 0.5);
}

struct part *board_add(struct board *board, struct picture *picture, int x, int y)
{
	check(board->n < BOARD_PARTS);
	struct part *part = &board->parts[board->n++];
	part->picture = picture;
	part->x = x;
	part->y = y;
	return part;
}

// Channels of the format's name, from the highest bit of a little-endian word.
static void encode(uint32_t argb, const struct format_info *info, uint8_t *into)
{
	const char *digits = info->name + strcspn(info->name, "0123456789");
	uint64_t word = 0;
	for (const char *channel = info->name; channel < digits; channel++) {
		size_t i = (size_t)(channel - info->name);
		// Only 2101010 has numbers of two digits; 888 names three channels of its three.
		unsigned bits = strcmp(digits, "2101010") == 0 ? (i == 0 ? 2 : 10)
							       : (unsigned)(digits[i] - '0');
		unsigned shift = *channel == 'R' ? 16
			: *channel == 'G'        ? 8
			: *channel == 'B'        ? 0
						 : 24;
		uint32_t value = argb >> shift & 0xff;
		if (*channel == 'X')
			value = 0x5a; // whatever is in there must not matter
		value = bits > 8 ? value << (bits - 8) | value >> (16 - bits) : value >> (8 - bits);
		word = word << bits | value;
	}
	for (int i = 0; i < info->bytes; i++)
		into[i] = (uint8_t)(word >> (8 * i));
}

static struct wl_buffer *make_buffer(struct board *board, const struct part *part)
{
	if (!part->picture) {
		uint32_t c[4];
		for (int i = 0; i < 4; i++)
			c[i] = (part->color >> (8 * i) & 0xff) * UINT32_C(0x01010101);
		return wp_single_pixel_buffer_manager_v1_create_u32_rgba_buffer(
			board->single, c[2], c[1], c[0], c[3]);
	}
	struct picture *copy = picture_create(part->picture->width, part->picture->height, 0);
	memcpy(copy->pixels, part->picture->pixels,
		(size_t)(copy->width * copy->height) * sizeof(uint32_t));
	copy = picture_turn(copy, part->transform);
	const struct format_info *info =
		format_info(part->format ? part->format : DRM_FORMAT_ARGB8888);
	int stride = (copy->width * info->bytes + 3) & ~3;
	size_t size = (size_t)(stride * copy->height);
	int fd = memfd_sized("picture", size);
	check(fd >= 0);
	uint8_t *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	check(data != MAP_FAILED);
	for (int y = 0; y < copy->height; y++)
		for (int x = 0; x < copy->width; x++)
			encode(copy->pixels[y * copy->width + x], info,
				data + y * stride + x * info->bytes);
	munmap(data, size);
	struct wl_shm_pool *pool = wl_shm_create_pool(board->client->shm, fd, (int32_t)size);
	struct wl_buffer *buffer = wl_shm_pool_create_buffer(
		pool, 0, copy->width, copy->height, stride, format_to_shm(info->fourcc));
	wl_shm_pool_destroy(pool);
	close(fd);
	picture_destroy(copy);
	return buffer;
}

// Where pixels of the picture are on the surface, grown to whole numbers.
static struct box on_surface(const struct part *part, const struct box *box)
{
	double scale = part->scale ? part->scale : 1;
	struct fbox source = {0, 0, part->picture->width / scale, part->picture->height / scale};
	if (part->source.width > 0)
		source = part->source;
	double stretch_x = part->width ? part->width / source.width : 1;
	double stretch_y = part->width ? part->height / source.height : 1;
	double left = (box->x / scale - source.x) * stretch_x;
	double top = (box->y / scale - source.y) * stretch_y;
	double right = ((box->x + box->width) / scale - source.x) * stretch_x;
	double bottom = ((box->y + box->height) / scale - source.y) * stretch_y;
	struct box out = {(int)floor(left), (int)floor(top), 0, 0};
	out.width = (int)ceil(right) - out.x;
	out.height = (int)ceil(bottom) - out.y;
	return out;
}

// changed: in the picture.
static void commit_picture(
	struct board *board, int i, const struct box *changed, bool surface_damage)
{
	const struct part *part = &board->parts[i];
	struct wl_buffer *buffer = make_buffer(board, part);
	wl_surface_attach(board->surfaces[i], buffer, 0, 0);
	if (!part->picture) {
		wl_surface_damage_buffer(board->surfaces[i], 0, 0, 1, 1);
	} else if (surface_damage) {
		struct box box = on_surface(part, changed);
		wl_surface_damage(board->surfaces[i], box.x, box.y, box.width, box.height);
	} else {
		struct box box = box_transform(
			changed, part->transform, part->picture->width, part->picture->height);
		wl_surface_damage_buffer(board->surfaces[i], box.x, box.y, box.width, box.height);
	}
	wl_surface_commit(board->surfaces[i]);
	wl_buffer_destroy(buffer); // the pixels stay until others come
}

static void show_part(struct board *board, int i)
{
	const struct part *part = &board->parts[i];
	struct wl_surface *surface = board->surfaces[i];
	if (part->scale)
		wl_surface_set_buffer_scale(surface, part->scale);
	wl_surface_set_buffer_transform(surface, (int32_t)part->transform);
	if (part->source.width > 0 || part->width) {
		struct wp_viewport *viewport =
			wp_viewporter_get_viewport(board->viewporter, surface);
		if (part->source.width > 0)
			wp_viewport_set_source(viewport, wl_fixed_from_double(part->source.x),
				wl_fixed_from_double(part->source.y),
				wl_fixed_from_double(part->source.width),
				wl_fixed_from_double(part->source.height));
		if (part->width)
			wp_viewport_set_destination(viewport, part->width, part->height);
	}
	if (!box_empty(&part->opaque)) {
		struct wl_region *opaque = wl_compositor_create_region(board->client->compositor);
		wl_region_add(opaque, part->opaque.x, part->opaque.y, part->opaque.width,
			part->opaque.height);
		wl_surface_set_opaque_region(surface, opaque);
		wl_region_destroy(opaque);
	}
	const struct picture *picture = part->picture;
	const struct box all = {0, 0, picture ? picture->width : 1, picture ? picture->height : 1};
	commit_picture(board, i, &all, false);
}

static void start(struct board *board)
{
	board->fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = board->width,
		.height = board->height,
		.outputs = 1,
		.scale = board->scale,
		.builtin_cursor = true,
		.shell = "kiosk",
	});
	struct output_change change = output_change_none(output_first(board->fixture->server));
	change.transform = board->transform;
	check(outputs_apply(board->fixture->server, &change, 1, false));
	board->client = client_create(board->fixture);
	board->viewporter = client_bind(board->client, &wp_viewporter_interface, 1);
	board->single = client_bind(board->client, &wp_single_pixel_buffer_manager_v1_interface, 1);
	check(board->viewporter && board->single);
}

void board_show(struct board *board)
{
	start(board);
	int width, height;
	board_logical_size(board, &width, &height);
	board->window = client_window_create_bare(board->client, width, height);
	fixture_pump(board->fixture);
	check_eq(board->window->configured_width, width);
	check_eq(board->window->configured_height, height);
	xdg_surface_set_window_geometry(board->window->xdg_surface, 0, 0, width, height);
	xdg_surface_ack_configure(board->window->xdg_surface, board->window->serial);
	board->surfaces[0] = board->window->surface;
	for (int i = 1; i < board->n; i++) {
		board->surfaces[i] = wl_compositor_create_surface(board->client->compositor);
		board->subsurfaces[i] = wl_subcompositor_get_subsurface(
			board->client->subcompositor, board->surfaces[i], board->surfaces[0]);
		wl_subsurface_set_position(
			board->subsurfaces[i], board->parts[i].x, board->parts[i].y);
		show_part(board, i);
		wl_subsurface_set_desync(board->subsurfaces[i]);
	}
	show_part(board, 0);
	fixture_frames(board->fixture, 2);
	check_no_error(board->client);
}

void board_update(struct board *board, int i, const struct box *changed, bool surface_damage)
{
	commit_picture(board, i, changed, surface_damage);
}

void board_move(struct board *board, int i, int x, int y)
{
	board->parts[i].x = x;
	board->parts[i].y = y;
	wl_subsurface_set_position(board->subsurfaces[i], x, y);
	wl_surface_commit(board->surfaces[0]);
}

void board_destroy(struct board *board)
{
	for (int i = 0; i < board->n; i++)
		picture_destroy(board->parts[i].picture);
	if (board->fixture) {
		for (int i = 1; i < board->n; i++) {
			wl_subsurface_destroy(board->subsurfaces[i]);
			wl_surface_destroy(board->surfaces[i]);
		}
		wp_viewporter_destroy(board->viewporter);
		wp_single_pixel_buffer_manager_v1_destroy(board->single);
		client_window_destroy(board->window);
		fixture_destroy(board->fixture);
	}
	free(board);
}

static struct image *to_image(struct buffer *buffer)
{
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	struct image *image = image_from_pixels(&pixels);
	buffer_end_access(buffer);
	check(image != NULL);
	return image;
}

// Memory that only the renderer reaches.
static struct image *read_image(struct renderer *renderer, struct buffer *buffer)
{
	struct buffer *copy =
		buffer_create_memfd(buffer->width, buffer->height, DRM_FORMAT_XRGB8888);
	const struct box all = {0, 0, buffer->width, buffer->height};
	struct pixels pixels;
	check(copy && buffer_begin_access(copy, &pixels));
	check(renderer->impl->read(renderer, buffer, &all, &pixels));
	buffer_end_access(copy);
	struct image *image = to_image(copy);
	buffer_drop(copy);
	return image;
}

static struct image *output_capture(struct output *output, int width, int height)
{
	struct buffer *buffer = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	check(capture_output(output, NULL, false, buffer));
	struct image *image = to_image(buffer);
	buffer_drop(buffer);
	return image;
}

struct image *screen_image(struct fixture *fixture)
{
	struct output *output = output_first(fixture->server);
	struct buffer *primary = output->primary;
	check(primary != NULL);
	// A screen of one colour has no pixels of its own; a picture of it does.
	if (primary->is_color)
		return output_capture(output, primary->width, primary->height);
	return primary->impl->begin_access ? to_image(primary)
					   : read_image(fixture->server->renderer, primary);
}

struct image *board_screen(struct board *board)
{
	return screen_image(board->fixture);
}

struct image *board_capture(struct board *board)
{
	return output_capture(output_first(board->fixture->server), board->width, board->height);
}

void board_check(struct board *board, enum golden_kind kind, const char *name)
{
	check_images(board_screen(board), board_capture(board), 0, "%s-capture", name);
	check_golden(board_screen(board), kind, "%s", name);
}
