// SPDX-License-Identifier: MIT
// The session by libseat: opens devices, which are revoked while another session is active.
#include "backends/session.h"
#include <errno.h>
#include <fcntl.h>
#include <libseat.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "backends/terminal.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

// How long the session before may take to release the seat.
#define WAIT_MS 10000

static void on_log(enum libseat_log_level level, const char *format, va_list args)
{
	// libseat tries several back ends in turn, and logs each failure as an error.
	enum log_level as = level == LIBSEAT_LOG_LEVEL_ERROR ? LOG_INFO : LOG_DEBUG;
	log_writev(as, "libseat", 0, format, args);
}

static void set_active(struct session *session, bool active)
{
	if (session->active == active)
		return;
	session->active = active;
	log_info("the session is %s", active ? "active" : "inactive");
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
	// libseat_dispatch does not report a closed connection.
	bool over = mask & (WL_EVENT_HANGUP | WL_EVENT_ERROR);
	if (libseat_dispatch(session->seat, 0) >= 0 && !over)
		return 0;
	log_error("the seat is lost: the connection to seatd or logind is closed");
	wl_event_source_remove(session->source);
	session->source = NULL;
	set_active(session, false);
	wl_signal_emit_mutable(&session->events.lost, session);
	return 0;
}

// Without seatd and logind, libseat's own back end needs root; as a user it would hang.
static bool is_seat_available(void)
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
	setenv("XDG_SESSION_TYPE", "wayland", 1); // read by libseat for logind
	if (is_seat_available())
		session->seat = libseat_open_seat(&listener, session);
	int answer = session->seat ? 1 : -1;
	while (answer > 0 && !session->active)
		answer = libseat_dispatch(session->seat, WAIT_MS);
	if (answer < 0) {
		log_error("no seat is available: start on a console with logind, or as a member of "
			  "seatd's group, or as root");
		goto fail;
	}
	if (!session->active) {
		log_error("the seat was not activated: another session is active, or this is not a "
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
	if (session->dispatch_idle)
		wl_event_source_remove(session->dispatch_idle);
	if (session->seat)
		libseat_close_seat(session->seat);
	free(session);
}

const char *session_seat(const struct session *session)
{
	return libseat_seat_name(session->seat);
}

// A blocking request may have read other events as well, which the event loop cannot see.
static void on_dispatch_idle(void *data)
{
	struct session *session = data;
	session->dispatch_idle = NULL;
	if (session->source)
		on_readable(-1, 0, session);
}

static void dispatch_later(struct session *session)
{
	if (!session->dispatch_idle)
		session->dispatch_idle = xadd_idle(session->loop, on_dispatch_idle, session);
}

int session_open(struct session *session, const char *path, int *device_id)
{
	int fd = -1;
	*device_id = libseat_open_device(session->seat, path, &fd);
	dispatch_later(session);
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
		log_debug("a device was already closed");
	dispatch_later(session);
	close_fd(&fd);
}

// logind asks polkit, and refuses all users where that is not installed. The kernel permits it to
// those who logged in on the terminal. Only seat0 has terminals.
static bool switch_without_seat(struct session *session, int vt)
{
	return strcmp(session_seat(session), "seat0") == 0 && terminal_activate(vt);
}

bool session_switch_vt(struct session *session, int vt)
{
	errno = 0;
	bool done = libseat_switch_session(session->seat, vt) == 0;
	// libseat does not pass logind's error on: errno is that of its last read from the bus.
	int error = errno && errno != EAGAIN ? errno : EACCES;
	if (done || switch_without_seat(session, vt)) {
		dispatch_later(session);
		return true;
	}
	errno = error;
	log_errno("cannot switch to virtual terminal %d", vt);
	return false;
}
