// SPDX-License-Identifier: MIT
// Asking a running compositor. The answers are our own JSON, so a small reader is enough.
#include "compositor/run/msg.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/run/out.h"
#include "compositor/run/runner.h"

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
		log_error(
			"which oriel? Neither ORIEL_SOCKET nor XDG_RUNTIME_DIR is set; use --socket");
		return NULL;
	}
	if (slash)
		return xasprintf("%.*s/oriel-%s.sock", (int)(slash - name), name, slash + 1);
	return xasprintf("%s/oriel-%s.sock", folder, name);
}

static int connect_to(const char *name)
{
	char *path = socket_path(name);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = -1;
	if (!path)
		return -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		log_error("%s: too long for a socket", path);
		goto out;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		log_error("%s: %s; is oriel running?", path, strerror(errno));
		close_fd(&fd);
	}
out:
	free(path);
	return fd;
}

static bool send_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t length = send(fd, data, size, MSG_NOSIGNAL);
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			return false;
		data += length;
		size -= (size_t)length;
	}
	return true;
}

// One line without its end; false: the other side has gone.
static bool receive_line(int fd, struct out *kept, struct out *line)
{
	out_clear(line);
	for (;;) {
		char *newline = kept->length ? memchr(kept->text, '\n', kept->length) : NULL;
		if (newline) {
			size_t length = (size_t)(newline - kept->text);
			out_bytes(line, kept->text, length);
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
		out_bytes(kept, buffer, (size_t)length);
	}
}

// A JSON string as our side writes it; *end: behind it. NULL where none begins.
static char *read_string(const char *at, const char **end)
{
	struct out text = {0};
	if (*at++ != '"')
		return NULL;
	while (*at && *at != '"') {
		unsigned code;
		if (*at != '\\') {
			out_bytes(&text, at++, 1);
		} else if (at[1] == 'n') {
			out_text(&text, "\n");
			at += 2;
		} else if (at[1] == 't') {
			out_text(&text, "\t");
			at += 2;
		} else if (at[1] == 'u' && sscanf(at + 2, "%4x", &code) == 1) {
			out_format(&text, "%c", (char)code);
			at += 6;
		} else if (at[1]) {
			out_bytes(&text, at + 1, 1);
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
		log_error("not understood: %s", line);
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

static int ask(int fd, const char *line, struct out *kept, bool json)
{
	struct out answer = {0};
	int status = RUN_FAILED_SELF;
	if (!send_all(fd, line, strlen(line)) || !send_all(fd, "\n", 1))
		log_error("oriel has gone");
	else if (!receive_line(fd, kept, &answer))
		// `quit` ends the other side before it answers.
		status = starts_with(line, "quit") ? 0
						   : (log_error("oriel has gone"), RUN_FAILED_SELF);
	else
		status = print_answer(out_get(&answer), json);
	out_finish(&answer);
	return status;
}

static char *absolute(const char *path)
{
	char folder[PATH_MAX];
	if (path[0] == '/' || !*path || !getcwd(folder, sizeof(folder)))
		return xstrdup(path);
	return xasprintf("%s/%s", folder, path);
}

// Files are named from where the asking process is, not from where the compositor was started.
static char *join_from_here(char *const *from, size_t count)
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
			char *path = absolute(old + strlen(options[k]));
			words.word[i] = xasprintf("%s%s", options[k], path);
			free(path);
			break;
		}
		if (words.word[i] == old && named && i == 1)
			words.word[i] = absolute(old);
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
	char *line = join_from_here(words, (size_t)count);
	struct out kept = {0};
	int status = ask(fd, line, &kept, json);
	out_finish(&kept);
	free(line);
	close(fd);
	return status;
}

int msg_send_lines(const char *socket, bool json)
{
	int fd = connect_to(socket), status = 0;
	if (fd < 0)
		return RUN_FAILED_SELF;
	struct out kept = {0};
	char *line = NULL;
	size_t capacity = 0;
	while (status == 0 && getline(&line, &capacity, stdin) >= 0) {
		struct words words;
		const char *why;
		line[strcspn(line, "\n")] = '\0';
		if (words_parse(&words, line, &why)) {
			char *request = join_from_here(words.word, words.count);
			if (words.count)
				status = ask(fd, request, &kept, json);
			free(request);
			words_finish(&words);
		} else {
			log_error("%s: %s", line, why);
			status = RUN_FAILED_CHECK;
		}
	}
	free(line);
	out_finish(&kept);
	close(fd);
	return status;
}
