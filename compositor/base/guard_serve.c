// SPDX-License-Identifier: MIT
// The guard's side: starts programs, reports and reaps them, and ends all descendants.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/descendants.h"
#include "compositor/base/guard_private.h"

struct served {
	int requests, events, child_signal;
	pid_t *programs; // those not reaped yet
	size_t n_programs, programs_capacity;
	bool reported; // an event is outstanding: the other side has not received it
	pid_t ended;   // the program of that event, to be reaped; 0: none
	char *folder;  // owned
	struct guard_files files;
};

static _Noreturn void fail_program(int report)
{
	int error = errno;
	ssize_t ignored = write(report, &error, sizeof(error));
	(void)ignored;
	_exit(127);
}

// Runs between fork and exec: async-signal-safe calls only.
static _Noreturn void exec_program(
	char **argv, char **env, const struct guard_passed *passed, pid_t parent, int report)
{
	setpgid(0, 0);
	// The program must end even when the guard is killed.
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (passed->count > 0 && !guard_place(passed, &report))
		fail_program(report);
	execvpe(argv[0], argv, env);
	fail_program(report);
}

// Returns the pid, or -1 with errno set.
static pid_t start_program(char **argv, char **env, const struct guard_passed *passed)
{
	int report[2], error = 0;
	if (pipe2(report, O_CLOEXEC) < 0)
		return -1;
	pid_t self = getpid(), pid = fork();
	if (pid == 0)
		exec_program(argv, env, passed, self, report[1]);
	error = pid < 0 ? errno : 0;
	close(report[1]);
	if (pid > 0) {
		setpgid(pid, pid); // here and in the child, whichever runs first
		ssize_t length;
		do
			length = read(report[0], &error, sizeof(error));
		while (length < 0 && errno == EINTR);
		if (length == (ssize_t)sizeof(error))
			waitpid(pid, NULL, 0);
		else
			error = 0;
	}
	close(report[0]);
	errno = error;
	return error ? -1 : pid;
}

// Splits data into count strings and a NULL. Returns the end of the last one, NULL: malformed.
static const char *split(char **strings, size_t count, const char *data, const char *end)
{
	for (size_t i = 0; i < count; i++) {
		const char *nul = data < end ? memchr(data, '\0', (size_t)(end - data)) : NULL;
		if (!nul)
			return NULL;
		strings[i] = (char *)data;
		data = nul + 1;
	}
	strings[count] = NULL;
	return data;
}

static struct guard_reply spawn(struct served *served, const struct guard_request *request,
	char *data, const struct guard_passed *passed)
{
	const char *end = data + request->size;
	char **argv = calloc(request->n_args + 1, sizeof(*argv));
	char **env = calloc(request->n_env + 1, sizeof(*env));
	struct guard_reply reply = {.pid = -1, .error = argv && env ? EINVAL : ENOMEM};
	const char *rest = argv && env ? split(argv, request->n_args, data, end) : NULL;
	if (rest && request->n_args > 0 && split(env, request->n_env, rest, end)) {
		reply.pid = start_program(argv, env, passed);
		reply.error = reply.pid < 0 ? errno : 0;
	}
	if (reply.pid > 0) {
		array_reserve(served->programs, served->n_programs, served->programs_capacity);
		served->programs[served->n_programs++] = reply.pid;
	}
	free(argv);
	free(env);
	return reply;
}

static bool is_program(const struct served *served, pid_t pid)
{
	for (size_t i = 0; i < served->n_programs; i++)
		if (served->programs[i] == pid)
			return true;
	return false;
}

static void reap_program(struct served *served, pid_t pid)
{
	for (size_t i = 0; i < served->n_programs; i++)
		if (served->programs[i] == pid)
			served->programs[i] = served->programs[--served->n_programs];
	waitpid(pid, NULL, 0);
}

static void report(struct served *served, enum guard_event_kind kind, pid_t pid, int status)
{
	const struct guard_event event = {.kind = kind, .pid = pid, .status = status};
	// If that fails, the other side is gone: its requests end next.
	write_all(served->events, &event, sizeof(event));
	served->reported = true;
	served->ended = kind == GUARD_ENDED ? pid : 0;
}

static void report_stop(struct served *served, const siginfo_t *info)
{
	siginfo_t ignored;
	waitid(P_PID, (id_t)info->si_pid, &ignored, WSTOPPED | WNOHANG);
	if (is_program(served, info->si_pid))
		report(served, GUARD_STOPPED, info->si_pid, info->si_status);
}

// Reports what became of a child, and reaps others until there is something to report.
static void look_after_children(struct served *served)
{
	bool others = false;
	while (!served->reported) {
		siginfo_t info = {0};
		// WNOWAIT: a program keeps its pid until the other side has received the event.
		if (waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) < 0 ||
			info.si_pid == 0)
			break;
		if (info.si_code == CLD_STOPPED || info.si_code == CLD_TRAPPED) {
			report_stop(served, &info);
			continue;
		}
		if (is_program(served, info.si_pid)) {
			// As waitpid() returns it.
			int status =
				info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
			report(served, GUARD_ENDED, info.si_pid, status);
			continue;
		}
		others = waitpid(info.si_pid, NULL, WNOHANG) > 0 || others;
	}
	if (others && !served->reported)
		report(served, GUARD_OTHER, 0, 0);
}

// False: the other side is gone.
static bool receive(int fd, void *into, size_t size)
{
	ssize_t length;
	do
		length = recv(fd, into, size, MSG_WAITALL);
	while (length < 0 && errno == EINTR);
	return length == (ssize_t)size;
}

// False: the guard is to end; *by_request: because it was asked to.
static bool serve_request(struct served *served, bool *by_request)
{
	struct guard_request request = {0};
	struct guard_reply reply = {0};
	struct guard_passed passed = {0};
	if (!guard_receive(served->requests, &request, &passed))
		return false;
	if (request.kind == GUARD_END) {
		*by_request = true;
		return false;
	}
	char *data = xcalloc(request.size + 1, 1);
	bool good = !request.size || receive(served->requests, data, request.size);
	if (good && request.kind == GUARD_SPAWN)
		reply = spawn(served, &request, data, &passed);
	else if (good && request.kind == GUARD_FOLDER)
		replace_string(&served->folder, data);
	else if (good && request.kind == GUARD_FILE)
		guard_files_add(&served->files, data);
	else if (good && request.kind == GUARD_RECEIVED) {
		if (served->ended)
			reap_program(served, served->ended);
		served->ended = 0;
		served->reported = false;
	}
	free(data);
	for (size_t i = 0; i < passed.count; i++)
		close(passed.fds[i]);
	bool answered = request.kind != GUARD_FOLDER && request.kind != GUARD_FILE;
	return good && (!answered || write_all(served->requests, &reply, sizeof(reply)));
}

static void terminate_descendants(void)
{
	size_t count;
	pid_t *pids = descendants_of(getpid(), &count);
	for (size_t i = 0; i < count; i++) {
		kill(pids[i], SIGTERM);
		kill(pids[i], SIGCONT);
	}
	free(pids);
}

static void reap_all(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

// Descendants without a living parent are children, too: without children there are none.
static bool has_children(void)
{
	return waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Waits until all children have ended, for at most some milliseconds.
static void wait_for_children(const struct served *served, long limit_ms)
{
	long end = now_ms() + limit_ms;
	for (;;) {
		struct signalfd_siginfo info;
		struct pollfd poll_fd = {.fd = served->child_signal, .events = POLLIN};
		reap_all();
		if (!has_children())
			return;
		long left = end - now_ms();
		if (left <= 0 || poll(&poll_fd, 1, (int)left) == 0)
			return;
		ssize_t ignored = read(served->child_signal, &info, sizeof(info));
		(void)ignored;
	}
}

// Kills all descendants that this user may kill. Repeats until none is left, because the children
// of those that die become ours.
static void kill_descendants(const struct served *served)
{
	while (has_children()) {
		size_t count;
		bool waited = false;
		pid_t *pids = descendants_of(getpid(), &count);
		for (size_t i = 0; i < count; i++)
			if (kill(pids[i], SIGKILL) < 0 && errno == EPERM)
				pids[i] = 0;
		for (size_t i = 0; i < count; i++)
			if (pids[i] && parent_of(pids[i]) == getpid() &&
				waitpid(pids[i], NULL, 0) > 0)
				waited = true;
		free(pids);
		if (!waited)
			break;
	}
	// What /proc does not show, where there is none.
	for (size_t i = 0; i < served->n_programs; i++)
		if (waitpid(served->programs[i], NULL, WNOHANG) == 0)
			kill(-served->programs[i], SIGKILL);
}

// Only the end of the other side, which closes its socket, ends the guard.
static void block_signals(void)
{
	sigset_t set;
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGCHLD, SIG_DFL); // where it is ignored, children are reaped by the kernel
}

static void redirect_stdout(void)
{
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		close(STDOUT_FILENO);
}

_Noreturn void guard_serve(int requests, int events, const struct guard_options *options)
{
	struct served served = {.requests = requests, .events = events};
	bool by_request = false;
	sigset_t child_set;
	// Not in the caller's process group, which may be killed as a whole, but in its session.
	setpgid(0, 0);
	prctl(PR_SET_NAME, "oriel-guard");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	block_signals();
	if (options->stdout_to_stderr)
		redirect_stdout();
	sigemptyset(&child_set);
	sigaddset(&child_set, SIGCHLD);
	served.child_signal = signalfd(-1, &child_set, SFD_CLOEXEC | SFD_NONBLOCK);
	while (served.child_signal >= 0) {
		struct signalfd_siginfo info;
		struct pollfd fds[] = {
			{.fd = requests, .events = POLLIN},
			{.fd = served.child_signal, .events = POLLIN},
		};
		if (poll(fds, array_length(fds), -1) < 0)
			continue;
		if (fds[0].revents && !serve_request(&served, &by_request))
			break;
		if (fds[1].revents && read(served.child_signal, &info, sizeof(info)) < 0)
			continue;
		look_after_children(&served);
	}
	if (!by_request && options->grace_ms) {
		terminate_descendants();
		wait_for_children(&served, options->grace_ms);
	}
	kill_descendants(&served);
	if (!by_request)
		guard_files_remove(&served.files);
	if (served.folder)
		remove_tree(served.folder);
	_exit(0);
}
