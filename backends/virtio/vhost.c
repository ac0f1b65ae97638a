// SPDX-License-Identifier: MIT
// The connection to a device process: first what a virtual machine's monitor tells it, later what it
// asks of the display, which is us as well. Everything it sends has a length that is checked.
#include "backends/virtio/vhost.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define PATIENCE_MS 8000
#define FEATURE_VIRGL (UINT64_C(1) << 0)
#define FEATURE_VERSION_1 (UINT64_C(1) << 32)
#define DESCRIPTORS (2 * VHOST_SLOTS)
#define WATCHED_WORDS (5 + 64 * 64) // an image of the pointer

enum request { // to the device
	GET_FEATURES = 1,
	SET_FEATURES = 2,
	SET_OWNER = 3,
	SET_MEMORY = 5,
	SET_QUEUE_SIZE = 8,
	SET_QUEUE_ADDRESS = 9,
	SET_QUEUE_BASE = 10,
	SET_QUEUE_KICK = 12,
	SET_QUEUE_CALL = 13,
	SET_DISPLAY_SOCKET = 33,
};

enum wish { // of the device
	GET_PROTOCOL = 1,
	GET_DISPLAY_INFO = 3,
	DMABUF_UPDATE = 10,
};

enum { REQUEST_VERSION = 1, REPLY = 4 };

bool vhost_die(struct vhost *vhost, const char *why)
{
	if (!vhost->dead)
		log_error("%s: %s", vhost->path, why);
	vhost->dead = true;
	return false;
}

// Messages

static bool send_message(struct vhost *vhost, int file, uint32_t request, uint32_t flags,
	const void *data, size_t size, int fd)
{
	uint32_t head[3] = {request, flags, (uint32_t)size};
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec parts[2] = {{head, sizeof(head)}, {(void *)data, size}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	if (fd >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		struct cmsghdr *part = CMSG_FIRSTHDR(&message);
		part->cmsg_level = SOL_SOCKET;
		part->cmsg_type = SCM_RIGHTS;
		part->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(part), &fd, sizeof(fd));
	}
	ssize_t sent;
	do
		sent = sendmsg(file, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent == (ssize_t)(sizeof(head) + size))
		return true;
	return vhost_die(vhost, sent < 0 ? strerror(errno) : "the device does not read");
}

// Descriptors that come along are of no use here: nobody looks at the pictures.
static ssize_t receive_some(int file, void *into, size_t size)
{
	char control[CMSG_SPACE(sizeof(int) * 4)];
	struct iovec part = {into, size};
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(file, &message, MSG_CMSG_CLOEXEC);
	if (got < 0)
		return got;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head;
		head = CMSG_NXTHDR(&message, head)) {
		size_t n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		bool files = head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS;
		for (size_t i = 0; files && i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(head) + i * sizeof(fd), sizeof(fd));
			close(fd);
		}
	}
	return got;
}

// The sockets wait no longer than the device's patience.
static bool receive(struct vhost *vhost, int file, void *into, size_t size)
{
	for (size_t at = 0; at < size;) {
		ssize_t got = receive_some(file, (char *)into + at, size - at);
		if (got == 0)
			return vhost_die(vhost, "the device has gone");
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return vhost_die(vhost,
				errno == EAGAIN ? "the device does not answer" : strerror(errno));
		at += (size_t)got;
	}
	return true;
}

static bool skip(struct vhost *vhost, int file, size_t size)
{
	char some[4096];
	for (; size; size -= MIN(size, sizeof(some)))
		if (!receive(vhost, file, some, MIN(size, sizeof(some))))
			return false;
	return true;
}

static bool tell(struct vhost *vhost, enum request request, const void *data, size_t size, int fd)
{
	return send_message(
		vhost, vhost->socket, (uint32_t)request, REQUEST_VERSION, data, size, fd);
}

// What the device asks

static bool reply(struct vhost *vhost, uint32_t wish, const void *data, size_t size)
{
	return send_message(vhost, vhost->display, wish, REPLY, data, size, -1);
}

static bool reply_screens(struct vhost *vhost)
{
	uint32_t words[6 + 6 * VHOST_SCREENS] = {0x1101};
	uint32_t x = 0;
	for (size_t i = 0; i < VHOST_SCREENS; i++) {
		uint32_t *screen = words + 6 + 6 * i;
		screen[0] = x;
		screen[2] = (uint32_t)vhost->screens[i].width;
		screen[3] = (uint32_t)vhost->screens[i].height;
		screen[4] = screen[2] != 0;
		x += screen[2];
	}
	return reply(vhost, GET_DISPLAY_INFO, words, sizeof(words));
}

static bool on_wish(struct vhost *vhost)
{
	uint32_t head[3], words[WATCHED_WORDS] = {0};
	if (!receive(vhost, vhost->display, head, sizeof(head)))
		return false;
	size_t size = MIN((size_t)head[2], sizeof(words));
	if (!receive(vhost, vhost->display, words, size) ||
		!skip(vhost, vhost->display, head[2] - size))
		return false;
	if (vhost->options.watch)
		vhost->options.watch(
			vhost->options.watch_data, head[0], words, size / sizeof(*words));
	if (head[0] == GET_PROTOCOL)
		return reply(vhost, GET_PROTOCOL, &(uint64_t){0}, sizeof(uint64_t));
	if (head[0] == GET_DISPLAY_INFO)
		return reply_screens(vhost);
	return head[0] != DMABUF_UPDATE || reply(vhost, DMABUF_UPDATE, NULL, 0);
}

bool vhost_pump(struct vhost *vhost, int timeout_ms)
{
	struct pollfd files[] = {
		{.fd = vhost->rings[VHOST_CONTROL].call, .events = POLLIN},
		{.fd = vhost->rings[VHOST_CURSOR].call, .events = POLLIN},
		{.fd = vhost->display, .events = POLLIN},
		{.fd = vhost->socket, .events = POLLIN},
	};
	if (vhost->dead)
		return false;
	int n;
	do
		n = poll(files, array_length(files),
			timeout_ms < 0 ? vhost->options.patience_ms : timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return vhost_die(vhost, strerror(errno));
	if (n == 0)
		return timeout_ms >= 0 || vhost_die(vhost, "the device does not answer");
	if (files[3].revents) // it says nothing there by itself
		return vhost_die(vhost, "the device has gone");
	if (files[2].revents && !on_wish(vhost))
		return false;
	return vhost_reap(vhost);
}

// Connecting

static bool set_patience(const struct vhost *vhost, int file)
{
	struct timeval time = {
		vhost->options.patience_ms / 1000, vhost->options.patience_ms % 1000 * 1000};
	return setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)) == 0 &&
		setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)) == 0;
}

static bool tell_queue(struct vhost *vhost, uint32_t index)
{
	const struct vhost_ring *ring = &vhost->rings[index];
	const uint32_t size[] = {index, DESCRIPTORS}, base[] = {index, 0};
	const uint64_t address[] = {index, (uintptr_t)ring->descriptors, (uintptr_t)ring->used,
		(uintptr_t)ring->available, 0};
	const uint64_t number = index;
	// The last one starts it.
	return tell(vhost, SET_QUEUE_SIZE, size, sizeof(size), -1) &&
		tell(vhost, SET_QUEUE_BASE, base, sizeof(base), -1) &&
		tell(vhost, SET_QUEUE_ADDRESS, address, sizeof(address), -1) &&
		tell(vhost, SET_QUEUE_CALL, &number, sizeof(number), ring->call) &&
		tell(vhost, SET_QUEUE_KICK, &number, sizeof(number), ring->kick);
}

static bool set_up(struct vhost *vhost, int display)
{
	uint32_t head[3];
	uint64_t features = 0;
	const uint64_t memory[] = {
		1, vhost_memory_start(), vhost_memory_size(), (uintptr_t)vhost->base, 0};
	if (!tell(vhost, SET_OWNER, NULL, 0, -1) || !tell(vhost, GET_FEATURES, NULL, 0, -1) ||
		!receive(vhost, vhost->socket, head, sizeof(head)))
		return false;
	if (head[0] != GET_FEATURES || head[2] != sizeof(features))
		return vhost_die(vhost, "this is no vhost-user device");
	if (!receive(vhost, vhost->socket, &features, sizeof(features)))
		return false;
	if (!(features & FEATURE_VERSION_1))
		return vhost_die(vhost, "the device is too old");
	features &= FEATURE_VERSION_1 | FEATURE_VIRGL;
	vhost->draws = features & FEATURE_VIRGL;
	// The socket comes before the features: with these the device begins.
	if (!tell(vhost, SET_DISPLAY_SOCKET, NULL, 0, display) ||
		!tell(vhost, SET_FEATURES, &features, sizeof(features), -1) ||
		!tell(vhost, SET_MEMORY, memory, sizeof(memory), vhost->memory))
		return false;
	for (uint32_t i = 0; i < VHOST_QUEUES; i++)
		if (!tell_queue(vhost, i))
			return false;
	// Its first answer tells that it is there.
	uint32_t screens[VHOST_ANSWER_WORDS];
	return vhost_ask(vhost, VHOST_GET_DISPLAY_INFO, 0, NULL, 0, screens, sizeof(screens)) ||
		vhost_die(vhost, "the device has no screens");
}

static bool open_sockets(struct vhost *vhost, int *display)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int pair[2];
	if (strlen(vhost->path) >= sizeof(address.sun_path)) {
		log_error("%s: too long for the name of a socket", vhost->path);
		return false;
	}
	memcpy(address.sun_path, vhost->path, strlen(vhost->path) + 1);
	vhost->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (vhost->socket < 0 || !set_patience(vhost, vhost->socket) ||
		connect(vhost->socket, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		log_errno("%s: no vhost-user device", vhost->path);
		return false;
	}
	vhost->display = pair[0];
	*display = pair[1];
	return set_patience(vhost, vhost->display);
}

static void hang_up(struct vhost *vhost)
{
	close_fd(&vhost->socket);
	close_fd(&vhost->display);
	vhost_rings_finish(vhost);
	vhost_memory_finish(vhost);
	vhost->dead = true;
}

bool vhost_reconnect(struct vhost *vhost)
{
	int display = -1;
	hang_up(vhost);
	vhost->dead = false;
	bool ok = vhost_memory_init(vhost) && vhost_rings_init(vhost) &&
		open_sockets(vhost, &display) && set_up(vhost, display);
	close_fd(&display);
	if (!ok)
		hang_up(vhost);
	return ok;
}

struct vhost *vhost_create(const char *path, const struct vhost_options *options)
{
	struct vhost *vhost = xcalloc(1, sizeof(*vhost));
	vhost->path = xstrdup(path);
	vhost->users = 1;
	vhost->socket = vhost->display = vhost->memory = -1;
	for (int i = 0; i < VHOST_QUEUES; i++)
		vhost->rings[i].kick = vhost->rings[i].call = -1;
	if (options)
		vhost->options = *options;
	if (!vhost->options.patience_ms)
		vhost->options.patience_ms = PATIENCE_MS;
	if (vhost_reconnect(vhost))
		return vhost;
	vhost_unref(vhost);
	return NULL;
}

struct vhost *vhost_ref(struct vhost *vhost)
{
	vhost->users++;
	return vhost;
}

void vhost_unref(struct vhost *vhost)
{
	if (!vhost || --vhost->users)
		return;
	hang_up(vhost);
	free(vhost->path);
	free(vhost);
}
