// SPDX-License-Identifier: MIT
// Implements the back end of the vhost-user protocol and the 2D commands of virtio-gpu.
#include "tests/virgl/fake_vhost.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "backends/vhost-user/vhost.h"
#include "compositor/base/base.h"
#include "tests/harness/test.h"

#define FEATURES (UINT64_C(1) << 32)
#define FEATURE_EDID (UINT64_C(1) << 1)
#define FEATURE_PROTOCOL (UINT64_C(1) << 30)

enum { DISPLAY_GET_PROTOCOL = 1, DISPLAY_GET_EDID = 11 }; // VHOST_USER_GPU_*

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

static bool receive_bytes(int file, void *into, size_t size, int *fd)
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

static void send_reply(struct fake_vhost *device, uint32_t request, const void *data, uint32_t size)
{
	const uint32_t head[3] = {request, 1 | 4, size};
	char all[sizeof(head) + 512];
	memcpy(all, head, sizeof(head));
	memcpy(all + sizeof(head), data, size);
	send(device->socket, all, sizeof(head) + size, MSG_NOSIGNAL);
}

static void reply_number(struct fake_vhost *device, uint32_t request, uint64_t number)
{
	send_reply(device, request, &number, sizeof(number));
}

// Queues

static void *of_user(struct fake_vhost *device, uint64_t address)
{
	check(address - device->memory_user < device->memory_size);
	return device->memory + (address - device->memory_user);
}

static void *of_guest(struct fake_vhost *device, uint64_t address, size_t size)
{
	check(address - device->memory_start + size <= device->memory_size);
	return device->memory + (address - device->memory_start);
}

static void answer_screens(struct fake_vhost *device, uint32_t *answer)
{
	device->infos++;
	answer[0] = 0x1101;
	for (int i = 0; i < FAKE_VHOST_SCREENS; i++) {
		const struct fake_vhost_screen *screen = &device->screens[i];
		const uint32_t words[] = {0, 0, screen->width, screen->height, screen->enabled, 0};
		memcpy(answer + 6 + 6 * i, words, sizeof(words));
	}
}

// Sends a request to the display and waits for its reply, which has to have this size.
static void ask_display(struct fake_vhost *device, uint32_t request, const void *data,
	uint32_t size, void *reply, uint32_t reply_size)
{
	const uint32_t head[3] = {request, 0, size};
	uint32_t reply_head[3];
	check(send(device->display, head, sizeof(head), MSG_NOSIGNAL) == sizeof(head));
	if (size)
		check(send(device->display, data, size, MSG_NOSIGNAL) == (ssize_t)size);
	check(receive_bytes(device->display, reply_head, sizeof(reply_head), NULL));
	check_eq(reply_head[0], request);
	check_eq(reply_head[1], 4);
	check_eq(reply_head[2], reply_size);
	check(receive_bytes(device->display, reply, reply_size, NULL));
}

static void answer_edid(struct fake_vhost *device, uint32_t index, uint32_t *answer)
{
	device->edids++;
	check(index < FAKE_VHOST_SCREENS);
	if (device->asks_display) {
		ask_display(device, DISPLAY_GET_PROTOCOL, NULL, 0, &device->display_features,
			sizeof(device->display_features));
		ask_display(device, DISPLAY_GET_EDID, &index, sizeof(index), answer, 24 + 8 + 1024);
		return;
	}
	const struct fake_vhost_screen *screen = &device->screens[index];
	answer[0] = screen->edid_size ? 0x1104 : 0x1200;
	answer[6] = screen->edid_size;
	memcpy(answer + 8, screen->edid, sizeof(screen->edid));
}

static size_t execute_command(struct fake_vhost *device, const uint32_t *request, uint32_t *answer)
{
	answer[0] = 0x1100;
	switch (request[0]) {
	case VHOST_GET_DISPLAY_INFO:
		answer_screens(device, answer);
		return 408;
	case VHOST_GET_EDID:
		answer_edid(device, request[6], answer);
		return 24 + 8 + 1024;
	case VHOST_SET_SCANOUT:
		check(request[10] < FAKE_VHOST_SCREENS);
		device->shown[request[10]][0] = request[8];
		device->shown[request[10]][1] = request[9];
		device->shown[request[10]][2] = request[11];
		return 24;
	case VHOST_FLUSH:
		device->flushes++;
		return 24;
	default:
		return 24;
	}
}

static void serve_one(struct fake_vhost *device, struct fake_vhost_queue *queue, uint16_t first)
{
	const struct descriptor *all = of_user(device, queue->descriptors);
	const struct descriptor *in = &all[first];
	uint32_t request[16] = {0}, answer[300] = {0}, length = 0;
	check(first < queue->size);
	memcpy(request, of_guest(device, in->address, in->size), MIN(in->size, sizeof(request)));
	if (in->flags & 1) {
		const struct descriptor *out = &all[in->next];
		check(in->next < queue->size);
		length = (uint32_t)MIN(execute_command(device, request, answer), out->size);
		memcpy(of_guest(device, out->address, out->size), answer, length);
	}
	uint16_t *used = of_user(device, queue->used);
	const uint32_t element[2] = {first, length};
	memcpy((char *)used + 4 + 8 * (used[1] % queue->size), element, sizeof(element));
	__atomic_store_n(&used[1], (uint16_t)(used[1] + 1), __ATOMIC_RELEASE);
}

static void serve_queue(struct fake_vhost *device, struct fake_vhost_queue *queue)
{
	uint64_t n;
	if (read(queue->kick, &n, sizeof(n)) < 0 || !device->memory || !queue->enabled)
		return;
	const uint16_t *available = of_user(device, queue->available);
	uint16_t now = __atomic_load_n(&available[1], __ATOMIC_ACQUIRE);
	for (; queue->seen != now; queue->seen++)
		serve_one(device, queue, available[2 + queue->seen % queue->size]);
	n = 1;
	check(write(queue->call, &n, sizeof(n)) == sizeof(n));
}

// Requests

static void set_memory(struct fake_vhost *device, const struct message *message)
{
	uint64_t words[5];
	memcpy(words, message->body, sizeof(words));
	device->memory_start = words[1];
	device->memory_size = words[2];
	device->memory_user = words[3];
	device->memory =
		mmap(NULL, device->memory_size, PROT_READ | PROT_WRITE, MAP_SHARED, message->fd, 0);
	check(device->memory != MAP_FAILED);
}

static void set_queue(struct fake_vhost *device, const struct message *message)
{
	uint64_t words[5];
	uint32_t halves[2];
	memcpy(words, message->body, sizeof(words));
	memcpy(halves, message->body, sizeof(halves));
	check(halves[0] < 2);
	struct fake_vhost_queue *queue = &device->queues[halves[0]];
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
		// Without protocol features, queues are enabled from the start.
		queue->enabled = !(device->features & FEATURE_PROTOCOL);
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

static void get_config(struct fake_vhost *device)
{
	const uint32_t words[125] = {0, 16, 0, device->events, 0, device->n_screens, 0};
	device->configs++;
	if (!device->silent)
		send_reply(device, VHOST_GET_CONFIG, words,
			device->refuses_config         ? 0
				: device->wrong_config ? 500
						       : 7 * sizeof(*words));
}

static void handle_message(struct fake_vhost *device, const struct message *message)
{
	uint32_t words[7];
	memcpy(words, message->body, sizeof(words));
	switch (message->head[0]) {
	case VHOST_GET_FEATURES:
		reply_number(device, VHOST_GET_FEATURES,
			FEATURES | (device->no_edid ? 0 : FEATURE_EDID) |
				(device->no_config ? 0 : FEATURE_PROTOCOL));
		break;
	case VHOST_SET_FEATURES:
		memcpy(&device->features, message->body, sizeof(device->features));
		break;
	case VHOST_GET_PROTOCOL:
		reply_number(device, VHOST_GET_PROTOCOL,
			UINT64_C(1) << 9 | (device->no_channel ? 0 : UINT64_C(1) << 5));
		break;
	case VHOST_SET_DISPLAY_SOCKET:
		device->display = message->fd;
		break;
	case VHOST_SET_CHANNEL:
		device->channel = message->fd;
		break;
	case VHOST_SET_MEMORY:
		set_memory(device, message);
		close(message->fd);
		break;
	case VHOST_GET_CONFIG:
		get_config(device);
		break;
	case VHOST_SET_PROTOCOL:
		break;
	case VHOST_SET_CONFIG:
		device->clears++;
		if (!device->keeps_events)
			device->events &= ~words[3 + VHOST_CONFIG_CLEAR];
		break;
	default:
		if (message->head[0] >= VHOST_SET_QUEUE_SIZE &&
			message->head[0] <= VHOST_ENABLE_QUEUE)
			set_queue(device, message);
		break;
	}
}

static bool serve_socket(struct fake_vhost *device)
{
	struct message message = {.fd = -1};
	if (!receive_bytes(device->socket, message.head, sizeof(message.head), &message.fd) ||
		message.head[2] > sizeof(message.body) ||
		!receive_bytes(device->socket, message.body, message.head[2], NULL))
		return false;
	pthread_mutex_lock(&device->lock);
	handle_message(device, &message);
	pthread_mutex_unlock(&device->lock);
	return true;
}

static void hang_up(struct fake_vhost *device)
{
	pthread_mutex_lock(&device->lock);
	close_fd(&device->socket);
	close_fd(&device->display);
	close_fd(&device->channel);
	for (int i = 0; i < 2; i++) {
		close_fd(&device->queues[i].kick);
		close_fd(&device->queues[i].call);
	}
	if (device->memory)
		munmap(device->memory, device->memory_size);
	device->memory = NULL;
	pthread_mutex_unlock(&device->lock);
}

static void *serve_thread(void *data)
{
	struct fake_vhost *device = data;
	for (;;) {
		struct pollfd files[] = {{.fd = device->stop, .events = POLLIN},
			{.fd = device->socket < 0 ? device->listener : -1, .events = POLLIN},
			{.fd = device->socket, .events = POLLIN},
			{.fd = device->queues[0].kick, .events = POLLIN},
			{.fd = device->queues[1].kick, .events = POLLIN}};
		if (poll(files, array_length(files), -1) < 0 && errno != EINTR)
			return NULL;
		if (files[0].revents)
			return NULL;
		if (files[1].revents)
			device->socket = accept4(device->listener, NULL, NULL, SOCK_CLOEXEC);
		if (files[2].revents && !serve_socket(device)) {
			hang_up(device);
			continue;
		}
		for (int i = 0; i < 2; i++)
			if (files[3 + i].revents) {
				pthread_mutex_lock(&device->lock);
				serve_queue(device, &device->queues[i]);
				pthread_mutex_unlock(&device->lock);
			}
	}
}

void fake_vhost_start(struct fake_vhost *device)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	device->path = xasprintf("%s/vhost", test_dir());
	check(strlen(device->path) < sizeof(address.sun_path));
	memcpy(address.sun_path, device->path, strlen(device->path) + 1);
	device->socket = device->display = device->channel = -1;
	for (int i = 0; i < 2; i++)
		device->queues[i].kick = device->queues[i].call = -1;
	device->n_screens = device->n_screens ? device->n_screens : FAKE_VHOST_SCREENS;
	device->stop = eventfd(0, EFD_CLOEXEC);
	device->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(bind(device->listener, (struct sockaddr *)&address, sizeof(address)) == 0);
	check(listen(device->listener, 4) == 0);
	pthread_mutex_init(&device->lock, NULL);
	check(pthread_create(&device->thread, NULL, serve_thread, device) == 0);
}

void fake_vhost_stop(struct fake_vhost *device)
{
	uint64_t one = 1;
	check(write(device->stop, &one, sizeof(one)) == sizeof(one));
	pthread_join(device->thread, NULL);
	hang_up(device);
	pthread_mutex_destroy(&device->lock);
	close_fd(&device->listener);
	close_fd(&device->stop);
	unlink(device->path);
	free(device->path);
}

// Control by the test

void fake_vhost_set_size(struct fake_vhost *device, int screen, uint32_t width, uint32_t height)
{
	pthread_mutex_lock(&device->lock);
	device->screens[screen].width = width;
	device->screens[screen].height = height;
	device->screens[screen].enabled = width != 0;
	pthread_mutex_unlock(&device->lock);
}

void fake_vhost_set_edid(
	struct fake_vhost *device, int screen, const char *name, int width, int height)
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
	pthread_mutex_lock(&device->lock);
	memcpy(device->screens[screen].edid, edid, sizeof(edid));
	device->screens[screen].edid_size = sizeof(edid);
	pthread_mutex_unlock(&device->lock);
}

bool fake_vhost_send(struct fake_vhost *device, const void *data, size_t size)
{
	pthread_mutex_lock(&device->lock);
	bool ok = device->channel >= 0 &&
		send(device->channel, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
	pthread_mutex_unlock(&device->lock);
	return ok;
}

void fake_vhost_notify(struct fake_vhost *device)
{
	const uint32_t changed[3] = {2, 1, 0};
	pthread_mutex_lock(&device->lock);
	device->events |= VHOST_EVENT_SCREENS;
	pthread_mutex_unlock(&device->lock);
	fake_vhost_send(device, changed, sizeof(changed));
}

void fake_vhost_close_channel(struct fake_vhost *device)
{
	pthread_mutex_lock(&device->lock);
	close_fd(&device->channel);
	pthread_mutex_unlock(&device->lock);
}

unsigned fake_vhost_count(struct fake_vhost *device, const unsigned *counter)
{
	pthread_mutex_lock(&device->lock);
	unsigned count = *counter;
	pthread_mutex_unlock(&device->lock);
	return count;
}
