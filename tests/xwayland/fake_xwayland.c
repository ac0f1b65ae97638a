// SPDX-License-Identifier: MIT
// Stands for Xwayland: takes its options and does what $FAKE_XWAYLAND lists:
//
//	stderr      writes messages
//	ready       reports that it is ready, in two pieces
//	accept      waits for an X program and answers it with its own process id
//	client      closes its Wayland connection
//	wm          closes the window manager's connection
//	end, fail   exits with status 0, 3
//	crash       aborts
//	wait        lives until the Wayland connection hangs up, then exits with status 1
//	stay        the same, but never exits
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct fake {
	int listeners[2], n_listeners;
	int ready, wm, client;
};

static void parse(struct fake *fake, int argc, char **argv)
{
	const char *client = getenv("WAYLAND_SOCKET");
	fake->client = client ? atoi(client) : -1;
	for (int i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], "-listenfd") == 0 && fake->n_listeners < 2)
			fake->listeners[fake->n_listeners++] = atoi(argv[i + 1]);
		else if (strcmp(argv[i], "-displayfd") == 0)
			fake->ready = atoi(argv[i + 1]);
		else if (strcmp(argv[i], "-wm") == 0)
			fake->wm = atoi(argv[i + 1]);
	}
	if (fake->client < 0 || getenv("WAYLAND_DISPLAY") || getenv("DISPLAY"))
		exit(9);
}

static void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		exit(8);
}

static void accept_program(const struct fake *fake)
{
	struct pollfd fds[2];
	char text[16];
	for (int i = 0; i < fake->n_listeners; i++)
		fds[i] = (struct pollfd){.fd = fake->listeners[i], .events = POLLIN};
	poll(fds, (nfds_t)fake->n_listeners, -1);
	for (int i = 0; i < fake->n_listeners; i++) {
		int fd = fds[i].revents ? accept(fake->listeners[i], NULL, NULL) : -1;
		if (fd < 0)
			continue;
		snprintf(text, sizeof(text), "%d\n", (int)getpid());
		put(fd, text);
		return;
	}
	exit(7);
}

static void wait_for_hangup(const struct fake *fake)
{
	struct pollfd client = {.fd = fake->client};
	poll(&client, 1, -1);
}

static void run(struct fake *fake, const char *word)
{
	static const struct rlimit none = {0};
	if (strcmp(word, "stderr") == 0) {
		put(STDERR_FILENO, "> Warning: chatter\n(EE) first line\n(EE) se");
		put(STDOUT_FILENO, "cond line\n");
	} else if (strcmp(word, "ready") == 0) {
		put(fake->ready, "7");
		put(fake->ready, "\n");
	} else if (strcmp(word, "accept") == 0) {
		accept_program(fake);
	} else if (strcmp(word, "client") == 0) {
		close(fake->client);
	} else if (strcmp(word, "wm") == 0) {
		close(fake->wm);
	} else if (strcmp(word, "end") == 0) {
		exit(0);
	} else if (strcmp(word, "fail") == 0) {
		exit(3);
	} else if (strcmp(word, "crash") == 0) {
		setrlimit(RLIMIT_CORE, &none);
		abort();
	} else if (strcmp(word, "wait") == 0) {
		wait_for_hangup(fake);
		exit(1);
	} else if (strcmp(word, "stay") == 0) {
		for (;;)
			pause();
	} else {
		exit(6);
	}
}

int main(int argc, char **argv)
{
	struct fake fake = {.ready = -1, .wm = -1};
	parse(&fake, argc, argv);
	const char *words = getenv("FAKE_XWAYLAND");
	char copy[256];
	snprintf(copy, sizeof(copy), "%s", words ? words : "stay");
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		run(&fake, word);
	return 0;
}
