// SPDX-License-Identifier: MIT
// Writes FOLDER/OUTPUT-000001.png for each frame, and FOLDER/events.log.
#include "compositor/picture/record.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/outfile.h"
#include "compositor/base/png.h"
#include "compositor/output/output.h"
#include "compositor/picture/shot.h"
#include "compositor/server.h"
#include "compositor/window/window.h"

struct record {
	struct server *server;
	char *folder; // owned
	struct outfile events;
	uint64_t start_ns, frames;
	bool failed; // a picture; logged once
	struct wl_listener frame_done, window_added, outputs_changed;
};

void record_note(struct record *record, const char *what)
{
	if (!record)
		return;
	uint64_t time_us = (clock_now_ns(record->server->clock) - record->start_ns) / NSEC_PER_USEC;
	char *line = xasprintf(
		"[%4" PRIu64 ".%06" PRIu64 "] %s\n", time_us / 1000000, time_us % 1000000, what);
	outfile_write(&record->events, line, strlen(line));
	outfile_flush(&record->events);
	free(line);
}

static void on_frame_done(struct wl_listener *listener, void *data)
{
	struct record *record = wl_container_of(listener, record, frame_done);
	struct output *output = data;
	if (!pixman_region32_not_empty(&output->last_damage))
		return;
	char *error = NULL;
	struct image *image = shot_output(output, false, &error);
	char *path = xasprintf(
		"%s/%s-%06" PRIu64 ".png", record->folder, output->name, ++record->frames);
	if ((!image || !png_save(image, path, &error)) && !record->failed) {
		record->failed = true;
		log_error("recording: %s", error);
	}
	char *note = xasprintf("frame %s-%06" PRIu64 ".png", output->name, record->frames);
	record_note(record, note);
	free(note);
	free(path);
	free(error);
	image_destroy(image);
}

void record_end_frames(struct record *record)
{
	if (!record)
		return;
	wl_list_remove(&record->frame_done.link);
	wl_list_init(&record->frame_done.link);
}

static void on_window_added(struct wl_listener *listener, void *data)
{
	struct record *record = wl_container_of(listener, record, window_added);
	struct window *window = data;
	char *note = xasprintf("window %llu app_id=%s title=%s", (unsigned long long)window->id,
		window->app_id ? window->app_id : "", window->title ? window->title : "");
	for (char *c = note; *c; c++)
		if (*c == '\n')
			*c = ' ';
	record_note(record, note);
	free(note);
}

static void on_outputs_changed(struct wl_listener *listener, void *data)
{
	struct record *record = wl_container_of(listener, record, outputs_changed);
	record_note(record, "outputs changed");
}

struct record *record_create(struct server *server, const char *folder)
{
	struct record *record = xcalloc(1, sizeof(*record));
	wl_list_init(&record->frame_done.link);
	wl_list_init(&record->window_added.link);
	wl_list_init(&record->outputs_changed.link);
	record->server = server;
	record->folder = xstrdup(folder);
	record->start_ns = clock_now_ns(server->clock);
	char *path = xasprintf("%s/events.log", folder);
	if (!make_directories(folder, 0777)) {
		log_errno("%s", folder);
		goto fail;
	}
	if (!outfile_open(&record->events, path))
		goto fail;
	free(path);
	record->frame_done.notify = on_frame_done;
	wl_signal_add(&server->events.frame_done, &record->frame_done);
	record->window_added.notify = on_window_added;
	wl_signal_add(&server->events.window_added, &record->window_added);
	record->outputs_changed.notify = on_outputs_changed;
	wl_signal_add(&server->events.outputs_changed, &record->outputs_changed);
	return record;
fail:
	free(path);
	record_destroy(record);
	return NULL;
}

bool record_destroy(struct record *record)
{
	if (!record)
		return true;
	wl_list_remove(&record->frame_done.link);
	wl_list_remove(&record->window_added.link);
	wl_list_remove(&record->outputs_changed.link);
	bool complete = outfile_close(&record->events) && !record->failed;
	free(record->folder);
	free(record);
	return complete;
}
