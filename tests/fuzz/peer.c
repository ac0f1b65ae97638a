// SPDX-License-Identifier: MIT
#include "tests/fuzz/peer.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"

#define SERVER_IDS 0xff000000u
#define DISPLAY_ID 1
#define REGISTRY_ID 2

extern const struct wl_interface wl_display_interface, wl_registry_interface;

// Objects

static struct object *place_for(struct peer *peer)
{
	for (size_t i = 0; i < peer->n_objects; i++)
		if (!peer->objects[i].id)
			return &peer->objects[i];
	return peer->n_objects < PEER_OBJECTS ? &peer->objects[peer->n_objects++] : NULL;
}

struct object *peer_add(struct peer *peer, const struct wl_interface *interface, uint32_t version)
{
	struct object *object = place_for(peer);
	if (!object)
		return NULL;
	uint32_t id = peer->n_free ? peer->free_ids[--peer->n_free] : peer->next_id++;
	*object = (struct object){.id = id, .version = version, .interface = interface};
	return object;
}

static struct object *object_by_id(struct peer *peer, uint32_t id)
{
	for (size_t i = 0; i < peer->n_objects; i++)
		if (peer->objects[i].id == id)
			return &peer->objects[i];
	return NULL;
}

void peer_remove(struct peer *peer, uint32_t id)
{
	struct object *object = object_by_id(peer, id);
	if (object)
		*object = (struct object){0};
}

struct object *peer_find(struct peer *peer, const struct wl_interface *interface, unsigned n)
{
	unsigned count = 0;
	for (size_t i = 0; i < peer->n_objects; i++)
		count += peer->objects[i].id && peer->objects[i].interface == interface;
	if (!count)
		return NULL;
	n = count - 1 - n % count;
	for (size_t i = 0;; i++)
		if (peer->objects[i].id && peer->objects[i].interface == interface && n-- == 0)
			return &peer->objects[i];
}

// Lifetime

void peer_hang_up(struct peer *peer)
{
	close_fd(&peer->fd);
	while (peer->n_out_fds)
		close(peer->out_fds[--peer->n_out_fds]);
}

void peer_init(struct peer *peer, int fd)
{
	memset(peer, 0, sizeof(*peer));
	peer->fd = fd;
	peer->next_id = REGISTRY_ID + 1;
	peer->objects[0] =
		(struct object){.id = DISPLAY_ID, .version = 1, .interface = &wl_display_interface};
	peer->objects[1] = (struct object){
		.id = REGISTRY_ID, .version = 1, .interface = &wl_registry_interface};
	peer->n_objects = 2;
	const uint32_t get_registry[] = {DISPLAY_ID, 12u << 16 | 1, REGISTRY_ID};
	peer_write(peer, get_registry, sizeof(get_registry));
}

void peer_finish(struct peer *peer)
{
	peer_hang_up(peer);
}

// Sending

bool peer_flush(struct peer *peer)
{
	while (peer->fd >= 0 && peer->n_out) {
		char control[CMSG_SPACE(sizeof(peer->out_fds))] = {0};
		struct iovec data = {peer->out, peer->n_out};
		struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
		if (peer->n_out_fds) {
			message.msg_control = control;
			message.msg_controllen = CMSG_SPACE(peer->n_out_fds * sizeof(int));
			struct cmsghdr *header = CMSG_FIRSTHDR(&message);
			header->cmsg_level = SOL_SOCKET;
			header->cmsg_type = SCM_RIGHTS;
			header->cmsg_len = CMSG_LEN(peer->n_out_fds * sizeof(int));
			memcpy(CMSG_DATA(header), peer->out_fds, peer->n_out_fds * sizeof(int));
		}
		ssize_t sent = sendmsg(peer->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent <= 0) {
			if (errno != EAGAIN)
				peer_hang_up(peer);
			return false;
		}
		while (peer->n_out_fds)
			close(peer->out_fds[--peer->n_out_fds]);
		peer->n_out -= (size_t)sent;
		memmove(peer->out, peer->out + sent, peer->n_out);
	}
	return peer->fd >= 0;
}

void peer_write(struct peer *peer, const void *bytes, size_t size)
{
	if (peer->n_out + size > sizeof(peer->out))
		peer_flush(peer);
	if (peer->fd < 0 || peer->n_out + size > sizeof(peer->out))
		return;
	memcpy(peer->out + peer->n_out, bytes, size);
	peer->n_out += size;
}

void peer_write_fd(struct peer *peer, int fd)
{
	if (peer->n_out_fds == PEER_FDS)
		peer_flush(peer);
	if (peer->fd < 0 || peer->n_out_fds == PEER_FDS)
		close(fd);
	else
		peer->out_fds[peer->n_out_fds++] = fd;
}

// Receiving

static void bind_global(
	struct peer *peer, uint32_t registry, uint32_t name, const char *text, uint32_t version)
{
	const struct wl_interface *interface = interface_of_global(text);
	if (!interface) {
		fprintf(stderr, "tests/fuzz/interfaces.c does not know the global %s\n", text);
		abort();
	}
	version = MIN(version, (uint32_t)interface->version);
	struct object *object = peer_add(peer, interface, version);
	if (!object)
		return;
	uint32_t message[64] = {registry, 0, name, (uint32_t)strlen(text) + 1};
	size_t words = 4 + (message[3] + 3) / 4;
	memcpy(message + 4, text, message[3]);
	message[words++] = version;
	message[words++] = object->id;
	message[1] = (uint32_t)(words * 4) << 16;
	peer_write(peer, message, words * 4);
}

// Handles new objects, serials and strings of an event; other arguments are skipped.
static void learn(struct peer *peer, struct object *object, const struct wl_message *event,
	const uint32_t *args, size_t words)
{
	size_t at = 0, type = 0;
	for (const char *kind = event->signature; *kind; kind++) {
		if (*kind == '?' || (*kind >= '0' && *kind <= '9'))
			continue;
		const struct wl_interface *interface = event->types[type++];
		if (*kind == 'h')
			continue;
		if (at >= words)
			return;
		uint32_t value = args[at++];
		if (*kind == 'u') {
			peer->serials[peer->n_serials++ % array_length(peer->serials)] = value;
			if (strcmp(event->name, "configure") == 0)
				object->serial = value;
		} else if (*kind == 'n' && interface && value >= SERVER_IDS) {
			struct object *made = place_for(peer);
			if (made)
				*made = (struct object){value, object->version, interface, 0};
		} else if (*kind == 's' || *kind == 'a') {
			size_t length = (value + (size_t)3) / 4;
			if (length > words - at)
				return;
			if (*kind == 's' && value)
				snprintf(peer->text, sizeof(peer->text), "%s",
					(const char *)(args + at));
			at += length;
		}
	}
}

static void handle_event(struct peer *peer, const uint32_t *message, size_t size)
{
	uint32_t opcode = message[1] & 0xffff;
	const uint32_t *args = message + 2;
	size_t words = size / 4 - 2;
	struct object *object = object_by_id(peer, message[0]);
	if (object && object->interface == &wl_registry_interface && opcode == 0 && words > 3) {
		bind_global(peer, object->id, args[0], (const char *)(args + 2), args[words - 1]);
	} else if (message[0] == DISPLAY_ID && opcode == 1 && words) {
		peer_remove(peer, args[0]);
		if (peer->n_free < array_length(peer->free_ids))
			peer->free_ids[peer->n_free++] = args[0];
	} else if (object && opcode < (uint32_t)object->interface->event_count) {
		learn(peer, object, &object->interface->events[opcode], args, words);
	}
}

static void close_received(struct msghdr *message)
{
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
		header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(fd));
			close(fd);
		}
	}
}

void peer_read(struct peer *peer)
{
	while (peer->fd >= 0 && !peer->stalled) {
		char control[CMSG_SPACE(64 * sizeof(int))];
		struct iovec data = {peer->in + peer->n_in, sizeof(peer->in) - peer->n_in};
		struct msghdr message = {.msg_iov = &data,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control)};
		ssize_t received = recvmsg(peer->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (received < 0 && errno == EAGAIN)
			return;
		if (received <= 0) {
			peer_hang_up(peer);
			return;
		}
		close_received(&message);
		peer->n_in += (size_t)received;
		size_t at = 0;
		while (peer->n_in - at >= 8) {
			uint32_t event[PEER_MESSAGE / 4];
			memcpy(event, peer->in + at, 8);
			size_t size = event[1] >> 16;
			if (size < 8 || size > sizeof(event)) {
				fprintf(stderr, "an event of %zu bytes\n", size);
				abort();
			}
			if (peer->n_in - at < size)
				break;
			memcpy(event, peer->in + at, size);
			handle_event(peer, event, size);
			at += size;
		}
		peer->n_in -= at;
		memmove(peer->in, peer->in + at, peer->n_in);
	}
}
