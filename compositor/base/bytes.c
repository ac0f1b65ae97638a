// SPDX-License-Identifier: MIT
#include "compositor/base/bytes.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/pipe.h"

// Readers need not read, and may outlive their client. Beyond this the one that has waited longest
// is given up.
#define MAX_WAITING 64

struct waiting {             // transfers of an event loop
	struct wl_list list; // transfer.link, those without progress for longest first
	int count;
	struct wl_listener loop_destroyed;
};

struct transfer {
	struct bytes *bytes;
	size_t done;
	int fd;
	struct wl_event_source *source;
	struct waiting *waiting; // with a source
	struct wl_list link;     // waiting.list
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

bool bytes_resize(struct bytes **bytes, size_t size)
{
	if (size > PTRDIFF_MAX - sizeof(struct bytes))
		return false;
	struct bytes *moved = realloc(*bytes, sizeof(*moved) + size);
	if (!moved)
		return false;
	moved->size = size;
	*bytes = moved;
	return true;
}

// Adds a reference and returns the data.
static struct bytes *bytes_ref(struct bytes *bytes)
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
		wl_list_remove(&transfer->link);
		transfer->waiting->count--;
	}
	close_fd(&transfer->fd);
	bytes_unref(transfer->bytes);
	free(transfer);
}

// False: done, or failed.
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
	if (mask & WL_EVENT_ERROR || !transfer_continue(transfer)) {
		transfer_destroy(transfer);
		return 0;
	}
	wl_list_remove(&transfer->link);
	wl_list_insert(transfer->waiting->list.prev, &transfer->link);
	return 0;
}

static void on_loop_destroyed(struct wl_listener *listener, void *data)
{
	struct waiting *waiting = wl_container_of(listener, waiting, loop_destroyed);
	struct transfer *transfer, *tmp;
	wl_list_for_each_safe(transfer, tmp, &waiting->list, link)
		transfer_destroy(transfer);
	free(waiting);
}

static struct waiting *waiting_of(struct wl_event_loop *loop)
{
	struct wl_listener *listener = wl_event_loop_get_destroy_listener(loop, on_loop_destroyed);
	struct waiting *waiting;
	if (listener)
		return wl_container_of(listener, waiting, loop_destroyed);
	waiting = xcalloc(1, sizeof(*waiting));
	wl_list_init(&waiting->list);
	waiting->loop_destroyed.notify = on_loop_destroyed;
	wl_event_loop_add_destroy_listener(loop, &waiting->loop_destroyed);
	return waiting;
}

static void wait_for_reader(struct transfer *transfer, struct wl_event_loop *loop)
{
	struct waiting *waiting = waiting_of(loop);
	if (waiting->count >= MAX_WAITING) {
		struct transfer *oldest = wl_container_of(waiting->list.next, oldest, link);
		log_warn("too many pastes are not read; the oldest one ends");
		transfer_destroy(oldest);
	}
	transfer->source =
		wl_event_loop_add_fd(loop, transfer->fd, WL_EVENT_WRITABLE, on_writable, transfer);
	if (!transfer->source) {
		log_errno("cannot send clipboard data");
		transfer_destroy(transfer);
		return;
	}
	transfer->waiting = waiting;
	waiting->count++;
	wl_list_insert(waiting->list.prev, &transfer->link);
}

void bytes_send(struct bytes *bytes, size_t from, struct wl_event_loop *loop, int fd)
{
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));
	transfer->bytes = bytes_ref(bytes);
	transfer->done = from;
	transfer->fd = fd;
	if (pipe_take(&transfer->fd) && transfer_continue(transfer))
		wait_for_reader(transfer, loop);
	else
		transfer_destroy(transfer);
}
