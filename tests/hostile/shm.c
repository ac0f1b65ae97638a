// SPDX-License-Identifier: MIT
// Shared memory that is smaller than declared, or becomes so.
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "compositor/window/window.h"
#include "tests/hostile/hostile_rig.h"

static void show(struct client_window *window, struct wl_buffer *buffer)
{
	wl_surface_attach(window->surface, buffer, 0, 0);
	wl_surface_damage_buffer(window->surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(window->surface);
	fixture_frames(window->client->fixture, 3);
}

TEST_F(hostile_rig, file_is_shorter_than_the_pool)
{
	static const size_t sizes[] = {0, 1, 4096, 64 * 64 * 4 - 4096};
	for (size_t i = 0; i < array_length(sizes); i++) {
		struct client *attacker = hostile_rig_connect(rig);
		struct client_window *window = client_window_create(attacker, 64, 64, 0xffff0000);
		struct shm_file file = shm_file_create(attacker, sizes[i], 64 * 64 * 4);
		struct wl_buffer *buffer = shm_file_buffer(&file, 64, 64);
		window_raise(window->window);
		show(window, buffer);
		check_client_error(attacker, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
		wl_buffer_destroy(buffer);
		shm_file_destroy(&file);
		client_window_destroy(window);
		hostile_rig_check(rig);
	}
}

TEST(file_is_too_short_and_nobody_looks)
{
	struct fixture *fixture = fixture_create_virtual_output();
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 256, 256, 0xffff0000);
	struct shm_file file = shm_file_create(client, 256 * 256 * 4 - 4096, 256 * 256 * 4);
	struct wl_buffer *buffer = shm_file_buffer(&file, 256, 256);
	show(window, buffer);
	check_client_error(client, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
	wl_buffer_destroy(buffer);
	shm_file_destroy(&file);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST_F(hostile_rig, file_shrinks_while_it_is_shown)
{
	struct client *attacker = rig->attacker;
	struct client_window *window = client_window_create(attacker, 256, 256, 0xffff0000);
	struct shm_file file = shm_file_create(attacker, 256 * 256 * 4, 256 * 256 * 4);
	struct wl_buffer *buffer = shm_file_buffer(&file, 256, 256);
	show(window, buffer);
	check_no_error(attacker);
	check(ftruncate(file.fd, 100) == 0);
	// No commit follows: moving the window causes the repaints.
	window_raise(window->window);
	for (int i = 0; i < 5; i++) {
		window_move(window->window, 40 + i * 10, 50);
		fixture_frames(rig->fixture, 1);
	}
	check_client_error(attacker, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
	wl_buffer_destroy(buffer);
	shm_file_destroy(&file);
	client_window_destroy(window);
}

TEST_F(hostile_rig, file_shrinks_after_the_buffer_object_is_gone)
{
	struct client *attacker = rig->attacker;
	struct client_window *window = client_window_create(attacker, 256, 256, 0xffff0000);
	struct shm_file file = shm_file_create(attacker, 256 * 256 * 4, 256 * 256 * 4);
	struct wl_buffer *buffer = shm_file_buffer(&file, 256, 256);
	show(window, buffer);
	wl_buffer_destroy(buffer);
	wl_shm_pool_destroy(file.pool);
	fixture_pump(rig->fixture);
	check(ftruncate(file.fd, 0) == 0);
	window_raise(window->window);
	for (int i = 0; i < 5; i++) {
		window_move(window->window, 40 + i * 10, 50);
		fixture_frames(rig->fixture, 1);
	}
	hostile_rig_check(rig);
	close(file.fd);
	client_window_destroy(window);
}

TEST_F(hostile_rig, pool_grows_while_it_is_shown)
{
	struct client *attacker = rig->attacker;
	struct client_window *window = client_window_create(attacker, 64, 64, 0xffff0000);
	size_t one = 64 * 64 * 4;
	struct shm_file file = shm_file_create(attacker, one, one);
	struct wl_buffer *first = shm_file_buffer(&file, 64, 64);
	show(window, first);
	for (int i = 2; i < 64; i++) {
		check(ftruncate(file.fd, (off_t)(one * (size_t)i)) == 0);
		uint32_t pixel = 0xff000000 | (uint32_t)i;
		for (size_t at = one * (size_t)(i - 1); at < one * (size_t)i; at += 4)
			check(pwrite(file.fd, &pixel, 4, (off_t)at) == 4);
		wl_shm_pool_resize(file.pool, (int32_t)one * i);
		struct wl_buffer *buffer = wl_shm_pool_create_buffer(
			file.pool, (int32_t)one * (i - 1), 64, 64, 256, WL_SHM_FORMAT_XRGB8888);
		show(window, i % 3 ? buffer : first);
		struct box box = window_box(window->window);
		window_raise(window->window);
		fixture_frames(rig->fixture, 2);
		check_eq(fixture_pixel(rig->fixture, box.x + 9, box.y + 9), i % 3 ? i : 0);
		wl_buffer_destroy(buffer);
	}
	check_no_error(attacker);
	wl_buffer_destroy(first);
	shm_file_destroy(&file);
	client_window_destroy(window);
}

TEST_F(hostile_rig, pool_grows_beyond_its_file)
{
	struct client *attacker = rig->attacker;
	struct client_window *window = client_window_create(attacker, 64, 64, 0xffff0000);
	size_t one = 64 * 64 * 4;
	struct shm_file file = shm_file_create(attacker, one, one);
	wl_shm_pool_resize(file.pool, (int32_t)one * 4);
	struct wl_buffer *buffer = wl_shm_pool_create_buffer(
		file.pool, (int32_t)one * 2, 64, 64, 256, WL_SHM_FORMAT_XRGB8888);
	window_raise(window->window);
	show(window, buffer);
	check_client_error(attacker, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
	wl_buffer_destroy(buffer);
	shm_file_destroy(&file);
	client_window_destroy(window);
}

static const int32_t bad_resizes[] = {0, -1, INT32_MIN, 1, 4095};
TEST_FP(hostile_rig, pool_shrinks, int32_t, bad_resizes)
{
	struct shm_file file = shm_file_create(rig->attacker, 4096, 4096);
	wl_shm_pool_resize(file.pool, *param);
	check_client_error(rig->attacker, "wl_shm_pool", WL_SHM_ERROR_INVALID_FD);
	shm_file_destroy(&file);
}

static const struct bad_buffer {
	int32_t offset, width, height, stride;
	uint32_t format;
	uint32_t code;
} bad_buffers[] = {
	{-1, 8, 8, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 0, 8, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, 0, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, -8, 8, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, -8, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, 8, 0, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, 8, -32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, 8, 31, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 16, 1, 31, WL_SHM_FORMAT_RGB565, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, 1, 32, WL_SHM_FORMAT_XBGR16161616F, WL_SHM_ERROR_INVALID_FORMAT},
	{4000, 8, 8, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, 129, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{INT32_MAX, 8, 8, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{INT32_MIN, 8, 8, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, INT32_MAX, 32, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, 8, INT32_MAX, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, 0x10000001, 0x10000, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 0x40000001, 8, 4, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, INT32_MAX, INT32_MAX, INT32_MAX, WL_SHM_FORMAT_XRGB8888, WL_SHM_ERROR_INVALID_STRIDE},
	{0, 8, 8, 32, 0xdeadbeef, WL_SHM_ERROR_INVALID_FORMAT},
	{0, 8, 8, 32, WL_SHM_FORMAT_NV12, WL_SHM_ERROR_INVALID_FORMAT},
};
TEST_FP(hostile_rig, buffer_does_not_fit, struct bad_buffer, bad_buffers)
{
	struct shm_file file = shm_file_create(rig->attacker, 4096, 4096);
	struct wl_buffer *buffer = wl_shm_pool_create_buffer(file.pool, param->offset, param->width,
		param->height, param->stride, param->format);
	check_client_error(rig->attacker, "wl_shm_pool", param->code);
	wl_buffer_destroy(buffer);
	shm_file_destroy(&file);
}

static const int32_t bad_sizes[] = {0, -1, INT32_MIN};
TEST_FP(hostile_rig, pool_of_no_size, int32_t, bad_sizes)
{
	struct shm_file file = shm_file_create(rig->attacker, 4096, (size_t)*param);
	check_client_error(rig->attacker, "wl_shm", WL_SHM_ERROR_INVALID_STRIDE);
	shm_file_destroy(&file);
}

TEST_F(hostile_rig, pool_of_what_is_no_memory)
{
	int pipes[2];
	check(pipe2(pipes, O_CLOEXEC) == 0);
	int fds[] = {pipes[0], pipes[1], open("/", O_RDONLY | O_CLOEXEC),
		open("/dev/null", O_RDWR | O_CLOEXEC), open("/dev/null", O_PATH | O_CLOEXEC),
		memfd_create("write-only", MFD_CLOEXEC)};
	for (size_t i = 0; i < array_length(fds); i++) {
		struct client *attacker = hostile_rig_connect(rig);
		struct wl_shm_pool *pool = wl_shm_create_pool(attacker->shm, fds[i], 4096);
		fixture_pump(rig->fixture);
		if (i < 5) // an empty file is accepted until it is read
			check_client_error(attacker, "wl_shm", WL_SHM_ERROR_INVALID_FD);
		wl_shm_pool_destroy(pool);
		close(fds[i]);
	}
}

// As in libwayland's own wl_shm, a pool must be writable: a screenshot may be stored in it.
TEST_F(hostile_rig, file_that_only_can_be_read)
{
	int fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	check(ftruncate(fd, 4096) == 0);
	check(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0);
	struct wl_shm_pool *pool = wl_shm_create_pool(rig->attacker->shm, fd, 4096);
	check_client_error(rig->attacker, "wl_shm", WL_SHM_ERROR_INVALID_FD);
	wl_shm_pool_destroy(pool);
	close(fd);
}

static void raise_fd_limit(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_F(hostile_rig, buffers_without_end)
{
	struct client *attacker = rig->attacker;
	struct shm_file file = shm_file_create(attacker, 4096, 4096);
	for (int i = 0; i < 100000 && !wl_display_get_error(attacker->display); i++) {
		struct wl_buffer *buffer =
			wl_shm_pool_create_buffer(file.pool, 0, 1, 1, 4, WL_SHM_FORMAT_XRGB8888);
		if (i % 32 == 0)
			fixture_pump(rig->fixture);
		wl_proxy_destroy(
			(struct wl_proxy *)buffer); // only the proxy: the server keeps the object
	}
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	shm_file_destroy(&file);
}

TEST_F(hostile_rig, pools_without_end)
{
	raise_fd_limit();
	struct client *attacker = rig->attacker;
	int fd = memfd_sized("pool", 4096);
	for (int i = 0; i < 100000 && !wl_display_get_error(attacker->display); i++) {
		struct wl_shm_pool *pool = wl_shm_create_pool(attacker->shm, fd, 4096);
		if (i % 16 == 0)
			fixture_pump(rig->fixture);
		wl_proxy_destroy((struct wl_proxy *)pool);
	}
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	close(fd);
}

// When the server is out of descriptors, only clients that send one are disconnected.
TEST_F(hostile_rig, descriptors_run_out)
{
	struct client *attacker = rig->attacker;
	int fd = memfd_sized("pool", 4096);
	struct rlimit before;
	getrlimit(RLIMIT_NOFILE, &before);
	int highest = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	check(highest >= 0);
	struct rlimit limit = {(rlim_t)highest + 2, before.rlim_max};
	check(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	struct wl_shm_pool *pools[8];
	int n_pools = 0;
	int filler[16], n_filler = 0;
	// libwayland duplicates descriptors before sending, so the test needs a free one, too.
	pools[n_pools++] = wl_shm_create_pool(attacker->shm, fd, 4096);
	wl_display_flush(attacker->display);
	for (int dup; n_filler < 16 && (dup = fcntl(fd, F_DUPFD_CLOEXEC, 0)) >= 0;)
		filler[n_filler++] = dup;
	fixture_pump(rig->fixture);
	check(client_ended(attacker));
	check(surface_gets_frame(rig->neighbour, rig->window->surface, 90));
	fixture_click(rig->fixture, 100, 100);
	fixture_key(rig->fixture, KEY_A, true);
	fixture_key(rig->fixture, KEY_A, false);
	check_no_error(rig->neighbour);
	while (n_filler)
		close(filler[--n_filler]);
	check(setrlimit(RLIMIT_NOFILE, &before) == 0);
	close(highest);
	close(fd);
	while (n_pools)
		wl_shm_pool_destroy(pools[--n_pools]);
}
