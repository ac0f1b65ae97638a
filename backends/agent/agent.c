// SPDX-License-Identifier: MIT
// The port is watched by an epoll of its own that tells of changes only: while nobody listens on the
// host's side, the port says so all the time.
#include "backends/agent/agent.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "backends/agent/agent_parts.h"
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "compositor/base/log.h"

#define PORT "/dev/virtio-ports/com.redhat.spice.0"
#define OWN_CAPS \
	(AGENT_CAP_BY_DEMAND | AGENT_CAP_SELECTION | AGENT_CAP_LF | AGENT_CAP_MAX_CLIPBOARD | \
		AGENT_CAP_NO_RELEASE_ON_REGRAB | AGENT_CAP_GRAB_SERIAL)
#define READ_SIZE (64 << 10)
#define READS 64 // of one turn of the loop
#define RETRY_NS (20 * NSEC_PER_MSEC)

struct packet {
	struct bytes *bytes;
	size_t done;
	struct wl_list link;
};

int agent_open_port(void)
{
	int fd = open(PORT, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 || errno == ENOENT)
		return fd;
	log_info("the host's clipboard is not shared: %s: %s%s", PORT, strerror(errno),
		errno == EBUSY ? " (another agent has it)" : "");
	return -1;
}

// Out

static void packet_destroy(struct agent *agent, struct packet *packet)
{
	agent->queued -= packet->bytes->size;
	wl_list_remove(&packet->link);
	bytes_unref(packet->bytes);
	free(packet);
}

static void drop_queue(struct agent *agent)
{
	struct packet *packet, *tmp;
	wl_list_for_each_safe(packet, tmp, &agent->queue, link)
		packet_destroy(agent, packet);
	timer_cancel(&agent->again);
}

static void flush(struct agent *agent)
{
	while (!wl_list_empty(&agent->queue)) {
		struct packet *packet = wl_container_of(agent->queue.next, packet, link);
		ssize_t written = write(agent->port, packet->bytes->data + packet->done,
			packet->bytes->size - packet->done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			timer_set(&agent->again, clock_now_ns(agent->clock) + RETRY_NS);
			return;
		}
		packet->done += (size_t)written;
		if (packet->done == packet->bytes->size)
			packet_destroy(agent, packet);
	}
	timer_cancel(&agent->again);
}

static void on_again(void *data)
{
	flush(data);
}

bool agent_send(struct agent *agent, uint32_t type, const void *first, size_t first_size,
	const void *second, size_t second_size)
{
	struct bytes *bytes = agent_message(type, first, first_size, second, second_size);
	if (!bytes)
		return false;
	struct packet *packet = xcalloc(1, sizeof(*packet));
	packet->bytes = bytes;
	agent->queued += bytes->size;
	wl_list_insert(agent->queue.prev, &packet->link);
	flush(agent);
	return true;
}

static void announce(struct agent *agent, bool ask)
{
	uint8_t body[8];
	agent_put_u32(body, ask);
	agent_put_u32(body + 4, OWN_CAPS);
	agent_send(agent, AGENT_ANNOUNCE_CAPABILITIES, body, sizeof(body), NULL, 0);
}

// In

static void handle_capabilities(struct agent *agent, const struct bytes *body)
{
	if (body->size < 8)
		return;
	bool first = !agent->caps;
	agent->caps = agent_u32(body->data + 4);
	if (agent_u32(body->data))
		announce(agent, false);
	if (!(agent->caps & AGENT_CAP_BY_DEMAND)) {
		log_info("the host shares no clipboard");
		return;
	}
	if (first)
		log_info("the host's clipboard is shared");
	for (size_t i = 0; i < array_length(agent->clipboards); i++) {
		if (!first)
			agent_clipboard_end(&agent->clipboards[i]);
		agent_clipboard_begin(&agent->clipboards[i]);
	}
}

static void end_all(struct agent *agent)
{
	for (size_t i = 0; i < array_length(agent->clipboards); i++)
		agent_clipboard_end(&agent->clipboards[i]);
}

static void handle_clipboard(struct agent *agent, uint32_t type, struct bytes *body)
{
	size_t from = 0;
	uint8_t which = 0;
	if (!(agent->caps & AGENT_CAP_BY_DEMAND))
		return;
	if (agent->caps & AGENT_CAP_SELECTION) {
		from = 4;
		if (body->size < from)
			return;
		which = (uint8_t)body->data[0];
	}
	if (which < array_length(agent->clipboards))
		agent_clipboard_message(&agent->clipboards[which], type, body, from);
}

static void handle_message(void *data, uint32_t type, struct bytes *body)
{
	struct agent *agent = data;
	switch (type) {
	case AGENT_ANNOUNCE_CAPABILITIES:
		handle_capabilities(agent, body);
		break;
	case AGENT_CLIPBOARD:
	case AGENT_CLIPBOARD_GRAB:
	case AGENT_CLIPBOARD_REQUEST:
	case AGENT_CLIPBOARD_RELEASE:
		handle_clipboard(agent, type, body);
		break;
	case AGENT_CLIENT_DISCONNECTED:
		end_all(agent);
		break;
	case AGENT_MAX_CLIPBOARD:
		if (body->size >= 4) // -1: as much as one likes
			agent->max_bytes = MIN(agent_u32(body->data), AGENT_MAX_BYTES);
		break;
	default: // of screens, mice, files: others look after those
		break;
	}
}

static void begin(struct agent *agent)
{
	agent->there = true;
	agent->max_bytes = AGENT_MAX_BYTES;
	announce(agent, true);
}

static void lose(struct agent *agent)
{
	if (agent->there)
		log_debug("the host's agent has gone");
	agent->there = false;
	agent->caps = 0;
	agent_reader_finish(&agent->reader);
	drop_queue(agent);
	end_all(agent);
}

// Changes of the port are told again from now on.
static void watch(struct agent *agent, int how)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET};
	epoll_ctl(agent->poll, how, agent->port, &event);
}

static void read_port(struct agent *agent)
{
	char *bytes = xcalloc(1, READ_SIZE);
	int turns = 0;
	ssize_t got;
	while ((got = read(agent->port, bytes, READ_SIZE)) > 0) {
		if (!agent_reader_feed(&agent->reader, bytes, (size_t)got)) {
			log_warn("the host's agent speaks another protocol");
			lose(agent);
			epoll_ctl(agent->poll, EPOLL_CTL_DEL, agent->port, NULL);
			break;
		}
		if (++turns == READS) { // others want to be served as well
			watch(agent, EPOLL_CTL_MOD);
			break;
		}
	}
	if (got == 0)
		lose(agent);
	free(bytes);
}

static int on_change(int fd, uint32_t mask, void *data)
{
	struct agent *agent = data;
	struct epoll_event event;
	if (epoll_wait(agent->poll, &event, 1, 0) != 1)
		return 0;
	if (event.events & (EPOLLHUP | EPOLLERR)) {
		lose(agent);
		return 0;
	}
	if (!agent->there)
		begin(agent);
	if (event.events & EPOLLOUT)
		flush(agent);
	if (event.events & EPOLLIN)
		read_port(agent);
	return 0;
}

// Life

struct agent *agent_create(
	const struct backend *backend, struct wl_event_loop *loop, struct clock *clock, int port)
{
	struct agent *agent = xcalloc(1, sizeof(*agent));
	agent->backend = backend;
	agent->loop = loop;
	agent->clock = clock;
	agent->port = port;
	agent->reader.handle = handle_message;
	agent->reader.data = agent;
	wl_list_init(&agent->queue);
	timer_init(&agent->again, clock, on_again, agent);
	for (size_t i = 0; i < array_length(agent->clipboards); i++)
		agent_clipboard_init(&agent->clipboards[i], agent, i == 1);
	agent->poll = epoll_create1(EPOLL_CLOEXEC);
	if (agent->poll >= 0) {
		watch(agent, EPOLL_CTL_ADD);
		agent->source = wl_event_loop_add_fd(
			loop, agent->poll, WL_EVENT_READABLE, on_change, agent);
	}
	if (agent->source)
		return agent;
	log_errno("the host's agent cannot be watched");
	agent_destroy(agent);
	return NULL;
}

void agent_destroy(struct agent *agent)
{
	if (!agent)
		return;
	if (agent->source)
		wl_event_source_remove(agent->source);
	lose(agent);
	for (size_t i = 0; i < array_length(agent->clipboards); i++)
		weak_clear(&agent->clipboards[i].source);
	timer_finish(&agent->again);
	close_fd(&agent->poll);
	close_fd(&agent->port);
	free(agent);
}

void agent_set_selection(struct agent *agent, bool primary, struct data_source *source)
{
	agent_clipboard_set(&agent->clipboards[primary], source);
}
