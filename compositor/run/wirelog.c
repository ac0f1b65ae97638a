// SPDX-License-Identifier: MIT
// A logger of libwayland's. One line a message: time since the start, process, direction, object,
// message and arguments, in the form that WAYLAND_DEBUG made familiar.
#include "compositor/run/wirelog.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/run/out.h"
#include "compositor/run/procs.h"

struct wirelog {
	struct wl_protocol_logger *logger;
	FILE *file; // NULL: only errors
	uint64_t start_ns;
	struct out line;
	// The newest request of any client: when an error follows at once, this one earned it.
	struct wl_client *last_client;
	const char *last_class, *last_name;
};

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

static pid_t pid_of(struct wl_client *client)
{
	pid_t pid = 0;
	wl_client_get_credentials(client, &pid, NULL, NULL);
	return pid;
}

static void add_argument(struct out *line, char type, const union wl_argument *argument,
	const struct wl_interface *interface)
{
	switch (type) {
	case 'i':
		out_format(line, "%d", argument->i);
		break;
	case 'u':
		out_format(line, "%u", argument->u);
		break;
	case 'f':
		out_format(line, "%.6g", wl_fixed_to_double(argument->f));
		break;
	case 's':
		out_json(line, argument->s);
		break;
	case 'o': {
		// The server's side of libwayland hands resources to loggers.
		struct wl_resource *resource = (struct wl_resource *)argument->o;
		if (resource)
			out_format(line, "%s@%u", wl_resource_get_class(resource),
				wl_resource_get_id(resource));
		else
			out_text(line, "nil");
		break;
	}
	case 'n':
		out_format(line, "new id %s@%u", interface ? interface->name : "[unknown]",
			argument->n);
		break;
	case 'a': {
		const uint8_t *bytes = argument->a ? argument->a->data : NULL;
		size_t size = argument->a ? argument->a->size : 0;
		out_format(line, "array[%zu]", size);
		for (size_t i = 0; i < MIN(size, 64); i++)
			out_format(line, "%s%02x", i ? i % 4 ? "" : " " : "=", bytes[i]);
		break;
	}
	case 'h':
		out_format(line, "fd %d", argument->h);
		break;
	}
}

static void add_arguments(struct out *line, const struct wl_protocol_logger_message *message)
{
	const char *signature = message->message->signature;
	int index = 0;
	for (; *signature && index < message->arguments_count; signature++) {
		if ((*signature >= '0' && *signature <= '9') || *signature == '?')
			continue;
		out_text(line, index ? ", " : "");
		add_argument(line, *signature, &message->arguments[index],
			message->message->types ? message->message->types[index] : NULL);
		index++;
	}
}

static void tell_error(struct wirelog *log, const struct wl_protocol_logger_message *message)
{
	struct wl_client *client = wl_resource_get_client(message->resource);
	pid_t pid = pid_of(client);
	char *name = procs_name(pid);
	struct wl_resource *object = (struct wl_resource *)message->arguments[0].o;
	bool known = log->last_client == client && log->last_name;
	log_error("client %s (pid %d) made a protocol error: %s@%u, code %u: %s%s%s%s%s", name,
		(int)pid, object ? wl_resource_get_class(object) : "?",
		object ? wl_resource_get_id(object) : 0, message->arguments[1].u,
		message->arguments[2].s, known ? "; its last request was " : "",
		known ? log->last_class : "", known ? "." : "", known ? log->last_name : "");
	free(name);
}

static void on_message(void *data, enum wl_protocol_logger_type type,
	const struct wl_protocol_logger_message *message)
{
	struct wirelog *log = data;
	struct wl_client *client = wl_resource_get_client(message->resource);
	const char *class = wl_resource_get_class(message->resource);
	if (type == WL_PROTOCOL_LOGGER_REQUEST) {
		log->last_client = client;
		log->last_class = class;
		log->last_name = message->message->name;
	} else if (message->message_opcode == 0 && strcmp(class, "wl_display") == 0) {
		tell_error(log, message);
	}
	if (!log->file)
		return;
	out_clear(&log->line);
	uint64_t time_us = (now_ns() - log->start_ns) / NSEC_PER_USEC;
	out_format(&log->line, "[%4" PRIu64 ".%06" PRIu64 "] %d %s %s@%u.%s(", time_us / 1000000,
		time_us % 1000000, (int)pid_of(client),
		type == WL_PROTOCOL_LOGGER_REQUEST ? "->" : "<-", class,
		wl_resource_get_id(message->resource), message->message->name);
	add_arguments(&log->line, message);
	out_text(&log->line, ")\n");
	fwrite(out_get(&log->line), 1, log->line.length, log->file);
}

struct wirelog *wirelog_create(struct wl_display *display, const char *path)
{
	struct wirelog *log = xcalloc(1, sizeof(*log));
	log->start_ns = now_ns();
	if (path) {
		log->file = fopen(path, "we");
		if (!log->file) {
			log_errno("%s", path);
			goto fail;
		}
	}
	log->logger = wl_display_add_protocol_logger(display, on_message, log);
	if (!log->logger)
		goto fail;
	return log;
fail:
	wirelog_destroy(log);
	return NULL;
}

void wirelog_destroy(struct wirelog *log)
{
	if (!log)
		return;
	if (log->logger)
		wl_protocol_logger_destroy(log->logger);
	if (log->file)
		fclose(log->file);
	out_finish(&log->line);
	free(log);
}
