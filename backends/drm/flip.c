// SPDX-License-Identifier: MIT
// When frames were seen: by the card's events where they mean that, else by our own clock.
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <xf86drm.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define VSYNC 0x1 // wp_presentation_feedback.kind
#define HW_CLOCK 0x2
#define HW_COMPLETION 0x4
// A card that has not told of a frame at this many looks does not any more. Not so much time: a
// machine that stood still as a whole, card and all, is one look older when it goes on.
#define LOOKS 3
#define LOOK_NS NSEC_PER_SEC

static void show_next(struct drm_connector *connector)
{
	struct buffer *old = connector->shown;
	if (!connector->next)
		return;
	connector->shown = connector->next;
	connector->next = NULL;
	buffer_unlock(old);
}

// flags: what is true of time_ns.
static void tell(
	struct drm_connector *connector, uint64_t time_ns, uint64_t sequence, uint32_t flags)
{
	struct backend *backend = connector->base.backend;
	uint64_t refresh = (uint64_t)connector->base.mode.refresh_mhz;
	const struct presented how = {
		.time_ns = time_ns,
		.sequence = sequence,
		.refresh_ns = refresh ? (uint32_t)(UINT64_C(1000000000000) / refresh) : 0,
		.flags = flags,
	};
	show_next(connector);
	connector->owed = false;
	backend->sink->presented(backend->sink_data, &connector->base, &how);
}

static void tell_now(struct drm_connector *connector)
{
	if (connector->owed)
		tell(connector, clock_now_ns(connector->device->drm->clock), ++connector->sequence,
			0);
}

static void forget_fences(struct drm_connector *connector)
{
	if (connector->drawn_source)
		wl_event_source_remove(connector->drawn_source);
	connector->drawn_source = NULL;
	close_fd(&connector->drawn);
	close_fd(&connector->drawing);
}

// We may be the ones who are late.
static void read_events(struct drm_device *device)
{
	struct pollfd readable = {.fd = device->fd, .events = POLLIN};
	if (device->source && poll(&readable, 1, 0) > 0 && readable.revents & POLLIN)
		drm_flip_on_event(readable.fd, WL_EVENT_READABLE, device);
}

// For the card: not for what is to be sent yet, nor for what is known already and told soon.
static bool is_waiting(const struct drm_connector *connector)
{
	return connector->owed && !connector->unsent && !connector->done_idle &&
		connector->device->drm->session->active;
}

// Set once for many frames, which is cheaper than for each.
static void on_look(void *data)
{
	struct drm_connector *connector = data;
	struct clock *clock = connector->device->drm->clock;
	if (is_waiting(connector) && clock_now_ns(clock) >= connector->sent_ns + LOOK_NS)
		read_events(connector->device);
	if (!is_waiting(connector))
		return;
	if (clock_now_ns(clock) < connector->sent_ns + LOOK_NS) {
		timer_set(&connector->look, connector->sent_ns + LOOK_NS);
		return;
	}
	if (++connector->looks < LOOKS) {
		timer_set(&connector->look, clock_now_ns(clock) + LOOK_NS);
		return;
	}
	// It did, and only its host still draws: the session goes on as well as it can.
	if (connector->drawn_source) {
		forget_fences(connector);
		tell_now(connector);
		return;
	}
	log_warn("%s: the card does not tell that a frame is shown", connector->base.name);
	connector->modeset = true;
	drm_flip_abandon(connector);
}

void drm_flip_fence(struct drm_connector *connector, int fence)
{
	int older = connector->drawing;
	connector->drawing = -1;
	forget_fences(connector);
	connector->drawn = older;
	connector->drawing = fence >= 0 ? fcntl(fence, F_DUPFD_CLOEXEC, 0) : -1;
}

static int on_drawn(int fd, uint32_t mask, void *data)
{
	struct drm_connector *connector = data;
	wl_event_source_remove(connector->drawn_source);
	connector->drawn_source = NULL;
	tell_now(connector);
	return 0;
}

// The card is done with the last frame but has not drawn the one before: the core hears later.
static bool wait_until_drawn(struct drm_connector *connector)
{
	struct pollfd pollfd = {.fd = connector->drawn, .events = POLLIN};
	if (connector->drawn < 0 || poll(&pollfd, 1, 0) != 0)
		return false;
	connector->drawn_source = wl_event_loop_add_fd(connector->device->drm->loop,
		connector->drawn, WL_EVENT_READABLE, on_drawn, connector);
	return connector->drawn_source;
}

static void on_done(void *data)
{
	struct drm_connector *connector = data;
	connector->done_idle = NULL;
	if (connector->owed && wait_until_drawn(connector))
		drm_flip_owe(connector);
	else
		tell_now(connector);
}

static void tell_soon(struct drm_connector *connector)
{
	if (!connector->done_idle)
		connector->done_idle =
			wl_event_loop_add_idle(connector->device->drm->loop, on_done, connector);
}

void drm_flip_init(struct drm_connector *connector)
{
	connector->drawn = connector->drawing = -1;
	timer_init(&connector->look, connector->device->drm->clock, on_look, connector);
}

void drm_flip_finish(struct drm_connector *connector)
{
	timer_finish(&connector->look);
	forget_fences(connector);
	if (connector->done_idle)
		wl_event_source_remove(connector->done_idle);
	connector->done_idle = NULL;
}

void drm_flip_sent(struct drm_connector *connector, bool event)
{
	if (event) {
		connector->crtc->flipping = true;
		drm_flip_owe(connector);
	} else {
		connector->owed = true;
		tell_soon(connector);
	}
}

void drm_flip_abandon(struct drm_connector *connector)
{
	if (connector->crtc)
		connector->crtc->flipping = false;
	connector->unsent = false;
	close_fd(&connector->fence);
	timer_cancel(&connector->again);
	forget_fences(connector);
	show_next(connector);
	if (connector->owed && connector->device->drm->session->active)
		tell_soon(connector);
}

void drm_flip_owe(struct drm_connector *connector)
{
	connector->owed = true;
	connector->looks = 0;
	connector->sent_ns = clock_now_ns(connector->device->drm->clock);
	if (!timer_is_set(&connector->look))
		timer_set(&connector->look, connector->sent_ns + LOOK_NS);
}

static struct drm_crtc *find_crtc(struct drm_device *device, uint32_t id)
{
	for (size_t i = 0; i < device->n_crtcs; i++)
		if (device->crtcs[i].id == id)
			return &device->crtcs[i];
	return NULL;
}

static void on_flip(int fd, unsigned sequence, unsigned seconds, unsigned microseconds,
	unsigned crtc_id, void *data)
{
	struct drm_device *device = data;
	struct drm_crtc *crtc = find_crtc(device, crtc_id);
	if (crtc && crtc->strays) {
		crtc->strays--;
		return;
	}
	if (!crtc || !crtc->flipping)
		return;
	crtc->flipping = false;
	struct drm_connector *connector = crtc->connector;
	if (!connector || !connector->owed)
		return;
	uint64_t now = clock_now_ns(device->drm->clock);
	uint64_t time = seconds * NSEC_PER_SEC + microseconds * NSEC_PER_USEC;
	bool credible = device->monotonic && time <= now && now - time < NSEC_PER_SEC;
	if (wait_until_drawn(connector))
		return;
	if (!device->vblank || !credible)
		tell_now(connector);
	else
		tell(connector, time, sequence, VSYNC | HW_CLOCK | HW_COMPLETION);
}

int drm_flip_on_event(int fd, uint32_t mask, void *data)
{
	drmEventContext context = {.version = 3, .page_flip_handler2 = on_flip};
	struct drm_device *device = data;
	if (mask & (WL_EVENT_HANGUP | WL_EVENT_ERROR)) {
		// The card was pulled out; udev tells.
		wl_event_source_remove(device->source);
		device->source = NULL;
		return 0;
	}
	drmHandleEvent(fd, &context);
	return 0;
}
