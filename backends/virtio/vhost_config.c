// SPDX-License-Identifier: MIT
// A device's configuration: which events it has. When that changes the device says so, on a channel
// on which it speaks first; a channel with nonsense on it is closed, and the device goes on without.
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "backends/virtio/vhost.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define PROTOCOL_CHANNEL (UINT64_C(1) << 5)
#define PROTOCOL_CONFIG (UINT64_C(1) << 9)
#define CONFIG_SIZE ((uint32_t)(VHOST_CONFIG_WORDS * sizeof(uint32_t)))
// Of an answer or a message; theirs are smaller.
#define MOST_BYTES 4096
// Messages that are read at a time.
#define MOST_MESSAGES 64

enum { CONFIG_CHANGED = 2 };            // what is said on the channel
enum { VERSION_MASK = 3, VERSION = 1 }; // of flags

bool vhost_ask_number(struct vhost *vhost, enum vhost_request request, uint64_t *number)
{
	uint32_t head[3];
	if (!vhost_tell(vhost, request, NULL, 0, -1) ||
		!vhost_receive(vhost, vhost->socket, head, sizeof(head)))
		return false;
	if (head[0] != (uint32_t)request || head[2] != sizeof(*number))
		return vhost_die(vhost, "this is no vhost-user device");
	return vhost_receive(vhost, vhost->socket, number, sizeof(*number));
}

// The channel

static void close_channel(struct vhost *vhost, const char *why)
{
	log_error("%s: screens that come and go are not noticed any more: %s", vhost->path, why);
	vhost_config_finish(vhost);
}

static void on_message(struct vhost *vhost)
{
	struct vhost_channel *channel = &vhost->channel;
	channel->n = 0;
	channel->rest = channel->head[2];
	if ((channel->head[1] & VERSION_MASK) != VERSION || channel->rest > MOST_BYTES) {
		close_channel(vhost, "the device sends nonsense");
		return;
	}
	// Others are of no use here.
	if (channel->head[0] != CONFIG_CHANGED || channel->news)
		return;
	channel->news = true;
	if (vhost->progress)
		vhost->progress(vhost->progress_data);
}

void vhost_channel_listen(struct vhost *vhost)
{
	struct vhost_channel *channel = &vhost->channel;
	for (int i = 0; i < MOST_MESSAGES && channel->file >= 0; i++) {
		char some[MOST_BYTES];
		char *into = channel->rest ? some : (char *)channel->head + channel->n;
		size_t size = channel->rest ? channel->rest : sizeof(channel->head) - channel->n;
		ssize_t got = vhost_receive_some(channel->file, into, size, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0) {
			close_channel(vhost, got ? strerror(errno) : "the device says no more");
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
	if (!vhost_ask_number(vhost, VHOST_GET_PROTOCOL, &offered))
		return false;
	if ((offered & wanted) != wanted)
		return true;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		log_errno("%s: no channel", vhost->path);
		return true;
	}
	bool ok = vhost_tell(vhost, VHOST_SET_PROTOCOL, &wanted, sizeof(wanted), -1) &&
		vhost_tell(vhost, VHOST_SET_CHANNEL, NULL, 0, pair[1]);
	close(pair[1]);
	vhost->channel = (struct vhost_channel){.file = pair[0]};
	vhost->has_config = ok;
	return ok;
}

void vhost_config_finish(struct vhost *vhost)
{
	close_fd(&vhost->channel.file);
	vhost->channel = (struct vhost_channel){.file = -1, .news = vhost->channel.news};
}

// The configuration

bool vhost_config_read(struct vhost *vhost, uint32_t words[VHOST_CONFIG_WORDS])
{
	const uint32_t where[3] = {0, CONFIG_SIZE, 0};
	uint32_t head[3], message[3 + VHOST_CONFIG_WORDS] = {0};
	memcpy(message, where, sizeof(where));
	if (!vhost->has_config || vhost->dead ||
		!vhost_tell(vhost, VHOST_GET_CONFIG, message, sizeof(message), -1) ||
		!vhost_await_reply(vhost) ||
		!vhost_receive(vhost, vhost->socket, head, sizeof(head)))
		return false;
	if (head[0] != VHOST_GET_CONFIG || head[2] > MOST_BYTES)
		return vhost_die(vhost, "the device sends nonsense");
	if (head[2] != sizeof(message)) { // it refuses
		vhost_skip(vhost, vhost->socket, head[2]);
		return false;
	}
	if (!vhost_receive(vhost, vhost->socket, message, sizeof(message)))
		return false;
	memcpy(words, message + 3, CONFIG_SIZE);
	return true;
}

// All of it: devices there are that do not look at where it is written to.
void vhost_config_clear(
	struct vhost *vhost, const uint32_t words[VHOST_CONFIG_WORDS], uint32_t events)
{
	uint32_t message[3 + VHOST_CONFIG_WORDS] = {0, CONFIG_SIZE, 0};
	memcpy(message + 3, words, CONFIG_SIZE);
	message[3 + VHOST_CONFIG_CLEAR] = events;
	if (vhost->has_config)
		vhost_tell(vhost, VHOST_SET_CONFIG, message, sizeof(message), -1);
}
