// SPDX-License-Identifier: MIT
// Shows a scene on a server: a kiosk window with one subsurface for each part.
#include "tests/pixels/scene_spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/format.h"
#include "compositor/output/capture.h"
#include "compositor/output/output.h"
#include "renderer/renderer.h"
#include "tests/harness/test.h"
#include "single-pixel-buffer-v1-client-protocol.h"
#include "viewporter-client-protocol.h"

struct scene_spec *scene_spec_create(int width, int height, double scale, enum transform transform)
{
	struct scene_spec *spec = xcalloc(1, sizeof(*spec));
	spec->width = width;
	spec->height = height;
	spec->scale = scale;
	spec->transform = transform;
	// The window itself; all other parts are its subsurfaces.
	struct part *sheet = scene_spec_add(spec, NULL, 0, 0);
	sheet->color = 0xff102040;
	scene_spec_logical_size(spec, &sheet->width, &sheet->height);
	return spec;
}

void scene_spec_logical_size(const struct scene_spec *spec, int *width, int *height)
{
	bool swaps = spec->transform & 1;
	*width = (int)((swaps ? spec->height : spec->width) / spec->scale + 0.5);
	*height = (int)((swaps ? spec->width : spec->height) / spec->scale + 0.5);
}

struct part *scene_spec_add(struct scene_spec *spec, struct picture *picture, int x, int y)
{
	check(spec->n < SCENE_SPEC_PARTS);
	struct part *part = &spec->parts[spec->n++];
	part->picture = picture;
	part->x = x;
	part->y = y;
	return part;
}

// Encodes a pixel by the channels in the format's name, from the highest bit of a little-endian
// word.
static void encode_pixel(uint32_t argb, const struct format_info *info, uint8_t *into)
{
	const char *digits = info->name + strcspn(info->name, "0123456789");
	uint64_t word = 0;
	for (const char *channel = info->name; channel < digits; channel++) {
		size_t i = (size_t)(channel - info->name);
		// Only 2101010 has numbers of two digits.
		unsigned bits = strcmp(digits, "2101010") == 0 ? (i == 0 ? 2 : 10)
							       : (unsigned)(digits[i] - '0');
		unsigned shift = *channel == 'R' ? 16
			: *channel == 'G'        ? 8
			: *channel == 'B'        ? 0
						 : 24;
		uint32_t value = argb >> shift & 0xff;
		if (*channel == 'X')
			value = 0x5a; // must be ignored
		value = bits > 8 ? value << (bits - 8) | value >> (16 - bits) : value >> (8 - bits);
		word = word << bits | value;
	}
	for (int i = 0; i < info->bytes; i++)
		into[i] = (uint8_t)(word >> (8 * i));
}

static struct wl_buffer *make_buffer(struct scene_spec *spec, const struct part *part)
{
	if (!part->picture) {
		uint32_t c[4];
		for (int i = 0; i < 4; i++)
			c[i] = (part->color >> (8 * i) & 0xff) * UINT32_C(0x01010101);
		return wp_single_pixel_buffer_manager_v1_create_u32_rgba_buffer(
			spec->single, c[2], c[1], c[0], c[3]);
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
			encode_pixel(copy->pixels[y * copy->width + x], info,
				data + y * stride + x * info->bytes);
	munmap(data, size);
	struct wl_shm_pool *pool = wl_shm_create_pool(spec->client->shm, fd, (int32_t)size);
	struct wl_buffer *buffer = wl_shm_pool_create_buffer(
		pool, 0, copy->width, copy->height, stride, format_to_shm(info->fourcc));
	wl_shm_pool_destroy(pool);
	close(fd);
	picture_destroy(copy);
	return buffer;
}

// Converts a box of the picture to surface coordinates, grown to whole numbers.
static struct box picture_to_surface(const struct part *part, const struct box *box)
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

// changed: in picture pixels.
static void commit_picture(
	struct scene_spec *spec, int i, const struct box *changed, bool surface_damage)
{
	const struct part *part = &spec->parts[i];
	struct wl_buffer *buffer = make_buffer(spec, part);
	wl_surface_attach(spec->surfaces[i], buffer, 0, 0);
	if (!part->picture) {
		wl_surface_damage_buffer(spec->surfaces[i], 0, 0, 1, 1);
	} else if (surface_damage) {
		struct box box = picture_to_surface(part, changed);
		wl_surface_damage(spec->surfaces[i], box.x, box.y, box.width, box.height);
	} else {
		struct box box = box_transform(
			changed, part->transform, part->picture->width, part->picture->height);
		wl_surface_damage_buffer(spec->surfaces[i], box.x, box.y, box.width, box.height);
	}
	wl_surface_commit(spec->surfaces[i]);
	wl_buffer_destroy(buffer); // the server keeps the pixels until the next commit
}

static void show_part(struct scene_spec *spec, int i)
{
	const struct part *part = &spec->parts[i];
	struct wl_surface *surface = spec->surfaces[i];
	if (part->scale)
		wl_surface_set_buffer_scale(surface, part->scale);
	wl_surface_set_buffer_transform(surface, (int32_t)part->transform);
	if (part->source.width > 0 || part->width) {
		struct wp_viewport *viewport =
			wp_viewporter_get_viewport(spec->viewporter, surface);
		if (part->source.width > 0)
			wp_viewport_set_source(viewport, wl_fixed_from_double(part->source.x),
				wl_fixed_from_double(part->source.y),
				wl_fixed_from_double(part->source.width),
				wl_fixed_from_double(part->source.height));
		if (part->width)
			wp_viewport_set_destination(viewport, part->width, part->height);
	}
	if (!box_empty(&part->opaque)) {
		struct wl_region *opaque = wl_compositor_create_region(spec->client->compositor);
		wl_region_add(opaque, part->opaque.x, part->opaque.y, part->opaque.width,
			part->opaque.height);
		wl_surface_set_opaque_region(surface, opaque);
		wl_region_destroy(opaque);
	}
	const struct picture *picture = part->picture;
	const struct box all = {0, 0, picture ? picture->width : 1, picture ? picture->height : 1};
	commit_picture(spec, i, &all, false);
}

static void start_server(struct scene_spec *spec)
{
	spec->fixture = fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = spec->width,
		.height = spec->height,
		.outputs = 1,
		.scale = spec->scale,
		.builtin_cursor = true,
		.shell = "kiosk",
	});
	struct output_change change = output_change_none(output_first(spec->fixture->server));
	change.transform = spec->transform;
	check(outputs_apply(spec->fixture->server, &change, 1, false));
	spec->client = client_create(spec->fixture);
	spec->viewporter = client_bind(spec->client, &wp_viewporter_interface, 1);
	spec->single = client_bind(spec->client, &wp_single_pixel_buffer_manager_v1_interface, 1);
	check(spec->viewporter && spec->single);
}

void scene_spec_show(struct scene_spec *spec)
{
	start_server(spec);
	int width, height;
	scene_spec_logical_size(spec, &width, &height);
	spec->window = client_window_create_bare(spec->client, width, height);
	fixture_pump(spec->fixture);
	check_eq(spec->window->configured_width, width);
	check_eq(spec->window->configured_height, height);
	xdg_surface_set_window_geometry(spec->window->xdg_surface, 0, 0, width, height);
	xdg_surface_ack_configure(spec->window->xdg_surface, spec->window->serial);
	spec->surfaces[0] = spec->window->surface;
	for (int i = 1; i < spec->n; i++) {
		spec->surfaces[i] = wl_compositor_create_surface(spec->client->compositor);
		spec->subsurfaces[i] = wl_subcompositor_get_subsurface(
			spec->client->subcompositor, spec->surfaces[i], spec->surfaces[0]);
		wl_subsurface_set_position(
			spec->subsurfaces[i], spec->parts[i].x, spec->parts[i].y);
		show_part(spec, i);
		wl_subsurface_set_desync(spec->subsurfaces[i]);
	}
	show_part(spec, 0);
	fixture_frames(spec->fixture, 2);
	check_no_error(spec->client);
}

void scene_spec_update(
	struct scene_spec *spec, int i, const struct box *changed, bool surface_damage)
{
	commit_picture(spec, i, changed, surface_damage);
}

void scene_spec_move(struct scene_spec *spec, int i, int x, int y)
{
	spec->parts[i].x = x;
	spec->parts[i].y = y;
	wl_subsurface_set_position(spec->subsurfaces[i], x, y);
	wl_surface_commit(spec->surfaces[0]);
}

void scene_spec_destroy(struct scene_spec *spec)
{
	for (int i = 0; i < spec->n; i++)
		picture_destroy(spec->parts[i].picture);
	if (spec->fixture) {
		for (int i = 1; i < spec->n; i++) {
			wl_subsurface_destroy(spec->subsurfaces[i]);
			wl_surface_destroy(spec->surfaces[i]);
		}
		wp_viewporter_destroy(spec->viewporter);
		wp_single_pixel_buffer_manager_v1_destroy(spec->single);
		client_window_destroy(spec->window);
		fixture_destroy(spec->fixture);
	}
	free(spec);
}

static struct image *buffer_to_image(struct buffer *buffer)
{
	struct pixels pixels;
	check(buffer_begin_access(buffer, &pixels));
	struct image *image = image_from_pixels(&pixels);
	buffer_end_access(buffer);
	check(image != NULL);
	return image;
}

// Reads a buffer that only the renderer can access.
static struct image *read_image(struct renderer *renderer, struct buffer *buffer)
{
	struct buffer *copy =
		buffer_create_memfd(buffer->width, buffer->height, DRM_FORMAT_XRGB8888);
	const struct box all = {0, 0, buffer->width, buffer->height};
	struct pixels pixels;
	check(copy && buffer_begin_access(copy, &pixels));
	check(renderer->impl->read(renderer, buffer, &all, &pixels));
	buffer_end_access(copy);
	struct image *image = buffer_to_image(copy);
	buffer_drop(copy);
	return image;
}

static struct image *output_capture(struct output *output, int width, int height)
{
	struct buffer *buffer = buffer_create_memfd(width, height, DRM_FORMAT_XRGB8888);
	check(capture_output(output, NULL, false, buffer));
	struct image *image = buffer_to_image(buffer);
	buffer_drop(buffer);
	return image;
}

struct image *screen_image(struct fixture *fixture)
{
	struct output *output = output_first(fixture->server);
	struct buffer *primary = output->primary;
	check(primary != NULL);
	// An output of one color has a single-pixel buffer as its frame; a capture has all pixels.
	if (primary->is_color)
		return output_capture(output, primary->width, primary->height);
	return primary->impl->begin_access ? buffer_to_image(primary)
					   : read_image(fixture->server->renderer, primary);
}

struct image *scene_spec_screen(struct scene_spec *spec)
{
	return screen_image(spec->fixture);
}

struct image *scene_spec_capture(struct scene_spec *spec)
{
	return output_capture(output_first(spec->fixture->server), spec->width, spec->height);
}

void scene_spec_check(struct scene_spec *spec, enum golden_kind kind, const char *name)
{
	check_images(scene_spec_screen(spec), scene_spec_capture(spec), 0, "%s-capture", name);
	check_golden(scene_spec_screen(spec), kind, "%s", name);
}
