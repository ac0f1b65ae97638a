// SPDX-License-Identifier: MIT
// Atomic requests: properties of CRTCs, planes and connectors that change at once.
#include <errno.h>
#include <stdlib.h>
#include <xf86drm.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"

#define MAX_CLIPS 32 // beyond that, clips cost more than they save

struct drm_commit {
	struct drm_device *device;
	drmModeAtomicReq *request;
	bool failed, modeset;
	uint32_t blobs[3 * DRM_MAX_CRTCS]; // owned; the kernel keeps those in use
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

static void add_property(struct drm_commit *commit, uint32_t object,
	const struct drm_property *property, uint64_t value)
{
	if (commit->failed)
		return;
	if (!property->id ||
		drmModeAtomicAddProperty(commit->request, object, property->id, value) < 0)
		commit->failed = true;
}

// For properties that older or simpler drivers lack.
static void add_optional(struct drm_commit *commit, uint32_t object,
	const struct drm_property *property, uint64_t value)
{
	if (property->id)
		add_property(commit, object, property, value);
}

static uint32_t add_blob(struct drm_commit *commit, const void *data, size_t size)
{
	uint32_t id = 0;
	if (commit->n_blobs == array_length(commit->blobs) ||
		drmModeCreatePropertyBlob(commit->device->fd, data, size, &id) != 0)
		return 0;
	return commit->blobs[commit->n_blobs++] = id;
}

// Limits what the driver uploads or refreshes, where the plane supports that.
static void add_damage(
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
	add_property(commit, plane->id, &plane->properties[DRM_PLANE_FB_DAMAGE_CLIPS], blob);
}

void drm_commit_flip(struct drm_commit *commit, const struct drm_connector_state *state,
	const region *damage, int fence)
{
	const struct drm_plane *plane = state->crtc->primary;
	add_property(commit, plane->id, &plane->properties[DRM_PLANE_FB_ID], state->fb);
	add_damage(commit, plane, damage);
	if (fence >= 0) // else the kernel waits for implicit fences
		add_optional(commit, plane->id, &plane->properties[DRM_PLANE_IN_FENCE_FD],
			(uint64_t)fence);
}

void drm_commit_power_off(struct drm_commit *commit, const struct drm_connector_state *state)
{
	const struct drm_crtc *crtc = state->crtc;
	add_property(commit, crtc->id, &crtc->properties[DRM_CRTC_ACTIVE], 0);
	commit->modeset = true;
}

void drm_commit_gamma(struct drm_commit *commit, const struct drm_connector_state *state)
{
	const struct drm_connector *connector = state->connector;
	const struct drm_crtc *crtc = state->crtc;
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
	add_optional(commit, crtc->id, property, blob);
}

void drm_commit_vrr(struct drm_commit *commit, const struct drm_connector_state *state)
{
	const struct drm_crtc *crtc = state->crtc;
	add_optional(commit, crtc->id, &crtc->properties[DRM_CRTC_VRR_ENABLED], state->vrr);
}

void drm_commit_modeset(struct drm_commit *commit, const struct drm_connector_state *state)
{
	const struct drm_connector *connector = state->connector;
	const drmModeModeInfo *mode = &state->mode;
	const struct drm_crtc *crtc = state->crtc;
	const struct drm_plane *plane = crtc->primary;
	const struct drm_property *of_crtc = crtc->properties, *of_plane = plane->properties;
	uint32_t blob = add_blob(commit, mode, sizeof(*mode));
	commit->modeset = true;
	commit->failed = commit->failed || !blob;
	add_property(
		commit, connector->id, &connector->properties[DRM_CONNECTOR_CRTC_ID], crtc->id);
	// Resets link-status to GOOD.
	add_optional(commit, connector->id, &connector->properties[DRM_CONNECTOR_LINK_STATUS], 0);
	add_property(commit, crtc->id, &of_crtc[DRM_CRTC_MODE_ID], blob);
	add_property(commit, crtc->id, &of_crtc[DRM_CRTC_ACTIVE], 1);
	add_property(commit, plane->id, &of_plane[DRM_PLANE_CRTC_ID], crtc->id);
	add_property(commit, plane->id, &of_plane[DRM_PLANE_SRC_X], 0);
	add_property(commit, plane->id, &of_plane[DRM_PLANE_SRC_Y], 0);
	add_property(commit, plane->id, &of_plane[DRM_PLANE_SRC_W], (uint64_t)mode->hdisplay << 16);
	add_property(commit, plane->id, &of_plane[DRM_PLANE_SRC_H], (uint64_t)mode->vdisplay << 16);
	add_property(commit, plane->id, &of_plane[DRM_PLANE_CRTC_X], 0);
	add_property(commit, plane->id, &of_plane[DRM_PLANE_CRTC_Y], 0);
	add_property(commit, plane->id, &of_plane[DRM_PLANE_CRTC_W], mode->hdisplay);
	add_property(commit, plane->id, &of_plane[DRM_PLANE_CRTC_H], mode->vdisplay);
	drm_commit_flip(commit, state, NULL, -1);
	// Another DRM master may have set any of these.
	drm_commit_gamma(commit, state);
	add_optional(commit, crtc->id, &of_crtc[DRM_CRTC_DEGAMMA_LUT], 0);
	add_optional(commit, crtc->id, &of_crtc[DRM_CRTC_CTM], 0);
	drm_commit_vrr(commit, state);
	add_optional(commit, plane->id, &of_plane[DRM_PLANE_rotation], DRM_MODE_ROTATE_0);
	add_optional(commit, plane->id, &of_plane[DRM_PLANE_alpha], UINT16_MAX);
}

static void disable_plane(struct drm_commit *commit, const struct drm_plane *plane)
{
	add_property(commit, plane->id, &plane->properties[DRM_PLANE_FB_ID], 0);
	add_property(commit, plane->id, &plane->properties[DRM_PLANE_CRTC_ID], 0);
}

void drm_commit_disable_unused(struct drm_commit *commit, const struct drm_state *state)
{
	struct drm_device *device = commit->device;
	uint32_t used = 0;
	for (size_t i = 0; i < state->count; i++) {
		const struct drm_connector *connector = state->connectors[i].connector;
		const struct drm_crtc *crtc = state->connectors[i].crtc;
		bool stays = state->connectors[i].active || !device->foreign;
		if (crtc && connector->current.crtc == crtc && stays)
			used |= UINT32_C(1) << (crtc - device->crtcs);
		else if ((connector->current.crtc || device->foreign) && !connector->vanished)
			add_property(commit, connector->id,
				&connector->properties[DRM_CONNECTOR_CRTC_ID], 0);
	}
	for (size_t i = 0; i < device->n_crtcs; i++) {
		struct drm_crtc *crtc = &device->crtcs[i];
		if (used & UINT32_C(1) << i || (!crtc->enabled && !device->foreign))
			continue;
		add_property(commit, crtc->id, &crtc->properties[DRM_CRTC_ACTIVE], 0);
		add_property(commit, crtc->id, &crtc->properties[DRM_CRTC_MODE_ID], 0);
		if (crtc->primary)
			disable_plane(commit, crtc->primary);
	}
	for (size_t i = 0; device->foreign && i < device->n_planes; i++)
		if (device->planes[i].type != DRM_PLANE_TYPE_PRIMARY)
			disable_plane(commit, &device->planes[i]);
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
	else if (how == DRM_FLIP_NO_EVENT)
		flags |= DRM_MODE_ATOMIC_NONBLOCK;
	else if (how == DRM_WAIT)
		flags |= DRM_MODE_PAGE_FLIP_EVENT;
	return -drmModeAtomicCommit(commit->device->fd, commit->request, flags, commit->device);
}
