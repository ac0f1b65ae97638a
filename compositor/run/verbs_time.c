// SPDX-License-Identifier: MIT
// Waiting for quiet, and letting time pass.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/run/find.h"
#include "compositor/run/settle.h"
#include "compositor/run/verbs.h"

static enum progress poll_settle(struct action *action)
{
	return action_settle(action, action->data);
}

static enum progress start_settle(struct action *action)
{
	long refreshes = SETTLE_REFRESHES;
	if (!action_integer(action, "refreshes", 1, 1000, &refreshes))
		return PROGRESS_FAILED;
	if (action->args.count != 1)
		return action_usage(action);
	struct settle *settle = xcalloc(1, sizeof(*settle));
	action->data = settle;
	settle_begin(settle, action->runner->watch, (int)refreshes);
	return poll_settle(action);
}

static char *why_settle(struct action *action)
{
	return action->data ? settle_why(action->data) : NULL;
}

static void finish_settle(struct action *action)
{
	if (!action->data)
		return;
	settle_finish(action->data);
	free(action->data);
}

const struct verb verb_settle = {
	.name = "settle",
	.usage = "[refreshes=N]",
	.help = "waits until the picture will not change by itself",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.start = start_settle,
	.poll = poll_settle,
	.why = why_settle,
	.finish = finish_settle,
};

struct step_wait {
	struct timer timer; // server clock
};

static void on_stepped(void *data)
{
	// The loop woke up; poll_step follows.
}

static enum progress poll_step(struct action *action)
{
	return clock_now_ns(action->runner->server->clock) >= action->until_ns ? PROGRESS_DONE
									       : PROGRESS_WAIT;
}

static enum progress start_step(struct action *action)
{
	struct server *server = action->runner->server;
	struct words *args = &action->args;
	uint64_t duration;
	long frames = 1;
	if (args->count > 3)
		return action_usage(action);
	bool frames_said = args->count == 3 && strncmp(args->word[2], "frame", 5) == 0;
	if (args->count == 3 && !frames_said)
		return action_usage(action);
	if (args->count == 1 || frames_said || !arg_duration(args->word[1], &duration)) {
		if (args->count > 1 && !arg_integer(args->word[1], 1, 1000000, &frames))
			return action_fail(action,
				"'%s' is not a time (500ms, 2s) or a number of frames",
				args->word[1]);
		struct output *output = output_first(server);
		duration = (uint64_t)frames * (output ? output->pace.period_ns : NSEC_PER_SEC / 60);
	}
	struct step_wait *step = xcalloc(1, sizeof(*step));
	action->data = step;
	action->until_ns = clock_now_ns(server->clock) + duration;
	timer_init(&step->timer, server->clock, on_stepped, step);
	timer_set(&step->timer, action->until_ns);
	return poll_step(action);
}

static void finish_step(struct action *action)
{
	struct step_wait *step = action->data;
	if (!step)
		return;
	timer_finish(&step->timer);
	free(step);
}

const struct verb verb_step = {
	.name = "step",
	.usage = "[DURATION | N [frames]]",
	.help = "lets that much time pass",
	.start = start_step,
	.poll = poll_step,
	.finish = finish_step,
};

static enum progress start_clock(struct action *action)
{
	struct runner *runner = action->runner;
	if (action->args.count == 2 && strcmp(action->args.word[1], "run") == 0) {
		runner->free_run = true;
		runner->scripted = false;
	} else if (action->args.count == 2 && strcmp(action->args.word[1], "stop") == 0) {
		runner->free_run = false;
	} else if (action->args.count != 1) {
		return action_usage(action);
	}
	double now = (double)clock_now_ns(runner->server->clock) / (double)NSEC_PER_SEC;
	out_format(&action->result, "%.6f", now);
	if (action->args.count == 1)
		out_format(&action->text, "%.6f\n", now);
	return PROGRESS_DONE;
}

const struct verb verb_clock = {
	.name = "clock",
	.usage = "[run|stop]",
	.help = "lets a virtual clock go on by itself or holds it; tells the time",
	.start = start_clock,
};
