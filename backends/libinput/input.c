// SPDX-License-Identifier: MIT
// The libinput context: opens device files through the session, and dispatches events in order.
#include "backends/libinput/input.h"
#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backends/libinput/input_private.h"
#include "backends/session.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

static int on_open(const char *path, int flags, void *data)
{
	struct libinput_backend *input = data;
	int id;
	int fd = session_open(input->session, path, &id);
	if (fd < 0)
		return -errno;
	array_reserve(input->files, input->n_files, input->files_capacity);
	input->files[input->n_files++] = (struct input_file){fd, id};
	return fd;
}

static void on_close(int fd, void *data)
{
	struct libinput_backend *input = data;
	for (size_t i = 0; i < input->n_files; i++) {
		if (input->files[i].fd != fd)
			continue;
		session_close(input->session, input->files[i].id, fd);
		input->files[i] = input->files[--input->n_files];
		return;
	}
}

static const struct libinput_interface interface = {
	.open_restricted = on_open,
	.close_restricted = on_close,
};

static void on_log(struct libinput *libinput, enum libinput_log_priority priority,
	const char *format, va_list args)
{
	char line[512];
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = '\0';
	// Its errors are mostly slow event handling and unknown devices: nothing a user could fix.
	if (priority >= LIBINPUT_LOG_PRIORITY_ERROR)
		log_info("libinput: %s", line);
	else
		log_debug("libinput: %s", line);
}

// Events

void input_send(struct libinput_backend *input, const struct input_event *event)
{
	input->backend->sink->input(input->backend->sink_data, event);
}

static void send_pending_frame(struct libinput_backend *input)
{
	if (!input->frame_pending)
		return;
	input->frame_pending = false;
	input_send(input, &input->frame);
}

static bool is_tool(const struct input_event *event)
{
	return event->type >= INPUT_TOOL_PROXIMITY && event->type <= INPUT_TOOL_FRAME;
}

void input_send_framed(struct libinput_backend *input, const struct input_event *event,
	enum input_event_type frame)
{
	const struct input_event *due = &input->frame;
	if (due->device != event->device || due->time_us != event->time_us || due->type != frame ||
		(is_tool(event) && due->tool.tool != event->tool.tool))
		send_pending_frame(input);
	input_send(input, event);
	input->frame = (struct input_event){
		.type = frame, .device = event->device, .time_us = event->time_us};
	if (is_tool(event))
		input->frame.tool.tool = event->tool.tool;
	input->frame_pending = true;
}

static void handle_event(struct libinput_backend *input, struct libinput_event *event)
{
	struct libinput_device *handle = libinput_event_get_device(event);
	struct input_node *node = libinput_device_get_user_data(handle);
	switch (libinput_event_get_type(event)) {
	case LIBINPUT_EVENT_DEVICE_ADDED:
		input_node_add(input, handle);
		break;
	case LIBINPUT_EVENT_DEVICE_REMOVED:
		send_pending_frame(input);
		if (node)
			input_node_remove(node);
		break;
	default:
		if (node)
			input_handle(node, event);
		break;
	}
}

static void dispatch_events(struct libinput_backend *input)
{
	if (libinput_dispatch(input->libinput) < 0) {
		log_errno("input devices cannot be read");
		return;
	}
	struct libinput_event *event;
	while ((event = libinput_get_event(input->libinput))) {
		handle_event(input, event);
		libinput_event_destroy(event);
	}
	send_pending_frame(input);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	dispatch_events(data);
	return 0;
}

// Life

struct libinput_backend *libinput_backend_create(struct backend *backend,
	struct wl_event_loop *loop, struct session *session, struct udev *udev)
{
	struct libinput_backend *input = xcalloc(1, sizeof(*input));
	input->backend = backend;
	input->session = session;
	wl_list_init(&input->nodes);
	wl_list_init(&input->tools);
	input->libinput = libinput_udev_create_context(&interface, input, udev);
	if (!input->libinput) {
		log_error("libinput cannot be initialised");
		goto fail;
	}
	libinput_log_set_handler(input->libinput, on_log);
	libinput_log_set_priority(input->libinput,
		log_get_level() >= LOG_DEBUG ? LIBINPUT_LOG_PRIORITY_INFO
					     : LIBINPUT_LOG_PRIORITY_ERROR);
	if (libinput_udev_assign_seat(input->libinput, session_seat(session)) < 0) {
		log_error("libinput cannot use the seat \"%s\"", session_seat(session));
		goto fail;
	}
	// Devices that are present are reported by the first dispatch below.
	input->source = wl_event_loop_add_fd(
		loop, libinput_get_fd(input->libinput), WL_EVENT_READABLE, on_readable, input);
	if (!input->source) {
		log_errno("input devices cannot be watched");
		goto fail;
	}
	dispatch_events(input);
	if (wl_list_empty(&input->nodes))
		log_warn("no input devices found yet");
	return input;
fail:
	libinput_backend_destroy(input);
	return NULL;
}

void libinput_backend_destroy(struct libinput_backend *input)
{
	if (!input)
		return;
	if (input->source)
		wl_event_source_remove(input->source);
	struct input_node *node, *tmp;
	wl_list_for_each_safe(node, tmp, &input->nodes, link)
		input_node_remove(node);
	input_free_tools(input, NULL);
	if (input->libinput)
		libinput_unref(input->libinput);
	free(input->files);
	free(input);
}

void libinput_backend_suspend(struct libinput_backend *input)
{
	libinput_suspend(input->libinput);
	dispatch_events(input); // key releases and device removals caused by the suspend
}

bool libinput_backend_resume(struct libinput_backend *input)
{
	if (libinput_resume(input->libinput) < 0) {
		log_error("input devices cannot be opened again");
		return false;
	}
	dispatch_events(input);
	return true;
}

void libinput_backend_set_leds(struct libinput_backend *input, unsigned leds)
{
	struct input_node *node;
	input->leds = leds;
	wl_list_for_each(node, &input->nodes, link)
		input_node_set_leds(node, leds);
}
