// SPDX-License-Identifier: MIT
// libdrm's functions but for commits: what the card has, and memory.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xf86drm.h>
#include "compositor/base/base.h"
#include "tests/drm/card_parts.h"

// Every struct that is handed out is counted, and so are lists in it.
static void *give(size_t n, size_t size)
{
	card_now()->infos++;
	return xcalloc(MAX(n, 1), size);
}

static void take(void *pointer)
{
	if (pointer)
		card_now()->infos--;
	free(pointer);
}

static int fail(int error)
{
	errno = error;
	return -error;
}

// The card

int drmSetClientCap(int fd, uint64_t name, uint64_t value)
{
	return name == DRM_CLIENT_CAP_ATOMIC && card_now()->no_atomic ? fail(EOPNOTSUPP) : 0;
}

int drmIsMaster(int fd)
{
	return !card_now()->taken;
}

int drmGetCap(int fd, uint64_t name, uint64_t *value)
{
	const struct card *card = card_now();
	*value = name == DRM_CAP_ADDFB2_MODIFIERS     ? card->modifiers
		: name == DRM_CAP_TIMESTAMP_MONOTONIC ? card->monotonic
		: name == DRM_CAP_CURSOR_WIDTH        ? 64
		: name == DRM_CAP_CURSOR_HEIGHT       ? 64
						      : 0;
	return 0;
}

drmVersionPtr drmGetVersion(int fd)
{
	drmVersion *version = give(1, sizeof(*version));
	version->name = xstrdup(card_now()->driver ? card_now()->driver : "fake");
	return version;
}

void drmFreeVersion(drmVersionPtr version)
{
	free(version->name);
	take(version);
}

char *drmGetRenderDeviceNameFromFd(int fd)
{
	return NULL;
}

int drmCrtcGetSequence(int fd, uint32_t crtc, uint64_t *sequence, uint64_t *time)
{
	return card_now()->vblank ? fail(EINVAL) : fail(EOPNOTSUPP);
}

int drmIoctl(int fd, unsigned long request, void *argument)
{
	struct card *card = card_now();
	if (request != DRM_IOCTL_MODE_CURSOR2) {
		errno = EINVAL;
		return -1;
	}
	const struct drm_mode_cursor2 *cursor = argument;
	int error = card_count(card, CARD_CURSOR), i = (int)cursor->crtc_id - 10;
	if (error || !card_object(card, cursor->crtc_id)) {
		errno = error ? error : ENOENT;
		return -1;
	}
	if (cursor->flags & DRM_MODE_CURSOR_BO)
		card->cursor_handle[i] = cursor->handle;
	if (cursor->flags & DRM_MODE_CURSOR_MOVE) {
		card->cursor_x[i] = cursor->x;
		card->cursor_y[i] = cursor->y;
	}
	return 0;
}

// Objects

drmModeResPtr drmModeGetResources(int fd)
{
	const struct card *card = card_now();
	if (card->no_resources)
		return NULL;
	drmModeRes *all = give(1, sizeof(*all));
	all->crtcs = xcalloc(CARD_SCREENS, sizeof(uint32_t));
	all->connectors = xcalloc(CARD_SCREENS, sizeof(uint32_t));
	for (int i = 0; i < card->crtcs; i++)
		all->crtcs[all->count_crtcs++] = 10 + (uint32_t)i;
	for (int i = 0; i < card->connectors; i++)
		all->connectors[all->count_connectors++] = 40 + (uint32_t)i;
	return all;
}

void drmModeFreeResources(drmModeResPtr all)
{
	if (all) {
		free(all->crtcs);
		free(all->connectors);
	}
	take(all);
}

drmModeConnectorPtr drmModeGetConnector(int fd, uint32_t id)
{
	struct card *card = card_now();
	int i = (int)id - 40;
	if (!card_object(card, id))
		return NULL;
	const struct card_monitor *monitor = &card->monitors[i];
	drmModeConnector *info = give(1, sizeof(*info));
	info->connector_id = id;
	info->connector_type = card->virtual ? DRM_MODE_CONNECTOR_VIRTUAL
					     : DRM_MODE_CONNECTOR_HDMIA;
	info->connector_type_id = (uint32_t)i + 1;
	info->connection = monitor->connected ? DRM_MODE_CONNECTED : DRM_MODE_DISCONNECTED;
	info->count_modes = monitor->connected ? monitor->n_modes : 0;
	info->modes = xcalloc(4, sizeof(*info->modes));
	memcpy(info->modes, monitor->modes, sizeof(monitor->modes));
	info->count_encoders = 1;
	info->encoders = xcalloc(1, sizeof(uint32_t));
	info->encoders[0] = 50;
	return info;
}

drmModeConnectorPtr drmModeGetConnectorCurrent(int fd, uint32_t id)
{
	return drmModeGetConnector(fd, id);
}

void drmModeFreeConnector(drmModeConnectorPtr info)
{
	if (info) {
		free(info->modes);
		free(info->encoders);
	}
	take(info);
}

const char *drmModeGetConnectorTypeName(uint32_t type)
{
	return type == DRM_MODE_CONNECTOR_HDMIA ? "HDMI-A" : "Virtual";
}

drmModeEncoderPtr drmModeGetEncoder(int fd, uint32_t id)
{
	const struct card *card = card_now();
	if (card->no_encoders)
		return NULL;
	drmModeEncoder *info = give(1, sizeof(*info));
	info->possible_crtcs = (1u << card->crtcs) - 1;
	return info;
}

void drmModeFreeEncoder(drmModeEncoderPtr info)
{
	take(info);
}

drmModeCrtcPtr drmModeGetCrtc(int fd, uint32_t id)
{
	struct card *card = card_now();
	const struct card_object *object = card_object(card, id);
	if (!object)
		return NULL;
	drmModeCrtc *info = give(1, sizeof(*info));
	const struct card_blob *blob = card_blob(card, card_get(object, "MODE_ID"));
	info->mode_valid = blob && blob->size == sizeof(info->mode);
	if (info->mode_valid)
		memcpy(&info->mode, blob->data, sizeof(info->mode));
	return info;
}

void drmModeFreeCrtc(drmModeCrtcPtr info)
{
	take(info);
}

drmModePlaneResPtr drmModeGetPlaneResources(int fd)
{
	const struct card *card = card_now();
	if (card->no_planes)
		return NULL;
	drmModePlaneRes *all = give(1, sizeof(*all));
	all->planes = xcalloc(2 * CARD_SCREENS, sizeof(uint32_t));
	for (int i = 0; i < card->crtcs; i++) {
		all->planes[all->count_planes++] = 20 + (uint32_t)i;
		if (card->cursors)
			all->planes[all->count_planes++] = 30 + (uint32_t)i;
	}
	return all;
}

void drmModeFreePlaneResources(drmModePlaneResPtr all)
{
	if (all)
		free(all->planes);
	take(all);
}

drmModePlanePtr drmModeGetPlane(int fd, uint32_t id)
{
	static const uint32_t formats[] = {DRM_FORMAT_RGB565, DRM_FORMAT_XRGB8888};
	if (!card_object(card_now(), id))
		return NULL;
	drmModePlane *info = give(1, sizeof(*info));
	info->plane_id = id;
	info->possible_crtcs = 1u << id % 10;
	info->count_formats = array_length(formats);
	info->formats = xcalloc(1, sizeof(formats));
	memcpy(info->formats, formats, sizeof(formats));
	return info;
}

void drmModeFreePlane(drmModePlanePtr info)
{
	if (info)
		free(info->formats);
	take(info);
}

// Properties

drmModeObjectPropertiesPtr drmModeObjectGetProperties(int fd, uint32_t id, uint32_t type)
{
	const struct card_object *object = card_object(card_now(), id);
	if (!object || object->type != type)
		return NULL;
	drmModeObjectProperties *all = give(1, sizeof(*all));
	all->props = xcalloc(CARD_PROPERTIES, sizeof(uint32_t));
	all->prop_values = xcalloc(CARD_PROPERTIES, sizeof(uint64_t));
	for (int i = 0; i < CARD_PROPERTIES && object->properties[i].name; i++) {
		all->props[i] = object->properties[i].id;
		all->prop_values[i] = object->properties[i].value;
		all->count_props++;
	}
	return all;
}

void drmModeFreeObjectProperties(drmModeObjectPropertiesPtr all)
{
	if (all) {
		free(all->props);
		free(all->prop_values);
	}
	take(all);
}

drmModePropertyPtr drmModeGetProperty(int fd, uint32_t id)
{
	const char *name = card_property_name(id);
	drmModePropertyRes *info = name ? give(1, sizeof(*info)) : NULL;
	if (info) {
		info->prop_id = id;
		memcpy(info->name, name, strlen(name));
	}
	return info;
}

void drmModeFreeProperty(drmModePropertyPtr info)
{
	take(info);
}

drmModePropertyBlobPtr drmModeGetPropertyBlob(int fd, uint32_t id)
{
	const struct card_blob *blob = card_blob(card_now(), id);
	if (!blob)
		return NULL;
	drmModePropertyBlobRes *info = give(1, sizeof(*info));
	info->id = id;
	info->length = (uint32_t)blob->size;
	info->data = xcalloc(1, blob->size);
	memcpy(info->data, blob->data, blob->size);
	return info;
}

void drmModeFreePropertyBlob(drmModePropertyBlobPtr info)
{
	if (info)
		free(info->data);
	take(info);
}

int drmModeCreatePropertyBlob(int fd, const void *data, size_t size, uint32_t *id)
{
	struct card *card = card_now();
	int error = card_count(card, CARD_BLOB);
	*id = error ? 0 : card_add_blob(card, data, size, true);
	return *id ? 0 : fail(error ? error : ENOMEM);
}

int drmModeDestroyPropertyBlob(int fd, uint32_t id)
{
	struct card_blob *blob = card_blob(card_now(), id);
	if (!blob || !blob->ours)
		return fail(ENOENT);
	card_drop_blob(card_now(), blob);
	return 0;
}

bool drmModeFormatModifierBlobIterNext(
	const drmModePropertyBlobRes *blob, drmModeFormatModifierIterator *iterator)
{
	const struct drm_format_modifier_blob *header = blob->data;
	const uint32_t *formats = (const void *)((const char *)blob->data + header->formats_offset);
	const struct drm_format_modifier *modifiers =
		(const void *)((const char *)blob->data + header->modifiers_offset);
	for (; iterator->mod_idx < header->count_modifiers; iterator->mod_idx++) {
		const struct drm_format_modifier *entry = &modifiers[iterator->mod_idx];
		while (iterator->fmt_idx < header->count_formats) {
			uint32_t i = iterator->fmt_idx++;
			if (!(entry->formats & UINT64_C(1) << i))
				continue;
			iterator->fmt = formats[i];
			iterator->mod = entry->modifier;
			return true;
		}
		iterator->fmt_idx = 0;
	}
	return false;
}

// Memory

int drmModeCreateDumbBuffer(int fd, uint32_t width, uint32_t height, uint32_t bits, uint32_t flags,
	uint32_t *handle, uint32_t *pitch, uint64_t *size)
{
	struct card *card = card_now();
	int error = card_count(card, CARD_DUMB);
	if (error)
		return fail(error);
	*handle = ++card->last_id;
	*pitch = width * bits / 8;
	*size = (uint64_t)*pitch * height;
	card->handles++;
	return 0;
}

int drmModeDestroyDumbBuffer(int fd, uint32_t handle)
{
	card_now()->handles--;
	return 0;
}

int drmModeMapDumbBuffer(int fd, uint32_t handle, uint64_t *offset)
{
	*offset = (uint64_t)handle << 32;
	return 0;
}

// Of the card's file: nobody looks into it, so any memory will do. Which of the two is called
// depends on the size of off_t.
void *__real_mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset);

void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	const struct card *card = card_now();
	if (!card || fd < 0 || fd != card->fd)
		return __real_mmap64(address, size, protection, flags, fd, offset);
	return __real_mmap64(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	return __wrap_mmap64(address, size, protection, flags, fd, offset);
}

int drmPrimeFDToHandle(int fd, int prime_fd, uint32_t *handle)
{
	struct card *card = card_now();
	*handle = ++card->last_id;
	card->handles++;
	return 0;
}

int drmCloseBufferHandle(int fd, uint32_t handle)
{
	card_now()->handles--;
	return 0;
}

static int add_fb(uint32_t width, uint32_t height, uint32_t format, uint32_t handle,
	uint64_t modifier, bool with_modifier, uint32_t *id)
{
	struct card *card = card_now();
	int error = card_count(card, CARD_ADD_FB);
	if (error || !handle || (format != DRM_FORMAT_XRGB8888 && format != DRM_FORMAT_RGB565))
		return fail(error ? error : EINVAL);
	for (size_t i = 0; i < array_length(card->fbs); i++) {
		if (card->fbs[i].id)
			continue;
		card->fbs[i] = (struct card_fb){
			++card->last_id, width, height, format, handle, modifier, with_modifier};
		*id = card->fbs[i].id;
		return 0;
	}
	return fail(ENOMEM);
}

int drmModeAddFB2(int fd, uint32_t width, uint32_t height, uint32_t format,
	const uint32_t handles[4], const uint32_t pitches[4], const uint32_t offsets[4],
	uint32_t *id, uint32_t flags)
{
	return add_fb(width, height, format, handles[0], DRM_FORMAT_MOD_INVALID, false, id);
}

int drmModeAddFB2WithModifiers(int fd, uint32_t width, uint32_t height, uint32_t format,
	const uint32_t handles[4], const uint32_t pitches[4], const uint32_t offsets[4],
	const uint64_t modifiers[4], uint32_t *id, uint32_t flags)
{
	return add_fb(width, height, format, handles[0], modifiers[0], true, id);
}

// A framebuffer that is shown takes its plane with it, as the kernel does it.
int drmModeRmFB(int fd, uint32_t id)
{
	struct card *card = card_now();
	struct card_fb *fb = card_fb(card, id);
	for (int i = 0; i < CARD_SCREENS; i++) {
		struct card_property *property = card_find(&card->primary[i], "FB_ID");
		if (!property || property->value != id)
			continue;
		property->value = 0;
		card_find(&card->primary[i], "CRTC_ID")->value = 0;
	}
	if (fb)
		*fb = (struct card_fb){0};
	return fb ? 0 : fail(ENOENT);
}

int drmModeDirtyFB(int fd, uint32_t id, drmModeClipPtr clips, uint32_t n)
{
	struct card *card = card_now();
	int error = card_count(card, CARD_DIRTY);
	if (error)
		return fail(error);
	card->dirty += (int)n;
	return 0;
}
