// SPDX-License-Identifier: MIT
// libdrm's functions other than commits: queries, the cursor, and memory.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xf86drm.h>
#include "compositor/base/base.h"
#include "tests/drm/fake_card_private.h"

// Structs that libdrm returns are counted, to find leaks.
static void *info_create(size_t n, size_t size)
{
	fake_card_current()->infos++;
	return xcalloc(MAX(n, 1), size);
}

static void info_destroy(void *pointer)
{
	if (pointer)
		fake_card_current()->infos--;
	free(pointer);
}

static int set_errno(int error)
{
	errno = error;
	return -error;
}

// The card

int drmSetClientCap(int fd, uint64_t name, uint64_t value)
{
	return name == DRM_CLIENT_CAP_ATOMIC && fake_card_current()->no_atomic
		? set_errno(EOPNOTSUPP)
		: 0;
}

int drmIsMaster(int fd)
{
	return !fake_card_current()->other_master;
}

int drmGetCap(int fd, uint64_t name, uint64_t *value)
{
	const struct fake_card *card = fake_card_current();
	*value = name == DRM_CAP_ADDFB2_MODIFIERS     ? card->modifiers
		: name == DRM_CAP_TIMESTAMP_MONOTONIC ? card->monotonic
		: name == DRM_CAP_CURSOR_WIDTH        ? 64
		: name == DRM_CAP_CURSOR_HEIGHT       ? 64
						      : 0;
	return 0;
}

drmVersionPtr drmGetVersion(int fd)
{
	drmVersion *version = info_create(1, sizeof(*version));
	version->name = xstrdup(fake_card_current()->driver ? fake_card_current()->driver : "fake");
	return version;
}

void drmFreeVersion(drmVersionPtr version)
{
	free(version->name);
	info_destroy(version);
}

char *drmGetRenderDeviceNameFromFd(int fd)
{
	return NULL;
}

int drmCrtcGetSequence(int fd, uint32_t crtc, uint64_t *sequence, uint64_t *time)
{
	return fake_card_current()->vblank ? set_errno(EINVAL) : set_errno(EOPNOTSUPP);
}

int drmIoctl(int fd, unsigned long request, void *argument)
{
	struct fake_card *card = fake_card_current();
	if (request != DRM_IOCTL_MODE_CURSOR2) {
		errno = EINVAL;
		return -1;
	}
	const struct drm_mode_cursor2 *cursor = argument;
	int error = fake_card_count_call(card, FAKE_CURSOR), i = (int)cursor->crtc_id - 10;
	if (error || !fake_card_object(card, cursor->crtc_id)) {
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
	const struct fake_card *card = fake_card_current();
	if (card->no_resources)
		return NULL;
	drmModeRes *all = info_create(1, sizeof(*all));
	all->crtcs = xcalloc(FAKE_SCREENS, sizeof(uint32_t));
	all->connectors = xcalloc(FAKE_SCREENS, sizeof(uint32_t));
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
	info_destroy(all);
}

drmModeConnectorPtr drmModeGetConnector(int fd, uint32_t id)
{
	struct fake_card *card = fake_card_current();
	int i = (int)id - 40;
	if (!fake_card_object(card, id))
		return NULL;
	const struct fake_monitor *monitor = &card->monitors[i];
	drmModeConnector *info = info_create(1, sizeof(*info));
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
	info_destroy(info);
}

const char *drmModeGetConnectorTypeName(uint32_t type)
{
	return type == DRM_MODE_CONNECTOR_HDMIA ? "HDMI-A" : "Virtual";
}

drmModeEncoderPtr drmModeGetEncoder(int fd, uint32_t id)
{
	const struct fake_card *card = fake_card_current();
	if (card->no_encoders)
		return NULL;
	drmModeEncoder *info = info_create(1, sizeof(*info));
	info->possible_crtcs = (1u << card->crtcs) - 1;
	return info;
}

void drmModeFreeEncoder(drmModeEncoderPtr info)
{
	info_destroy(info);
}

drmModeCrtcPtr drmModeGetCrtc(int fd, uint32_t id)
{
	struct fake_card *card = fake_card_current();
	const struct fake_object *object = fake_card_object(card, id);
	if (!object)
		return NULL;
	drmModeCrtc *info = info_create(1, sizeof(*info));
	const struct fake_blob *blob = fake_card_blob(card, fake_property_value(object, "MODE_ID"));
	info->mode_valid = blob && blob->size == sizeof(info->mode);
	if (info->mode_valid)
		memcpy(&info->mode, blob->data, sizeof(info->mode));
	return info;
}

void drmModeFreeCrtc(drmModeCrtcPtr info)
{
	info_destroy(info);
}

drmModePlaneResPtr drmModeGetPlaneResources(int fd)
{
	const struct fake_card *card = fake_card_current();
	if (card->no_planes)
		return NULL;
	drmModePlaneRes *all = info_create(1, sizeof(*all));
	all->planes = xcalloc(2 * FAKE_SCREENS, sizeof(uint32_t));
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
	info_destroy(all);
}

drmModePlanePtr drmModeGetPlane(int fd, uint32_t id)
{
	static const uint32_t formats[] = {DRM_FORMAT_RGB565, DRM_FORMAT_XRGB8888};
	if (!fake_card_object(fake_card_current(), id))
		return NULL;
	drmModePlane *info = info_create(1, sizeof(*info));
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
	info_destroy(info);
}

// Properties

drmModeObjectPropertiesPtr drmModeObjectGetProperties(int fd, uint32_t id, uint32_t type)
{
	const struct fake_object *object = fake_card_object(fake_card_current(), id);
	if (!object || object->type != type)
		return NULL;
	drmModeObjectProperties *all = info_create(1, sizeof(*all));
	all->props = xcalloc(FAKE_PROPERTIES, sizeof(uint32_t));
	all->prop_values = xcalloc(FAKE_PROPERTIES, sizeof(uint64_t));
	for (int i = 0; i < FAKE_PROPERTIES && object->properties[i].name; i++) {
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
	info_destroy(all);
}

drmModePropertyPtr drmModeGetProperty(int fd, uint32_t id)
{
	const char *name = fake_property_name(id);
	drmModePropertyRes *info = name ? info_create(1, sizeof(*info)) : NULL;
	if (info) {
		info->prop_id = id;
		memcpy(info->name, name, strlen(name));
	}
	return info;
}

void drmModeFreeProperty(drmModePropertyPtr info)
{
	info_destroy(info);
}

drmModePropertyBlobPtr drmModeGetPropertyBlob(int fd, uint32_t id)
{
	const struct fake_blob *blob = fake_card_blob(fake_card_current(), id);
	if (!blob)
		return NULL;
	drmModePropertyBlobRes *info = info_create(1, sizeof(*info));
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
	info_destroy(info);
}

int drmModeCreatePropertyBlob(int fd, const void *data, size_t size, uint32_t *id)
{
	struct fake_card *card = fake_card_current();
	int error = fake_card_count_call(card, FAKE_BLOB);
	*id = error ? 0 : fake_card_add_blob(card, data, size, true);
	return *id ? 0 : set_errno(error ? error : ENOMEM);
}

int drmModeDestroyPropertyBlob(int fd, uint32_t id)
{
	struct fake_blob *blob = fake_card_blob(fake_card_current(), id);
	if (!blob || !blob->ours)
		return set_errno(ENOENT);
	fake_card_drop_blob(fake_card_current(), blob);
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
	struct fake_card *card = fake_card_current();
	int error = fake_card_count_call(card, FAKE_DUMB);
	if (error)
		return set_errno(error);
	*handle = ++card->last_id;
	*pitch = width * bits / 8;
	*size = (uint64_t)*pitch * height;
	card->handles++;
	return 0;
}

int drmModeDestroyDumbBuffer(int fd, uint32_t handle)
{
	fake_card_current()->handles--;
	return 0;
}

int drmModeMapDumbBuffer(int fd, uint32_t handle, uint64_t *offset)
{
	*offset = (uint64_t)handle << 32;
	return 0;
}

// Mappings of the card's file are replaced by anonymous memory. Which of the two is called depends
// on the size of off_t.
void *__real_mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset);

void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	const struct fake_card *card = fake_card_current();
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
	struct fake_card *card = fake_card_current();
	*handle = ++card->last_id;
	card->handles++;
	return 0;
}

int drmCloseBufferHandle(int fd, uint32_t handle)
{
	fake_card_current()->handles--;
	return 0;
}

static int add_fb(uint32_t width, uint32_t height, uint32_t format, uint32_t handle,
	uint64_t modifier, bool with_modifier, uint32_t *id)
{
	struct fake_card *card = fake_card_current();
	int error = fake_card_count_call(card, FAKE_ADD_FB);
	if (error || !handle || (format != DRM_FORMAT_XRGB8888 && format != DRM_FORMAT_RGB565))
		return set_errno(error ? error : EINVAL);
	for (size_t i = 0; i < array_length(card->fbs); i++) {
		if (card->fbs[i].id)
			continue;
		card->fbs[i] = (struct fake_fb){
			++card->last_id, width, height, format, handle, modifier, with_modifier};
		*id = card->fbs[i].id;
		return 0;
	}
	return set_errno(ENOMEM);
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

// Removing a framebuffer on the screen disables its plane, as in the kernel.
int drmModeRmFB(int fd, uint32_t id)
{
	struct fake_card *card = fake_card_current();
	struct fake_fb *fb = fake_card_fb(card, id);
	for (int i = 0; i < FAKE_SCREENS; i++) {
		struct fake_property *property = fake_property_find(&card->primary[i], "FB_ID");
		if (!property || property->value != id)
			continue;
		property->value = 0;
		fake_property_find(&card->primary[i], "CRTC_ID")->value = 0;
	}
	if (fb)
		*fb = (struct fake_fb){0};
	return fb ? 0 : set_errno(ENOENT);
}

int drmModeDirtyFB(int fd, uint32_t id, drmModeClipPtr clips, uint32_t n)
{
	struct fake_card *card = fake_card_current();
	int error = fake_card_count_call(card, FAKE_DIRTY);
	if (error)
		return set_errno(error);
	card->dirty += (int)n;
	return 0;
}
