// SPDX-License-Identifier: MIT
// Verb lock: the configured screen locker.
#include "compositor/base/base.h"
#include "compositor/lock/lock.h"
#include "compositor/lock/lock_command.h"
#include "compositor/script/runner.h"
#include "compositor/script/verbs.h"
#include "compositor/server.h"

static bool parse_lock(struct action *action)
{
	return action_ends_at(action, 1);
}

static enum progress poll_lock(struct action *action)
{
	bool shown = lock_state(action->runner->server->lock) == LOCK_SHOWN;
	return shown ? PROGRESS_DONE : PROGRESS_WAIT;
}

static enum progress start_lock(struct action *action)
{
	if (!lock_command_start(action->runner->server)) {
		action_fail(action, "programs cannot be started here");
		return PROGRESS_FAILED;
	}
	return poll_lock(action);
}

static char *why_lock(struct action *action)
{
	return xstrdup("no screen locker has locked the session");
}

const struct verb verb_lock = {
	.name = "lock",
	.usage = "",
	.help = "starts the screen locker, and waits until the session is locked",
	.limit_ns = VERB_LIMIT,
	.parse = parse_lock,
	.start = start_lock,
	.poll = poll_lock,
	.why = why_lock,
};
