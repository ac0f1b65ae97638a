// SPDX-License-Identifier: MIT
// The KMS back end: opens the session, chooses a graphics card, and connects outputs, input and the
// host's clipboard to the core. Cards and monitors can be plugged in later.
#include "backends/drm/drm.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include "backends/vdagent/vdagent.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

// Opens the render node of the card, unless only pixman can render for it: then no GPU library is
// loaded just to find out.
static void open_render_node(struct drm *drm)
{
	drm->base.renderers = drm->driver->renderers_for(drm->device->fd);
	if (strcmp(drm->base.renderers[0], "pixman") == 0)
		return;
	char *node = drmGetRenderDeviceNameFromFd(drm->device->fd);
	if (node)
		drm->base.device = open(node, O_RDWR | O_CLOEXEC);
	free(node);
}

static struct drm_device *open_first_usable(struct drm *drm)
{
	struct drm_device *device = NULL;
	if (drm->wanted)
		return drm_device_create(drm, drm->wanted);
	char **paths = drm_udev_cards(drm->udev);
	for (size_t i = 0; paths[i]; i++) {
		if (!device)
			device = drm_device_create(drm, paths[i]);
		free(paths[i]);
	}
	free(paths);
	return device;
}

static void choose_device(struct drm *drm)
{
	if (!drm->session->active)
		return;
	drm->device = open_first_usable(drm);
	if (drm->device && drm->started)
		drm_connectors_scan(drm->device, 0);
}

static void destroy_device(struct drm *drm)
{
	struct drm_device *device = drm->device;
	if (!device)
		return;
	drm->device = NULL;
	drm_connectors_destroy(device);
	drm_device_destroy(device);
}

static void on_card_added(void *data)
{
	struct drm *drm = data;
	if (!drm->device)
		choose_device(drm);
}

static bool is_current(const struct drm *drm, dev_t number)
{
	return drm->device && drm->device->number == number;
}

static void on_card_removed(void *data, dev_t number)
{
	struct drm *drm = data;
	if (!is_current(drm, number))
		return;
	log_warn("%s was removed", drm->device->path);
	destroy_device(drm);
	choose_device(drm);
}

static void on_card_hotplug(void *data, dev_t number, uint32_t connector)
{
	struct drm *drm = data;
	if (is_current(drm, number) && drm->session->active)
		drm_connectors_scan(drm->device, connector);
}

static const struct drm_udev_listener udev_listener = {
	.card_added = on_card_added,
	.card_removed = on_card_removed,
	.card_hotplug = on_card_hotplug,
};

static void on_active(struct wl_listener *listener, void *data)
{
	struct drm *drm = wl_container_of(listener, drm, active);
	const struct backend_sink *sink = drm->base.sink;
	if (!drm->session->active) {
		if (drm->input)
			libinput_backend_suspend(drm->input);
		sink->active(drm->base.sink_data, false);
		return;
	}
	if (drm->device)
		drm_connectors_restore(drm->device);
	else
		choose_device(drm);
	if (drm->input)
		libinput_backend_resume(drm->input);
	sink->active(drm->base.sink_data, true);
}

static void on_lost(struct wl_listener *listener, void *data)
{
	struct drm *drm = wl_container_of(listener, drm, lost);
	drm->base.sink->closed(drm->base.sink_data, true);
}

static bool drm_start(struct backend *base)
{
	struct drm *drm = wl_container_of(base, drm, base);
	drm->started = true;
	drm_connectors_scan(drm->device, 0);
	drm->input =
		libinput_backend_create(base, drm->loop, drm->session, drm_udev_context(drm->udev));
	int port = vdagent_open_port();
	if (port >= 0)
		drm->vdagent = vdagent_create(base, drm->loop, drm->clock, port);
	return drm->input;
}

static void drm_destroy(struct backend *base)
{
	struct drm *drm = wl_container_of(base, drm, base);
	destroy_device(drm);
	vdagent_destroy(drm->vdagent);
	libinput_backend_destroy(drm->input);
	drm_udev_destroy(drm->udev);
	if (drm->session) {
		wl_list_remove(&drm->active.link);
		wl_list_remove(&drm->lost.link);
	}
	session_destroy(drm->session);
	close_fd(&base->device);
	free(drm->wanted);
	free(drm);
}

static bool drm_switch_vt(struct backend *base, int vt)
{
	struct drm *drm = wl_container_of(base, drm, base);
	return session_switch_vt(drm->session, vt);
}

static void drm_set_selection(struct backend *base, bool primary, struct data_source *source)
{
	struct drm *drm = wl_container_of(base, drm, base);
	if (drm->vdagent)
		vdagent_set_selection(drm->vdagent, primary, source);
}

static void drm_set_leds(struct backend *base, unsigned leds)
{
	struct drm *drm = wl_container_of(base, drm, base);
	if (drm->input)
		libinput_backend_set_leds(drm->input, leds);
}

static const struct backend_impl drm_impl = {
	.name = "drm",
	.start = drm_start,
	.destroy = drm_destroy,
	.alloc = drm_dumb_alloc,
	.configure = drm_configure,
	.present = drm_present,
	.set_selection = drm_set_selection,
	.set_power = drm_set_power,
	.set_gamma = drm_set_gamma,
	.set_vrr = drm_set_vrr,
	.set_leds = drm_set_leds,
	.switch_vt = drm_switch_vt,
};

struct backend *kms_backend_create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options,
	const struct kms_driver *driver)
{
	struct drm *drm = xcalloc(1, sizeof(*drm));
	drm->base = (struct backend){
		.impl = &drm_impl,
		.sink = sink,
		.sink_data = sink_data,
		.device = -1,
	};
	wl_list_init(&drm->base.screens);
	drm->loop = loop;
	drm->clock = clock;
	drm->driver = driver;
	drm->wanted = xstrdup(options->device);
	drm->session = session_create(loop);
	if (!drm->session)
		goto fail;
	drm->active.notify = on_active;
	wl_signal_add(&drm->session->events.active, &drm->active);
	drm->lost.notify = on_lost;
	wl_signal_add(&drm->session->events.lost, &drm->lost);
	drm->udev = drm_udev_create(loop, session_seat(drm->session), &udev_listener, drm);
	if (!drm->udev)
		goto fail;
	choose_device(drm);
	if (!drm->device) {
		log_error("no graphics card with atomic mode setting can be used");
		goto fail;
	}
	open_render_node(drm);
	return &drm->base;
fail:
	drm_destroy(&drm->base);
	return NULL;
}
