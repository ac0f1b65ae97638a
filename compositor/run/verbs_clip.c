// SPDX-License-Identifier: MIT
// The clipboard and primary selection, both ways, and drops from outside.
#include <errno.h>
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/datasource.h"
#include "compositor/core/seat.h"
#include "compositor/core/selection.h"
#include "compositor/core/server.h"
#include "compositor/run/find.h"
#include "compositor/run/steps.h"
#include "compositor/run/verbs.h"
#include "compositor/run/watch.h"

#define CLIP_MAX (64 << 20)

static const char *const text_types[] = {
	"text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "TEXT", "STRING"};

// What the two forms of clip wait for.
struct clip {
	struct wl_event_source *reader;
	int fd;
	char *mime;
	struct out data;
	bool ended;
	int error;
	struct barrier barrier;
	bool is_set;
};

static void stop_reading(struct clip *clip)
{
	if (clip->reader)
		wl_event_source_remove(clip->reader);
	clip->reader = NULL;
	close_fd(&clip->fd);
}

static void finish_clip(struct action *action)
{
	struct clip *clip = action->data;
	if (!clip)
		return;
	stop_reading(clip);
	out_finish(&clip->data);
	barrier_finish(&clip->barrier);
	free(clip->mime);
	free(clip);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	struct clip *clip = data;
	char buffer[65536];
	ssize_t length = read(fd, buffer, sizeof(buffer));
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (length > 0 && clip->data.length + (size_t)length <= CLIP_MAX) {
		out_bytes(&clip->data, buffer, (size_t)length);
		return 0;
	}
	clip->error = length < 0 ? errno : length > 0 ? EFBIG : 0;
	clip->ended = true;
	stop_reading(clip);
	return 0;
}

static char *choose_type(struct data_source *source)
{
	for (size_t i = 0; i < array_length(text_types); i++)
		if (data_source_has(source, text_types[i]))
			return xstrdup(text_types[i]);
	return source->n_mimes ? xstrdup(source->mimes[0]) : NULL;
}

static enum progress start_get(
	struct action *action, struct clip *clip, struct selection *selection)
{
	struct data_source *source = selection->source;
	if (action->args.count != 2)
		return action_usage(action);
	if (!source)
		return action_fail(action, "it is empty");
	if (!clip->mime)
		clip->mime = choose_type(source);
	if (!clip->mime || !data_source_has(source, clip->mime)) {
		struct out out = {0};
		for (size_t i = 0; i < source->n_mimes; i++)
			out_format(&out, " %s", source->mimes[i]);
		action_fail(action, "it is not offered as %s; there are:%s",
			clip->mime ? clip->mime : "text", out_get(&out));
		out_finish(&out);
		return PROGRESS_FAILED;
	}
	int ends[2];
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return action_fail(action, "no pipe: %s", strerror(errno));
	// Only our end must not block: the other one belongs to a program.
	fcntl(ends[1], F_SETFL, 0);
	clip->fd = ends[0];
	clip->reader = wl_event_loop_add_fd(
		action->runner->server->loop, ends[0], WL_EVENT_READABLE, on_readable, clip);
	source->impl->send(source, clip->mime, ends[1]);
	watch_touch(action->runner->watch);
	return PROGRESS_WAIT;
}

static enum progress start_types(struct action *action, struct selection *selection)
{
	struct data_source *source = selection->source;
	out_text(&action->result, "[");
	for (size_t i = 0; source && i < source->n_mimes; i++) {
		out_text(&action->result, i ? "," : "");
		out_json(&action->result, source->mimes[i]);
		out_format(&action->text, "%s\n", source->mimes[i]);
	}
	out_text(&action->result, "]");
	return PROGRESS_DONE;
}

static struct data_source *source_from_words(
	struct action *action, size_t first, const char *mime, const char *file)
{
	struct wl_event_loop *loop = action->runner->server->loop;
	struct out data = {0};
	if (file) {
		FILE *stream = fopen(file, "re");
		char buffer[65536];
		size_t length = 0;
		while (stream && data.length <= CLIP_MAX &&
			(length = fread(buffer, 1, sizeof(buffer), stream)) > 0)
			out_bytes(&data, buffer, length);
		bool good = stream && !ferror(stream) && data.length <= CLIP_MAX;
		int reason = errno;
		if (stream)
			fclose(stream);
		if (!good) {
			action_fail(action, "%s: %s", file, strerror(reason));
			out_finish(&data);
			return NULL;
		}
	}
	for (size_t i = first; !file && i < action->args.count; i++)
		out_format(&data, "%s%s", i > first ? " " : "", action->args.word[i]);
	struct data_source *source = data_source_create_static(loop, mime ? &mime : text_types,
		mime ? 1 : array_length(text_types), out_get(&data), data.length);
	out_finish(&data);
	if (!source)
		action_fail(action, "no memory for the data");
	return source;
}

static enum progress start_set(
	struct action *action, struct clip *clip, struct selection *selection)
{
	struct server *server = action->runner->server;
	char *file = words_take(&action->args, 2, "file");
	bool usage = action->args.count < 3 && !file;
	struct data_source *source = usage ? NULL : source_from_words(action, 2, clip->mime, file);
	free(file);
	if (usage)
		return action_usage(action);
	if (!source)
		return PROGRESS_FAILED;
	if (!selection_set(selection, source, server_next_serial(server)))
		return action_fail(action, "the selection could not be set");
	return PROGRESS_WAIT;
}

static enum progress start_clip(struct action *action)
{
	struct seat *seat = action->runner->server->seat;
	struct clip *clip = xcalloc(1, sizeof(*clip));
	action->data = clip;
	clip->fd = -1;
	struct words *args = &action->args;
	struct selection *selection = &seat->clipboard;
	if (args->count < 2)
		return action_usage(action);
	if (args->count > 2 && strcmp(args->word[2], "primary") == 0) {
		selection = &seat->primary;
		words_remove(args, 2, 1);
	}
	clip->mime = words_take(args, 2, "mime");
	const char *what = args->word[1];
	enum progress progress;
	if (strcmp(what, "get") == 0)
		return start_get(action, clip, selection);
	if (strcmp(what, "types") == 0 && args->count == 2)
		return start_types(action, selection);
	if (strcmp(what, "set") == 0) {
		progress = start_set(action, clip, selection);
	} else if (strcmp(what, "clear") == 0 && args->count == 2) {
		selection_set(selection, NULL, server_next_serial(action->runner->server));
		progress = PROGRESS_WAIT;
	} else {
		progress = action_usage(action);
	}
	if (progress != PROGRESS_WAIT)
		return progress;
	clip->is_set = true;
	watch_touch(action->runner->watch);
	barrier_begin(&clip->barrier, action->runner->watch);
	barrier_add_focus(&clip->barrier);
	barrier_ask(&clip->barrier);
	return PROGRESS_WAIT;
}

static enum progress poll_clip(struct action *action)
{
	struct clip *clip = action->data;
	if (clip->is_set) {
		bool again = false, done = barrier_done(&clip->barrier, &again);
		action->runner->poll_again |= again;
		return done ? PROGRESS_DONE : PROGRESS_WAIT;
	}
	if (!clip->ended)
		return PROGRESS_WAIT;
	if (clip->error)
		return action_fail(action, "reading it: %s", strerror(clip->error));
	out_text(&action->result, "{\"mime\":");
	out_json(&action->result, clip->mime);
	if (utf8_valid(out_get(&clip->data), clip->data.length)) {
		out_text(&action->result, ",\"text\":");
		out_json_bytes(&action->result, out_get(&clip->data), clip->data.length);
	} else {
		out_text(&action->result, ",\"base64\":\"");
		out_base64(&action->result, out_get(&clip->data), clip->data.length);
		out_text(&action->result, "\"");
	}
	out_text(&action->result, "}");
	out_bytes(&action->text, out_get(&clip->data), clip->data.length);
	return PROGRESS_DONE;
}

static char *why_clip(struct action *action)
{
	struct clip *clip = action->data;
	if (!clip)
		return NULL;
	if (clip->is_set)
		return barrier_why(&clip->barrier);
	return xasprintf("the owner has sent %zu bytes and not closed the pipe", clip->data.length);
}

const struct verb verb_clip = {
	.name = "clip",
	.usage = "set [primary] [mime=TYPE] TEXT|file=PATH | get [primary] [mime=TYPE] | "
		 "types [primary] | clear [primary]",
	.help = "sets, reads and clears the clipboard",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.start = start_clip,
	.poll = poll_clip,
	.why = why_clip,
	.finish = finish_clip,
};

// A drag from outside: the seat's grab carries the data to the point, a release drops it.
static enum progress start_drop(struct action *action)
{
	struct seat *seat = action->runner->server->seat;
	struct steps *steps = steps_create(action);
	struct words *args = &action->args;
	struct place place;
	double x, y;
	if (!action_place(action, &place))
		return PROGRESS_FAILED;
	char *mime = words_take(args, 1, "mime"), *file = words_take(args, 1, "file");
	struct data_source *source = NULL;
	size_t at = 1;
	while (at < args->count && strcmp(args->word[at], "at") != 0)
		at++;
	if (at + 2 != args->count || (at == 1 && !file)) {
		action_usage(action);
		goto out;
	}
	if (!action_point(action, at + 1, &place, &x, &y))
		goto out;
	words_remove(args, at, 2);
	if (!seat->drag_sink || seat->drag) {
		action_fail(action,
			seat->drag ? "another drag is in progress" : "drops are not possible");
		goto out;
	}
	source = source_from_words(action, 1, mime, file);
	if (!source)
		goto out;
	source->actions = 1; // wl_data_device_manager.dnd_action copy
	source->has_actions = true;
	if (!drag_start(seat, source, NULL, NULL, seat->drag_sink, -1)) {
		source->impl->cancelled(source);
		action_fail(action, "the drag could not be started");
		goto out;
	}
	steps_move(steps, x - 1, y);
	steps_frame(steps);
	steps_barrier(steps);
	steps_move(steps, x, y);
	steps_frame(steps);
	steps_barrier(steps);
	steps_button(steps, BTN_LEFT, true);
	steps_button(steps, BTN_LEFT, false);
	steps_frame(steps);
	steps_barrier(steps);
out:
	free(mime);
	free(file);
	return action->error ? PROGRESS_FAILED : steps_poll(action);
}

const struct verb verb_drop = {
	.name = "drop",
	.usage = "[mime=TYPE] TEXT|file=PATH at X,Y [in PLACE]",
	.help = "drops data on a point",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.start = start_drop,
	.poll = steps_poll,
	.why = steps_why,
	.finish = steps_finish,
};
