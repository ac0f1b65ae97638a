// SPDX-License-Identifier: MIT
// The session of a seat: opens its devices through seatd, logind or, as root, libseat's own back
// end.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct libseat;

struct session {
	struct wl_event_loop *loop;
	struct libseat *seat;
	struct wl_event_source *source, *dispatch_idle;
	bool active; // false: another session has the seat, opened devices are revoked
	struct {
		// struct session *: active has changed. On false, devices must not be used after
		// the handler returns; on true, they work again, in an unknown state.
		struct wl_signal active;
		struct wl_signal lost; // struct session *: the seat is lost for good
	} events;
};

// Opens the seat, and blocks until it is active. NULL: logged, with what the user can do.
struct session *session_create(struct wl_event_loop *loop);
// Releases the seat; all devices were closed before. NULL is allowed.
void session_destroy(struct session *session);
// Name of the seat as udev's ID_SEAT has it, "seat0". Borrowed until the session is destroyed.
const char *session_seat(const struct session *session);
// Opens a device node; the file is close-on-exec. *device_id is to be passed to session_close. -1:
// errno is set, nothing is logged.
int session_open(struct session *session, const char *path, int *device_id);
// Closes a device of session_open, and its file.
void session_close(struct session *session, int device_id, int fd);
// Switches to the session on that virtual terminal. False: not possible (logged).
bool session_switch_vt(struct session *session, int vt);
