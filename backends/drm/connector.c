// SPDX-License-Identifier: MIT
// Connectors and their screens: reads what a monitor is and which modes it has, and adds, changes
// and removes screens on hot-plug. A monitor may change while plugged in, as a host's window does.
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include "backends/drm/drm.h"
#include "backends/drm/modes.h"
#include "backends/monitor_name.h"
#include "compositor/base/base.h"
#include "compositor/base/edid.h"
#include "compositor/base/log.h"

#define NAME(name) #name,
static const char *const property_names[] = {
	DRM_CONNECTOR_PROPERTIES(NAME) "link-status", "non-desktop", "suggested X", "suggested Y"};

static uint64_t property_value(const struct drm_connector *connector, int which)
{
	return connector->properties[which].value;
}

// Reading the connector

static void read_edid(struct drm_connector *connector, bool *changed)
{
	uint64_t id = property_value(connector, DRM_CONNECTOR_EDID);
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
		screen_set_monitor_name(&connector->base, connector->edid, size);
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

// True: the monitor or its modes have changed.
static bool connector_read(struct drm_connector *connector)
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
	// Virtual connectors that cannot detect their monitor count as connected.
	bool present = info->connection == DRM_MODE_CONNECTED ||
		(info->connection == DRM_MODE_UNKNOWNCONNECTION &&
			info->connector_type == DRM_MODE_CONNECTOR_VIRTUAL);
	connector->virtual = info->connector_type == DRM_MODE_CONNECTOR_VIRTUAL;
	connector->connected = present && info->count_modes > 0 &&
		!property_value(connector, DRM_CONNECTOR_NON_DESKTOP);
	if (device->foreign)
		connector->current.crtc =
			crtc_of_id(device, property_value(connector, DRM_CONNECTOR_CRTC_ID));
	if (connector->connected) {
		read_modes(connector, info, &changed);
		connector->base.width_mm = (int)MIN(info->mmWidth, 100000);
		connector->base.height_mm = (int)MIN(info->mmHeight, 100000);
		read_edid(connector, &changed);
	}
	drmModeFreeConnector(info);
	return changed;
}

static char *connector_name(struct drm_device *device, uint32_t id)
{
	drmModeConnector *info = drmModeGetConnectorCurrent(device->fd, id);
	if (!info)
		return NULL;
	const char *type = drmModeGetConnectorTypeName(info->connector_type);
	char *name = xasprintf("%s-%u", type ? type : "Unknown", info->connector_type_id);
	drmModeFreeConnector(info);
	return name;
}

static struct drm_connector *connector_find_or_create(struct drm_device *device, uint32_t id)
{
	struct drm_connector *connector;
	wl_list_for_each(connector, &device->connectors, link) {
		if (connector->id == id)
			return connector;
	}
	char *name = connector_name(device, id);
	if (!name)
		return NULL;
	connector = xcalloc(1, sizeof(*connector));
	connector->device = device;
	connector->id = id;
	connector->pending.connector = connector->current.connector = connector;
	connector->pending.active = true;
	connector->needs_modeset = true;
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

void drm_connectors_restore(struct drm_device *device)
{
	struct drm_connector *connector;
	device->foreign = true;
	for (size_t i = 0; i < device->n_crtcs; i++) {
		device->crtcs[i].flip_pending = false;
		device->crtcs[i].stale_events = 0;
	}
	wl_list_for_each(connector, &device->connectors, link)
		connector->needs_modeset = true;
	drm_connectors_scan(device, 0);
	wl_list_for_each(connector, &device->connectors, link) {
		if (connector->added)
			drm_flip_abandon(connector);
	}
}

// Modes

// The mode to start with. The one that is still set on the CRTC counts as well; it is kept in
// store.
static const drmModeModeInfo *first_mode(struct drm_connector *connector, drmModeModeInfo *store)
{
	const struct drm_crtc *crtc = connector->current.crtc;
	drmModeCrtc *info = crtc ? drmModeGetCrtc(connector->device->fd, crtc->id) : NULL;
	bool valid = info && info->mode_valid;
	if (valid)
		*store = info->mode;
	drmModeFreeCrtc(info);
	return mode_choose(connector->infos, connector->base.n_modes, valid ? store : NULL);
}

// Switches to the monitor's new preferred mode, unless the user chose one. True: the mode changed.
static bool follow_preferred_mode(struct drm_connector *connector)
{
	const struct drm_device *device = connector->device;
	const drmModeModeInfo *info = mode_choose(connector->infos, connector->base.n_modes, NULL);
	const struct mode *now = &connector->base.mode;
	bool listed = mode_find(connector->infos, connector->base.n_modes, now);
	bool window = device->paravirtual || connector->virtual ||
		property_value(connector, DRM_CONNECTOR_hotplug_mode_update);
	if (connector->user_mode || (listed && !window) ||
		mode_same(info, &connector->pending.mode))
		return false;
	struct drm_connector_state state = connector->pending;
	state.mode = *info;
	drm_connector_set_state(&state);
	return true;
}

// Hot-plug

static void connector_disable(struct drm_connector *connector)
{
	struct drm_connector_state state = connector->pending;
	state.enabled = false;
	state.crtc = NULL;
	drm_connector_set_state(&state);
}

static void remove_screen(struct drm_connector *connector)
{
	struct backend *backend = connector->base.backend;
	log_info("%s was unplugged", connector->base.name);
	connector->added = connector->user_mode = false;
	connector->pending.active = true;
	connector->pending.vrr = false;
	free(connector->gamma);
	connector->gamma = NULL;
	backend->sink->screen_removed(backend->sink_data, &connector->base);
	connector->flip.frame_pending = false;
	connector_disable(connector);
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

// Connectors that vanished from the card, as those of a hub do, count as unplugged.
static void update_list(struct drm_device *device)
{
	struct drm_connector *connector;
	drmModeRes *resources = drmModeGetResources(device->fd);
	if (!resources)
		return;
	wl_list_for_each(connector, &device->connectors, link)
		connector->listed = false;
	for (int i = 0; i < resources->count_connectors; i++) {
		connector = connector_find_or_create(device, resources->connectors[i]);
		if (connector)
			connector->listed = true;
	}
	drmModeFreeResources(resources);
}

static void connector_destroy(struct drm_connector *connector)
{
	if (connector->added)
		remove_screen(connector);
	connector_disable(connector);
	buffer_unlock(connector->flip.shown);
	buffer_unlock(connector->flip.next);
	drm_flip_finish(connector);
	drm_present_finish(connector);
	if (connector->next_mode_idle)
		wl_event_source_remove(connector->next_mode_idle);
	drm_cursor_destroy(connector->cursor);
	wl_list_remove(&connector->link);
	screen_finish(&connector->base);
	free(connector->infos);
	free(connector->refused);
	free(connector->gamma);
	free(connector->edid);
	free(connector);
}

// Enables what was plugged in, as far as there are CRTCs, and disables what was pulled out.
static void enable_connected(struct drm_device *device)
{
	struct drm_state *state = drm_state_create(device);
	for (size_t i = 0; i < state->count; i++) {
		struct drm_connector *connector = state->connectors[i].connector;
		drmModeModeInfo store;
		if (!connector->connected || connector->added)
			continue;
		state->connectors[i].mode = *first_mode(connector, &store);
		state->connectors[i].enabled = true;
	}
	if (!drm_state_assign_crtcs(state))
		log_warn("%s has not enough CRTCs for all monitors", device->path);
	for (size_t i = 0; i < state->count; i++) {
		const struct drm_connector *connector = state->connectors[i].connector;
		if (connector->connected && !connector->added)
			state->connectors[i].enabled = state->connectors[i].crtc;
	}
	drm_state_apply(state);
	drm_state_destroy(state);
	drm_disable_unused(device);
}

void drm_connectors_scan(struct drm_device *device, uint32_t only)
{
	struct drm_connector *connector, *tmp;
	struct backend *backend = &device->drm->base;
	update_list(device);
	wl_list_for_each(connector, &device->connectors, link) {
		connector->changed = false;
		if (!connector->listed)
			connector->connected = false;
		else if (!only || only == connector->id)
			connector->changed = connector_read(connector);
	}
	wl_list_for_each_safe(connector, tmp, &device->connectors, link) {
		if (connector->added && !connector->connected)
			remove_screen(connector);
		if (!connector->listed)
			connector_destroy(connector);
	}
	enable_connected(device);
	wl_list_for_each(connector, &device->connectors, link) {
		if (!connector->connected)
			continue;
		if (!connector->added) {
			add_screen(connector);
		} else if (connector->changed) {
			if (follow_preferred_mode(connector))
				log_info("%s: now %dx%d", connector->base.name,
					connector->base.mode.width, connector->base.mode.height);
			backend->sink->screen_changed(backend->sink_data, &connector->base);
		}
	}
}

void drm_connectors_destroy(struct drm_device *device)
{
	struct drm_connector *connector, *tmp;
	wl_list_for_each_safe(connector, tmp, &device->connectors, link)
		connector_destroy(connector);
}
