// SPDX-License-Identifier: MIT
// Outputs that come, go and change at run time.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/run/find.h"
#include "compositor/run/verbs.h"
#include "compositor/run/watch.h"

static bool parse_transform(const char *text, enum transform *transform)
{
	static const char *const names[] = {"normal", "90", "180", "270", "flipped", "flipped-90",
		"flipped-180", "flipped-270"};
	for (size_t i = 0; i < array_length(names); i++) {
		if (strcmp(names[i], text) != 0)
			continue;
		*transform = (enum transform)i;
		return true;
	}
	return false;
}

// "WxH", "WxH@HZ" for a mode, "WxH@SCALE" for a new output.
static bool parse_mode(const char *text, int *width, int *height, double *after)
{
	char *rest;
	*after = 0;
	if (!arg_size(text, width, height, &rest))
		return false;
	return !*rest ||
		(*rest == '@' && arg_number(rest + 1, after) && *after > 0 && *after <= 1000);
}

static enum progress refused(struct action *action)
{
	return action_fail(action, "the back end does not allow that");
}

static enum progress apply(struct action *action, const struct output_change *change)
{
	return outputs_apply(action->runner->server, change, 1, false) ? PROGRESS_WAIT
								       : refused(action);
}

static enum progress add_output(struct action *action)
{
	struct server *server = action->runner->server;
	struct words *args = &action->args;
	int width, height;
	double scale;
	const char *name = args->count == 4 ? args->word[2] : NULL;
	if (args->count < 3 || args->count > 4)
		return action_usage(action);
	if (!parse_mode(args->word[args->count - 1], &width, &height, &scale))
		return action_fail(action,
			"'%s' is not a size; write WIDTHxHEIGHT or WIDTHxHEIGHT@SCALE",
			args->word[args->count - 1]);
	if (scale > 16)
		return action_fail(action, "a scale above 16 is not possible");
	if (name && output_by_name(server, name))
		return action_fail(action, "there is an output '%s' already", name);
	if (!server->backend->impl->add_screen)
		return refused(action);
	struct screen *screen =
		server->backend->impl->add_screen(server->backend, name, width, height, 0);
	if (!screen)
		return refused(action);
	out_json(&action->result, screen->name);
	out_format(&action->text, "%s\n", screen->name);
	struct output *output = output_by_name(server, screen->name);
	if (scale > 0 && output) {
		struct output_change change = output_change_none(output);
		change.scale = scale;
		return apply(action, &change);
	}
	return PROGRESS_WAIT;
}

static enum progress change_output(struct action *action, const char *what, struct output *output)
{
	struct words *args = &action->args;
	struct output_change change = output_change_none(output);
	const char *value = args->count == 4 ? args->word[3] : NULL;
	double number, x, y;
	int width, height;
	if (strcmp(what, "on") == 0 || strcmp(what, "off") == 0) {
		if (args->count != 3)
			return action_usage(action);
		change.enabled = strcmp(what, "on") == 0;
		return apply(action, &change);
	}
	if (!value)
		return action_usage(action);
	if (strcmp(what, "mode") == 0) {
		if (!parse_mode(value, &width, &height, &number))
			return action_fail(
				action, "'%s' is not a mode; write WIDTHxHEIGHT[@HZ]", value);
		change.mode = (struct mode){
			.width = width,
			.height = height,
			.refresh_mhz = number > 0 ? (int)lround(number * 1000)
						  : output->screen->mode.refresh_mhz,
		};
	} else if (strcmp(what, "scale") == 0) {
		if (!arg_number(value, &number) || number < 0.1 || number > 16)
			return action_fail(action, "'%s' is not a scale from 0.1 to 16", value);
		change.scale = number;
	} else if (strcmp(what, "transform") == 0) {
		if (!parse_transform(value, &change.transform))
			return action_fail(action,
				"'%s' is not a transform: normal, 90, 180, 270, flipped, flipped-90, ...",
				value);
	} else if (strcmp(what, "position") == 0) {
		if (!arg_pair(value, &x, &y) || fabs(x) > 1e6 || fabs(y) > 1e6)
			return action_fail(action, "'%s' is not a point; write X,Y", value);
		change.has_position = true;
		change.x = (int)x;
		change.y = (int)y;
	} else {
		return action_usage(action);
	}
	return apply(action, &change);
}

static enum progress start_output(struct action *action)
{
	struct words *args = &action->args;
	if (args->count < 3)
		return action_usage(action);
	struct barrier *barrier = xcalloc(1, sizeof(*barrier));
	action->data = barrier;
	const char *what = args->word[1];
	enum progress progress;
	if (strcmp(what, "add") == 0) {
		progress = add_output(action);
	} else {
		struct output *output = action_output(action, args->word[2]);
		if (!output)
			return PROGRESS_FAILED;
		if (strcmp(what, "remove") != 0)
			progress = change_output(action, what, output);
		else if (args->count != 3)
			return action_usage(action);
		else if (!output->screen->backend->impl->remove_screen ||
			!output->screen->backend->impl->remove_screen(output->screen))
			return refused(action);
		else
			progress = PROGRESS_WAIT;
	}
	if (progress != PROGRESS_WAIT)
		return progress;
	watch_touch(action->runner->watch);
	barrier_begin(barrier, action->runner->watch);
	barrier_add_all(barrier);
	barrier_ask(barrier);
	return PROGRESS_WAIT;
}

static enum progress poll_output(struct action *action)
{
	bool again = false;
	bool done = barrier_done(action->data, &again);
	action->runner->poll_again |= again;
	return done ? PROGRESS_DONE : PROGRESS_WAIT;
}

static char *why_output(struct action *action)
{
	return action->data ? barrier_why(action->data) : NULL;
}

static void finish_output(struct action *action)
{
	if (!action->data)
		return;
	barrier_finish(action->data);
	free(action->data);
}

const struct verb verb_output = {
	.name = "output",
	.usage = "add [NAME] WxH[@SCALE] | remove NAME | mode NAME WxH[@HZ] | scale NAME S | "
		 "transform NAME T | position NAME X,Y | on NAME | off NAME",
	.help = "adds, removes and changes outputs",
	.quiet = true,
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.start = start_output,
	.poll = poll_output,
	.why = why_output,
	.finish = finish_output,
};
