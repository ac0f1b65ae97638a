// SPDX-License-Identifier: MIT
// Runs dbus-update-activation-environment and systemctl, one after the other.
#include "compositor/session/announce.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/clock.h"
#include "compositor/base/log.h"

#define TARGET "oriel-session.target"
#define AUTOSTART_TARGET "oriel-autostart.target"
// Time limit of each command.
#define COMMAND_LIMIT_NS (10 * NSEC_PER_SEC)

static const char *const variables[] = {"WAYLAND_DISPLAY", "DISPLAY", "ORIEL_SOCKET",
	"XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "XDG_SESSION_TYPE", "XCURSOR_THEME",
	"XCURSOR_SIZE"};
// The first ones are unset at the end; the others may be the user's own settings.
#define OWN_VARIABLES 6

enum step {
	STEP_BUS,     // exports the variables to D-Bus, and through it to systemd
	STEP_MANAGER, // exports them to systemd where there is no bus
	STEP_TARGET,
	STEP_STOP,
	STEP_UNSET,
	STEP_OVER,
};

struct announce {
	struct children *children;
	struct child *child; // the running command, or NULL
	char *manager;       // owned
	struct timer timeout;
	enum step step;
	bool has_bus, has_systemd, autostart;
	bool by_systemd;
	void (*done)(void *data, bool by_systemd);
	void *data;
};

static void run_step(struct announce *announce, enum step step);

static bool exists_at_runtime(const char *name)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	char *path = xasprintf("%s/%s", folder ? folder : "", name);
	bool exists = folder && access(path, F_OK) == 0;
	free(path);
	return exists;
}

static void report_done(struct announce *announce)
{
	announce->step = STEP_OVER;
	timer_cancel(&announce->timeout);
	if (announce->done)
		announce->done(announce->data, announce->by_systemd);
}

static void finish_step(struct announce *announce, bool good)
{
	switch (announce->step) {
	case STEP_BUS:
		run_step(announce, good ? STEP_TARGET : STEP_MANAGER);
		break;
	case STEP_MANAGER:
		run_step(announce, STEP_TARGET);
		break;
	case STEP_TARGET:
		announce->by_systemd = good;
		report_done(announce);
		break;
	case STEP_STOP:
		run_step(announce, STEP_UNSET);
		break;
	default:
		report_done(announce);
		break;
	}
}

static void on_command_ended(struct child *child, int status, void *data)
{
	struct announce *announce = data;
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	announce->child = NULL;
	finish_step(announce, good);
}

static void on_command_timeout(void *data)
{
	struct announce *announce = data;
	log_warn("no reply from the user's %s",
		announce->step == STEP_BUS ? "D-Bus" : "service manager");
	if (announce->child)
		announce->child->ended = NULL;
	child_kill(announce->child, SIGKILL);
	announce->child = NULL;
	// systemd may still start the autostart programs: they must not be started twice.
	finish_step(announce, announce->step == STEP_TARGET);
}

static void add_variables(const char **argv, size_t *count, size_t how_many)
{
	for (size_t i = 0; i < how_many; i++)
		if (getenv(variables[i]))
			argv[(*count)++] = variables[i];
	argv[*count] = NULL;
}

static bool has_service(const struct announce *announce, enum step step)
{
	return step == STEP_BUS ? announce->has_bus : announce->has_systemd;
}

static void run_step(struct announce *announce, enum step step)
{
	static const char *const commands[][5] = {
		[STEP_BUS] = {"dbus-update-activation-environment"},
		[STEP_MANAGER] = {"systemctl", "--user", "import-environment"},
		// Not start: the target may still be active after a session that crashed.
		[STEP_TARGET] = {"systemctl", "--user", "--quiet", "restart", TARGET},
		[STEP_STOP] = {"systemctl", "--user", "--quiet", "stop", TARGET},
		[STEP_UNSET] = {"systemctl", "--user", "unset-environment"},
	};
	const char *argv[array_length(commands[0]) + 1 + array_length(variables) + 1] = {NULL};
	size_t count = 0;
	announce->step = step;
	if (step == STEP_TARGET) // the variables are exported
		announce_to_manager(announce->manager, "READY=1");
	if (!has_service(announce, step)) {
		finish_step(announce, false);
		return;
	}
	while (count < array_length(commands[step]) && commands[step][count]) {
		argv[count] = commands[step][count];
		count++;
	}
	if (step == STEP_BUS && announce->has_systemd)
		argv[count++] = "--systemd";
	if (step == STEP_TARGET && announce->autostart)
		argv[count++] = AUTOSTART_TARGET;
	else if (step == STEP_BUS || step == STEP_MANAGER)
		add_variables(argv, &count, array_length(variables));
	else if (step == STEP_UNSET)
		add_variables(argv, &count, OWN_VARIABLES);
	timer_set(&announce->timeout, clock_now_ns(announce->timeout.clock) + COMMAND_LIMIT_NS);
	announce->child = child_spawn(announce->children, argv, NULL, on_command_ended, announce);
	if (!announce->child) {
		log_info("%s: %s", argv[0], strerror(errno));
		finish_step(announce, false);
	}
}

struct announce *announce_create(struct children *children, struct clock *clock, bool autostart,
	const char *manager, void (*done)(void *data, bool by_systemd), void *data)
{
	struct announce *announce = xcalloc(1, sizeof(*announce));
	const char *bus = getenv("DBUS_SESSION_BUS_ADDRESS");
	announce->children = children;
	announce->autostart = autostart;
	announce->manager = xstrdup(manager);
	announce->has_bus = bus && *bus ? strcmp(bus, "disabled:") != 0 : exists_at_runtime("bus");
	announce->has_systemd = exists_at_runtime("systemd/private");
	announce->done = done;
	announce->data = data;
	timer_init(&announce->timeout, clock, on_command_timeout, announce);
	run_step(announce, STEP_BUS);
	return announce;
}

void announce_end(struct announce *announce, void (*done)(void *data, bool by_systemd), void *data)
{
	if (announce->child)
		announce->child->ended = NULL;
	announce->child = NULL;
	announce->done = done;
	announce->data = data;
	run_step(announce, STEP_STOP);
}

void announce_destroy(struct announce *announce)
{
	if (!announce)
		return;
	if (announce->child)
		announce->child->ended = NULL;
	timer_finish(&announce->timeout);
	free(announce->manager);
	free(announce);
}

void announce_to_manager(const char *manager, const char *state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = manager ? strlen(manager) : 0;
	if (!length || length >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, manager, length);
	if (*manager == '@')
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
		sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
		log_errno("cannot notify the service manager at %s", manager);
	close_fd(&fd);
}
