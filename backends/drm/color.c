// SPDX-License-Identifier: MIT
// What a screen does besides showing frames: power, brightness, and whose beat it keeps. Each is
// kept, and goes along with the first frame after the card was somebody else's.
#include <stdlib.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

typedef void add_func(struct drm_commit *commit, const struct drm_connector *connector);

// Where the screen is on; else it goes along with the next frame.
static bool send_if_lit(struct drm_connector *connector, add_func *add, const char *what)
{
	struct drm_device *device = connector->device;
	if (!device->drm->session->active || connector->modeset || !connector->crtc)
		return true;
	struct drm_commit *commit = drm_commit_create(device);
	add(commit, connector);
	int error = drm_commit_send(commit, DRM_NOW);
	drm_commit_destroy(commit);
	if (error)
		log_warn("%s: %s is refused: %s", connector->base.name, what, strerror(error));
	return !error;
}

bool drm_set_power(struct screen *screen, bool on)
{
	struct drm_connector *connector = wl_container_of(screen, connector, base);
	if (connector->dark == !on)
		return true;
	if (!on) {
		drm_cursor_hide(connector);
		if (!send_if_lit(connector, drm_commit_dark, "to go dark"))
			return false;
	}
	drm_flip_abandon(connector);
	connector->dark = !on;
	connector->modeset = true; // with the first frame it is lit again
	return true;
}

bool drm_set_gamma(struct screen *screen, const uint16_t *tables)
{
	struct drm_connector *connector = wl_container_of(screen, connector, base);
	size_t n = 3 * screen->gamma_size;
	uint16_t *before = connector->gamma;
	if (!n)
		return false;
	connector->gamma = tables ? xcalloc(n, sizeof(*tables)) : NULL;
	if (tables)
		memcpy(connector->gamma, tables, n * sizeof(*tables));
	if (send_if_lit(connector, drm_commit_gamma, "a table of brightness")) {
		free(before);
		return true;
	}
	free(connector->gamma);
	connector->gamma = before;
	return false;
}

bool drm_set_vrr(struct screen *screen, bool on)
{
	struct drm_connector *connector = wl_container_of(screen, connector, base);
	if (connector->vrr == on)
		return true;
	if (on && !screen->vrr_possible)
		return false;
	connector->vrr = on;
	if (send_if_lit(connector, drm_commit_vrr, "to show frames when they come"))
		return true;
	connector->vrr = !on;
	return false;
}
