// SPDX-License-Identifier: MIT
// Which CRTC shows which screen, in which mode: as monitors come and go, and as the core wants it,
// all screens at once.
#include <stdlib.h>
#include <string.h>
#include "backends/drm/assign.h"
#include "backends/drm/drm.h"
#include "backends/drm/modes.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define MAX_GAMMA 65536

void drm_connector_set_mode(struct drm_connector *connector, const drmModeModeInfo *info)
{
	connector->info = *info;
	connector->base.mode = mode_of(info);
	connector->modeset = true;
}

void drm_connector_set_crtc(struct drm_connector *connector, struct drm_crtc *crtc)
{
	struct screen *screen = &connector->base;
	if (connector->crtc == crtc)
		return;
	if (connector->crtc)
		drm_present_stop(connector);
	if (connector->crtc && connector->crtc->connector == connector)
		connector->crtc->connector = NULL;
	connector->crtc = crtc;
	connector->modeset = true;
	format_set_finish(&screen->formats);
	screen->cursor_width = screen->cursor_height = 0;
	screen->gamma_size = 0;
	screen->vrr_possible = false;
	free(connector->gamma); // its size was that of the other one
	connector->gamma = NULL;
	if (!crtc)
		return;
	crtc->connector = connector;
	drm_formats_offer(crtc->primary, &screen->formats);
	const struct drm_property *of_crtc = crtc->properties;
	screen->vrr_possible = of_crtc[DRM_CRTC_VRR_ENABLED].id &&
		connector->properties[DRM_CONNECTOR_vrr_capable].value;
	uint64_t gamma_size =
		of_crtc[DRM_CRTC_GAMMA_LUT].id ? of_crtc[DRM_CRTC_GAMMA_LUT_SIZE].value : 0;
	screen->gamma_size = gamma_size <= MAX_GAMMA ? (size_t)gamma_size : 0;
	if (crtc->has_cursor) {
		screen->cursor_width = connector->device->cursor_width;
		screen->cursor_height = connector->device->cursor_height;
	}
}

// Finds CRTCs for those that are enabled. False: there are not enough.
static bool plan_crtcs(struct drm_device *device)
{
	size_t n = (size_t)wl_list_length(&device->connectors), i = 0;
	uint32_t *reaches = xcalloc(MAX(n, 1), sizeof(*reaches));
	int *crtcs = xcalloc(MAX(n, 1), sizeof(*crtcs));
	struct drm_connector *connector;
	wl_list_for_each(connector, &device->connectors, link) {
		const struct drm_crtc *has = connector->crtc ? connector->crtc : connector->lit;
		bool wanted = connector->connected && connector->base.enabled;
		reaches[i] = wanted ? connector->crtcs : 0;
		crtcs[i++] = wanted && has ? (int)(has - device->crtcs) : -1;
	}
	bool all = assign_crtcs(reaches, n, crtcs);
	i = 0;
	wl_list_for_each(connector, &device->connectors, link) {
		int crtc = crtcs[i++];
		connector->planned = crtc < 0 ? NULL : &device->crtcs[crtc];
	}
	free(reaches);
	free(crtcs);
	return all;
}

// In two rounds: what one gives away another gets.
static void take_planned_crtcs(struct drm_device *device)
{
	struct drm_connector *connector;
	wl_list_for_each(connector, &device->connectors, link) {
		if (connector->crtc != connector->planned)
			drm_connector_set_crtc(connector, NULL);
	}
	wl_list_for_each(connector, &device->connectors, link)
		drm_connector_set_crtc(connector, connector->planned);
}

void drm_connectors_cleared(struct drm_device *device)
{
	struct drm_connector *connector;
	for (size_t i = 0; i < device->n_crtcs; i++)
		device->crtcs[i].lit = false;
	wl_list_for_each(connector, &device->connectors, link) {
		if (connector->lit != connector->crtc)
			connector->lit = NULL;
		if (connector->lit)
			connector->lit->lit = true;
	}
	device->foreign = false;
}

void drm_connectors_clear(struct drm_device *device)
{
	struct drm_connector *connector;
	bool needed = device->foreign;
	if (!device->drm->session->active)
		return;
	wl_list_for_each(connector, &device->connectors, link) {
		if (!connector->lit || connector->lit == connector->crtc)
			continue;
		needed = true;
		drm_cursor_hide(connector);
	}
	for (size_t i = 0; i < device->n_crtcs; i++)
		needed = needed || (device->crtcs[i].lit && !device->crtcs[i].connector);
	if (!needed)
		return;
	struct drm_commit *commit = drm_commit_create(device);
	drm_commit_rest_off(commit);
	int error = drm_commit_send(commit, DRM_NOW);
	drm_commit_destroy(commit);
	if (error)
		log_warn("%s: what is not needed stays on: %s", device->path, strerror(error));
	drm_connectors_cleared(device);
}

void drm_connectors_light(struct drm_device *device)
{
	if (!plan_crtcs(device))
		log_warn("%s cannot show on all monitors at once", device->path);
	take_planned_crtcs(device);
	drm_connectors_clear(device);
}

// What the core wants

// Timings of the mode: the monitor's own, the ones it has, or calculated ones.
static bool find_info(
	const struct drm_connector *connector, const struct mode *mode, drmModeModeInfo *info)
{
	const drmModeModeInfo *found = mode_find(connector->infos, connector->base.n_modes, mode);
	if (!found && connector->base.mode.width == mode->width &&
		connector->base.mode.height == mode->height &&
		(!mode->refresh_mhz || connector->base.mode.refresh_mhz == mode->refresh_mhz))
		found = &connector->info;
	if (found)
		*info = *found;
	return found || mode_make(mode, info);
}

// Would the card do it? With buffers of our own, as there are no frames yet.
static bool try_all(struct drm_device *device)
{
	struct drm_commit *commit = drm_commit_create(device);
	struct buffer *buffers[DRM_MAX_CRTCS] = {0};
	size_t n = 0;
	struct drm_connector *connector;
	bool ok = true;
	drm_commit_rest_off(commit);
	wl_list_for_each(connector, &device->connectors, link) {
		if (!connector->crtc)
			continue;
		int width = connector->info.hdisplay, height = connector->info.vdisplay;
		struct buffer *buffer = connector->shown;
		if (!buffer || buffer->width != width || buffer->height != height)
			buffer = buffers[n++] = drm_dumb_alloc(
				&device->drm->base, width, height, DRM_FORMAT_XRGB8888);
		uint32_t fb = buffer ? drm_fb_of(device, buffer) : 0;
		ok = ok && fb;
		drm_commit_mode(commit, connector, &connector->info, fb);
	}
	ok = ok && drm_commit_send(commit, DRM_TEST) == 0;
	drm_commit_destroy(commit);
	while (n)
		buffer_drop(buffers[--n]);
	return ok;
}

// Each mode that the card does not do after all is left out from then on.
static void on_step(void *data)
{
	struct drm_connector *connector = data;
	struct backend *backend = connector->base.backend;
	const drmModeModeInfo before = connector->info;
	connector->step_idle = NULL;
	if (!connector->added || !connector->crtc || try_all(connector->device))
		return; // it is not the mode that is wrong
	for (size_t i = 0; i < connector->base.n_modes; i++) {
		const drmModeModeInfo *info = &connector->infos[i];
		connector->refused[i] = connector->refused[i] || mode_same(info, &before);
		if (connector->refused[i])
			continue;
		connector->info = *info;
		if (try_all(connector->device)) {
			drm_connector_set_mode(connector, info);
			log_warn("%s: the card does not do %s, it is %s now", connector->base.name,
				before.name, info->name);
			backend->sink->screen_changed(backend->sink_data, &connector->base);
			return;
		}
		connector->refused[i] = true;
	}
	connector->info = before;
}

void drm_connector_step_down(struct drm_connector *connector)
{
	if (!connector->step_idle)
		connector->step_idle =
			wl_event_loop_add_idle(connector->device->drm->loop, on_step, connector);
}

// What is wanted, as far as it is told here. False: no display can do that.
static bool set_wishes(const struct screen_config *configs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct drm_connector *connector =
			wl_container_of(configs[i].screen, connector, base);
		connector->base.enabled = configs[i].enabled;
		if (!find_info(connector, &configs[i].mode, &connector->info))
			return false;
	}
	return true;
}

// The card may lack some of what is wanted.
static bool try_wishes(struct drm_device *device)
{
	struct drm_connector *connector;
	if (!plan_crtcs(device))
		return false;
	wl_list_for_each(connector, &device->connectors, link)
		connector->crtc = connector->planned;
	bool ok = !device->drm->session->active || try_all(device);
	wl_list_for_each(connector, &device->connectors, link)
		connector->crtc = connector->before.crtc;
	return ok;
}

bool drm_configure(
	struct backend *backend, const struct screen_config *configs, size_t n, bool test_only)
{
	struct drm *drm = wl_container_of(backend, drm, base);
	struct drm_device *device = drm->device;
	struct drm_connector *connector;
	if (!device)
		return false;
	wl_list_for_each(connector, &device->connectors, link) {
		connector->before.enabled = connector->base.enabled;
		connector->before.crtc = connector->crtc;
		connector->before.info = connector->info;
	}
	bool ok = set_wishes(configs, n) && try_wishes(device);
	if (!ok || test_only) {
		wl_list_for_each(connector, &device->connectors, link) {
			connector->base.enabled = connector->before.enabled;
			connector->info = connector->before.info;
		}
		return ok;
	}
	take_planned_crtcs(device);
	for (size_t i = 0; i < n; i++) {
		connector = wl_container_of(configs[i].screen, connector, base);
		if (!mode_same(&connector->info, &connector->before.info))
			drm_connector_set_mode(connector, &connector->info);
		const drmModeModeInfo *wish =
			mode_choose(connector->infos, connector->base.n_modes, NULL);
		connector->fixed = !mode_same(wish, &connector->info);
	}
	drm_connectors_clear(device);
	return true;
}
