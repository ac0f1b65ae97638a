// SPDX-License-Identifier: MIT
// Objects are not counted one by one: libwayland can list them, which is done after every
// COUNT_EVERY creations. So objects that come and go, such as frame callbacks, cost an increment.
#include "compositor/client/budget.h"
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/config/config.h"
#include "wayland-protocol.h"

#define COUNT_EVERY 1024
#define MIN_BUFFERS ((size_t)2 << 30)
// Limits of all clients together, in limits of one.
#define SHARED 16
// The kernel allows some 65,000 mappings in a process, and each pool is one.
#define MAX_DESCRIPTORS 32768
// Descriptors that clients cannot keep, and of these the ones that are not for connections.
#define RESERVE 256
#define OWN_RESERVE 128
// Memory of a client with more than this is returned to the system when it ends.
#define LARGE_OBJECTS 8192
#define LARGE_STATE ((size_t)4 << 20)

struct budgets {
	struct wl_event_loop *loop;
	size_t limits[BUDGET_KINDS], totals[BUDGET_KINDS], used[BUDGET_KINDS];
	size_t max_objects, objects; // objects of all clients when last counted
	struct wl_event_source *trim;
};

static const char *const names[BUDGET_KINDS] = {
	"descriptors", "bytes of buffers", "bytes of regions, commits and keymaps"};

static size_t default_buffers(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
	size_t memory = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : 0;
	return MAX(memory / 2, MIN_BUFFERS);
}

struct budgets *budgets_create(struct wl_event_loop *loop, const struct config *config)
{
	struct budgets *budgets = xcalloc(1, sizeof(*budgets));
	budgets->loop = loop;
	budgets->max_objects = (size_t)config->limits.objects;
	size_t *limits = budgets->limits;
	limits[BUDGET_DESCRIPTORS] = (size_t)config->limits.descriptors;
	limits[BUDGET_BUFFERS] =
		config->limits.buffers ? (size_t)config->limits.buffers << 20 : default_buffers();
	limits[BUDGET_STATE] = (size_t)config->limits.state << 20;
	for (int i = 0; i < BUDGET_KINDS; i++)
		budgets->totals[i] = MIN(limits[i], SIZE_MAX / SHARED) * SHARED;
	budgets->totals[BUDGET_DESCRIPTORS] = MAX_DESCRIPTORS;
	return budgets;
}

void budgets_destroy(struct budgets *budgets)
{
	if (!budgets)
		return;
	if (budgets->trim)
		wl_event_source_remove(budgets->trim);
	free(budgets);
}

static void budget_report(struct budget *budget, size_t limit, const char *what)
{
	if (!budget->client || budget->reported)
		return;
	budget->reported = true;
	pid_t pid;
	wl_client_get_credentials(budget->client, &pid, NULL, NULL);
	log_warn("client %d is over its limit of %zu %s", (int)pid, limit, what);
	struct wl_resource *display = wl_client_get_object(budget->client, 1);
	wl_resource_post_error(
		display, WL_DISPLAY_ERROR_NO_MEMORY, "over the limit of %zu %s", limit, what);
}

// Memory

static void on_trim(void *data)
{
	struct budgets *budgets = data;
	budgets->trim = NULL;
	malloc_trim(0);
}

// From the event loop, as the client's objects are destroyed after its listeners are called.
static void trim_later(struct budgets *budgets)
{
	if (!budgets->trim)
		budgets->trim = xadd_idle(budgets->loop, on_trim, budgets);
}

// Clients

static void budget_maybe_free(struct budget *budget)
{
	if (budget->client)
		return;
	for (int i = 0; i < BUDGET_KINDS; i++)
		if (budget->held[i])
			return;
	free(budget);
}

static void on_client_destroyed(struct wl_listener *listener, void *data)
{
	struct budget *budget = wl_container_of(listener, budget, client_destroyed);
	wl_list_remove(&budget->client_destroyed.link);
	wl_list_remove(&budget->resource_created.link);
	budget->client = NULL;
	budget->all->objects -= budget->objects;
	if (budget->large)
		trim_later(budget->all);
	budget_maybe_free(budget);
}

static enum wl_iterator_result count_object(struct wl_resource *resource, void *data)
{
	++*(size_t *)data;
	return WL_ITERATOR_CONTINUE;
}

static void on_resource_created(struct wl_listener *listener, void *data)
{
	struct budget *budget = wl_container_of(listener, budget, resource_created);
	struct budgets *all = budget->all;
	if (++budget->created < COUNT_EVERY)
		return;
	budget->created = 0;
	all->objects -= budget->objects;
	budget->objects = 0;
	wl_client_for_each_resource(budget->client, count_object, &budget->objects);
	size_t limit = all->max_objects * budget->factor;
	size_t left = SHARED * all->max_objects - MIN(all->objects, SHARED * all->max_objects);
	all->objects += budget->objects;
	budget->large = budget->large || budget->objects >= LARGE_OBJECTS;
	// What a client had before others came does not count against it.
	if (budget->objects > MIN(limit, MAX(left, COUNT_EVERY)))
		budget_report(budget, limit, "objects");
}

// Descriptors are numbered from the lowest free one, so a new one shows how many are open.
static size_t descriptors_left(int newest, size_t reserve)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return 0;
	size_t limit = (size_t)files.rlim_cur;
	size_t used = (size_t)newest + 1 + MIN(reserve, limit / 4);
	return used < limit ? limit - used : 0;
}

void budget_watch(struct budgets *budgets, struct wl_client *client)
{
	struct budget *budget = xcalloc(1, sizeof(*budget));
	budget->all = budgets;
	budget->client = client;
	budget->factor = 1;
	budget->client_destroyed.notify = on_client_destroyed;
	wl_client_add_destroy_listener(client, &budget->client_destroyed);
	budget->resource_created.notify = on_resource_created;
	wl_client_add_resource_created_listener(client, &budget->resource_created);
	if (descriptors_left(wl_client_get_fd(client), OWN_RESERVE))
		return;
	log_warn("no descriptors are left for a new client");
	wl_client_post_no_memory(client);
	wl_client_flush(client);
	// libwayland destroys it on the hang-up.
	shutdown(wl_client_get_fd(client), SHUT_RDWR);
}

struct budget *budget_of(struct wl_client *client)
{
	struct wl_listener *listener = wl_client_get_destroy_listener(client, on_client_destroyed);
	struct budget *budget;
	return wl_container_of(listener, budget, client_destroyed);
}

void budget_multiply(struct budget *budget, unsigned factor)
{
	budget->factor = factor;
}

// Charges

bool budget_take(struct budget *budget, enum budget_kind kind, size_t amount)
{
	struct budgets *all = budget->all;
	size_t limit = MIN(all->limits[kind], SIZE_MAX / budget->factor) * budget->factor;
	size_t left = all->totals[kind] - all->used[kind];
	size_t held = budget->held[kind];
	if (amount > limit || held > limit - amount || amount > left || held > left - amount) {
		budget_report(budget, limit, names[kind]);
		return false;
	}
	budget->held[kind] += amount;
	all->used[kind] += amount;
	if (budget->held[BUDGET_STATE] >= LARGE_STATE)
		budget->large = true;
	return true;
}

bool budget_take_fds(struct budget *budget, int fd, size_t count)
{
	size_t left = descriptors_left(fd, RESERVE), held = budget->held[BUDGET_DESCRIPTORS];
	if (left < held + count) {
		budget_report(budget, held, "descriptors, as few are left for all");
		return false;
	}
	return budget_take(budget, BUDGET_DESCRIPTORS, count);
}

void budget_give(struct budget *budget, enum budget_kind kind, size_t amount)
{
	if (!amount) // no charge keeps it alive
		return;
	budget->held[kind] -= amount;
	budget->all->used[kind] -= amount;
	budget_maybe_free(budget);
}

bool budget_change(struct budget *budget, enum budget_kind kind, size_t *charged, size_t amount)
{
	if (amount > *charged && !budget_take(budget, kind, amount - *charged))
		return false;
	if (amount < *charged)
		budget_give(budget, kind, *charged - amount);
	*charged = amount;
	return true;
}
