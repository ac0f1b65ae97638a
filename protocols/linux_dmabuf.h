// SPDX-License-Identifier: MIT
// Between the two files of zwp_linux_dmabuf_v1 only.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct dmabuf_feedbacks;
struct server;
struct surface;
struct wl_client;

// What clients are told since version 4. NULL: no memory for the table, logged.
struct dmabuf_feedbacks *dmabuf_feedbacks_create(struct server *server, dev_t main_device);
void dmabuf_feedbacks_destroy(struct dmabuf_feedbacks *feedbacks); // NULL is allowed
// surface NULL: in general.
void dmabuf_feedback_create(struct dmabuf_feedbacks *feedbacks, struct surface *surface,
	struct wl_client *client, int version, uint32_t id);
