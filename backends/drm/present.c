// SPDX-License-Identifier: MIT
// Frames onto a screen: by a flip to another buffer, or, where the card uploads what it shows, by
// word of what has changed in the buffer that is shown. The first frame carries the mode with it.
#include <errno.h>
#include <string.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

static bool is_full(const struct screen *screen, const struct buffer *buffer)
{
	return buffer && buffer->width == screen->mode.width &&
		buffer->height == screen->mode.height;
}

static int send(struct drm_connector *connector, const struct frame *frame, uint32_t fb,
	enum drm_commit_how how)
{
	struct drm_commit *commit = drm_commit_create(connector->device);
	bool modeset = connector->modeset;
	if (modeset)
		drm_commit_mode(commit, connector, &connector->info, fb);
	drm_commit_flip(commit, connector, fb, modeset ? NULL : frame->damage, frame->fence);
	int error = drm_commit_send(commit, how);
	drm_commit_destroy(commit);
	return error;
}

// The session was taken away, which we are told soon.
static bool is_taken(int error)
{
	return error == EACCES || error == EPERM;
}

static void set_anew(struct drm_connector *connector)
{
	connector->modeset = false;
	connector->scanout.known = false;
	connector->lit = connector->crtc;
	connector->crtc->lit = true;
	drm_cursor_restore(connector);
}

// 0, or an error number: the frame is not shown. optional: the core has another way to show it.
static int commit_frame(
	struct drm_connector *connector, const struct frame *frame, uint32_t fb, bool optional)
{
	bool modeset = connector->modeset;
	int error = EBUSY;
	if (modeset)
		drm_connectors_clear(connector->device);
	else
		error = send(connector, frame, fb, DRM_FLIP);
	// Something else is still going on there: that is waited for.
	if (error == EBUSY)
		error = send(connector, frame, fb, DRM_WAIT);
	if (error && !modeset && !optional && !is_taken(error)) {
		log_warn("%s: a frame is refused: %s; all is set anew", connector->base.name,
			strerror(error));
		connector->modeset = true;
		error = send(connector, frame, fb, DRM_WAIT);
	}
	if (error)
		connector->modeset = modeset || !optional || is_taken(error);
	else if (connector->modeset)
		set_anew(connector);
	return error;
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
	int error = commit_frame(connector, frame, fb, optional);
	if (is_taken(error)) {
		drm_flip_owe(connector);
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
		return false;
	}
	buffer_unlock(connector->next);
	connector->next = buffer_lock(buffer);
	drm_flip_sent(connector, true);
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
		connector->scanout.good = send(connector, frame, fb, DRM_TEST) == 0;
	}
	connector->scanout.of = buffer;
	return connector->scanout.good;
}

bool drm_present(struct screen *screen, const struct frame *frame, bool test_only)
{
	struct drm_connector *connector = wl_container_of(screen, connector, base);
	bool active = connector->device->drm->session->active;
	if (!screen->enabled || !connector->crtc)
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
