// SPDX-License-Identifier: MIT
// libinput's context: opens files through the session, and hands its events on in order.
#include "backends/libinput/input.h"
#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "backends/libinput/input_parts.h"
#include "backends/session.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

static int on_open(const char *path, int flags, void *data)
{
	struct drm_input *input = data;
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
	struct drm_input *input = data;
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
	// That it cannot keep up, or does not know a device, is nothing that its user did wrong.
	if (priority >= LIBINPUT_LOG_PRIORITY_ERROR)
		log_info("libinput: %s", line);
	else
		log_debug("libinput: %s", line);
}

// Events

void input_send(struct drm_input *input, const struct input_event *event)
{
	input->backend->sink->input(input->backend->sink_data, event);
}

static void send_frame(struct drm_input *input)
{
	if (!input->frame_due)
		return;
	input->frame_due = false;
	input_send(input, &input->frame);
}

static bool is_tool(const struct input_event *event)
{
	return event->type >= INPUT_TOOL_PROXIMITY && event->type <= INPUT_TOOL_FRAME;
}

void input_send_framed(
	struct drm_input *input, const struct input_event *event, enum input_event_type frame)
{
	const struct input_event *due = &input->frame;
	if (due->device != event->device || due->time_us != event->time_us || due->type != frame ||
		(is_tool(event) && due->tool.tool != event->tool.tool))
		send_frame(input);
	input_send(input, event);
	input->frame = (struct input_event){
		.type = frame, .device = event->device, .time_us = event->time_us};
	if (is_tool(event))
		input->frame.tool.tool = event->tool.tool;
	input->frame_due = true;
}

static void handle(struct drm_input *input, struct libinput_event *event)
{
	struct libinput_device *handle = libinput_event_get_device(event);
	struct input_node *node = libinput_device_get_user_data(handle);
	switch (libinput_event_get_type(event)) {
	case LIBINPUT_EVENT_DEVICE_ADDED:
		input_node_add(input, handle);
		break;
	case LIBINPUT_EVENT_DEVICE_REMOVED:
		send_frame(input);
		if (node)
			input_node_remove(node);
		break;
	default:
		if (node)
			input_handle(node, event);
		break;
	}
}

static void dispatch(struct drm_input *input)
{
	if (libinput_dispatch(input->libinput) < 0) {
		log_errno("input devices cannot be read");
		return;
	}
	struct libinput_event *event;
	while ((event = libinput_get_event(input->libinput))) {
		handle(input, event);
		libinput_event_destroy(event);
	}
	send_frame(input);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	dispatch(data);
	return 0;
}

// Life

struct drm_input *drm_input_create(struct backend *backend, struct wl_event_loop *loop,
	struct session *session, struct udev *udev)
{
	struct drm_input *input = xcalloc(1, sizeof(*input));
	input->backend = backend;
	input->session = session;
	wl_list_init(&input->nodes);
	wl_list_init(&input->tools);
	input->libinput = libinput_udev_create_context(&interface, input, udev);
	if (!input->libinput) {
		log_error("libinput cannot be used");
		goto fail;
	}
	libinput_log_set_handler(input->libinput, on_log);
	libinput_log_set_priority(input->libinput,
		log_get_level() >= LOG_DEBUG ? LIBINPUT_LOG_PRIORITY_INFO
					     : LIBINPUT_LOG_PRIORITY_ERROR);
	if (libinput_udev_assign_seat(input->libinput, session_seat(session)) < 0) {
		log_error("libinput cannot have the seat \"%s\"", session_seat(session));
		goto fail;
	}
	// What is there already waits in it, and is told with the loop's first turn.
	input->source = wl_event_loop_add_fd(
		loop, libinput_get_fd(input->libinput), WL_EVENT_READABLE, on_readable, input);
	if (!input->source) {
		log_errno("input devices cannot be watched");
		goto fail;
	}
	dispatch(input);
	if (wl_list_empty(&input->nodes))
		log_warn("there is no keyboard and no pointer yet");
	return input;
fail:
	drm_input_destroy(input);
	return NULL;
}

void drm_input_destroy(struct drm_input *input)
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

void drm_input_suspend(struct drm_input *input)
{
	libinput_suspend(input->libinput);
	dispatch(input); // releases, and farewells
}

bool drm_input_resume(struct drm_input *input)
{
	if (libinput_resume(input->libinput) < 0) {
		log_error("input devices cannot be had back");
		return false;
	}
	dispatch(input);
	return true;
}

void drm_input_set_leds(struct drm_input *input, unsigned leds)
{
	struct input_node *node;
	input->leds = leds;
	wl_list_for_each(node, &input->nodes, link)
		input_node_set_leds(node, leds);
}
