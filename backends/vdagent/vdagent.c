// SPDX-License-Identifier: MIT
// The vdagent connection: opens the virtio port, negotiates capabilities, and dispatches messages.
//
// The port is watched through an edge-triggered epoll of its own, because it reports a hang-up
// constantly while the host's side is closed.
#include "backends/vdagent/vdagent.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "backends/vdagent/vdagent_private.h"
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "compositor/base/log.h"

#define PORT "/dev/virtio-ports/com.redhat.spice.0"
#define OWN_CAPS \
	(VDAGENT_CAP_BY_DEMAND | VDAGENT_CAP_SELECTION | VDAGENT_CAP_LF | \
		VDAGENT_CAP_MAX_CLIPBOARD | VDAGENT_CAP_NO_RELEASE_ON_REGRAB | \
		VDAGENT_CAP_GRAB_SERIAL)
#define READ_SIZE (64 << 10)
#define READS 64 // per dispatch of the event loop

int vdagent_open_port(void)
{
	int fd = open(PORT, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 || errno == ENOENT)
		return fd;
	log_info("the host's clipboard is not shared: %s: %s%s", PORT, strerror(errno),
		errno == EBUSY ? " (another agent uses it)" : "");
	return -1;
}

static void send_capabilities(struct vdagent *agent, bool request)
{
	uint8_t body[8];
	vdagent_put_u32(body, request);
	vdagent_put_u32(body + 4, OWN_CAPS);
	vdagent_send(agent, VDAGENT_ANNOUNCE_CAPABILITIES, body, sizeof(body), NULL, 0);
}

// In

static void handle_capabilities(struct vdagent *agent, const struct bytes *body)
{
	if (body->size < 8)
		return;
	bool first = !agent->caps;
	agent->caps = vdagent_u32(body->data + 4);
	if (vdagent_u32(body->data))
		send_capabilities(agent, false);
	if (!(agent->caps & VDAGENT_CAP_BY_DEMAND)) {
		log_info("the host does not share its clipboard");
		return;
	}
	if (first)
		log_info("the host's clipboard is shared");
	for (size_t i = 0; i < array_length(agent->clipboards); i++) {
		if (!first)
			vdagent_clipboard_end(&agent->clipboards[i]);
		vdagent_clipboard_begin(&agent->clipboards[i]);
	}
}

static void end_clipboards(struct vdagent *agent)
{
	for (size_t i = 0; i < array_length(agent->clipboards); i++)
		vdagent_clipboard_end(&agent->clipboards[i]);
}

static void handle_clipboard(struct vdagent *agent, uint32_t type, struct bytes *body)
{
	size_t from = 0;
	uint8_t which = 0;
	if (!(agent->caps & VDAGENT_CAP_BY_DEMAND))
		return;
	if (agent->caps & VDAGENT_CAP_SELECTION) {
		from = 4;
		if (body->size < from)
			return;
		which = (uint8_t)body->data[0];
	}
	if (which < array_length(agent->clipboards))
		vdagent_clipboard_message(&agent->clipboards[which], type, body, from);
}

static void handle_message(void *data, uint32_t type, struct bytes *body)
{
	struct vdagent *agent = data;
	switch (type) {
	case VDAGENT_ANNOUNCE_CAPABILITIES:
		handle_capabilities(agent, body);
		break;
	case VDAGENT_CLIPBOARD:
	case VDAGENT_CLIPBOARD_GRAB:
	case VDAGENT_CLIPBOARD_REQUEST:
	case VDAGENT_CLIPBOARD_RELEASE:
		handle_clipboard(agent, type, body);
		break;
	case VDAGENT_CLIENT_DISCONNECTED:
		end_clipboards(agent);
		break;
	case VDAGENT_MAX_CLIPBOARD:
		if (body->size >= 4) // -1: no limit
			agent->max_bytes = MIN(vdagent_u32(body->data), VDAGENT_MAX_BYTES);
		break;
	default: // monitors, mouse, file transfer: not supported
		break;
	}
}

static void connection_begin(struct vdagent *agent)
{
	agent->connected = true;
	agent->max_bytes = VDAGENT_MAX_BYTES;
	send_capabilities(agent, true);
}

static void connection_end(struct vdagent *agent)
{
	if (agent->connected)
		log_debug("the host has closed its side of the agent");
	agent->connected = false;
	agent->caps = 0;
	vdagent_reader_finish(&agent->reader);
	vdagent_queue_drop(agent);
	end_clipboards(agent);
}

// Arms the edge-triggered watch of the port; how: EPOLL_CTL_ADD or EPOLL_CTL_MOD.
static void watch_port(struct vdagent *agent, int how)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET};
	epoll_ctl(agent->poll, how, agent->port, &event);
}

static void read_port(struct vdagent *agent)
{
	char *bytes = xcalloc(1, READ_SIZE);
	int turns = 0;
	ssize_t got;
	while ((got = read(agent->port, bytes, READ_SIZE)) > 0) {
		if (!vdagent_reader_feed(&agent->reader, bytes, (size_t)got)) {
			log_warn("the host's agent sends an unknown protocol");
			connection_end(agent);
			epoll_ctl(agent->poll, EPOLL_CTL_DEL, agent->port, NULL);
			break;
		}
		if (++turns == READS) { // leaves the rest to the next dispatch
			watch_port(agent, EPOLL_CTL_MOD);
			break;
		}
	}
	if (got == 0)
		connection_end(agent);
	free(bytes);
}

static int on_port_event(int fd, uint32_t mask, void *data)
{
	struct vdagent *agent = data;
	struct epoll_event event;
	if (epoll_wait(agent->poll, &event, 1, 0) != 1)
		return 0;
	if (event.events & (EPOLLHUP | EPOLLERR)) {
		connection_end(agent);
		return 0;
	}
	if (!agent->connected)
		connection_begin(agent);
	if (event.events & EPOLLOUT)
		vdagent_queue_flush(agent);
	if (event.events & EPOLLIN)
		read_port(agent);
	return 0;
}

// Life

struct vdagent *vdagent_create(
	const struct backend *backend, struct wl_event_loop *loop, struct clock *clock, int port)
{
	struct vdagent *agent = xcalloc(1, sizeof(*agent));
	agent->backend = backend;
	agent->loop = loop;
	agent->clock = clock;
	agent->port = port;
	agent->reader.handle = handle_message;
	agent->reader.data = agent;
	vdagent_queue_init(agent);
	for (size_t i = 0; i < array_length(agent->clipboards); i++)
		vdagent_clipboard_init(&agent->clipboards[i], agent, i == 1);
	agent->poll = epoll_create1(EPOLL_CLOEXEC);
	if (agent->poll >= 0) {
		watch_port(agent, EPOLL_CTL_ADD);
		agent->source = wl_event_loop_add_fd(
			loop, agent->poll, WL_EVENT_READABLE, on_port_event, agent);
	}
	if (agent->source)
		return agent;
	log_errno("the host's agent port cannot be watched");
	vdagent_destroy(agent);
	return NULL;
}

void vdagent_destroy(struct vdagent *agent)
{
	if (!agent)
		return;
	if (agent->source)
		wl_event_source_remove(agent->source);
	connection_end(agent);
	for (size_t i = 0; i < array_length(agent->clipboards); i++)
		weak_clear(&agent->clipboards[i].source);
	vdagent_queue_finish(agent);
	close_fd(&agent->poll);
	close_fd(&agent->port);
	free(agent);
}

void vdagent_set_selection(struct vdagent *agent, bool primary, struct data_source *source)
{
	vdagent_clipboard_set(&agent->clipboards[primary], source);
}
