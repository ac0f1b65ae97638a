// SPDX-License-Identifier: MIT
// Connects to the X server without waiting for it.
//
// xcb waits for the server's first reply while it connects. So the request is written and the reply
// read here, as the socket allows. xcb then connects to one end of a socket pair, where a thread
// repeats that reply at once, and that end is replaced by the socket.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/server.h"
#include "compositor/xwm/xwm.h"

#define REPLY_HEAD 8
#define REPLY_MAX 65536 // bytes; Xwayland's has about a thousand

struct handshake {
	struct xwm *xwm;
	int fd;
	struct wl_event_source *source;
	size_t have, need; // bytes of the reply
	unsigned char reply[REPLY_MAX];
};

void handshake_destroy(struct handshake *handshake)
{
	if (!handshake)
		return;
	if (handshake->source)
		wl_event_source_remove(handshake->source);
	close_fd(&handshake->fd);
	free(handshake);
}

static void handshake_fail(struct handshake *handshake, const char *why)
{
	struct xwm *xwm = handshake->xwm;
	xwm->handshake = NULL;
	handshake_destroy(handshake);
	xwm_fail(xwm, why);
}

// The far end of the socket pair.
struct echo {
	int fd;
	const void *reply;
	size_t size;
};

// Replies to the request, and not before: xcb takes what comes earlier for events.
static void *on_echo(void *data)
{
	const struct echo *echo = data;
	char request[sizeof(xcb_setup_request_t)];
	if (recv(echo->fd, request, sizeof(request), MSG_WAITALL) == sizeof(request))
		write_all(echo->fd, echo->reply, echo->size);
	shutdown(echo->fd, SHUT_WR);
	return NULL;
}

static xcb_connection_t *connect_with_reply(const struct handshake *handshake)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		log_errno("cannot create a socket pair");
		return NULL;
	}
	xcb_connection_t *xcb = NULL;
	struct echo echo = {ends[1], handshake->reply, handshake->have};
	pthread_t thread;
	if (pthread_create(&thread, NULL, on_echo, &echo) == 0) {
		xcb = xcb_connect_to_fd(ends[0], NULL);
		ends[0] = -1; // xcb has it
		pthread_join(thread, NULL);
	}
	if (xcb &&
		(xcb_connection_has_error(xcb) ||
			dup3(handshake->fd, xcb_get_file_descriptor(xcb), O_CLOEXEC) < 0)) {
		xcb_disconnect(xcb);
		xcb = NULL;
	}
	close_fd(&ends[0]);
	close_fd(&ends[1]);
	return xcb;
}

static void handshake_done(struct handshake *handshake)
{
	struct xwm *xwm = handshake->xwm;
	xwm->xcb = connect_with_reply(handshake);
	if (!xwm->xcb || !xcb_setup_roots_iterator(xcb_get_setup(xwm->xcb)).rem) {
		handshake_fail(handshake, "Xwayland refuses the window manager");
		return;
	}
	xwm->handshake = NULL;
	handshake_destroy(handshake);
	xwm_connected(xwm);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	struct handshake *handshake = data;
	while (handshake->have < handshake->need) {
		ssize_t n = read(
			fd, handshake->reply + handshake->have, handshake->need - handshake->have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0) {
			handshake_fail(handshake, "Xwayland closed the connection");
			return 0;
		}
		handshake->have += (size_t)n;
		if (handshake->have == REPLY_HEAD) {
			uint16_t words;
			memcpy(&words, handshake->reply + 6, sizeof(words));
			handshake->need = REPLY_HEAD + 4 * (size_t)words;
		}
		if (handshake->need > REPLY_MAX) {
			handshake_fail(handshake, "Xwayland's first reply is too long");
			return 0;
		}
	}
	handshake_done(handshake);
	return 0;
}

void handshake_start(struct xwm *xwm, int fd)
{
	struct handshake *handshake = xcalloc(1, sizeof(*handshake));
	xwm->handshake = handshake;
	handshake->xwm = xwm;
	handshake->fd = fd;
	handshake->need = REPLY_HEAD;
	const uint16_t one = 1;
	const xcb_setup_request_t request = {
		.byte_order = *(const uint8_t *)&one ? 'l' : 'B',
		.protocol_major_version = 11,
	};
	set_cloexec(fd);
	set_nonblock(fd);
	handshake->source = wl_event_loop_add_fd(
		xwm->server->loop, fd, WL_EVENT_READABLE, on_readable, handshake);
	// The socket is empty. If this fails, reading does, too.
	if (write(fd, &request, sizeof(request)) != sizeof(request))
		log_errno("cannot write to Xwayland");
}
