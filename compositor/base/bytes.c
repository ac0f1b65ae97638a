// SPDX-License-Identifier: MIT
#include "compositor/base/bytes.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/pipe.h"

struct transfer {
	struct bytes *bytes;
	size_t done;
	int fd;
	struct wl_event_source *source;
	struct wl_listener loop_destroyed;
};

struct bytes *bytes_create(size_t size)
{
	if (size > PTRDIFF_MAX - sizeof(struct bytes))
		return NULL;
	struct bytes *bytes = calloc(1, sizeof(*bytes) + size);
	if (!bytes)
		return NULL;
	bytes->refs = 1;
	bytes->size = size;
	return bytes;
}

struct bytes *bytes_ref(struct bytes *bytes)
{
	bytes->refs++;
	return bytes;
}

void bytes_unref(struct bytes *bytes)
{
	if (bytes && --bytes->refs == 0)
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

void bytes_send(struct bytes *bytes, size_t from, struct wl_event_loop *loop, int fd)
{
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));
	transfer->bytes = bytes_ref(bytes);
	transfer->done = from;
	transfer->fd = fd;
	if (!pipe_take(&transfer->fd) || !transfer_continue(transfer))
		goto done;
	transfer->source =
		wl_event_loop_add_fd(loop, transfer->fd, WL_EVENT_WRITABLE, on_writable, transfer);
	if (!transfer->source) {
		log_errno("data for the clipboard cannot be sent");
		goto done;
	}
	transfer->loop_destroyed.notify = on_loop_destroyed;
	wl_event_loop_add_destroy_listener(loop, &transfer->loop_destroyed);
	return;
done:
	transfer_destroy(transfer);
}
