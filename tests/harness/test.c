// SPDX-License-Identifier: MIT
// main() of all test programs: selects tests, runs each in a child process, prints TAP.
//
// Results go to standard output. The line of totals goes to standard error, where TAP parsers do
// not see it.
#include "tests/harness/test.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "compositor/base/base.h"

#define MAX_JOBS 64
#define MAX_FDS 1024
#define EXIT_SKIPPED 77
#define FDS_AT_REST 30.0 // seconds

struct job {
	const struct test *test;
	size_t index;
	pid_t pid;      // 0: free
	int output;     // a memfd with the output of the child
	double timeout; // seconds; 0: none
	double started;
	bool timed_out;
	int status; // as from waitpid, once the child has ended
};

extern const struct test *const __start_test_list[] __attribute__((weak));
extern const struct test *const __stop_test_list[] __attribute__((weak));

static struct {
	bool list, no_fork, verbose, exact;
	int jobs;
	double timeout;
	char **patterns;      // ends with NULL
} options = {.timeout = 300}; // only hanging tests take that long, even on a busy machine

static int counts[3];     // by enum test_outcome
static char base_dir[64]; // holds a directory per test that asks for one
static char own_dir[96];  // of the running test; empty until it asks
static bool in_child;     // otherwise the test runs in this process
static jmp_buf after_test;

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

// For tests: checks

static void vfail(const char *file, int line, const char *format, va_list args)
{
	while (strncmp(file, "../", 3) == 0)
		file += 3;
	fflush(stdout);
	fprintf(stderr, "%s:%d: check failed: ", file, line);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	fflush(stderr);
	if (in_child)
		_exit(1);
	abort(); // a debugger stops here, with the frames of the test on the stack
}

void test_fail(const char *file, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfail(file, line, format, args);
	abort();
}

void test_check_eq(
	const char *file, int line, const char *a_text, const char *b_text, intmax_t a, intmax_t b)
{
	if (a != b)
		test_fail(file, line, "%s == %s: %jd (%#jx) and %jd (%#jx)", a_text, b_text, a,
			(uintmax_t)a, b, (uintmax_t)b);
}

void test_check_near(const char *file, int line, const char *a_text, const char *b_text, double a,
	double b, double within)
{
	if (!(fabs(a - b) <= within))
		test_fail(file, line, "%s ~ %s: %.17g and %.17g", a_text, b_text, a, b);
}

void test_check_str(const char *file, int line, const char *a_text, const char *b_text,
	const char *a, const char *b)
{
	if (a && b ? strcmp(a, b) == 0 : a == b)
		return;
	const char *a_quote = a ? "\"" : "", *b_quote = b ? "\"" : "";
	test_fail(file, line, "%s == %s: %s%s%s and %s%s%s", a_text, b_text, a_quote,
		a ? a : "NULL", a_quote, b_quote, b ? b : "NULL", b_quote);
}

void test_skip(const char *why)
{
	printf("\n%s", why); // the last line is the reason
	fflush(stdout);
	if (in_child)
		_exit(EXIT_SKIPPED);
	longjmp(after_test, EXIT_SKIPPED);
}

// Directories

static const char *dir_of(pid_t pid, char *into, size_t size)
{
	snprintf(into, size, "%s/%d", base_dir, (int)pid);
	return into;
}

const char *test_dir(void)
{
	if (own_dir[0])
		return own_dir;
	if (mkdir(dir_of(getpid(), own_dir, sizeof(own_dir)), 0700) < 0)
		die(own_dir);
	return own_dir;
}

static void remove_dir_of(pid_t pid)
{
	char path[sizeof(own_dir)];
	if (access(dir_of(pid, path, sizeof(path)), F_OK) == 0)
		remove_tree(path);
}

// The child

static void read_fd_link(int fd, char *target, size_t size)
{
	char link[64];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, target, size - 1);
	target[length < 0 ? 0 : length] = 0;
}

// llvmpipe of Mesa 25 keeps one descriptor as long as the process lives.
static bool is_of_driver(int fd)
{
	char target[64];
	read_fd_link(fd, target, sizeof(target));
	return strncmp(target, "/memfd:allocation fd", 20) == 0;
}

static void find_open_fds(bool open_fds[MAX_FDS])
{
	memset(open_fds, 0, MAX_FDS);
	DIR *fds = opendir("/proc/self/fd");
	if (!fds)
		die("/proc/self/fd");
	for (struct dirent *entry; (entry = readdir(fds));) {
		int fd = atoi(entry->d_name);
		if (entry->d_name[0] != '.' && fd < MAX_FDS && fd != dirfd(fds) &&
			!is_of_driver(fd))
			open_fds[fd] = true;
	}
	closedir(fds);
}

static bool fds_differ(const bool a[MAX_FDS], const bool b[MAX_FDS])
{
	return memcmp(a, b, MAX_FDS * sizeof(a[0])) != 0;
}

static bool has_other_threads(void)
{
	int threads = 0;
	DIR *tasks = opendir("/proc/self/task");
	if (!tasks)
		return false;
	for (struct dirent *entry; (entry = readdir(tasks));)
		threads += entry->d_name[0] != '.';
	closedir(tasks);
	return threads > 1;
}

// Work that the test abandoned closes its file as soon as its thread gets that far.
static void find_fds_at_rest(const bool before[MAX_FDS], bool after[MAX_FDS])
{
	double deadline = now() + FDS_AT_REST;
	find_open_fds(after);
	while (fds_differ(before, after) && has_other_threads() && now() < deadline) {
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		find_open_fds(after);
	}
}

static bool fds_leaked(const bool before[MAX_FDS])
{
	bool after[MAX_FDS], leaked = false;
	find_fds_at_rest(before, after);
	for (int fd = 0; fd < MAX_FDS; fd++) {
		if (before[fd] == after[fd])
			continue;
		char target[256] = "";
		if (after[fd])
			read_fd_link(fd, target, sizeof(target));
		fprintf(stderr, "descriptor %d %s %s\n", fd,
			after[fd] ? "was left open:" : "of the harness was closed", target);
		leaked = true;
	}
	return leaked;
}

static void set_sigchld_blocked(bool blocked)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

_Noreturn static void run_in_child(const struct job *job)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	dup2(job->output, STDOUT_FILENO);
	dup2(job->output, STDERR_FILENO);
	set_sigchld_blocked(false);
	in_child = true;
	own_dir[0] = 0;
	bool before[MAX_FDS];
	find_open_fds(before);
	job->test->run(job->index);
	if (fds_leaked(before))
		_exit(1);
	exit(0); // LeakSanitizer checks at exit
}

// The parent

static void job_start(struct job *job, const struct test *test, size_t index, double timeout)
{
	*job = (struct job){.test = test, .index = index, .timeout = timeout, .started = now()};
	job->output = memfd_create("output", MFD_CLOEXEC);
	if (job->output < 0)
		die("memfd_create");
	fflush(stdout);
	fflush(stderr);
	job->pid = fork();
	if (job->pid < 0)
		die("fork");
	if (job->pid == 0)
		run_in_child(job);
	setpgid(job->pid, job->pid); // in both processes, as either may run first
}

static bool job_ended(struct job *job)
{
	pid_t pid = waitpid(job->pid, &job->status, WNOHANG);
	if (pid < 0)
		die("waitpid");
	if (pid == 0) {
		job->timed_out = job->timeout > 0 && now() - job->started > job->timeout;
		if (job->timed_out)
			kill(job->pid, SIGKILL);
		return false;
	}
	kill(-job->pid, SIGKILL); // processes that the test left behind
	remove_dir_of(job->pid);
	return true;
}

// Returns when a child may have ended or exceeded its time. SIGCHLD must be blocked.
static void wait_for_child(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigtimedwait(&set, NULL, &(struct timespec){.tv_nsec = 200 * 1000 * 1000});
}

// Stores the output of the child, and the signal or status it ended with.
static enum test_outcome job_finish(struct job *job, char *output, size_t size)
{
	ssize_t length = pread(job->output, output, size - 1, 0);
	close(job->output);
	job->pid = 0;
	if (length < 0)
		length = 0;
	output[length] = 0;
	char *end = output + length;
	size_t left = size - (size_t)length;
	if (job->timed_out)
		snprintf(end, left, "timed out after %g s\n", job->timeout);
	else if (WIFSIGNALED(job->status))
		snprintf(end, left, "killed by signal: %s\n", strsignal(WTERMSIG(job->status)));
	else if (WEXITSTATUS(job->status) == EXIT_SKIPPED)
		return TEST_SKIPPED;
	else if (WEXITSTATUS(job->status) == 0)
		return TEST_PASSED;
	else if (WEXITSTATUS(job->status) > 1)
		snprintf(end, left, "exit status %d\n", WEXITSTATUS(job->status));
	return TEST_FAILED;
}

enum test_outcome test_run(
	const struct test *test, size_t index, double timeout, char *output, size_t size)
{
	struct job job;
	set_sigchld_blocked(true);
	job_start(&job, test, index, timeout);
	while (!job_ended(&job))
		wait_for_child();
	set_sigchld_blocked(false);
	return job_finish(&job, output, size);
}

static const char *name_of(const struct test *test, size_t index, char *into, size_t size)
{
	const char *file = strrchr(test->file, '/');
	file = file ? file + 1 : test->file;
	int length = snprintf(into, size, "%.*s.%s", (int)strcspn(file, "."), file, test->name);
	if (test->count && length > 0 && (size_t)length < size)
		snprintf(into + length, size - (size_t)length, "[%zu]", index);
	return into;
}

static void report(const struct test *test, size_t index, enum test_outcome outcome, char *output)
{
	char name[256];
	counts[outcome]++;
	printf("%sok %d - %s", outcome == TEST_FAILED ? "not " : "",
		counts[TEST_PASSED] + counts[TEST_FAILED] + counts[TEST_SKIPPED],
		name_of(test, index, name, sizeof(name)));
	if (outcome == TEST_SKIPPED) {
		const char *newline = strrchr(output, '\n');
		printf(" # SKIP %s", newline ? newline + 1 : output);
	}
	putchar('\n');
	if (outcome == TEST_FAILED || options.verbose)
		for (char *line = strtok(output, "\n"); line; line = strtok(NULL, "\n"))
			printf("# %s\n", line);
	fflush(stdout);
}

static void run_here(const struct test *test, size_t index)
{
	char name[256], no_output[1] = "";
	printf("# %s\n", name_of(test, index, name, sizeof(name)));
	fflush(stdout);
	int left = setjmp(after_test);
	if (left == 0)
		test->run(index);
	remove_dir_of(getpid());
	own_dir[0] = 0;
	report(test, index, left ? TEST_SKIPPED : TEST_PASSED, no_output);
}

static struct job *free_job(struct job *jobs)
{
	for (int i = 0; i < options.jobs; i++)
		if (!jobs[i].pid)
			return &jobs[i];
	return NULL;
}

// Waits until a child may have ended and reports those that have. False: none was running.
static bool reap(struct job *jobs)
{
	static char output[64 * 1024];
	int running = 0;
	for (int i = 0; i < options.jobs; i++)
		running += jobs[i].pid != 0;
	if (!running)
		return false;
	wait_for_child();
	for (int i = 0; i < options.jobs; i++) {
		struct job *job = &jobs[i];
		if (!job->pid || !job_ended(job))
			continue;
		enum test_outcome outcome = job_finish(job, output, sizeof(output));
		report(job->test, job->index, outcome, output);
	}
	return true;
}

static bool wanted(const char *name)
{
	for (char **pattern = options.patterns; *pattern; pattern++)
		if (options.exact ? strcmp(name, *pattern) == 0
				  : strstr(name, *pattern) || fnmatch(*pattern, name, 0) == 0)
			return true;
	return !options.patterns[0];
}

static int compare_tests(const void *a, const void *b)
{
	const struct test *first = *(const struct test *const *)a;
	const struct test *second = *(const struct test *const *)b;
	int files = strcmp(first->file, second->file);
	return files ? files : first->line - second->line;
}

// Calls run for every selected test; false: there is none.
static bool for_each_wanted(
	void (*run)(struct job *, const struct test *, size_t), struct job *jobs)
{
	size_t n = (size_t)(__stop_test_list - __start_test_list), found = 0;
	const struct test **tests = calloc(n + 1, sizeof(*tests));
	if (!tests)
		die("calloc");
	for (size_t i = 0; i < n; i++)
		tests[i] = __start_test_list[i];
	qsort(tests, n, sizeof(*tests),
		compare_tests); // the linker may sort the section differently
	for (size_t i = 0; i < n; i++) {
		size_t count = tests[i]->count ? tests[i]->count : 1;
		for (size_t index = 0; index < count; index++) {
			char name[256];
			if (!wanted(name_of(tests[i], index, name, sizeof(name))))
				continue;
			found++;
			run(jobs, tests[i], index);
		}
	}
	free(tests);
	return found > 0;
}

static void run_one(struct job *jobs, const struct test *test, size_t index)
{
	char name[256];
	struct job *job;
	if (options.list) {
		puts(name_of(test, index, name, sizeof(name)));
	} else if (options.no_fork) {
		run_here(test, index);
	} else {
		while (!(job = free_job(jobs)))
			reap(jobs);
		job_start(job, test, index, options.timeout);
	}
}

static void read_options(int argc, char **argv)
{
	cpu_set_t cpus;
	options.jobs = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
	static const struct option longs[] = {
		{"exact", no_argument, NULL, 'x'},
		{"help", no_argument, NULL, 'h'},
		{"jobs", required_argument, NULL, 'j'},
		{"list", no_argument, NULL, 'l'},
		{"no-fork", no_argument, NULL, 'n'},
		{"timeout", required_argument, NULL, 't'},
		{"verbose", no_argument, NULL, 'v'},
		{0},
	};
	for (int option; (option = getopt_long(argc, argv, "hj:lnt:vx", longs, NULL)) >= 0;) {
		switch (option) {
		case 'j':
			options.jobs = atoi(optarg);
			break;
		case 'l':
			options.list = true;
			break;
		case 'n':
			options.no_fork = true;
			break;
		case 't':
			options.timeout = atof(optarg);
			break;
		case 'v':
			options.verbose = true;
			break;
		case 'x':
			options.exact = true;
			break;
		default:
			printf("usage: %s [OPTION...] [NAME...]\n"
			       "  -l, --list             only print the names\n"
			       "  -j, --jobs N           how many at a time\n"
			       "  -t, --timeout SECONDS  for each test; 0: for ever\n"
			       "  -n, --no-fork          in this process, for a debugger\n"
			       "  -v, --verbose          the output of tests that pass, too\n"
			       "  -x, --exact            NAME is a whole name, no part or pattern\n",
				argv[0]);
			exit(option == 'h' ? 0 : 2);
		}
	}
	options.patterns = argv + optind;
	if (options.jobs < 1)
		options.jobs = 1;
	if (options.jobs > MAX_JOBS)
		options.jobs = MAX_JOBS;
}

int main(int argc, char **argv)
{
	static struct job jobs[MAX_JOBS];
	read_options(argc, argv);
	unsetenv("DISPLAY"); // tests must not connect to the session of the user
	unsetenv("WAYLAND_DISPLAY");
	unsetenv("WAYLAND_SOCKET");
	setenv("MESA_SHADER_CACHE_DISABLE", "true", 1); // leaves descriptors open
	const char *tmp = getenv("TMPDIR");
	snprintf(base_dir, sizeof(base_dir), "%s/oriel-test-XXXXXX",
		tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!options.list && !mkdtemp(base_dir))
		die(base_dir);
	set_sigchld_blocked(!options.no_fork);
	bool found = for_each_wanted(run_one, jobs);
	while (reap(jobs))
		;
	if (options.list)
		return 0;
	rmdir(base_dir);
	printf("1..%d\n", counts[TEST_PASSED] + counts[TEST_FAILED] + counts[TEST_SKIPPED]);
	fflush(stdout);
	fprintf(stderr, "%d passed, %d failed", counts[TEST_PASSED], counts[TEST_FAILED]);
	if (counts[TEST_SKIPPED])
		fprintf(stderr, ", %d skipped", counts[TEST_SKIPPED]);
	fputc('\n', stderr);
	if (!found)
		fprintf(stderr, "no test has such a name\n");
	return found && !counts[TEST_FAILED] ? 0 : 1;
}
