// SPDX-License-Identifier: MIT
// A session that a test makes active and inactive, udev with one card, and no input devices.
#include <stdlib.h>
#include <unistd.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "tests/drm/fake_card_private.h"

struct session *session_create(struct wl_event_loop *loop)
{
	struct session *session = xcalloc(1, sizeof(*session));
	session->loop = loop;
	session->active = true;
	wl_signal_init(&session->events.active);
	wl_signal_init(&session->events.lost);
	return session;
}

void session_destroy(struct session *session)
{
	free(session);
}

const char *session_seat(const struct session *session)
{
	return "seat0";
}

int session_open(struct session *session, const char *path, int *device_id)
{
	struct fake_card *card = fake_card_current();
	fake_card_fill(card);
	card->opened++;
	*device_id = 1;
	return card->fd;
}

// The descriptor is the card's, and stays open.
void session_close(struct session *session, int device_id, int fd)
{
	fake_card_current()->opened--;
}

bool session_switch_vt(struct session *session, int vt)
{
	return true;
}

struct drm_udev {
	int unused;
};

struct drm_udev *drm_udev_create(struct wl_event_loop *loop, const char *seat,
	const struct drm_udev_listener *listener, void *data)
{
	return xcalloc(1, sizeof(struct drm_udev));
}

void drm_udev_destroy(struct drm_udev *udev)
{
	free(udev);
}

struct udev *drm_udev_context(struct drm_udev *udev)
{
	return NULL;
}

char **drm_udev_cards(struct drm_udev *udev)
{
	char **paths = xcalloc(2, sizeof(*paths));
	paths[0] = xstrdup("/dev/dri/fake");
	return paths;
}

struct libinput_backend {
	int unused;
};

struct libinput_backend *libinput_backend_create(struct backend *backend,
	struct wl_event_loop *loop, struct session *session, struct udev *udev)
{
	return xcalloc(1, sizeof(struct libinput_backend));
}

void libinput_backend_destroy(struct libinput_backend *input)
{
	free(input);
}

void libinput_backend_suspend(struct libinput_backend *input)
{
}

bool libinput_backend_resume(struct libinput_backend *input)
{
	return true;
}

void libinput_backend_set_leds(struct libinput_backend *input, unsigned leds)
{
}
