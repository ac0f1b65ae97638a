// SPDX-License-Identifier: MIT
// The listener of zwp_text_input_v3, which writes each event down.
#include "tests/harness/text_log.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "tests/harness/test.h"

static void note(struct text_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct text_log *log, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	size_t room = sizeof(log->text) - log->length;
	int length = vsnprintf(log->text + log->length, room, format, args);
	va_end(args);
	check(length >= 0 && (size_t)length < room);
	log->length += (size_t)length;
}

static void on_enter(void *data, struct zwp_text_input_v3 *input, struct wl_surface *surface)
{
	struct text_log *log = data;
	log->surface = surface;
	note(log, "enter / ");
}

static void on_leave(void *data, struct zwp_text_input_v3 *input, struct wl_surface *surface)
{
	struct text_log *log = data;
	log->surface = NULL;
	note(log, "leave / ");
}

static void on_preedit(
	void *data, struct zwp_text_input_v3 *input, const char *text, int32_t begin, int32_t end)
{
	note(data, "preedit %s %d,%d / ", text ? text : "NULL", begin, end);
}

static void on_commit(void *data, struct zwp_text_input_v3 *input, const char *text)
{
	note(data, "commit %s / ", text ? text : "NULL");
}

static void on_delete(void *data, struct zwp_text_input_v3 *input, uint32_t before, uint32_t after)
{
	note(data, "delete %u,%u / ", before, after);
}

static void on_done(void *data, struct zwp_text_input_v3 *input, uint32_t serial)
{
	note(data, "done %u / ", serial);
}

static void on_action(void *data, struct zwp_text_input_v3 *input, uint32_t action, uint32_t serial)
{
	note(data, "action %u / ", action);
}

static void on_language(void *data, struct zwp_text_input_v3 *input, const char *language)
{
	note(data, "language %s / ", language);
}

static void on_preedit_hint(
	void *data, struct zwp_text_input_v3 *input, uint32_t start, uint32_t end, uint32_t hint)
{
	note(data, "hint %u,%u %u / ", start, end, hint);
}

static const struct zwp_text_input_v3_listener listener = {
	.enter = on_enter,
	.leave = on_leave,
	.preedit_string = on_preedit,
	.commit_string = on_commit,
	.delete_surrounding_text = on_delete,
	.done = on_done,
	.action = on_action,
	.language = on_language,
	.preedit_hint = on_preedit_hint,
};

void text_log_begin(struct text_log *log, struct client *client)
{
	*log = (struct text_log){.client = client};
	log->manager = client_bind(client, &zwp_text_input_manager_v3_interface, 2);
	check(log->manager);
	log->input = zwp_text_input_manager_v3_get_text_input(log->manager, client->seat);
	zwp_text_input_v3_add_listener(log->input, &listener, log);
}

void text_log_end(struct text_log *log)
{
	zwp_text_input_v3_destroy(log->input);
	zwp_text_input_manager_v3_destroy(log->manager);
}

void text_log_enable(struct text_log *log)
{
	zwp_text_input_v3_enable(log->input);
	zwp_text_input_v3_commit(log->input);
	check_no_error(log->client);
}

const char *text_log_take(struct text_log *log)
{
	fixture_pump(log->client->fixture);
	if (!log->length)
		return "";
	log->length = 0;
	return log->text;
}
