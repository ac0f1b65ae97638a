// SPDX-License-Identifier: MIT
#include "compositor/base/datasource.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "compositor/base/log.h"

// Limits against clients that fill memory and sockets of others with types.
#define MAX_MIMES 256
#define MAX_MIME_LENGTH 4096
#define MAX_MIME_BYTES (32 << 10) // all together

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

struct static_source {
	struct data_source base;
	struct wl_event_loop *loop;
	struct bytes *bytes; // NULL: no memory
};

static void static_send(struct data_source *source, const char *mime, int fd)
{
	struct static_source *self = wl_container_of(source, self, base);
	if (self->bytes)
		bytes_send(self->bytes, 0, self->loop, fd);
	else
		close_fd(&fd);
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
	self->bytes = bytes_create(size);
	if (!self->bytes)
		log_error("no memory for %zu bytes of clipboard data", size);
	else if (size)
		memcpy(self->bytes->data, data, size);
	for (size_t i = 0; i < n_mimes; i++)
		data_source_offer(&self->base, mimes[i]);
	return &self->base;
}
