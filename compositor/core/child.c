// SPDX-License-Identifier: MIT
// Starting programs and leaving none behind. The process is the reaper of its descendants, so a
// daemon that detached itself comes back to us when its parent dies, and is ended like the rest.
#include "compositor/core/child.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

struct children {
	struct wl_event_source *source;
	struct wl_list list; // child.link
	pid_t *strangers;    // children this process had before; not ours to end
	size_t n_strangers;
	struct rlimit files; // as it was before we raised it
	bool has_files;
	bool was_reaper;
};

struct pid_set {
	pid_t *pids;
	size_t count, capacity;
};

static void pid_set_add(struct pid_set *set, pid_t pid)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->pids[i] == pid)
			return;
	array_reserve(set->pids, set->count, set->capacity);
	set->pids[set->count++] = pid;
}

// The parent of a process, 0 when it is gone. Zombies have one too.
static pid_t parent_of(pid_t pid)
{
	char path[64], text[512];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return 0;
	text[length] = '\0';
	// The name in parentheses may itself hold any character.
	const char *rest = strrchr(text, ')');
	int parent = 0;
	if (!rest || sscanf(rest, ") %*c %d", &parent) != 1)
		return 0;
	return parent;
}

// Reads one thread's list of children; false: this kernel has no such file.
static bool add_children_of_task(struct pid_set *set, const char *path)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	int pid;
	while (fscanf(file, "%d", &pid) == 1)
		pid_set_add(set, pid);
	fclose(file);
	return true;
}

static bool add_children_of(struct pid_set *set, pid_t pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	DIR *tasks = opendir(path);
	if (!tasks)
		return true; // it ended meanwhile
	bool known = true;
	for (struct dirent *entry; known && (entry = readdir(tasks));) {
		if (entry->d_name[0] == '.')
			continue;
		char file[128];
		snprintf(file, sizeof(file), "/proc/%d/task/%.20s/children", (int)pid,
			entry->d_name);
		// A thread that just ended has no list; the kernel's answer is asked of our own.
		if (!add_children_of_task(set, file) && pid == getpid())
			known = false;
	}
	closedir(tasks);
	return known;
}

// Kernels without the lists: every process with its parent, then the closure.
static void add_by_parent(struct pid_set *set, pid_t self)
{
	DIR *proc = opendir("/proc");
	if (!proc)
		return;
	struct link {
		pid_t pid, parent;
	} *links = NULL;
	size_t count = 0, capacity = 0;
	for (struct dirent *entry; (entry = readdir(proc));) {
		pid_t pid = atoi(entry->d_name);
		if (pid <= 0)
			continue;
		pid_t parent = parent_of(pid);
		if (!parent)
			continue;
		array_reserve(links, count, capacity);
		links[count++] = (struct link){.pid = pid, .parent = parent};
	}
	closedir(proc);
	for (size_t i = 0; i < count; i++)
		if (links[i].parent == self)
			pid_set_add(set, links[i].pid);
	for (size_t done = 0; done < set->count; done++)
		for (size_t i = 0; i < count; i++)
			if (links[i].parent == set->pids[done])
				pid_set_add(set, links[i].pid);
	free(links);
}

static void list_descendants(struct pid_set *set)
{
	if (!add_children_of(set, getpid())) {
		set->count = 0;
		add_by_parent(set, getpid());
		return;
	}
	for (size_t done = 0; done < set->count; done++)
		add_children_of(set, set->pids[done]);
}

static bool is_stranger(const struct children *children, pid_t pid)
{
	for (size_t i = 0; i < children->n_strangers; i++)
		if (children->strangers[i] == pid)
			return true;
	return false;
}

pid_t *children_descendants(const struct children *children, size_t *count)
{
	struct pid_set set = {0};
	list_descendants(&set);
	size_t kept = 0;
	for (size_t i = 0; i < set.count; i++)
		if (!is_stranger(children, set.pids[i]))
			set.pids[kept++] = set.pids[i];
	*count = kept;
	return set.pids ? set.pids : xcalloc(1, sizeof(pid_t));
}

static struct child *find_child(struct children *children, pid_t pid)
{
	struct child *child;
	wl_list_for_each(child, &children->list, link)
		if (child->pid == pid)
			return child;
	return NULL;
}

// False: it has not ended.
static bool bury(struct children *children, pid_t pid)
{
	int status;
	if (waitpid(pid, &status, WNOHANG) <= 0)
		return false;
	struct child *child = find_child(children, pid);
	if (!child)
		return true;
	child->pid = 0;
	wl_list_remove(&child->link);
	if (child->ended)
		child->ended(child, status, child->data);
	free(child);
	return true;
}

static void bury_among_strangers(struct children *children)
{
	struct pid_set set = {0};
	add_children_of(&set, getpid());
	for (size_t i = 0; i < set.count; i++)
		if (!is_stranger(children, set.pids[i]))
			bury(children, set.pids[i]);
	free(set.pids);
}

static int on_child_signal(int number, void *data)
{
	struct children *children = data;
	for (;;) {
		// Looks first, so that a stranger's end stays for whoever waits for it.
		siginfo_t info = {0};
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
			break;
		if (is_stranger(children, info.si_pid)) {
			bury_among_strangers(children); // it would be shown again and again
			break;
		}
		if (!bury(children, info.si_pid))
			break;
	}
	return 0;
}

struct children *children_create(struct wl_event_loop *loop)
{
	struct children *children = xcalloc(1, sizeof(*children));
	wl_list_init(&children->list);
	struct pid_set set = {0};
	list_descendants(&set);
	children->strangers = set.pids;
	children->n_strangers = set.count;
	children->source = wl_event_loop_add_signal(loop, SIGCHLD, on_child_signal, children);
	if (!children->source) {
		log_errno("cannot watch for the end of programs");
		goto fail;
	}
	int reaper = 0;
	if (prctl(PR_GET_CHILD_SUBREAPER, &reaper) == 0)
		children->was_reaper = reaper;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		log_debug("cannot become the reaper of descendants: %s", strerror(errno));
	// Every client costs descriptors; programs we start get the limit that we were given.
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

// Kills what there is, again and again, because what dies hands us its own children.
static void end_everybody(const struct children *children)
{
	for (;;) {
		size_t count;
		pid_t *pids = children_descendants(children, &count);
		for (size_t i = 0; i < count; i++)
			kill(pids[i], SIGKILL);
		bool waited = false;
		for (size_t i = 0; i < count; i++)
			if (parent_of(pids[i]) == getpid() && waitpid(pids[i], NULL, 0) > 0)
				waited = true;
		free(pids);
		if (!waited)
			return;
	}
}

void children_destroy(struct children *children)
{
	if (!children)
		return;
	if (children->source) {
		end_everybody(children);
		wl_event_source_remove(children->source);
		if (!children->was_reaper)
			prctl(PR_SET_CHILD_SUBREAPER, 0);
	}
	if (children->has_files)
		setrlimit(RLIMIT_NOFILE, &children->files);
	struct child *child, *next;
	wl_list_for_each_safe(child, next, &children->list, link) {
		wl_list_remove(&child->link);
		free(child);
	}
	free(children->strangers);
	free(children);
}

static bool same_name(const char *a, const char *b)
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
			replaced = same_name(environ[i], env[k]);
		if (!replaced)
			made[n++] = environ[i];
	}
	for (size_t k = 0; k < changes; k++) {
		bool later = false; // the last word on a name counts
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

// Between fork and exec: only what is safe there.
static void become(const struct children *children, const char *const *argv, char **env,
	pid_t parent, int report)
{
	setpgid(0, 0);
	// Even a killed compositor leaves no program behind.
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (children->has_files)
		setrlimit(RLIMIT_NOFILE, &children->files);
	execvpe(argv[0], (char *const *)argv, env);
	int error = errno;
	ssize_t ignored = write(report, &error, sizeof(error));
	(void)ignored;
	_exit(127);
}

struct child *child_spawn(struct children *children, const char *const *argv,
	const char *const *env, void (*ended)(struct child *child, int status, void *data),
	void *data)
{
	int report[2];
	if (pipe2(report, O_CLOEXEC) < 0)
		return NULL;
	char **environment = make_environment(env);
	pid_t parent = getpid();
	pid_t pid = fork();
	if (pid == 0) {
		close(report[0]);
		become(children, argv, environment, parent, report[1]);
	}
	int error = pid < 0 ? errno : 0;
	free(environment);
	close(report[1]);
	if (pid > 0) {
		setpgid(pid, pid); // whoever is first
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
	if (error) {
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

void child_kill(struct child *child, int number)
{
	if (child && child->pid > 0 && kill(-child->pid, number) < 0)
		kill(child->pid, number);
}
