// SPDX-License-Identifier: MIT
// Switching virtual terminals by a fake libseat and a fake kernel.
#include <errno.h>
#include <libseat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "backends/session.h"
#include "backends/terminal.h"
#include "compositor/base/log.h"
#include "tests/harness/test.h"

struct libseat {
	const char *name;
	int answer, error; // of libseat_switch_session
	int asked;
	int fd;
};

// Replaced functions get no data of the test's.
static struct {
	struct libseat seat;
	int terminal_error; // 0: it switches
	int activated;
} fake;

struct libseat *libseat_open_seat(const struct libseat_seat_listener *listener, void *data)
{
	listener->enable_seat(&fake.seat, data);
	return &fake.seat;
}

int libseat_close_seat(struct libseat *seat)
{
	return 0;
}

int libseat_disable_seat(struct libseat *seat)
{
	return 0;
}

int libseat_open_device(struct libseat *seat, const char *path, int *fd)
{
	return -1;
}

int libseat_close_device(struct libseat *seat, int device_id)
{
	return 0;
}

const char *libseat_seat_name(struct libseat *seat)
{
	return seat->name;
}

int libseat_switch_session(struct libseat *seat, int vt)
{
	seat->asked = vt;
	errno = seat->error;
	return seat->answer;
}

int libseat_get_fd(struct libseat *seat)
{
	return seat->fd;
}

int libseat_dispatch(struct libseat *seat, int timeout)
{
	return 0;
}

void libseat_set_log_handler(libseat_log_func handler)
{
}

void libseat_set_log_level(enum libseat_log_level level)
{
}

bool terminal_activate(int vt)
{
	fake.activated = vt;
	errno = fake.terminal_error;
	return !fake.terminal_error;
}

struct switching {
	const char *seat;
	int answer, error;  // of libseat
	int terminal_error; // of the kernel
	bool works;
	bool by_terminal;
	const char *message; // NULL: none
};

static const struct switching switchings[] = {
	{"seat0", 0, 0, 0, true, false, NULL},
	// logind without polkit, as libseat reports it
	{"seat0", -1, EAGAIN, 0, true, true, NULL},
	{"seat0", -1, EAGAIN, EPERM, false, true, "terminal 3: Permission denied"},
	{"seat0", -1, 0, ENXIO, false, true, "terminal 3: Permission denied"},
	// seatd
	{"seat0", -1, EINVAL, EINVAL, false, true, "terminal 3: Invalid argument"},
	// other seats have no terminals
	{"seat1", -1, EINVAL, 0, false, false, "terminal 3: Invalid argument"},
};

static void keep_message(enum log_level level, const char *line, void *data)
{
	if (level == LOG_ERROR)
		snprintf(data, 256, "%s", line);
}

TEST_P(switching_terminals, struct switching, switchings)
{
	char message[256] = "";
	int fd = eventfd(0, EFD_CLOEXEC);
	fake.seat = (struct libseat){param->seat, param->answer, param->error, 0, fd};
	fake.terminal_error = param->terminal_error;
	setenv("LIBSEAT_BACKEND", "fake", 1);
	struct wl_event_loop *loop = wl_event_loop_create();
	struct session *session = session_create(loop);
	check(session && session->active);
	log_set_sink(keep_message, message);
	check_eq(session_switch_vt(session, 3), param->works);
	log_set_sink(NULL, NULL);
	check_eq(fake.seat.asked, 3);
	check_eq(fake.activated, param->by_terminal ? 3 : 0);
	if (param->message)
		check(strstr(message, param->message));
	else
		check_str(message, "");
	session_destroy(session);
	wl_event_loop_destroy(loop);
	close(fd);
}
