// SPDX-License-Identifier: MIT
// The clipboard of a virtual machine's host: messages in chunks, and transfers of both selections
// in both directions, with the host simulated at the other end of a socket.
#include "backends/vdagent/vdagent.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "backends/backend.h"
#include "backends/vdagent/vdagent_wire.h"
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "compositor/base/clock.h"
#include "compositor/base/datasource.h"
#include "compositor/base/weak.h"
#include "tests/harness/test.h"

// Messages

struct heard {
	uint32_t type[16];
	char body[16][64]; // their first bytes
	size_t size[16];
	int count;
	char *last; // complete
};

static void on_message(void *data, uint32_t type, struct bytes *body)
{
	struct heard *heard = data;
	int i = heard->count++;
	check(i < 16);
	heard->type[i] = type;
	heard->size[i] = body->size;
	memcpy(heard->body[i], body->data, MIN(body->size, sizeof(heard->body[i])));
	free(heard->last);
	heard->last = xcalloc(1, body->size + 1);
	memcpy(heard->last, body->data, body->size);
}

static const size_t steps[] = {1, 7, 2048, 100000};
TEST_P(messages_arrive_whole_however_they_are_cut, size_t, steps)
{
	struct heard heard = {0};
	struct vdagent_reader reader = {.handle = on_message, .data = &heard};
	char big[5000];
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i % 26);
	struct bytes *messages[] = {
		vdagent_message(4, "head", 4, big, sizeof(big)),
		vdagent_message(9, NULL, 0, NULL, 0),
		vdagent_message(8, "1234", 4, NULL, 0),
	};
	for (size_t m = 0; m < array_length(messages); m++) {
		for (size_t at = 0; at < messages[m]->size; at += *param)
			check(vdagent_reader_feed(&reader, messages[m]->data + at,
				MIN(*param, messages[m]->size - at)));
		check_eq(heard.count, (int)m + 1);
		if (m == 0)
			check(memcmp(heard.last + 4, big, sizeof(big)) == 0);
		bytes_unref(messages[m]);
	}
	check_eq(heard.size[0], 5004);
	check_eq(heard.type[1], 9);
	check_eq(heard.size[1], 0);
	check_eq(heard.type[2], 8);
	vdagent_reader_finish(&reader);
	free(heard.last);
}

TEST(what_is_too_large_is_skipped)
{
	struct heard heard = {0};
	struct vdagent_reader reader = {.handle = on_message, .data = &heard};
	uint8_t chunk[8 + 60000] = {0}, head[20] = {0};
	uint32_t left = VDAGENT_MAX_BYTES + 1;
	vdagent_put_u32(head, 1);
	vdagent_put_u32(head + 4, 4);
	vdagent_put_u32(head + 16, left);
	vdagent_put_u32(chunk, 1);
	vdagent_put_u32(chunk + 4, 20);
	memcpy(chunk + 8, head, 20);
	check(vdagent_reader_feed(&reader, chunk, 28));
	while (left > 0) {
		uint32_t n = MIN(left, 60000);
		vdagent_put_u32(chunk + 4, n);
		check(vdagent_reader_feed(&reader, chunk, 8 + n));
		left -= n;
	}
	check_eq(heard.count, 0);
	struct bytes *next = vdagent_message(9, "x", 1, NULL, 0);
	check(vdagent_reader_feed(&reader, next->data, next->size));
	check_eq(heard.count, 1);
	bytes_unref(next);
	vdagent_reader_finish(&reader);
	free(heard.last);
}

TEST(nonsense_is_found)
{
	struct heard heard = {0};
	struct vdagent_reader reader = {.handle = on_message, .data = &heard};
	uint8_t nonsense[64];
	memset(nonsense, 0xff, sizeof(nonsense));
	check(!vdagent_reader_feed(&reader, nonsense, sizeof(nonsense)));
	vdagent_reader_finish(&reader);
	struct bytes *message = vdagent_message(9, NULL, 0, NULL, 0);
	message->data[8] = 7; // another protocol
	check(!vdagent_reader_feed(&reader, message->data, message->size));
	vdagent_reader_finish(&reader);
	message->data[8] = 1;
	message->data[0] = 2; // not for the agent
	check(vdagent_reader_feed(&reader, message->data, message->size));
	check_eq(heard.count, 0);
	bytes_unref(message);
	vdagent_reader_finish(&reader);
}

// Clipboards

#define CAPS (VDAGENT_CAP_BY_DEMAND | VDAGENT_CAP_SELECTION | VDAGENT_CAP_GRAB_SERIAL)

struct setup {
	struct wl_event_loop *loop;
	struct clock *clock;
	struct backend backend;
	struct vdagent *agent;
	int host; // the host's end of the socket
	struct vdagent_reader reader;
	struct heard heard;
	struct weak offered[2]; // struct data_source *: the selections set by the agent
	int told;
};

static void on_selection(void *data, bool primary, struct data_source *source)
{
	struct setup *setup = data;
	struct data_source *old = setup->offered[primary].target;
	if (old)
		old->impl->cancelled(old);
	weak_set(&setup->offered[primary], source, source ? &source->destroyed : NULL);
	setup->told++;
}

static const struct backend_sink sink = {.selection = on_selection};

// Runs until neither side has data to send.
static void turn(struct setup *setup)
{
	char bytes[4096];
	for (int quiet = 0; quiet < 32;) {
		wl_event_loop_dispatch(setup->loop, 0);
		ssize_t got = recv(setup->host, bytes, sizeof(bytes), MSG_DONTWAIT);
		quiet = got > 0 ? 0 : quiet + 1;
		if (got > 0)
			check(vdagent_reader_feed(&setup->reader, bytes, (size_t)got));
	}
}

static void say(
	struct setup *setup, uint32_t type, const uint32_t *words, size_t n, const char *text)
{
	uint8_t head[64];
	for (size_t i = 0; i < n; i++)
		vdagent_put_u32(head + i * 4, words[i]);
	struct bytes *message = vdagent_message(type, head, n * 4, text, text ? strlen(text) : 0);
	check_eq(send(setup->host, message->data, message->size, 0), (ssize_t)message->size);
	bytes_unref(message);
	turn(setup);
}

#define SAY(setup, type, text, ...) \
	do { \
		const uint32_t words_[] = {__VA_ARGS__}; \
		say(setup, type, words_, array_length(words_), text); \
	} while (0)

static uint32_t word(const struct setup *setup, int message, int index)
{
	return vdagent_u32(setup->heard.body[message] + index * 4);
}

static void begin(struct setup *setup, uint32_t caps)
{
	int ends[2];
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
	setup->host = ends[0];
	setup->loop = wl_event_loop_create();
	setup->clock = clock_create_virtual();
	setup->backend = (struct backend){.sink = &sink, .sink_data = setup};
	setup->reader.handle = on_message;
	setup->reader.data = &setup->heard;
	setup->agent = vdagent_create(&setup->backend, setup->loop, setup->clock, ends[1]);
	check(setup->agent != NULL);
	turn(setup);
	check_eq(setup->heard.count, 1);
	check_eq(setup->heard.type[0], VDAGENT_ANNOUNCE_CAPABILITIES);
	check_eq(word(setup, 0, 0), 1);
	check((word(setup, 0, 1) & CAPS) == CAPS);
	SAY(setup, VDAGENT_ANNOUNCE_CAPABILITIES, NULL, 0, caps);
	setup->heard.count = 0;
}

static void end(struct setup *setup)
{
	vdagent_destroy(setup->agent);
	for (int i = 0; i < 2; i++)
		check(!setup->offered[i].target); // withdrawn
	close_fd(&setup->host);
	clock_destroy(setup->clock);
	wl_event_loop_destroy(setup->loop);
	vdagent_reader_finish(&setup->reader);
	free(setup->heard.last);
}

static int paste(struct setup *setup, bool primary, const char *mime)
{
	int ends[2];
	check(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	data_source_send(setup->offered[primary].target, mime, ends[1]);
	turn(setup);
	return ends[0];
}

static void expect(int fd, const char *text)
{
	char bytes[256] = {0};
	check_eq(read(fd, bytes, sizeof(bytes) - 1), (ssize_t)strlen(text));
	check_str(bytes, text);
	check_eq(read(fd, bytes, 1), 0);
	close(fd);
}

// The core cancels the older source when the newer one is already offered.
TEST(a_second_grab_of_the_host_can_be_released)
{
	struct setup setup = {0};
	begin(&setup, CAPS);
	for (uint32_t i = 0; i < 2; i++)
		SAY(&setup, VDAGENT_CLIPBOARD_GRAB, NULL, 0, i, VDAGENT_TEXT);
	check(setup.offered[0].target != NULL);
	SAY(&setup, VDAGENT_CLIPBOARD_RELEASE, NULL, 0);
	check(!setup.offered[0].target);
	SAY(&setup, VDAGENT_CLIPBOARD_GRAB, NULL, 0, 2, VDAGENT_TEXT);
	SAY(&setup, VDAGENT_CLIPBOARD_GRAB, NULL, 0, 3, VDAGENT_TEXT);
	end(&setup); // checks that it is withdrawn
}

static const int both[] = {0, 1};
TEST_P(what_the_host_copies_clients_paste, int, both)
{
	uint32_t which = (uint32_t)*param;
	struct setup setup = {0};
	begin(&setup, CAPS);
	SAY(&setup, VDAGENT_CLIPBOARD_GRAB, NULL, which, 0, VDAGENT_TEXT, VDAGENT_PNG, 99);
	struct data_source *source = setup.offered[which].target;
	check(source && !setup.offered[!which].target);
	check(data_source_has(source, "text/plain;charset=utf-8"));
	check(data_source_has(source, "UTF8_STRING"));
	check(data_source_has(source, "image/png"));
	check(!data_source_has(source, "image/jpeg"));

	int fd = paste(&setup, which, "text/plain");
	int other = paste(&setup, which, "text/plain;charset=utf-8");
	int image = paste(&setup, which, "image/png");
	check_eq(setup.heard.count, 2); // once for each format
	check_eq(setup.heard.type[0], VDAGENT_CLIPBOARD_REQUEST);
	check_eq(word(&setup, 0, 0), which);
	check_eq(word(&setup, 0, 1), VDAGENT_TEXT);
	check_eq(word(&setup, 1, 1), VDAGENT_PNG);
	SAY(&setup, VDAGENT_CLIPBOARD, "hello from outside", which, VDAGENT_TEXT);
	expect(fd, "hello from outside");
	expect(other, "hello from outside");
	SAY(&setup, VDAGENT_CLIPBOARD, NULL, which, VDAGENT_NONE);
	expect(image, "");

	SAY(&setup, VDAGENT_CLIPBOARD_RELEASE, NULL, which);
	check(!setup.offered[which].target);
	end(&setup);
}

TEST(what_clients_copy_the_host_pastes)
{
	static const char *const mimes[] = {"text/plain;charset=utf-8", "image/png", "x/other"};
	struct setup setup = {0};
	begin(&setup, CAPS);
	struct data_source *source =
		data_source_create_static(setup.loop, mimes, 3, "from inside", 11);
	vdagent_set_selection(setup.agent, false, source);
	turn(&setup);
	check_eq(setup.heard.count, 1);
	check_eq(setup.heard.type[0], VDAGENT_CLIPBOARD_GRAB);
	check_eq(setup.heard.size[0], 16);
	check_eq(word(&setup, 0, 0), 0);
	check_eq(word(&setup, 0, 1), 0); // serial
	check_eq(word(&setup, 0, 2), VDAGENT_TEXT);
	check_eq(word(&setup, 0, 3), VDAGENT_PNG);

	SAY(&setup, VDAGENT_CLIPBOARD_REQUEST, NULL, 0, VDAGENT_TEXT);
	check_eq(setup.heard.type[1], VDAGENT_CLIPBOARD);
	check_eq(word(&setup, 1, 1), VDAGENT_TEXT);
	check_eq(setup.heard.size[1], 8 + 11);
	check(memcmp(setup.heard.body[1] + 8, "from inside", 11) == 0);
	SAY(&setup, VDAGENT_CLIPBOARD_REQUEST, NULL, 0, VDAGENT_JPEG); // it has none
	check_eq(word(&setup, 2, 1), VDAGENT_NONE);
	SAY(&setup, VDAGENT_CLIPBOARD_REQUEST, NULL, 1,
		VDAGENT_TEXT); // nor the other clipboard any
	check_eq(word(&setup, 3, 0), 1);
	check_eq(word(&setup, 3, 1), VDAGENT_NONE);

	source->impl->cancelled(source);
	vdagent_set_selection(setup.agent, false, NULL);
	turn(&setup);
	check_eq(setup.heard.type[4], VDAGENT_CLIPBOARD_RELEASE);
	vdagent_set_selection(setup.agent, false, NULL);
	turn(&setup);
	check_eq(setup.heard.count, 5);
	end(&setup);
}

TEST(more_than_the_host_takes_is_not_sent)
{
	static const char *const mimes[] = {"text/plain"};
	struct setup setup = {0};
	begin(&setup, CAPS);
	char *text = xcalloc(1, 200000);
	memset(text, 'x', 200000);
	struct data_source *source = data_source_create_static(setup.loop, mimes, 1, text, 200000);
	vdagent_set_selection(setup.agent, false, source);
	SAY(&setup, VDAGENT_CLIPBOARD_REQUEST, NULL, 0, VDAGENT_TEXT);
	check_eq(setup.heard.size[1], 200008);
	SAY(&setup, VDAGENT_MAX_CLIPBOARD, NULL, 199999);
	SAY(&setup, VDAGENT_CLIPBOARD_REQUEST, NULL, 0, VDAGENT_TEXT);
	check_eq(setup.heard.size[2], 8);
	check_eq(word(&setup, 2, 1), VDAGENT_NONE);
	source->impl->cancelled(source);
	free(text);
	end(&setup);
}

TEST(the_newer_of_two_grabs_counts)
{
	static const char *const mimes[] = {"text/plain"};
	struct setup setup = {0};
	begin(&setup, CAPS);
	struct data_source *source = data_source_create_static(setup.loop, mimes, 1, "", 0);
	for (int i = 0; i < 3; i++)
		vdagent_set_selection(setup.agent, false, source);
	SAY(&setup, VDAGENT_CLIPBOARD_GRAB, NULL, 0, 0, VDAGENT_TEXT); // crosses ours
	check_eq(setup.told, 0);
	SAY(&setup, VDAGENT_CLIPBOARD_GRAB, NULL, 0, 3, VDAGENT_TEXT);
	check_eq(setup.told, 1);
	source->impl->cancelled(source);
	end(&setup);
}

TEST(a_host_that_goes_takes_its_things_along)
{
	struct setup setup = {0};
	begin(&setup, CAPS);
	SAY(&setup, VDAGENT_CLIPBOARD_GRAB, NULL, 0, 0, VDAGENT_TEXT);
	int fd = paste(&setup, false, "text/plain");
	close_fd(&setup.host);
	for (int i = 0; i < 3; i++)
		wl_event_loop_dispatch(setup.loop, 0);
	check(!setup.offered[0].target);
	expect(fd, "");
	end(&setup);
}

TEST(who_waits_for_nothing_is_told_so)
{
	struct setup setup = {0};
	begin(&setup, CAPS);
	SAY(&setup, VDAGENT_CLIPBOARD_GRAB, NULL, 0, 0, VDAGENT_TEXT);
	int fd = paste(&setup, false, "text/plain");
	clock_advance_to(setup.clock, clock_now_ns(setup.clock) + 60 * NSEC_PER_SEC);
	expect(fd, "");
	SAY(&setup, VDAGENT_CLIPBOARD, "late", 0, VDAGENT_TEXT);
	end(&setup);
}

static const uint32_t words_of_old[] = {VDAGENT_CAP_BY_DEMAND, 0};
TEST_P(hosts_that_can_do_less, uint32_t, words_of_old)
{
	static const char *const mimes[] = {"text/plain"};
	struct setup setup = {0};
	begin(&setup, *param);
	struct data_source *source = data_source_create_static(setup.loop, mimes, 1, "old", 3);
	vdagent_set_selection(setup.agent, false, source);
	vdagent_set_selection(setup.agent, true, source);
	turn(&setup);
	check_eq(setup.heard.count, *param ? 1 : 0); // it has one clipboard, or none
	if (*param) {
		check_eq(setup.heard.size[0], 4); // one format, and nothing before it
		SAY(&setup, VDAGENT_CLIPBOARD_REQUEST, NULL, VDAGENT_TEXT);
		check_eq(word(&setup, 1, 0), VDAGENT_TEXT);
		check(memcmp(setup.heard.body[1] + 4, "old", 3) == 0);
	}
	source->impl->cancelled(source);
	end(&setup);
}

TEST(messages_that_are_too_short_are_nothing)
{
	static const uint32_t types[] = {VDAGENT_CLIPBOARD, VDAGENT_CLIPBOARD_GRAB,
		VDAGENT_CLIPBOARD_REQUEST, VDAGENT_CLIPBOARD_RELEASE, VDAGENT_ANNOUNCE_CAPABILITIES,
		VDAGENT_MAX_CLIPBOARD, VDAGENT_CLIENT_DISCONNECTED, 77};
	struct setup setup = {0};
	begin(&setup, CAPS);
	for (size_t i = 0; i < array_length(types); i++) {
		say(&setup, types[i], NULL, 0, NULL);
		say(&setup, types[i], NULL, 0, "\1");
		say(&setup, types[i], NULL, 0, "\1\1\1\1");
		say(&setup, types[i], NULL, 0, "\5\1\1\1\1\1");
	}
	check_eq(setup.told, 0);
	end(&setup);
}
