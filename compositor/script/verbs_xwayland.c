// SPDX-License-Identifier: MIT
// Verb xwayland.
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/script/verbs.h"
#include "compositor/server.h"
#include "compositor/xwayland/xwayland.h"

static bool parse_xwayland(struct action *action)
{
	if (action->args.count < 2 || strcmp(action->args.word[1], "restart") != 0)
		return action_usage(action);
	return action_ends_at(action, 2);
}

static enum progress start_xwayland(struct action *action)
{
	struct xwayland *xwayland = action->runner->server->xwayland;
	if (!xwayland)
		return action_fail(action, "there is no X display");
	if (!xwayland_restart(xwayland))
		return action_fail(action, "the X display is in use by another server");
	return PROGRESS_WAIT;
}

static enum progress poll_xwayland(struct action *action)
{
	return xwayland_pid(action->runner->server->xwayland) ? PROGRESS_WAIT : PROGRESS_DONE;
}

static char *why_xwayland(struct action *action)
{
	return xstrdup("Xwayland has not ended");
}

const struct verb verb_xwayland = {
	.name = "xwayland",
	.usage = "restart",
	.help = "ends Xwayland with all X programs; the next one starts it again",
	.limit_ns = VERB_LIMIT,
	.parse = parse_xwayland,
	.start = start_xwayland,
	.poll = poll_xwayland,
	.why = why_xwayland,
};
