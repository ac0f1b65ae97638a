// SPDX-License-Identifier: MIT
// The wire protocol of virgl_test_server.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-util.h>
#include "renderer/virgl/transport.h"

// Submissions in flight; more wait for the oldest.
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
	uint64_t touched; // number of the last request that uses it
	struct wl_list link;
};

struct vtest {
	struct virgl_transport base;
	char *path;
	struct vtest_options options;
	int fd;
	int protocol;
	uint32_t next_id;                  // below protocol 3
	uint64_t sent, completed;          // number of the last request
	uint64_t fences[VTEST_FENCES + 1]; // numbers of requests, oldest first
	size_t n_fences;
	struct wl_list resources; // vtest_resource.link
};

// Closes the connection and marks the transport dead; logs why, once. Returns false.
bool vtest_fail(struct vtest *vtest, const char *why);
// Sends words, then size bytes of data (may be 0). Returns false if the transport is dead or has
// failed, as do all functions below.
bool vtest_send(
	struct vtest *vtest, const uint32_t *head, size_t n_head, const void *data, size_t size);
// Receives size bytes. If fd is not NULL and *fd is -1, also a file descriptor, owned by the
// caller; *fd stays -1 if none arrives.
bool vtest_receive(struct vtest *vtest, void *into, size_t size, int *fd);
// Sends a request of n words (at most 16).
bool vtest_request(
	struct vtest *vtest, enum vtest_command command, const uint32_t *words, uint32_t n);
// Receives a reply of one word to this command.
bool vtest_expect_word(struct vtest *vtest, enum vtest_command command, uint32_t *word);
// Receives the reply to the oldest fence.
bool vtest_read_fence(struct vtest *vtest);
// Receives the replies to all fences, before that of another request: replies arrive in order.
bool vtest_read_fences(struct vtest *vtest);
// Sends a fence: a request that is replied to once all requests before it are executed.
bool vtest_request_fence(struct vtest *vtest);
// Whether at least one byte of a reply has arrived. Does not block.
bool vtest_is_readable(const struct vtest *vtest);
