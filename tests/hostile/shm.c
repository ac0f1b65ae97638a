// SPDX-License-Identifier: MIT
// Shared memory that is not what the client says, or stops being it.
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "compositor/core/window.h"
#include "tests/hostile/stage.h"

static void show(struct client_window *window, struct wl_buffer *buffer)
{
	wl_surface_attach(window->surface, buffer, 0, 0);
	wl_surface_damage_buffer(window->surface, 0, 0, INT32_MAX, INT32_MAX);
	wl_surface_commit(window->surface);
	fixture_frames(window->client->fixture, 3);
}

TEST(file_is_shorter_than_the_pool)
{
	static const size_t sizes[] = {0, 1, 4096, 64 * 64 * 4 - 4096};
	struct stage *stage = stage_create();
	for (size_t i = 0; i < array_length(sizes); i++) {
		struct client *attacker = stage_attacker(stage);
		struct client_window *window = client_window_create(attacker, 64, 64, 0xffff0000);
		struct file file = file_create(attacker, sizes[i], 64 * 64 * 4);
		struct wl_buffer *buffer = file_buffer(&file, 64, 64);
		window_raise(window->window);
		show(window, buffer);
		check_client_error(attacker, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
		wl_buffer_destroy(buffer);
		file_destroy(&file);
		client_window_destroy(window);
		stage_check(stage);
	}
	stage_end(stage);
}

TEST(file_is_too_short_and_nobody_looks)
{
	struct fixture *fixture = fixture_create_unseen();
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 256, 256, 0xffff0000);
	struct file file = file_create(client, 256 * 256 * 4 - 4096, 256 * 256 * 4);
	struct wl_buffer *buffer = file_buffer(&file, 256, 256);
	show(window, buffer);
	check_client_error(client, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
	wl_buffer_destroy(buffer);
	file_destroy(&file);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

TEST(file_shrinks_while_it_is_shown)
{
	struct stage *stage = stage_create();
	struct client *attacker = stage->attacker;
	struct client_window *window = client_window_create(attacker, 256, 256, 0xffff0000);
	struct file file = file_create(attacker, 256 * 256 * 4, 256 * 256 * 4);
	struct wl_buffer *buffer = file_buffer(&file, 256, 256);
	show(window, buffer);
	check_no_error(attacker);
	check(ftruncate(file.fd, 100) == 0);
	// Nothing was committed: it is the picture that moves.
	window_raise(window->window);
	for (int i = 0; i < 5; i++) {
		window_move(window->window, 40 + i * 10, 50);
		fixture_frames(stage->fixture, 1);
	}
	check_client_error(attacker, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
	wl_buffer_destroy(buffer);
	file_destroy(&file);
	client_window_destroy(window);
	stage_end(stage);
}

TEST(file_shrinks_after_the_buffer_object_is_gone)
{
	struct stage *stage = stage_create();
	struct client *attacker = stage->attacker;
	struct client_window *window = client_window_create(attacker, 256, 256, 0xffff0000);
	struct file file = file_create(attacker, 256 * 256 * 4, 256 * 256 * 4);
	struct wl_buffer *buffer = file_buffer(&file, 256, 256);
	show(window, buffer);
	wl_buffer_destroy(buffer);
	wl_shm_pool_destroy(file.pool);
	fixture_pump(stage->fixture);
	check(ftruncate(file.fd, 0) == 0);
	window_raise(window->window);
	for (int i = 0; i < 5; i++) {
		window_move(window->window, 40 + i * 10, 50);
		fixture_frames(stage->fixture, 1);
	}
	stage_check(stage);
	close(file.fd);
	client_window_destroy(window);
	stage_end(stage);
}

TEST(pool_grows_while_it_is_shown)
{
	struct stage *stage = stage_create();
	struct client *attacker = stage->attacker;
	struct client_window *window = client_window_create(attacker, 64, 64, 0xffff0000);
	size_t one = 64 * 64 * 4;
	struct file file = file_create(attacker, one, one);
	struct wl_buffer *first = file_buffer(&file, 64, 64);
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
		fixture_frames(stage->fixture, 2);
		check_eq(fixture_pixel(stage->fixture, box.x + 9, box.y + 9), i % 3 ? i : 0);
		wl_buffer_destroy(buffer);
	}
	check_no_error(attacker);
	wl_buffer_destroy(first);
	file_destroy(&file);
	client_window_destroy(window);
	stage_end(stage);
}

TEST(pool_grows_beyond_its_file)
{
	struct stage *stage = stage_create();
	struct client *attacker = stage->attacker;
	struct client_window *window = client_window_create(attacker, 64, 64, 0xffff0000);
	size_t one = 64 * 64 * 4;
	struct file file = file_create(attacker, one, one);
	wl_shm_pool_resize(file.pool, (int32_t)one * 4);
	struct wl_buffer *buffer = wl_shm_pool_create_buffer(
		file.pool, (int32_t)one * 2, 64, 64, 256, WL_SHM_FORMAT_XRGB8888);
	window_raise(window->window);
	show(window, buffer);
	check_client_error(attacker, "wl_buffer", WL_SHM_ERROR_INVALID_FD);
	wl_buffer_destroy(buffer);
	file_destroy(&file);
	client_window_destroy(window);
	stage_end(stage);
}

static const int32_t bad_resizes[] = {0, -1, INT32_MIN, 1, 4095};
TEST_P(pool_shrinks, int32_t, bad_resizes)
{
	struct stage *stage = stage_create();
	struct file file = file_create(stage->attacker, 4096, 4096);
	wl_shm_pool_resize(file.pool, *param);
	check_client_error(stage->attacker, "wl_shm_pool", WL_SHM_ERROR_INVALID_FD);
	file_destroy(&file);
	stage_end(stage);
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
TEST_P(buffer_does_not_fit, struct bad_buffer, bad_buffers)
{
	struct stage *stage = stage_create();
	struct file file = file_create(stage->attacker, 4096, 4096);
	struct wl_buffer *buffer = wl_shm_pool_create_buffer(file.pool, param->offset, param->width,
		param->height, param->stride, param->format);
	check_client_error(stage->attacker, "wl_shm_pool", param->code);
	wl_buffer_destroy(buffer);
	file_destroy(&file);
	stage_end(stage);
}

static const int32_t bad_sizes[] = {0, -1, INT32_MIN};
TEST_P(pool_of_no_size, int32_t, bad_sizes)
{
	struct stage *stage = stage_create();
	struct file file = file_create(stage->attacker, 4096, (size_t)*param);
	check_client_error(stage->attacker, "wl_shm", WL_SHM_ERROR_INVALID_STRIDE);
	file_destroy(&file);
	stage_end(stage);
}

TEST(pool_of_what_is_no_memory)
{
	struct stage *stage = stage_create();
	int pipes[2];
	check(pipe2(pipes, O_CLOEXEC) == 0);
	int fds[] = {pipes[0], pipes[1], open("/", O_RDONLY | O_CLOEXEC),
		open("/dev/null", O_RDWR | O_CLOEXEC), open("/dev/null", O_PATH | O_CLOEXEC),
		memfd_create("write-only", MFD_CLOEXEC)};
	for (size_t i = 0; i < array_length(fds); i++) {
		struct client *attacker = stage_attacker(stage);
		struct wl_shm_pool *pool = wl_shm_create_pool(attacker->shm, fds[i], 4096);
		fixture_pump(stage->fixture);
		if (i < 5) // an empty file is one until it is read
			check_client_error(attacker, "wl_shm", WL_SHM_ERROR_INVALID_FD);
		wl_shm_pool_destroy(pool);
		close(fds[i]);
	}
	stage_end(stage);
}

// As with libwayland's own wl_shm: a pool has to be writable, a picture of the screen may go there.
TEST(file_that_only_can_be_read)
{
	struct stage *stage = stage_create();
	int fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	check(ftruncate(fd, 4096) == 0);
	check(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0);
	struct wl_shm_pool *pool = wl_shm_create_pool(stage->attacker->shm, fd, 4096);
	check_client_error(stage->attacker, "wl_shm", WL_SHM_ERROR_INVALID_FD);
	wl_shm_pool_destroy(pool);
	close(fd);
	stage_end(stage);
}

static void raise_fd_limit(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(buffers_without_end)
{
	struct stage *stage = stage_create();
	struct client *attacker = stage->attacker;
	struct file file = file_create(attacker, 4096, 4096);
	for (int i = 0; i < 100000 && !wl_display_get_error(attacker->display); i++) {
		struct wl_buffer *buffer =
			wl_shm_pool_create_buffer(file.pool, 0, 1, 1, 4, WL_SHM_FORMAT_XRGB8888);
		if (i % 32 == 0)
			fixture_pump(stage->fixture);
		wl_proxy_destroy((struct wl_proxy *)buffer); // only here: the server keeps it
	}
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	file_destroy(&file);
	stage_end(stage);
}

TEST(pools_without_end)
{
	raise_fd_limit();
	struct stage *stage = stage_create();
	struct client *attacker = stage->attacker;
	int fd = memfd_sized("pool", 4096);
	for (int i = 0; i < 100000 && !wl_display_get_error(attacker->display); i++) {
		struct wl_shm_pool *pool = wl_shm_create_pool(attacker->shm, fd, 4096);
		if (i % 16 == 0)
			fixture_pump(stage->fixture);
		wl_proxy_destroy((struct wl_proxy *)pool);
	}
	check_client_error(attacker, "wl_display", WL_DISPLAY_ERROR_NO_MEMORY);
	close(fd);
	stage_end(stage);
}

// The server has no descriptor left: who sends one is lost, nobody else.
TEST(descriptors_run_out)
{
	struct stage *stage = stage_create();
	struct client *attacker = stage->attacker;
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
	// The library duplicates what it is to send: it needs one itself.
	pools[n_pools++] = wl_shm_create_pool(attacker->shm, fd, 4096);
	wl_display_flush(attacker->display);
	for (int dup; n_filler < 16 && (dup = fcntl(fd, F_DUPFD_CLOEXEC, 0)) >= 0;)
		filler[n_filler++] = dup;
	fixture_pump(stage->fixture);
	check(client_ended(attacker));
	check(surface_gets_frame(stage->neighbour, stage->window->surface, 90));
	fixture_click(stage->fixture, 100, 100);
	fixture_key(stage->fixture, KEY_A, true);
	fixture_key(stage->fixture, KEY_A, false);
	check_no_error(stage->neighbour);
	while (n_filler)
		close(filler[--n_filler]);
	check(setrlimit(RLIMIT_NOFILE, &before) == 0);
	close(highest);
	close(fd);
	while (n_pools)
		wl_shm_pool_destroy(pools[--n_pools]);
	stage_end(stage);
}
