// SPDX-License-Identifier: MIT
// Formats and modifiers that a plane can scan out.
#include <xf86drm.h>
#include "backends/drm/drm.h"

static void add_modifiers(struct drm_plane *plane, const drmModePropertyBlobRes *blob)
{
	drmModeFormatModifierIterator iterator = {0};
	while (drmModeFormatModifierBlobIterNext(blob, &iterator))
		format_set_add(&plane->formats, iterator.fmt, iterator.mod);
}

void drm_formats_read(struct drm_device *device, struct drm_plane *plane, const drmModePlane *info)
{
	uint64_t blob_id = plane->properties[DRM_PLANE_IN_FORMATS].value;
	drmModePropertyBlobRes *blob = device->modifiers && blob_id
		? drmModeGetPropertyBlob(device->fd, (uint32_t)blob_id)
		: NULL;
	if (blob)
		add_modifiers(plane, blob);
	drmModeFreePropertyBlob(blob);
	for (uint32_t i = 0; i < info->count_formats; i++) {
		// Implicit modifiers: the driver records the layout of its own buffers.
		format_set_add(&plane->formats, info->formats[i], DRM_FORMAT_MOD_INVALID);
		if (!plane->properties[DRM_PLANE_IN_FORMATS].id)
			format_set_add(&plane->formats, info->formats[i], DRM_FORMAT_MOD_LINEAR);
	}
}

// Offers fourcc with the modifiers that the plane has for scanout_fourcc.
static void offer_format(struct format_set *into, const struct drm_plane *plane, uint32_t fourcc,
	uint32_t scanout_fourcc)
{
	const struct format_modifiers *entry = format_set_get(&plane->formats, scanout_fourcc);
	for (size_t i = 0; entry && i < entry->count; i++)
		format_set_add(into, fourcc, entry->modifiers[i]);
}

void drm_formats_offer(const struct drm_plane *plane, struct format_set *into)
{
	// Frames are rendered in the first format; others may have fewer bits per colour.
	offer_format(into, plane, DRM_FORMAT_XRGB8888, DRM_FORMAT_XRGB8888);
	for (size_t i = 0; i < plane->formats.count; i++)
		offer_format(into, plane, plane->formats.formats[i].fourcc,
			plane->formats.formats[i].fourcc);
	// Formats with alpha are scanned out as their opaque counterparts.
	size_t count;
	const struct format_info *known = format_list(&count);
	for (size_t i = 0; i < count; i++)
		offer_format(into, plane, known[i].fourcc, format_opaque(known[i].fourcc));
}
