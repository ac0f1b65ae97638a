// SPDX-License-Identifier: MIT
// A session that a test takes away and gives back, cards that udev would find, and no input.
#include <stdlib.h>
#include <unistd.h>
#include "backends/drm/drm.h"
#include "compositor/base/base.h"
#include "tests/drm/card_parts.h"
#include "tests/drm/stage.h"

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
	struct card *card = card_now();
	card_fill(card);
	card->opened++;
	*device_id = 1;
	return card->fd;
}

// The descriptor stays the card's: whoever looks at it later finds it open.
void session_close(struct session *session, int device_id, int fd)
{
	card_now()->opened--;
}

bool session_switch_vt(struct session *session, int vt)
{
	return true;
}

struct drm_udev {
	int unused;
};

struct drm_udev *drm_udev_create(struct drm *drm)
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

struct drm_input {
	int unused;
};

struct drm_input *drm_input_create(struct backend *backend, struct wl_event_loop *loop,
	struct session *session, struct udev *udev)
{
	return xcalloc(1, sizeof(struct drm_input));
}

void drm_input_destroy(struct drm_input *input)
{
	free(input);
}

void drm_input_suspend(struct drm_input *input)
{
}

bool drm_input_resume(struct drm_input *input)
{
	return true;
}

void drm_input_set_leds(struct drm_input *input, unsigned leds)
{
}
