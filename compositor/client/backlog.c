// SPDX-License-Identifier: MIT
// A client is stalled while its socket is not writable, which for Unix sockets means that more than
// a quarter of the send buffer is unread; the rest is reserved for discrete events. The event loop
// polls for writability, so a client that never reads causes no wake-ups.
#include "compositor/client/backlog.h"
#include <errno.h>
#include <inttypes.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/server.h"

// Requested; the kernel doubles it and limits it to net.core.wmem_max. Each message takes at least
// about 768 bytes of it.
#define SEND_BUFFER (512 * 1024)

// A client that is not stalled has room for some hundred messages. It is polled again only after
// this many calls, which saves a system call per pointer motion.
#define TRUST 8

struct waiter {
	void (*callback)(struct wl_client *client, void *data);
	void *data;
	uint64_t round;
	struct wl_list link; // backlog.waiters
};

struct backlog {
	struct server *server;
	struct wl_client *client;
	struct wl_list waiters;         // waiter.link, oldest first
	struct wl_event_source *source; // only with waiters, and not while frozen
	uint64_t round;                 // waiters added by callbacks belong to the next round
	unsigned references;            // of the client, and of each call_waiters on the stack
	bool frozen;
	unsigned trust; // calls until it is polled again
	int poll_fd;    // libwayland's entry in the loop's epoll set, and its data; -1: unknown
	uint64_t poll_data;
	struct wl_listener client_destroyed;
};

static void on_client_destroyed(struct wl_listener *listener, void *data);

static struct backlog *backlog_find(struct wl_client *client)
{
	struct wl_listener *listener = wl_client_get_destroy_listener(client, on_client_destroyed);
	struct backlog *backlog;
	return listener ? wl_container_of(listener, backlog, client_destroyed) : NULL;
}

// False: that was the last reference, and the backlog is freed.
static bool backlog_unref(struct backlog *backlog)
{
	if (--backlog->references > 0)
		return true;
	free(backlog);
	return false;
}

// Calls the waiters of this round; they may destroy the client. False: the backlog was freed.
static bool call_waiters(struct backlog *backlog, struct wl_client *client)
{
	uint64_t round = backlog->round++;
	backlog->references++;
	while (!wl_list_empty(&backlog->waiters)) {
		struct waiter *first = wl_container_of(backlog->waiters.next, first, link);
		struct waiter waiter = *first;
		if (waiter.round > round)
			break;
		wl_list_remove(&first->link);
		free(first);
		waiter.callback(client, waiter.data);
	}
	return backlog_unref(backlog);
}

static void stop_waiting(struct backlog *backlog)
{
	if (backlog->source)
		wl_event_source_remove(backlog->source);
	backlog->source = NULL;
}

static int on_writable(int fd, uint32_t mask, void *data)
{
	struct backlog *backlog = data;
	// On a hang-up libwayland destroys the client, which calls the waiters.
	bool alive = mask == WL_EVENT_WRITABLE;
	if (alive && !call_waiters(backlog, backlog->client))
		return 0;
	if (!alive || wl_list_empty(&backlog->waiters))
		stop_waiting(backlog);
	return 0;
}

static void start_waiting(struct backlog *backlog)
{
	if (backlog->source || backlog->frozen || wl_list_empty(&backlog->waiters))
		return;
	backlog->source = wl_event_loop_add_fd(backlog->server->loop,
		wl_client_get_fd(backlog->client), WL_EVENT_WRITABLE, on_writable, backlog);
	if (!backlog->source)
		log_errno("cannot watch a stalled client");
}

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct backlog *backlog = wl_container_of(listener, backlog, client_destroyed);
	wl_list_remove(&backlog->client_destroyed.link);
	wl_list_init(&backlog->client_destroyed.link);
	stop_waiting(backlog);
	call_waiters(backlog, NULL);
	backlog_unref(backlog);
}

void backlog_watch(struct server *server, struct wl_client *client)
{
	int size = SEND_BUFFER;
	// If it fails the default size works as well.
	setsockopt(wl_client_get_fd(client), SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	struct backlog *backlog = xcalloc(1, sizeof(*backlog));
	backlog->server = server;
	backlog->client = client;
	backlog->references = 1;
	backlog->poll_fd = -1;
	wl_list_init(&backlog->waiters);
	backlog->client_destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(client, &backlog->client_destroyed);
}

int backlog_bytes(struct wl_client *client)
{
	int bytes = 0;
	return ioctl(wl_client_get_fd(client), SIOCOUTQ, &bytes) < 0 ? 0 : bytes;
}

bool backlog_late(struct wl_client *client)
{
	struct backlog *backlog = backlog_find(client);
	if (backlog && backlog->frozen)
		return true;
	if (backlog && backlog->trust > 0) {
		backlog->trust--;
		return false;
	}
	// The same condition as the event loop's, so that waiters are called once this is false.
	struct pollfd poll_fd = {.fd = wl_client_get_fd(client), .events = POLLOUT};
	bool late = poll(&poll_fd, 1, 0) == 0;
	if (backlog && !late)
		backlog->trust = TRUST;
	return late;
}

void backlog_when_drained(struct wl_client *client,
	void (*callback)(struct wl_client *client, void *data), void *data)
{
	struct backlog *backlog = backlog_find(client);
	if (!backlog) { // it is being destroyed
		callback(NULL, data);
		return;
	}
	struct waiter *waiter = xcalloc(1, sizeof(*waiter));
	waiter->callback = callback;
	waiter->data = data;
	waiter->round = backlog->round;
	wl_list_insert(backlog->waiters.prev, &waiter->link);
	start_waiting(backlog);
}

void backlog_forget(struct wl_client *client, void *data)
{
	struct backlog *backlog = backlog_find(client);
	if (!backlog)
		return;
	struct waiter *waiter, *tmp;
	wl_list_for_each_safe(waiter, tmp, &backlog->waiters, link) {
		if (waiter->data != data)
			continue;
		wl_list_remove(&waiter->link);
		free(waiter);
	}
	if (wl_list_empty(&backlog->waiters))
		stop_waiting(backlog);
}

// Freezing
//
// libwayland cannot stop reading a client. Its loop is an epoll set, though, whose entries can be
// modified with their descriptor and data, and /proc lists both. Without /proc a frozen client is
// only stalled.

static bool is_same_file(int a, int b)
{
	struct stat a_stat, b_stat;
	return fstat(a, &a_stat) == 0 && fstat(b, &b_stat) == 0 && a_stat.st_ino == b_stat.st_ino &&
		a_stat.st_dev == b_stat.st_dev;
}

static bool find_poll_entry(struct backlog *backlog)
{
	char path[64], *line = NULL;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d",
		wl_event_loop_get_fd(backlog->server->loop));
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	size_t size = 0;
	backlog->poll_fd = -1;
	while (backlog->poll_fd < 0 && getline(&line, &size, file) >= 0) {
		int fd;
		unsigned events;
		uint64_t data;
		if (sscanf(line, "tfd: %d events: %x data: %" SCNx64, &fd, &events, &data) != 3 ||
			!(events & EPOLLIN) || !is_same_file(fd, wl_client_get_fd(backlog->client)))
			continue;
		backlog->poll_fd = fd;
		backlog->poll_data = data;
	}
	free(line);
	fclose(file);
	return backlog->poll_fd >= 0;
}

static bool poll_for(struct backlog *backlog, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u64 = backlog->poll_data};
	return epoll_ctl(wl_event_loop_get_fd(backlog->server->loop), EPOLL_CTL_MOD,
		       backlog->poll_fd, &event) == 0;
}

void backlog_freeze(struct wl_client *client, bool frozen)
{
	struct backlog *backlog = backlog_find(client);
	if (!backlog || backlog->frozen == frozen)
		return;
	backlog->frozen = frozen;
	if (frozen) {
		stop_waiting(backlog);
		// Hang-ups are still reported.
		if (!find_poll_entry(backlog) || !poll_for(backlog, 0)) {
			log_warn("cannot stop reading a frozen client");
			backlog->poll_fd = -1;
		}
		return;
	}
	// libwayland itself removes EPOLLOUT when there is nothing to write.
	if (backlog->poll_fd >= 0 && !poll_for(backlog, EPOLLIN | EPOLLOUT))
		log_errno("cannot resume reading a client");
	backlog->poll_fd = -1;
	start_waiting(backlog);
}
