// SPDX-License-Identifier: MIT
// Between the two files of zwp_linux_dmabuf_v1 only: feedback objects, since version 4.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct dmabuf_feedbacks;
struct server;
struct surface;
struct wl_client;

// Creates the format table and follows outputs. main_device: what the renderer draws with.
// NULL: out of memory, logged.
struct dmabuf_feedbacks *dmabuf_feedbacks_create(struct server *server, dev_t main_device);
// Accepts NULL. All feedback objects must be destroyed already.
void dmabuf_feedbacks_destroy(struct dmabuf_feedbacks *feedbacks);
// get_default_feedback (surface NULL) and get_surface_feedback: creates the object and sends all
// feedback. Out of memory: posted.
void dmabuf_feedback_create(struct dmabuf_feedbacks *feedbacks, struct surface *surface,
	struct wl_client *client, int version, uint32_t id);
