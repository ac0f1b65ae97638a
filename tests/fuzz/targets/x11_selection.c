// SPDX-License-Identifier: MIT
// Selections of an X server: replies, events and properties of a fake one, while clients copy and
// paste. The first half of the input is the server's.
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/datasource.h"
#include "compositor/base/weak.h"
#include "compositor/xclipboard/xclipboard.h"
#include "tests/fuzz/targets/fake_x_server.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

#define MAX_PASTES 8
#define MAX_STEPS 64

struct nested {
	xcb_connection_t *xcb;
	struct wl_event_loop *loop;
	struct xclipboard *clipboard;
	bool refuses;                    // what X clients request
	bool full;                       // the socket
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

static bool is_readable(void *data)
{
	const struct nested *nested = data;
	return !nested->refuses;
}

static uint32_t selected_events(void *data, xcb_window_t window)
{
	return window & 1 ? XCB_EVENT_MASK_FOCUS_CHANGE : 0;
}

static bool has_room(void *data)
{
	const struct nested *nested = data;
	return !nested->full;
}

static const struct xclipboard_impl impl = {
	.offered = on_selection,
	.readable = is_readable,
	.selected_events = selected_events,
	.has_room = has_room,
};

static void turn(struct nested *nested, int timeout_ms)
{
	xcb_connection_t *xcb = nested->xcb;
	xcb_generic_event_t *event;
	xcb_flush(xcb);
	poll(&(struct pollfd){.fd = xcb_get_file_descriptor(xcb), .events = POLLIN}, 1, timeout_ms);
	while ((event = xcb_poll_for_event(xcb))) {
		xclipboard_event(nested->clipboard, event);
		free(event);
	}
	wl_event_loop_dispatch(nested->loop, 0);
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
			nested->loop, mimes, (byte >> 2) % 3 + 1u, input->data, input->left);
	weak_set(&nested->ours[primary], source, source ? &source->destroyed : NULL);
	if (offered)
		offered->impl->cancelled(offered);
	xclipboard_set(nested->clipboard, primary, source);
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
	nested->refuses = what & 8;
	nested->full = what & 16;
	if (!nested->full)
		xclipboard_resume(nested->clipboard);
	turn(nested, what & 4 ? 1 : 0);
}

static void open_x11_selection(const uint8_t *data, size_t size)
{
	static struct fake_x_server server;
	struct nested nested = {0};
	struct input input = {data + size / 2, size - size / 2, -1};
	server = (struct fake_x_server){.input = {data, size / 2, -1}};
	nested.xcb = xcb_connect_to_fd(fake_x_server_start(&server), NULL);
	check_eq(xcb_connection_has_error(nested.xcb), 0);
	nested.loop = wl_event_loop_create();
	struct clock *clock = clock_create_real(nested.loop);
	nested.clipboard = xclipboard_create(&(struct xclipboard_options){
		.xcb = nested.xcb,
		.root = xcb_setup_roots_iterator(xcb_get_setup(nested.xcb)).data->root,
		.xfixes_event = FAKE_X_XFIXES_EVENT,
		.chunk_size = 64 << 10,
		.loop = nested.loop,
		.clock = clock,
		.impl = &impl,
		.data = &nested,
	});
	turn(&nested, 1); // the atoms
	for (int i = 0; i < MAX_STEPS && input.left; i++)
		step(&nested, &input);
	for (int i = 0; i < 3; i++)
		turn(&nested, 1);
	xclipboard_destroy(nested.clipboard);
	for (int i = 0; i < 2; i++) {
		struct data_source *ours = nested.ours[i].target;
		check(!nested.offered[i].target); // withdrawn
		if (ours)
			ours->impl->cancelled(ours);
	}
	while (nested.n_pastes)
		close(nested.pastes[--nested.n_pastes]);
	wl_event_loop_dispatch(nested.loop, 0);
	clock_destroy(clock);
	wl_event_loop_destroy(nested.loop);
	xcb_disconnect(nested.xcb);
	fake_x_server_stop(&server);
}

const struct fuzz_target target_x11_selection = {
	.name = "x11-selection", .open = open_x11_selection};
