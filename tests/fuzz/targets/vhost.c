// SPDX-License-Identifier: MIT
// A vhost-user device that lies: its replies, its part of the queues in shared memory, and messages
// to the display. It runs in a thread with the first half of the input, and answers by the rules
// once that is used up, so that nothing waits.
#include "backends/vhost-user/vhost.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/clock.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/fuzz/targets/wrapped_connect.h"
#include "tests/harness/test.h"

#define FEATURES (UINT64_C(1) << 32 | UINT64_C(1) << 30 | 2)
#define PROTOCOL (UINT64_C(1) << 9 | UINT64_C(1) << 5)
#define MAX_OWN 24 // messages that it sends by itself
#define RESPONSE_WORDS 110
#define QUEUE_SIZE 64

struct queue {
	uint64_t descriptors, used, available; // offsets in memory
	uint16_t seen;
	int kick, call;
};

struct device {
	pthread_t thread;
	int socket, display, channel;
	struct input input;
	char *memory;
	uint64_t user, guest; // addresses of its start
	size_t size;
	struct queue queues[VHOST_QUEUES];
	int own;
};

static bool lies(struct device *device)
{
	return device->input.left && input_byte(&device->input) >= 0xf0;
}

static void put(int fd, const void *data, size_t size)
{
	if (send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return; // the other end has gone
}

static void put_message(struct device *device, int fd, uint32_t request, uint32_t flags,
	const void *data, size_t size)
{
	uint32_t head[3] = {request, flags, (uint32_t)size};
	bool lie = lies(device);
	if (lie)
		head[input_byte(&device->input) % 3] = input_word(&device->input);
	put(fd, head, sizeof(head));
	put(fd, data, size);
	if (lie)
		shutdown(fd, SHUT_WR); // so that nothing waits for the rest
}

static void answer_u64(struct device *device, uint32_t request, uint64_t number)
{
	if (lies(device))
		number ^= UINT64_C(1) << (input_byte(&device->input) & 63);
	put_message(device, device->socket, request, 5, &number, sizeof(number));
}

static void answer_config(struct device *device)
{
	uint32_t words[3 + VHOST_CONFIG_WORDS] = {0, VHOST_CONFIG_WORDS * 4, 0, 1, 0, 1, 0};
	size_t size = sizeof(words);
	for (size_t i = 0; i < array_length(words); i++)
		if (lies(device))
			words[i] = input_word(&device->input);
	if (lies(device))
		size = input_byte(&device->input) % sizeof(words);
	put_message(device, device->socket, VHOST_GET_CONFIG, 5, words, size);
}

// Addresses of the front end, which are checked here as they may be anything after a lie.
static void *at_address(struct device *device, uint64_t address, uint64_t start, size_t size)
{
	uint64_t offset = address - start;
	return device->memory && offset < device->size && size <= device->size - offset
		? device->memory + offset
		: NULL;
}

static void respond(struct device *device, const uint32_t *request, uint32_t *response, size_t size)
{
	uint32_t words[RESPONSE_WORDS] = {0x1100};
	if (request[0] == VHOST_GET_DISPLAY_INFO) {
		const uint32_t screen[] = {0, 0, 640, 480, 1, 0};
		words[0] = 0x1101;
		memcpy(words + 6, screen, sizeof(screen));
	} else if (request[0] == VHOST_GET_EDID) {
		words[0] = 0x1104;
		words[6] = 128;
	}
	if (lies(device))
		words[0] = 0x1200;
	for (size_t i = 6; i < 32; i++)
		if (lies(device))
			words[i] = input_word(&device->input) >> (input_byte(&device->input) & 31);
	if (request[0] == VHOST_GET_EDID)
		for (size_t i = 8; i < 40 && device->input.left; i++)
			words[i] = input_word(&device->input);
	memcpy(response, words, MIN(size, sizeof(words)));
}

static void process_queue(struct device *device, struct queue *queue)
{
	uint16_t *available = at_address(device, queue->available, 0, 4 + 2 * QUEUE_SIZE);
	uint16_t *used = at_address(device, queue->used, 0, 4 + 8 * QUEUE_SIZE);
	if (!available || !used)
		return;
	while (queue->seen != __atomic_load_n(&available[1], __ATOMIC_ACQUIRE)) {
		struct {
			uint64_t address;
			uint32_t size;
			uint16_t flags, next;
		} chain[2];
		uint32_t id = available[2 + queue->seen++ % QUEUE_SIZE];
		char *table =
			at_address(device, queue->descriptors, 0, sizeof(*chain) * QUEUE_SIZE);
		if (!table || id + 1 >= QUEUE_SIZE)
			return;
		memcpy(chain, table + id * sizeof(*chain), sizeof(chain));
		uint32_t *request = at_address(device, chain[0].address, device->guest, 24);
		uint32_t *response = chain[0].flags & 1
			? at_address(device, chain[1].address, device->guest, chain[1].size)
			: NULL;
		if (request && response)
			respond(device, request, response, chain[1].size);
		uint32_t element[2] = {lies(device) ? input_byte(&device->input) : id, 0};
		uint16_t index = used[1];
		memcpy((char *)used + 4 + 8 * (index % QUEUE_SIZE), element, sizeof(element));
		index = (uint16_t)(index +
			(lies(device) ? 1 + input_byte(&device->input) % 64 : 1));
		__atomic_store_n(&used[1], index, __ATOMIC_RELEASE);
		if (write(queue->call, &(uint64_t){1}, sizeof(uint64_t)) < 0)
			return;
	}
}

static void put_own_message(struct device *device)
{
	static const uint32_t requests[] = {1, 3, 10, 11, 2, 6};
	uint8_t what = input_byte(&device->input), payload[128];
	size_t size = input_byte(&device->input) % sizeof(payload);
	for (size_t i = 0; i < size; i++)
		payload[i] = input_byte(&device->input);
	if (what & 1 && device->display >= 0)
		put_message(device, device->display, requests[what / 2 % array_length(requests)], 0,
			payload, size);
	else if (device->channel >= 0)
		put_message(device, device->channel, what & 2 ? 2 : what, 1, payload,
			what & 4 ? size : 0);
}

static void take_file(int *into, int *file)
{
	close_fd(into);
	*into = *file;
	*file = -1;
}

static void set_queue(struct device *device, const uint64_t words[5])
{
	struct queue *queue = &device->queues[(uint32_t)words[0] % VHOST_QUEUES];
	queue->descriptors = words[1] - device->user;
	queue->used = words[2] - device->user;
	queue->available = words[3] - device->user;
}

static void set_memory(struct device *device, const uint64_t words[5], int file)
{
	device->guest = words[1];
	device->size = words[2];
	device->user = words[3];
	void *map = mmap(NULL, device->size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	device->memory = map == MAP_FAILED ? NULL : map;
}

static void handle_message(
	struct device *device, uint32_t request, const uint64_t words[8], int *file)
{
	switch (request) {
	case VHOST_GET_FEATURES:
		answer_u64(device, request, FEATURES);
		break;
	case VHOST_GET_PROTOCOL:
		answer_u64(device, request, PROTOCOL);
		break;
	case VHOST_GET_CONFIG:
		answer_config(device);
		break;
	case VHOST_SET_MEMORY:
		if (!device->memory && *file >= 0)
			set_memory(device, words, *file);
		break;
	case VHOST_SET_QUEUE_ADDRESS:
		set_queue(device, words);
		break;
	case VHOST_SET_QUEUE_KICK:
		take_file(&device->queues[words[0] % VHOST_QUEUES].kick, file);
		break;
	case VHOST_SET_QUEUE_CALL:
		take_file(&device->queues[words[0] % VHOST_QUEUES].call, file);
		break;
	case VHOST_SET_CHANNEL:
		take_file(&device->channel, file);
		break;
	case VHOST_SET_DISPLAY_SOCKET:
		take_file(&device->display, file);
		break;
	default:
		break;
	}
}

// False: the connection has ended.
static bool read_message(struct device *device)
{
	uint32_t head[3];
	uint64_t words[8] = {0};
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec part = {head, sizeof(head)};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	int file = -1;
	if (recvmsg(device->socket, &message, MSG_WAITALL | MSG_CMSG_CLOEXEC) != sizeof(head))
		return false;
	const struct cmsghdr *files = CMSG_FIRSTHDR(&message);
	if (files)
		memcpy(&file, CMSG_DATA(files), sizeof(file));
	check(head[2] <= sizeof(words));
	bool ok = !head[2] || recv(device->socket, words, head[2], MSG_WAITALL) == (ssize_t)head[2];
	if (ok)
		handle_message(device, head[0], words, &file);
	close_fd(&file);
	return ok;
}

static void *serve(void *data)
{
	struct device *device = data;
	for (bool open = true; open;) {
		struct pollfd files[] = {{.fd = device->socket, .events = POLLIN},
			{.fd = device->queues[0].kick, .events = POLLIN},
			{.fd = device->queues[1].kick, .events = POLLIN}};
		poll(files, array_length(files), 1000);
		if (files[0].revents)
			open = read_message(device);
		for (int i = 0; i < VHOST_QUEUES; i++) {
			uint64_t kicks;
			if (files[1 + i].revents &&
				read(device->queues[i].kick, &kicks, sizeof(kicks)) > 0)
				process_queue(device, &device->queues[i]);
		}
		if (device->input.left && device->own++ < MAX_OWN)
			put_own_message(device);
	}
	shutdown(device->socket, SHUT_RDWR);
	return NULL;
}

static void device_start(struct device *device)
{
	int ends[2];
	device->display = device->channel = -1;
	for (int i = 0; i < VHOST_QUEUES; i++)
		device->queues[i].kick = device->queues[i].call = -1;
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	device->socket = ends[0];
	wrapped_connect_to(ends[1]);
	check_eq(pthread_create(&device->thread, NULL, serve, device), 0);
}

static void device_stop(struct device *device)
{
	wrapped_connect_to(-1);
	shutdown(device->socket, SHUT_RDWR);
	pthread_join(device->thread, NULL);
	if (device->memory)
		munmap(device->memory, device->size);
	for (int i = 0; i < VHOST_QUEUES; i++) {
		close_fd(&device->queues[i].kick);
		close_fd(&device->queues[i].call);
	}
	close_fd(&device->display);
	close_fd(&device->channel);
	close_fd(&device->socket);
}

// The compositor's side

static void on_screen(void *data, struct screen *screen)
{
}

static void on_presented(void *data, struct screen *screen, const struct presented *how)
{
}

static void on_closed(void *data, bool failed)
{
	*(bool *)data = true;
}

static const struct backend_sink sink = {
	.screen_added = on_screen,
	.screen_changed = on_screen,
	.screen_removed = on_screen,
	.presented = on_presented,
	.closed = on_closed,
};

static void show(struct backend *backend, uint8_t byte)
{
	struct buffer *buffer = buffer_create_memfd(64, 64, DRM_FORMAT_ARGB8888);
	const struct plane plane = {buffer, {0, 0, 64, 64}, {byte, byte, 64, 64}};
	struct screen *screen;
	region damage;
	pixman_region32_init_rect(&damage, 0, 0, 64, 64);
	wl_list_for_each(screen, &backend->screens, link) {
		struct frame frame = {.damage = &damage, .fence = -1};
		frame.set = byte & 2 ? FRAME_CURSOR_IMAGE
			: byte & 4   ? FRAME_CURSOR_POSITION
				     : FRAME_PRIMARY;
		*(byte & 6 ? &frame.cursor : &frame.primary) = plane;
		backend->impl->present(screen, &frame, byte & 1);
	}
	pixman_region32_fini(&damage);
	buffer_drop(buffer);
}

static void open_vhost(const uint8_t *data, size_t size)
{
	static struct device device;
	struct input input = {data + size / 2, size - size / 2, -1};
	device = (struct device){.input = {data, size / 2, -1}};
	struct wl_event_loop *loop = wl_event_loop_create();
	struct clock *clock = clock_create_virtual();
	bool closed = false;
	device_start(&device);
	struct backend *backend = vhost_backend_create(loop, clock, &sink, &closed,
		&(struct backend_options){.device = "/nonexistent/vhost"});
	if (backend && backend->impl->start(backend)) {
		for (int i = 0; i < 16 && input.left && !closed; i++) {
			show(backend, input_byte(&input));
			wl_event_loop_dispatch(loop, input_byte(&input) & 1);
			clock_advance_to(clock, clock_now_ns(clock) + 20 * NSEC_PER_MSEC);
		}
	}
	backend_destroy(backend);
	wl_event_loop_dispatch(loop, 0);
	device_stop(&device);
	clock_destroy(clock);
	wl_event_loop_destroy(loop);
}

const struct fuzz_target target_vhost = {.name = "vhost", .open = open_vhost};
