// SPDX-License-Identifier: MIT
// What goes over the socket of a virgl_test_server.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-util.h>
#include "renderer/virgl/transport.h"

// Frames that are on their way; with more, the next one waits.
#define VTEST_FENCES 2

enum vtest_command {
	VTEST_GET_CAPS = 1,
	VTEST_RESOURCE_UNREF = 3,
	VTEST_SUBMIT = 6,
	VTEST_BUSY_WAIT = 7,
	VTEST_CREATE_RENDERER = 8,
	VTEST_GET_CAPS2 = 9,
	VTEST_PING_PROTOCOL_VERSION = 10,
	VTEST_PROTOCOL_VERSION = 11,
	VTEST_RESOURCE_CREATE2 = 12,
	VTEST_TRANSFER_GET2 = 13,
	VTEST_TRANSFER_PUT2 = 14,
};

enum {
	VTEST_HEADER_WORDS = 2,
	VTEST_WAIT_FLAG = 1,
};

struct vtest_resource {
	struct virgl_resource base;
	uint64_t touched; // by this request
	struct wl_list link;
};

struct vtest {
	struct virgl_transport base;
	char *path;
	struct vtest_options options;
	int fd;
	int protocol;
	uint32_t next_id;     // below protocol 3
	uint64_t asked, done; // requests
	uint64_t fences[VTEST_FENCES + 1];
	size_t n_fences;
	struct wl_list resources; // vtest_resource.link
};

// Logs it once, and hangs up; false.
bool vtest_die(struct vtest *vtest, const char *why);
// Words, then data; false: died. The same of the others.
bool vtest_send(
	struct vtest *vtest, const uint32_t *head, size_t n_head, const void *data, size_t size);
// With a descriptor, if fd is not NULL and *fd is -1.
bool vtest_receive(struct vtest *vtest, void *into, size_t size, int *fd);
// A request of words only.
bool vtest_ask(struct vtest *vtest, enum vtest_command command, const uint32_t *words, uint32_t n);
// An answer of one word.
bool vtest_expect_word(struct vtest *vtest, enum vtest_command command, uint32_t *word);
// The oldest fence is answered.
bool vtest_read_fence(struct vtest *vtest);
// Answers come in order: those of fences before any other.
bool vtest_read_fences(struct vtest *vtest);
// Answered once all that was asked for so far is done.
bool vtest_ask_fence(struct vtest *vtest);
// Whether an answer has begun to arrive.
bool vtest_is_readable(const struct vtest *vtest);
