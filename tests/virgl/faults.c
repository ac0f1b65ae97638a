// SPDX-License-Identifier: MIT
// Servers that disconnect, stall, or send invalid or partial replies: the transport logs one line,
// never hangs, and reconnects to a healthy server.
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "compositor/base/base.h"
#include "renderer/virgl/encode.h"
#include "renderer/virgl/transport.h"
#include "renderer/virgl/virgl.h"
#include "tests/harness/renderer_rig.h"
#include "tests/harness/test.h"
#include "tests/virgl/fake_vtest.h"

#define ENDLESS_MS 60000
#define SHORT_MS 1500 // long enough for a reply on a busy machine

static const struct fault {
	enum fake_vtest_reply reply;
	enum fake_vtest_fault fault;
	uint32_t value;
} faults[] = {
	{FAKE_PING, FAKE_CLOSES, 0},
	{FAKE_PING, FAKE_SILENT, 0},
	{FAKE_PING, FAKE_HALF, 0},
	{FAKE_PING, FAKE_LENGTH, 1},
	{FAKE_PING, FAKE_COMMAND, 11},
	{FAKE_FIRST_WAIT, FAKE_CLOSES, 0},
	{FAKE_FIRST_WAIT, FAKE_SILENT, 0},
	{FAKE_FIRST_WAIT, FAKE_HALF, 0},
	{FAKE_FIRST_WAIT, FAKE_LENGTH, 2},
	{FAKE_FIRST_WAIT, FAKE_COMMAND, 10},
	{FAKE_VERSION, FAKE_CLOSES, 0},
	{FAKE_VERSION, FAKE_SILENT, 0},
	{FAKE_VERSION, FAKE_HALF, 0},
	{FAKE_VERSION, FAKE_LENGTH, 0},
	{FAKE_VERSION, FAKE_COMMAND, 7},
	{FAKE_VERSION, FAKE_VALUE, 0},
	{FAKE_VERSION, FAKE_VALUE, 1},
	{FAKE_VERSION, FAKE_VALUE, 5},
	{FAKE_VERSION, FAKE_VALUE, UINT32_MAX},
	{FAKE_CAPS, FAKE_CLOSES, 0},
	{FAKE_CAPS, FAKE_SILENT, 0},
	{FAKE_CAPS, FAKE_HALF, 0},
	{FAKE_CAPS, FAKE_LENGTH, 0},
	{FAKE_CAPS, FAKE_LENGTH, 1},
	{FAKE_CAPS, FAKE_LENGTH, 65537},
	{FAKE_CAPS, FAKE_LENGTH, UINT32_MAX},
	{FAKE_CAPS, FAKE_COMMAND, 9},
	{FAKE_RESOURCE, FAKE_CLOSES, 0},
	{FAKE_RESOURCE, FAKE_SILENT, 0},
	{FAKE_RESOURCE, FAKE_HALF, 0},
	{FAKE_RESOURCE, FAKE_LENGTH, 3},
	{FAKE_RESOURCE, FAKE_COMMAND, 2},
	{FAKE_RESOURCE, FAKE_VALUE, 0},
	{FAKE_MEMORY, FAKE_CLOSES, 0},
	{FAKE_MEMORY, FAKE_SILENT, 0},
	{FAKE_MEMORY, FAKE_NO_MEMORY, 0},
	{FAKE_MEMORY, FAKE_SMALL, 0},
	{FAKE_MEMORY, FAKE_NOT_MEMORY, 0},
	{FAKE_WAIT, FAKE_CLOSES, 0},
	{FAKE_WAIT, FAKE_SILENT, 0},
	{FAKE_WAIT, FAKE_HALF, 0},
	{FAKE_WAIT, FAKE_LENGTH, 0},
	{FAKE_WAIT, FAKE_COMMAND, 6},
};

static const struct virgl_shape shape = {
	.target = VIRGL_TEXTURE,
	.format = 1,
	.bind = VIRGL_BIND_SAMPLE,
	.width = 30,
	.height = 20,
	.bytes = 4,
	.backing = 2400,
};
static const struct box all = {0, 0, 30, 20};

// Sends every request once. Returns the reply that failed.
static enum fake_vtest_reply exercise_all(struct virgl_transport *transport)
{
	const struct virgl_transport_impl *impl = transport->impl;
	const uint32_t words[] = {0, 0};
	char caps[4096];
	enum fake_vtest_reply reached = FAKE_CAPS;
	struct virgl_resource *resource = NULL;
	if (impl->caps(transport, caps, sizeof(caps)) == 0)
		goto done;
	reached = FAKE_MEMORY;
	resource = impl->create(transport, &shape);
	if (!resource)
		goto done;
	reached = FAKE_WAIT;
	memset(resource->map, 1, shape.backing);
	if (impl->put(transport, resource, &all) &&
		impl->submit(transport, words, 2, &resource, 1, NULL) &&
		impl->get(transport, resource, &all) &&
		impl->wait(transport, resource, true) == VIRGL_IDLE)
		reached = FAKE_NONE;
done:
	if (reached) { // a dead transport does nothing and logs nothing
		check(transport->dead);
		check_eq(impl->caps(transport, caps, sizeof(caps)), 0);
		check(!impl->create(transport, &shape));
		check(!impl->submit(transport, words, 2, NULL, 0, NULL));
		check(!resource || impl->wait(transport, resource, true) == VIRGL_FAILED);
		check(!resource || !impl->put(transport, resource, &all));
	}
	if (resource)
		impl->release(transport, resource);
	return reached;
}

TEST_P(fault, struct fault, faults)
{
	struct fake_vtest server = {
		.reply = param->reply, .fault = param->fault, .value = param->value, .protocol = 3};
	const struct vtest_options options = {
		.protocol = 4, .timeout_ms = param->fault == FAKE_SILENT ? SHORT_MS : ENDLESS_MS};
	int lines = 0;
	fake_vtest_start(&server);
	count_log_lines(&lines);
	struct virgl_transport *transport = vtest_transport_create(server.path, &options);
	check_eq(transport != NULL, param->reply > FAKE_VERSION);
	if (transport) {
		enum fake_vtest_reply wanted =
			param->reply == FAKE_RESOURCE ? FAKE_MEMORY : param->reply;
		check_eq(exercise_all(transport), wanted);
		check_eq(lines, 1);
		check(transport->impl->reset(transport) && !transport->dead);
		if (param->fault != FAKE_SILENT)
			check_eq(exercise_all(transport), FAKE_NONE);
		transport->impl->destroy(transport);
	}
	check_eq(lines, 1);
	count_log_lines(NULL);
	fake_vtest_stop(&server);
}

static const struct fault harmless[] = {
	{FAKE_NONE, FAKE_CLOSES, 0},
	{FAKE_PING, FAKE_BYTES, 0},
	{FAKE_FIRST_WAIT, FAKE_BYTES, 0},
	{FAKE_VERSION, FAKE_BYTES, 0},
	{FAKE_VERSION, FAKE_VALUE, 2},
	{FAKE_CAPS, FAKE_BYTES, 0},
	{FAKE_RESOURCE, FAKE_BYTES, 0},
	{FAKE_RESOURCE, FAKE_VALUE, 4711},
	{FAKE_MEMORY, FAKE_MANY, 0},
	{FAKE_WAIT, FAKE_BYTES, 0},
};

TEST_P(harmless, struct fault, harmless)
{
	for (int protocol = 2; protocol <= 4; protocol++) {
		struct fake_vtest server = {.reply = param->reply,
			.fault = param->fault,
			.value = param->value,
			.protocol = protocol};
		const struct vtest_options options = {.timeout_ms = ENDLESS_MS};
		if (param->reply == FAKE_VERSION && param->fault == FAKE_VALUE)
			server.protocol = 2;
		fake_vtest_start(&server);
		struct virgl_transport *transport = vtest_transport_create(server.path, &options);
		check(transport != NULL);
		check_eq(exercise_all(transport), FAKE_NONE);
		transport->impl->destroy(transport);
		fake_vtest_stop(&server);
	}
}

static const size_t caps_sizes[] = {1, 3, 4, 5, 307, 308, 1376, 1377, 1408, 4096, 65535};

TEST_P(caps_of_odd_sizes, size_t, caps_sizes)
{
	struct fake_vtest server = {.protocol = 2, .caps_bytes = *param};
	fake_vtest_start(&server);
	struct virgl_transport *transport =
		vtest_transport_create(server.path, &(struct vtest_options){2, ENDLESS_MS});
	unsigned char caps[1400];
	memset(caps, 0xee, sizeof(caps));
	size_t wanted = MIN(*param, 1376);
	check_eq(transport->impl->caps(transport, caps, 1376), wanted);
	for (size_t i = 0; i < sizeof(caps); i++)
		check_eq(caps[i], i < wanted ? i & 0xff : 0xee);
	struct virgl_caps parsed;
	virgl_caps_parse(&parsed, caps, wanted);
	check_eq(exercise_all(transport),
		FAKE_NONE); // the rest of the capabilities was not taken for the next reply
	transport->impl->destroy(transport);
	fake_vtest_stop(&server);
}

// A server without protocol versions replies to the busy wait only.
TEST(too_old)
{
	struct fake_vtest server = {.protocol = 0};
	int lines = 0;
	fake_vtest_start(&server);
	count_log_lines(&lines);
	check(!vtest_transport_create(server.path, NULL));
	count_log_lines(NULL);
	check_eq(lines, 1);
	fake_vtest_stop(&server);
}

TEST(nobody_there)
{
	char name[200];
	int lines = 0;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	count_log_lines(&lines);
	check(!vtest_transport_create("/nonexistent/host", NULL));
	check(!vtest_transport_create(name, NULL));
	check(!vtest_transport_create("", NULL));
	count_log_lines(NULL);
	check_eq(lines, 3);
}

// A server that stops reading: the socket fills up, and sending times out.
TEST(does_not_read)
{
	struct fake_vtest server = {.reply = FAKE_CAPS, .fault = FAKE_NO_READER, .protocol = 3};
	const struct vtest_options options = {.timeout_ms = SHORT_MS};
	int lines = 0;
	size_t n = (size_t)4 << 20;
	uint32_t *words = xcalloc(n, sizeof(*words));
	fake_vtest_start(&server);
	struct virgl_transport *transport = vtest_transport_create(server.path, &options);
	check(transport != NULL);
	count_log_lines(&lines);
	char caps[64];
	check_eq(transport->impl->caps(transport, caps, sizeof(caps)), 0);
	check_eq(lines, 1);
	transport->impl->destroy(transport);
	fake_vtest_stop(&server);

	server = (struct fake_vtest){.reply = FAKE_WAIT, .fault = FAKE_NO_READER, .protocol = 3};
	fake_vtest_start(&server);
	transport = vtest_transport_create(server.path, &options);
	check(transport != NULL);
	// The first fence gets no reply, and nothing is read after it.
	check(transport->impl->submit(transport, words, 16, NULL, 0, NULL));
	check(!transport->impl->submit(transport, words, n, NULL, 0, NULL));
	check_eq(lines, 2);
	check(transport->dead);
	transport->impl->destroy(transport);
	fake_vtest_stop(&server);
	count_log_lines(NULL);
	free(words);
}
