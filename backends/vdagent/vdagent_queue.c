// SPDX-License-Identifier: MIT
// Messages to the host, queued until the port takes them.
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "backends/vdagent/vdagent_private.h"
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"

#define RETRY_NS (20 * NSEC_PER_MSEC)

struct packet {
	struct bytes *bytes;
	size_t done;         // bytes written
	struct wl_list link; // agent.queue
};

static void packet_destroy(struct vdagent *agent, struct packet *packet)
{
	agent->queued -= packet->bytes->size;
	wl_list_remove(&packet->link);
	bytes_unref(packet->bytes);
	free(packet);
}

void vdagent_queue_drop(struct vdagent *agent)
{
	struct packet *packet, *tmp;
	wl_list_for_each_safe(packet, tmp, &agent->queue, link)
		packet_destroy(agent, packet);
	timer_cancel(&agent->retry);
}

void vdagent_queue_flush(struct vdagent *agent)
{
	while (!wl_list_empty(&agent->queue)) {
		struct packet *packet = wl_container_of(agent->queue.next, packet, link);
		ssize_t written = write(agent->port, packet->bytes->data + packet->done,
			packet->bytes->size - packet->done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			timer_set(&agent->retry, clock_now_ns(agent->clock) + RETRY_NS);
			return;
		}
		packet->done += (size_t)written;
		if (packet->done == packet->bytes->size)
			packet_destroy(agent, packet);
	}
	timer_cancel(&agent->retry);
}

static void on_retry(void *data)
{
	vdagent_queue_flush(data);
}

void vdagent_queue_init(struct vdagent *agent)
{
	wl_list_init(&agent->queue);
	timer_init(&agent->retry, agent->clock, on_retry, agent);
}

void vdagent_queue_finish(struct vdagent *agent)
{
	vdagent_queue_drop(agent);
	timer_finish(&agent->retry);
}

bool vdagent_send(struct vdagent *agent, uint32_t type, const void *first, size_t first_size,
	const void *second, size_t second_size)
{
	struct bytes *bytes = vdagent_message(type, first, first_size, second, second_size);
	if (!bytes)
		return false;
	struct packet *packet = xcalloc(1, sizeof(*packet));
	packet->bytes = bytes;
	agent->queued += bytes->size;
	wl_list_insert(agent->queue.prev, &packet->link);
	vdagent_queue_flush(agent);
	return true;
}
