// SPDX-License-Identifier: MIT
// Opens a card and reads its capabilities, its CRTCs and planes, and their properties by name.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xf86drm.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#ifndef DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT
#define DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT 6
#endif

#define NAME(name) #name,
static const char *const crtc_names[] = {DRM_CRTC_PROPERTIES(NAME)};
static const char *const plane_names[] = {DRM_PLANE_PROPERTIES(NAME)};

// On these, drawing becomes visible only after a commit has uploaded it.
static const char *const uploading_drivers[] = {"virtio_gpu", "qxl"};
// Their monitors are windows of the host, whose size is the preferred mode.
static const char *const paravirtual_drivers[] = {
	"virtio_gpu", "qxl", "vmwgfx", "vboxvideo", "hyperv_drm", "parallels"};

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

bool drm_properties(int fd, uint32_t object, uint32_t type, const char *const *names, size_t count,
	struct drm_property *properties)
{
	drmModeObjectProperties *all = drmModeObjectGetProperties(fd, object, type);
	memset(properties, 0, count * sizeof(*properties));
	if (!all)
		return false;
	for (uint32_t i = 0; i < all->count_props; i++) {
		drmModePropertyRes *property = drmModeGetProperty(fd, all->props[i]);
		for (size_t j = 0; property && j < count; j++)
			if (strcmp(property->name, names[j]) == 0)
				properties[j] = (struct drm_property){
					property->prop_id, all->prop_values[i]};
		drmModeFreeProperty(property);
	}
	drmModeFreeObjectProperties(all);
	return true;
}

// Planes and CRTCs

static bool read_planes(struct drm_device *device)
{
	drmModePlaneRes *all = drmModeGetPlaneResources(device->fd);
	if (!all)
		return false;
	device->planes = xcalloc(MAX(all->count_planes, 1), sizeof(*device->planes));
	for (uint32_t i = 0; i < all->count_planes; i++) {
		struct drm_plane *plane = &device->planes[device->n_planes];
		drmModePlane *info = drmModeGetPlane(device->fd, all->planes[i]);
		if (!info)
			continue;
		plane->id = info->plane_id;
		plane->crtcs = info->possible_crtcs;
		if (drm_properties(device->fd, plane->id, DRM_MODE_OBJECT_PLANE, plane_names,
			    DRM_PLANE_PROPERTY_COUNT, plane->properties)) {
			plane->type = (uint32_t)plane->properties[DRM_PLANE_type].value;
			drm_formats_read(device, plane, info);
			device->n_planes++;
		}
		drmModeFreePlane(info);
	}
	drmModeFreePlaneResources(all);
	return true;
}

// Assigns one primary plane to each CRTC; no two share one.
static void assign_planes(struct drm_device *device)
{
	uint32_t assigned = 0; // bits of the first 32 planes, by index
	for (size_t i = 0; i < device->n_crtcs; i++) {
		struct drm_crtc *crtc = &device->crtcs[i];
		for (size_t j = 0; j < device->n_planes; j++) {
			struct drm_plane *plane = &device->planes[j];
			if (!(plane->crtcs & UINT32_C(1) << i))
				continue;
			if (plane->type == DRM_PLANE_TYPE_CURSOR)
				crtc->has_cursor = true;
			if (plane->type == DRM_PLANE_TYPE_PRIMARY && !crtc->primary && j < 32 &&
				!(assigned & UINT32_C(1) << j)) {
				assigned |= UINT32_C(1) << j;
				crtc->primary = plane;
			}
		}
	}
}

static bool read_crtcs(struct drm_device *device)
{
	drmModeRes *resources = drmModeGetResources(device->fd);
	if (!resources)
		return false;
	size_t count = (size_t)MAX(resources->count_crtcs, 0);
	device->n_crtcs = MIN(count, DRM_MAX_CRTCS);
	for (size_t i = 0; i < device->n_crtcs; i++) {
		struct drm_crtc *crtc = &device->crtcs[i];
		crtc->id = resources->crtcs[i];
		drm_properties(device->fd, crtc->id, DRM_MODE_OBJECT_CRTC, crtc_names,
			DRM_CRTC_PROPERTY_COUNT, crtc->properties);
	}
	bool shows = device->n_crtcs && resources->count_connectors > 0;
	drmModeFreeResources(resources);
	return shows;
}

static uint64_t get_capability(const struct drm_device *device, uint64_t name, uint64_t fallback)
{
	uint64_t value;
	return drmGetCap(device->fd, name, &value) == 0 ? value : fallback;
}

static void read_capabilities(struct drm_device *device)
{
	drmVersion *version = drmGetVersion(device->fd);
	device->driver = xstrdup(version && version->name ? version->name : "");
	drmFreeVersion(version);
	device->modifiers = get_capability(device, DRM_CAP_ADDFB2_MODIFIERS, 0);
	device->monotonic = get_capability(device, DRM_CAP_TIMESTAMP_MONOTONIC, 0);
	device->cursor_width = (int)MIN(get_capability(device, DRM_CAP_CURSOR_WIDTH, 64), 512);
	device->cursor_height = (int)MIN(get_capability(device, DRM_CAP_CURSOR_HEIGHT, 64), 512);
	device->uploads =
		is_one_of(device->driver, uploading_drivers, array_length(uploading_drivers));
	device->in_order = strcmp(device->driver, "virtio_gpu") == 0;
	device->paravirtual =
		is_one_of(device->driver, paravirtual_drivers, array_length(paravirtual_drivers));
	uint64_t sequence, time_ns;
	device->vblank =
		drmCrtcGetSequence(device->fd, device->crtcs[0].id, &sequence, &time_ns) == 0 ||
		errno != EOPNOTSUPP;
}

struct drm_device *drm_device_create(struct drm *drm, const char *path)
{
	struct drm_device *device = xcalloc(1, sizeof(*device));
	struct stat status;
	device->drm = drm;
	device->path = xstrdup(path);
	device->foreign = true;
	wl_list_init(&device->connectors);
	wl_list_init(&device->fbs);
	wl_list_init(&device->dumbs);
	device->fd = session_open(drm->session, path, &device->session_id);
	if (device->fd < 0) {
		log_errno("%s cannot be opened", path);
		goto fail;
	}
	if (!drmIsMaster(device->fd)) { // without seatd or logind libseat does not check that
		log_error("%s: another session is DRM master", path);
		goto fail;
	}
	if (fstat(device->fd, &status) == 0)
		device->number = status.st_rdev;
	if (drmSetClientCap(device->fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) != 0 ||
		drmSetClientCap(device->fd, DRM_CLIENT_CAP_ATOMIC, 1) != 0) {
		log_info("%s does not support atomic mode setting", path);
		goto fail;
	}
	// Without it some drivers hide their cursor planes; older kernels do not have it.
	drmSetClientCap(device->fd, DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT, 1);
	bool shows = read_crtcs(device);
	if (shows)
		read_capabilities(device);
	if (!shows || !read_planes(device)) {
		log_info("%s has no usable outputs", path);
		goto fail;
	}
	const char *wanted = drm->driver->kernel_driver;
	if (wanted && strcmp(wanted, device->driver) != 0) {
		log_info("%s has the driver %s, not %s", path, device->driver, wanted);
		goto fail;
	}
	assign_planes(device);
	device->source = wl_event_loop_add_fd(
		drm->loop, device->fd, WL_EVENT_READABLE, drm_flip_on_event, device);
	if (!device->source)
		goto fail;
	log_info("%s, driver %s%s", path, device->driver,
		device->vblank ? "" : ", without vertical blank");
	return device;
fail:
	drm_device_destroy(device);
	return NULL;
}

void drm_device_destroy(struct drm_device *device)
{
	if (!device)
		return;
	drm_fbs_destroy(device);
	drm_dumbs_orphan(device);
	if (device->source)
		wl_event_source_remove(device->source);
	if (device->fd >= 0)
		session_close(device->drm->session, device->session_id, device->fd);
	for (size_t i = 0; i < device->n_planes; i++)
		format_set_finish(&device->planes[i].formats);
	free(device->planes);
	free(device->driver);
	free(device->path);
	free(device);
}
