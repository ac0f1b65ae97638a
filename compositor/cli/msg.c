// SPDX-License-Identifier: MIT
// Sends verbs to a running compositor and prints the answers. It parses only the JSON that
// control.c writes.
#include "compositor/cli/msg.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/exit_status.h"
#include "compositor/base/log.h"
#include "compositor/script/args.h"
#include "compositor/script/strbuf.h"

#define CONNECT_LIMIT_MS 2000
#define CONNECT_PAUSE_MS 10

static char *socket_path(const char *name)
{
	if (!name)
		name = getenv("ORIEL_SOCKET");
	if (name && strchr(name, '/'))
		return xstrdup(name);
	if (!name)
		name = getenv("WAYLAND_DISPLAY");
	if (!name)
		name = "wayland-0";
	const char *slash = strrchr(name, '/');
	const char *folder = getenv("XDG_RUNTIME_DIR");
	if (!slash && !folder) {
		log_error("neither ORIEL_SOCKET nor XDG_RUNTIME_DIR is set; use --socket");
		return NULL;
	}
	if (slash)
		return xasprintf("%.*s/oriel-%s.sock", (int)(slash - name), name, slash + 1);
	return xasprintf("%s/oriel-%s.sock", folder, name);
}

// A compositor that has just been started may not listen yet: where the user expects one, waits for
// it. False: errno is set.
static bool connect_with_patience(int fd, const struct sockaddr_un *address, bool expected)
{
	const struct timespec pause = {.tv_nsec = CONNECT_PAUSE_MS * (long)NSEC_PER_MSEC};
	for (int waited_ms = 0;; waited_ms += CONNECT_PAUSE_MS) {
		if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
			return true;
		bool later = errno == ENOENT || errno == ECONNREFUSED || errno == EAGAIN;
		if (!expected || !later || waited_ms >= CONNECT_LIMIT_MS)
			return false;
		nanosleep(&pause, NULL);
	}
}

static int connect_to(const char *name)
{
	char *path = socket_path(name);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = -1;
	if (!path)
		return -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		log_error("%s: the path is too long for a socket", path);
		goto out;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || !connect_with_patience(fd, &address, name || getenv("ORIEL_SOCKET"))) {
		log_error("%s: %s; is oriel running?", path, strerror(errno));
		close_fd(&fd);
	}
out:
	free(path);
	return fd;
}

// Receives one line, without the newline. False: the connection was closed.
static bool receive_line(int fd, struct strbuf *kept, struct strbuf *line)
{
	strbuf_clear(line);
	for (;;) {
		char *newline = kept->length ? memchr(kept->text, '\n', kept->length) : NULL;
		if (newline) {
			size_t length = (size_t)(newline - kept->text);
			strbuf_add(line, kept->text, length);
			memmove(kept->text, newline + 1, kept->length - length - 1);
			kept->length -= length + 1;
			return true;
		}
		char buffer[65536];
		ssize_t length = recv(fd, buffer, sizeof(buffer), 0);
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			return false;
		strbuf_add(kept, buffer, (size_t)length);
	}
}

// Parses a JSON string as strbuf_json writes it. *end: the text after it. The caller frees the
// string; NULL: there is none.
static char *read_string(const char *at, const char **end)
{
	struct strbuf text = {0};
	if (*at++ != '"')
		return NULL;
	while (*at && *at != '"') {
		unsigned code;
		if (*at != '\\') {
			strbuf_add(&text, at++, 1);
		} else if (at[1] == 'n') {
			strbuf_puts(&text, "\n");
			at += 2;
		} else if (at[1] == 't') {
			strbuf_puts(&text, "\t");
			at += 2;
		} else if (at[1] == 'u' && sscanf(at + 2, "%4x", &code) == 1) {
			strbuf_printf(&text, "%c", (char)code);
			at += 6;
		} else if (at[1]) {
			strbuf_add(&text, at + 1, 1);
			at += 2;
		} else {
			break;
		}
	}
	if (*at == '"')
		at++;
	*end = at;
	return text.text ? text.text : xstrdup("");
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static int print_answer(const char *line, bool json)
{
	static const char good[] = "{\"ok\":true,\"text\":", bad[] = "{\"ok\":false,\"error\":";
	const char *end;
	bool ok = starts_with(line, good);
	char *text = read_string(line + (ok ? sizeof(good) : sizeof(bad)) - 1, &end);
	if (!ok && !starts_with(line, bad)) {
		log_error("unexpected answer: %s", line);
		free(text);
		return RUN_FAILED_SELF;
	}
	if (json && ok && text) {
		// The value without the brace that closes the answer.
		const char *value = end + strlen(",\"result\":");
		printf("%.*s\n", (int)strlen(value) - 1, value);
	} else if (json) {
		printf("%s\n", line);
	} else if (ok) {
		fputs(text ? text : "", stdout);
	} else {
		fprintf(stderr, "oriel: %s\n", text ? text : "failed");
	}
	free(text);
	return ok ? 0 : RUN_FAILED_CHECK;
}

static int send_line(int fd, const char *line, struct strbuf *kept, bool json)
{
	struct strbuf answer = {0};
	int status = RUN_FAILED_SELF;
	bool sent = write_all(fd, line, strlen(line)) && write_all(fd, "\n", 1);
	// A connection that was refused has an answer with the reason.
	if (!receive_line(fd, kept, &answer))
		// quit can close the connection before the answer is sent.
		status = sent && starts_with(line, "quit")
			? 0
			: (log_error("oriel closed the connection"), RUN_FAILED_SELF);
	else
		status = print_answer(strbuf_get(&answer), json);
	strbuf_finish(&answer);
	return status;
}

static char *absolute_path(const char *path)
{
	char folder[PATH_MAX];
	if (path[0] == '/' || !*path || !getcwd(folder, sizeof(folder)))
		return xstrdup(path);
	return xasprintf("%s/%s", folder, path);
}

// Joins the words, with relative paths made absolute: the compositor has another working directory.
static char *join_words(char *const *from, size_t count)
{
	static const char *const options[] = {"file=", "diff="};
	struct words words;
	words_copy(&words, (const char *const *)from, count);
	bool named = count > 1 && (strcmp(from[0], "shot") == 0 || strcmp(from[0], "expect") == 0);
	bool raw = count &&
		(strcmp(from[0], "text") == 0 || strcmp(from[0], "echo") == 0 ||
			strcmp(from[0], "exec") == 0 || strcmp(from[0], "spawn") == 0);
	for (size_t i = 1; i < count && !raw; i++) {
		char *old = words.word[i];
		for (size_t k = 0; k < array_length(options); k++) {
			if (!starts_with(old, options[k]))
				continue;
			char *path = absolute_path(old + strlen(options[k]));
			words.word[i] = xasprintf("%s%s", options[k], path);
			free(path);
			break;
		}
		if (words.word[i] == old && named && i == 1)
			words.word[i] = absolute_path(old);
		if (words.word[i] != old)
			free(old);
	}
	char *line = words_join(words.word, count);
	words_finish(&words);
	return line;
}

int msg_send(const char *socket, char *const *words, int count, bool json)
{
	int fd = connect_to(socket);
	if (fd < 0)
		return RUN_FAILED_SELF;
	char *line = join_words(words, (size_t)count);
	struct strbuf kept = {0};
	int status = send_line(fd, line, &kept, json);
	strbuf_finish(&kept);
	free(line);
	close(fd);
	return status;
}

int msg_send_lines(const char *socket, bool json)
{
	int fd = connect_to(socket), status = 0;
	if (fd < 0)
		return RUN_FAILED_SELF;
	struct strbuf kept = {0};
	char *line = NULL;
	size_t capacity = 0;
	while (status == 0 && getline(&line, &capacity, stdin) >= 0) {
		struct words words;
		const char *why;
		line[strcspn(line, "\n")] = '\0';
		if (words_parse(&words, line, &why)) {
			char *request = join_words(words.word, words.count);
			if (words.count)
				status = send_line(fd, request, &kept, json);
			free(request);
			words_finish(&words);
		} else {
			log_error("%s: %s", line, why);
			status = RUN_FAILED_CHECK;
		}
	}
	free(line);
	strbuf_finish(&kept);
	close(fd);
	return status;
}
