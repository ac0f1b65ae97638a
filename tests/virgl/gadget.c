// SPDX-License-Identifier: MIT
#include "tests/virgl/gadget.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "backends/virtio/vhost.h"
#include "compositor/base/base.h"
#include "tests/harness/test.h"

#define FEATURES (UINT64_C(1) << 32)
#define FEATURE_EDID (UINT64_C(1) << 1)
#define FEATURE_PROTOCOL (UINT64_C(1) << 30)

struct descriptor {
	uint64_t address;
	uint32_t size;
	uint16_t flags, next;
};

struct message {
	uint32_t head[3];
	uint8_t body[512];
	int fd;
};

// Sockets

static bool receive(int file, void *into, size_t size, int *fd)
{
	for (size_t at = 0; at < size;) {
		char control[CMSG_SPACE(sizeof(int))];
		struct iovec part = {(char *)into + at, size - at};
		struct msghdr message = {.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control)};
		ssize_t got = recvmsg(file, &message, MSG_CMSG_CLOEXEC);
		if (got <= 0)
			return false;
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		if (head && fd)
			memcpy(fd, CMSG_DATA(head), sizeof(*fd));
		at += (size_t)got;
	}
	return true;
}

static void reply(struct gadget *gadget, uint32_t request, const void *data, uint32_t size)
{
	const uint32_t head[3] = {request, 1 | 4, size};
	char all[sizeof(head) + 512];
	memcpy(all, head, sizeof(head));
	memcpy(all + sizeof(head), data, size);
	send(gadget->socket, all, sizeof(head) + size, MSG_NOSIGNAL);
}

static void reply_number(struct gadget *gadget, uint32_t request, uint64_t number)
{
	reply(gadget, request, &number, sizeof(number));
}

// Queues

static void *of_user(struct gadget *gadget, uint64_t address)
{
	check(address - gadget->memory_user < gadget->memory_size);
	return gadget->memory + (address - gadget->memory_user);
}

static void *of_guest(struct gadget *gadget, uint64_t address, size_t size)
{
	check(address - gadget->memory_start + size <= gadget->memory_size);
	return gadget->memory + (address - gadget->memory_start);
}

static void answer_screens(struct gadget *gadget, uint32_t *answer)
{
	gadget->infos++;
	answer[0] = 0x1101;
	for (int i = 0; i < GADGET_SCREENS; i++) {
		const struct gadget_screen *screen = &gadget->screens[i];
		const uint32_t words[] = {0, 0, screen->width, screen->height, screen->enabled, 0};
		memcpy(answer + 6 + 6 * i, words, sizeof(words));
	}
}

static void answer_edid(struct gadget *gadget, uint32_t index, uint32_t *answer)
{
	gadget->edids++;
	check(index < GADGET_SCREENS);
	const struct gadget_screen *screen = &gadget->screens[index];
	answer[0] = screen->edid_size ? 0x1104 : 0x1200;
	answer[6] = screen->edid_size;
	memcpy(answer + 8, screen->edid, sizeof(screen->edid));
}

static size_t obey(struct gadget *gadget, const uint32_t *request, uint32_t *answer)
{
	answer[0] = 0x1100;
	switch (request[0]) {
	case VHOST_GET_DISPLAY_INFO:
		answer_screens(gadget, answer);
		return 408;
	case VHOST_GET_EDID:
		answer_edid(gadget, request[6], answer);
		return 24 + 8 + 1024;
	case VHOST_SET_SCANOUT:
		check(request[10] < GADGET_SCREENS);
		gadget->shown[request[10]][0] = request[8];
		gadget->shown[request[10]][1] = request[9];
		gadget->shown[request[10]][2] = request[11];
		return 24;
	case VHOST_FLUSH:
		gadget->flushes++;
		return 24;
	default:
		return 24;
	}
}

static void serve_one(struct gadget *gadget, struct gadget_queue *queue, uint16_t first)
{
	const struct descriptor *all = of_user(gadget, queue->descriptors);
	const struct descriptor *in = &all[first];
	uint32_t request[16] = {0}, answer[300] = {0}, length = 0;
	check(first < queue->size);
	memcpy(request, of_guest(gadget, in->address, in->size), MIN(in->size, sizeof(request)));
	if (in->flags & 1) {
		const struct descriptor *out = &all[in->next];
		check(in->next < queue->size);
		length = (uint32_t)MIN(obey(gadget, request, answer), out->size);
		memcpy(of_guest(gadget, out->address, out->size), answer, length);
	}
	uint16_t *used = of_user(gadget, queue->used);
	const uint32_t element[2] = {first, length};
	memcpy((char *)used + 4 + 8 * (used[1] % queue->size), element, sizeof(element));
	__atomic_store_n(&used[1], (uint16_t)(used[1] + 1), __ATOMIC_RELEASE);
}

static void serve_queue(struct gadget *gadget, struct gadget_queue *queue)
{
	uint64_t n;
	if (read(queue->kick, &n, sizeof(n)) < 0 || !gadget->memory || !queue->enabled)
		return;
	const uint16_t *available = of_user(gadget, queue->available);
	uint16_t now = __atomic_load_n(&available[1], __ATOMIC_ACQUIRE);
	for (; queue->seen != now; queue->seen++)
		serve_one(gadget, queue, available[2 + queue->seen % queue->size]);
	n = 1;
	check(write(queue->call, &n, sizeof(n)) == sizeof(n));
}

// Requests

static void set_memory(struct gadget *gadget, const struct message *message)
{
	uint64_t words[5];
	memcpy(words, message->body, sizeof(words));
	gadget->memory_start = words[1];
	gadget->memory_size = words[2];
	gadget->memory_user = words[3];
	gadget->memory =
		mmap(NULL, gadget->memory_size, PROT_READ | PROT_WRITE, MAP_SHARED, message->fd, 0);
	check(gadget->memory != MAP_FAILED);
}

static void set_queue(struct gadget *gadget, const struct message *message)
{
	uint64_t words[5];
	uint32_t halves[2];
	memcpy(words, message->body, sizeof(words));
	memcpy(halves, message->body, sizeof(halves));
	check(halves[0] < 2);
	struct gadget_queue *queue = &gadget->queues[halves[0]];
	switch (message->head[0]) {
	case VHOST_SET_QUEUE_SIZE:
		queue->size = halves[1];
		break;
	case VHOST_SET_QUEUE_ADDRESS:
		queue->descriptors = words[1];
		queue->used = words[2];
		queue->available = words[3];
		break;
	case VHOST_SET_QUEUE_KICK:
		queue->kick = message->fd;
		// Those that were not told of protocol features begin at once.
		queue->enabled = !(gadget->features & FEATURE_PROTOCOL);
		break;
	case VHOST_SET_QUEUE_CALL:
		queue->call = message->fd;
		break;
	case VHOST_ENABLE_QUEUE:
		queue->enabled = halves[1];
		break;
	default:
		break;
	}
}

static void get_config(struct gadget *gadget)
{
	const uint32_t words[125] = {0, 16, 0, gadget->events, 0, gadget->n_screens, 0};
	gadget->configs++;
	if (!gadget->silent)
		reply(gadget, VHOST_GET_CONFIG, words,
			gadget->refuses_config         ? 0
				: gadget->wrong_config ? 500
						       : 7 * sizeof(*words));
}

static void follow(struct gadget *gadget, const struct message *message)
{
	uint32_t words[7];
	memcpy(words, message->body, sizeof(words));
	switch (message->head[0]) {
	case VHOST_GET_FEATURES:
		reply_number(gadget, VHOST_GET_FEATURES,
			FEATURES | (gadget->no_edid ? 0 : FEATURE_EDID) |
				(gadget->no_config ? 0 : FEATURE_PROTOCOL));
		break;
	case VHOST_SET_FEATURES:
		memcpy(&gadget->features, message->body, sizeof(gadget->features));
		break;
	case VHOST_GET_PROTOCOL:
		reply_number(gadget, VHOST_GET_PROTOCOL,
			UINT64_C(1) << 9 | (gadget->no_channel ? 0 : UINT64_C(1) << 5));
		break;
	case VHOST_SET_DISPLAY_SOCKET:
		gadget->display = message->fd;
		break;
	case VHOST_SET_CHANNEL:
		gadget->channel = message->fd;
		break;
	case VHOST_SET_MEMORY:
		set_memory(gadget, message);
		close(message->fd);
		break;
	case VHOST_GET_CONFIG:
		get_config(gadget);
		break;
	case VHOST_SET_PROTOCOL:
		break;
	case VHOST_SET_CONFIG:
		gadget->clears++;
		if (!gadget->keeps_events)
			gadget->events &= ~words[3 + VHOST_CONFIG_CLEAR];
		break;
	default:
		if (message->head[0] >= VHOST_SET_QUEUE_SIZE &&
			message->head[0] <= VHOST_ENABLE_QUEUE)
			set_queue(gadget, message);
		break;
	}
}

static bool serve_socket(struct gadget *gadget)
{
	struct message message = {.fd = -1};
	if (!receive(gadget->socket, message.head, sizeof(message.head), &message.fd) ||
		message.head[2] > sizeof(message.body) ||
		!receive(gadget->socket, message.body, message.head[2], NULL))
		return false;
	pthread_mutex_lock(&gadget->lock);
	follow(gadget, &message);
	pthread_mutex_unlock(&gadget->lock);
	return true;
}

static void hang_up(struct gadget *gadget)
{
	pthread_mutex_lock(&gadget->lock);
	close_fd(&gadget->socket);
	close_fd(&gadget->display);
	close_fd(&gadget->channel);
	for (int i = 0; i < 2; i++) {
		close_fd(&gadget->queues[i].kick);
		close_fd(&gadget->queues[i].call);
	}
	if (gadget->memory)
		munmap(gadget->memory, gadget->memory_size);
	gadget->memory = NULL;
	pthread_mutex_unlock(&gadget->lock);
}

static void *run(void *data)
{
	struct gadget *gadget = data;
	for (;;) {
		struct pollfd files[] = {{.fd = gadget->stop, .events = POLLIN},
			{.fd = gadget->socket < 0 ? gadget->listener : -1, .events = POLLIN},
			{.fd = gadget->socket, .events = POLLIN},
			{.fd = gadget->queues[0].kick, .events = POLLIN},
			{.fd = gadget->queues[1].kick, .events = POLLIN}};
		if (poll(files, array_length(files), -1) < 0 && errno != EINTR)
			return NULL;
		if (files[0].revents)
			return NULL;
		if (files[1].revents)
			gadget->socket = accept4(gadget->listener, NULL, NULL, SOCK_CLOEXEC);
		if (files[2].revents && !serve_socket(gadget)) {
			hang_up(gadget);
			continue;
		}
		for (int i = 0; i < 2; i++)
			if (files[3 + i].revents) {
				pthread_mutex_lock(&gadget->lock);
				serve_queue(gadget, &gadget->queues[i]);
				pthread_mutex_unlock(&gadget->lock);
			}
	}
}

void gadget_start(struct gadget *gadget)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	gadget->path = xasprintf("%s/gadget", test_dir());
	check(strlen(gadget->path) < sizeof(address.sun_path));
	memcpy(address.sun_path, gadget->path, strlen(gadget->path) + 1);
	gadget->socket = gadget->display = gadget->channel = -1;
	for (int i = 0; i < 2; i++)
		gadget->queues[i].kick = gadget->queues[i].call = -1;
	gadget->n_screens = gadget->n_screens ? gadget->n_screens : GADGET_SCREENS;
	gadget->stop = eventfd(0, EFD_CLOEXEC);
	gadget->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(bind(gadget->listener, (struct sockaddr *)&address, sizeof(address)) == 0);
	check(listen(gadget->listener, 4) == 0);
	pthread_mutex_init(&gadget->lock, NULL);
	check(pthread_create(&gadget->thread, NULL, run, gadget) == 0);
}

void gadget_stop(struct gadget *gadget)
{
	uint64_t one = 1;
	check(write(gadget->stop, &one, sizeof(one)) == sizeof(one));
	pthread_join(gadget->thread, NULL);
	hang_up(gadget);
	pthread_mutex_destroy(&gadget->lock);
	close_fd(&gadget->listener);
	close_fd(&gadget->stop);
	unlink(gadget->path);
	free(gadget->path);
}

// What happens to it

void gadget_set(struct gadget *gadget, int screen, uint32_t width, uint32_t height)
{
	pthread_mutex_lock(&gadget->lock);
	gadget->screens[screen].width = width;
	gadget->screens[screen].height = height;
	gadget->screens[screen].enabled = width != 0;
	pthread_mutex_unlock(&gadget->lock);
}

void gadget_set_edid(struct gadget *gadget, int screen, const char *name, int width, int height)
{
	static const uint8_t head[] = {
		0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x49, 0x14, 0x34, 0x12, 0x2a, 0, 0, 0};
	const uint8_t timing[] = {0xbc, 0x1b, (uint8_t)width, 0xa0, (uint8_t)((width & 0xf00) >> 4),
		(uint8_t)height, 0x17, (uint8_t)((height & 0xf00) >> 4)};
	uint8_t edid[128] = {0};
	memcpy(edid, head, sizeof(head));
	memcpy(edid + 54, timing, sizeof(timing));
	edid[72 + 3] = 0xfc;
	memcpy(edid + 72 + 5, name, MIN(strlen(name), 12));
	edid[72 + 5 + MIN(strlen(name), 12)] = '\n';
	pthread_mutex_lock(&gadget->lock);
	memcpy(gadget->screens[screen].edid, edid, sizeof(edid));
	gadget->screens[screen].edid_size = sizeof(edid);
	pthread_mutex_unlock(&gadget->lock);
}

bool gadget_say(struct gadget *gadget, const void *data, size_t size)
{
	pthread_mutex_lock(&gadget->lock);
	bool ok = gadget->channel >= 0 &&
		send(gadget->channel, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
	pthread_mutex_unlock(&gadget->lock);
	return ok;
}

void gadget_tell(struct gadget *gadget)
{
	const uint32_t changed[3] = {2, 1, 0};
	pthread_mutex_lock(&gadget->lock);
	gadget->events |= VHOST_EVENT_SCREENS;
	pthread_mutex_unlock(&gadget->lock);
	gadget_say(gadget, changed, sizeof(changed));
}

void gadget_close_channel(struct gadget *gadget)
{
	pthread_mutex_lock(&gadget->lock);
	close_fd(&gadget->channel);
	pthread_mutex_unlock(&gadget->lock);
}

unsigned gadget_count(struct gadget *gadget, const unsigned *counter)
{
	pthread_mutex_lock(&gadget->lock);
	unsigned count = *counter;
	pthread_mutex_unlock(&gadget->lock);
	return count;
}
