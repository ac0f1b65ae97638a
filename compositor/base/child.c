// SPDX-License-Identifier: MIT
// Programs that the compositor starts. The guard is their parent; its events arrive on the loop.
#include "compositor/base/child.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/descendants.h"
#include "compositor/base/guard.h"
#include "compositor/base/log.h"

struct children {
	struct guard *guard;
	struct wl_event_source *source;
	struct wl_list list; // child.link
	struct rlimit files; // RLIMIT_NOFILE before it was raised
	bool has_files;
};

pid_t *children_descendants(const struct children *children, size_t *count)
{
	if (children->guard->pid)
		return descendants_of(children->guard->pid, count);
	*count = 0;
	return xcalloc(1, sizeof(pid_t));
}

pid_t children_guard(const struct children *children)
{
	return children->guard->pid;
}

static struct child *find_child(struct children *children, pid_t pid)
{
	struct child *child;
	wl_list_for_each(child, &children->list, link)
		if (child->pid == pid)
			return child;
	return NULL;
}

static void end_child(struct child *child, int status)
{
	child->pid = 0;
	wl_list_remove(&child->link);
	if (child->ended)
		child->ended(child, status, child->data);
	free(child);
}

static void on_guard_dead(struct children *children)
{
	log_error("the process that starts programs was killed, and the programs with it");
	wl_event_source_remove(children->source);
	children->source = NULL;
	guard_end(children->guard);
	while (!wl_list_empty(&children->list)) {
		struct child *child = wl_container_of(children->list.next, child, link);
		end_child(child, SIGKILL);
	}
}

static int on_guard_event(int fd, uint32_t mask, void *data)
{
	struct children *children = data;
	struct guard_event event;
	if (!guard_next_event(children->guard, &event))
		return 0;
	struct child *child = event.pid ? find_child(children, event.pid) : NULL;
	if (event.kind == GUARD_DEAD)
		on_guard_dead(children);
	else if (event.kind == GUARD_ENDED && child)
		end_child(child, event.status);
	else if (event.kind == GUARD_STOPPED && child)
		child->stopped_by = event.status;
	return 0;
}

struct children *children_create(struct wl_event_loop *loop, struct guard *guard)
{
	struct children *children = xcalloc(1, sizeof(*children));
	children->guard = guard;
	wl_list_init(&children->list);
	children->source = wl_event_loop_add_fd(
		loop, guard->events, WL_EVENT_READABLE, on_guard_event, children);
	if (!children->source) {
		log_errno("cannot watch the process that starts programs");
		goto fail;
	}
	// Every client needs descriptors. Programs get the original limit, which the guard has.
	if (getrlimit(RLIMIT_NOFILE, &children->files) == 0) {
		children->has_files = true;
		struct rlimit raised = {children->files.rlim_max, children->files.rlim_max};
		setrlimit(RLIMIT_NOFILE, &raised);
	}
	return children;
fail:
	children_destroy(children);
	return NULL;
}

void children_destroy(struct children *children)
{
	if (!children)
		return;
	if (children->source)
		wl_event_source_remove(children->source);
	guard_end(children->guard);
	if (children->has_files)
		setrlimit(RLIMIT_NOFILE, &children->files);
	struct child *child, *next;
	wl_list_for_each_safe(child, next, &children->list, link) {
		wl_list_remove(&child->link);
		free(child);
	}
	free(children);
}

static bool has_name_of(const char *a, const char *b)
{
	size_t length = strcspn(b, "=");
	return strncmp(a, b, length) == 0 && a[length] == '=';
}

static char **make_environment(const char *const *env)
{
	size_t count = 0, changes = 0;
	while (environ[count])
		count++;
	while (env && env[changes])
		changes++;
	char **made = xcalloc(count + changes + 1, sizeof(*made));
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		bool replaced = false;
		for (size_t k = 0; k < changes && !replaced; k++)
			replaced = has_name_of(environ[i], env[k]);
		if (!replaced)
			made[n++] = environ[i];
	}
	for (size_t k = 0; k < changes; k++) {
		bool later = false; // the last entry of a name wins
		for (size_t l = k + 1; l < changes && !later; l++) {
			size_t length = strcspn(env[k], "=");
			later = length == strcspn(env[l], "=") &&
				strncmp(env[k], env[l], length) == 0;
		}
		if (!later && strchr(env[k], '='))
			made[n++] = (char *)env[k];
	}
	return made;
}

struct child *child_spawn_with(struct children *children, const char *const *argv,
	const char *const *env, const struct guard_fds *fds,
	void (*ended)(struct child *child, int status, void *data), void *data)
{
	char **environment = make_environment(env);
	pid_t pid = guard_spawn(children->guard, argv, (const char *const *)environment, fds);
	int error = errno;
	free(environment);
	if (pid < 0) {
		errno = error;
		return NULL;
	}
	struct child *child = xcalloc(1, sizeof(*child));
	child->pid = pid;
	child->ended = ended;
	child->data = data;
	wl_list_insert(&children->list, &child->link);
	return child;
}

struct child *child_spawn(struct children *children, const char *const *argv,
	const char *const *env, void (*ended)(struct child *child, int status, void *data),
	void *data)
{
	return child_spawn_with(children, argv, env, NULL, ended, data);
}

void child_kill(struct child *child, int number)
{
	if (child && child->pid > 0 && kill(-child->pid, number) < 0)
		kill(child->pid, number);
}

static bool can_run(const char *path)
{
	struct stat stat_of;
	return stat(path, &stat_of) == 0 && S_ISREG(stat_of.st_mode) && access(path, X_OK) == 0;
}

bool program_is_installed(const char *program)
{
	const char *folders = getenv("PATH");
	if (strchr(program, '/') || !folders)
		return can_run(program);
	for (const char *end; *folders; folders = *end ? end + 1 : end) {
		end = strchrnul(folders, ':');
		char *path = xasprintf("%.*s/%s", (int)(end - folders), folders, program);
		bool found = can_run(path);
		free(path);
		if (found)
			return true;
	}
	return false;
}

int wait_status_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

char *wait_status_describe(int status)
{
	if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));
		return xasprintf("was ended by signal %s", name ? name : "?");
	}
	return xasprintf("ended with status %d", WEXITSTATUS(status));
}
