// SPDX-License-Identifier: MIT
// Verbs settle, step and clock: wait until clients are idle, and let time pass.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/script/arguments.h"
#include "compositor/script/lookup.h"
#include "compositor/script/runner.h"
#include "compositor/script/settle.h"
#include "compositor/script/verbs.h"
#include "compositor/server.h"

static enum progress poll_settle(struct action *action)
{
	return action_settle(action, action->data);
}

static bool parse_settle(struct action *action)
{
	long refreshes = SETTLE_REFRESHES;
	if (!action_integer(action, "refreshes", 1, 1000, &refreshes))
		return false;
	struct settle *settle = xcalloc(1, sizeof(*settle));
	settle->refreshes = (int)refreshes;
	action->data = settle;
	return action_ends_at(action, 1);
}

static enum progress start_settle(struct action *action)
{
	struct settle *settle = action->data;
	settle_begin(settle, action->runner->watch, settle->refreshes);
	return poll_settle(action);
}

static char *why_settle(struct action *action)
{
	return settle_why(action->data);
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
	.help = "waits until all clients are idle and the picture is final",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.parse = parse_settle,
	.start = start_settle,
	.poll = poll_settle,
	.why = why_settle,
	.finish = finish_settle,
};

struct step_wait {
	uint64_t duration_ns; // or:
	long frames;          // 0: none
	struct timer timer;   // server clock
};

static void on_stepped(void *data)
{
	// Wakes the loop; poll_step follows.
}

static enum progress poll_step(struct action *action)
{
	return clock_now_ns(action->runner->server->clock) >= action->until_ns ? PROGRESS_DONE
									       : PROGRESS_WAIT;
}

static bool parse_step(struct action *action)
{
	struct words *args = &action->args;
	struct step_wait *step = xcalloc(1, sizeof(*step));
	action->data = step;
	step->frames = 1;
	bool in_frames = args->count > 2 &&
		(strcmp(args->word[2], "frames") == 0 || strcmp(args->word[2], "frame") == 0);
	if (!action_ends_at(action, in_frames ? 3 : 2))
		return false;
	if (args->count == 1)
		return true;
	if (!in_frames && arg_duration(args->word[1], &step->duration_ns)) {
		step->frames = 0;
		return true;
	}
	return arg_integer(args->word[1], 1, 1000000, &step->frames) ||
		action_refuse(action, "'%s' is not a time (500ms, 2s) or a number of frames",
			args->word[1]);
}

static enum progress start_step(struct action *action)
{
	struct server *server = action->runner->server;
	struct step_wait *step = action->data;
	struct output *output = output_first(server);
	if (step->frames)
		step->duration_ns = (uint64_t)step->frames *
			(output ? output->frame_clock.period_ns : NSEC_PER_SEC / 60);
	action->until_ns = clock_now_ns(server->clock) + step->duration_ns;
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
	.help = "lets time pass",
	.parse = parse_step,
	.start = start_step,
	.poll = poll_step,
	.finish = finish_step,
};

static bool parse_clock(struct action *action)
{
	const char *what = action->args.count > 1 ? action->args.word[1] : NULL;
	if (what && strcmp(what, "run") != 0 && strcmp(what, "stop") != 0)
		return action_usage(action);
	return action_ends_at(action, 2);
}

static enum progress start_clock(struct action *action)
{
	struct runner *runner = action->runner;
	const char *what = action->args.count > 1 ? action->args.word[1] : NULL;
	if (what && !clock_is_virtual(runner->server->clock))
		return action_fail(
			action, "the clock is real and cannot be held; use --clock virtual");
	if (what) {
		runner->free_run = strcmp(what, "run") == 0;
		runner->scripted = runner->scripted && !runner->free_run;
	}
	double now = (double)clock_now_ns(runner->server->clock) / (double)NSEC_PER_SEC;
	strbuf_printf(&action->result, "%.6f", now);
	if (!what)
		strbuf_printf(&action->text, "%.6f\n", now);
	return PROGRESS_DONE;
}

const struct verb verb_clock = {
	.name = "clock",
	.usage = "[run|stop]",
	.help = "releases or holds a virtual clock, or prints the time",
	.parse = parse_clock,
	.start = start_clock,
};
