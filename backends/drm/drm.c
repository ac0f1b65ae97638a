// SPDX-License-Identifier: MIT
// The back end of a machine's own screens: takes the seat, chooses a card, and puts the parts
// together. Cards and monitors may come later.
#include "backends/drm/drm.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include "backends/agent/agent.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

// What draws for the card, if anything does. Without it the libraries that would find that out are
// not even loaded.
static void find_renderer_device(struct drm *drm)
{
	drm->base.renderers = drm->driver->renderers_for(drm->device->fd);
	if (strcmp(drm->base.renderers[0], "pixman") == 0)
		return;
	char *node = drmGetRenderDeviceNameFromFd(drm->device->fd);
	if (node)
		drm->base.device = open(node, O_RDWR | O_CLOEXEC);
	free(node);
}

static struct drm_device *first_usable(struct drm *drm)
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

void drm_choose_device(struct drm *drm)
{
	if (!drm->session->active)
		return;
	drm->device = first_usable(drm);
	if (drm->device && drm->started)
		drm_connectors_scan(drm->device, 0);
}

static void on_active(struct wl_listener *listener, void *data)
{
	struct drm *drm = wl_container_of(listener, drm, active);
	const struct backend_sink *sink = drm->base.sink;
	if (!drm->session->active) {
		if (drm->input)
			drm_input_suspend(drm->input);
		sink->active(drm->base.sink_data, false);
		return;
	}
	if (drm->device)
		drm_connectors_retake(drm->device);
	else
		drm_choose_device(drm);
	if (drm->input)
		drm_input_resume(drm->input);
	sink->active(drm->base.sink_data, true);
}

static void on_lost(struct wl_listener *listener, void *data)
{
	struct drm *drm = wl_container_of(listener, drm, lost);
	drm->base.sink->closed(drm->base.sink_data, true);
}

static bool start(struct backend *base)
{
	struct drm *drm = wl_container_of(base, drm, base);
	drm->started = true;
	drm_connectors_scan(drm->device, 0);
	drm->input = drm_input_create(base, drm->loop, drm->session, drm_udev_context(drm->udev));
	int port = agent_open_port();
	if (port >= 0)
		drm->agent = agent_create(base, drm->loop, drm->clock, port);
	return drm->input;
}

static void destroy(struct backend *base)
{
	struct drm *drm = wl_container_of(base, drm, base);
	struct drm_device *device = drm->device;
	drm->device = NULL;
	drm_device_destroy(device);
	agent_destroy(drm->agent);
	drm_input_destroy(drm->input);
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

static bool switch_vt(struct backend *base, int vt)
{
	struct drm *drm = wl_container_of(base, drm, base);
	return session_switch_vt(drm->session, vt);
}

static void set_selection(struct backend *base, bool primary, struct data_source *source)
{
	struct drm *drm = wl_container_of(base, drm, base);
	if (drm->agent)
		agent_set_selection(drm->agent, primary, source);
}

static void set_leds(struct backend *base, unsigned leds)
{
	struct drm *drm = wl_container_of(base, drm, base);
	if (drm->input)
		drm_input_set_leds(drm->input, leds);
}

static const struct backend_impl drm_impl = {
	.name = "drm",
	.start = start,
	.destroy = destroy,
	.alloc = drm_dumb_alloc,
	.configure = drm_configure,
	.present = drm_present,
	.set_selection = set_selection,
	.set_power = drm_set_power,
	.set_gamma = drm_set_gamma,
	.set_vrr = drm_set_vrr,
	.set_leds = set_leds,
	.switch_vt = switch_vt,
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
	drm->udev = drm_udev_create(drm);
	if (!drm->udev)
		goto fail;
	drm_choose_device(drm);
	if (!drm->device) {
		log_error("there is no card with atomic mode setting to show on");
		goto fail;
	}
	find_renderer_device(drm);
	return &drm->base;
fail:
	destroy(&drm->base);
	return NULL;
}

int kms_backend_fd(const struct backend *backend)
{
	const struct drm *drm = wl_container_of(backend, drm, base);
	return drm->device ? drm->device->fd : -1;
}
