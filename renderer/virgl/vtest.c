// SPDX-License-Identifier: MIT
// A virgl host behind a socket: virgl_test_server, which draws as a virtual machine's host would.
// It answers in order and may be gone, slow or wrong at any byte: every answer is checked, and
// waited for only so long.
//
// When a resource is free again is asked by a fence: a request that is answered once all before it
// is done. Requests are counted; a fence that was answered settles all up to its own.
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/virgl/transport.h"

#define PATIENCE_MS 8000
#define FAREWELL_MS 200
// Frames that are on their way; with more, the next one waits.
#define MAX_FENCES 2
#define MAX_CAPS 65536

enum command {
	GET_CAPS = 1,
	RESOURCE_UNREF = 3,
	SUBMIT = 6,
	BUSY_WAIT = 7,
	CREATE_RENDERER = 8,
	GET_CAPS2 = 9,
	PING_PROTOCOL_VERSION = 10,
	PROTOCOL_VERSION = 11,
	RESOURCE_CREATE2 = 12,
	TRANSFER_GET2 = 13,
	TRANSFER_PUT2 = 14,
};

enum {
	HEADER_WORDS = 2,
	WAIT_FLAG = 1,
};

struct vtest_resource {
	struct virgl_resource base;
	uint64_t touched; // by this request
	struct wl_list link;
};

struct vtest {
	struct virgl_transport base;
	char *path;
	struct vtest_options options;
	int fd;
	int protocol;
	uint32_t next_id;     // below protocol 3
	uint64_t asked, done; // requests
	uint64_t fences[MAX_FENCES + 1];
	size_t n_fences;
	struct wl_list resources; // vtest_resource.link
};

static struct vtest *vtest_from(struct virgl_transport *transport)
{
	return wl_container_of(transport, (struct vtest *)NULL, base);
}

// The socket

static bool die(struct vtest *vtest, const char *why)
{
	if (!vtest->base.dead)
		log_error("%s: %s", vtest->path, why);
	vtest->base.dead = true;
	close_fd(&vtest->fd);
	return false;
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

// False: died.
static bool wait_for(struct vtest *vtest, short events, int64_t until)
{
	for (;;) {
		int64_t left = until - now_ms();
		struct pollfd pollfd = {.fd = vtest->fd, .events = events};
		int n = left > 0 ? poll(&pollfd, 1, (int)left) : 0;
		if (n > 0)
			return true;
		if (n == 0)
			return die(vtest, "the server does not answer");
		if (errno != EINTR)
			return die(vtest, strerror(errno));
	}
}

static bool again(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static bool send_all(
	struct vtest *vtest, const uint32_t *head, size_t n_head, const void *data, size_t size)
{
	struct iovec parts[2] = {{(void *)head, n_head * sizeof(*head)}, {(void *)data, size}};
	int64_t until = now_ms() + vtest->options.patience_ms;
	if (vtest->base.dead)
		return false;
	for (size_t i = 0, n = size ? 2 : 1; i < n;) {
		struct msghdr message = {.msg_iov = parts + i, .msg_iovlen = n - i};
		ssize_t sent = sendmsg(vtest->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && !again())
			return die(vtest, strerror(errno));
		if (sent < 0 && !wait_for(vtest, POLLOUT, until))
			return false;
		for (; i < n && sent >= 0; i++) {
			size_t part = MIN((size_t)sent, parts[i].iov_len);
			parts[i].iov_base = (char *)parts[i].iov_base + part;
			parts[i].iov_len -= part;
			sent -= (ssize_t)part;
			if (parts[i].iov_len)
				break;
		}
	}
	return true;
}

// With its descriptor, if fd is not NULL: *fd is -1 where none came.
static ssize_t receive_some(struct vtest *vtest, void *into, size_t size, int *fd)
{
	char control[CMSG_SPACE(sizeof(int) * 4)];
	struct iovec part = {into, size};
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(vtest->fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (got < 0)
		return got;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head;
		head = CMSG_NXTHDR(&message, head)) {
		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int one;
			memcpy(&one, CMSG_DATA(head) + i * sizeof(one), sizeof(one));
			if (fd && *fd < 0)
				*fd = one;
			else
				close(one);
		}
	}
	return got;
}

static bool receive(struct vtest *vtest, void *into, size_t size, int *fd)
{
	int64_t until = now_ms() + vtest->options.patience_ms;
	if (vtest->base.dead)
		return false;
	for (size_t at = 0; at < size;) {
		ssize_t got = receive_some(vtest, (char *)into + at, size - at, fd);
		if (got == 0)
			return die(vtest, "the server has closed the connection");
		if (got < 0 && !again())
			return die(vtest, strerror(errno));
		if (got < 0 && !wait_for(vtest, POLLIN, until))
			return false;
		if (got > 0)
			at += (size_t)got;
	}
	return true;
}

// Requests and answers

static bool ask(struct vtest *vtest, enum command command, const uint32_t *words, uint32_t n)
{
	uint32_t head[HEADER_WORDS + 16] = {n, command};
	if (n)
		memcpy(head + HEADER_WORDS, words, n * sizeof(*words));
	vtest->asked++;
	return send_all(vtest, head, HEADER_WORDS + n, NULL, 0);
}

// An answer of one word. False: died.
static bool expect_word(struct vtest *vtest, enum command command, uint32_t *word)
{
	uint32_t answer[3];
	if (!receive(vtest, answer, sizeof(answer), NULL))
		return false;
	*word = answer[2];
	return (answer[0] == 1 && answer[1] == (uint32_t)command) ||
		die(vtest, "the server answers another question");
}

static bool read_fence(struct vtest *vtest)
{
	uint32_t busy;
	if (!expect_word(vtest, BUSY_WAIT, &busy))
		return false;
	vtest->done = vtest->fences[0];
	vtest->n_fences--;
	memmove(vtest->fences, vtest->fences + 1, vtest->n_fences * sizeof(*vtest->fences));
	return true;
}

// Answers come in order: those of fences before any other.
static bool read_fences(struct vtest *vtest)
{
	while (vtest->n_fences)
		if (!read_fence(vtest))
			return false;
	return true;
}

static bool ask_fence(struct vtest *vtest)
{
	while (vtest->n_fences > MAX_FENCES - 1)
		if (!read_fence(vtest))
			return false;
	if (!ask(vtest, BUSY_WAIT, (const uint32_t[]){0, WAIT_FLAG}, 2))
		return false;
	vtest->fences[vtest->n_fences++] = vtest->asked;
	return true;
}

// Whether an answer has begun to arrive.
static bool is_readable(const struct vtest *vtest)
{
	struct pollfd pollfd = {.fd = vtest->fd, .events = POLLIN};
	return !vtest->base.dead && poll(&pollfd, 1, 0) > 0;
}

// Connecting

static bool say_hello(struct vtest *vtest)
{
	static const char name[] = "oriel";
	const uint32_t head[HEADER_WORDS] = {sizeof(name), CREATE_RENDERER}; // bytes, only here
	uint32_t answer[HEADER_WORDS], word;
	// Servers from before there were versions know only the second question.
	if (!send_all(vtest, head, HEADER_WORDS, name, sizeof(name)) ||
		!ask(vtest, PING_PROTOCOL_VERSION, NULL, 0) ||
		!ask(vtest, BUSY_WAIT, (const uint32_t[]){0, 0}, 2) ||
		!receive(vtest, answer, sizeof(answer), NULL))
		return false;
	if (answer[1] == BUSY_WAIT)
		return die(vtest, "the server is too old: version 0 of its protocol");
	if (answer[0] != 0 || answer[1] != PING_PROTOCOL_VERSION)
		return die(vtest, "this is no virgl_test_server");
	if (!expect_word(vtest, BUSY_WAIT, &word) ||
		!ask(vtest, PROTOCOL_VERSION, &(uint32_t){(uint32_t)vtest->options.protocol}, 1) ||
		!expect_word(vtest, PROTOCOL_VERSION, &word))
		return false;
	if (word < 2)
		return die(vtest, "the server is too old: version 2 of its protocol is needed");
	if (word > (uint32_t)vtest->options.protocol)
		return die(vtest, "the server speaks a version that was not asked for");
	vtest->protocol = (int)word;
	return true;
}

static bool connect_to(struct vtest *vtest)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(vtest->path) >= sizeof(address.sun_path)) {
		log_error("%s: too long for the name of a socket", vtest->path);
		return false;
	}
	memcpy(address.sun_path, vtest->path, strlen(vtest->path) + 1);
	vtest->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (vtest->fd < 0 ||
		connect(vtest->fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		log_errno("%s: no virgl_test_server", vtest->path);
		close_fd(&vtest->fd);
		return false;
	}
	vtest->base.dead = false;
	vtest->asked = vtest->done = vtest->n_fences = 0;
	vtest->next_id = 1;
	return say_hello(vtest);
}

// A server that serves one at a time dies of answers that nobody takes.
static void hang_up(struct vtest *vtest)
{
	struct pollfd pollfd = {.fd = vtest->fd, .events = POLLIN};
	while (!vtest->base.dead && vtest->n_fences && poll(&pollfd, 1, FAREWELL_MS) > 0)
		read_fence(vtest);
	close_fd(&vtest->fd);
	vtest->base.dead = true;
}

static bool vtest_reset(struct virgl_transport *transport)
{
	struct vtest *vtest = vtest_from(transport);
	struct vtest_resource *resource;
	wl_list_for_each(resource, &vtest->resources, link)
		resource->base.id = 0;
	hang_up(vtest);
	return connect_to(vtest);
}

static size_t vtest_caps(struct virgl_transport *transport, void *into, size_t size)
{
	struct vtest *vtest = vtest_from(transport);
	uint32_t head[HEADER_WORDS];
	if (!ask(vtest, GET_CAPS2, NULL, 0) || !read_fences(vtest) ||
		!receive(vtest, head, sizeof(head), NULL))
		return 0;
	// Bytes and one more, for once; the set is named in the place of the command.
	if ((head[1] != 1 && head[1] != 2) || head[0] < 2 || head[0] > MAX_CAPS) {
		die(vtest, "the server tells nonsense about what it can do");
		return 0;
	}
	char all[MAX_CAPS];
	size_t told = head[0] - 1, n = MIN(told, size);
	if (!receive(vtest, all, told, NULL))
		return 0;
	memcpy(into, all, n);
	return n;
}

// Resources

static bool map_backing(struct vtest *vtest, struct vtest_resource *resource)
{
	int fd = -1;
	char byte;
	struct stat stat;
	size_t size = resource->base.shape.backing;
	if (!receive(vtest, &byte, 1, &fd))
		return false;
	bool ok = fd >= 0 && fstat(fd, &stat) == 0 && stat.st_size >= 0 &&
		(uint64_t)stat.st_size >= size;
	void *map = ok ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
	close_fd(&fd);
	if (!ok)
		return die(vtest, "the server shares less memory than was asked for");
	if (map == MAP_FAILED)
		return die(vtest, "the server's memory cannot be mapped");
	resource->base.map = map;
	return true;
}

static bool create_on_server(struct vtest *vtest, struct vtest_resource *resource)
{
	const struct virgl_shape *shape = &resource->base.shape;
	uint32_t id = vtest->protocol < 3 ? vtest->next_id++ : 0;
	const uint32_t words[11] = {id, shape->target, shape->format, shape->bind,
		(uint32_t)shape->width, (uint32_t)shape->height, 1, 1, 0, 0,
		(uint32_t)shape->backing};
	if (!ask(vtest, RESOURCE_CREATE2, words, array_length(words)))
		return false;
	if (vtest->protocol >= 3 &&
		(!read_fences(vtest) || !expect_word(vtest, RESOURCE_CREATE2, &id)))
		return false;
	if (!id)
		return die(vtest, "the server makes a resource without a number");
	resource->base.id = id;
	return !shape->backing || (read_fences(vtest) && map_backing(vtest, resource));
}

static void vtest_release(struct virgl_transport *transport, struct virgl_resource *base)
{
	struct vtest *vtest = vtest_from(transport);
	struct vtest_resource *resource = wl_container_of(base, resource, base);
	if (base->id && !vtest->base.dead)
		ask(vtest, RESOURCE_UNREF, &base->id, 1);
	if (base->map)
		munmap(base->map, base->shape.backing);
	wl_list_remove(&resource->link);
	free(resource);
}

static struct virgl_resource *vtest_create(
	struct virgl_transport *transport, const struct virgl_shape *shape)
{
	struct vtest *vtest = vtest_from(transport);
	if (vtest->base.dead)
		return NULL;
	if (shape->backing > INT32_MAX) {
		log_error(
			"%s: no memory for %dx%d pixels", vtest->path, shape->width, shape->height);
		return NULL;
	}
	struct vtest_resource *resource = xcalloc(1, sizeof(*resource));
	resource->base.shape = *shape;
	wl_list_insert(&vtest->resources, &resource->link);
	if (create_on_server(vtest, resource))
		return &resource->base;
	vtest_release(transport, &resource->base);
	return NULL;
}

static void touch(struct vtest *vtest, struct virgl_resource *base)
{
	struct vtest_resource *resource = wl_container_of(base, resource, base);
	resource->touched = vtest->asked;
}

static bool transfer(struct virgl_transport *transport, struct virgl_resource *resource,
	const struct box *box, enum command command)
{
	struct vtest *vtest = vtest_from(transport);
	const struct virgl_shape *shape = &resource->shape;
	uint64_t bytes = (uint64_t)shape->bytes;
	uint64_t offset = ((uint64_t)box->y * (uint64_t)shape->width + (uint64_t)box->x) * bytes;
	const uint32_t words[10] = {resource->id, 0, (uint32_t)box->x, (uint32_t)box->y, 0,
		(uint32_t)box->width, (uint32_t)box->height, 1, 0, (uint32_t)offset};
	if (!resource->id || !resource->map || !ask(vtest, command, words, array_length(words)))
		return false;
	touch(vtest, resource);
	return true;
}

static bool vtest_put(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return transfer(transport, resource, box, TRANSFER_PUT2);
}

static bool vtest_get(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	return transfer(transport, resource, box, TRANSFER_GET2);
}

static bool vtest_submit(struct virgl_transport *transport, const uint32_t *words, size_t n,
	struct virgl_resource *const *uses, size_t n_uses, int *fence)
{
	struct vtest *vtest = vtest_from(transport);
	const uint32_t head[HEADER_WORDS] = {(uint32_t)n, SUBMIT};
	if (fence)
		*fence = -1;
	vtest->asked++;
	for (size_t i = 0; i < n_uses; i++)
		touch(vtest, uses[i]);
	return send_all(vtest, head, HEADER_WORDS, words, n * sizeof(*words)) && ask_fence(vtest);
}

static enum virgl_wait vtest_wait(
	struct virgl_transport *transport, struct virgl_resource *base, bool block)
{
	struct vtest *vtest = vtest_from(transport);
	struct vtest_resource *resource = wl_container_of(base, resource, base);
	while (vtest->n_fences && is_readable(vtest))
		if (!read_fence(vtest))
			return VIRGL_FAILED;
	if (vtest->base.dead || !base->id)
		return VIRGL_FAILED;
	if (resource->touched <= vtest->done)
		return VIRGL_IDLE;
	uint64_t last = vtest->n_fences ? vtest->fences[vtest->n_fences - 1] : vtest->done;
	if (last < resource->touched && !ask_fence(vtest))
		return VIRGL_FAILED;
	while (block && vtest->done < resource->touched)
		if (!read_fence(vtest))
			return VIRGL_FAILED;
	return resource->touched <= vtest->done ? VIRGL_IDLE : VIRGL_BUSY;
}

static void vtest_destroy(struct virgl_transport *transport)
{
	struct vtest *vtest = vtest_from(transport);
	struct vtest_resource *resource, *tmp;
	wl_list_for_each_safe(resource, tmp, &vtest->resources, link)
		vtest_release(transport, &resource->base);
	hang_up(vtest);
	free(vtest->path);
	free(vtest);
}

static const struct virgl_transport_impl impl = {
	.name = "vtest",
	.destroy = vtest_destroy,
	.reset = vtest_reset,
	.caps = vtest_caps,
	.create = vtest_create,
	.release = vtest_release,
	.put = vtest_put,
	.get = vtest_get,
	.submit = vtest_submit,
	.wait = vtest_wait,
};

struct virgl_transport *vtest_transport_create(
	const char *path, const struct vtest_options *options)
{
	struct vtest *vtest = xcalloc(1, sizeof(*vtest));
	vtest->base.impl = &impl;
	vtest->base.device = -1;
	vtest->path = xstrdup(path);
	vtest->fd = -1;
	if (options)
		vtest->options = *options;
	if (!vtest->options.protocol)
		vtest->options.protocol = 4;
	if (!vtest->options.patience_ms)
		vtest->options.patience_ms = PATIENCE_MS;
	wl_list_init(&vtest->resources);
	if (connect_to(vtest))
		return &vtest->base;
	vtest_destroy(&vtest->base);
	return NULL;
}
