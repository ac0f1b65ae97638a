// SPDX-License-Identifier: MIT
// libseat: opens devices, and gives them back while another session has the screen.
#include "backends/session.h"
#include <errno.h>
#include <fcntl.h>
#include <libseat.h>
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

// How long another session may take to let go of the seat.
#define WAIT_MS 10000

static void on_log(enum libseat_log_level level, const char *format, va_list args)
{
	// What it calls an error may be one of several ways that are tried in turn.
	enum log_level as = level == LIBSEAT_LOG_LEVEL_ERROR ? LOG_INFO : LOG_DEBUG;
	log_writev(as, "libseat", 0, format, args);
}

static void set_active(struct session *session, bool active)
{
	if (session->active == active)
		return;
	session->active = active;
	log_info("the session is %s", active ? "active" : "in the background");
	wl_signal_emit_mutable(&session->events.active, session);
}

static void on_enable(struct libseat *seat, void *data)
{
	set_active(data, true);
}

static void on_disable(struct libseat *seat, void *data)
{
	set_active(data, false);
	libseat_disable_seat(seat);
}

static const struct libseat_seat_listener listener = {
	.enable_seat = on_enable,
	.disable_seat = on_disable,
};

static int on_readable(int fd, uint32_t mask, void *data)
{
	struct session *session = data;
	// It does not tell when it reads that nobody is there any more.
	bool over = mask & (WL_EVENT_HANGUP | WL_EVENT_ERROR);
	if (libseat_dispatch(session->seat, 0) >= 0 && !over)
		return 0;
	log_error("the seat is lost: who lent it has gone");
	wl_event_source_remove(session->source);
	session->source = NULL;
	set_active(session, false);
	wl_signal_emit_mutable(&session->events.lost, session);
	return 0;
}

// As a user, libseat tries what it has tried as root, and never gets an answer.
static bool has_lender(void)
{
	const char *socket = getenv("SEATD_SOCK");
	return geteuid() == 0 || getenv("LIBSEAT_BACKEND") ||
		access(socket ? socket : "/run/seatd.sock", R_OK | W_OK) == 0 ||
		access("/run/systemd/seats", F_OK) == 0;
}

struct session *session_create(struct wl_event_loop *loop)
{
	struct session *session = xcalloc(1, sizeof(*session));
	session->loop = loop;
	wl_signal_init(&session->events.active);
	wl_signal_init(&session->events.lost);
	libseat_set_log_handler(on_log);
	libseat_set_log_level(LIBSEAT_LOG_LEVEL_INFO);
	setenv("XDG_SESSION_TYPE", "wayland", 1); // of which libseat tells logind
	if (has_lender())
		session->seat = libseat_open_seat(&listener, session);
	int answer = session->seat ? 1 : -1;
	while (answer > 0 && !session->active)
		answer = libseat_dispatch(session->seat, WAIT_MS);
	if (answer < 0) {
		log_error("no seat can be had: start on a console with logind, or as a user of "
			  "seatd's group, or as root");
		goto fail;
	}
	if (!session->active) {
		log_error("no seat was given: another session has the screen, or this is no "
			  "console");
		goto fail;
	}
	session->source = wl_event_loop_add_fd(
		loop, libseat_get_fd(session->seat), WL_EVENT_READABLE, on_readable, session);
	if (session->source)
		return session;
fail:
	session_destroy(session);
	return NULL;
}

void session_destroy(struct session *session)
{
	if (!session)
		return;
	if (session->source)
		wl_event_source_remove(session->source);
	if (session->again)
		wl_event_source_remove(session->again);
	if (session->seat)
		libseat_close_seat(session->seat);
	free(session);
}

const char *session_seat(const struct session *session)
{
	return libseat_seat_name(session->seat);
}

// What was said while an answer was waited for is in no queue that the loop could see.
static void on_idle(void *data)
{
	struct session *session = data;
	session->again = NULL;
	if (session->source)
		on_readable(-1, 0, session);
}

static void look_again(struct session *session)
{
	if (!session->again)
		session->again = wl_event_loop_add_idle(session->loop, on_idle, session);
}

int session_open(struct session *session, const char *path, int *device_id)
{
	int fd = -1;
	*device_id = libseat_open_device(session->seat, path, &fd);
	look_again(session);
	if (*device_id < 0)
		return -1;
	if (set_cloexec(fd))
		return fd;
	session_close(session, *device_id, fd);
	return -1;
}

void session_close(struct session *session, int device_id, int fd)
{
	if (libseat_close_device(session->seat, device_id) < 0)
		log_debug("a device was closed already");
	look_again(session);
	close_fd(&fd);
}

bool session_switch_vt(struct session *session, int vt)
{
	if (libseat_switch_session(session->seat, vt) == 0) {
		look_again(session);
		return true;
	}
	log_errno("no switch to terminal %d", vt);
	return false;
}
