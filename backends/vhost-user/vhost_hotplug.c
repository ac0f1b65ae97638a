// SPDX-License-Identifier: MIT
// Hot-plug: adds, resizes and removes screens as the device reports its displays. They are polled
// at a limited rate, however often the configuration changes; a display with an invalid size is
// left as it was.
#include <stdlib.h>
#include <string.h>
#include "backends/monitor_name.h"
#include "backends/vhost-user/vhost_screen.h"
#include "compositor/base/base.h"
#include "compositor/base/edid.h"
#include "compositor/base/log.h"

#define INTERVAL_NS (100 * NSEC_PER_MSEC) // between two polls
#define HEADER_WORDS 6
#define SCREEN_WORDS 6
#define EDID_BYTES 1024

// Words of one display in the response to GET_DISPLAY_INFO.
enum { WIDTH = 2, HEIGHT = 3, ENABLED = 4 };

struct display {
	bool known;        // false: invalid size, leave the screen as it is
	int width, height; // 0: no such display
};

static struct vhost_screen *find_screen(struct vhost_backend *backend, uint32_t index)
{
	struct vhost_screen *screen;
	wl_list_for_each(screen, &backend->base.screens, base.link)
		if (screen->index == index)
			return screen;
	return NULL;
}

// Queries

static bool query_edid(struct vhost *vhost, uint32_t index, uint8_t bytes[EDID_BYTES], size_t *size)
{
	uint32_t response[HEADER_WORDS + 2 + EDID_BYTES / 4];
	const uint32_t words[] = {index, 0};
	if (!vhost->has_edid ||
		!vhost_send_sync(vhost, VHOST_GET_EDID, 0, words, array_length(words), response,
			sizeof(response)))
		return false;
	*size = response[HEADER_WORDS];
	if (*size > EDID_BYTES)
		return false;
	memcpy(bytes, response + HEADER_WORDS + 2, *size);
	return true;
}

static void screen_set_modes(
	struct screen *screen, const struct mode *first, const struct mode *other)
{
	free(screen->modes);
	screen->modes = xcalloc(2, sizeof(*screen->modes));
	screen->modes[0] = *first;
	screen->n_modes = 1;
	if (other && other->width)
		screen->modes[screen->n_modes++] = *other;
}

void vhost_hotplug_describe(struct vhost_screen *screen, const struct mode *mode)
{
	struct screen *public = &screen->base;
	struct mode first = *mode, other = {0};
	struct edid edid;
	uint8_t bytes[EDID_BYTES];
	size_t size = 0;
	bool known = query_edid(vhost_backend_from(public->backend)->vhost, screen->index, bytes,
			     &size) &&
		edid_parse(bytes, size, &edid);
	screen_set_monitor_name(public, bytes, known ? size : 0);
	if (!known) {
		replace_string(&public->make, "Oriel");
		replace_string(&public->model, "virtio-gpu");
	}
	if (known && vhost_screen_is_possible(edid.width, edid.height, edid.refresh_mhz))
		other = (struct mode){edid.width, edid.height,
			edid.refresh_mhz ? edid.refresh_mhz : 60000, false};
	bool same = other.width == first.width && other.height == first.height;
	if (screen->from_device && same)
		first.refresh_mhz = other.refresh_mhz;
	screen_set_modes(public, &first, same ? NULL : &other);
}

// Reads the first n displays. False: refused, or the connection has failed.
static bool query_displays(
	struct vhost_backend *backend, uint32_t n, struct display displays[VHOST_SCREENS])
{
	uint32_t response[HEADER_WORDS + SCREEN_WORDS * VHOST_SCREENS] = {0};
	if (!vhost_send_sync(
		    backend->vhost, VHOST_GET_DISPLAY_INFO, 0, NULL, 0, response, sizeof(response)))
		return false;
	for (uint32_t i = 0; i < VHOST_SCREENS; i++) {
		const uint32_t *words = response + HEADER_WORDS + SCREEN_WORDS * i;
		displays[i] = (struct display){.known = true};
		if (i >= n || !words[ENABLED])
			continue;
		if (words[WIDTH] <= VHOST_MAX_SIDE && words[HEIGHT] <= VHOST_MAX_SIDE &&
			words[WIDTH] && words[HEIGHT]) {
			displays[i].width = (int)words[WIDTH];
			displays[i].height = (int)words[HEIGHT];
			continue;
		}
		if (!(backend->invalid_displays & UINT32_C(1) << i))
			log_warn("%s: screen %u has an invalid size: %ux%u", backend->vhost->path,
				i + 1, words[WIDTH], words[HEIGHT]);
		displays[i].known = false;
	}
	backend->invalid_displays = 0;
	for (uint32_t i = 0; i < VHOST_SCREENS; i++)
		backend->invalid_displays |= (uint32_t)!displays[i].known << i;
	return true;
}

// Updates

static void screen_resize(struct vhost_screen *screen, const struct mode *mode)
{
	struct screen *public = &screen->base;
	struct backend *base = public->backend;
	const struct mode old = public->modes[0];
	screen->from_device = true;
	vhost_hotplug_describe(screen, mode);
	const struct mode *now = &public->modes[0];
	if (now->width == old.width && now->height == old.height &&
		now->refresh_mhz == old.refresh_mhz)
		return;
	public->mode = *now;
	log_info("%s: resized to %dx%d", public->name, now->width, now->height);
	base->sink->screen_changed(base->sink_data, public);
}

static void update_screen(
	struct vhost_backend *backend, uint32_t index, const struct display *display)
{
	struct vhost_screen *screen = find_screen(backend, index);
	const struct mode mode = {display->width, display->height, 60000, true};
	// A screen that we configured, as the device reports it back.
	bool ours = screen && !screen->from_device &&
		(!display->width ||
			(display->width == backend->vhost->screens[index].width &&
				display->height == backend->vhost->screens[index].height));
	if (!display->known || ours)
		return;
	if (!display->width && screen)
		vhost_screen_remove(&screen->base);
	else if (display->width && screen)
		screen_resize(screen, &mode);
	else if (display->width)
		vhost_screen_add(backend, index, NULL, &mode, true);
}

bool vhost_hotplug_start(struct vhost_backend *backend)
{
	struct display displays[VHOST_SCREENS];
	backend->vhost->channel.config_changed = false;
	if (!query_displays(backend, VHOST_SCREENS, displays))
		return false;
	for (uint32_t i = 0; i < VHOST_SCREENS; i++)
		update_screen(backend, i, &displays[i]);
	return !wl_list_empty(&backend->base.screens);
}

static void hotplug_poll(struct vhost_backend *backend)
{
	struct vhost *vhost = backend->vhost;
	uint32_t config[VHOST_CONFIG_WORDS] = {0};
	struct display displays[VHOST_SCREENS];
	backend->polled_ns = clock_now_ns(backend->clock);
	vhost->channel.config_changed = false;
	if (!vhost_config_read(vhost, config) ||
		!(config[VHOST_CONFIG_EVENTS] & VHOST_EVENT_SCREENS))
		return;
	// Acknowledged before the query, so that a later change is another event.
	vhost_config_clear(vhost, config, VHOST_EVENT_SCREENS);
	// num_scanouts, if valid.
	uint32_t n = config[VHOST_CONFIG_SCREENS];
	if (n < 1 || n > VHOST_SCREENS)
		n = VHOST_SCREENS;
	if (!query_displays(backend, n, displays))
		return;
	for (uint32_t i = 0; i < VHOST_SCREENS; i++)
		update_screen(backend, i, &displays[i]);
}

void vhost_hotplug_poll(void *data)
{
	struct vhost_backend *backend = data;
	struct vhost *vhost = backend->vhost;
	hotplug_poll(backend);
	if (vhost->dead && vhost->notify) // no descriptor may become readable
		vhost->notify(vhost->notify_data);
}

void vhost_hotplug_schedule(struct vhost_backend *backend)
{
	if (!backend->vhost->channel.config_changed || timer_is_set(&backend->poll_timer))
		return;
	uint64_t now = clock_now_ns(backend->clock), next = backend->polled_ns + INTERVAL_NS;
	timer_set(&backend->poll_timer, backend->polled_ns ? MAX(now, next) : now);
}
