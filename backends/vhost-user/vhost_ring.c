// SPDX-License-Identifier: MIT
// Drives the virtqueues. A command is a chain of two descriptors, request and response; chains are
// used in any order. The device can write anything into shared memory at any time: indices are
// checked, and responses are copied before they are read.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "backends/vhost-user/vhost.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define DESCRIPTORS (2 * VHOST_SLOTS)
#define RING_SIZE 8192
#define USED_OFFSET 4096
#define HEADER_WORDS 6
#define REQUEST_SIZE ((size_t)512) // of the buffers that each slot has of its own
#define FLAG_FENCE 1
#define RESPONSE_OK 0x1100
#define RESPONSE_ERROR 0x1200

enum { DESC_NEXT = 1, DESC_WRITE = 2 };

struct vhost_descriptor {
	uint64_t address;
	uint32_t size;
	uint16_t flags, next;
};

static bool ring_init(struct vhost *vhost, struct vhost_ring *ring)
{
	size_t size = REQUEST_SIZE * VHOST_SLOTS;
	char *memory = vhost_alloc(vhost, RING_SIZE);
	*ring = (struct vhost_ring){
		.requests = vhost_alloc(vhost, size),
		.responses = vhost_alloc(vhost, size),
		.kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};
	if (!memory || !ring->requests || !ring->responses || ring->kick < 0 || ring->call < 0)
		return false;
	ring->descriptors = (struct vhost_descriptor *)memory;
	ring->available = (uint16_t *)(memory + DESCRIPTORS * sizeof(*ring->descriptors));
	ring->used = (uint16_t *)(memory + USED_OFFSET);
	return true;
}

bool vhost_rings_init(struct vhost *vhost)
{
	bool ok = true;
	for (int i = 0; i < VHOST_QUEUES; i++)
		ok = ring_init(vhost, &vhost->rings[i]) && ok;
	if (!ok)
		log_error("%s: cannot allocate the queues", vhost->path);
	return ok;
}

void vhost_rings_finish(struct vhost *vhost)
{
	for (int i = 0; i < VHOST_QUEUES; i++) {
		close_fd(&vhost->rings[i].kick);
		close_fd(&vhost->rings[i].call);
		memset(vhost->rings[i].slots, 0, sizeof(vhost->rings[i].slots));
	}
}

// The used ring

static bool slot_complete(struct vhost *vhost, struct vhost_slot *slot)
{
	uint32_t code = 0;
	if (slot->response)
		memcpy(&code, slot->response, sizeof(code));
	bool good = !slot->response || (code >= RESPONSE_OK && code < RESPONSE_ERROR);
	if (slot->size)
		vhost_free(vhost, slot->request, slot->size);
	slot->request = NULL;
	slot->size = 0;
	slot->completed = true;
	if (vhost->notify)
		vhost->notify(vhost->notify_data);
	if (slot->wants_response)
		return true; // handled and freed by the sender
	slot->seqno = 0;
	if (good)
		return true;
	log_error("%s: command 0x%x failed: response 0x%x", vhost->path, slot->type, code);
	return vhost_fail(vhost, "the device refuses a command");
}

static bool ring_process_used(struct vhost *vhost, struct vhost_ring *ring)
{
	uint16_t now = __atomic_load_n(&ring->used[1], __ATOMIC_ACQUIRE);
	if ((uint16_t)(now - ring->last_used) > VHOST_SLOTS)
		return vhost_fail(vhost, "the used ring is invalid");
	for (; ring->last_used != now; ring->last_used++) {
		// Elements are {id, length} after {flags, idx}.
		uint32_t id;
		memcpy(&id, (char *)ring->used + 4 + 8 * (ring->last_used % DESCRIPTORS),
			sizeof(id));
		struct vhost_slot *slot = id / 2 < VHOST_SLOTS ? &ring->slots[id / 2] : NULL;
		if (!slot || id % 2 || !slot->seqno || slot->completed)
			return vhost_fail(vhost, "the used ring is invalid");
		if (!slot_complete(vhost, slot))
			return false;
	}
	return true;
}

bool vhost_process_used(struct vhost *vhost)
{
	for (int i = 0; i < VHOST_QUEUES && !vhost->dead; i++) {
		uint64_t calls;
		if (read(vhost->rings[i].call, &calls, sizeof(calls)) < 0 && errno != EAGAIN)
			return vhost_fail(vhost, strerror(errno));
		ring_process_used(vhost, &vhost->rings[i]);
	}
	return !vhost->dead;
}

// The available ring

static struct vhost_slot *ring_get_slot(struct vhost *vhost, struct vhost_ring *ring)
{
	while (vhost_process_used(vhost)) {
		for (size_t i = 0; i < VHOST_SLOTS; i++)
			if (!ring->slots[i].seqno)
				return &ring->slots[i];
		if (!vhost_dispatch(vhost, -1))
			break;
	}
	return NULL;
}

static bool slot_alloc(struct vhost *vhost, struct vhost_ring *ring, struct vhost_slot *slot,
	size_t size, size_t response_size)
{
	size_t at = (size_t)(slot - ring->slots) * REQUEST_SIZE;
	slot->size = size > REQUEST_SIZE ? size : 0;
	slot->request = slot->size ? vhost_alloc(vhost, size) : (char *)ring->requests + at;
	slot->response_size = response_size > REQUEST_SIZE ? response_size : 0;
	slot->response = !response_size ? NULL
		: slot->response_size   ? vhost_alloc(vhost, response_size)
					: (uint32_t *)((char *)ring->responses + at);
	if (slot->request && (slot->response || !response_size))
		return true;
	if (slot->size)
		vhost_free(vhost, slot->request, size);
	if (slot->response_size)
		vhost_free(vhost, slot->response, response_size);
	return vhost_fail(vhost, "out of shared memory for commands");
}

static bool ring_submit(struct vhost *vhost, struct vhost_ring *ring, const struct vhost_slot *slot,
	size_t size, size_t response_size)
{
	uint16_t first = (uint16_t)(2 * (slot - ring->slots));
	uint64_t one = 1;
	ring->descriptors[first] = (struct vhost_descriptor){vhost_address(vhost, slot->request),
		(uint32_t)size, response_size ? DESC_NEXT : 0, (uint16_t)(first + 1)};
	if (response_size)
		ring->descriptors[first + 1] =
			(struct vhost_descriptor){vhost_address(vhost, slot->response),
				(uint32_t)response_size, DESC_WRITE, 0};
	ring->available[2 + ring->next_available % DESCRIPTORS] = first;
	ring->next_available++;
	__atomic_store_n(&ring->available[1], ring->next_available, __ATOMIC_SEQ_CST);
	if (write(ring->kick, &one, sizeof(one)) == sizeof(one) || errno == EAGAIN)
		return true;
	return vhost_fail(vhost, strerror(errno));
}

static struct vhost_slot *send_command(struct vhost *vhost, enum vhost_queue queue,
	enum vhost_command command, uint32_t context, const uint32_t *words, size_t n,
	const void *data, size_t data_size, bool fence, size_t response_size)
{
	struct vhost_ring *ring = &vhost->rings[queue];
	struct vhost_slot *slot = vhost->dead ? NULL : ring_get_slot(vhost, ring);
	size_t head = (HEADER_WORDS + n) * sizeof(*words), size = head + data_size;
	if (!slot || !slot_alloc(vhost, ring, slot, size, response_size))
		return NULL;
	uint64_t seqno = ++vhost->last_seqno;
	uint32_t header[HEADER_WORDS] = {(uint32_t)command, fence ? FLAG_FENCE : 0, (uint32_t)seqno,
		(uint32_t)(seqno >> 32), context, 0};
	memcpy(slot->request, header, sizeof(header));
	if (n)
		memcpy((char *)slot->request + sizeof(header), words, n * sizeof(*words));
	if (data_size)
		memcpy((char *)slot->request + head, data, data_size);
	if (slot->response)
		memset(slot->response, 0, response_size);
	slot->type = (uint32_t)command;
	slot->wants_response = slot->completed = false;
	slot->seqno = seqno;
	return ring_submit(vhost, ring, slot, size, response_size) ? slot : NULL;
}

// Commands of the cursor queue have no response.
uint64_t vhost_send(struct vhost *vhost, enum vhost_queue queue, enum vhost_command command,
	uint32_t context, const uint32_t *words, size_t n, const void *data, size_t size,
	bool fence)
{
	const struct vhost_slot *slot = send_command(vhost, queue, command, context, words, n, data,
		size, fence, queue == VHOST_CONTROL ? HEADER_WORDS * sizeof(*words) : 0);
	return slot ? slot->seqno : 0;
}

bool vhost_send_sync(struct vhost *vhost, enum vhost_command command, uint32_t context,
	const uint32_t *words, size_t n, void *response, size_t size)
{
	uint32_t code = 0;
	size_t room = MAX(size, HEADER_WORDS * sizeof(*words));
	struct vhost_slot *slot = send_command(
		vhost, VHOST_CONTROL, command, context, words, n, NULL, 0, false, room);
	if (!slot)
		return false;
	slot->wants_response = true;
	while (!slot->completed)
		if (!vhost_dispatch(vhost, -1))
			return false;
	memcpy(&code, slot->response, sizeof(code));
	if (size)
		memcpy(response, slot->response, size);
	if (slot->response_size)
		vhost_free(vhost, slot->response, slot->response_size);
	slot->seqno = 0;
	return code >= RESPONSE_OK && code < RESPONSE_ERROR;
}

bool vhost_is_completed(const struct vhost *vhost, uint64_t seqno)
{
	const struct vhost_slot *slots = vhost->rings[VHOST_CONTROL].slots;
	for (size_t i = 0; i < VHOST_SLOTS; i++)
		if (slots[i].seqno && !slots[i].completed && slots[i].seqno <= seqno)
			return false;
	return true;
}

bool vhost_wait(struct vhost *vhost, uint64_t seqno)
{
	while (!vhost->dead && vhost_process_used(vhost) && !vhost_is_completed(vhost, seqno))
		vhost_dispatch(vhost, -1);
	return !vhost->dead;
}
