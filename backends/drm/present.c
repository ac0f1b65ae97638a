// SPDX-License-Identifier: MIT
// Frames onto a screen: by a flip to another buffer, or, where the card uploads what it shows, by
// word of what has changed in the buffer that is shown. The first frame carries the mode with it.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

// How long a card that is busy is left alone.
#define MIN_PAUSE_NS (2 * NSEC_PER_MSEC)
#define MAX_PAUSE_NS (256 * NSEC_PER_MSEC)

static bool is_full(const struct screen *screen, const struct buffer *buffer)
{
	return buffer && buffer->width == screen->mode.width &&
		buffer->height == screen->mode.height;
}

// The session was taken away, which we are told soon.
static bool is_taken(int error)
{
	return error == EACCES || error == EPERM;
}

static int send(struct drm_connector *connector, uint32_t fb, const region *damage, int fence,
	enum drm_commit_how how)
{
	struct drm_commit *commit = drm_commit_create(connector->device);
	bool modeset = connector->modeset;
	if (modeset)
		drm_commit_mode(commit, connector, &connector->info, fb);
	// Where things are done in order, a fence would only hold up the pointer, too.
	drm_commit_flip(commit, connector, fb, modeset ? NULL : damage,
		connector->device->in_order ? -1 : fence);
	int error = drm_commit_send(commit, how);
	drm_commit_destroy(commit);
	return error;
}

static void set_anew(struct drm_connector *connector)
{
	connector->modeset = false;
	connector->scanout.known = false;
	connector->lit = connector->crtc;
	connector->crtc->lit = true;
	drm_cursor_restore(connector);
}

// Modes

static bool waits_too(const struct drm_connector *connector, const struct drm_connector *other)
{
	return other != connector && other->crtc && other->modeset && !other->dark && !other->next;
}

// Those that wait for a frame of their own are black until then.
static struct buffer *black(const struct drm_connector *connector)
{
	const struct mode *mode = &connector->base.mode;
	return drm_dumb_alloc(
		connector->base.backend, mode->width, mode->height, DRM_FORMAT_XRGB8888);
}

// All screens that are to be set, at once: the card may be able to do what it cannot one by one.
static int set_all(struct drm_connector *connector, uint32_t fb, int fence)
{
	struct drm_device *device = connector->device;
	struct drm_connector *other;
	struct drm_commit *commit = drm_commit_create(device);
	struct buffer *blacks[DRM_MAX_CRTCS] = {0};
	drm_commit_rest_off(commit);
	drm_commit_mode(commit, connector, &connector->info, fb);
	drm_commit_flip(commit, connector, fb, NULL, fence);
	bool ok = true;
	wl_list_for_each(other, &device->connectors, link) {
		struct buffer **buffer = other->crtc ? &blacks[other->crtc - device->crtcs] : NULL;
		if (!waits_too(connector, other))
			continue;
		*buffer = black(other);
		uint32_t other_fb = *buffer ? drm_fb_of(device, *buffer) : 0;
		ok = ok && other_fb;
		drm_commit_mode(commit, other, &other->info, other_fb);
	}
	int error = ok ? drm_commit_send(commit, DRM_WAIT) : ENOMEM;
	drm_commit_destroy(commit);
	wl_list_for_each(other, &device->connectors, link) {
		struct buffer *buffer = other->crtc ? blacks[other->crtc - device->crtcs] : NULL;
		if (buffer && !error) {
			set_anew(other);
			other->crtc->strays++;
			buffer_unlock(other->shown);
			other->shown = buffer_lock(buffer);
		}
		buffer_drop(buffer);
	}
	if (!error) {
		connector->lit = connector->crtc;
		drm_connectors_cleared(device);
	}
	return error;
}

static int set_mode(struct drm_connector *connector, uint32_t fb, int fence)
{
	struct drm_connector *other;
	bool several = false;
	wl_list_for_each(other, &connector->device->connectors, link)
		several = several || waits_too(connector, other);
	int error = several ? set_all(connector, fb, fence) : 0;
	if (several && (!error || is_taken(error)))
		return error;
	drm_connectors_clear(connector->device);
	return send(connector, fb, NULL, fence, DRM_WAIT);
}

// Frames

// 0, or an error number: the frame is not shown. how: unless the mode is set with it. optional: the
// core has another way to show it.
static int commit_frame(struct drm_connector *connector, uint32_t fb, const region *damage,
	int fence, enum drm_commit_how how, bool optional)
{
	bool modeset = connector->modeset;
	int error =
		modeset ? set_mode(connector, fb, fence) : send(connector, fb, damage, fence, how);
	bool final = modeset || optional || error == EBUSY || is_taken(error);
	if (error && !final) {
		log_warn("%s: a frame is refused: %s; all is set anew", connector->base.name,
			strerror(error));
		connector->modeset = true;
		error = set_mode(connector, fb, fence);
	}
	if (!error && connector->modeset)
		set_anew(connector);
	else if (is_taken(error))
		connector->modeset = true;
	return error;
}

// Something else is still going on there: the frame is kept and tried again, ever more seldom.
static void try_later(struct drm_connector *connector)
{
	struct clock *clock = connector->device->drm->clock;
	connector->pause_ns = CLAMP(2 * connector->pause_ns, MIN_PAUSE_NS, MAX_PAUSE_NS);
	timer_set(&connector->again, clock_now_ns(clock) + connector->pause_ns);
}

static void keep(struct drm_connector *connector, struct buffer *buffer, int fence)
{
	buffer_lock(buffer);
	buffer_unlock(connector->next);
	connector->next = buffer;
	connector->unsent = true;
	close_fd(&connector->fence);
	connector->fence = fence >= 0 ? fcntl(fence, F_DUPFD_CLOEXEC, 0) : -1;
	connector->pause_ns = 0;
	drm_flip_owe(connector);
	try_later(connector);
}

static void on_again(void *data)
{
	struct drm_connector *connector = data;
	struct drm_device *device = connector->device;
	if (!connector->unsent || !device->drm->session->active)
		return;
	uint32_t fb = drm_fb_of(device, connector->next);
	int error =
		fb ? commit_frame(connector, fb, NULL, connector->fence, DRM_FLIP, false) : EINVAL;
	if (error == EBUSY || is_taken(error)) {
		try_later(connector);
		return;
	}
	connector->unsent = false;
	if (!error && device->in_order)
		drm_flip_fence(connector, connector->fence);
	close_fd(&connector->fence);
	if (!error) {
		drm_flip_sent(connector, true);
		return;
	}
	log_error("%s: a frame cannot be shown: %s", connector->base.name, strerror(error));
	connector->modeset = true;
	drm_flip_abandon(connector);
}

// Where nothing refreshes and all is done in order, a flip is as good as seen once it is sent, and
// an event would only wake us up. But a client's buffer is not given back before it is off the
// screen: its client need not draw through the same queue.
static bool needs_event(const struct drm_connector *connector, bool lent)
{
	return connector->device->vblank || !connector->device->in_order || connector->modeset ||
		lent || connector->lent;
}

static bool show(struct drm_connector *connector, const struct frame *frame)
{
	struct drm_device *device = connector->device;
	struct buffer *buffer = frame->primary.buffer;
	bool optional = buffer && connector->scanout.of == buffer;
	uint32_t fb = is_full(&connector->base, buffer) ? drm_fb_of(device, buffer) : 0;
	connector->scanout.of = NULL;
	if (!fb)
		return false;
	if (device->uploads && !connector->modeset && connector->shown == buffer &&
		!connector->next && buffer->impl->begin_access &&
		drm_fb_dirty(device, buffer, frame->damage)) {
		drm_flip_sent(connector, false);
		return true;
	}
	bool event = needs_event(connector, optional);
	connector->lent = optional;
	int error = commit_frame(connector, fb, frame->damage, frame->fence,
		event ? DRM_FLIP : DRM_FLIP_UNTOLD, optional);
	if (is_taken(error)) {
		drm_flip_owe(connector);
		return true;
	}
	if (error == EBUSY) {
		keep(connector, buffer, frame->fence);
		return true;
	}
	if (error && optional) {
		log_debug("%s: no buffers of clients: %s", connector->base.name, strerror(error));
		connector->scanout.good = false;
		return false;
	}
	if (error) {
		log_error("%s: %dx%d cannot be shown: %s", connector->base.name, buffer->width,
			buffer->height, strerror(error));
		if (error == EINVAL || error == ENOSPC || error == ERANGE)
			drm_connector_step_down(connector);
		return false;
	}
	buffer_lock(buffer);
	buffer_unlock(connector->next);
	connector->next = buffer;
	if (device->in_order)
		drm_flip_fence(connector, frame->fence);
	drm_flip_sent(connector, event);
	return true;
}

// Could it show a client's buffer? One of a kind answers for all until the mode is another.
static bool test(struct drm_connector *connector, const struct frame *frame)
{
	if (!(frame->set & FRAME_PRIMARY))
		return true;
	struct buffer *buffer = frame->primary.buffer;
	uint32_t fb = is_full(&connector->base, buffer) ? drm_fb_of(connector->device, buffer) : 0;
	if (!fb || connector->modeset)
		return false;
	uint64_t modifier = buffer->dmabuf ? buffer->dmabuf->modifier : DRM_FORMAT_MOD_LINEAR;
	if (!connector->scanout.known || connector->scanout.format != buffer->format ||
		connector->scanout.modifier != modifier) {
		connector->scanout.known = true;
		connector->scanout.format = buffer->format;
		connector->scanout.modifier = modifier;
		connector->scanout.good = send(connector, fb, NULL, frame->fence, DRM_TEST) == 0;
	}
	connector->scanout.of = buffer;
	return connector->scanout.good;
}

bool drm_present(struct screen *screen, const struct frame *frame, bool test_only)
{
	struct drm_connector *connector = wl_container_of(screen, connector, base);
	bool active = connector->device->drm->session->active;
	if (!screen->enabled || !connector->crtc || connector->dark)
		return false;
	if (test_only)
		return active && test(connector, frame);
	if (frame->set & (FRAME_CURSOR_IMAGE | FRAME_CURSOR_POSITION) &&
		!drm_cursor_show(connector, frame))
		return false;
	if (!(frame->set & FRAME_PRIMARY))
		return true;
	if (active)
		return show(connector, frame);
	drm_flip_owe(connector);
	return true;
}

void drm_present_stop(struct drm_connector *connector)
{
	drm_flip_abandon(connector);
	buffer_unlock(connector->shown);
	connector->shown = NULL;
	connector->modeset = true;
}

void drm_present_init(struct drm_connector *connector)
{
	connector->fence = -1;
	timer_init(&connector->again, connector->device->drm->clock, on_again, connector);
}

void drm_present_finish(struct drm_connector *connector)
{
	timer_finish(&connector->again);
	close_fd(&connector->fence);
}
