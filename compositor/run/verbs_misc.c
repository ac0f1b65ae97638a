// SPDX-License-Identifier: MIT
// Lists, other programs, and the rest.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/child.h"
#include "compositor/core/layer.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "compositor/core/window.h"
#include "compositor/run/find.h"
#include "compositor/run/procs.h"
#include "compositor/run/verbs.h"
#include "compositor/run/watch.h"

static enum progress start_echo(struct action *action)
{
	struct out text = {0};
	for (size_t i = 1; i < action->args.count; i++)
		out_format(&text, "%s%s", i > 1 ? " " : "", action->args.word[i]);
	out_json(&action->result, out_get(&text));
	out_format(&action->text, "%s\n", out_get(&text));
	out_finish(&text);
	return PROGRESS_DONE;
}

const struct verb verb_echo = {
	.name = "echo",
	.usage = "TEXT",
	.help = "writes a line to standard output",
	.raw = true,
	.start = start_echo,
};

static void list_windows(struct action *action, const struct selector *selector)
{
	struct window *window;
	bool first = true;
	wl_list_for_each(window, &action->runner->server->windows, link) {
		struct selectable selectable;
		selectable_from(window, &selectable);
		if (!window->mapped || !selector_matches(selector, &selectable))
			continue;
		out_text(&action->result, first ? "" : ",");
		first = false;
		window_to_json(window, &action->result);
		window_to_text(window, &action->text);
	}
}

static const char *transform_name(enum transform transform)
{
	static const char *const names[] = {"normal", "90", "180", "270", "flipped", "flipped-90",
		"flipped-180", "flipped-270"};
	return names[transform & 7];
}

static void list_outputs(struct action *action)
{
	struct output *output;
	bool first = true;
	wl_list_for_each(output, &action->runner->server->outputs, link) {
		const struct mode *mode = &output->screen->mode;
		out_text(&action->result, first ? "{\"name\":" : ",{\"name\":");
		first = false;
		out_json(&action->result, output->name);
		out_format(&action->result,
			",\"enabled\":%s,\"x\":%d,\"y\":%d,\"width\":%d,\"height\":%d,\"mode\":{\"width\":%d,"
			"\"height\":%d,\"refresh\":%.3f},\"scale\":%g,\"transform\":\"%s\",\"frames\":%llu}",
			output->enabled ? "true" : "false", output->box.x, output->box.y,
			output->box.width, output->box.height, mode->width, mode->height,
			mode->refresh_mhz / 1000.0, output->scale,
			transform_name(output->transform), (unsigned long long)output->frames);
		out_format(&action->text,
			"%s %d,%d %dx%d mode %dx%d@%.3f scale %g transform %s%s\n", output->name,
			output->box.x, output->box.y, output->box.width, output->box.height,
			mode->width, mode->height, mode->refresh_mhz / 1000.0, output->scale,
			transform_name(output->transform), output->enabled ? "" : " off");
	}
}

static void list_clients(struct action *action)
{
	struct watch *watch = action->runner->watch;
	struct client_watch *client;
	bool first = true;
	wl_list_for_each(client, &watch->clients, link) {
		pid_t pid = client_pid(client->client);
		char *name = procs_name(pid);
		int surfaces = 0;
		uint64_t commits = 0;
		struct surface_watch *surface;
		wl_list_for_each(surface, &watch->surfaces, link) {
			if (wl_resource_get_client(surface->surface->resource) != client->client)
				continue;
			surfaces++;
			commits += surface->commits;
		}
		out_format(&action->result, "%s{\"pid\":%d,\"name\":", first ? "" : ",", (int)pid);
		first = false;
		out_json(&action->result, name);
		out_format(&action->result,
			",\"surfaces\":%d,\"commits\":%llu,\"unread\":%d,\"frozen\":%s}", surfaces,
			(unsigned long long)commits, client_unread(client->client),
			client->frozen ? "true" : "false");
		out_format(&action->text, "%d %s surfaces=%d commits=%llu%s\n", (int)pid, name,
			surfaces, (unsigned long long)commits, client->frozen ? " frozen" : "");
		free(name);
	}
}

static void list_layers(struct action *action)
{
	static const char *const names[] = {"background", "bottom", "top", "overlay"};
	struct layer_surface *layer;
	bool first = true;
	wl_list_for_each(layer, &action->runner->server->layers, link) {
		if (!layer->mapped)
			continue;
		const char *where = names[MIN(layer->current.layer, array_length(names) - 1)];
		out_text(&action->result, first ? "{\"namespace\":" : ",{\"namespace\":");
		first = false;
		out_json(&action->result, layer->namespace);
		out_format(&action->result,
			",\"layer\":\"%s\",\"x\":%d,\"y\":%d,\"width\":%d,\"height\":%d}", where,
			layer->box.x, layer->box.y, layer->box.width, layer->box.height);
		out_format(&action->text, "%s %s %d,%d %dx%d\n", layer->namespace, where,
			layer->box.x, layer->box.y, layer->box.width, layer->box.height);
	}
}

static enum progress start_list(struct action *action)
{
	const char *what = action->args.count > 1 ? action->args.word[1] : "windows";
	out_text(&action->result, "[");
	if (strcmp(what, "windows") == 0) {
		struct selector *selector = action_selector(action, MIN(2, action->args.count));
		if (!selector)
			return PROGRESS_FAILED;
		list_windows(action, selector);
		selector_destroy(selector);
	} else if (action->args.count != 2) {
		return action_usage(action);
	} else if (strcmp(what, "outputs") == 0) {
		list_outputs(action);
	} else if (strcmp(what, "clients") == 0) {
		list_clients(action);
	} else if (strcmp(what, "layers") == 0) {
		list_layers(action);
	} else {
		return action_usage(action);
	}
	out_text(&action->result, "]");
	return PROGRESS_DONE;
}

const struct verb verb_list = {
	.name = "list",
	.usage = "windows [SELECTOR] | outputs | clients | layers",
	.help = "tells what there is",
	.start = start_list,
};

struct program {
	struct child *child; // NULL: ended
	int status;
	struct runner *runner;
};

static void on_program_ended(struct child *child, int status, void *data)
{
	struct program *program = data;
	program->child = NULL;
	program->status = status;
}

static struct child *start_program(struct action *action, struct program *program)
{
	struct runner *runner = action->runner;
	if (action->args.count < 2) {
		action_usage(action);
		return NULL;
	}
	if (!runner->children) {
		action_fail(action, "no programs can be started here");
		return NULL;
	}
	struct child *child =
		child_spawn(runner->children, (const char *const *)action->args.word + 1,
			runner->child_env, program ? on_program_ended : NULL, program);
	if (!child)
		action_fail(action, "%s: %s", action->args.word[1], strerror(errno));
	return child;
}

static enum progress start_exec(struct action *action)
{
	struct program *program = xcalloc(1, sizeof(*program));
	action->data = program;
	program->child = start_program(action, program);
	return program->child ? PROGRESS_WAIT : PROGRESS_FAILED;
}

static enum progress poll_exec(struct action *action)
{
	struct program *program = action->data;
	if (program->child)
		return PROGRESS_WAIT;
	if (program->status != 0) {
		char *how = describe_status(program->status);
		action_fail(action, "%s %s", action->args.word[1], how);
		free(how);
		return PROGRESS_FAILED;
	}
	return PROGRESS_DONE;
}

static char *why_exec(struct action *action)
{
	return xstrdup("the program still runs");
}

static void finish_exec(struct action *action)
{
	struct program *program = action->data;
	if (program && program->child) {
		program->child->ended = NULL;
		child_kill(program->child, SIGTERM);
	}
	free(program);
}

const struct verb verb_exec = {
	.name = "exec",
	.usage = "[timeout=TIME] COMMAND [ARGUMENT...]",
	.help = "runs another program and waits for its success",
	.is_command = true,
	.takes_time = true,
	.limit_ns = 60 * NSEC_PER_SEC,
	.start = start_exec,
	.poll = poll_exec,
	.why = why_exec,
	.finish = finish_exec,
};

static enum progress start_spawn(struct action *action)
{
	struct child *child = start_program(action, NULL);
	if (!child)
		return PROGRESS_FAILED;
	out_format(&action->result, "%d", (int)child->pid);
	out_format(&action->text, "%d\n", (int)child->pid);
	return PROGRESS_DONE;
}

const struct verb verb_spawn = {
	.name = "spawn",
	.usage = "COMMAND [ARGUMENT...]",
	.help = "starts another program and goes on",
	.raw = true,
	.quiet = true,
	.start = start_spawn,
};

static enum progress start_quit(struct action *action)
{
	long status = 0;
	if (action->args.count > 2 ||
		(action->args.count == 2 && !arg_integer(action->args.word[1], 0, 255, &status)))
		return action_usage(action);
	runner_ask_end(action->runner, (int)status);
	return PROGRESS_DONE;
}

const struct verb verb_quit = {
	.name = "quit",
	.usage = "[STATUS]",
	.help = "ends the compositor",
	.start = start_quit,
};

static enum progress start_help(struct action *action)
{
	out_text(&action->result, "[");
	for (const struct verb *const *verb = verbs; *verb; verb++) {
		if (action->args.count > 1 && strcmp(action->args.word[1], (*verb)->name) != 0)
			continue;
		out_text(&action->result, action->result.length > 1 ? "," : "");
		out_json(&action->result, (*verb)->name);
		out_format(&action->text, "%s%s%s\n    %s\n", (*verb)->name,
			*(*verb)->usage ? " " : "", (*verb)->usage, (*verb)->help);
	}
	out_text(&action->result, "]");
	return PROGRESS_DONE;
}

const struct verb verb_help = {
	.name = "help",
	.usage = "[VERB]",
	.help = "tells the verbs",
	.start = start_help,
};
