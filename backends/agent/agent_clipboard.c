// SPDX-License-Identifier: MIT
// A side that has something new grabs the clipboard and says in which formats; data go over when the
// other one asks for them. A message holds all of them, so they are gathered before they are passed
// on.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "backends/agent/agent_parts.h"
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "compositor/base/datasource.h"
#include "compositor/base/log.h"
#include "compositor/base/pipe.h"

#define PATIENCE_NS (30 * NSEC_PER_SEC) // without progress
#define MAX_WAITING 32                  // of each kind
#define READ_SIZE (64 << 10)

// The best name of a format first.
static const struct {
	enum agent_format format;
	const char *mime;
} names[] = {
	{AGENT_TEXT, "text/plain;charset=utf-8"},
	{AGENT_TEXT, "UTF8_STRING"},
	{AGENT_TEXT, "text/plain"},
	{AGENT_TEXT, "TEXT"},
	{AGENT_TEXT, "STRING"},
	{AGENT_PNG, "image/png"},
	{AGENT_BMP, "image/bmp"},
	{AGENT_BMP, "image/x-bmp"},
	{AGENT_TIFF, "image/tiff"},
	{AGENT_JPEG, "image/jpeg"},
};

struct host_source {
	struct data_source base;
	struct agent_clipboard *clipboard;
};

// A client waits for the host's data.
struct pull {
	struct agent_clipboard *clipboard;
	enum agent_format format;
	int fd;
	struct timer patience;
	struct wl_list link;
};

// The host waits for a client's.
struct push {
	struct agent_clipboard *clipboard;
	enum agent_format format;
	int fd;
	struct wl_event_source *source;
	char *data;
	size_t size, capacity;
	struct timer patience;
	struct wl_list link;
};

static enum agent_format format_of(const char *mime)
{
	for (size_t i = 0; i < array_length(names); i++)
		if (strcmp(names[i].mime, mime) == 0)
			return names[i].format;
	return AGENT_NONE;
}

static const char *mime_for(const struct data_source *source, enum agent_format format)
{
	for (size_t i = 0; i < array_length(names); i++)
		if (names[i].format == format && data_source_has(source, names[i].mime))
			return names[i].mime;
	return NULL;
}

// A message about this clipboard: its own words, and what follows them.
static bool tell(struct agent_clipboard *clipboard, uint32_t type, const uint32_t *words, size_t n,
	const void *data, size_t size)
{
	const struct agent *agent = clipboard->agent;
	uint8_t head[(2 + AGENT_FORMATS) * 4] = {0};
	size_t used = 0;
	if (agent->caps & AGENT_CAP_SELECTION) {
		head[0] = clipboard->primary;
		used = 4;
	}
	for (size_t i = 0; i < n; i++, used += 4)
		agent_put_u32(head + used, words[i]);
	return agent_send(clipboard->agent, type, head, used, data, size);
}

// A host that does not tell them apart has only the one.
static bool is_shared(const struct agent_clipboard *clipboard)
{
	uint32_t caps = clipboard->agent->caps;
	return (caps & AGENT_CAP_BY_DEMAND) &&
		(!clipboard->primary || (caps & AGENT_CAP_SELECTION));
}

static void wait_more(struct timer *patience)
{
	timer_set(patience, clock_now_ns(patience->clock) + PATIENCE_NS);
}

// What the host has, for our clients

static void pull_destroy(struct pull *pull)
{
	close_fd(&pull->fd);
	timer_finish(&pull->patience);
	wl_list_remove(&pull->link);
	free(pull);
}

static void on_pull_late(void *data)
{
	log_debug("the host does not send what it has copied");
	pull_destroy(data);
}

static bool is_pulled(const struct agent_clipboard *clipboard, enum agent_format format)
{
	const struct pull *pull;
	wl_list_for_each(pull, &clipboard->pulls, link) {
		if (pull->format == format)
			return true;
	}
	return false;
}

static void host_send(struct data_source *base, const char *mime, int fd)
{
	struct host_source *source = wl_container_of(base, source, base);
	struct agent_clipboard *clipboard = source->clipboard;
	uint32_t format = format_of(mime);
	if (!clipboard || wl_list_length(&clipboard->pulls) >= MAX_WAITING) {
		close_fd(&fd);
		return;
	}
	bool asked = is_pulled(clipboard, format);
	struct pull *pull = xcalloc(1, sizeof(*pull));
	pull->clipboard = clipboard;
	pull->format = format;
	pull->fd = fd;
	timer_init(&pull->patience, clipboard->agent->clock, on_pull_late, pull);
	wait_more(&pull->patience);
	wl_list_insert(clipboard->pulls.prev, &pull->link);
	if (!asked)
		tell(clipboard, AGENT_CLIPBOARD_REQUEST, &format, 1, NULL, 0);
}

static void host_cancelled(struct data_source *base)
{
	struct host_source *source = wl_container_of(base, source, base);
	if (source->clipboard)
		source->clipboard->offered = NULL;
	data_source_finish(base);
	free(source);
}

static const struct data_source_impl host_impl = {
	.send = host_send,
	.cancelled = host_cancelled,
};

static void end_pulls(struct agent_clipboard *clipboard)
{
	struct pull *pull, *tmp;
	wl_list_for_each_safe(pull, tmp, &clipboard->pulls, link)
		pull_destroy(pull);
}

static void withdraw(struct agent_clipboard *clipboard)
{
	end_pulls(clipboard);
	if (clipboard->offered)
		host_cancelled(&clipboard->offered->base);
}

static void handle_grab(struct agent_clipboard *clipboard, const struct bytes *body, size_t from)
{
	const struct backend *backend = clipboard->agent->backend;
	if (clipboard->agent->caps & AGENT_CAP_GRAB_SERIAL) {
		if (body->size < from + 4)
			return;
		uint32_t serial = agent_u32(body->data + from);
		from += 4;
		// Both have copied something at once: this is the older one.
		if ((int32_t)(serial - clipboard->serial) < -1)
			return;
		clipboard->serial = serial + 1;
	}
	struct host_source *source = xcalloc(1, sizeof(*source));
	data_source_init(&source->base, &host_impl);
	source->clipboard = clipboard;
	for (; body->size >= from + 4; from += 4) {
		uint32_t format = agent_u32(body->data + from);
		for (size_t i = 0; i < array_length(names); i++)
			if (names[i].format == format)
				data_source_offer(&source->base, names[i].mime);
	}
	end_pulls(clipboard);        // those of what was there before
	clipboard->offered = source; // the core cancels the last one
	weak_clear(&clipboard->source);
	clipboard->grabbed = false;
	backend->sink->selection(backend->sink_data, clipboard->primary, &source->base);
}

static void handle_data(struct agent_clipboard *clipboard, struct bytes *body, size_t from)
{
	if (body->size < from + 4)
		return;
	uint32_t format = agent_u32(body->data + from);
	struct pull *pull, *tmp;
	wl_list_for_each_safe(pull, tmp, &clipboard->pulls, link) {
		// It does not say what it is that it does not have.
		if (pull->format != format && format != AGENT_NONE)
			continue;
		if (format != AGENT_NONE) {
			bytes_send(body, from + 4, clipboard->agent->loop, pull->fd);
			pull->fd = -1;
		}
		pull_destroy(pull);
	}
}

// What our clients have, for the host

static void push_destroy(struct push *push)
{
	if (push->source)
		wl_event_source_remove(push->source);
	close_fd(&push->fd);
	timer_finish(&push->patience);
	wl_list_remove(&push->link);
	free(push->data);
	free(push);
}

static void answer(
	struct agent_clipboard *clipboard, uint32_t format, const char *data, size_t size)
{
	if (!tell(clipboard, AGENT_CLIPBOARD, &format, 1, data, size)) {
		const uint32_t none = AGENT_NONE;
		tell(clipboard, AGENT_CLIPBOARD, &none, 1, NULL, 0);
	}
}

static void push_fail(struct push *push)
{
	answer(push->clipboard, AGENT_NONE, NULL, 0);
	push_destroy(push);
}

static void on_push_late(void *data)
{
	log_debug("a client does not write what the host wants to paste");
	push_fail(data);
}

static bool grow(struct push *push)
{
	if (push->capacity - push->size >= READ_SIZE)
		return true;
	size_t capacity = MAX(push->capacity * 2, READ_SIZE);
	char *data = realloc(push->data, capacity);
	if (!data)
		return false;
	push->data = data;
	push->capacity = capacity;
	return true;
}

static int on_push_readable(int fd, uint32_t mask, void *data)
{
	struct push *push = data;
	ssize_t got = grow(push) ? read(fd, push->data + push->size, READ_SIZE) : -1;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got > 0) {
		push->size += (size_t)got;
		wait_more(&push->patience);
	}
	if (push->size > push->clipboard->agent->max_bytes) {
		log_info("more is copied than the host takes (%u bytes)",
			push->clipboard->agent->max_bytes);
		got = -1;
	}
	if (got < 0) {
		push_fail(push);
	} else if (got == 0) {
		answer(push->clipboard, push->format, push->data, push->size);
		push_destroy(push);
	}
	return 0;
}

static void handle_request(struct agent_clipboard *clipboard, const struct bytes *body, size_t from)
{
	struct data_source *source = clipboard->source.target;
	struct agent *agent = clipboard->agent;
	if (body->size < from + 4)
		return;
	uint32_t format = agent_u32(body->data + from);
	const char *mime = source ? mime_for(source, format) : NULL;
	int fds[2];
	if (!mime || wl_list_length(&clipboard->pushes) >= MAX_WAITING ||
		agent->queued > AGENT_MAX_BYTES || pipe2(fds, O_CLOEXEC) < 0) {
		answer(clipboard, AGENT_NONE, NULL, 0);
		return;
	}
	struct push *push = xcalloc(1, sizeof(*push));
	push->clipboard = clipboard;
	push->format = format;
	push->fd = fds[0];
	timer_init(&push->patience, agent->clock, on_push_late, push);
	wait_more(&push->patience);
	wl_list_insert(clipboard->pushes.prev, &push->link);
	set_nonblock(push->fd);
	push->source = wl_event_loop_add_fd(
		agent->loop, push->fd, WL_EVENT_READABLE, on_push_readable, push);
	data_source_send(source, mime, fds[1]);
	if (!push->source)
		push_fail(push);
}

static void grab(struct agent_clipboard *clipboard, const struct data_source *source)
{
	uint32_t words[1 + AGENT_FORMATS];
	size_t n = 0;
	if (clipboard->agent->caps & AGENT_CAP_GRAB_SERIAL)
		words[n++] = clipboard->serial++;
	for (uint32_t format = AGENT_TEXT; format < AGENT_FORMATS; format++)
		if (mime_for(source, format))
			words[n++] = format;
	tell(clipboard, AGENT_CLIPBOARD_GRAB, words, n, NULL, 0);
	clipboard->grabbed = true;
}

// Both

void agent_clipboard_init(struct agent_clipboard *clipboard, struct agent *agent, bool primary)
{
	clipboard->agent = agent;
	clipboard->primary = primary;
	wl_list_init(&clipboard->pulls);
	wl_list_init(&clipboard->pushes);
}

void agent_clipboard_begin(struct agent_clipboard *clipboard)
{
	clipboard->serial = 0;
	clipboard->grabbed = false;
	if (clipboard->source.target && is_shared(clipboard))
		grab(clipboard, clipboard->source.target);
}

void agent_clipboard_end(struct agent_clipboard *clipboard)
{
	struct push *push, *tmp;
	wl_list_for_each_safe(push, tmp, &clipboard->pushes, link)
		push_destroy(push);
	withdraw(clipboard);
}

void agent_clipboard_set(struct agent_clipboard *clipboard, struct data_source *source)
{
	if (source && source->impl == &host_impl)
		source = NULL;
	weak_set(&clipboard->source, source, source ? &source->destroyed : NULL);
	if (!is_shared(clipboard))
		return;
	if (source)
		grab(clipboard, source);
	else if (clipboard->grabbed)
		tell(clipboard, AGENT_CLIPBOARD_RELEASE, NULL, 0, NULL, 0);
	clipboard->grabbed = source;
}

void agent_clipboard_message(
	struct agent_clipboard *clipboard, uint32_t type, struct bytes *body, size_t from)
{
	switch (type) {
	case AGENT_CLIPBOARD_GRAB:
		handle_grab(clipboard, body, from);
		break;
	case AGENT_CLIPBOARD_REQUEST:
		handle_request(clipboard, body, from);
		break;
	case AGENT_CLIPBOARD_RELEASE:
		withdraw(clipboard);
		break;
	default:
		handle_data(clipboard, body, from);
		break;
	}
}
