// SPDX-License-Identifier: MIT
// Reports when frames were presented: by page-flip events, or by our own clock on devices whose
// events do not mean that. A watchdog covers events that never come.
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
// Without an event after this many checks, the page flip counts as lost. Checks are counted instead
// of time, so that a machine that was suspended or stopped is not taken for a failure.
#define CHECKS 3
#define CHECK_NS NSEC_PER_SEC

static void frame_show_next(struct drm_connector *connector)
{
	struct drm_flip *flip = &connector->flip;
	struct buffer *old = flip->shown;
	if (!flip->next)
		return;
	flip->shown = flip->next;
	flip->next = NULL;
	buffer_unlock(old);
}

// flags: as of struct presented, for time_ns.
static void frame_presented(
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
	frame_show_next(connector);
	connector->flip.frame_pending = false;
	backend->sink->presented(backend->sink_data, &connector->base, &how);
}

static void frame_presented_now(struct drm_connector *connector)
{
	if (connector->flip.frame_pending)
		frame_presented(connector, clock_now_ns(connector->device->drm->clock),
			++connector->flip.sequence, 0);
}

static void fences_clear(struct drm_connector *connector)
{
	struct drm_flip *flip = &connector->flip;
	if (flip->fences.source)
		wl_event_source_remove(flip->fences.source);
	flip->fences.source = NULL;
	close_fd(&flip->fences.previous);
	close_fd(&flip->fences.last);
}

// Reads events that arrived while we did not run.
static void events_read(struct drm_device *device)
{
	struct pollfd readable = {.fd = device->fd, .events = POLLIN};
	if (device->source && poll(&readable, 1, 0) > 0 && readable.revents & POLLIN)
		drm_flip_on_event(readable.fd, WL_EVENT_READABLE, device);
}

// The pending frame was committed, and it is not known yet when it was presented.
static bool frame_awaits_event(const struct drm_connector *connector)
{
	return connector->flip.frame_pending && !connector->flip.retry.queued &&
		!connector->flip.presented_idle && connector->device->drm->session->active;
}

// The timer is not reset by every frame: it checks when it fires, which is cheaper.
static void on_watchdog(void *data)
{
	struct drm_connector *connector = data;
	struct drm_flip *flip = &connector->flip;
	struct clock *clock = connector->device->drm->clock;
	if (frame_awaits_event(connector) &&
		clock_now_ns(clock) >= flip->watchdog.sent_ns + CHECK_NS)
		events_read(connector->device);
	if (!frame_awaits_event(connector))
		return;
	if (clock_now_ns(clock) < flip->watchdog.sent_ns + CHECK_NS) {
		timer_set(&flip->watchdog.timer, flip->watchdog.sent_ns + CHECK_NS);
		return;
	}
	if (++flip->watchdog.checks < CHECKS) {
		timer_set(&flip->watchdog.timer, clock_now_ns(clock) + CHECK_NS);
		return;
	}
	// The flip completed, only the host's fence is still open: stops waiting for it.
	if (flip->fences.source) {
		fences_clear(connector);
		frame_presented_now(connector);
		return;
	}
	log_warn("%s: the page-flip event is missing, starting over with a modeset",
		connector->base.name);
	connector->needs_modeset = true;
	drm_flip_abandon(connector);
}

void drm_flip_fence(struct drm_connector *connector, int fence)
{
	struct drm_flip *flip = &connector->flip;
	int older = flip->fences.last;
	flip->fences.last = -1;
	fences_clear(connector);
	flip->fences.previous = older;
	flip->fences.last = fence >= 0 ? fcntl(fence, F_DUPFD_CLOEXEC, 0) : -1;
}

static int on_rendered(int fd, uint32_t mask, void *data)
{
	struct drm_connector *connector = data;
	struct drm_flip *flip = &connector->flip;
	wl_event_source_remove(flip->fences.source);
	flip->fences.source = NULL;
	frame_presented_now(connector);
	return 0;
}

// Delays presented() while the frame before the last one is still being rendered. False: no need
// to.
static bool fences_wait(struct drm_connector *connector)
{
	struct drm_flip *flip = &connector->flip;
	struct pollfd pollfd = {.fd = flip->fences.previous, .events = POLLIN};
	if (flip->fences.previous < 0 || poll(&pollfd, 1, 0) != 0)
		return false;
	flip->fences.source = wl_event_loop_add_fd(connector->device->drm->loop,
		flip->fences.previous, WL_EVENT_READABLE, on_rendered, connector);
	return flip->fences.source;
}

static void on_presented_idle(void *data)
{
	struct drm_connector *connector = data;
	connector->flip.presented_idle = NULL;
	if (connector->flip.frame_pending && fences_wait(connector))
		drm_flip_await(connector);
	else
		frame_presented_now(connector);
}

static void frame_presented_later(struct drm_connector *connector)
{
	if (!connector->flip.presented_idle)
		connector->flip.presented_idle =
			xadd_idle(connector->device->drm->loop, on_presented_idle, connector);
}

void drm_flip_init(struct drm_connector *connector)
{
	connector->flip.fences.previous = connector->flip.fences.last = -1;
	timer_init(&connector->flip.watchdog.timer, connector->device->drm->clock, on_watchdog,
		connector);
}

void drm_flip_finish(struct drm_connector *connector)
{
	struct drm_flip *flip = &connector->flip;
	timer_finish(&flip->watchdog.timer);
	fences_clear(connector);
	if (flip->presented_idle)
		wl_event_source_remove(flip->presented_idle);
	flip->presented_idle = NULL;
}

void drm_flip_sent(struct drm_connector *connector, bool event)
{
	if (event) {
		connector->pending.crtc->flip_pending = true;
		drm_flip_await(connector);
	} else {
		connector->flip.frame_pending = true;
		frame_presented_later(connector);
	}
}

void drm_flip_abandon(struct drm_connector *connector)
{
	struct drm_flip *flip = &connector->flip;
	if (connector->pending.crtc)
		connector->pending.crtc->flip_pending = false;
	flip->retry.queued = false;
	close_fd(&flip->retry.fence);
	timer_cancel(&flip->retry.timer);
	fences_clear(connector);
	frame_show_next(connector);
	if (flip->frame_pending && connector->device->drm->session->active)
		frame_presented_later(connector);
}

void drm_flip_await(struct drm_connector *connector)
{
	struct drm_flip *flip = &connector->flip;
	flip->frame_pending = true;
	flip->watchdog.checks = 0;
	flip->watchdog.sent_ns = clock_now_ns(connector->device->drm->clock);
	if (!timer_is_set(&flip->watchdog.timer))
		timer_set(&flip->watchdog.timer, flip->watchdog.sent_ns + CHECK_NS);
}

static struct drm_crtc *crtc_find(struct drm_device *device, uint32_t id)
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
	struct drm_crtc *crtc = crtc_find(device, crtc_id);
	if (crtc && crtc->stale_events) {
		crtc->stale_events--;
		return;
	}
	if (!crtc || !crtc->flip_pending)
		return;
	crtc->flip_pending = false;
	struct drm_connector *connector = drm_crtc_connector(device, crtc);
	if (!connector || !connector->flip.frame_pending)
		return;
	uint64_t now = clock_now_ns(device->drm->clock);
	uint64_t time = seconds * NSEC_PER_SEC + microseconds * NSEC_PER_USEC;
	bool credible = device->monotonic && time <= now && now - time < NSEC_PER_SEC;
	if (fences_wait(connector))
		return;
	if (!device->vblank || !credible)
		frame_presented_now(connector);
	else
		frame_presented(connector, time, sequence, VSYNC | HW_CLOCK | HW_COMPLETION);
}

int drm_flip_on_event(int fd, uint32_t mask, void *data)
{
	drmEventContext context = {.version = 3, .page_flip_handler2 = on_flip};
	struct drm_device *device = data;
	if (mask & (WL_EVENT_HANGUP | WL_EVENT_ERROR)) {
		// The card was unplugged; udev reports that.
		wl_event_source_remove(device->source);
		device->source = NULL;
		return 0;
	}
	drmHandleEvent(fd, &context);
	return 0;
}
