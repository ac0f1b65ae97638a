// SPDX-License-Identifier: MIT
// Atomic requests: what all CRTCs of a card are to do at once.
#include <errno.h>
#include <stdlib.h>
#include <xf86drm.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"

#define MAX_CLIPS 32 // more of them cost more than they save

struct drm_commit {
	struct drm_device *device;
	drmModeAtomicReq *request;
	bool failed, modeset;
	uint32_t blobs[3 * DRM_MAX_CRTCS]; // the kernel keeps what it needs of them
	size_t n_blobs;
};

struct drm_commit *drm_commit_create(struct drm_device *device)
{
	struct drm_commit *commit = xcalloc(1, sizeof(*commit));
	commit->device = device;
	commit->request = drmModeAtomicAlloc();
	commit->failed = !commit->request;
	return commit;
}

void drm_commit_destroy(struct drm_commit *commit)
{
	if (!commit)
		return;
	for (size_t i = 0; i < commit->n_blobs; i++)
		drmModeDestroyPropertyBlob(commit->device->fd, commit->blobs[i]);
	drmModeAtomicFree(commit->request);
	free(commit);
}

static void set(struct drm_commit *commit, uint32_t object, const struct drm_property *property,
	uint64_t value)
{
	if (commit->failed)
		return;
	if (!property->id ||
		drmModeAtomicAddProperty(commit->request, object, property->id, value) < 0)
		commit->failed = true;
}

// What older or smaller drivers may lack.
static void set_optional(struct drm_commit *commit, uint32_t object,
	const struct drm_property *property, uint64_t value)
{
	if (property->id)
		set(commit, object, property, value);
}

static uint32_t add_blob(struct drm_commit *commit, const void *data, size_t size)
{
	uint32_t id = 0;
	if (commit->n_blobs == array_length(commit->blobs) ||
		drmModeCreatePropertyBlob(commit->device->fd, data, size, &id) != 0)
		return 0;
	return commit->blobs[commit->n_blobs++] = id;
}

// Where this plane can tell, the parts that are new.
static void set_damage(
	struct drm_commit *commit, const struct drm_plane *plane, const region *damage)
{
	if (!plane->properties[DRM_PLANE_FB_DAMAGE_CLIPS].id)
		return;
	int n = 0;
	const pixman_box32_t *boxes =
		damage ? pixman_region32_rectangles((region *)damage, &n) : NULL;
	if (n > MAX_CLIPS) {
		boxes = pixman_region32_extents((region *)damage);
		n = 1;
	}
	struct drm_mode_rect clips[MAX_CLIPS];
	for (int i = 0; i < n; i++)
		clips[i] =
			(struct drm_mode_rect){boxes[i].x1, boxes[i].y1, boxes[i].x2, boxes[i].y2};
	uint32_t blob = n ? add_blob(commit, clips, (size_t)n * sizeof(*clips)) : 0;
	set(commit, plane->id, &plane->properties[DRM_PLANE_FB_DAMAGE_CLIPS], blob);
}

void drm_commit_flip(struct drm_commit *commit, struct drm_connector *connector, uint32_t fb,
	const region *damage, int fence)
{
	const struct drm_plane *plane = connector->crtc->primary;
	set(commit, plane->id, &plane->properties[DRM_PLANE_FB_ID], fb);
	set_damage(commit, plane, damage);
	if (fence >= 0) // else the kernel knows by itself who still writes
		set_optional(commit, plane->id, &plane->properties[DRM_PLANE_IN_FENCE_FD],
			(uint64_t)fence);
}

void drm_commit_dark(struct drm_commit *commit, const struct drm_connector *connector)
{
	const struct drm_crtc *crtc = connector->crtc;
	set(commit, crtc->id, &crtc->properties[DRM_CRTC_ACTIVE], 0);
	commit->modeset = true;
}

void drm_commit_gamma(struct drm_commit *commit, const struct drm_connector *connector)
{
	const struct drm_crtc *crtc = connector->crtc;
	const struct drm_property *property = &crtc->properties[DRM_CRTC_GAMMA_LUT];
	size_t n = connector->base.gamma_size;
	uint32_t blob = 0;
	if (connector->gamma && n && property->id) {
		struct drm_color_lut *table = xcalloc(n, sizeof(*table));
		for (size_t i = 0; i < n; i++)
			table[i] = (struct drm_color_lut){
				.red = connector->gamma[i],
				.green = connector->gamma[n + i],
				.blue = connector->gamma[2 * n + i],
			};
		blob = add_blob(commit, table, n * sizeof(*table));
		commit->failed = commit->failed || !blob;
		free(table);
	}
	set_optional(commit, crtc->id, property, blob);
}

void drm_commit_vrr(struct drm_commit *commit, const struct drm_connector *connector)
{
	const struct drm_crtc *crtc = connector->crtc;
	set_optional(commit, crtc->id, &crtc->properties[DRM_CRTC_VRR_ENABLED], connector->vrr);
}

void drm_commit_mode(struct drm_commit *commit, struct drm_connector *connector,
	const drmModeModeInfo *mode, uint32_t fb)
{
	const struct drm_crtc *crtc = connector->crtc;
	const struct drm_plane *plane = crtc->primary;
	const struct drm_property *of_crtc = crtc->properties, *of_plane = plane->properties;
	uint32_t blob = add_blob(commit, mode, sizeof(*mode));
	commit->modeset = true;
	commit->failed = commit->failed || !blob;
	set(commit, connector->id, &connector->properties[DRM_CONNECTOR_CRTC_ID], crtc->id);
	// Good again, if it had gone bad.
	set_optional(commit, connector->id, &connector->properties[DRM_CONNECTOR_LINK_STATUS], 0);
	set(commit, crtc->id, &of_crtc[DRM_CRTC_MODE_ID], blob);
	set(commit, crtc->id, &of_crtc[DRM_CRTC_ACTIVE], 1);
	set(commit, plane->id, &of_plane[DRM_PLANE_CRTC_ID], crtc->id);
	set(commit, plane->id, &of_plane[DRM_PLANE_SRC_X], 0);
	set(commit, plane->id, &of_plane[DRM_PLANE_SRC_Y], 0);
	set(commit, plane->id, &of_plane[DRM_PLANE_SRC_W], (uint64_t)mode->hdisplay << 16);
	set(commit, plane->id, &of_plane[DRM_PLANE_SRC_H], (uint64_t)mode->vdisplay << 16);
	set(commit, plane->id, &of_plane[DRM_PLANE_CRTC_X], 0);
	set(commit, plane->id, &of_plane[DRM_PLANE_CRTC_Y], 0);
	set(commit, plane->id, &of_plane[DRM_PLANE_CRTC_W], mode->hdisplay);
	set(commit, plane->id, &of_plane[DRM_PLANE_CRTC_H], mode->vdisplay);
	drm_commit_flip(commit, connector, fb, NULL, -1);
	// Whoever had the card before may have left any of these.
	drm_commit_gamma(commit, connector);
	set_optional(commit, crtc->id, &of_crtc[DRM_CRTC_DEGAMMA_LUT], 0);
	set_optional(commit, crtc->id, &of_crtc[DRM_CRTC_CTM], 0);
	drm_commit_vrr(commit, connector);
	set_optional(commit, plane->id, &of_plane[DRM_PLANE_rotation], DRM_MODE_ROTATE_0);
	set_optional(commit, plane->id, &of_plane[DRM_PLANE_alpha], UINT16_MAX);
}

static void plane_off(struct drm_commit *commit, const struct drm_plane *plane)
{
	set(commit, plane->id, &plane->properties[DRM_PLANE_FB_ID], 0);
	set(commit, plane->id, &plane->properties[DRM_PLANE_CRTC_ID], 0);
}

void drm_commit_rest_off(struct drm_commit *commit)
{
	struct drm_device *device = commit->device;
	struct drm_connector *connector;
	uint32_t stays = 0;
	wl_list_for_each(connector, &device->connectors, link) {
		bool stays_on = !connector->dark || !device->foreign;
		if (connector->crtc && connector->lit == connector->crtc && stays_on)
			stays |= UINT32_C(1) << (connector->crtc - device->crtcs);
		else if ((connector->lit || device->foreign) && !connector->vanished)
			set(commit, connector->id, &connector->properties[DRM_CONNECTOR_CRTC_ID],
				0);
	}
	for (size_t i = 0; i < device->n_crtcs; i++) {
		struct drm_crtc *crtc = &device->crtcs[i];
		if (stays & UINT32_C(1) << i || (!crtc->lit && !device->foreign))
			continue;
		set(commit, crtc->id, &crtc->properties[DRM_CRTC_ACTIVE], 0);
		set(commit, crtc->id, &crtc->properties[DRM_CRTC_MODE_ID], 0);
		if (crtc->primary)
			plane_off(commit, crtc->primary);
	}
	for (size_t i = 0; device->foreign && i < device->n_planes; i++)
		if (device->planes[i].type != DRM_PLANE_TYPE_PRIMARY)
			plane_off(commit, &device->planes[i]);
	commit->modeset = true;
}

int drm_commit_send(struct drm_commit *commit, enum drm_commit_how how)
{
	uint32_t flags = commit->modeset ? DRM_MODE_ATOMIC_ALLOW_MODESET : 0;
	if (commit->failed)
		return EINVAL;
	if (how == DRM_TEST)
		flags |= DRM_MODE_ATOMIC_TEST_ONLY;
	else if (how == DRM_FLIP)
		flags |= DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK;
	else if (how == DRM_FLIP_UNTOLD)
		flags |= DRM_MODE_ATOMIC_NONBLOCK;
	else if (how == DRM_WAIT)
		flags |= DRM_MODE_PAGE_FLIP_EVENT;
	return -drmModeAtomicCommit(commit->device->fd, commit->request, flags, commit->device);
}
