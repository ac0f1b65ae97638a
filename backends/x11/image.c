// SPDX-License-Identifier: MIT
// Gives the X server the pixels of a buffer. A dmabuf becomes a pixmap by DRI3. Memory of the
// compositor is a memfd that the server maps once by MIT-SHM, as a pixmap or as the source of
// ShmPutImage. Other buffers, and servers that take no file descriptors, use PutImage.
#include "backends/x11/image.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xcb/dri3.h>
#include <xcb/shm.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_FILE (1u << 30) // bytes of a client's file that the server may map
#define MAX_MODIFIERS 256   // per list in a server's reply

struct x11_images {
	struct x11 *x11;
	uint32_t format;
	size_t max_bytes; // of pixels in one request
	bool shm, dri3;   // by file descriptors
	struct wl_list images;
};

// The server's copy of or reference to a buffer, at buffer->scanout.
struct image {
	struct x11_images *images;
	struct wl_list link;
	struct buffer *buffer;
	struct wl_listener destroyed;
	xcb_shm_seg_t segment;
	size_t width; // of the segment's rows, in pixels
	uint32_t offset;
	xcb_pixmap_t pixmap;
};

static uint32_t find_visual_format(const struct x11 *x11)
{
	static const struct {
		uint8_t depth, bytes;
		uint32_t red, green, blue;
		uint32_t format;
	} known[] = {
		{16, 2, 0xf800, 0x7e0, 0x1f, DRM_FORMAT_RGB565},
		{24, 4, 0xff0000, 0xff00, 0xff, DRM_FORMAT_XRGB8888},
		{24, 4, 0xff, 0xff00, 0xff0000, DRM_FORMAT_XBGR8888},
		{30, 4, 0x3ff00000, 0xffc00, 0x3ff, DRM_FORMAT_XRGB2101010},
		{30, 4, 0x3ff, 0xffc00, 0x3ff00000, DRM_FORMAT_XBGR2101010},
		{32, 4, 0xff0000, 0xff00, 0xff, DRM_FORMAT_ARGB8888},
	};
	const xcb_visualtype_t *visual = &x11->visual;
	const xcb_setup_t *setup = xcb_get_setup(x11->xcb);
	const xcb_format_t *formats = xcb_setup_pixmap_formats(setup);
	for (int i = 0; i < xcb_setup_pixmap_formats_length(setup); i++) {
		if (formats[i].depth != x11->root->root_depth)
			continue;
		for (size_t k = 0; k < array_length(known); k++)
			if (known[k].depth == formats[i].depth &&
				known[k].bytes * 8 == formats[i].bits_per_pixel &&
				formats[i].scanline_pad == 32 && known[k].red == visual->red_mask &&
				known[k].green == visual->green_mask &&
				known[k].blue == visual->blue_mask &&
				visual->_class == XCB_VISUAL_CLASS_TRUE_COLOR)
				return known[k].format;
	}
	return 0;
}

static bool is_local(struct x11 *x11)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	return getsockname(xcb_get_file_descriptor(x11->xcb), (struct sockaddr *)&address,
		       &length) == 0 &&
		address.ss_family == AF_UNIX;
}

static bool request_succeeds(struct x11_images *images, xcb_void_cookie_t cookie)
{
	xcb_generic_error_t *error = xcb_request_check(images->x11->xcb, cookie);
	bool ok = !error;
	free(error);
	return ok;
}

static xcb_shm_seg_t attach_segment(struct x11_images *images, int file)
{
	int fd = fcntl(file, F_DUPFD_CLOEXEC, 0); // xcb closes it
	if (fd < 0)
		return XCB_NONE;
	xcb_shm_seg_t segment = xcb_generate_id(images->x11->xcb);
	return request_succeeds(
		       images, xcb_shm_attach_fd_checked(images->x11->xcb, segment, fd, false))
		? segment
		: XCB_NONE;
}

// A connection through a tunnel looks local but loses file descriptors, so try one.
static bool shm_works(struct x11_images *images)
{
	int fd = memfd_sized("probe", 4096);
	xcb_shm_seg_t segment = fd >= 0 ? attach_segment(images, fd) : XCB_NONE;
	if (segment)
		xcb_shm_detach(images->x11->xcb, segment);
	close_fd(&fd);
	return segment != XCB_NONE;
}

// Opens the server's DRM device; -1: none.
static int open_device(struct x11 *x11)
{
	xcb_dri3_open_reply_t *reply = xcb_dri3_open_reply(
		x11->xcb, xcb_dri3_open(x11->xcb, x11->root->root, XCB_NONE), NULL);
	int fd = -1;
	if (reply && reply->nfd == 1)
		fd = xcb_dri3_open_reply_fds(x11->xcb, reply)[0];
	free(reply);
	if (fd >= 0)
		set_cloexec(fd);
	return fd;
}

struct x11_images *x11_images_create(struct x11 *x11)
{
	const uint16_t one = 1;
	uint8_t little;
	struct x11_images *images = xcalloc(1, sizeof(*images));
	wl_list_init(&images->images);
	images->x11 = x11;
	images->format = find_visual_format(x11);
	if (!images->format) {
		log_error("the pixel format of the X screen (depth %u) is not supported: use true "
			  "colour of depth 16, 24, 30 or 32",
			x11->root->root_depth);
		goto fail;
	}
	memcpy(&little, &one, 1);
	if ((xcb_get_setup(x11->xcb)->image_byte_order == XCB_IMAGE_ORDER_LSB_FIRST) != little) {
		log_error("the X server's byte order differs from this machine's");
		goto fail;
	}
	images->max_bytes = (size_t)xcb_get_maximum_request_length(x11->xcb) * 4 -
		sizeof(xcb_put_image_request_t) - 4;
	if (is_local(x11)) {
		images->shm = x11->has.shm_fd && shm_works(images);
		if (x11->has.dri3_opcode && x11->has.present_opcode)
			x11->base.device = open_device(x11);
		images->dri3 = x11->base.device >= 0;
	}
	log_info("frames are sent by %s%s%s%s", images->dri3 ? "DRI3, " : "",
		images->shm                   ? "MIT-SHM"
			: x11->has.shm_opcode ? "PutImage (MIT-SHM without file descriptors)"
					      : "PutImage",
		images->shm && x11->has.shm_pixmaps ? " with shared pixmaps" : "",
		x11->has.present_opcode ? " and Present" : "");
	return images;
fail:
	x11_images_destroy(images);
	return NULL;
}

static void image_destroy(struct image *image)
{
	struct x11 *x11 = image->images->x11;
	if (image->pixmap)
		xcb_free_pixmap(x11->xcb, image->pixmap);
	if (image->segment)
		xcb_shm_detach(x11->xcb, image->segment);
	wl_list_remove(&image->destroyed.link);
	wl_list_remove(&image->link);
	image->buffer->scanout = NULL;
	free(image);
}

void x11_images_destroy(struct x11_images *images)
{
	if (!images)
		return;
	struct image *image, *tmp;
	wl_list_for_each_safe(image, tmp, &images->images, link)
		image_destroy(image);
	free(images);
}

uint32_t x11_images_format(const struct x11_images *images)
{
	return images->format;
}

void x11_images_formats(struct x11_images *images, xcb_window_t window, struct format_set *into)
{
	struct x11 *x11 = images->x11;
	if (!images->dri3)
		return;
	uint32_t format = images->format;
	uint8_t depth = x11->root->root_depth, bits = (uint8_t)(format_info(format)->bytes * 8);
	xcb_dri3_get_supported_modifiers_reply_t *reply = NULL;
	if (x11->has.dri3_modifiers)
		reply = xcb_dri3_get_supported_modifiers_reply(x11->xcb,
			xcb_dri3_get_supported_modifiers(x11->xcb, window, depth, bits), NULL);
	if (reply) { // first those that can be flipped
		const uint64_t *modifiers =
			xcb_dri3_get_supported_modifiers_window_modifiers(reply);
		int n = xcb_dri3_get_supported_modifiers_window_modifiers_length(reply);
		for (int i = 0; i < MIN(n, MAX_MODIFIERS); i++)
			format_set_add(into, format, modifiers[i]);
		modifiers = xcb_dri3_get_supported_modifiers_screen_modifiers(reply);
		n = xcb_dri3_get_supported_modifiers_screen_modifiers_length(reply);
		for (int i = 0; i < MIN(n, MAX_MODIFIERS); i++)
			format_set_add(into, format, modifiers[i]);
		free(reply);
	}
	if (!into->count) // implicit modifier
		format_set_add(into, format, DRM_FORMAT_MOD_INVALID);
}

// The alpha channel of a buffer is ignored by windows without one.
static bool has_format(const struct x11_images *images, const struct buffer *buffer)
{
	return buffer->format == images->format || format_opaque(buffer->format) == images->format;
}

static void import_dmabuf(struct x11_images *images, struct image *image)
{
	struct x11 *x11 = images->x11;
	struct buffer *buffer = image->buffer;
	const struct dmabuf *dmabuf = buffer->dmabuf;
	uint8_t depth = x11->root->root_depth;
	uint8_t bits = (uint8_t)(format_info(images->format)->bytes * 8);
	bool implicit = dmabuf->modifier == DRM_FORMAT_MOD_INVALID;
	uint64_t size = (uint64_t)dmabuf->stride[0] * (uint64_t)buffer->height;
	int fds[4];
	int n = 0;
	if (implicit || !x11->has.dri3_modifiers) {
		bool linear = implicit || dmabuf->modifier == DRM_FORMAT_MOD_LINEAR;
		if (!linear || dmabuf->n_planes != 1 || dmabuf->offset[0] ||
			dmabuf->stride[0] > UINT16_MAX || size > UINT32_MAX)
			return;
	}
	for (; n < dmabuf->n_planes; n++)
		if ((fds[n] = fcntl(dmabuf->fd[n], F_DUPFD_CLOEXEC, 0)) < 0)
			break;
	if (n < dmabuf->n_planes) {
		while (n > 0)
			close(fds[--n]);
		return;
	}
	xcb_pixmap_t pixmap = xcb_generate_id(x11->xcb);
	xcb_void_cookie_t cookie;
	if (implicit || !x11->has.dri3_modifiers)
		cookie = xcb_dri3_pixmap_from_buffer_checked(x11->xcb, pixmap, x11->root->root,
			(uint32_t)size, (uint16_t)buffer->width, (uint16_t)buffer->height,
			(uint16_t)dmabuf->stride[0], depth, bits, fds[0]);
	else
		cookie = xcb_dri3_pixmap_from_buffers_checked(x11->xcb, pixmap, x11->root->root,
			(uint8_t)n, (uint16_t)buffer->width, (uint16_t)buffer->height,
			dmabuf->stride[0], dmabuf->offset[0], dmabuf->stride[1], dmabuf->offset[1],
			dmabuf->stride[2], dmabuf->offset[2], dmabuf->stride[3], dmabuf->offset[3],
			depth, bits, dmabuf->modifier, fds);
	if (request_succeeds(images, cookie))
		image->pixmap = pixmap;
	else
		log_info("the X server rejects a dmabuf of %dx%d, format 0x%08x, modifier 0x%llx",
			buffer->width, buffer->height, buffer->format,
			(unsigned long long)dmabuf->modifier);
}

static void import_file(
	struct x11_images *images, struct image *image, const struct buffer_file *file)
{
	struct x11 *x11 = images->x11;
	const struct buffer *buffer = image->buffer;
	size_t bytes = format_info(images->format)->bytes;
	size_t width = file->stride / bytes; // the stride is expressed as a width
	if (width * bytes != file->stride || file->stride % 4 || file->offset % 4 ||
		width > INT16_MAX || file->offset > UINT32_MAX)
		return;
	image->segment = attach_segment(images, file->fd);
	image->width = width;
	image->offset = (uint32_t)file->offset;
	if (!image->segment || !x11->has.shm_pixmaps)
		return;
	xcb_pixmap_t pixmap = xcb_generate_id(x11->xcb);
	if (request_succeeds(images,
		    xcb_shm_create_pixmap_checked(x11->xcb, pixmap, x11->root->root,
			    (uint16_t)width, (uint16_t)buffer->height, x11->root->root_depth,
			    image->segment, image->offset)))
		image->pixmap = pixmap;
}

static void on_buffer_destroyed(struct wl_listener *listener, void *data)
{
	struct image *image = wl_container_of(listener, image, destroyed);
	image_destroy(image);
}

// The buffer's image, imported at the first call; NULL: its memory cannot be shared with the
// server.
static struct image *image_get(struct x11_images *images, struct buffer *buffer)
{
	struct buffer_file file;
	bool shm = images->shm && buffer_file(buffer, &file) && file.size <= MAX_FILE;
	bool dmabuf = images->dri3 && buffer->dmabuf;
	if (buffer->scanout)
		return buffer->scanout;
	if (!has_format(images, buffer) || (!shm && !dmabuf))
		return NULL;
	struct image *image = xcalloc(1, sizeof(*image));
	image->images = images;
	image->buffer = buffer;
	image->destroyed.notify = on_buffer_destroyed;
	wl_signal_add(&buffer->destroyed, &image->destroyed);
	wl_list_insert(&images->images, &image->link);
	buffer->scanout = image;
	if (dmabuf)
		import_dmabuf(images, image);
	else
		import_file(images, image, &file);
	return image;
}

xcb_pixmap_t x11_image_pixmap(struct x11_images *images, struct buffer *buffer)
{
	const struct image *image = image_get(images, buffer);
	return image ? image->pixmap : XCB_NONE;
}

bool x11_image_can_copy(const struct x11_images *images, const struct buffer *buffer)
{
	return has_format(images, buffer) && buffer->impl->begin_access;
}

bool x11_image_is_shared(struct x11_images *images, struct buffer *buffer)
{
	const struct image *image = image_get(images, buffer);
	return image && (image->pixmap || image->segment);
}

bool x11_image_is_cheap(struct x11_images *images, struct buffer *buffer)
{
	return x11_image_is_shared(images, buffer) ||
		(!images->shm && x11_image_can_copy(images, buffer));
}

// Sends the rows of rect, as many per request as its maximum length allows.
static void put_rect(struct x11_images *images, const struct pixels *pixels, xcb_pixmap_t pixmap,
	xcb_gcontext_t gc, const xcb_rectangle_t *rect)
{
	struct x11 *x11 = images->x11;
	size_t bytes = format_info(pixels->format)->bytes;
	size_t row = (rect->width * bytes + 3) & ~(size_t)3;
	size_t rows = CLAMP(images->max_bytes / row, 1, rect->height);
	size_t start = (size_t)rect->y * pixels->stride + (size_t)rect->x * bytes;
	const uint8_t *from = (const uint8_t *)pixels->data + start;
	bool whole = row == pixels->stride; // rows need no packing
	uint8_t *packed = whole ? NULL : malloc(row * rows);
	if (!packed && !whole)
		return;
	for (size_t y = 0; y < rect->height; y += rows) {
		size_t n = MIN(rows, rect->height - y);
		for (size_t i = 0; i < n && packed; i++)
			memcpy(packed + i * row, from + (y + i) * pixels->stride,
				rect->width * bytes);
		xcb_put_image(x11->xcb, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, gc, rect->width,
			(uint16_t)n, rect->x, (int16_t)(rect->y + (int)y), 0, x11->root->root_depth,
			(uint32_t)(row * n), packed ? packed : from + y * pixels->stride);
	}
	free(packed);
}

bool x11_image_copy(struct x11_images *images, struct buffer *buffer, xcb_pixmap_t pixmap,
	xcb_gcontext_t gc, const xcb_rectangle_t *rects, size_t n)
{
	struct x11 *x11 = images->x11;
	const struct image *image = image_get(images, buffer);
	struct pixels pixels;
	if (!x11_image_can_copy(images, buffer) || !buffer_begin_access(buffer, &pixels))
		return false;
	for (size_t i = 0; i < n; i++) {
		const xcb_rectangle_t *rect = &rects[i];
		if (image && image->segment)
			xcb_shm_put_image(x11->xcb, pixmap, gc, (uint16_t)image->width,
				(uint16_t)buffer->height, (uint16_t)rect->x, (uint16_t)rect->y,
				rect->width, rect->height, rect->x, rect->y, x11->root->root_depth,
				XCB_IMAGE_FORMAT_Z_PIXMAP, false, image->segment, image->offset);
		else
			put_rect(images, &pixels, pixmap, gc, rect);
	}
	buffer_end_access(buffer);
	return true;
}
