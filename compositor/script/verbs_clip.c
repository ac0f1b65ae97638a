// SPDX-License-Identifier: MIT
// Verbs clip and drop: reading and setting the selections, and dropping data on a surface.
#include <errno.h>
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "compositor/base/datasource.h"
#include "compositor/base/pipe_reader.h"
#include "compositor/base/utf8.h"
#include "compositor/script/arguments.h"
#include "compositor/script/barrier.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/file_job.h"
#include "compositor/script/input_sequence.h"
#include "compositor/script/lookup.h"
#include "compositor/script/runner.h"
#include "compositor/script/verbs.h"
#include "compositor/seat/seat.h"
#include "compositor/seat/selection.h"
#include "compositor/server.h"

#define CLIP_MAX (64 << 20)
#define SILENCE_NS (3600 * NSEC_PER_SEC)

static const char *const text_types[] = {
	"text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "TEXT", "STRING"};

enum clip_verb {
	CLIP_GET,
	CLIP_TYPES,
	CLIP_SET,
	CLIP_CLEAR,
	CLIP_VERBS,
};

static const char *const clip_verb_names[CLIP_VERBS] = {"get", "types", "set", "clear"};

// State of the verb clip.
struct clip {
	enum clip_verb what;
	bool primary;
	char *file; // set: owned, or NULL
	// get
	struct pipe_reader reader;
	struct bytes *data; // owned
	char *mime;
	bool ended;
	int error;   // of the read
	bool is_set; // set and clear: the barrier is waited for
	struct barrier barrier;
};

static void finish_clip(struct action *action)
{
	struct clip *clip = action->data;
	if (!clip)
		return;
	pipe_reader_finish(&clip->reader);
	bytes_unref(clip->data);
	barrier_finish(&clip->barrier);
	free(clip->file);
	free(clip->mime);
	free(clip);
}

static void on_clip_read(void *data, struct bytes *bytes, int error)
{
	struct clip *clip = data;
	clip->data = bytes;
	clip->error = error;
	clip->ended = true;
}

static char *choose_text_type(struct data_source *source)
{
	for (size_t i = 0; i < array_length(text_types); i++)
		if (data_source_has(source, text_types[i]))
			return xstrdup(text_types[i]);
	return source->n_mimes ? xstrdup(source->mimes[0]) : NULL;
}

static enum progress start_clip_get(
	struct action *action, struct clip *clip, struct selection *selection)
{
	struct data_source *source = selection->source;
	if (!source)
		return action_fail(action, "the selection is empty");
	if (!clip->mime)
		clip->mime = choose_text_type(source);
	if (!clip->mime || !data_source_has(source, clip->mime)) {
		struct strbuf buf = {0};
		for (size_t i = 0; i < source->n_mimes; i++)
			strbuf_printf(&buf, " %s", source->mimes[i]);
		action_fail(action, "not offered as %s; offered types:%s",
			clip->mime ? clip->mime : "text", strbuf_get(&buf));
		strbuf_finish(&buf);
		return PROGRESS_FAILED;
	}
	// Silence is measured in real time, and longer than the limit of the verb.
	struct runner *runner = action->runner;
	int fd = pipe_reader_start(&clip->reader, runner->server->loop, runner->real, CLIP_MAX,
		SILENCE_NS, on_clip_read, clip);
	if (fd < 0)
		return action_fail(action, "cannot create a pipe: %s", strerror(errno));
	source->impl->send(source, clip->mime, fd);
	client_watch_note_activity(action->runner->watch);
	return PROGRESS_WAIT;
}

static enum progress start_clip_types(struct action *action, struct selection *selection)
{
	struct data_source *source = selection->source;
	strbuf_puts(&action->result, "[");
	for (size_t i = 0; source && i < source->n_mimes; i++) {
		strbuf_puts(&action->result, i ? "," : "");
		strbuf_json(&action->result, source->mimes[i]);
		strbuf_printf(&action->text, "%s\n", source->mimes[i]);
	}
	strbuf_puts(&action->result, "]");
	return PROGRESS_DONE;
}

static struct data_source *create_source(
	struct action *action, const char *mime, const char *data, size_t size)
{
	return data_source_create_static(action->runner->server->loop, mime ? &mime : text_types,
		mime ? 1 : array_length(text_types), data, size);
}

static struct selection *selection_of(struct action *action)
{
	const struct clip *clip = action->data;
	struct seat *seat = action->runner->server->seat;
	return clip->primary ? &seat->primary : &seat->clipboard;
}

// source NULL: clears the selection.
static enum progress set_selection(struct action *action, struct data_source *source)
{
	struct clip *clip = action->data;
	if (!selection_set(
		    selection_of(action), source, server_next_serial(action->runner->server)))
		return action_fail(action, "cannot set the selection");
	clip->is_set = true;
	client_watch_note_activity(action->runner->watch);
	barrier_begin(&clip->barrier, action->runner->watch);
	barrier_add_focus(&clip->barrier);
	barrier_ask(&clip->barrier);
	return PROGRESS_WAIT;
}

static enum progress start_clip_set(struct action *action, struct clip *clip)
{
	struct strbuf text = {0};
	if (clip->file)
		return file_job_read(action, clip->file, CLIP_MAX);
	action_join(action, 2, action->args.count, &text);
	enum progress progress = set_selection(
		action, create_source(action, clip->mime, strbuf_get(&text), text.length));
	strbuf_finish(&text);
	return progress;
}

// Sets the selection once the file is read.
static enum progress poll_clip_file(struct action *action)
{
	const struct clip *clip = action->data;
	enum progress progress = file_job_poll(action);
	if (progress != PROGRESS_DONE)
		return progress;
	size_t size;
	char *data = file_job_take(action, &size);
	file_job_finish(action);
	struct data_source *source = create_source(action, clip->mime, data, size);
	free(data);
	return set_selection(action, source);
}

static bool parse_clip(struct action *action)
{
	struct clip *clip = xcalloc(1, sizeof(*clip));
	struct words *args = &action->args;
	action->data = clip;
	if (args->count < 2)
		return action_usage(action);
	while (clip->what < CLIP_VERBS && strcmp(clip_verb_names[clip->what], args->word[1]) != 0)
		clip->what++;
	if (clip->what == CLIP_VERBS)
		return action_usage(action);
	if (args->count > 2 && strcmp(args->word[2], "primary") == 0) {
		clip->primary = true;
		words_remove(args, 2, 1);
	}
	if (clip->what == CLIP_GET || clip->what == CLIP_SET)
		clip->mime = words_take(args, 2, "mime");
	if (clip->what != CLIP_SET)
		return action_ends_at(action, 2);
	clip->file = words_take(args, 2, "file");
	if (clip->file)
		return action_ends_at(action, 2);
	return args->count > 2 || action_usage(action);
}

static enum progress start_clip(struct action *action)
{
	struct clip *clip = action->data;
	switch (clip->what) {
	case CLIP_GET:
		return start_clip_get(action, clip, selection_of(action));
	case CLIP_TYPES:
		return start_clip_types(action, selection_of(action));
	case CLIP_SET:
		return start_clip_set(action, clip);
	default:
		return set_selection(action, NULL);
	}
}

static enum progress poll_clip(struct action *action)
{
	struct clip *clip = action->data;
	if (action->job)
		return poll_clip_file(action);
	if (clip->is_set) {
		bool again = false, done = barrier_done(&clip->barrier, &again);
		action->runner->poll_again |= again;
		return done ? PROGRESS_DONE : PROGRESS_WAIT;
	}
	if (!clip->ended)
		return PROGRESS_WAIT;
	if (clip->error)
		return action_fail(action, "cannot read the selection: %s", strerror(clip->error));
	strbuf_puts(&action->result, "{\"mime\":");
	strbuf_json(&action->result, clip->mime);
	const struct bytes *data = clip->data;
	if (utf8_valid(data->data, data->size)) {
		strbuf_puts(&action->result, ",\"text\":");
		strbuf_json_bytes(&action->result, data->data, data->size);
	} else {
		strbuf_puts(&action->result, ",\"base64\":\"");
		strbuf_base64(&action->result, data->data, data->size);
		strbuf_puts(&action->result, "\"");
	}
	strbuf_puts(&action->result, "}");
	strbuf_add(&action->text, data->data, data->size);
	return PROGRESS_DONE;
}

static char *why_clip(struct action *action)
{
	struct clip *clip = action->data;
	if (clip->is_set)
		return barrier_why(&clip->barrier);
	return xasprintf(
		"the owner has sent %zu bytes and has not closed the pipe", clip->reader.used);
}

const struct verb verb_clip = {
	.name = "clip",
	.usage = "set [primary] [mime=TYPE] TEXT|file=PATH | get [primary] [mime=TYPE] | "
		 "types [primary] | clear [primary]",
	.help = "sets, reads or clears the clipboard",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.parse = parse_clip,
	.start = start_clip,
	.poll = poll_clip,
	.why = why_clip,
	.finish = finish_clip,
};

// A drop that nothing accepts would be taken as done.
static bool check_drop(struct action *action)
{
	struct seat *seat = action->runner->server->seat;
	struct drag *drag = seat->drag;
	struct surface *target = drag ? drag->focus.target : NULL;
	if (target && drag->accepted && drag->action)
		return true;
	char *name = target ? surface_name(target) : NULL;
	action_refuse(action, name ? "%s does not accept the data" : "%snothing there takes drops",
		name ? name : "");
	free(name);
	if (drag)
		drag_cancel(seat);
	return false;
}

static bool parse_drop(struct action *action)
{
	struct input_words *said = &input_sequence_create(action)->words;
	struct words *args = &action->args;
	if (!action_take_place(action))
		return false;
	said->mime = words_take(args, 1, "mime");
	said->file = words_take(args, 1, "file");
	size_t at = 1;
	while (at < args->count && strcmp(args->word[at], "at") != 0)
		at++;
	if (at == args->count || (at == 1 && !said->file))
		return action_usage(action);
	if (at > 1 && said->file)
		return action_refuse(action, "a text and file= exclude each other");
	if (!input_words_add_point(action, at + 1) || !action_ends_at(action, at + 2))
		return false;
	words_remove(args, at, 2);
	return true;
}

// Starts a drag without a client.
static bool begin_drop(struct action *action)
{
	struct seat *seat = action->runner->server->seat;
	const struct input_words *said = &((struct input_sequence *)action->data)->words;
	if (!seat->drag_sink || seat->drag)
		return action_refuse(action,
			seat->drag ? "another drag is in progress" : "drops are not supported");
	struct data_source *source =
		create_source(action, said->mime, said->data ? said->data : "", said->size);
	source->actions = 1; // wl_data_device_manager.dnd_action copy
	source->has_actions = true;
	if (drag_start(seat, source, NULL, NULL, seat->drag_sink, -1))
		return true;
	source->impl->cancelled(source);
	return action_refuse(action, "cannot start the drag");
}

// Moves the pointer with the data to the point and releases the button.
static bool build_drop(
	struct action *action, struct input_sequence *sequence, const struct place *place)
{
	double x, y;
	place_point(place, &sequence->words.points[0], &x, &y);
	input_sequence_aim(sequence, x, y);
	input_sequence_check(sequence, begin_drop);
	input_sequence_move(sequence, x - 1, y);
	input_sequence_frame(sequence);
	input_sequence_barrier(sequence);
	input_sequence_move(sequence, x, y);
	input_sequence_frame(sequence);
	input_sequence_barrier(sequence);
	input_sequence_check(sequence, check_drop);
	input_sequence_button(sequence, BTN_LEFT, true);
	input_sequence_button(sequence, BTN_LEFT, false);
	input_sequence_frame(sequence);
	return true;
}

static enum progress start_drop(struct action *action)
{
	struct input_words *said = &((struct input_sequence *)action->data)->words;
	struct strbuf text = {0};
	if (said->file)
		return file_job_read(action, said->file, CLIP_MAX);
	action_join(action, 1, action->args.count, &text);
	said->data = text.text;
	said->size = text.length;
	return input_sequence_start(action, build_drop);
}

static enum progress poll_drop(struct action *action)
{
	if (!action->job)
		return input_sequence_poll(action);
	enum progress progress = file_job_poll(action);
	if (progress != PROGRESS_DONE)
		return progress;
	struct input_words *said = &((struct input_sequence *)action->data)->words;
	said->data = file_job_take(action, &said->size);
	file_job_finish(action);
	return input_sequence_start(action, build_drop);
}

static char *why_drop(struct action *action)
{
	return action->job ? NULL : input_sequence_why(action);
}

const struct verb verb_drop = {
	.name = "drop",
	.usage = "[mime=TYPE] TEXT|file=PATH at X,Y [in PLACE]",
	.help = "drops data on a point",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.parse = parse_drop,
	.start = start_drop,
	.poll = poll_drop,
	.why = why_drop,
	.finish = input_sequence_finish,
};
