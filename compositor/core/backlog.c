// SPDX-License-Identifier: MIT
// A client is late while its socket is not writable, which for Unix sockets means that more than a
// quarter of the send buffer waits to be read; the rest is kept for what cannot wait. Being told
// that it has read is then the event loop's business: nothing wakes up for a client that never does.
#include "compositor/core/backlog.h"
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
#include "compositor/core/server.h"

// Asked for; the kernel doubles it and cuts it at what the system allows. A message takes about
// 768 bytes of it, however small it is.
#define SEND_BUFFER (512 * 1024)

// A client that is not late has room for some hundred messages more. So often it is believed not to
// be late before it is asked again: a motion of the pointer costs a system call less.
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
	struct wl_event_source *source; // only while somebody waits and it is not frozen
	uint64_t round;                 // callbacks that wait again wait for the next round
	bool *gone;                     // set when this goes while its callbacks run
	bool frozen;
	unsigned trust; // so often it need not be asked
	int poll_fd;    // libwayland's, in the loop's epoll set, with its data; -1: not known
	uint64_t poll_data;
	struct wl_listener client_destroyed;
};

static void on_client_destroyed(struct wl_listener *listener, void *data);

static struct backlog *find(struct wl_client *client)
{
	struct wl_listener *listener = wl_client_get_destroy_listener(client, on_client_destroyed);
	struct backlog *backlog;
	return listener ? wl_container_of(listener, backlog, client_destroyed) : NULL;
}

// False: the backlog is gone.
static bool call_waiters(struct backlog *backlog, struct wl_client *client)
{
	bool gone = false;
	uint64_t round = backlog->round++;
	backlog->gone = &gone;
	while (!gone && !wl_list_empty(&backlog->waiters)) {
		struct waiter *first = wl_container_of(backlog->waiters.next, first, link);
		struct waiter waiter = *first;
		if (waiter.round > round)
			break;
		wl_list_remove(&first->link);
		free(first);
		waiter.callback(client, waiter.data);
	}
	if (!gone)
		backlog->gone = NULL;
	return !gone;
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
	// After a hang-up libwayland destroys the client, which calls those who wait.
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
		log_errno("a client that is late cannot be watched");
}

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct backlog *backlog = wl_container_of(listener, backlog, client_destroyed);
	wl_list_remove(&backlog->client_destroyed.link);
	wl_list_init(&backlog->client_destroyed.link);
	stop_waiting(backlog);
	if (backlog->gone)
		*backlog->gone = true;
	call_waiters(backlog, NULL);
	free(backlog);
}

void backlog_watch(struct server *server, struct wl_client *client)
{
	int size = SEND_BUFFER;
	// What the system gives is enough to work with.
	setsockopt(wl_client_get_fd(client), SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	struct backlog *backlog = xcalloc(1, sizeof(*backlog));
	backlog->server = server;
	backlog->client = client;
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
	struct backlog *backlog = find(client);
	if (backlog && backlog->frozen)
		return true;
	if (backlog && backlog->trust > 0) {
		backlog->trust--;
		return false;
	}
	// Asked as the loop will be asked, so that whoever waits is called when this is false.
	struct pollfd poll_fd = {.fd = wl_client_get_fd(client), .events = POLLOUT};
	bool late = poll(&poll_fd, 1, 0) == 0;
	if (backlog && !late)
		backlog->trust = TRUST;
	return late;
}

void backlog_when_drained(struct wl_client *client,
	void (*callback)(struct wl_client *client, void *data), void *data)
{
	struct backlog *backlog = find(client);
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
	struct backlog *backlog = find(client);
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
// libwayland has no way to leave a client unread, but its loop is an epoll set that anybody may
// change who knows a member's descriptor and data, and the kernel tells both. Without /proc a frozen
// client is only late.

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
	struct backlog *backlog = find(client);
	if (!backlog || backlog->frozen == frozen)
		return;
	backlog->frozen = frozen;
	if (frozen) {
		stop_waiting(backlog);
		// A hang-up is still told.
		if (!find_poll_entry(backlog) || !poll_for(backlog, 0)) {
			log_warn("a frozen client cannot be left unread");
			backlog->poll_fd = -1;
		}
		return;
	}
	// libwayland itself stops asking for writability once there is nothing left to write.
	if (backlog->poll_fd >= 0 && !poll_for(backlog, EPOLLIN | EPOLLOUT))
		log_errno("a client cannot be thawed");
	backlog->poll_fd = -1;
	start_waiting(backlog);
}
