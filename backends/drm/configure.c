// SPDX-License-Identifier: MIT
// Configurations of all screens at once, as the core requests them, and the fallback to another
// mode if the kernel refuses one.
#include <stdlib.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "backends/drm/modes.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

void drm_unused_disabled(struct drm_device *device)
{
	struct drm_connector *connector;
	for (size_t i = 0; i < device->n_crtcs; i++)
		device->crtcs[i].enabled = false;
	wl_list_for_each(connector, &device->connectors, link) {
		struct drm_connector_state *current = &connector->current;
		if (current->crtc != connector->pending.crtc)
			current->crtc = NULL;
		if (current->crtc)
			current->crtc->enabled = true;
	}
	device->foreign = false;
}

void drm_disable_unused(struct drm_device *device)
{
	struct drm_connector *connector;
	bool needed = device->foreign;
	if (!device->drm->session->active)
		return;
	wl_list_for_each(connector, &device->connectors, link) {
		const struct drm_crtc *crtc = connector->current.crtc;
		if (!crtc || crtc == connector->pending.crtc)
			continue;
		needed = true;
		drm_cursor_hide(connector);
	}
	for (size_t i = 0; i < device->n_crtcs; i++)
		needed = needed ||
			(device->crtcs[i].enabled &&
				!drm_crtc_connector(device, &device->crtcs[i]));
	if (!needed)
		return;
	struct drm_commit *commit = drm_commit_create(device);
	struct drm_state *state = drm_state_create(device);
	drm_commit_disable_unused(commit, state);
	drm_state_destroy(state);
	int error = drm_commit_send(commit, DRM_NOW);
	drm_commit_destroy(commit);
	if (error)
		log_warn("%s: unused outputs stay on: %s", device->path, strerror(error));
	drm_unused_disabled(device);
}

// Kernel timings for a mode of the core: from the monitor's list, the current ones, or calculated.
// False: the mode is impossible.
static bool find_info(
	const struct drm_connector *connector, const struct mode *mode, drmModeModeInfo *info)
{
	const drmModeModeInfo *found = mode_find(connector->infos, connector->base.n_modes, mode);
	if (!found && connector->base.mode.width == mode->width &&
		connector->base.mode.height == mode->height &&
		(!mode->refresh_mhz || connector->base.mode.refresh_mhz == mode->refresh_mhz))
		found = &connector->pending.mode;
	if (found)
		*info = *found;
	return found || mode_make(mode, info);
}

// Modes that were refused once are not tried again.
static void on_try_next_mode(void *data)
{
	struct drm_connector *connector = data;
	struct backend *backend = connector->base.backend;
	connector->next_mode_idle = NULL;
	if (!connector->added || !connector->pending.crtc)
		return;
	struct drm_state *state = drm_state_create(connector->device);
	struct drm_connector_state *next = drm_state_find(state, connector);
	const drmModeModeInfo before = next->mode;
	bool found = drm_state_test(state); // if so, the mode is not what was refused
	for (size_t i = 0; i < connector->base.n_modes && !found; i++) {
		const drmModeModeInfo *info = &connector->infos[i];
		connector->refused[i] = connector->refused[i] || mode_same(info, &before);
		if (connector->refused[i])
			continue;
		next->mode = *info;
		found = drm_state_test(state);
		connector->refused[i] = !found;
	}
	bool changed = found && !mode_same(&next->mode, &before);
	if (changed)
		drm_connector_set_state(next);
	drm_state_destroy(state);
	if (!changed)
		return;
	log_warn("%s: the card refuses %s, using %s instead", connector->base.name, before.name,
		connector->pending.mode.name);
	backend->sink->screen_changed(backend->sink_data, &connector->base);
}

void drm_connector_try_next_mode(struct drm_connector *connector)
{
	if (!connector->next_mode_idle)
		connector->next_mode_idle =
			xadd_idle(connector->device->drm->loop, on_try_next_mode, connector);
}

// False: one of the modes is impossible.
static bool set_configs(struct drm_state *state, const struct screen_config *configs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct drm_connector *connector =
			wl_container_of(configs[i].screen, connector, base);
		struct drm_connector_state *changed = drm_state_find(state, connector);
		changed->enabled = configs[i].enabled;
		if (!find_info(connector, &configs[i].mode, &changed->mode))
			return false;
	}
	return true;
}

bool drm_configure(
	struct backend *backend, const struct screen_config *configs, size_t n, bool test_only)
{
	struct drm *drm = wl_container_of(backend, drm, base);
	struct drm_device *device = drm->device;
	if (!device)
		return false;
	struct drm_state *state = drm_state_create(device);
	bool ok = set_configs(state, configs, n) && drm_state_assign_crtcs(state) &&
		(!drm->session->active || drm_state_test(state));
	bool apply = ok && !test_only;
	if (apply)
		drm_state_apply(state);
	drm_state_destroy(state);
	if (!apply)
		return ok;
	for (size_t i = 0; i < n; i++) {
		struct drm_connector *connector =
			wl_container_of(configs[i].screen, connector, base);
		const drmModeModeInfo *preferred =
			mode_choose(connector->infos, connector->base.n_modes, NULL);
		connector->user_mode = !mode_same(preferred, &connector->pending.mode);
	}
	drm_disable_unused(device);
	return true;
}
