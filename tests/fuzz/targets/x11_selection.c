// SPDX-License-Identifier: MIT
// Selections of an X server: replies, events and properties of a fake one, while clients copy and
// paste. The first half of the input is the server's.
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include "backends/x11/clipboard/clipboard.h"
#include "backends/x11/x11.h"
#include "compositor/base/datasource.h"
#include "compositor/base/weak.h"
#include "tests/fuzz/targets/fake_x_server.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

#define MAX_PASTES 8
#define MAX_STEPS 64

struct nested {
	struct x11 x11;
	struct weak offered[2], ours[2]; // struct data_source *
	int pastes[MAX_PASTES];
	size_t n_pastes;
};

static void on_selection(void *data, bool primary, struct data_source *source)
{
	struct nested *nested = data;
	struct data_source *old = nested->offered[primary].target;
	weak_set(&nested->offered[primary], source, source ? &source->destroyed : NULL);
	if (old)
		old->impl->cancelled(old);
}

static const struct backend_sink sink = {.selection = on_selection};

static void turn(struct nested *nested, int timeout_ms)
{
	xcb_connection_t *xcb = nested->x11.xcb;
	xcb_generic_event_t *event;
	xcb_flush(xcb);
	poll(&(struct pollfd){.fd = xcb_get_file_descriptor(xcb), .events = POLLIN}, 1, timeout_ms);
	while ((event = xcb_poll_for_event(xcb))) {
		x11_clipboard_event(nested->x11.clipboard, event);
		free(event);
	}
	wl_event_loop_dispatch(nested->x11.loop, 0);
	xcb_flush(xcb);
}

static void paste(struct nested *nested, uint8_t byte)
{
	struct data_source *source = nested->offered[byte & 1].target;
	int ends[2];
	if (!source || !source->n_mimes || nested->n_pastes == MAX_PASTES)
		return;
	check(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	data_source_send(source, source->mimes[(byte >> 1) % source->n_mimes], ends[1]);
	nested->pastes[nested->n_pastes++] = ends[0];
}

static void copy(struct nested *nested, struct input *input, uint8_t byte)
{
	static const char *const mimes[] = {"text/plain;charset=utf-8", "image/png", "text/html"};
	bool primary = byte & 1;
	struct data_source *source = NULL, *old = nested->ours[primary].target;
	struct data_source *offered = nested->offered[primary].target;
	if (byte & 2)
		source = data_source_create_static(
			nested->x11.loop, mimes, (byte >> 2) % 3 + 1u, input->data, input->left);
	weak_set(&nested->ours[primary], source, source ? &source->destroyed : NULL);
	if (offered)
		offered->impl->cancelled(offered);
	x11_clipboard_set(&nested->x11.base, primary, source);
	if (old)
		old->impl->cancelled(old);
}

static void step(struct nested *nested, struct input *input)
{
	uint8_t what = input_byte(input), byte = input_byte(input);
	char bytes[4096];
	if (what % 4 == 0)
		copy(nested, input, byte);
	else if (what % 4 == 1)
		paste(nested, byte);
	else if (nested->n_pastes && read(nested->pastes[0], bytes, sizeof(bytes)) == 0)
		close(nested->pastes[--nested->n_pastes]);
	turn(nested, what & 4 ? 1 : 0);
}

static void open_x11_selection(const uint8_t *data, size_t size)
{
	static struct fake_x_server server;
	struct nested nested = {0};
	struct input input = {data + size / 2, size - size / 2, -1};
	server = (struct fake_x_server){.input = {data, size / 2, -1}};
	struct x11 *x11 = &nested.x11;
	x11->xcb = xcb_connect_to_fd(fake_x_server_start(&server), NULL);
	check_eq(xcb_connection_has_error(x11->xcb), 0);
	x11->root = xcb_setup_roots_iterator(xcb_get_setup(x11->xcb)).data;
	x11->loop = wl_event_loop_create();
	x11->clock = clock_create_real(x11->loop);
	x11->base.sink = &sink;
	x11->base.sink_data = &nested;
	x11->has.xfixes_event = FAKE_X_XFIXES_EVENT;
	for (size_t i = 0; i < sizeof(x11->atoms) / sizeof(xcb_atom_t); i++)
		((xcb_atom_t *)&x11->atoms)[i] = 300 + (xcb_atom_t)i; // as the server numbers them
	x11->clipboard = x11_clipboard_create(x11);
	for (int i = 0; i < MAX_STEPS && input.left; i++)
		step(&nested, &input);
	for (int i = 0; i < 3; i++)
		turn(&nested, 1);
	x11_clipboard_destroy(x11->clipboard);
	x11->clipboard = NULL;
	for (int i = 0; i < 2; i++) {
		struct data_source *ours = nested.ours[i].target;
		check(!nested.offered[i].target); // withdrawn
		if (ours)
			ours->impl->cancelled(ours);
	}
	while (nested.n_pastes)
		close(nested.pastes[--nested.n_pastes]);
	wl_event_loop_dispatch(x11->loop, 0);
	clock_destroy(x11->clock);
	wl_event_loop_destroy(x11->loop);
	xcb_disconnect(x11->xcb);
	fake_x_server_stop(&server);
}

const struct fuzz_target target_x11_selection = {
	.name = "x11-selection", .open = open_x11_selection};
