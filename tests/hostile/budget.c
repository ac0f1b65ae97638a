// SPDX-License-Identifier: MIT
// Clients that create without end: they get no_memory, and no other client is affected.
#include "compositor/client/budget.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/geom.h"
#include "compositor/config/config.h"
#include "tests/harness/process.h"
#include "tests/hostile/hostile_rig.h"
#include "ext-data-control-v1-client-protocol.h"
#include "fifo-v1-client-protocol.h"

// Only the proxy: the server keeps the object.
static void forget(void *proxy)
{
	wl_proxy_destroy(proxy);
}

static struct wl_region *full_region(struct client *client)
{
	struct wl_region *region = wl_compositor_create_region(client->compositor);
	for (int i = 0; i < REGION_MAX_RECTS; i++) {
		wl_region_add(region, i * 2, 0, 1, 1);
		if (i % 100 == 0)
			fixture_pump(client->fixture);
	}
	return region;
}

struct small_rig { // with low limits
	struct hostile_rig hostile;
};

static void small_rig_init(struct small_rig *rig)
{
	struct config *config = config_create_default();
	config->limits.buffers = 64;
	config->limits.descriptors = 40;
	config->limits.state = 4;
	hostile_rig_init_with(&rig->hostile,
		&(struct server_options){.virtual_clock = true,
			.width = 640,
			.height = 480,
			.outputs = 1,
			.builtin_cursor = true,
			.config = config});
}

static void small_rig_finish(struct small_rig *rig)
{
	hostile_rig_finish(&rig->hostile);
}

TEST_F(hostile_rig, objects_without_end)
{
	struct client *attacker = rig->attacker;
	int limit = rig->fixture->server->config->limits.objects, n = 0;
	size_t before = process_resident_bytes(), most = 0;
	for (; n < 2 * limit && !wl_display_get_error(attacker->display); n++) {
		forget(wl_compositor_create_region(attacker->compositor));
		if (n % 100 == 0)
			fixture_pump(rig->fixture);
		if (n == limit - 2000)
			most = process_resident_bytes();
	}
	check(n >= limit - 100 && n < limit + 2000);
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	hostile_rig_check(rig);
	check(most > before + (8 << 20));
	hostile_rig_disconnect(rig);
	if (!TEST_ASAN) // or memory that was freed is kept, to find uses of it
		check(process_resident_bytes() < before + (most - before) / 4);
}

// Objects that come and go are not counted.
TEST_F(hostile_rig, many_callbacks_in_a_long_life)
{
	struct client *attacker = rig->attacker;
	int limit = rig->fixture->server->config->limits.objects;
	for (int i = 0; i < 2 * limit; i++) {
		wl_callback_destroy(wl_display_sync(attacker->display));
		if (i % 100 == 0)
			fixture_pump(rig->fixture);
	}
	check_no_error(attacker);
}

TEST_F(small_rig, regions_full_of_rectangles)
{
	struct client *attacker = rig->hostile.attacker;
	int n = 0;
	for (; n < 10000 && !wl_display_get_error(attacker->display); n++)
		forget(full_region(attacker));
	check(n > 60 && n < 1000);
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
}

TEST_F(small_rig, surfaces_full_of_rectangles)
{
	struct client *attacker = rig->hostile.attacker;
	struct wl_region *region = full_region(attacker);
	int n = 0;
	for (; n < 20000 && !wl_display_get_error(attacker->display); n++) {
		struct wl_surface *surface = wl_compositor_create_surface(attacker->compositor);
		wl_surface_set_input_region(surface, region);
		wl_surface_commit(surface);
		wl_surface_set_opaque_region(surface, region);
		if (n % 16 == 0)
			fixture_pump(rig->hostile.fixture);
		forget(surface);
	}
	check(n > 60 && n < 1000);
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	wl_region_destroy(region);
}

// What a surface gives back can be used again.
TEST_F(small_rig, surfaces_come_and_go)
{
	struct client *attacker = rig->hostile.attacker;
	struct budget *budget = budget_of(attacker->server_side);
	struct wl_region *region = full_region(attacker);
	fixture_pump(rig->hostile.fixture);
	size_t before = budget->held[BUDGET_STATE];
	for (int i = 0; i < 4000; i++) {
		struct wl_surface *surface = wl_compositor_create_surface(attacker->compositor);
		wl_surface_set_input_region(surface, region);
		wl_surface_commit(surface);
		wl_surface_destroy(surface);
		if (i % 16 == 0)
			fixture_pump(rig->hostile.fixture);
	}
	check_no_error(attacker);
	check_eq(budget->held[BUDGET_STATE], before);
	wl_region_destroy(region);
	fixture_pump(rig->hostile.fixture);
	check_eq(budget->held[BUDGET_STATE], 0);
}

TEST_F(small_rig, commits_that_wait_without_end)
{
	struct client *attacker = rig->hostile.attacker;
	struct budget *budget = budget_of(attacker->server_side);
	struct wp_fifo_manager_v1 *manager =
		client_bind(attacker, &wp_fifo_manager_v1_interface, 1);
	struct client_window *window = client_window_create(attacker, 64, 64, 0xffff0000);
	struct wp_fifo_v1 *fifo = wp_fifo_manager_v1_get_fifo(manager, window->surface);
	struct wl_region *region = full_region(attacker);
	wp_fifo_v1_set_barrier(fifo);
	wl_surface_commit(window->surface);
	int n = 0;
	for (; n < 10000 && !wl_display_get_error(attacker->display); n++) {
		wp_fifo_v1_set_barrier(fifo);
		wp_fifo_v1_wait_barrier(fifo);
		wl_surface_set_input_region(window->surface, region);
		wl_surface_set_opaque_region(window->surface, region);
		wl_surface_commit(window->surface);
		if (n == 10) {
			fixture_pump(rig->hostile.fixture);
			check(budget->held[BUDGET_STATE] > (size_t)20 * 16 * REGION_MAX_RECTS);
		}
		if (n % 16 == 0)
			fixture_pump(rig->hostile.fixture);
	}
	check(n > 30 && n < 200);
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	wl_region_destroy(region);
	wp_fifo_v1_destroy(fifo);
	wp_fifo_manager_v1_destroy(manager);
	client_window_destroy(window);
}

TEST_F(small_rig, sources_full_of_types)
{
	struct client *attacker = rig->hostile.attacker;
	struct ext_data_control_manager_v1 *manager =
		client_bind(attacker, &ext_data_control_manager_v1_interface, 1);
	char type[4000];
	memset(type, 'x', sizeof(type) - 1);
	type[sizeof(type) - 1] = 0;
	int n = 0;
	for (; n < 10000 && !wl_display_get_error(attacker->display); n++) {
		struct ext_data_control_source_v1 *source =
			ext_data_control_manager_v1_create_data_source(manager);
		for (int i = 0; i < 8; i++) {
			type[0] = (char)('0' + i);
			ext_data_control_source_v1_offer(source, type);
		}
		fixture_pump(rig->hostile.fixture);
		forget(source);
	}
	check(n > 60 && n < 400);
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	ext_data_control_manager_v1_destroy(manager);
}

// Buffers

TEST_F(small_rig, pools_of_too_many_bytes)
{
	int fd = memfd_sized("pool", 16 << 20);
	struct client *attacker = rig->hostile.attacker;
	struct wl_shm_pool *pools[5];
	for (int i = 0; i < 4; i++)
		pools[i] = wl_shm_create_pool(attacker->shm, fd, 16 << 20);
	check_no_error(attacker);
	wl_shm_pool_destroy(pools[3]); // makes room
	pools[3] = wl_shm_create_pool(attacker->shm, fd, 8 << 20);
	check_no_error(attacker);
	wl_shm_pool_resize(pools[3], 16 << 20);
	check_no_error(attacker);
	pools[4] = wl_shm_create_pool(attacker->shm, fd, 1 << 20);
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	for (int i = 0; i < 5; i++)
		wl_shm_pool_destroy(pools[i]);
	close(fd);
}

// Xwayland stands for many programs.
TEST_F(small_rig, multiplied_budget)
{
	struct client *client = rig->hostile.attacker;
	struct budget *budget = budget_of(client->server_side);
	size_t limit = (size_t)64 << 20;
	budget_multiply(budget, 4);
	check(budget_take(budget, BUDGET_BUFFERS, 4 * limit));
	check(!budget_take(budget, BUDGET_BUFFERS, 1));
	budget_give(budget, BUDGET_BUFFERS, 4 * limit);
	// A client never has more than all others have left.
	budget_multiply(budget, 1000);
	check(budget_take(budget, BUDGET_BUFFERS, 8 * limit));
	check(!budget_take(budget, BUDGET_BUFFERS, 1));
	budget_give(budget, BUDGET_BUFFERS, 8 * limit);
}

TEST_F(small_rig, pools_that_grow_too_large)
{
	int fd = memfd_sized("pool", 80 << 20);
	struct wl_shm_pool *pool = wl_shm_create_pool(rig->hostile.attacker->shm, fd, 1 << 20);
	wl_shm_pool_resize(pool, 80 << 20);
	check_client_error(rig->hostile.attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	wl_shm_pool_destroy(pool);
	close(fd);
}

// A renderer may copy the same buffer for each surface.
TEST_F(small_rig, one_buffer_on_many_surfaces)
{
	struct client *attacker = rig->hostile.attacker;
	struct wl_buffer *buffer = client_buffer(attacker, 1024, 1024, 0xff00ff00);
	struct wl_surface *surfaces[16];
	for (int i = 0; i < 16; i++) {
		surfaces[i] = wl_compositor_create_surface(attacker->compositor);
		wl_surface_attach(surfaces[i], buffer, 0, 0);
		wl_surface_commit(surfaces[i]);
		fixture_pump(rig->hostile.fixture);
		check_eq(wl_display_get_error(attacker->display) != 0, i == 15);
	}
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	for (int i = 0; i < 16; i++)
		wl_surface_destroy(surfaces[i]);
	wl_buffer_destroy(buffer);
}

// Descriptors

TEST_F(small_rig, pools_of_too_many_descriptors)
{
	int fd = memfd_sized("pool", 4096);
	struct wl_shm_pool *pools[41];
	for (int i = 0; i < 41; i++) {
		pools[i] = wl_shm_create_pool(rig->hostile.attacker->shm, fd, 4096);
		if (i == 39)
			check_no_error(rig->hostile.attacker);
	}
	check_client_error(rig->hostile.attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	for (int i = 0; i < 41; i++)
		wl_shm_pool_destroy(pools[i]);
	close(fd);
}

// Where few descriptors exist, each client leaves as many as it has, so that others can go on.
TEST_F(hostile_rig, few_descriptors_for_all)
{
	struct rlimit limit;
	check(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = 256;
	check(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	int fd = memfd_sized("pool", 4096);
	struct client *second = client_create(rig->fixture);
	for (int i = 0; i < 50; i++) {
		forget(wl_shm_create_pool(rig->attacker->shm, fd, 4096));
		fixture_pump(rig->fixture);
	}
	check_no_error(rig->attacker);
	int n = 0;
	for (; n < 100 && !wl_display_get_error(second->display); n++) {
		forget(wl_shm_create_pool(second->shm, fd, 4096));
		fixture_pump(rig->fixture);
	}
	check(n > 10 && n < 100);
	check_client_error(second, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	check_no_error(rig->attacker);
	hostile_rig_check(rig); // a new client shows a window
	client_destroy(second);
	close(fd);
}

TEST_F(hostile_rig, connections_without_end)
{
	struct rlimit before, limit;
	check(getrlimit(RLIMIT_NOFILE, &before) == 0);
	limit = (struct rlimit){256, before.rlim_max};
	check(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	int ends[256], n = 0;
	bool refused = false;
	while (!refused) {
		check(n < 256);
		int sockets[2];
		check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets) ==
			0);
		check(wl_client_create(rig->fixture->server->display, sockets[1]) != NULL);
		ends[n++] = sockets[0];
		fixture_pump(rig->fixture);
		char text[256];
		refused = recv(sockets[0], text, sizeof(text), 0) > 0; // the error
	}
	check(n > 20);
	// The compositor itself can open some.
	int spare = fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
	check(spare >= 0 && spare < 256 - 40);
	close(spare);
	check(surface_gets_frame(rig->neighbour, rig->window->surface, 90));
	for (int i = 0; i < n; i++)
		close(ends[i]);
	fixture_pump(rig->fixture);
	check(setrlimit(RLIMIT_NOFILE, &before) == 0);
}
