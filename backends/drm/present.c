// SPDX-License-Identifier: MIT
// Commits frames: by a page flip to another buffer or, where the driver uploads what it shows, by
// reporting damage of the buffer on the screen. The first frame includes the modeset.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

// Pause before a frame is committed again that the kernel refused with EBUSY.
#define MIN_PAUSE_NS (2 * NSEC_PER_MSEC)
#define MAX_PAUSE_NS (256 * NSEC_PER_MSEC)

static bool buffer_fits(const struct screen *screen, const struct buffer *buffer)
{
	return buffer && buffer->width == screen->mode.width &&
		buffer->height == screen->mode.height;
}

// DRM master is revoked; the inactive event follows.
static bool is_revoked(int error)
{
	return error == EACCES || error == EPERM;
}

static int send_frame(const struct drm_connector_state *state, const region *damage, int fence,
	enum drm_commit_how how)
{
	const struct drm_connector *connector = state->connector;
	struct drm_commit *commit = drm_commit_create(connector->device);
	bool modeset = connector->needs_modeset;
	if (modeset)
		drm_commit_modeset(commit, state);
	// On a device that draws and shows in order, a fence would only delay the pointer as well.
	drm_commit_flip(
		commit, state, modeset ? NULL : damage, connector->device->in_order ? -1 : fence);
	int error = drm_commit_send(commit, how);
	drm_commit_destroy(commit);
	return error;
}

// The kernel accepted the whole state.
static void finish_modeset(const struct drm_connector_state *state)
{
	struct drm_connector *connector = state->connector;
	connector->needs_modeset = false;
	connector->scanout.valid = false;
	connector->current = *state;
	state->crtc->enabled = true;
	drm_cursor_restore(connector);
	if (connector->device->paravirtual || connector->virtual)
		timer_set(&connector->expose,
			clock_now_ns(connector->device->drm->clock) + HOST_RESIZE_NS);
}

static void on_expose(void *data)
{
	struct drm_connector *connector = data;
	struct drm *drm = connector->device->drm;
	if (connector->added && connector->pending.crtc && connector->pending.active &&
		!connector->needs_modeset && drm->session->active)
		drm->base.sink->screen_exposed(drm->base.sink_data, &connector->base);
}

// Modes

static bool awaits_modeset(const struct drm_connector *connector)
{
	return connector->needs_modeset && connector->pending.crtc && connector->pending.active &&
		!connector->flip.next;
}

// Shown until the connector's own first frame.
static struct buffer *black_buffer_create(const struct drm_connector *connector)
{
	const struct mode *mode = &connector->base.mode;
	return drm_dumb_alloc(
		connector->base.backend, mode->width, mode->height, DRM_FORMAT_XRGB8888);
}

static void show_black(const struct drm_connector_state *state, struct buffer *buffer)
{
	struct drm_connector *connector = state->connector;
	finish_modeset(state);
	state->crtc->stale_events++;
	buffer_unlock(connector->flip.shown);
	connector->flip.shown = buffer_lock(buffer);
}

// Sets the modes of all connectors that await one in a single commit: the kernel may accept
// together what it refuses one by one. Those without a frame show black.
static int modeset_all(const struct drm_connector_state *state, int fence)
{
	struct drm_device *device = state->connector->device;
	struct drm_state *all = drm_state_create(device);
	struct drm_commit *commit = drm_commit_create(device);
	struct buffer *blacks[DRM_MAX_CRTCS] = {0};
	drm_commit_disable_unused(commit, all);
	drm_commit_modeset(commit, state);
	drm_commit_flip(commit, state, NULL, fence);
	bool ok = true;
	for (size_t i = 0; i < all->count; i++) {
		struct drm_connector_state *other = &all->connectors[i];
		if (other->connector == state->connector || !awaits_modeset(other->connector))
			continue;
		struct buffer *buffer = black_buffer_create(other->connector);
		blacks[other->crtc - device->crtcs] = buffer;
		other->fb = buffer ? drm_fb_of(device, buffer) : 0;
		ok = ok && other->fb;
		drm_commit_modeset(commit, other);
	}
	int error = ok ? drm_commit_send(commit, DRM_WAIT) : ENOMEM;
	drm_commit_destroy(commit);
	for (size_t i = 0; i < all->count; i++) {
		const struct drm_connector_state *other = &all->connectors[i];
		struct buffer *buffer = other->crtc ? blacks[other->crtc - device->crtcs] : NULL;
		if (buffer && !error)
			show_black(other, buffer);
		buffer_drop(buffer);
	}
	drm_state_destroy(all);
	if (!error) {
		state->connector->current = *state;
		drm_unused_disabled(device);
	}
	return error;
}

static int commit_modeset(const struct drm_connector_state *state, int fence)
{
	struct drm_device *device = state->connector->device;
	struct drm_connector *other;
	bool several = false;
	wl_list_for_each(other, &device->connectors, link)
		several = several || (other != state->connector && awaits_modeset(other));
	int error = several ? modeset_all(state, fence) : 0;
	if (several && (!error || is_revoked(error)))
		return error;
	drm_disable_unused(device);
	return send_frame(state, NULL, fence, DRM_WAIT);
}

// Frames

// 0, or a positive errno value: the frame is not shown, and the connector's current state is what
// it was, unless its CRTC was disabled to set another. how: unless the mode is set with it.
// optional: the core has another way to show the frame.
static int commit_frame(struct drm_connector *connector, uint32_t fb, const region *damage,
	int fence, enum drm_commit_how how, bool optional)
{
	struct drm_connector_state state = connector->pending;
	state.fb = fb;
	bool needs_modeset = connector->needs_modeset;
	int error = needs_modeset ? commit_modeset(&state, fence)
				  : send_frame(&state, damage, fence, how);
	bool final = needs_modeset || optional || error == EBUSY || is_revoked(error);
	if (error && !final) {
		log_warn("%s: a frame was refused: %s; trying a modeset", connector->base.name,
			strerror(error));
		connector->needs_modeset = true;
		error = commit_modeset(&state, fence);
	}
	if (!error && connector->needs_modeset)
		finish_modeset(&state);
	else if (!error)
		connector->current = state;
	else if (is_revoked(error))
		connector->needs_modeset = true;
	return error;
}

// The pause doubles each time.
static void retry_later(struct drm_connector *connector)
{
	struct drm_flip *flip = &connector->flip;
	struct clock *clock = connector->device->drm->clock;
	flip->retry.pause_ns = CLAMP(2 * flip->retry.pause_ns, MIN_PAUSE_NS, MAX_PAUSE_NS);
	timer_set(&flip->retry.timer, clock_now_ns(clock) + flip->retry.pause_ns);
}

// The kernel still executes an earlier commit: keeps the frame for a retry.
static void frame_queue(struct drm_connector *connector, struct buffer *buffer, int fence)
{
	struct drm_flip *flip = &connector->flip;
	buffer_lock(buffer);
	buffer_unlock(flip->next);
	flip->next = buffer;
	flip->retry.queued = true;
	close_fd(&flip->retry.fence);
	flip->retry.fence = fence >= 0 ? fcntl(fence, F_DUPFD_CLOEXEC, 0) : -1;
	flip->retry.pause_ns = 0;
	drm_flip_await(connector);
	retry_later(connector);
}

static void on_retry(void *data)
{
	struct drm_connector *connector = data;
	struct drm_flip *flip = &connector->flip;
	struct drm_device *device = connector->device;
	if (!flip->retry.queued || !device->drm->session->active)
		return;
	uint32_t fb = drm_fb_of(device, flip->next);
	int error =
		fb ? commit_frame(connector, fb, NULL, flip->retry.fence, DRM_FLIP, false) : EINVAL;
	if (error == EBUSY || is_revoked(error)) {
		retry_later(connector);
		return;
	}
	flip->retry.queued = false;
	if (!error && device->in_order)
		drm_flip_fence(connector, flip->retry.fence);
	close_fd(&flip->retry.fence);
	if (!error) {
		drm_flip_sent(connector, true);
		return;
	}
	log_error("%s: a frame was refused: %s", connector->base.name, strerror(error));
	connector->needs_modeset = true;
	drm_flip_abandon(connector);
}

// Without vertical blank and with execution in order, a committed frame counts as presented, and
// its event would be a needless wake-up. But a client's buffer is released only once it is off the
// screen, because the client may not render through the same queue.
static bool needs_event(const struct drm_connector *connector, bool client_scanout)
{
	return connector->device->vblank || !connector->device->in_order ||
		connector->needs_modeset || client_scanout || connector->flip.client_scanout;
}

static bool frame_show(struct drm_connector *connector, const struct frame *frame)
{
	struct drm_device *device = connector->device;
	struct buffer *buffer = frame->primary.buffer;
	bool optional = buffer && connector->scanout.buffer == buffer;
	uint32_t fb = buffer_fits(&connector->base, buffer) ? drm_fb_of(device, buffer) : 0;
	connector->scanout.buffer = NULL;
	if (!fb)
		return false;
	if (device->uploads && !connector->needs_modeset && connector->flip.shown == buffer &&
		!connector->flip.next && buffer->impl->begin_access &&
		drm_fb_dirty(device, buffer, frame->damage)) {
		drm_flip_sent(connector, false);
		return true;
	}
	bool event = needs_event(connector, optional);
	connector->flip.client_scanout = optional;
	int error = commit_frame(connector, fb, frame->damage, frame->fence,
		event ? DRM_FLIP : DRM_FLIP_NO_EVENT, optional);
	if (is_revoked(error)) {
		drm_flip_await(connector);
		return true;
	}
	if (error == EBUSY) {
		frame_queue(connector, buffer, frame->fence);
		return true;
	}
	if (error && optional) {
		log_debug("%s: direct scan-out was refused: %s", connector->base.name,
			strerror(error));
		connector->scanout.accepted = false;
		return false;
	}
	if (error) {
		log_error("%s: a frame of %dx%d was refused: %s", connector->base.name,
			buffer->width, buffer->height, strerror(error));
		if (error == EINVAL || error == ENOSPC || error == ERANGE)
			drm_connector_try_next_mode(connector);
		return false;
	}
	buffer_lock(buffer);
	buffer_unlock(connector->flip.next);
	connector->flip.next = buffer;
	if (device->in_order)
		drm_flip_fence(connector, frame->fence);
	drm_flip_sent(connector, event);
	return true;
}

// Whether a client's buffer can be scanned out. The result is valid for all buffers of that format
// and modifier until the next modeset.
static bool frame_test(struct drm_connector *connector, const struct frame *frame)
{
	if (!(frame->set & FRAME_PRIMARY))
		return true;
	struct buffer *buffer = frame->primary.buffer;
	uint32_t fb =
		buffer_fits(&connector->base, buffer) ? drm_fb_of(connector->device, buffer) : 0;
	if (!fb || connector->needs_modeset)
		return false;
	uint64_t modifier = buffer->dmabuf ? buffer->dmabuf->modifier : DRM_FORMAT_MOD_LINEAR;
	if (!connector->scanout.valid || connector->scanout.format != buffer->format ||
		connector->scanout.modifier != modifier) {
		connector->scanout.valid = true;
		connector->scanout.format = buffer->format;
		connector->scanout.modifier = modifier;
		struct drm_connector_state state = connector->pending;
		state.fb = fb;
		connector->scanout.accepted = send_frame(&state, NULL, frame->fence, DRM_TEST) == 0;
	}
	connector->scanout.buffer = buffer;
	return connector->scanout.accepted;
}

bool drm_present(struct screen *screen, const struct frame *frame, bool test_only)
{
	struct drm_connector *connector = wl_container_of(screen, connector, base);
	bool active = connector->device->drm->session->active;
	if (!screen->enabled || !connector->pending.crtc || !connector->pending.active)
		return false;
	if (test_only)
		return active && frame_test(connector, frame);
	if (frame->set & (FRAME_CURSOR_IMAGE | FRAME_CURSOR_POSITION) &&
		!drm_cursor_show(connector, frame))
		return false;
	if (!(frame->set & FRAME_PRIMARY))
		return true;
	if (active)
		return frame_show(connector, frame);
	drm_flip_await(connector);
	return true;
}

void drm_present_stop(struct drm_connector *connector)
{
	drm_flip_abandon(connector);
	buffer_unlock(connector->flip.shown);
	connector->flip.shown = NULL;
	connector->needs_modeset = true;
}

void drm_present_init(struct drm_connector *connector)
{
	connector->flip.retry.fence = -1;
	timer_init(
		&connector->flip.retry.timer, connector->device->drm->clock, on_retry, connector);
	timer_init(&connector->expose, connector->device->drm->clock, on_expose, connector);
}

void drm_present_finish(struct drm_connector *connector)
{
	timer_finish(&connector->flip.retry.timer);
	timer_finish(&connector->expose);
	close_fd(&connector->flip.retry.fence);
}
