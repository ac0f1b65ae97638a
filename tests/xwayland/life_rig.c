// SPDX-License-Identifier: MIT
// The fixture of tests of Xwayland's life.
#include "tests/xwayland/life_rig.h"
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/guard.h"
#include "compositor/base/log.h"
#include "compositor/xwayland/xwm.h"
#include "tests/harness/test.h"

struct xwm {
	struct life_rig *rig;
	int fd;
	struct wl_client *client;
	const struct xwm_owner *owner;
};

// The interface has no data of its own, so the rig is found by the server.
struct rig_listener {
	struct wl_listener listener;
	struct life_rig *rig;
};

static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct rig_listener *found = wl_container_of(listener, found, listener);
	wl_list_remove(&listener->link);
	free(found);
}

static struct life_rig *rig_of(struct server *server)
{
	struct wl_listener *listener =
		wl_signal_get(&server->events.destroyed, on_server_destroyed);
	struct rig_listener *found = wl_container_of(listener, found, listener);
	return found->rig;
}

static struct xwm *fake_create(
	struct server *server, struct wl_client *client, int fd, const struct xwm_owner *owner)
{
	struct life_rig *rig = rig_of(server);
	rig->created++;
	if (rig->refuses) {
		close(fd);
		return NULL;
	}
	struct xwm *xwm = xcalloc(1, sizeof(*xwm));
	*xwm = (struct xwm){rig, fd, client, owner};
	return rig->xwm = xwm;
}

static void fake_destroy(struct xwm *xwm)
{
	xwm->rig->destroyed++;
	xwm->rig->xwm = NULL;
	close(xwm->fd);
	free(xwm);
}

static void fake_surface_serial(struct xwm *xwm, struct surface *surface, uint64_t serial)
{
	xwm->rig->serials++;
}

static bool fake_busy(const struct xwm *xwm)
{
	return xwm->rig->busy;
}

static const struct xwm_impl fake_impl = {
	.create = fake_create,
	.destroy = fake_destroy,
	.surface_serial = fake_surface_serial,
	.busy = fake_busy,
};

static void on_log(enum log_level level, const char *line, void *data)
{
	struct life_rig *rig = data;
	size_t length = strlen(rig->log);
	snprintf(rig->log + length, sizeof(rig->log) - length, "%s\n", line);
}

void life_rig_init(struct life_rig *rig)
{
	static const struct guard_options guard_options = {0};
	log_set_level(LOG_INFO);
	log_set_sink(on_log, rig);
	check((rig->guard = guard_create(&guard_options)) != NULL);
	rig->fixture = fixture_create(NULL);
	struct server *server = rig->fixture->server;
	struct rig_listener *listener = xcalloc(1, sizeof(*listener));
	listener->rig = rig;
	listener->listener.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &listener->listener);
	check((rig->children = children_create(server->loop, rig->guard)) != NULL);
}

void life_rig_set_fake(const char *fake)
{
	setenv("FAKE_XWAYLAND", fake, 1);
}

void life_rig_open(struct life_rig *rig, const char *fake)
{
	char *program = rig->program;
	ssize_t length = readlink("/proc/self/exe", program, sizeof(rig->program) - 64);
	check(length > 0);
	program[length] = '\0';
	*strrchr(program, '/') = '\0';
	strcat(program, "/xwayland/fake-xwayland");
	life_rig_set_fake(fake);
	const struct xwayland_options options = {
		.children = rig->children,
		.guard = rig->guard,
		.clock = rig->fixture->server->clock,
		.program = program,
		.folder = test_dir(),
		.impl = &fake_impl,
	};
	struct server *server = rig->fixture->server;
	rig->xwayland = server->xwayland = xwayland_create(server, &options);
}

static int count_files(const char *folder)
{
	int count = 0;
	DIR *files = opendir(folder);
	for (struct dirent *entry; files && (entry = readdir(files));)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	if (files)
		closedir(files);
	return count;
}

void life_rig_finish(struct life_rig *rig)
{
	xwayland_destroy(rig->xwayland);
	rig->fixture->server->xwayland = NULL;
	check_eq(rig->created, rig->destroyed + (rig->refuses ? rig->created : 0));
	children_destroy(rig->children);
	fixture_destroy(rig->fixture);
	guard_destroy(rig->guard);
	log_set_sink(NULL, NULL);
	char *sockets = xasprintf("%s/.X11-unix", test_dir());
	check_eq(count_files(sockets), 0);
	rmdir(sockets);
	free(sockets);
	check_eq(count_files(test_dir()), 0);
}

int life_rig_connect(struct life_rig *rig, bool abstract)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t at = abstract ? 1 : 0;
	int length = snprintf(address.sun_path + at, sizeof(address.sun_path) - at,
		"%s/.X11-unix/X%s", test_dir(), xwayland_display(rig->xwayland) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(fd >= 0);
	if (connect(fd, (struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + at + (size_t)length)) == 0)
		return fd;
	close(fd);
	return -1;
}

int life_rig_read(struct life_rig *rig, int fd)
{
	char text[16] = {0};
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	life_rig_wait(rig, poll(&poll_fd, 1, 0) == 1);
	ssize_t ignored = read(fd, text, sizeof(text) - 1);
	(void)ignored;
	close(fd);
	return atoi(text);
}

void life_rig_turn(struct life_rig *rig)
{
	struct server *server = rig->fixture->server;
	wl_display_flush_clients(server->display);
	wl_event_loop_dispatch(server->loop, 10);
}

bool life_rig_is_quiet(struct life_rig *rig)
{
	struct wl_event_loop *loop = rig->fixture->server->loop;
	struct pollfd poll_fd = {.fd = wl_event_loop_get_fd(loop), .events = POLLIN};
	fixture_pump(rig->fixture);
	return poll(&poll_fd, 1, 50) == 0;
}

void life_rig_fail_xwm(struct life_rig *rig)
{
	const struct xwm_owner *owner = rig->xwm->owner;
	owner->failed(owner->data);
}

int life_rig_logged(const struct life_rig *rig, const char *text)
{
	int count = 0;
	for (const char *at = rig->log; (at = strstr(at, text)); at++)
		count++;
	return count;
}
