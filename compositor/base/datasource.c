// SPDX-License-Identifier: MIT
#include "compositor/base/datasource.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/pipe.h"

// More or longer types than this only exist to fill the memory and the sockets of others.
#define MAX_MIMES 256
#define MAX_MIME_LENGTH 4096
#define MAX_MIME_BYTES (32 << 10) // of all

void data_source_init(struct data_source *source, const struct data_source_impl *impl)
{
	*source = (struct data_source){.impl = impl};
	wl_signal_init(&source->destroyed);
}

void data_source_finish(struct data_source *source)
{
	wl_signal_emit_mutable(&source->destroyed, source);
	for (size_t i = 0; i < source->n_mimes; i++)
		free(source->mimes[i]);
	free(source->mimes);
	source->mimes = NULL;
	source->n_mimes = source->mimes_capacity = 0;
}

void data_source_offer(struct data_source *source, const char *mime)
{
	size_t length = strnlen(mime, MAX_MIME_LENGTH + 1);
	if (source->n_mimes >= MAX_MIMES || length > MAX_MIME_LENGTH ||
		source->mime_bytes + length > MAX_MIME_BYTES || data_source_has(source, mime))
		return;
	source->mime_bytes += length;
	array_reserve(source->mimes, source->n_mimes, source->mimes_capacity);
	source->mimes[source->n_mimes++] = xstrdup(mime);
}

bool data_source_has(const struct data_source *source, const char *mime)
{
	for (size_t i = 0; i < source->n_mimes; i++)
		if (strcmp(source->mimes[i], mime) == 0)
			return true;
	return false;
}

void data_source_send(struct data_source *source, const char *mime, int fd)
{
	if (source && data_source_has(source, mime))
		source->impl->send(source, mime, fd);
	else
		close_fd(&fd);
}

// Shared by a static source and its transfers, which may outlive it.
struct bytes {
	unsigned refs;
	size_t size;
	char data[];
};

struct static_source {
	struct data_source base;
	struct wl_event_loop *loop;
	struct bytes *bytes;
};

struct transfer {
	struct bytes *bytes;
	size_t done;
	int fd;
	struct wl_event_source *source;
	struct wl_listener loop_destroyed;
};

static void bytes_unref(struct bytes *bytes)
{
	if (--bytes->refs == 0)
		free(bytes);
}

static void transfer_destroy(struct transfer *transfer)
{
	if (transfer->source) {
		wl_event_source_remove(transfer->source);
		wl_list_remove(&transfer->loop_destroyed.link);
	}
	close_fd(&transfer->fd);
	bytes_unref(transfer->bytes);
	free(transfer);
}

// False: it is over, well or not.
static bool transfer_continue(struct transfer *transfer)
{
	while (transfer->done < transfer->bytes->size) {
		ssize_t written = pipe_write(transfer->fd, transfer->bytes->data + transfer->done,
			transfer->bytes->size - transfer->done);
		if (written > 0)
			transfer->done += (size_t)written;
		else if (written < 0 && errno == EINTR)
			continue;
		else
			return written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
	}
	return false;
}

static int on_writable(int fd, uint32_t mask, void *data)
{
	struct transfer *transfer = data;
	if (mask & WL_EVENT_ERROR || !transfer_continue(transfer))
		transfer_destroy(transfer);
	return 0;
}

static void on_loop_destroyed(struct wl_listener *listener, void *data)
{
	struct transfer *transfer = wl_container_of(listener, transfer, loop_destroyed);
	transfer_destroy(transfer);
}

static void static_send(struct data_source *source, const char *mime, int fd)
{
	struct static_source *self = wl_container_of(source, self, base);
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));
	transfer->bytes = self->bytes;
	transfer->bytes->refs++;
	transfer->fd = fd;
	if (!pipe_take(&transfer->fd) || !transfer_continue(transfer))
		goto done;
	transfer->source = wl_event_loop_add_fd(
		self->loop, transfer->fd, WL_EVENT_WRITABLE, on_writable, transfer);
	if (!transfer->source) {
		log_errno("data for the clipboard cannot be sent");
		goto done;
	}
	transfer->loop_destroyed.notify = on_loop_destroyed;
	wl_event_loop_add_destroy_listener(self->loop, &transfer->loop_destroyed);
	return;
done:
	transfer_destroy(transfer);
}

static void static_cancelled(struct data_source *source)
{
	struct static_source *self = wl_container_of(source, self, base);
	data_source_finish(source);
	bytes_unref(self->bytes);
	free(self);
}

static const struct data_source_impl static_impl = {
	.send = static_send,
	.cancelled = static_cancelled,
	.finished = static_cancelled,
};

struct data_source *data_source_create_static(struct wl_event_loop *loop, const char *const *mimes,
	size_t n_mimes, const void *data, size_t size)
{
	struct static_source *self = xcalloc(1, sizeof(*self));
	data_source_init(&self->base, &static_impl);
	self->loop = loop;
	self->bytes = xcalloc(1, sizeof(*self->bytes) + size);
	self->bytes->refs = 1;
	self->bytes->size = size;
	if (size)
		memcpy(self->bytes->data, data, size);
	for (size_t i = 0; i < n_mimes; i++)
		data_source_offer(&self->base, mimes[i]);
	return &self->base;
}
