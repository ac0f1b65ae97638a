// SPDX-License-Identifier: MIT
// The state of a device's connectors as one value: copied from the pending states, changed, tested
// against the card, then applied or dropped as a whole.
#include <stdlib.h>
#include "backends/drm/assign.h"
#include "backends/drm/drm.h"
#include "backends/drm/modes.h"
#include "compositor/base/base.h"

#define MAX_GAMMA 65536

struct drm_state *drm_state_create(struct drm_device *device)
{
	struct drm_state *state = xcalloc(1, sizeof(*state));
	size_t count = (size_t)wl_list_length(&device->connectors);
	struct drm_connector *connector;
	state->device = device;
	state->connectors = xcalloc(MAX(count, 1), sizeof(*state->connectors));
	wl_list_for_each(connector, &device->connectors, link)
		state->connectors[state->count++] = connector->pending;
	return state;
}

void drm_state_destroy(struct drm_state *state)
{
	if (!state)
		return;
	free(state->connectors);
	free(state);
}

struct drm_connector_state *drm_state_find(
	struct drm_state *state, const struct drm_connector *connector)
{
	for (size_t i = 0; i < state->count; i++)
		if (state->connectors[i].connector == connector)
			return &state->connectors[i];
	return NULL;
}

struct drm_connector *drm_crtc_connector(struct drm_device *device, const struct drm_crtc *crtc)
{
	struct drm_connector *connector;
	wl_list_for_each(connector, &device->connectors, link) {
		if (connector->pending.crtc == crtc)
			return connector;
	}
	return NULL;
}

bool drm_state_assign_crtcs(struct drm_state *state)
{
	uint32_t *reaches = xcalloc(MAX(state->count, 1), sizeof(*reaches));
	int *crtcs = xcalloc(MAX(state->count, 1), sizeof(*crtcs));
	struct drm_crtc *all_crtcs = state->device->crtcs;
	for (size_t i = 0; i < state->count; i++) {
		const struct drm_connector *connector = state->connectors[i].connector;
		// A connector that is enabled again keeps the CRTC that still drives it.
		const struct drm_crtc *crtc = state->connectors[i].crtc ? state->connectors[i].crtc
									: connector->current.crtc;
		bool wanted = connector->connected && state->connectors[i].enabled;
		reaches[i] = wanted ? connector->crtcs : 0;
		crtcs[i] = wanted && crtc ? (int)(crtc - all_crtcs) : -1;
	}
	bool complete = assign_crtcs(reaches, state->count, crtcs);
	for (size_t i = 0; i < state->count; i++)
		state->connectors[i].crtc = crtcs[i] < 0 ? NULL : &all_crtcs[crtcs[i]];
	free(reaches);
	free(crtcs);
	return complete;
}

// The buffer on the screen if it fits, else a new one, which the caller drops. NULL: no memory.
static struct buffer *test_buffer_create(const struct drm_connector_state *state, bool *created)
{
	int width = state->mode.hdisplay, height = state->mode.vdisplay;
	struct buffer *shown = state->connector->flip.shown;
	*created = !shown || shown->width != width || shown->height != height;
	return *created
		? drm_dumb_alloc(state->connector->base.backend, width, height, DRM_FORMAT_XRGB8888)
		: shown;
}

bool drm_state_test(const struct drm_state *state)
{
	struct drm_device *device = state->device;
	struct drm_commit *commit = drm_commit_create(device);
	struct buffer *buffers[DRM_MAX_CRTCS] = {0};
	size_t n = 0;
	bool ok = true;
	drm_commit_disable_unused(commit, state);
	for (size_t i = 0; i < state->count; i++) {
		struct drm_connector_state connector_state = state->connectors[i];
		if (!connector_state.crtc)
			continue;
		bool created;
		struct buffer *buffer = test_buffer_create(&connector_state, &created);
		if (created)
			buffers[n++] = buffer;
		connector_state.fb = buffer ? drm_fb_of(device, buffer) : 0;
		ok = ok && connector_state.fb;
		drm_commit_modeset(commit, &connector_state);
	}
	ok = ok && drm_commit_send(commit, DRM_TEST) == 0;
	drm_commit_destroy(commit);
	while (n)
		buffer_drop(buffers[--n]);
	return ok;
}

// Sets what the core may use of the CRTC; NULL: nothing.
static void screen_set_crtc(
	struct screen *screen, const struct drm_connector *connector, const struct drm_crtc *crtc)
{
	format_set_finish(&screen->formats);
	screen->cursor_width = screen->cursor_height = 0;
	screen->gamma_size = 0;
	screen->vrr_possible = false;
	if (!crtc)
		return;
	drm_formats_offer(crtc->primary, &screen->formats);
	screen->vrr_possible = crtc->properties[DRM_CRTC_VRR_ENABLED].id &&
		connector->properties[DRM_CONNECTOR_vrr_capable].value;
	uint64_t gamma_size = crtc->properties[DRM_CRTC_GAMMA_LUT].id
		? crtc->properties[DRM_CRTC_GAMMA_LUT_SIZE].value
		: 0;
	screen->gamma_size = gamma_size <= MAX_GAMMA ? (size_t)gamma_size : 0;
	if (crtc->has_cursor) {
		screen->cursor_width = connector->device->cursor_width;
		screen->cursor_height = connector->device->cursor_height;
	}
}

void drm_connector_set_state(const struct drm_connector_state *state)
{
	struct drm_connector *connector = state->connector;
	struct drm_connector_state *pending = &connector->pending;
	bool moves = state->crtc != pending->crtc;
	if (moves && pending->crtc)
		drm_present_stop(connector);
	if (moves || !mode_same(&state->mode, &pending->mode))
		connector->needs_modeset = true;
	*pending = *state;
	connector->base.enabled = state->enabled;
	connector->base.mode = mode_of(&state->mode);
	if (!moves)
		return;
	free(connector->gamma); // its size is that of the other CRTC
	connector->gamma = NULL;
	screen_set_crtc(&connector->base, connector, state->crtc);
}

void drm_state_apply(const struct drm_state *state)
{
	for (size_t i = 0; i < state->count; i++)
		drm_connector_set_state(&state->connectors[i]);
}
