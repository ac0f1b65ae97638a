// SPDX-License-Identifier: MIT
// A wl_protocol_logger that writes one line per message: time since the start, process, direction,
// object, message and arguments, in the format of WAYLAND_DEBUG.
#include "compositor/run/wirelog.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "compositor/base/log.h"
#include "compositor/base/outfile.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/procs.h"
#include "compositor/script/strbuf.h"

struct wirelog {
	struct wl_protocol_logger *logger;
	bool all; // else only errors
	struct outfile file;
	void (*on_error)(void *data, const char *what); // or NULL
	void *on_error_data;
	uint64_t start_ns;
	struct strbuf line;
	// The newest request of any client: an error that follows is its result.
	struct wl_client *last_client;
	const char *last_class, *last_name;
};

static void add_argument(struct strbuf *line, char type, const union wl_argument *argument,
	const struct wl_interface *interface)
{
	switch (type) {
	case 'i':
		strbuf_printf(line, "%d", argument->i);
		break;
	case 'u':
		strbuf_printf(line, "%u", argument->u);
		break;
	case 'f':
		strbuf_printf(line, "%.6g", wl_fixed_to_double(argument->f));
		break;
	case 's':
		strbuf_json(line, argument->s);
		break;
	case 'o': {
		// On the server side, libwayland passes resources to loggers.
		struct wl_resource *resource = (struct wl_resource *)argument->o;
		if (resource)
			strbuf_printf(line, "%s@%u", wl_resource_get_class(resource),
				wl_resource_get_id(resource));
		else
			strbuf_puts(line, "nil");
		break;
	}
	case 'n':
		strbuf_printf(line, "new id %s@%u", interface ? interface->name : "[unknown]",
			argument->n);
		break;
	case 'a': {
		const uint8_t *bytes = argument->a ? argument->a->data : NULL;
		size_t size = argument->a ? argument->a->size : 0;
		strbuf_printf(line, "array[%zu]", size);
		for (size_t i = 0; i < MIN(size, 64); i++)
			strbuf_printf(line, "%s%02x", i ? i % 4 ? "" : " " : "=", bytes[i]);
		break;
	}
	case 'h':
		strbuf_printf(line, "fd %d", argument->h);
		break;
	}
}

static void add_arguments(struct strbuf *line, const struct wl_protocol_logger_message *message)
{
	const char *signature = message->message->signature;
	int index = 0;
	for (; *signature && index < message->arguments_count; signature++) {
		if ((*signature >= '0' && *signature <= '9') || *signature == '?')
			continue;
		strbuf_puts(line, index ? ", " : "");
		add_argument(line, *signature, &message->arguments[index],
			message->message->types ? message->message->types[index] : NULL);
		index++;
	}
}

static void log_protocol_error(
	struct wirelog *log, const struct wl_protocol_logger_message *message)
{
	struct wl_client *client = wl_resource_get_client(message->resource);
	pid_t pid = client_pid(client);
	char *name = procs_name(pid);
	struct wl_resource *object = (struct wl_resource *)message->arguments[0].o;
	bool known = log->last_client == client && log->last_name;
	char *what = xasprintf(
		"client %s (pid %d) caused a protocol error: %s@%u, code %u: %s%s%s%s%s", name,
		(int)pid, object ? wl_resource_get_class(object) : "?",
		object ? wl_resource_get_id(object) : 0, message->arguments[1].u,
		message->arguments[2].s, known ? "; its last request was " : "",
		known ? log->last_class : "", known ? "." : "", known ? log->last_name : "");
	log_error("%s", what);
	if (log->on_error)
		log->on_error(log->on_error_data, what);
	free(what);
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
		log_protocol_error(log, message);
	}
	if (!log->all)
		return;
	strbuf_clear(&log->line);
	uint64_t time_us = (clock_monotonic_ns() - log->start_ns) / NSEC_PER_USEC;
	strbuf_printf(&log->line, "[%4" PRIu64 ".%06" PRIu64 "] %d %s %s@%u.%s(", time_us / 1000000,
		time_us % 1000000, (int)client_pid(client),
		type == WL_PROTOCOL_LOGGER_REQUEST ? "->" : "<-", class,
		wl_resource_get_id(message->resource), message->message->name);
	add_arguments(&log->line, message);
	strbuf_puts(&log->line, ")\n");
	outfile_write(&log->file, strbuf_get(&log->line), log->line.length);
}

struct wirelog *wirelog_create(struct wl_display *display, const char *path,
	void (*on_error)(void *data, const char *what), void *data)
{
	struct wirelog *log = xcalloc(1, sizeof(*log));
	log->on_error = on_error;
	log->on_error_data = data;
	log->start_ns = clock_monotonic_ns();
	log->all = path;
	if (path && !outfile_open(&log->file, path))
		goto fail;
	log->logger = wl_display_add_protocol_logger(display, on_message, log);
	if (!log->logger) {
		log_error("cannot log the requests of clients");
		goto fail;
	}
	return log;
fail:
	wirelog_destroy(log);
	return NULL;
}

bool wirelog_destroy(struct wirelog *log)
{
	if (!log)
		return true;
	if (log->logger)
		wl_protocol_logger_destroy(log->logger);
	bool complete = outfile_close(&log->file);
	strbuf_finish(&log->line);
	free(log);
	return complete;
}
