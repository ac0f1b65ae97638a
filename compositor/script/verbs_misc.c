// SPDX-License-Identifier: MIT
// Verbs echo, list, exec, spawn, quit and help.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/child.h"
#include "compositor/base/transform_names.h"
#include "compositor/output/output.h"
#include "compositor/script/arguments.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/lookup.h"
#include "compositor/script/procs.h"
#include "compositor/script/runner.h"
#include "compositor/script/selector.h"
#include "compositor/script/verbs.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/layer.h"
#include "compositor/window/window.h"

static bool parse_echo(struct action *action)
{
	return true; // any text, also none
}

static enum progress start_echo(struct action *action)
{
	struct strbuf text = {0};
	action_join(action, 1, action->args.count, &text);
	strbuf_json(&action->result, strbuf_get(&text));
	strbuf_printf(&action->text, "%s\n", strbuf_get(&text));
	strbuf_finish(&text);
	return PROGRESS_DONE;
}

const struct verb verb_echo = {
	.name = "echo",
	.usage = "TEXT",
	.help = "writes a line to standard output",
	.raw = true,
	.parse = parse_echo,
	.start = start_echo,
};

static void list_windows(struct action *action)
{
	struct window *window;
	bool first = true;
	wl_list_for_each(window, &action->runner->server->windows, link) {
		struct window_facts facts;
		lookup_describe_window(window, &facts);
		if (!window->mapped || !selector_matches(action->selector, &facts))
			continue;
		strbuf_puts(&action->result, first ? "" : ",");
		first = false;
		window_to_json(window, &action->result);
		window_to_text(window, &action->text);
	}
}

static void list_outputs(struct action *action)
{
	struct output *output;
	bool first = true;
	wl_list_for_each(output, &action->runner->server->outputs, link) {
		const struct mode *mode = &output->screen->mode;
		strbuf_puts(&action->result, first ? "{\"name\":" : ",{\"name\":");
		first = false;
		strbuf_json(&action->result, output->name);
		strbuf_printf(&action->result,
			",\"enabled\":%s,\"x\":%d,\"y\":%d,\"width\":%d,\"height\":%d,\"mode\":{\"width\":%d,"
			"\"height\":%d,\"refresh\":%.3f},\"scale\":%g,\"transform\":\"%s\",\"frames\":%llu}",
			output->enabled ? "true" : "false", output->box.x, output->box.y,
			output->box.width, output->box.height, mode->width, mode->height,
			mode->refresh_mhz / 1000.0, output->scale,
			transform_names[output->transform], (unsigned long long)output->frames);
		strbuf_printf(&action->text,
			"%s %d,%d %dx%d mode %dx%d@%.3f scale %g transform %s%s\n", output->name,
			output->box.x, output->box.y, output->box.width, output->box.height,
			mode->width, mode->height, mode->refresh_mhz / 1000.0, output->scale,
			transform_names[output->transform], output->enabled ? "" : " off");
	}
}

static void list_clients(struct action *action)
{
	struct client_watch *watch = action->runner->watch;
	struct watched_client *client;
	bool first = true;
	wl_list_for_each(client, &watch->clients, link) {
		pid_t pid = client_pid(client->client);
		char *name = procs_name(pid);
		int surfaces = 0;
		uint64_t commits = 0;
		struct watched_surface *surface;
		wl_list_for_each(surface, &watch->surfaces, link) {
			if (wl_resource_get_client(surface->surface->resource) != client->client)
				continue;
			surfaces++;
			commits += surface->commits;
		}
		strbuf_printf(
			&action->result, "%s{\"pid\":%d,\"name\":", first ? "" : ",", (int)pid);
		first = false;
		strbuf_json(&action->result, name);
		strbuf_printf(&action->result,
			",\"surfaces\":%d,\"commits\":%llu,\"unread\":%d,\"frozen\":%s}", surfaces,
			(unsigned long long)commits, client_unread(client->client),
			client->frozen ? "true" : "false");
		strbuf_printf(&action->text, "%d %s surfaces=%d commits=%llu%s\n", (int)pid, name,
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
		strbuf_puts(&action->result, first ? "{\"namespace\":" : ",{\"namespace\":");
		first = false;
		strbuf_json(&action->result, layer->namespace);
		strbuf_printf(&action->result,
			",\"layer\":\"%s\",\"x\":%d,\"y\":%d,\"width\":%d,\"height\":%d}", where,
			layer->box.x, layer->box.y, layer->box.width, layer->box.height);
		strbuf_name(&action->text, layer->namespace);
		strbuf_printf(&action->text, " %s %d,%d %dx%d\n", where, layer->box.x, layer->box.y,
			layer->box.width, layer->box.height);
	}
}

static const struct {
	const char *name;
	void (*list)(struct action *action);
} lists[] = {
	{"windows", list_windows},
	{"outputs", list_outputs},
	{"clients", list_clients},
	{"layers", list_layers},
	{"keyboards", list_keyboards},
};

static bool parse_list(struct action *action)
{
	const char *what = action->args.count > 1 ? action->args.word[1] : "windows";
	for (size_t i = 0; i < array_length(lists); i++) {
		if (strcmp(lists[i].name, what) != 0)
			continue;
		if (lists[i].list == list_windows)
			return action_take_selector(action, 2);
		return action_ends_at(action, 2);
	}
	return action_usage(action);
}

static enum progress start_list(struct action *action)
{
	const char *what = action->args.count > 1 ? action->args.word[1] : "windows";
	strbuf_puts(&action->result, "[");
	for (size_t i = 0; i < array_length(lists); i++)
		if (strcmp(lists[i].name, what) == 0)
			lists[i].list(action);
	strbuf_puts(&action->result, "]");
	return PROGRESS_DONE;
}

const struct verb verb_list = {
	.name = "list",
	.usage = "windows [SELECTOR] | outputs | clients | layers | keyboards",
	.help = "lists windows, outputs, clients, layer surfaces or keyboards",
	.parse = parse_list,
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
	if (!runner->children) {
		action_fail(action, "programs cannot be started here");
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
		char *how = wait_status_describe(program->status);
		action_fail(action, "%s %s", action->args.word[1], how);
		free(how);
		return PROGRESS_FAILED;
	}
	return PROGRESS_DONE;
}

static char *why_exec(struct action *action)
{
	return xstrdup("the program is still running");
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
	.help = "runs another program, which must succeed",
	.is_command = true,
	.takes_time = true,
	.limit_ns = 60 * NSEC_PER_SEC,
	.parse = action_takes_any_words,
	.start = start_exec,
	.poll = poll_exec,
	.why = why_exec,
	.finish = finish_exec,
};

static enum progress start_spawn(struct action *action)
{
	struct child *child = start_program(action, NULL);
	struct shell *shell = action->runner->server->shell;
	if (!child)
		return PROGRESS_FAILED;
	if (shell && shell->impl->launched)
		shell->impl->launched(shell);
	strbuf_printf(&action->result, "%d", (int)child->pid);
	strbuf_printf(&action->text, "%d\n", (int)child->pid);
	return PROGRESS_DONE;
}

const struct verb verb_spawn = {
	.name = "spawn",
	.usage = "COMMAND [ARGUMENT...]",
	.help = "starts another program without waiting for it",
	.raw = true,
	.quiet = true,
	.parse = action_takes_any_words,
	.start = start_spawn,
};

static bool parse_quit(struct action *action)
{
	long status = 0;
	if (action->args.count > 1 && !arg_integer(action->args.word[1], 0, 255, &status))
		return action_refuse(
			action, "'%s' is not a status from 0 to 255", action->args.word[1]);
	long *kept = xcalloc(1, sizeof(*kept));
	*kept = status;
	action->data = kept;
	return action_ends_at(action, 2);
}

static enum progress start_quit(struct action *action)
{
	runner_request_exit(action->runner, (int)*(const long *)action->data);
	return PROGRESS_DONE;
}

const struct verb verb_quit = {
	.name = "quit",
	.usage = "[STATUS]",
	.help = "ends the compositor",
	.parse = parse_quit,
	.start = start_quit,
};

static bool parse_help(struct action *action)
{
	if (action->args.count > 1 && !verb_find(action->args.word[1]))
		return action_refuse(action, "there is no verb '%s'", action->args.word[1]);
	return action_ends_at(action, 2);
}

static enum progress start_help(struct action *action)
{
	strbuf_puts(&action->result, "[");
	for (const struct verb *const *verb = verbs; *verb; verb++) {
		if (action->args.count > 1 && strcmp(action->args.word[1], (*verb)->name) != 0)
			continue;
		strbuf_puts(&action->result, action->result.length > 1 ? "," : "");
		strbuf_json(&action->result, (*verb)->name);
		strbuf_printf(&action->text, "%s%s%s\n    %s\n", (*verb)->name,
			*(*verb)->usage ? " " : "", (*verb)->usage, (*verb)->help);
	}
	strbuf_puts(&action->result, "]");
	return PROGRESS_DONE;
}

const struct verb verb_help = {
	.name = "help",
	.usage = "[VERB]",
	.help = "lists the verbs",
	.parse = parse_help,
	.start = start_help,
};
