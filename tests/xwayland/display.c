// SPDX-License-Identifier: MIT
// Numbers of X displays: lock files, sockets, and what other servers left or use.
#include "compositor/xwayland/display.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/guard.h"
#include "compositor/base/log.h"
#include "tests/harness/test.h"

static char *path_of(const char *format, int number)
{
	char name[64];
	snprintf(name, sizeof(name), format, number);
	return xasprintf("%s/%s", test_dir(), name);
}

static bool exists(const char *format, int number)
{
	char *path = path_of(format, number);
	bool found = access(path, F_OK) == 0;
	free(path);
	return found;
}

static void write_file(const char *format, int number, const char *text)
{
	char *path = path_of(format, number);
	FILE *file = fopen(path, "w");
	check(file && fputs(text, file) >= 0 && fclose(file) == 0);
	free(path);
}

static void make_folder(mode_t mode)
{
	char *path = path_of(".X11-unix", 0);
	check_eq(mkdir(path, 0700), 0);
	check_eq(chmod(path, mode), 0);
	free(path);
}

static bool open_display(struct x_display *display)
{
	return x_display_open(display, test_dir(), 0, 3);
}

// A process id that is not in use.
static int dead_pid(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	return (int)pid;
}

// Binds the abstract socket of a number, as a server without a lock file.
static int take_abstract(int number)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char *path = path_of(".X11-unix/X%d", number);
	size_t length = strlen(path);
	check(length < sizeof(address.sun_path) - 1);
	memcpy(address.sun_path + 1, path, length);
	free(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(fd >= 0);
	check_eq(bind(fd, (struct sockaddr *)&address,
			 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length)),
		0);
	check_eq(listen(fd, 1), 0);
	return fd;
}

TEST(makes_lock_and_sockets)
{
	struct x_display display, second;
	char text[32] = {0}, want[32];
	struct stat stat_of;
	umask(077);
	check(open_display(&display));
	check_eq(display.number, 0);
	check(display.fds[0] >= 0 && display.fds[1] >= 0);
	check_eq(stat(display.lock, &stat_of), 0);
	check_eq(stat_of.st_mode & 07777, 0444);
	FILE *file = fopen(display.lock, "r");
	check(file && fgets(text, sizeof(text), file));
	fclose(file);
	snprintf(want, sizeof(want), "%10d\n", (int)getpid());
	check_str(text, want);
	char *folder = path_of(".X11-unix", 0);
	check_eq(stat(folder, &stat_of), 0);
	check_eq(stat_of.st_mode & 07777, 01777);
	free(folder);
	check(open_display(&second));
	check_eq(second.number, 1);
	x_display_finish(&display);
	check(!exists(".X%d-lock", 0) && !exists(".X11-unix/X%d", 0));
	check(exists(".X%d-lock", 1) && exists(".X11-unix/X%d", 1));
	x_display_finish(&second);
	x_display_finish(&second);
}

TEST(all_numbers_in_use)
{
	struct x_display displays[4], one_more;
	log_set_level(LOG_SILENT);
	for (int i = 0; i < 4; i++) {
		check(open_display(&displays[i]));
		check_eq(displays[i].number, i);
	}
	check(!open_display(&one_more));
	check_eq(one_more.number, -1);
	for (int i = 0; i < 4; i++)
		x_display_finish(&displays[i]);
}

TEST(stale_lock_is_replaced)
{
	struct x_display display;
	char text[32];
	snprintf(text, sizeof(text), "%10d\n", dead_pid());
	write_file(".X%d-lock", 0, text);
	check(open_display(&display));
	check_eq(display.number, 0);
	x_display_finish(&display);
}

// What cannot be read as the lock of a dead process stays.
static const char *const foreign_locks[] = {"", "12345\n", "         1\n", "999999999x\n",
	"        -5\n", "         0\n", "99999999999"};

TEST_P(foreign_lock_is_respected, char *const, foreign_locks)
{
	struct x_display display;
	write_file(".X%d-lock", 0, *param);
	check(open_display(&display));
	check_eq(display.number, 1);
	x_display_finish(&display);
	check(exists(".X%d-lock", 0));
}

TEST(lock_that_is_no_file)
{
	struct x_display display;
	char *path = path_of(".X%d-lock", 0), *other = path_of(".X%d-lock", 1);
	check_eq(mkdir(path, 0700), 0);
	check_eq(mkfifo(other, 0600), 0);
	check(open_display(&display));
	check_eq(display.number, 2);
	x_display_finish(&display);
	free(path);
	free(other);
}

TEST(abstract_socket_in_use)
{
	struct x_display display;
	int fd = take_abstract(0);
	check(open_display(&display));
	check_eq(display.number, 1);
	check(!exists(".X%d-lock", 0));
	x_display_finish(&display);
	close(fd);
}

TEST(socket_file_without_a_server)
{
	struct x_display display;
	make_folder(01777);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char *path = path_of(".X11-unix/X%d", 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	check_eq(listen(fd, 1), 0);
	check(open_display(&display)); // it is in use
	check_eq(display.number, 1);
	x_display_finish(&display);
	close(fd);
	check(open_display(&display));
	check_eq(display.number, 0);
	check(display.fds[1] >= 0);
	x_display_finish(&display);
	free(path);
}

static const mode_t bad_modes[] = {0777, 0555};

// Without the socket file, the abstract socket serves.
TEST_P(unusable_folder, mode_t, bad_modes)
{
	struct x_display display;
	if (*param == 0555 && geteuid() == 0)
		test_skip("root can write everywhere");
	log_set_level(LOG_SILENT);
	make_folder(*param);
	check(open_display(&display));
	check_eq(display.number, 0);
	check(display.fds[0] >= 0);
	check_eq(display.fds[1], -1);
	check(!display.socket);
	x_display_finish(&display);
}

TEST(folder_that_is_a_link)
{
	struct x_display display;
	char *path = path_of(".X11-unix", 0);
	log_set_level(LOG_SILENT);
	check_eq(symlink("/", path), 0);
	check(open_display(&display));
	check_eq(display.fds[1], -1);
	x_display_finish(&display);
	free(path);
}

TEST(nowhere_to_write)
{
	struct x_display display, second;
	char *folder = xasprintf("%s/missing", test_dir());
	log_set_level(LOG_SILENT);
	check(x_display_open(&display, folder, 0, 3));
	check(display.fds[0] >= 0 && !display.lock && !display.socket);
	check(x_display_open(&second, folder, 0, 3));
	check_eq(second.number, 1);
	x_display_finish(&display);
	x_display_finish(&second);
	free(folder);
}

TEST(closed_display_keeps_its_number)
{
	struct x_display display, second;
	check(open_display(&display));
	x_display_close(&display);
	check(!exists(".X11-unix/X%d", 0));
	check(open_display(&second));
	check_eq(second.number, 1);
	check(x_display_reopen(&display));
	check(exists(".X11-unix/X%d", 0));
	x_display_finish(&display);
	x_display_finish(&second);
}

// Many processes at once, over stale locks: each number has one owner.
TEST(many_at_once)
{
	enum { MANY = 40 };
	int report[2], hold[2];
	char text[32];
	snprintf(text, sizeof(text), "%10d\n", dead_pid());
	for (int i = 0; i < MANY; i += 2)
		write_file(".X%d-lock", i, text);
	check_eq(pipe(report), 0);
	check_eq(pipe(hold), 0);
	for (int i = 0; i < MANY; i++) {
		if (fork() != 0)
			continue;
		struct x_display display;
		char byte;
		close(hold[1]);
		int number = x_display_open(&display, test_dir(), 0, 200) ? display.number : -1;
		check(write_all(report[1], &number, sizeof(number)));
		if (read(hold[0], &byte, 1) < 0)
			_exit(1);
		x_display_finish(&display);
		_exit(0);
	}
	bool taken[201] = {false};
	for (int i = 0; i < MANY; i++) {
		int number;
		check_eq(read(report[0], &number, sizeof(number)), sizeof(number));
		check(number >= 0 && !taken[number]);
		taken[number] = true;
	}
	close(hold[1]);
	for (int i = 0; i < MANY; i++)
		wait(NULL);
	close(hold[0]);
	close(report[0]);
	close(report[1]);
	for (int i = 0; i < 201; i++)
		check(!exists(".X%d-lock", i) || (i < MANY && i % 2 == 0 && !taken[i]));
}

// The guard removes what a killed process leaves, and nothing that another has put there since.
TEST(guard_removes_files)
{
	static const struct guard_options options = {0};
	int ready[2];
	char byte;
	check_eq(pipe(ready), 0);
	test_dir(); // the same one for both
	pid_t pid = fork();
	if (pid == 0) {
		struct x_display displays[2];
		struct guard *guard = guard_create(&options);
		check(guard && open_display(&displays[0]) && open_display(&displays[1]));
		for (int i = 0; i < 2; i++) {
			guard_add_file(guard, displays[i].lock);
			guard_add_file(guard, displays[i].socket);
		}
		// Waits until the guard has received it.
		static const char *const argv[] = {"true", NULL}, *const env[] = {NULL};
		check(guard_spawn(guard, argv, env, NULL) > 0);
		write_file("other", 0, "of another process");
		char *other = path_of("other", 0);
		check_eq(rename(other, displays[1].lock), 0);
		check(write_all(ready[1], "", 1));
		pause();
	}
	close(ready[1]);
	check_eq(read(ready[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	check_eq(read(ready[0], &byte, 1), 0); // the guard has ended, too
	close(ready[0]);
	check(!exists(".X%d-lock", 0) && !exists(".X11-unix/X%d", 0));
	check(!exists(".X11-unix/X%d", 1));
	check(exists(".X%d-lock", 1));
}
