// SPDX-License-Identifier: MIT
// Replies of a virgl_test_server: all that the peer sends is written in advance, so that nothing
// waits.
#include "renderer/virgl/vtest.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/fuzz/targets/wrapped_connect.h"
#include "tests/harness/renderer_rig.h"
#include "tests/harness/test.h"

#define MAX_REPLIES 64
#define MAX_CAPS 4096
#define MAX_MEMORY (1 << 20)

static bool put(int fd, const void *data, size_t size, int file)
{
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {(void *)data, size};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	if (file >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &file, sizeof(file));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
}

static bool put_words(int fd, const uint32_t *words, size_t n)
{
	return put(fd, words, n * sizeof(*words), -1);
}

// Capabilities: a header that is right, and words of the input.
static bool put_caps(int fd, struct input *input)
{
	uint32_t words[MAX_CAPS / 4] = {0};
	size_t n = input_byte(input) * 2u;
	const uint32_t head[] = {(uint32_t)(sizeof(words) + 1), 2};
	for (size_t i = 0; i < n && input->left; i++)
		words[i] = input_word(input);
	return put_words(fd, head, 2) && put(fd, words, sizeof(words), -1);
}

static bool put_memory(int fd, struct input *input)
{
	uint8_t kind = input_byte(input);
	bool pipe = (kind & 6) == 6, none = (kind & 6) == 4;
	int file = memfd_create("vtest", MFD_CLOEXEC), pipes[2] = {-1, -1};
	check(file >= 0 && ftruncate(file, kind & 1 ? MAX_MEMORY : kind * 64) == 0);
	if (pipe)
		check(pipe2(pipes, O_CLOEXEC) == 0);
	bool ok = put(fd, &kind, 1, pipe ? pipes[0] : none ? -1 : file);
	close_fd(&pipes[0]);
	close_fd(&pipes[1]);
	close_fd(&file);
	return ok;
}

static bool put_reply(int fd, struct input *input)
{
	static const uint32_t commands[] = {VTEST_BUSY_WAIT, VTEST_RESOURCE_CREATE2,
		VTEST_PROTOCOL_VERSION, VTEST_TRANSFER_GET2, VTEST_GET_CAPS2, 0};
	uint8_t what = input_byte(input);
	const uint32_t words[] = {
		1, commands[(what >> 3) % array_length(commands)], input_byte(input) & 0x1f};
	uint8_t raw[64];
	size_t size = 0;
	switch (what & 7) {
	case 0:
		return put_caps(fd, input);
	case 1:
	case 2:
		return put_memory(fd, input);
	case 3:
		for (size_t n = input_byte(input) % sizeof(raw); size < n; size++)
			raw[size] = input_byte(input);
		return !size || put(fd, raw, size, -1);
	default:
		return put_words(fd, words, array_length(words));
	}
}

// The replies that a connection begins with, one word of which may be wrong.
static bool put_greeting(int fd, struct input *input)
{
	uint32_t words[] = {0, VTEST_PING_PROTOCOL_VERSION, 1, VTEST_BUSY_WAIT, 0, 1,
		VTEST_PROTOCOL_VERSION, 2};
	uint8_t fault = input_byte(input);
	words[7] = 2 + (fault & 1);
	if (fault >= 0xf0)
		words[fault % array_length(words)] = input_word(input);
	return put_words(fd, words, array_length(words));
}

static void draw_pictures(struct renderer *renderer)
{
	static struct renderer_rig rig;
	rig = (struct renderer_rig){0};
	renderer_rig_init(&rig, renderer);
	struct buffer *source = renderer_rig_buffer(13, 7, DRM_FORMAT_ARGB8888);
	struct buffer *target = renderer_rig_buffer(32, 16, DRM_FORMAT_XRGB8888);
	struct texture *texture = NULL;
	if (renderer->impl->import(renderer, &texture, source, NULL))
		renderer_rig_add(&rig, texture, &(struct box){2, 3, 13, 7});
	renderer_rig_add(&rig, NULL, &(struct box){0, 0, 32, 16});
	for (int i = 0; i < 3; i++)
		renderer_rig_draw(&rig, target, NULL);
	struct buffer *own = renderer->impl->alloc(renderer, 32, 16, DRM_FORMAT_XRGB8888);
	if (own)
		renderer_rig_draw(&rig, own, NULL);
	if (own)
		buffer_drop(own);
	if (renderer->lost)
		renderer->impl->recover(renderer); // fails: the server is gone
	renderer_rig_finish(&rig);
	buffer_drop(source);
	buffer_drop(target);
}

static void open_vtest(const uint8_t *data, size_t size)
{
	struct input input = {data, size, -1};
	int ends[2];
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	bool room = put_greeting(ends[0], &input);
	for (int i = 0; i < MAX_REPLIES && room && input.left; i++)
		room = put_reply(ends[0], &input);
	shutdown(ends[0], SHUT_WR);
	wrapped_connect_to(ends[1]);
	struct virgl_transport *transport = vtest_transport_create(
		"/nonexistent/vtest", &(struct vtest_options){.timeout_ms = 50});
	struct renderer *renderer = transport ? virgl_renderer_create(transport) : NULL;
	if (renderer)
		draw_pictures(renderer);
	wrapped_connect_to(-1);
	close(ends[0]);
}

const struct fuzz_target target_vtest = {.name = "vtest", .open = open_vtest};
