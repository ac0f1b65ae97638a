// SPDX-License-Identifier: MIT
// Power, gamma tables and variable refresh rate of a connector. Each is part of its state, so that
// a later modeset includes it.
#include <stdlib.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

typedef void add_func(struct drm_commit *commit, const struct drm_connector_state *state);

// Commits one property, if the connector shows something; else the next frame includes it.
static bool commit_property(
	const struct drm_connector_state *state, add_func *add, const char *what)
{
	struct drm_connector *connector = state->connector;
	struct drm_device *device = connector->device;
	if (!device->drm->session->active || connector->needs_modeset || !state->crtc)
		return true;
	struct drm_commit *commit = drm_commit_create(device);
	add(commit, state);
	int error = drm_commit_send(commit, DRM_NOW);
	drm_commit_destroy(commit);
	if (!error) {
		connector->current.active = state->active;
		connector->current.vrr = state->vrr;
		return true;
	}
	log_warn("%s: %s was refused: %s", connector->base.name, what, strerror(error));
	return false;
}

bool drm_set_power(struct screen *screen, bool on)
{
	struct drm_connector *connector = wl_container_of(screen, connector, base);
	struct drm_connector_state state = connector->pending;
	if (state.active == on)
		return true;
	state.active = on;
	if (!on) {
		drm_cursor_hide(connector);
		if (!commit_property(&state, drm_commit_power_off, "powering off"))
			return false;
	}
	drm_flip_abandon(connector);
	if (!on) { // or a client would wait for its buffer until the screen is on again
		buffer_unlock(connector->flip.shown);
		connector->flip.shown = NULL;
	}
	connector->pending = state;
	connector->needs_modeset = true; // the first frame powers it on again
	return true;
}

bool drm_set_gamma(struct screen *screen, const uint16_t *tables)
{
	struct drm_connector *connector = wl_container_of(screen, connector, base);
	size_t n = 3 * screen->gamma_size;
	uint16_t *old = connector->gamma;
	if (!n)
		return false;
	connector->gamma = tables ? xcalloc(n, sizeof(*tables)) : NULL;
	if (tables)
		memcpy(connector->gamma, tables, n * sizeof(*tables));
	if (commit_property(&connector->pending, drm_commit_gamma, "a gamma table")) {
		free(old);
		return true;
	}
	free(connector->gamma);
	connector->gamma = old;
	return false;
}

bool drm_set_vrr(struct screen *screen, bool on)
{
	struct drm_connector *connector = wl_container_of(screen, connector, base);
	struct drm_connector_state state = connector->pending;
	if (state.vrr == on)
		return true;
	if (on && !screen->vrr_possible)
		return false;
	state.vrr = on;
	if (!commit_property(&state, drm_commit_vrr, "variable refresh rate"))
		return false;
	connector->pending = state;
	return true;
}
