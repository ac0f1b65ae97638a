// SPDX-License-Identifier: MIT
#include "compositor/lock/lock_command.h"
#include <stdlib.h>
#include "compositor/base/child.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "compositor/lock/lock_private.h"
#include "compositor/server.h"

// Each of them goes to the background once the session is locked.
static const char installed[] =
	"has() { command -v \"$1\" >/dev/null; }\n"
	"has swaylock && exec swaylock -f\n"
	"has gtklock && exec gtklock -d\n"
	"has waylock && exec waylock -fork-on-lock\n"
	"echo 'no screen locker is installed, such as swaylock' >&2; exit 127";

static void on_ended(struct child *child, int status, void *data)
{
	struct lock *lock = data;
	lock->command = NULL;
	if (status == 0 || lock->server->locked)
		return;
	char *how = wait_status_describe(status);
	log_error("the screen locker %s", how);
	free(how);
}

bool lock_command_start(struct server *server)
{
	struct lock *lock = server->lock;
	const char *command = server->config->idle.lock_command;
	if (lock->locker || lock->command)
		return true;
	const char *const argv[] = {"/bin/sh", "-c", command ? command : installed, NULL};
	if (server->children)
		lock->command = child_spawn(server->children, argv, NULL, on_ended, lock);
	if (!lock->command)
		log_error("the screen locker cannot be started");
	return lock->command;
}
