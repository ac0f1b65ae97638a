// SPDX-License-Identifier: MIT
// Reads and acknowledges the device's configuration space, and receives its change notifications on
// the back-end channel. A channel with invalid messages is closed; the device is used without it.
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "backends/vhost-user/vhost.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define PROTOCOL_CHANNEL (UINT64_C(1) << 5)
#define PROTOCOL_CONFIG (UINT64_C(1) << 9)
#define CONFIG_SIZE ((uint32_t)(VHOST_CONFIG_WORDS * sizeof(uint32_t)))
#define MAX_PAYLOAD 4096 // of any message; all that are defined are smaller
#define MAX_MESSAGES 64  // reads per call

enum { CONFIG_CHANGED = 2 };            // VHOST_USER_BACKEND_CONFIG_CHANGE_MSG
enum { VERSION_MASK = 3, VERSION = 1 }; // in a header's flags

bool vhost_request_u64(struct vhost *vhost, enum vhost_request request, uint64_t *number)
{
	uint32_t head[3];
	if (!vhost_send_request(vhost, request, NULL, 0, -1) ||
		!vhost_receive(vhost, vhost->socket, head, sizeof(head)))
		return false;
	if (head[0] != (uint32_t)request || head[2] != sizeof(*number))
		return vhost_fail(vhost, "not a vhost-user device");
	return vhost_receive(vhost, vhost->socket, number, sizeof(*number));
}

// The back-end channel

static void close_channel(struct vhost *vhost, const char *why)
{
	log_error("%s: hot-plug of screens stops working: %s", vhost->path, why);
	vhost_config_finish(vhost);
}

static void on_message(struct vhost *vhost)
{
	struct vhost_channel *channel = &vhost->channel;
	channel->n = 0;
	channel->rest = channel->head[2];
	if ((channel->head[1] & VERSION_MASK) != VERSION || channel->rest > MAX_PAYLOAD) {
		close_channel(vhost, "the device sent an invalid message");
		return;
	}
	// Other messages are ignored.
	if (channel->head[0] != CONFIG_CHANGED || channel->config_changed)
		return;
	channel->config_changed = true;
	if (vhost->notify)
		vhost->notify(vhost->notify_data);
}

void vhost_channel_read(struct vhost *vhost)
{
	struct vhost_channel *channel = &vhost->channel;
	for (int i = 0; i < MAX_MESSAGES && channel->file >= 0; i++) {
		char some[MAX_PAYLOAD];
		char *into = channel->rest ? some : (char *)channel->head + channel->n;
		size_t size = channel->rest ? channel->rest : sizeof(channel->head) - channel->n;
		ssize_t got = vhost_recv(channel->file, into, size, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0) {
			close_channel(
				vhost, got ? strerror(errno) : "the device closed the channel");
			return;
		}
		if (channel->rest)
			channel->rest -= (size_t)got;
		else
			channel->n += (size_t)got;
		if (channel->n == sizeof(channel->head))
			on_message(vhost);
	}
}

bool vhost_config_init(struct vhost *vhost)
{
	const uint64_t wanted = PROTOCOL_CHANNEL | PROTOCOL_CONFIG;
	uint64_t offered = 0;
	int pair[2];
	if (!vhost_request_u64(vhost, VHOST_GET_PROTOCOL, &offered))
		return false;
	if ((offered & wanted) != wanted)
		return true;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		log_errno("%s: cannot create the back-end channel", vhost->path);
		return true;
	}
	bool ok = vhost_send_request(vhost, VHOST_SET_PROTOCOL, &wanted, sizeof(wanted), -1) &&
		vhost_send_request(vhost, VHOST_SET_CHANNEL, NULL, 0, pair[1]);
	close(pair[1]);
	vhost->channel = (struct vhost_channel){.file = pair[0]};
	vhost->has_config = ok;
	return ok;
}

void vhost_config_finish(struct vhost *vhost)
{
	close_fd(&vhost->channel.file);
	vhost->channel =
		(struct vhost_channel){.file = -1, .config_changed = vhost->channel.config_changed};
}

// The configuration

bool vhost_config_read(struct vhost *vhost, uint32_t words[VHOST_CONFIG_WORDS])
{
	const uint32_t where[3] = {0, CONFIG_SIZE, 0};
	uint32_t head[3], message[3 + VHOST_CONFIG_WORDS] = {0};
	memcpy(message, where, sizeof(where));
	if (!vhost->has_config || vhost->dead ||
		!vhost_send_request(vhost, VHOST_GET_CONFIG, message, sizeof(message), -1) ||
		!vhost_await_reply(vhost) ||
		!vhost_receive(vhost, vhost->socket, head, sizeof(head)))
		return false;
	if (head[0] != VHOST_GET_CONFIG || head[2] > MAX_PAYLOAD)
		return vhost_fail(vhost, "the device sent an invalid reply");
	if (head[2] != sizeof(message)) { // refused
		vhost_skip(vhost, vhost->socket, head[2]);
		return false;
	}
	if (!vhost_receive(vhost, vhost->socket, message, sizeof(message)))
		return false;
	memcpy(words, message + 3, CONFIG_SIZE);
	return true;
}

// Writes the whole space, since some devices ignore the offset.
void vhost_config_clear(
	struct vhost *vhost, const uint32_t words[VHOST_CONFIG_WORDS], uint32_t events)
{
	uint32_t message[3 + VHOST_CONFIG_WORDS] = {0, CONFIG_SIZE, 0};
	memcpy(message + 3, words, CONFIG_SIZE);
	message[3 + VHOST_CONFIG_CLEAR] = events;
	if (vhost->has_config)
		vhost_send_request(vhost, VHOST_SET_CONFIG, message, sizeof(message), -1);
}
