// SPDX-License-Identifier: MIT
// A screen for each monitor: what it is, its modes, that it comes and goes, or becomes another one
// while it is plugged in, as the windows of hosts do.
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include "backends/drm/drm.h"
#include "backends/drm/modes.h"
#include "backends/identity.h"
#include "compositor/base/base.h"
#include "compositor/base/edid.h"
#include "compositor/base/log.h"

#define NAME(name) #name,
static const char *const property_names[] = {
	DRM_CONNECTOR_PROPERTIES(NAME) "link-status", "non-desktop", "suggested X", "suggested Y"};

static uint64_t property(const struct drm_connector *connector, int which)
{
	return connector->properties[which].value;
}

// What the monitor is

static void read_edid(struct drm_connector *connector, bool *changed)
{
	uint64_t id = property(connector, DRM_CONNECTOR_EDID);
	drmModePropertyBlobRes *blob =
		id ? drmModeGetPropertyBlob(connector->device->fd, (uint32_t)id) : NULL;
	size_t size = blob ? blob->length : 0;
	if (size != connector->edid_size ||
		(size && memcmp(blob->data, connector->edid, size) != 0)) {
		*changed = true;
		free(connector->edid);
		connector->edid = size ? xcalloc(1, size) : NULL;
		connector->edid_size = size;
		if (size)
			memcpy(connector->edid, blob->data, size);
		screen_identify(&connector->base, connector->edid, size);
	}
	drmModeFreePropertyBlob(blob);
}

static void read_modes(struct drm_connector *connector, const drmModeConnector *info, bool *changed)
{
	size_t n = (size_t)MAX(info->count_modes, 0);
	bool same = n == connector->base.n_modes;
	for (size_t i = 0; same && i < n; i++)
		same = mode_same(&connector->infos[i], &info->modes[i]) &&
			connector->infos[i].type == info->modes[i].type;
	if (same)
		return;
	*changed = true;
	free(connector->infos);
	free(connector->base.modes);
	free(connector->refused);
	connector->refused = xcalloc(MAX(n, 1), sizeof(*connector->refused));
	connector->infos = xcalloc(MAX(n, 1), sizeof(*connector->infos));
	connector->base.modes = xcalloc(MAX(n, 1), sizeof(*connector->base.modes));
	connector->base.n_modes = n;
	for (size_t i = 0; i < n; i++) {
		connector->infos[i] = info->modes[i];
		connector->base.modes[i] = mode_of(&info->modes[i]);
	}
}

static uint32_t reachable_crtcs(const struct drm_device *device, const drmModeConnector *info)
{
	uint32_t crtcs = 0, usable = 0;
	for (int i = 0; i < info->count_encoders; i++) {
		drmModeEncoder *encoder = drmModeGetEncoder(device->fd, info->encoders[i]);
		crtcs |= encoder ? encoder->possible_crtcs : 0;
		drmModeFreeEncoder(encoder);
	}
	for (size_t i = 0; i < device->n_crtcs; i++)
		if (device->crtcs[i].primary)
			usable |= UINT32_C(1) << i;
	return crtcs & usable;
}

static struct drm_crtc *crtc_of_id(struct drm_device *device, uint64_t id)
{
	for (size_t i = 0; i < device->n_crtcs; i++)
		if (id && device->crtcs[i].id == id)
			return &device->crtcs[i];
	return NULL;
}

// True: it is another monitor than before, or has other modes.
static bool look_at(struct drm_connector *connector)
{
	struct drm_device *device = connector->device;
	bool changed = false;
	drmModeConnector *info = drmModeGetConnector(device->fd, connector->id);
	connector->vanished = !info;
	if (!info) {
		connector->connected = false;
		return false;
	}
	drm_properties(device->fd, connector->id, DRM_MODE_OBJECT_CONNECTOR, property_names,
		DRM_CONNECTOR_PROPERTY_COUNT, connector->properties);
	connector->crtcs = reachable_crtcs(device, info);
	// Some that have no way to tell, of virtual cards above all, are always there.
	bool there = info->connection == DRM_MODE_CONNECTED ||
		(info->connection == DRM_MODE_UNKNOWNCONNECTION &&
			info->connector_type == DRM_MODE_CONNECTOR_VIRTUAL);
	connector->virtual = info->connector_type == DRM_MODE_CONNECTOR_VIRTUAL;
	connector->connected =
		there && info->count_modes > 0 && !property(connector, DRM_CONNECTOR_NON_DESKTOP);
	if (device->foreign)
		connector->lit = crtc_of_id(device, property(connector, DRM_CONNECTOR_CRTC_ID));
	if (connector->connected) {
		read_modes(connector, info, &changed);
		connector->base.width_mm = (int)MIN(info->mmWidth, 100000);
		connector->base.height_mm = (int)MIN(info->mmHeight, 100000);
		read_edid(connector, &changed);
	}
	drmModeFreeConnector(info);
	return changed;
}

static char *name_of(struct drm_device *device, uint32_t id)
{
	drmModeConnector *info = drmModeGetConnectorCurrent(device->fd, id);
	if (!info)
		return NULL;
	const char *type = drmModeGetConnectorTypeName(info->connector_type);
	char *name = xasprintf("%s-%u", type ? type : "Unknown", info->connector_type_id);
	drmModeFreeConnector(info);
	return name;
}

static struct drm_connector *find_or_create(struct drm_device *device, uint32_t id)
{
	struct drm_connector *connector;
	wl_list_for_each(connector, &device->connectors, link) {
		if (connector->id == id)
			return connector;
	}
	char *name = name_of(device, id);
	if (!name)
		return NULL;
	connector = xcalloc(1, sizeof(*connector));
	connector->device = device;
	connector->id = id;
	connector->modeset = true;
	connector->base.backend = &device->drm->base;
	connector->base.name = name;
	connector->base.custom_modes = true;
	connector->base.unclocked = !device->vblank;
	connector->base.uploads = device->uploads;
	connector->base.cursor_at_once = device->in_order;
	connector->cursor = drm_cursor_create(connector);
	drm_flip_init(connector);
	drm_present_init(connector);
	wl_list_insert(device->connectors.prev, &connector->link);
	return connector;
}

void drm_connectors_retake(struct drm_device *device)
{
	struct drm_connector *connector;
	device->foreign = true;
	for (size_t i = 0; i < device->n_crtcs; i++) {
		device->crtcs[i].flipping = false;
		device->crtcs[i].strays = 0;
	}
	wl_list_for_each(connector, &device->connectors, link)
		connector->modeset = true;
	drm_connectors_scan(device, 0);
	wl_list_for_each(connector, &device->connectors, link) {
		if (connector->added)
			drm_flip_abandon(connector);
	}
}

// Modes

// Also of the CRTC, as whoever had it before left it.
static const drmModeModeInfo *first_mode(struct drm_connector *connector, drmModeModeInfo *store)
{
	const struct drm_crtc *lit = connector->lit;
	drmModeCrtc *crtc = lit ? drmModeGetCrtc(connector->device->fd, lit->id) : NULL;
	bool valid = crtc && crtc->mode_valid;
	if (valid)
		*store = crtc->mode;
	drmModeFreeCrtc(crtc);
	return mode_choose(connector->infos, connector->base.n_modes, valid ? store : NULL);
}

// The monitor has other wishes now. True: and gets what it wishes.
static bool follow(struct drm_connector *connector)
{
	const struct drm_device *device = connector->device;
	const drmModeModeInfo *info = mode_choose(connector->infos, connector->base.n_modes, NULL);
	const struct mode *now = &connector->base.mode;
	bool listed = mode_find(connector->infos, connector->base.n_modes, now);
	bool window = device->paravirtual || connector->virtual ||
		property(connector, DRM_CONNECTOR_hotplug_mode_update);
	if (connector->fixed || (listed && !window) || mode_same(info, &connector->info))
		return false;
	drm_connector_set_mode(connector, info);
	return true;
}

// Hot-plug

static void remove_screen(struct drm_connector *connector)
{
	struct backend *backend = connector->base.backend;
	log_info("%s is gone", connector->base.name);
	connector->added = connector->fixed = connector->dark = connector->vrr = false;
	free(connector->gamma);
	connector->gamma = NULL;
	backend->sink->screen_removed(backend->sink_data, &connector->base);
	connector->owed = false;
	connector->base.enabled = false;
	drm_connector_set_crtc(connector, NULL);
	wl_list_remove(&connector->base.link);
}

static void add_screen(struct drm_connector *connector)
{
	struct backend *backend = connector->base.backend;
	struct screen *screen = &connector->base;
	connector->added = true;
	wl_list_insert(backend->screens.prev, &screen->link);
	log_info("%s: %s %s, %dx%d at %.3f Hz", screen->name, screen->make ? screen->make : "",
		screen->model ? screen->model : "", screen->mode.width, screen->mode.height,
		screen->mode.refresh_mhz / 1000.0);
	backend->sink->screen_added(backend->sink_data, screen);
}

// Those that the card has no more (of hubs) count as unplugged.
static void look_for_connectors(struct drm_device *device)
{
	struct drm_connector *connector;
	drmModeRes *resources = drmModeGetResources(device->fd);
	if (!resources)
		return;
	wl_list_for_each(connector, &device->connectors, link)
		connector->listed = false;
	for (int i = 0; i < resources->count_connectors; i++) {
		connector = find_or_create(device, resources->connectors[i]);
		if (connector)
			connector->listed = true;
	}
	drmModeFreeResources(resources);
}

void drm_connectors_scan(struct drm_device *device, uint32_t only)
{
	struct drm_connector *connector, *tmp;
	struct backend *backend = &device->drm->base;
	look_for_connectors(device);
	wl_list_for_each(connector, &device->connectors, link) {
		connector->changed = false;
		if (!connector->listed)
			connector->connected = false;
		else if (!only || only == connector->id)
			connector->changed = look_at(connector);
	}
	wl_list_for_each_safe(connector, tmp, &device->connectors, link) {
		if (connector->added && !connector->connected)
			remove_screen(connector);
		if (!connector->listed)
			drm_connector_destroy(connector);
	}
	wl_list_for_each(connector, &device->connectors, link) {
		drmModeModeInfo store;
		if (!connector->connected || connector->added)
			continue;
		drm_connector_set_mode(connector, first_mode(connector, &store));
		connector->base.enabled = true;
	}
	drm_connectors_light(device);
	wl_list_for_each(connector, &device->connectors, link) {
		if (!connector->connected)
			continue;
		if (!connector->added) {
			connector->base.enabled = connector->crtc;
			add_screen(connector);
		} else if (connector->changed) {
			if (follow(connector))
				log_info("%s: %dx%d now", connector->base.name,
					connector->base.mode.width, connector->base.mode.height);
			backend->sink->screen_changed(backend->sink_data, &connector->base);
		}
	}
}

void drm_connector_destroy(struct drm_connector *connector)
{
	if (connector->added)
		remove_screen(connector);
	drm_connector_set_crtc(connector, NULL);
	buffer_unlock(connector->shown);
	buffer_unlock(connector->next);
	drm_flip_finish(connector);
	drm_present_finish(connector);
	if (connector->step_idle)
		wl_event_source_remove(connector->step_idle);
	drm_cursor_destroy(connector->cursor);
	wl_list_remove(&connector->link);
	screen_finish(&connector->base);
	free(connector->infos);
	free(connector->refused);
	free(connector->gamma);
	free(connector->edid);
	free(connector);
}
