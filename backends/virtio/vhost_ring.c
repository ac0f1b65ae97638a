// SPDX-License-Identifier: MIT
// The queues: commands go in as pairs of descriptors, one for what is asked and one for the answer,
// and come back in whatever order the device is done with them. What it writes there is its word
// alone: numbers are checked, answers are copied before anybody looks.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "backends/virtio/vhost.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"

#define DESCRIPTORS (2 * VHOST_SLOTS)
#define RING_SIZE 8192
#define USED_OFFSET 4096
#define HEADER_WORDS 6
#define REQUEST_SIZE ((size_t)512) // of what a slot has of its own
#define FLAG_FENCE 1
#define ANSWER_GOOD 0x1100
#define ANSWER_BAD 0x1200

enum { NEXT = 1, WRITABLE = 2 };

struct vhost_descriptor {
	uint64_t address;
	uint32_t size;
	uint16_t flags, next;
};

static bool init_ring(struct vhost *vhost, struct vhost_ring *ring)
{
	size_t size = REQUEST_SIZE * VHOST_SLOTS;
	char *memory = vhost_alloc(vhost, RING_SIZE);
	*ring = (struct vhost_ring){
		.requests = vhost_alloc(vhost, size),
		.answers = vhost_alloc(vhost, size),
		.kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};
	if (!memory || !ring->requests || !ring->answers || ring->kick < 0 || ring->call < 0)
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
		ok = init_ring(vhost, &vhost->rings[i]) && ok;
	if (!ok)
		log_error("%s: no memory for queues", vhost->path);
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

// Taking back

static bool finish_slot(struct vhost *vhost, struct vhost_slot *slot)
{
	uint32_t code = 0;
	if (slot->answer)
		memcpy(&code, slot->answer, sizeof(code));
	bool good = !slot->answer || (code >= ANSWER_GOOD && code < ANSWER_BAD);
	if (slot->size)
		vhost_free(vhost, slot->request, slot->size);
	slot->request = NULL;
	slot->size = 0;
	slot->answered = true;
	if (vhost->progress)
		vhost->progress(vhost->progress_data);
	if (slot->asked)
		return true; // who asked looks, and frees it
	slot->ticket = 0;
	if (good)
		return true;
	log_error("%s: command 0x%x is refused: 0x%x", vhost->path, slot->type, code);
	return vhost_die(vhost, "the device does not do what it is told");
}

static bool reap(struct vhost *vhost, struct vhost_ring *ring)
{
	uint16_t now = __atomic_load_n(&ring->used[1], __ATOMIC_ACQUIRE);
	if ((uint16_t)(now - ring->seen) > VHOST_SLOTS)
		return vhost_die(vhost, "the device gives back what it does not have");
	for (; ring->seen != now; ring->seen++) {
		// Elements of two words after two half ones.
		uint32_t id;
		memcpy(&id, (char *)ring->used + 4 + 8 * (ring->seen % DESCRIPTORS), sizeof(id));
		struct vhost_slot *slot = id / 2 < VHOST_SLOTS ? &ring->slots[id / 2] : NULL;
		if (!slot || id % 2 || !slot->ticket || slot->answered)
			return vhost_die(vhost, "the device gives back what it does not have");
		if (!finish_slot(vhost, slot))
			return false;
	}
	return true;
}

bool vhost_reap(struct vhost *vhost)
{
	for (int i = 0; i < VHOST_QUEUES && !vhost->dead; i++) {
		uint64_t calls;
		if (read(vhost->rings[i].call, &calls, sizeof(calls)) < 0 && errno != EAGAIN)
			return vhost_die(vhost, strerror(errno));
		reap(vhost, &vhost->rings[i]);
	}
	return !vhost->dead;
}

// Sending

static struct vhost_slot *free_slot(struct vhost *vhost, struct vhost_ring *ring)
{
	while (vhost_reap(vhost)) {
		for (size_t i = 0; i < VHOST_SLOTS; i++)
			if (!ring->slots[i].ticket)
				return &ring->slots[i];
		if (!vhost_pump(vhost, -1))
			break;
	}
	return NULL;
}

static bool give_room(struct vhost *vhost, struct vhost_ring *ring, struct vhost_slot *slot,
	size_t size, size_t answer_size)
{
	size_t at = (size_t)(slot - ring->slots) * REQUEST_SIZE;
	slot->size = size > REQUEST_SIZE ? size : 0;
	slot->request = slot->size ? vhost_alloc(vhost, size) : (char *)ring->requests + at;
	slot->answer_size = answer_size > REQUEST_SIZE ? answer_size : 0;
	slot->answer = !answer_size ? NULL
		: slot->answer_size ? vhost_alloc(vhost, answer_size)
				    : (uint32_t *)((char *)ring->answers + at);
	if (slot->request && (slot->answer || !answer_size))
		return true;
	if (slot->size)
		vhost_free(vhost, slot->request, size);
	if (slot->answer_size)
		vhost_free(vhost, slot->answer, answer_size);
	return vhost_die(vhost, "the memory for commands is used up");
}

static bool publish(struct vhost *vhost, struct vhost_ring *ring, const struct vhost_slot *slot,
	size_t size, size_t answer_size)
{
	uint16_t first = (uint16_t)(2 * (slot - ring->slots));
	uint64_t one = 1;
	ring->descriptors[first] = (struct vhost_descriptor){vhost_address(vhost, slot->request),
		(uint32_t)size, answer_size ? NEXT : 0, (uint16_t)(first + 1)};
	if (answer_size)
		ring->descriptors[first + 1] = (struct vhost_descriptor){
			vhost_address(vhost, slot->answer), (uint32_t)answer_size, WRITABLE, 0};
	ring->available[2 + ring->next_available % DESCRIPTORS] = first;
	ring->next_available++;
	__atomic_store_n(&ring->available[1], ring->next_available, __ATOMIC_SEQ_CST);
	if (write(ring->kick, &one, sizeof(one)) == sizeof(one) || errno == EAGAIN)
		return true;
	return vhost_die(vhost, strerror(errno));
}

static struct vhost_slot *send_command(struct vhost *vhost, enum vhost_queue queue,
	enum vhost_command command, uint32_t context, const uint32_t *words, size_t n,
	const void *data, size_t data_size, bool fence, size_t answer_size)
{
	struct vhost_ring *ring = &vhost->rings[queue];
	struct vhost_slot *slot = vhost->dead ? NULL : free_slot(vhost, ring);
	size_t head = (HEADER_WORDS + n) * sizeof(*words), size = head + data_size;
	if (!slot || !give_room(vhost, ring, slot, size, answer_size))
		return NULL;
	uint64_t ticket = ++vhost->tickets;
	uint32_t header[HEADER_WORDS] = {(uint32_t)command, fence ? FLAG_FENCE : 0,
		(uint32_t)ticket, (uint32_t)(ticket >> 32), context, 0};
	memcpy(slot->request, header, sizeof(header));
	if (n)
		memcpy((char *)slot->request + sizeof(header), words, n * sizeof(*words));
	if (data_size)
		memcpy((char *)slot->request + head, data, data_size);
	if (slot->answer)
		memset(slot->answer, 0, answer_size);
	slot->type = (uint32_t)command;
	slot->asked = slot->answered = false;
	slot->ticket = ticket;
	return publish(vhost, ring, slot, size, answer_size) ? slot : NULL;
}

// The cursor queue has no answers.
uint64_t vhost_send(struct vhost *vhost, enum vhost_queue queue, enum vhost_command command,
	uint32_t context, const uint32_t *words, size_t n, const void *data, size_t size,
	bool fence)
{
	const struct vhost_slot *slot = send_command(vhost, queue, command, context, words, n, data,
		size, fence, queue == VHOST_CONTROL ? HEADER_WORDS * sizeof(*words) : 0);
	return slot ? slot->ticket : 0;
}

bool vhost_ask(struct vhost *vhost, enum vhost_command command, uint32_t context,
	const uint32_t *words, size_t n, void *answer, size_t size)
{
	uint32_t code = 0;
	size_t room = MAX(size, HEADER_WORDS * sizeof(*words));
	struct vhost_slot *slot = send_command(
		vhost, VHOST_CONTROL, command, context, words, n, NULL, 0, false, room);
	if (!slot)
		return false;
	slot->asked = true;
	while (!slot->answered)
		if (!vhost_pump(vhost, -1))
			return false;
	memcpy(&code, slot->answer, sizeof(code));
	if (size)
		memcpy(answer, slot->answer, size);
	if (slot->answer_size)
		vhost_free(vhost, slot->answer, slot->answer_size);
	slot->ticket = 0;
	return code >= ANSWER_GOOD && code < ANSWER_BAD;
}

bool vhost_is_done(const struct vhost *vhost, uint64_t ticket)
{
	const struct vhost_slot *slots = vhost->rings[VHOST_CONTROL].slots;
	for (size_t i = 0; i < VHOST_SLOTS; i++)
		if (slots[i].ticket && !slots[i].answered && slots[i].ticket <= ticket)
			return false;
	return true;
}

bool vhost_wait(struct vhost *vhost, uint64_t ticket)
{
	while (!vhost->dead && vhost_reap(vhost) && !vhost_is_done(vhost, ticket))
		vhost_pump(vhost, -1);
	return !vhost->dead;
}
