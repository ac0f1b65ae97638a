// SPDX-License-Identifier: MIT
// One clipboard shared with the host. The side with a new selection sends a grab with its formats;
// the other side requests the data on paste. One message holds all data of a request, so they are
// collected before they are sent.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "backends/backend.h"
#include "backends/vdagent/vdagent_private.h"
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "compositor/base/datasource.h"
#include "compositor/base/log.h"
#include "compositor/base/pipe_reader.h"

#define TIMEOUT_NS (30 * NSEC_PER_SEC) // without progress
#define MAX_TRANSFERS 32               // in each direction

// The preferred MIME type of a format first.
static const struct {
	enum vdagent_format format;
	const char *mime;
} names[] = {
	{VDAGENT_TEXT, "text/plain;charset=utf-8"},
	{VDAGENT_TEXT, "UTF8_STRING"},
	{VDAGENT_TEXT, "text/plain"},
	{VDAGENT_TEXT, "TEXT"},
	{VDAGENT_TEXT, "STRING"},
	{VDAGENT_PNG, "image/png"},
	{VDAGENT_BMP, "image/bmp"},
	{VDAGENT_BMP, "image/x-bmp"},
	{VDAGENT_TIFF, "image/tiff"},
	{VDAGENT_JPEG, "image/jpeg"},
};

struct host_source {
	struct data_source base;
	struct vdagent_clipboard *clipboard;
};

// A client reads the host's data from a pipe.
struct pull {
	struct vdagent_clipboard *clipboard;
	enum vdagent_format format;
	int fd;
	struct timer timeout;
	struct wl_list link;
};

// The host requested the data of a client, which writes them to a pipe.
struct push {
	struct vdagent_clipboard *clipboard;
	enum vdagent_format format;
	struct pipe_reader reader;
	struct wl_list link;
};

static enum vdagent_format mime_format(const char *mime)
{
	for (size_t i = 0; i < array_length(names); i++)
		if (strcmp(names[i].mime, mime) == 0)
			return names[i].format;
	return VDAGENT_NONE;
}

static const char *source_mime(const struct data_source *source, enum vdagent_format format)
{
	for (size_t i = 0; i < array_length(names); i++)
		if (names[i].format == format && data_source_has(source, names[i].mime))
			return names[i].mime;
	return NULL;
}

// Sends a message about this clipboard: n words, then data. False: no memory.
static bool send_message(struct vdagent_clipboard *clipboard, uint32_t type, const uint32_t *words,
	size_t n, const void *data, size_t size)
{
	const struct vdagent *agent = clipboard->agent;
	uint8_t head[(2 + VDAGENT_FORMATS) * 4] = {0};
	size_t used = 0;
	if (agent->caps & VDAGENT_CAP_SELECTION) {
		head[0] = clipboard->primary;
		used = 4;
	}
	for (size_t i = 0; i < n; i++, used += 4)
		vdagent_put_u32(head + used, words[i]);
	return vdagent_send(clipboard->agent, type, head, used, data, size);
}

// Without VDAGENT_CAP_SELECTION only the clipboard is shared, not the primary selection.
static bool is_shared(const struct vdagent_clipboard *clipboard)
{
	uint32_t caps = clipboard->agent->caps;
	return (caps & VDAGENT_CAP_BY_DEMAND) &&
		(!clipboard->primary || (caps & VDAGENT_CAP_SELECTION));
}

static void timeout_restart(struct timer *timeout)
{
	timer_set(timeout, clock_now_ns(timeout->clock) + TIMEOUT_NS);
}

// The selection of the host, for clients

static void pull_destroy(struct pull *pull)
{
	close_fd(&pull->fd);
	timer_finish(&pull->timeout);
	wl_list_remove(&pull->link);
	free(pull);
}

static void on_pull_timeout(void *data)
{
	log_debug("the host does not send the data of its selection");
	pull_destroy(data);
}

static bool pull_exists(const struct vdagent_clipboard *clipboard, enum vdagent_format format)
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
	struct vdagent_clipboard *clipboard = source->clipboard;
	uint32_t format = mime_format(mime);
	if (!clipboard || wl_list_length(&clipboard->pulls) >= MAX_TRANSFERS) {
		close_fd(&fd);
		return;
	}
	bool requested = pull_exists(clipboard, format);
	struct pull *pull = xcalloc(1, sizeof(*pull));
	pull->clipboard = clipboard;
	pull->format = format;
	pull->fd = fd;
	timer_init(&pull->timeout, clipboard->agent->clock, on_pull_timeout, pull);
	timeout_restart(&pull->timeout);
	wl_list_insert(clipboard->pulls.prev, &pull->link);
	if (!requested)
		send_message(clipboard, VDAGENT_CLIPBOARD_REQUEST, &format, 1, NULL, 0);
}

static void host_cancelled(struct data_source *base)
{
	struct host_source *source = wl_container_of(base, source, base);
	if (source->clipboard && source->clipboard->offered == source)
		source->clipboard->offered = NULL;
	data_source_finish(base);
	free(source);
}

static const struct data_source_impl host_impl = {
	.send = host_send,
	.cancelled = host_cancelled,
};

static void pulls_destroy(struct vdagent_clipboard *clipboard)
{
	struct pull *pull, *tmp;
	wl_list_for_each_safe(pull, tmp, &clipboard->pulls, link)
		pull_destroy(pull);
}

static void withdraw_offer(struct vdagent_clipboard *clipboard)
{
	pulls_destroy(clipboard);
	if (clipboard->offered)
		host_cancelled(&clipboard->offered->base);
}

static void handle_grab(struct vdagent_clipboard *clipboard, const struct bytes *body, size_t from)
{
	const struct backend *backend = clipboard->agent->backend;
	if (clipboard->agent->caps & VDAGENT_CAP_GRAB_SERIAL) {
		if (body->size < from + 4)
			return;
		uint32_t serial = vdagent_u32(body->data + from);
		from += 4;
		// Both sides grabbed at the same time, and ours is the later one.
		if ((int32_t)(serial - clipboard->serial) < -1)
			return;
		clipboard->serial = serial + 1;
	}
	struct host_source *source = xcalloc(1, sizeof(*source));
	data_source_init(&source->base, &host_impl);
	source->clipboard = clipboard;
	for (; body->size >= from + 4; from += 4) {
		uint32_t format = vdagent_u32(body->data + from);
		for (size_t i = 0; i < array_length(names); i++)
			if (names[i].format == format)
				data_source_offer(&source->base, names[i].mime);
	}
	pulls_destroy(clipboard);    // they read the selection before this one
	clipboard->offered = source; // the core cancels the source before it
	weak_clear(&clipboard->source);
	clipboard->grabbed = false;
	backend->sink->selection(backend->sink_data, clipboard->primary, &source->base);
}

static void handle_data(struct vdagent_clipboard *clipboard, struct bytes *body, size_t from)
{
	if (body->size < from + 4)
		return;
	uint32_t format = vdagent_u32(body->data + from);
	struct pull *pull, *tmp;
	wl_list_for_each_safe(pull, tmp, &clipboard->pulls, link) {
		// A refusal does not include the format that was requested.
		if (pull->format != format && format != VDAGENT_NONE)
			continue;
		if (format != VDAGENT_NONE) {
			bytes_send(body, from + 4, clipboard->agent->loop, pull->fd);
			pull->fd = -1;
		}
		pull_destroy(pull);
	}
}

// The selection of a client, for the host

static void push_destroy(struct push *push)
{
	pipe_reader_finish(&push->reader);
	wl_list_remove(&push->link);
	free(push);
}

static void send_data(
	struct vdagent_clipboard *clipboard, uint32_t format, const char *data, size_t size)
{
	if (!send_message(clipboard, VDAGENT_CLIPBOARD, &format, 1, data, size)) {
		const uint32_t none = VDAGENT_NONE;
		send_message(clipboard, VDAGENT_CLIPBOARD, &none, 1, NULL, 0);
	}
}

static void on_push_read(void *data, struct bytes *bytes, int error)
{
	struct push *push = data;
	if (bytes) {
		send_data(push->clipboard, push->format, bytes->data, bytes->size);
	} else {
		if (error == EFBIG)
			log_info("the selection is larger than the host accepts (%u bytes)",
				push->clipboard->agent->max_bytes);
		else
			log_debug("a client does not write its selection for the host: %s",
				strerror(error));
		send_data(push->clipboard, VDAGENT_NONE, NULL, 0);
	}
	bytes_unref(bytes);
	push_destroy(push);
}

static void handle_request(
	struct vdagent_clipboard *clipboard, const struct bytes *body, size_t from)
{
	struct data_source *source = clipboard->source.target;
	struct vdagent *agent = clipboard->agent;
	if (body->size < from + 4)
		return;
	uint32_t format = vdagent_u32(body->data + from);
	const char *mime = source ? source_mime(source, format) : NULL;
	if (!mime || wl_list_length(&clipboard->pushes) >= MAX_TRANSFERS ||
		agent->queued > VDAGENT_MAX_BYTES) {
		send_data(clipboard, VDAGENT_NONE, NULL, 0);
		return;
	}
	struct push *push = xcalloc(1, sizeof(*push));
	push->clipboard = clipboard;
	push->format = format;
	wl_list_insert(clipboard->pushes.prev, &push->link);
	int fd = pipe_reader_start(&push->reader, agent->loop, agent->clock, agent->max_bytes,
		TIMEOUT_NS, on_push_read, push);
	if (fd >= 0) {
		data_source_send(source, mime, fd);
		return;
	}
	send_data(clipboard, VDAGENT_NONE, NULL, 0);
	push_destroy(push);
}

static void send_grab(struct vdagent_clipboard *clipboard, const struct data_source *source)
{
	uint32_t words[1 + VDAGENT_FORMATS];
	size_t n = 0;
	if (clipboard->agent->caps & VDAGENT_CAP_GRAB_SERIAL)
		words[n++] = clipboard->serial++;
	for (uint32_t format = VDAGENT_TEXT; format < VDAGENT_FORMATS; format++)
		if (source_mime(source, format))
			words[n++] = format;
	send_message(clipboard, VDAGENT_CLIPBOARD_GRAB, words, n, NULL, 0);
	clipboard->grabbed = true;
}

// The clipboard

void vdagent_clipboard_init(
	struct vdagent_clipboard *clipboard, struct vdagent *agent, bool primary)
{
	clipboard->agent = agent;
	clipboard->primary = primary;
	wl_list_init(&clipboard->pulls);
	wl_list_init(&clipboard->pushes);
}

void vdagent_clipboard_begin(struct vdagent_clipboard *clipboard)
{
	clipboard->serial = 0;
	clipboard->grabbed = false;
	if (clipboard->source.target && is_shared(clipboard))
		send_grab(clipboard, clipboard->source.target);
}

void vdagent_clipboard_end(struct vdagent_clipboard *clipboard)
{
	struct push *push, *tmp;
	wl_list_for_each_safe(push, tmp, &clipboard->pushes, link)
		push_destroy(push);
	withdraw_offer(clipboard);
}

void vdagent_clipboard_set(struct vdagent_clipboard *clipboard, struct data_source *source)
{
	weak_set(&clipboard->source, source, source ? &source->destroyed : NULL);
	if (!is_shared(clipboard))
		return;
	if (source)
		send_grab(clipboard, source);
	else if (clipboard->grabbed)
		send_message(clipboard, VDAGENT_CLIPBOARD_RELEASE, NULL, 0, NULL, 0);
	clipboard->grabbed = source;
}

void vdagent_clipboard_message(
	struct vdagent_clipboard *clipboard, uint32_t type, struct bytes *body, size_t from)
{
	switch (type) {
	case VDAGENT_CLIPBOARD_GRAB:
		handle_grab(clipboard, body, from);
		break;
	case VDAGENT_CLIPBOARD_REQUEST:
		handle_request(clipboard, body, from);
		break;
	case VDAGENT_CLIPBOARD_RELEASE:
		withdraw_offer(clipboard);
		break;
	default:
		handle_data(clipboard, body, from);
		break;
	}
}
