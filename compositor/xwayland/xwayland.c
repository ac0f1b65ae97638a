// SPDX-License-Identifier: MIT
// The states of Xwayland. Its end has three signs that come in any order: the window manager's
// connection breaks, the Wayland client is destroyed, the process ends. The first one stops the
// window manager, the last one counts.
#include "compositor/xwayland/xwayland.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/clock.h"
#include "compositor/base/guard.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/xwayland/display.h"
#include "compositor/xwayland/module.h"
#include "compositor/xwayland/process.h"
#include "compositor/xwayland/xwm.h"

#define START_LIMIT_NS (10 * NSEC_PER_SEC)
// Between the end of its Wayland connection and that of the process.
#define END_LIMIT_NS (2 * NSEC_PER_SEC)
// After so many failures within this time, X programs get an error at once.
#define MAX_FAILURES 3
#define FAILURES_WITHIN_NS (60 * NSEC_PER_SEC)
// Numbers of sessions begin at 0. Those of private displays are chosen at random, so that hundreds
// that start at once do not try the same ones.
#define PRIVATE_FIRST 100

enum state {
	STATE_IDLE, // watches the sockets
	STATE_STARTING,
	STATE_RUNNING,
	STATE_ENDING,
	STATE_GIVEN_UP,
};

struct xwayland {
	struct server *server;
	struct xwayland_options options;
	struct x_display display;
	char *name; // ":N", owned
	enum state state;
	struct wl_event_source *sources[2]; // while idle
	struct xprocess *process;           // NULL: idle or given up
	const struct xwm_impl *impl;        // NULL: not loaded yet
	struct xwm *xwm;                    // NULL: not running
	struct xwm_owner owner;
	struct wl_event_source *failing;    // the window manager has failed
	const char *problem;                // why it was ended by us; NULL: it was not
	bool restarting;                    // it was ended by request
	struct timer limit;                 // of starting or ending
	uint64_t failures_ns[MAX_FAILURES]; // times of the newest, 0: none
	struct wl_listener serial;
};

static void watch_sockets(struct xwayland *xwayland);

static void stop_watching(struct xwayland *xwayland)
{
	for (size_t i = 0; i < array_length(xwayland->sources); i++) {
		if (xwayland->sources[i])
			wl_event_source_remove(xwayland->sources[i]);
		xwayland->sources[i] = NULL;
	}
}

static void set_limit(struct xwayland *xwayland, uint64_t in_ns)
{
	timer_set(&xwayland->limit, clock_now_ns(xwayland->options.clock) + in_ns);
}

// Failures

// True: there were too many.
static bool count_failure(struct xwayland *xwayland)
{
	uint64_t now = clock_now_ns(xwayland->options.clock);
	memmove(xwayland->failures_ns, xwayland->failures_ns + 1,
		(MAX_FAILURES - 1) * sizeof(uint64_t));
	xwayland->failures_ns[MAX_FAILURES - 1] = now;
	uint64_t oldest = xwayland->failures_ns[0];
	return oldest && now - oldest < FAILURES_WITHIN_NS;
}

// Programs would wait for a server that never comes.
static void give_up(struct xwayland *xwayland)
{
	log_error(
		"X programs cannot be started any more; 'oriel msg xwayland restart' tries again");
	x_display_close(&xwayland->display);
	xwayland->state = STATE_GIVEN_UP;
}

static void become_idle(struct xwayland *xwayland)
{
	xwayland->state = STATE_IDLE;
	watch_sockets(xwayland);
}

// It never was ready: the programs that wait for it get an error.
static void on_start_failed(struct xwayland *xwayland)
{
	x_display_reject_waiting(&xwayland->display);
	if (count_failure(xwayland))
		give_up(xwayland);
	else
		become_idle(xwayland);
}

// The window manager

static void stop_xwm(struct xwayland *xwayland)
{
	if (xwayland->failing)
		wl_event_source_remove(xwayland->failing);
	xwayland->failing = NULL;
	if (xwayland->xwm)
		xwayland->impl->destroy(xwayland->xwm);
	xwayland->xwm = NULL;
}

// Ends the process without waiting for anything from it.
static void end_process(struct xwayland *xwayland, const char *problem)
{
	xwayland->problem = problem;
	stop_xwm(xwayland);
	if (xwayland->state == STATE_RUNNING)
		xwayland->state = STATE_ENDING;
	xprocess_disconnect(xwayland->process);
	xprocess_kill(xwayland->process);
}

static void on_failing(void *data)
{
	struct xwayland *xwayland = data;
	xwayland->failing = NULL;
	// Usually because Xwayland ends, which is better known from its status.
	stop_xwm(xwayland);
	if (xwayland->state == STATE_RUNNING)
		xwayland->state = STATE_ENDING;
	xprocess_disconnect(xwayland->process);
	set_limit(xwayland, END_LIMIT_NS);
}

static void on_xwm_failed(void *data)
{
	struct xwayland *xwayland = data;
	if (!xwayland->failing)
		xwayland->failing = xadd_idle(xwayland->server->loop, on_failing, xwayland);
}

static void on_serial(struct wl_listener *listener, void *data)
{
	struct xwayland *xwayland = wl_container_of(listener, xwayland, serial);
	struct surface *surface = data;
	if (xwayland->xwm &&
		wl_resource_get_client(surface->resource) == xprocess_client(xwayland->process))
		xwayland->impl->surface_serial(
			xwayland->xwm, surface, surface->current.xwayland_serial);
}

// The process

static void on_ready(void *data)
{
	struct xwayland *xwayland = data;
	struct wl_client *client = xprocess_client(xwayland->process);
	if (xwayland->state != STATE_STARTING || !client)
		return;
	timer_cancel(&xwayland->limit);
	if (!xwayland->impl)
		xwayland->impl = xwm_load();
	int fd = xprocess_take_connection(xwayland->process);
	if (xwayland->impl)
		xwayland->xwm =
			xwayland->impl->create(xwayland->server, client, fd, &xwayland->owner);
	else
		close_fd(&fd);
	if (!xwayland->xwm) {
		end_process(xwayland, "has no window manager");
		return;
	}
	xwayland->state = STATE_RUNNING;
	log_info("Xwayland runs as process %d for DISPLAY=%s", (int)xprocess_pid(xwayland->process),
		xwayland->name);
}

static void on_client_gone(void *data)
{
	struct xwayland *xwayland = data;
	stop_xwm(xwayland);
	if (xwayland->state == STATE_RUNNING)
		xwayland->state = STATE_ENDING;
	set_limit(xwayland, END_LIMIT_NS);
}

static void on_limit(void *data)
{
	struct xwayland *xwayland = data;
	if (xwayland->state == STATE_STARTING && xprocess_client(xwayland->process))
		end_process(xwayland, "was not ready after 10 s");
	else
		end_process(xwayland, "did not end");
}

static void log_end(struct xwayland *xwayland, int status)
{
	char *how = wait_status_describe(status);
	char *lines = xprocess_last_lines(xwayland->process);
	log_error("Xwayland %s%s%s", xwayland->problem ? xwayland->problem : how,
		*lines ? "; its last messages: " : "", lines);
	free(lines);
	free(how);
}

static void on_ended(void *data, int status)
{
	struct xwayland *xwayland = data;
	bool started = xwayland->state != STATE_STARTING;
	// With -terminate it ends by itself.
	bool good = xwayland->restarting ||
		(started && !xwayland->problem && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	stop_xwm(xwayland);
	timer_cancel(&xwayland->limit);
	if (good)
		log_info("Xwayland has ended");
	else
		log_end(xwayland, status);
	xprocess_destroy(xwayland->process);
	xwayland->process = NULL;
	xwayland->problem = NULL;
	xwayland->restarting = false;
	if (!good && !started)
		on_start_failed(xwayland);
	else if (!good && count_failure(xwayland))
		give_up(xwayland);
	else
		become_idle(xwayland);
}

static const struct xprocess_sink process_sink = {
	.ready = on_ready,
	.client_gone = on_client_gone,
	.ended = on_ended,
};

static void start_process(struct xwayland *xwayland)
{
	const struct xprocess_options options = {
		.server = xwayland->server,
		.children = xwayland->options.children,
		.display = &xwayland->display,
		.program = xwayland->options.program,
		.terminate_s = xwayland->options.is_private
			? 0
			: xwayland->server->config->xwayland.terminate,
		.core = !xwayland->options.is_private,
	};
	// The sockets stay readable until Xwayland accepts, which would keep the loop busy.
	stop_watching(xwayland);
	xwayland->state = STATE_STARTING;
	xwayland->process = xprocess_start(&options, &process_sink, xwayland);
	if (xwayland->process)
		set_limit(xwayland, START_LIMIT_NS);
	else
		on_start_failed(xwayland);
}

static int on_connection(int fd, uint32_t mask, void *data)
{
	start_process(data);
	return 0;
}

static void watch_sockets(struct xwayland *xwayland)
{
	for (size_t i = 0; i < array_length(xwayland->sources); i++)
		if (xwayland->display.fds[i] >= 0)
			xwayland->sources[i] = wl_event_loop_add_fd(xwayland->server->loop,
				xwayland->display.fds[i], WL_EVENT_READABLE, on_connection,
				xwayland);
}

// Life

static void guard_files(const struct xwayland *xwayland)
{
	struct guard *guard = xwayland->options.guard;
	if (guard && xwayland->display.lock)
		guard_add_file(guard, xwayland->display.lock);
	if (guard && xwayland->display.socket)
		guard_add_file(guard, xwayland->display.socket);
}

// Whether what X programs need is installed. False: logged.
static bool is_installed(const struct xwayland_options *options, bool required)
{
	enum log_level level = required ? LOG_ERROR : LOG_INFO;
	const char *missing = !program_is_installed(options->program) ? "Xwayland"
		: !options->impl && !xwm_is_installed()               ? "oriel-xwayland.so"
								      : NULL;
	if (missing)
		log_write(level, __FILE__, 0,
			"%s is not installed, so X programs cannot be started and DISPLAY is not set",
			missing);
	return !missing;
}

static bool open_display(struct xwayland *xwayland)
{
	const struct xwayland_options *options = &xwayland->options;
	const char *folder = options->folder ? options->folder : "/tmp";
	struct x_display *display = &xwayland->display;
	if (!options->is_private)
		return x_display_open(display, folder, 0, X_DISPLAY_MAX);
	uint32_t random = (uint32_t)getpid();
	ssize_t ignored = getrandom(&random, sizeof(random), GRND_NONBLOCK);
	(void)ignored;
	int first = PRIVATE_FIRST + (int)(random % (X_DISPLAY_MAX - 2 * PRIVATE_FIRST));
	return x_display_open(display, folder, first, X_DISPLAY_MAX);
}

struct xwayland *xwayland_create(struct server *server, const struct xwayland_options *options)
{
	int enabled = server->config->xwayland.enabled;
	struct xwayland_options complete = *options;
	if (!complete.program)
		complete.program = "Xwayland";
	if (enabled == XWAYLAND_NO || (options->is_private && enabled == XWAYLAND_AUTO) ||
		!is_installed(&complete, enabled == XWAYLAND_YES))
		return NULL;
	struct xwayland *xwayland = xcalloc(1, sizeof(*xwayland));
	xwayland->server = server;
	xwayland->options = complete;
	if (!open_display(xwayland)) {
		free(xwayland);
		return NULL;
	}
	xwayland->name = xasprintf(":%d", xwayland->display.number);
	xwayland->impl = options->impl;
	xwayland->owner = (struct xwm_owner){.failed = on_xwm_failed, .data = xwayland};
	timer_init(&xwayland->limit, options->clock, on_limit, xwayland);
	xwayland->serial.notify = on_serial;
	wl_signal_add(&server->events.xwayland_serial, &xwayland->serial);
	guard_files(xwayland);
	watch_sockets(xwayland);
	return xwayland;
}

void xwayland_destroy(struct xwayland *xwayland)
{
	if (!xwayland)
		return;
	stop_watching(xwayland);
	stop_xwm(xwayland);
	xprocess_destroy(xwayland->process);
	timer_finish(&xwayland->limit);
	wl_list_remove(&xwayland->serial.link);
	x_display_finish(&xwayland->display);
	free(xwayland->name);
	free(xwayland);
}

const char *xwayland_display(const struct xwayland *xwayland)
{
	return xwayland ? xwayland->name : NULL;
}

pid_t xwayland_pid(const struct xwayland *xwayland)
{
	return xwayland && xwayland->process ? xprocess_pid(xwayland->process) : 0;
}

const char *xwayland_pending(const struct xwayland *xwayland)
{
	if (!xwayland)
		return NULL;
	if (xwayland->state == STATE_STARTING)
		return "Xwayland is starting";
	if (xwayland->state == STATE_ENDING)
		return "Xwayland is ending";
	if (xwayland->xwm && xwayland->impl->busy(xwayland->xwm))
		return "Xwayland has not answered, or an X window has no content yet";
	return NULL;
}

bool xwayland_restart(struct xwayland *xwayland)
{
	memset(xwayland->failures_ns, 0, sizeof(xwayland->failures_ns));
	if (xwayland->process) {
		xwayland->restarting = true;
		end_process(xwayland, NULL);
	} else if (xwayland->state == STATE_GIVEN_UP) {
		if (!x_display_reopen(&xwayland->display))
			return false;
		guard_files(xwayland);
		become_idle(xwayland);
	}
	return true;
}
