// SPDX-License-Identifier: MIT
// One Xwayland process with its connections: our Wayland client, and the X connection of the window
// manager.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct children;
struct server;
struct wl_client;
struct x_display;
struct xprocess;

struct xprocess_options {
	struct server *server;
	struct children *children;
	const struct x_display *display; // passed on to the process
	const char *program;             // "Xwayland", or a path
	int terminate_s;                 // without X programs for so long it ends; 0: never
	bool core;                       // a fatal error leaves a core file
};

// Each is called from the event loop. data is that of xprocess_start.
struct xprocess_sink {
	void (*ready)(void *data);             // it accepts requests of the window manager
	void (*client_gone)(void *data);       // its Wayland connection has ended
	void (*ended)(void *data, int status); // wait status; always after client_gone
};

// Starts Xwayland. NULL: logged. sink is borrowed.
struct xprocess *xprocess_start(
	const struct xprocess_options *options, const struct xprocess_sink *sink, void *data);
// Its Wayland client; NULL after client_gone.
struct wl_client *xprocess_client(const struct xprocess *process);
// The window manager's end of its X connection, which the caller then owns. Once only.
int xprocess_take_connection(struct xprocess *process);
// The process.
pid_t xprocess_pid(const struct xprocess *process);
// Its last lines, as tail_text returns them. The caller frees the text.
char *xprocess_last_lines(struct xprocess *process);
// Ends the Wayland connection, without a call of client_gone.
void xprocess_disconnect(struct xprocess *process);
// Kills it; ended is called when it is dead.
void xprocess_kill(struct xprocess *process);
// Kills it if it runs; nothing is called any more. Accepts NULL.
void xprocess_destroy(struct xprocess *process);
