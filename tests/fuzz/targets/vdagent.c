// SPDX-License-Identifier: MIT
// The clipboard of a VM host: bytes that arrive at the port, with clients that copy and paste in
// between. The input is a list of steps; the bytes of a step follow its length.
#include "backends/vdagent/vdagent.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "backends/backend.h"
#include "backends/vdagent/vdagent_wire.h"
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "compositor/base/clock.h"
#include "compositor/base/datasource.h"
#include "compositor/base/weak.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

#define MAX_PASTES 8
#define MAX_WAITS 6

struct host {
	struct wl_event_loop *loop;
	struct clock *clock;
	struct backend backend;
	struct vdagent *agent;
	int port;
	struct weak offered[2]; // struct data_source *
	struct weak ours[2];
	int pastes[MAX_PASTES];
	size_t n_pastes;
	int waits;
};

static void on_selection(void *data, bool primary, struct data_source *source)
{
	struct host *host = data;
	struct data_source *old = host->offered[primary].target;
	if (old)
		old->impl->cancelled(old);
	weak_set(&host->offered[primary], source, source ? &source->destroyed : NULL);
}

static const struct backend_sink sink = {.selection = on_selection};

static void turn(struct host *host)
{
	char bytes[65536];
	for (int i = 0; i < 8; i++) {
		wl_event_loop_dispatch(host->loop, 0);
		while (recv(host->port, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
			;
	}
}

static void send_raw(struct host *host, struct input *input)
{
	size_t size = input_byte(input);
	size = MIN(size, input->left);
	if (send(host->port, input->data, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		size = 0;
	input->data += size;
	input->left -= size;
}

// A message with valid chunks, which random bytes hardly ever have.
static void send_message(struct host *host, struct input *input)
{
	static const uint32_t types[] = {VDAGENT_CLIPBOARD, VDAGENT_ANNOUNCE_CAPABILITIES,
		VDAGENT_CLIPBOARD_GRAB, VDAGENT_CLIPBOARD_REQUEST, VDAGENT_CLIPBOARD_RELEASE,
		VDAGENT_CLIENT_DISCONNECTED, VDAGENT_MAX_CLIPBOARD, 99};
	uint32_t type = types[input_byte(input) % array_length(types)];
	size_t size = input_byte(input);
	size = MIN(size, input->left);
	struct bytes *message = vdagent_message(type, input->data, size, NULL, 0);
	send(host->port, message->data, message->size, MSG_DONTWAIT | MSG_NOSIGNAL);
	bytes_unref(message);
	input->data += size;
	input->left -= size;
}

static void paste(struct host *host, struct input *input)
{
	uint8_t byte = input_byte(input);
	struct data_source *source = host->offered[byte & 1].target;
	int ends[2];
	if (!source || !source->n_mimes || host->n_pastes == MAX_PASTES)
		return;
	check(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	data_source_send(source, source->mimes[(byte >> 1) % source->n_mimes], ends[1]);
	host->pastes[host->n_pastes++] = ends[0];
}

static void copy(struct host *host, struct input *input)
{
	static const char *const mimes[] = {"text/plain;charset=utf-8", "image/png", "text/html"};
	uint8_t byte = input_byte(input);
	bool primary = byte & 1;
	struct data_source *old = host->ours[primary].target, *source = NULL;
	struct data_source *offered = host->offered[primary].target;
	if (offered) // as the seat does, since there is one selection
		offered->impl->cancelled(offered);
	if (byte & 2)
		source = data_source_create_static(host->loop, mimes, (byte >> 2) % 3 + 1u,
			input->data, MIN(input->left, byte));
	weak_set(&host->ours[primary], source, source ? &source->destroyed : NULL);
	vdagent_set_selection(host->agent, primary, source);
	if (old)
		old->impl->cancelled(old);
}

static void read_paste(struct host *host)
{
	char bytes[4096];
	if (host->n_pastes && read(host->pastes[host->n_pastes - 1], bytes, sizeof(bytes)) <= 0)
		close(host->pastes[--host->n_pastes]);
}

static void wait_a_while(struct host *host)
{
	if (host->waits++ < MAX_WAITS)
		clock_advance_to(host->clock, clock_now_ns(host->clock) + 20 * NSEC_PER_SEC);
}

static void open_vdagent(const uint8_t *data, size_t size)
{
	struct input input = {data, size, -1};
	int ends[2];
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
	struct host host = {.port = ends[0]};
	host.loop = wl_event_loop_create();
	host.clock = clock_create_virtual();
	host.backend = (struct backend){.sink = &sink, .sink_data = &host};
	host.agent = vdagent_create(&host.backend, host.loop, host.clock, ends[1]);
	while (input.left) {
		switch (input_byte(&input) % 8) {
		case 0:
			send_raw(&host, &input);
			break;
		case 1:
		case 2:
			send_message(&host, &input);
			break;
		case 3:
			paste(&host, &input);
			break;
		case 4:
			copy(&host, &input);
			break;
		case 5:
			read_paste(&host);
			break;
		case 6:
			wait_a_while(&host);
			break;
		default:
			break; // several messages arrive together
		}
		if (input.left & 1)
			turn(&host);
	}
	turn(&host);
	vdagent_destroy(host.agent);
	for (int i = 0; i < 2; i++) {
		struct data_source *ours = host.ours[i].target;
		check(!host.offered[i].target); // withdrawn
		if (ours)
			ours->impl->cancelled(ours);
	}
	while (host.n_pastes)
		close(host.pastes[--host.n_pastes]);
	close(host.port);
	clock_destroy(host.clock);
	wl_event_loop_destroy(host.loop);
}

const struct fuzz_target target_vdagent = {.name = "vdagent", .open = open_vdagent};
