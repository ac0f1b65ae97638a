// SPDX-License-Identifier: MIT
// The connection to a device process: sets it up as a VMM does, then handles the messages of the
// device to its display, which is also this process. All lengths that the device sends are checked.
#include "backends/vhost-user/vhost.h"
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

#define TIMEOUT_MS 8000
#define FEATURE_VIRGL (UINT64_C(1) << 0)
#define FEATURE_EDID (UINT64_C(1) << 1)
#define FEATURE_PROTOCOL (UINT64_C(1) << 30)
#define FEATURE_VERSION_1 (UINT64_C(1) << 32)
#define DESCRIPTORS (2 * VHOST_SLOTS)
#define WATCHED_WORDS (5 + 64 * 64) // a cursor update with its image

enum gpu_message { // VHOST_USER_GPU_*, from the device
	GPU_GET_PROTOCOL = 1,
	GPU_GET_DISPLAY_INFO = 3,
	GPU_DMABUF_UPDATE = 10,
	GPU_GET_EDID = 11,
};

enum { REQUEST_VERSION = 1, REPLY = 4 };

// VHOST_USER_GPU_PROTOCOL_F_EDID. QEMU's device exits since version 8.1 if the guest negotiates
// EDID and the display lacks this.
#define DISPLAY_EDID (UINT64_C(1) << 0)
#define RESP_ERR_UNSPEC 0x1200 // VIRTIO_GPU_RESP_ERR_UNSPEC

bool vhost_fail(struct vhost *vhost, const char *why)
{
	if (!vhost->dead)
		log_error("%s: %s", vhost->path, why);
	vhost->dead = true;
	return false;
}

bool vhost_send_request(
	struct vhost *vhost, enum vhost_request request, const void *data, size_t size, int fd)
{
	return vhost_send_message(
		vhost, vhost->socket, (uint32_t)request, REQUEST_VERSION, data, size, fd);
}

// Messages to the display

static bool gpu_reply(struct vhost *vhost, uint32_t message, const void *data, size_t size)
{
	return vhost_send_message(vhost, vhost->display, message, REPLY, data, size, -1);
}

static bool gpu_reply_display_info(struct vhost *vhost)
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
	return gpu_reply(vhost, GPU_GET_DISPLAY_INFO, words, sizeof(words));
}

// Our screens have no EDID: the reply is an error, which the device passes on to its driver.
static bool gpu_reply_edid(struct vhost *vhost)
{
	const uint32_t words[6 + 2 + 1024 / 4] = {RESP_ERR_UNSPEC};
	return gpu_reply(vhost, GPU_GET_EDID, words, sizeof(words));
}

static bool on_gpu_message(struct vhost *vhost)
{
	uint32_t head[3], words[WATCHED_WORDS] = {0};
	if (!vhost_receive(vhost, vhost->display, head, sizeof(head)))
		return false;
	size_t size = MIN((size_t)head[2], sizeof(words));
	if (!vhost_receive(vhost, vhost->display, words, size) ||
		!vhost_skip(vhost, vhost->display, head[2] - size))
		return false;
	if (vhost->options.watch)
		vhost->options.watch(
			vhost->options.watch_data, head[0], words, size / sizeof(*words));
	if (head[0] == GPU_GET_PROTOCOL)
		return gpu_reply(
			vhost, GPU_GET_PROTOCOL, &(uint64_t){DISPLAY_EDID}, sizeof(uint64_t));
	if (head[0] == GPU_GET_DISPLAY_INFO)
		return gpu_reply_display_info(vhost);
	if (head[0] == GPU_GET_EDID)
		return gpu_reply_edid(vhost);
	return head[0] != GPU_DMABUF_UPDATE || gpu_reply(vhost, GPU_DMABUF_UPDATE, NULL, 0);
}

bool vhost_await_reply(struct vhost *vhost)
{
	struct pollfd files[] = {
		{.fd = vhost->display, .events = POLLIN},
		{.fd = vhost->socket, .events = POLLIN},
	};
	while (!vhost->dead && !files[1].revents) {
		int n = poll(files, array_length(files), vhost->options.timeout_ms);
		if (n == 0 || (n < 0 && errno != EINTR))
			return vhost_fail(vhost, "the device does not answer");
		if (n > 0 && files[0].revents && !on_gpu_message(vhost))
			return false;
	}
	return !vhost->dead;
}

bool vhost_dispatch(struct vhost *vhost, int timeout_ms)
{
	struct pollfd files[] = {
		{.fd = vhost->rings[VHOST_CONTROL].call, .events = POLLIN},
		{.fd = vhost->rings[VHOST_CURSOR].call, .events = POLLIN},
		{.fd = vhost->display, .events = POLLIN},
		{.fd = vhost->channel.file, .events = POLLIN},
		{.fd = vhost->socket, .events = POLLIN},
	};
	if (vhost->dead)
		return false;
	int n;
	do
		n = poll(files, array_length(files),
			timeout_ms < 0 ? vhost->options.timeout_ms : timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return vhost_fail(vhost, strerror(errno));
	if (n == 0)
		return timeout_ms >= 0 || vhost_fail(vhost, "the device does not answer");
	if (files[4].revents) // a reply is due only after a request
		return vhost_fail(vhost, "the device closed the connection");
	if (files[3].revents)
		vhost_channel_read(vhost);
	if (files[2].revents && !on_gpu_message(vhost))
		return false;
	return vhost_process_used(vhost);
}

// Connecting

static bool set_timeouts(const struct vhost *vhost, int file)
{
	struct timeval time = {
		vhost->options.timeout_ms / 1000, vhost->options.timeout_ms % 1000 * 1000};
	return setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)) == 0 &&
		setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)) == 0;
}

static bool setup_queue(struct vhost *vhost, uint32_t index)
{
	const struct vhost_ring *ring = &vhost->rings[index];
	const uint32_t size[] = {index, DESCRIPTORS}, base[] = {index, 0};
	const uint64_t address[] = {index, (uintptr_t)ring->descriptors, (uintptr_t)ring->used,
		(uintptr_t)ring->available, 0};
	const uint64_t number = index;
	const uint32_t enable[] = {index, 1};
	// The kick starts the queue, unless it has to be enabled.
	return vhost_send_request(vhost, VHOST_SET_QUEUE_SIZE, size, sizeof(size), -1) &&
		vhost_send_request(vhost, VHOST_SET_QUEUE_BASE, base, sizeof(base), -1) &&
		vhost_send_request(vhost, VHOST_SET_QUEUE_ADDRESS, address, sizeof(address), -1) &&
		vhost_send_request(
			vhost, VHOST_SET_QUEUE_CALL, &number, sizeof(number), ring->call) &&
		vhost_send_request(
			vhost, VHOST_SET_QUEUE_KICK, &number, sizeof(number), ring->kick) &&
		(!vhost->has_config ||
			vhost_send_request(vhost, VHOST_ENABLE_QUEUE, enable, sizeof(enable), -1));
}

static bool negotiate(struct vhost *vhost, uint64_t *features)
{
	if (!vhost_send_request(vhost, VHOST_SET_OWNER, NULL, 0, -1) ||
		!vhost_request_u64(vhost, VHOST_GET_FEATURES, features))
		return false;
	if (!(*features & FEATURE_VERSION_1))
		return vhost_fail(vhost, "the device lacks VIRTIO_F_VERSION_1");
	vhost->has_virgl = *features & FEATURE_VIRGL;
	vhost->has_edid = *features & FEATURE_EDID;
	vhost->has_config = false;
	if (*features & FEATURE_PROTOCOL && !vhost_config_init(vhost))
		return false;
	*features &= FEATURE_VERSION_1 | FEATURE_VIRGL | FEATURE_EDID;
	if (vhost->has_config)
		*features |= FEATURE_PROTOCOL;
	return true;
}

static bool setup_device(struct vhost *vhost, int display)
{
	uint64_t features = 0;
	const uint64_t memory[] = {
		1, vhost_memory_start(), vhost_memory_size(), (uintptr_t)vhost->base, 0};
	// SET_FEATURES starts the device, which needs the socket by then.
	if (!negotiate(vhost, &features) ||
		!vhost_send_request(vhost, VHOST_SET_DISPLAY_SOCKET, NULL, 0, display) ||
		!vhost_send_request(vhost, VHOST_SET_FEATURES, &features, sizeof(features), -1) ||
		!vhost_send_request(vhost, VHOST_SET_MEMORY, memory, sizeof(memory), vhost->memory))
		return false;
	for (uint32_t i = 0; i < VHOST_QUEUES; i++)
		if (!setup_queue(vhost, i))
			return false;
	// The first response shows that the device works.
	uint32_t screens[VHOST_RESPONSE_WORDS];
	return vhost_send_sync(
		       vhost, VHOST_GET_DISPLAY_INFO, 0, NULL, 0, screens, sizeof(screens)) ||
		vhost_fail(vhost, "the device does not report its screens");
}

static bool open_sockets(struct vhost *vhost, int *display)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int pair[2];
	if (strlen(vhost->path) >= sizeof(address.sun_path)) {
		log_error("%s: too long for a socket's path", vhost->path);
		return false;
	}
	memcpy(address.sun_path, vhost->path, strlen(vhost->path) + 1);
	vhost->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (vhost->socket < 0 || !set_timeouts(vhost, vhost->socket) ||
		connect(vhost->socket, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		log_errno("%s: cannot connect to a vhost-user device", vhost->path);
		return false;
	}
	vhost->display = pair[0];
	*display = pair[1];
	return set_timeouts(vhost, vhost->display);
}

static void vhost_disconnect(struct vhost *vhost)
{
	close_fd(&vhost->socket);
	close_fd(&vhost->display);
	vhost_config_finish(vhost);
	vhost_rings_finish(vhost);
	vhost_memory_finish(vhost);
	vhost->dead = true;
}

bool vhost_reconnect(struct vhost *vhost)
{
	int display = -1;
	vhost_disconnect(vhost);
	vhost->dead = false;
	bool ok = vhost_memory_init(vhost) && vhost_rings_init(vhost) &&
		open_sockets(vhost, &display) && setup_device(vhost, display);
	close_fd(&display);
	if (!ok)
		vhost_disconnect(vhost);
	return ok;
}

struct vhost *vhost_create(const char *path, const struct vhost_options *options)
{
	struct vhost *vhost = xcalloc(1, sizeof(*vhost));
	vhost->path = xstrdup(path);
	vhost->users = 1;
	vhost->socket = vhost->display = vhost->memory = vhost->channel.file = -1;
	for (int i = 0; i < VHOST_QUEUES; i++)
		vhost->rings[i].kick = vhost->rings[i].call = -1;
	if (options)
		vhost->options = *options;
	if (!vhost->options.timeout_ms)
		vhost->options.timeout_ms = TIMEOUT_MS;
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
	vhost_disconnect(vhost);
	free(vhost->path);
	free(vhost);
}
