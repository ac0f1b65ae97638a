// SPDX-License-Identifier: MIT
// The right to use a seat's devices, by seatd, logind or, as root with neither, by libseat itself.
#pragma once
#include <stdbool.h>
#include <wayland-server-core.h>

struct libseat;

struct session {
	struct wl_event_loop *loop;
	struct libseat *seat;
	struct wl_event_source *source, *again;
	bool active; // false: another one has the screen; what was opened does nothing
	struct {
		// struct session *: active is another. Whoever hears that it is false has to be done
		// with its devices when the handler returns; true: opened devices work again, in an
		// unknown state.
		struct wl_signal active;
		struct wl_signal lost; // struct session *: for good
	} events;
};

// NULL: logged, with what to do. Active once it returns.
struct session *session_create(struct wl_event_loop *loop);
void session_destroy(struct session *session); // all devices were closed; NULL is allowed
// Name of the seat as udev has it, "seat0".
const char *session_seat(const struct session *session);
// A device, close-on-exec; -1: errno says why, nothing is logged. *device_id is for session_close.
int session_open(struct session *session, const char *path, int *device_id);
void session_close(struct session *session, int device_id, int fd); // closes fd, too
// Another session, by the number of its terminal. false: not here (logged).
bool session_switch_vt(struct session *session, int vt);
