// SPDX-License-Identifier: MIT
#include "tests/harness/owner.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/seat/selection.h"
#include "tests/harness/test.h"
#include "ext-data-control-v1-client-protocol.h"

static const struct owner_type *owner_find(const struct owner *owner, const char *mime)
{
	for (size_t i = 0; i < owner->n_types; i++)
		if (strcmp(owner->types[i].mime, mime) == 0)
			return &owner->types[i];
	test_fail(__FILE__, __LINE__, "%s was not offered", mime);
}

static void on_send(
	void *data, struct ext_data_control_source_v1 *source, const char *mime, int32_t fd)
{
	struct owner *owner = data;
	check(owner->n_pipes < array_length(owner->pipes));
	check(set_nonblock(fd));
	owner->pipes[owner->n_pipes++] =
		(struct owner_pipe){.type = owner_find(owner, mime), .fd = fd};
	owner->n_asked++;
	if (strlen(owner->asked) + strlen(mime) + 2 < sizeof(owner->asked))
		strcat(strcat(owner->asked, mime), " ");
}

static void on_cancelled(void *data, struct ext_data_control_source_v1 *source)
{
	((struct owner *)data)->cancelled++;
}

static const struct ext_data_control_source_v1_listener source_listener = {
	.send = on_send,
	.cancelled = on_cancelled,
};

struct owner *owner_create(struct fixture *fixture, const struct owner_type *types, size_t n)
{
	struct owner *owner = xcalloc(1, sizeof(*owner));
	signal(SIGPIPE, SIG_IGN);
	owner->client = client_create(fixture);
	owner->types = types;
	owner->n_types = n;
	owner->manager = client_bind(owner->client, &ext_data_control_manager_v1_interface, 1);
	owner->device =
		ext_data_control_manager_v1_get_data_device(owner->manager, owner->client->seat);
	return owner;
}

void owner_destroy(struct owner *owner)
{
	if (!owner)
		return;
	for (size_t i = 0; i < owner->n_pipes; i++)
		close(owner->pipes[i].fd);
	wl_proxy_destroy((struct wl_proxy *)owner->device);
	wl_proxy_destroy((struct wl_proxy *)owner->manager);
	client_destroy(owner->client);
	free(owner);
}

struct ext_data_control_source_v1 *owner_set(struct owner *owner, bool primary)
{
	struct ext_data_control_source_v1 *source =
		ext_data_control_manager_v1_create_data_source(owner->manager);
	ext_data_control_source_v1_add_listener(source, &source_listener, owner);
	for (size_t i = 0; i < owner->n_types; i++)
		ext_data_control_source_v1_offer(source, owner->types[i].mime);
	if (primary)
		ext_data_control_device_v1_set_primary_selection(owner->device, source);
	else
		ext_data_control_device_v1_set_selection(owner->device, source);
	fixture_pump(owner->client->fixture);
	return source;
}

void owner_clear(struct owner *owner, bool primary)
{
	if (primary)
		ext_data_control_device_v1_set_primary_selection(owner->device, NULL);
	else
		ext_data_control_device_v1_set_selection(owner->device, NULL);
	fixture_pump(owner->client->fixture);
}

// The number of bytes written; 0: the pipe is full, finished or refused.
static size_t owner_pipe_write(struct owner_pipe *pipe, size_t at_most)
{
	static const char zeroes[65536];
	const struct owner_type *type = pipe->type;
	size_t size = type->text ? strlen(type->text) : type->size;
	if (type->answer == OWNER_ENDLESS)
		size = SIZE_MAX;
	if (type->answer == OWNER_SILENT || pipe->refused)
		return 0;
	size_t wanted = MIN(MIN(size - pipe->done, at_most), sizeof(zeroes));
	ssize_t written = write(pipe->fd, type->text ? type->text + pipe->done : zeroes, wanted);
	pipe->refused = written < 0 && errno == EPIPE;
	check(written >= 0 || errno == EAGAIN || pipe->refused);
	if (written < 0)
		return 0;
	pipe->done += (size_t)written;
	if (pipe->done == size)
		close_fd(&pipe->fd);
	return (size_t)written;
}

void owner_write(struct owner *owner, size_t at_most)
{
	for (bool moved = true; moved && at_most;) {
		size_t open = 0;
		moved = false;
		for (size_t i = 0; i < owner->n_pipes; i++) {
			struct owner_pipe *pipe = &owner->pipes[i];
			size_t written = owner_pipe_write(pipe, at_most);
			at_most -= written;
			owner->written += written;
			moved = moved || written || pipe->fd < 0;
			if (pipe->refused)
				close_fd(&pipe->fd);
			if (pipe->fd >= 0)
				owner->pipes[open++] = *pipe;
		}
		owner->n_pipes = open;
		fixture_pump(owner->client->fixture);
	}
}

void owner_destroy_source(struct owner *owner, struct ext_data_control_source_v1 *source)
{
	ext_data_control_source_v1_destroy(source);
	fixture_pump(owner->client->fixture);
}

const char *selection_read(
	struct fixture *fixture, const struct selection *selection, const char *mime, size_t *size)
{
	static char text[64], rest[65536];
	size_t used = 0;
	int ends[2];
	memset(text, 0, sizeof(text));
	check(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	data_source_send(selection->source, mime, ends[1]);
	for (;;) {
		bool is_start = used < sizeof(text) - 1;
		ssize_t got = is_start ? read(ends[0], text + used, sizeof(text) - 1 - used)
				       : read(ends[0], rest, sizeof(rest));
		if (got == 0)
			break;
		check(got > 0 || errno == EAGAIN);
		used += got > 0 ? (size_t)got : 0;
		if (got < 0)
			fixture_pump(fixture);
	}
	close(ends[0]);
	if (size)
		*size = used;
	return text;
}
