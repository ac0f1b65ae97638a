// SPDX-License-Identifier: MIT
// The verb output: adds, removes and reconfigures outputs.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/transform_names.h"
#include "compositor/output/output.h"
#include "compositor/script/barrier.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/lookup.h"
#include "compositor/script/runner.h"
#include "compositor/script/verbs.h"
#include "compositor/server.h"

static bool parse_transform(const char *text, enum transform *transform)
{
	for (size_t i = 0; transform_names[i]; i++) {
		if (strcmp(transform_names[i], text) != 0)
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

enum output_verb {
	OUTPUT_ADD,
	OUTPUT_REMOVE,
	OUTPUT_ON,
	OUTPUT_OFF,
	OUTPUT_MODE,
	OUTPUT_SCALE,
	OUTPUT_TRANSFORM,
	OUTPUT_POSITION,
	OUTPUT_VERBS,
};

static const char *const output_verb_names[OUTPUT_VERBS] = {
	"add", "remove", "on", "off", "mode", "scale", "transform", "position"};

struct output_job {
	enum output_verb what;
	const char *name; // of the output; NULL: the back end chooses it
	int width, height;
	double refresh, scale; // 0: not given
	enum transform transform;
	int x, y;
	struct barrier barrier;
};

static bool parse_add(struct action *action, struct output_job *job)
{
	struct words *args = &action->args;
	const char *size = args->word[args->count > 3 ? 3 : 2];
	job->name = args->count > 3 ? args->word[2] : NULL;
	if (!parse_mode(size, &job->width, &job->height, &job->scale))
		return action_refuse(action,
			"'%s' is not a size; write WIDTHxHEIGHT or WIDTHxHEIGHT@SCALE", size);
	if (job->scale && (job->scale < OUTPUT_SCALE_MIN || job->scale > OUTPUT_SCALE_MAX))
		return action_refuse(action, "'%s': the scale is not from %g to %g", size,
			OUTPUT_SCALE_MIN, OUTPUT_SCALE_MAX);
	return action_ends_at(action, 4);
}

static bool parse_value(struct action *action, struct output_job *job, const char *value)
{
	double x, y;
	switch (job->what) {
	case OUTPUT_MODE:
		if (!parse_mode(value, &job->width, &job->height, &job->refresh))
			return action_refuse(
				action, "'%s' is not a mode; write WIDTHxHEIGHT[@HZ]", value);
		return !job->refresh || job->refresh >= 1 ||
			action_refuse(action, "the refresh rate must be 1 to 1000 Hz");
	case OUTPUT_SCALE:
		return (arg_number(value, &job->scale) && job->scale >= OUTPUT_SCALE_MIN &&
			       job->scale <= OUTPUT_SCALE_MAX) ||
			action_refuse(action, "'%s' is not a scale from %g to %g", value,
				OUTPUT_SCALE_MIN, OUTPUT_SCALE_MAX);
	case OUTPUT_TRANSFORM:
		return parse_transform(value, &job->transform) ||
			action_refuse(action,
				"'%s' is not a transform: normal, 90, 180, 270, flipped, flipped-90, ...",
				value);
	case OUTPUT_POSITION:
		if (!arg_pair(value, &x, &y) || fabs(x) > 1e6 || fabs(y) > 1e6)
			return action_refuse(action, "'%s' is not a point; write X,Y", value);
		job->x = (int)x;
		job->y = (int)y;
		return true;
	default:
		return true;
	}
}

static bool parse_output(struct action *action)
{
	struct words *args = &action->args;
	struct output_job *job = xcalloc(1, sizeof(*job));
	action->data = job;
	if (args->count < 3)
		return action_usage(action);
	while (job->what < OUTPUT_VERBS && strcmp(output_verb_names[job->what], args->word[1]) != 0)
		job->what++;
	if (job->what == OUTPUT_VERBS)
		return action_usage(action);
	if (job->what == OUTPUT_ADD)
		return parse_add(action, job);
	job->name = args->word[2];
	if (job->what < OUTPUT_MODE)
		return action_ends_at(action, 3);
	if (args->count < 4)
		return action_usage(action);
	return parse_value(action, job, args->word[3]) && action_ends_at(action, 4);
}

static bool refuse_change(struct action *action)
{
	return action_refuse(action, "the back end does not support that");
}

static bool apply_change(struct action *action, const struct output_change *change)
{
	return outputs_apply(action->runner->server, change, 1, false) || refuse_change(action);
}

static bool add_output(struct action *action, const struct output_job *job)
{
	struct server *server = action->runner->server;
	if (job->name && output_by_name(server, job->name))
		return action_refuse(action, "output '%s' already exists", job->name);
	if (wl_list_length(&server->outputs) >= OUTPUTS_MAX)
		return action_refuse(
			action, "there are %d outputs already, which is the limit", OUTPUTS_MAX);
	if (!server->backend->impl->add_screen)
		return refuse_change(action);
	struct screen *screen = server->backend->impl->add_screen(
		server->backend, job->name, job->width, job->height, 0);
	if (!screen)
		return refuse_change(action);
	struct output *output = output_by_name(server, screen->name);
	if (!output)
		return action_refuse(action, "the screen '%s' was not taken", screen->name);
	strbuf_json(&action->result, screen->name);
	strbuf_printf(&action->text, "%s\n", screen->name);
	if (!job->scale)
		return true;
	struct output_change change = output_change_none(output);
	change.scale = job->scale;
	return apply_change(action, &change);
}

static bool remove_output(struct action *action, struct output *output)
{
	const struct backend_impl *impl = output->screen->backend->impl;
	return (impl->remove_screen && impl->remove_screen(output->screen)) ||
		refuse_change(action);
}

static bool change_output(
	struct action *action, const struct output_job *job, struct output *output)
{
	struct output_change change = output_change_none(output);
	switch (job->what) {
	case OUTPUT_ON:
	case OUTPUT_OFF:
		change.enabled = job->what == OUTPUT_ON;
		break;
	case OUTPUT_MODE:
		change.mode = (struct mode){
			.width = job->width,
			.height = job->height,
			.refresh_mhz = job->refresh > 0 ? (int)lround(job->refresh * 1000)
							: output->screen->mode.refresh_mhz,
		};
		break;
	case OUTPUT_SCALE:
		change.scale = job->scale;
		break;
	case OUTPUT_TRANSFORM:
		change.transform = job->transform;
		break;
	case OUTPUT_POSITION:
		change.has_position = true;
		change.x = job->x;
		change.y = job->y;
		break;
	default:
		break;
	}
	return apply_change(action, &change);
}

static enum progress start_output(struct action *action)
{
	struct output_job *job = action->data;
	bool ok;
	if (job->what == OUTPUT_ADD) {
		ok = add_output(action, job);
	} else {
		struct output *output = action_output(action, job->name);
		ok = output &&
			(job->what == OUTPUT_REMOVE ? remove_output(action, output)
						    : change_output(action, job, output));
	}
	if (!ok)
		return PROGRESS_FAILED;
	client_watch_note_activity(action->runner->watch);
	barrier_begin(&job->barrier, action->runner->watch);
	barrier_add_all(&job->barrier);
	barrier_ask(&job->barrier);
	return PROGRESS_WAIT;
}

static enum progress poll_output(struct action *action)
{
	struct output_job *job = action->data;
	bool again = false;
	bool done = barrier_done(&job->barrier, &again);
	action->runner->poll_again |= again;
	return done ? PROGRESS_DONE : PROGRESS_WAIT;
}

static char *why_output(struct action *action)
{
	struct output_job *job = action->data;
	return barrier_why(&job->barrier);
}

static void finish_output(struct action *action)
{
	struct output_job *job = action->data;
	if (job)
		barrier_finish(&job->barrier);
	free(job);
}

const struct verb verb_output = {
	.name = "output",
	.usage = "add [NAME] WxH[@SCALE] | remove NAME | mode NAME WxH[@HZ] | scale NAME S | "
		 "transform NAME T | position NAME X,Y | on NAME | off NAME",
	.help = "adds, removes or reconfigures an output",
	.quiet = true,
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.parse = parse_output,
	.start = start_output,
	.poll = poll_output,
	.why = why_output,
	.finish = finish_output,
};
