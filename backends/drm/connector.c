// SPDX-License-Identifier: MIT
// A screen for each monitor: what it is, its modes, that it comes and goes, or becomes another one
// while it is plugged in, as the windows of hosts do.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include "backends/drm/assign.h"
#include "backends/drm/drm.h"
#include "backends/drm/edid.h"
#include "backends/drm/identity.h"
#include "backends/drm/modes.h"
#include "compositor/base/base.h"
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
	if (!info) { // it has just gone
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
	connector->cursor = drm_cursor_create(connector);
	drm_flip_init(connector);
	wl_list_insert(device->connectors.prev, &connector->link);
	return connector;
}

// CRTCs

static void set_crtc(struct drm_connector *connector, struct drm_crtc *crtc)
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
	if (!crtc)
		return;
	crtc->connector = connector;
	const struct format_set *formats = &crtc->primary->formats;
	for (size_t i = 0; i < formats->count; i++)
		for (size_t j = 0; j < formats->formats[i].count; j++)
			format_set_add(&screen->formats, formats->formats[i].fourcc,
				formats->formats[i].modifiers[j]);
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
			set_crtc(connector, NULL);
	}
	wl_list_for_each(connector, &device->connectors, link)
		set_crtc(connector, connector->planned);
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

void drm_connectors_retake(struct drm_device *device)
{
	struct drm_connector *connector;
	device->foreign = true;
	for (size_t i = 0; i < device->n_crtcs; i++)
		device->crtcs[i].flipping = false;
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

static void set_mode(struct drm_connector *connector, const drmModeModeInfo *info)
{
	connector->info = *info;
	connector->base.mode = mode_of(info);
	connector->modeset = true;
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
	set_mode(connector, info);
	return true;
}

// Hot-plug

static void remove_screen(struct drm_connector *connector)
{
	struct backend *backend = connector->base.backend;
	log_info("%s is gone", connector->base.name);
	connector->added = connector->fixed = false;
	backend->sink->screen_removed(backend->sink_data, &connector->base);
	connector->owed = false;
	connector->base.enabled = false;
	set_crtc(connector, NULL);
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
		set_mode(connector, first_mode(connector, &store));
		connector->base.enabled = true;
	}
	if (!plan_crtcs(device))
		log_warn("%s cannot show on all monitors at once", device->path);
	take_planned_crtcs(device);
	drm_connectors_clear(device);
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
	set_crtc(connector, NULL);
	buffer_unlock(connector->shown);
	buffer_unlock(connector->next);
	drm_flip_finish(connector);
	drm_cursor_destroy(connector->cursor);
	wl_list_remove(&connector->link);
	format_set_finish(&connector->base.formats);
	free(connector->base.name);
	free(connector->base.make);
	free(connector->base.model);
	free(connector->base.serial);
	free(connector->base.modes);
	free(connector->infos);
	free(connector->edid);
	free(connector);
}

// Configuration

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
			set_mode(connector, &connector->info);
		const drmModeModeInfo *wish =
			mode_choose(connector->infos, connector->base.n_modes, NULL);
		connector->fixed = !mode_same(wish, &connector->info);
	}
	drm_connectors_clear(device);
	return true;
}
