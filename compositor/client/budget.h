// SPDX-License-Identifier: MIT
// What a client may hold: objects, descriptors, buffers and state. A client over a limit gets
// no_memory; the others are not affected. A client also never holds more of anything than all
// others together have left, so that a few clients cannot use up what all share.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <wayland-server-core.h>

struct budgets;
struct config;

enum budget_kind {
	BUDGET_DESCRIPTORS, // kept open: pools, planes and fences of DMA-BUFs, security contexts
	BUDGET_BUFFERS,     // bytes of mapped pools, and of contents copied from them
	BUDGET_STATE,       // bytes of regions, queued commits, types of selections, keymaps
	BUDGET_KINDS,
};

// Of one client.
struct budget {
	struct budgets *all;
	struct wl_client *client;  // NULL: destroyed
	size_t held[BUDGET_KINDS]; // charged
	size_t objects;            // when last counted
	unsigned created;          // since then
	unsigned factor;           // of its limits
	bool large;                // its memory is returned to the system when it ends
	bool reported;             // no_memory was posted
	struct wl_listener client_destroyed, resource_created;
};

// The budgets of all clients, with the limits of the configuration. Never NULL.
struct budgets *budgets_create(struct wl_event_loop *loop, const struct config *config);
// Call when nothing is charged any more: after all clients and buffers. NULL is allowed.
void budgets_destroy(struct budgets *budgets);

// Call for every new client: counts its objects from now on. A client that comes while descriptors
// are short gets no_memory.
void budget_watch(struct budgets *budgets, struct wl_client *client);
// The budget of a client that is not being destroyed. Lives as long as the client or any charge.
struct budget *budget_of(struct wl_client *client);
// Multiplies the limits of a client that stands for many programs.
void budget_multiply(struct budget *budget, unsigned factor);
// Charges an amount. False: over the limit; no_memory was posted.
bool budget_take(struct budget *budget, enum budget_kind kind, size_t amount);
// Charges count descriptors, of which fd is the newest. False: over the limit, or few are left for
// all; no_memory was posted.
bool budget_take_fds(struct budget *budget, int fd, size_t count);
// Returns what was charged; may free the budget. An amount of 0 is allowed.
void budget_give(struct budget *budget, enum budget_kind kind, size_t amount);
// Changes a charge to a new amount and stores it in *charged. False: it grew over the limit, which
// posted no_memory, and is unchanged.
bool budget_change(struct budget *budget, enum budget_kind kind, size_t *charged, size_t amount);
