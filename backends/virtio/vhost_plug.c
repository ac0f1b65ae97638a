// SPDX-License-Identifier: MIT
// Which screens a device has of its own: they come, go and change their size as it says. What it
// says is looked at now and then, however often it says that something has changed; nonsense in it
// leaves everything as it was.
#include <stdlib.h>
#include <string.h>
#include "backends/identity.h"
#include "backends/virtio/vhost_backend.h"
#include "compositor/base/base.h"
#include "compositor/base/edid.h"
#include "compositor/base/log.h"

#define INTERVAL_NS (100 * NSEC_PER_MSEC) // between two looks
#define HEADER_WORDS 6
#define SCREEN_WORDS 6
#define EDID_BYTES 1024

// Words of one screen in the answer.
enum { WIDTH = 2, HEIGHT = 3, ENABLED = 4 };

struct seen {
	bool known;        // else it is left as it is
	int width, height; // 0: there is none
};

static struct vhost_screen *find(struct vhost_backend *backend, uint32_t index)
{
	struct vhost_screen *screen;
	wl_list_for_each(screen, &backend->base.screens, base.link)
		if (screen->index == index)
			return screen;
	return NULL;
}

// What the device tells

static bool ask_edid(struct vhost *vhost, uint32_t index, uint8_t bytes[EDID_BYTES], size_t *size)
{
	uint32_t answer[HEADER_WORDS + 2 + EDID_BYTES / 4];
	const uint32_t words[] = {index, 0};
	if (!vhost->tells_edid ||
		!vhost_ask(vhost, VHOST_GET_EDID, 0, words, array_length(words), answer,
			sizeof(answer)))
		return false;
	*size = answer[HEADER_WORDS];
	if (*size > EDID_BYTES)
		return false;
	memcpy(bytes, answer + HEADER_WORDS + 2, *size);
	return true;
}

static void set_modes(struct screen *screen, const struct mode *first, const struct mode *other)
{
	free(screen->modes);
	screen->modes = xcalloc(2, sizeof(*screen->modes));
	screen->modes[0] = *first;
	screen->n_modes = 1;
	if (other && other->width)
		screen->modes[screen->n_modes++] = *other;
}

void vhost_plug_describe(struct vhost_screen *screen, const struct mode *mode)
{
	struct screen *public = &screen->base;
	struct mode first = *mode, other = {0};
	struct edid edid;
	uint8_t bytes[EDID_BYTES];
	size_t size = 0;
	bool known =
		ask_edid(vhost_backend_from(public->backend)->vhost, screen->index, bytes, &size) &&
		edid_parse(bytes, size, &edid);
	screen_identify(public, bytes, known ? size : 0);
	if (!known) {
		replace_string(&public->make, "Oriel");
		replace_string(&public->model, "virtio-gpu");
	}
	if (known && vhost_screen_is_possible(edid.width, edid.height, edid.refresh_mhz))
		other = (struct mode){edid.width, edid.height,
			edid.refresh_mhz ? edid.refresh_mhz : 60000, false};
	bool same = other.width == first.width && other.height == first.height;
	if (screen->hosted && same)
		first.refresh_mhz = other.refresh_mhz;
	set_modes(public, &first, same ? NULL : &other);
}

// False: dead, or it does not say.
static bool ask_screens(struct vhost_backend *backend, uint32_t n, struct seen seen[VHOST_SCREENS])
{
	uint32_t answer[HEADER_WORDS + SCREEN_WORDS * VHOST_SCREENS] = {0};
	if (!vhost_ask(backend->vhost, VHOST_GET_DISPLAY_INFO, 0, NULL, 0, answer, sizeof(answer)))
		return false;
	for (uint32_t i = 0; i < VHOST_SCREENS; i++) {
		const uint32_t *words = answer + HEADER_WORDS + SCREEN_WORDS * i;
		seen[i] = (struct seen){.known = true};
		if (i >= n || !words[ENABLED])
			continue;
		if (words[WIDTH] <= VHOST_MAX_SIDE && words[HEIGHT] <= VHOST_MAX_SIDE &&
			words[WIDTH] && words[HEIGHT]) {
			seen[i].width = (int)words[WIDTH];
			seen[i].height = (int)words[HEIGHT];
			continue;
		}
		if (!(backend->nonsense & UINT32_C(1) << i))
			log_warn("%s: screen %u has an impossible size: %ux%u",
				backend->vhost->path, i + 1, words[WIDTH], words[HEIGHT]);
		seen[i].known = false;
	}
	backend->nonsense = 0;
	for (uint32_t i = 0; i < VHOST_SCREENS; i++)
		backend->nonsense |= (uint32_t)!seen[i].known << i;
	return true;
}

// What becomes of the screens

static void resize(struct vhost_screen *screen, const struct mode *mode)
{
	struct screen *public = &screen->base;
	struct backend *base = public->backend;
	const struct mode old = public->modes[0];
	screen->hosted = true;
	vhost_plug_describe(screen, mode);
	const struct mode *now = &public->modes[0];
	if (now->width == old.width && now->height == old.height &&
		now->refresh_mhz == old.refresh_mhz)
		return;
	public->mode = *now;
	log_info("%s: %dx%d now", public->name, now->width, now->height);
	base->sink->screen_changed(base->sink_data, public);
}

static void follow(struct vhost_backend *backend, uint32_t index, const struct seen *seen)
{
	struct vhost_screen *screen = find(backend, index);
	const struct mode mode = {seen->width, seen->height, 60000, true};
	// One that we have told the device of, and it says so again.
	bool ours = screen && !screen->hosted &&
		(!seen->width ||
			(seen->width == backend->vhost->screens[index].width &&
				seen->height == backend->vhost->screens[index].height));
	if (!seen->known || ours)
		return;
	if (!seen->width && screen)
		vhost_screen_remove(&screen->base);
	else if (seen->width && screen)
		resize(screen, &mode);
	else if (seen->width)
		vhost_screen_add(backend, index, NULL, &mode, true);
}

bool vhost_plug_start(struct vhost_backend *backend)
{
	struct seen seen[VHOST_SCREENS];
	backend->vhost->channel.news = false;
	if (!ask_screens(backend, VHOST_SCREENS, seen))
		return false;
	for (uint32_t i = 0; i < VHOST_SCREENS; i++)
		follow(backend, i, &seen[i]);
	return !wl_list_empty(&backend->base.screens);
}

static void look(struct vhost_backend *backend)
{
	struct vhost *vhost = backend->vhost;
	uint32_t config[VHOST_CONFIG_WORDS] = {0};
	struct seen seen[VHOST_SCREENS];
	backend->looked_ns = clock_now_ns(backend->clock);
	vhost->channel.news = false;
	if (!vhost_config_read(vhost, config) ||
		!(config[VHOST_CONFIG_EVENTS] & VHOST_EVENT_SCREENS))
		return;
	// Before it is asked: what happens from now on is another event.
	vhost_config_clear(vhost, config, VHOST_EVENT_SCREENS);
	// As many as it says, where that can be.
	uint32_t n = config[VHOST_CONFIG_SCREENS];
	if (n < 1 || n > VHOST_SCREENS)
		n = VHOST_SCREENS;
	if (!ask_screens(backend, n, seen))
		return;
	for (uint32_t i = 0; i < VHOST_SCREENS; i++)
		follow(backend, i, &seen[i]);
}

void vhost_plug_look(void *data)
{
	struct vhost_backend *backend = data;
	struct vhost *vhost = backend->vhost;
	look(backend);
	if (vhost->dead && vhost->progress) // nothing else may tell
		vhost->progress(vhost->progress_data);
}

void vhost_plug_news(struct vhost_backend *backend)
{
	if (!backend->vhost->channel.news || timer_is_set(&backend->look))
		return;
	uint64_t now = clock_now_ns(backend->clock), next = backend->looked_ns + INTERVAL_NS;
	timer_set(&backend->look, backend->looked_ns ? MAX(now, next) : now);
}
