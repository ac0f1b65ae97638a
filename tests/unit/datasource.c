// SPDX-License-Identifier: MIT
// Types of data sources, and transfers through pipes to readers of every kind.
#include "compositor/base/datasource.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"

struct sent {
	struct data_source source;
	char *mime;
	int fd, count;
};

static void on_send(struct data_source *source, const char *mime, int fd)
{
	struct sent *sent = wl_container_of(source, sent, source);
	replace_string(&sent->mime, mime);
	sent->fd = fd;
	sent->count++;
}

static const struct data_source_impl sent_impl = {.send = on_send};

TEST(types)
{
	struct sent sent = {0};
	data_source_init(&sent.source, &sent_impl);
	data_source_offer(&sent.source, "text/plain");
	data_source_offer(&sent.source, "text/plain");
	data_source_offer(&sent.source, "image/png");
	check_eq(sent.source.n_mimes, 2);
	check(data_source_has(&sent.source, "image/png"));
	check(!data_source_has(&sent.source, "image/pn"));
	check(!data_source_has(&sent.source, ""));

	int fds[2];
	check(pipe(fds) == 0);
	data_source_send(&sent.source, "image/png", fds[1]);
	check_str(sent.mime, "image/png");
	check_eq(sent.fd, fds[1]);
	data_source_send(&sent.source, "image/gif", fds[1]); // not offered: closed
	check_eq(sent.count, 1);
	char byte;
	check_eq(read(fds[0], &byte, 1), 0);
	close(fds[0]);
	free(sent.mime);
	data_source_finish(&sent.source);
	check_eq(sent.source.n_mimes, 0);
}

TEST(no_source)
{
	int fds[2];
	check(pipe(fds) == 0);
	data_source_send(NULL, "text/plain", fds[1]);
	char byte;
	check_eq(read(fds[0], &byte, 1), 0);
	close(fds[0]);
}

TEST(too_many_types)
{
	struct sent sent = {0};
	data_source_init(&sent.source, &sent_impl);
	char *huge = xcalloc(1, 1 << 20);
	memset(huge, 'x', (1 << 20) - 1);
	data_source_offer(&sent.source, huge);
	check_eq(sent.source.n_mimes, 0);
	for (int i = 0; i < 100000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "type/%d", i);
		data_source_offer(&sent.source, name);
	}
	check(sent.source.n_mimes >= 100 && sent.source.n_mimes <= 1000);
	data_source_finish(&sent.source);

	// The total length of types is limited, too.
	data_source_init(&sent.source, &sent_impl);
	huge[4000] = '\0';
	for (int i = 0; i < 100; i++) {
		huge[0] = (char)('A' + i % 60);
		data_source_offer(&sent.source, huge);
	}
	check(sent.source.mime_bytes <= 64 << 10);
	check(sent.source.n_mimes >= 1);
	data_source_finish(&sent.source);
	free(huge);
}

static const char *const text_types[] = {"text/plain", "UTF8_STRING"};

static struct data_source *text_source(struct wl_event_loop *loop, const char *text, size_t size)
{
	return data_source_create_static(loop, text_types, array_length(text_types), text, size);
}

TEST(small_and_empty)
{
	struct wl_event_loop *loop = wl_event_loop_create();
	struct data_source *source = text_source(loop, "hello", 5);
	char bytes[16] = "";
	int fds[2];
	check(pipe(fds) == 0);
	data_source_send(source, "UTF8_STRING", fds[1]);
	check_eq(read(fds[0], bytes, sizeof(bytes)), 5);
	check(memcmp(bytes, "hello", 5) == 0);
	check_eq(read(fds[0], bytes, sizeof(bytes)), 0);
	close(fds[0]);
	source->impl->cancelled(source);

	source = text_source(loop, NULL, 0);
	check(pipe(fds) == 0);
	data_source_send(source, "text/plain", fds[1]);
	check_eq(read(fds[0], bytes, sizeof(bytes)), 0);
	close(fds[0]);
	source->impl->finished(source);
	wl_event_loop_destroy(loop);
}

static const struct reader_row {
	bool socket, source_goes_first;
	int stops_after; // bytes; 0: reads everything
} reader_rows[] = {{false, false, 0}, {false, true, 0}, {true, false, 0}, {true, true, 0},
	{false, false, 100000}, {true, false, 100000}};

// More than a pipe holds, to a reader that is slow or stops.
TEST_P(large, struct reader_row, reader_rows)
{
	size_t size = 1 << 20;
	char *data = xcalloc(1, size);
	for (size_t i = 0; i < size; i++)
		data[i] = (char)(i * 7 + i / 251);
	struct wl_event_loop *loop = wl_event_loop_create();
	struct data_source *source = text_source(loop, data, size);
	int fds[2];
	check((param->socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, fds) : pipe(fds)) == 0);
	data_source_send(source, "text/plain", fds[1]);
	if (param->source_goes_first) {
		source->impl->cancelled(source);
		source = NULL;
	}
	size_t got = 0;
	for (;;) {
		char chunk[10000];
		ssize_t length = read(fds[0], chunk, sizeof(chunk));
		check(length >= 0);
		if (length == 0)
			break;
		check(memcmp(data + got, chunk, (size_t)length) == 0);
		got += (size_t)length;
		if (param->stops_after && got >= (size_t)param->stops_after)
			break;
		wl_event_loop_dispatch(loop, 0);
	}
	if (!param->stops_after)
		check_eq(got, size);
	close(fds[0]);
	for (int i = 0; i < 3; i++)
		wl_event_loop_dispatch(loop, 0); // a closed pipe must not raise SIGPIPE
	if (source)
		source->impl->cancelled(source);
	wl_event_loop_destroy(loop);
	free(data);
}

TEST(reader_gone_before)
{
	struct wl_event_loop *loop = wl_event_loop_create();
	struct data_source *source = text_source(loop, "hello", 5);
	for (int i = 0; i < 2; i++) {
		int fds[2];
		check((i ? socketpair(AF_UNIX, SOCK_STREAM, 0, fds) : pipe(fds)) == 0);
		close(fds[0]);
		data_source_send(source, "text/plain", fds[1]);
	}
	source->impl->cancelled(source);
	wl_event_loop_destroy(loop);
}

// Readers that never read keep only so many descriptors, and who reads is served.
TEST(readers_that_wait_without_end)
{
	size_t size = 1 << 20;
	char *data = xcalloc(1, size);
	struct wl_event_loop *loop = wl_event_loop_create();
	struct data_source *source = text_source(loop, data, size);
	int fds[2], stalled[300];
	check(pipe(fds) == 0);
	data_source_send(source, "text/plain", fds[1]);
	size_t got = 0;
	int open = 0;
	for (int i = 0; i < 300; i++) {
		int ends[2];
		check(pipe(ends) == 0);
		stalled[i] = ends[0];
		data_source_send(source, "text/plain", ends[1]);
		char chunk[8192];
		ssize_t length = read(fds[0], chunk, sizeof(chunk));
		check(length >= 0);
		got += (size_t)length;
		wl_event_loop_dispatch(loop, 0);
	}
	for (int i = 0; i < 300; i++) {
		struct pollfd poll_fd = {.fd = stalled[i], .events = 0};
		open += poll(&poll_fd, 1, 0) == 0; // no hang-up
		close(stalled[i]);
	}
	check(open > 50 && open <= 64);
	for (ssize_t length = 1; length > 0; got += (size_t)length) {
		char chunk[10000];
		length = read(fds[0], chunk, sizeof(chunk));
		check(length >= 0);
		wl_event_loop_dispatch(loop, 0);
	}
	check_eq(got, size);
	close(fds[0]);
	source->impl->cancelled(source);
	wl_event_loop_destroy(loop);
	free(data);
}

TEST(loop_goes_in_the_middle)
{
	char *data = xcalloc(1, 1 << 20);
	struct wl_event_loop *loop = wl_event_loop_create();
	struct data_source *source = text_source(loop, data, 1 << 20);
	int fds[2];
	check(pipe(fds) == 0);
	data_source_send(source, "text/plain", fds[1]);
	source->impl->cancelled(source);
	wl_event_loop_destroy(loop);
	close(fds[0]);
	free(data);
}
