// SPDX-License-Identifier: MIT
// zwlr_gamma_control_manager_v1: tables of brightness, by programs that make the evening's light red.
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "compositor/core/server.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "wlr-gamma-control-unstable-v1-protocol.h"

struct gamma {
	struct wl_resource *resource;
	struct output *output; // NULL: gone, taken by somebody else, or without tables
	bool set;              // a table of ours is shown
	struct wl_listener destroyed;
};

static void let_go(struct gamma *gamma)
{
	if (!gamma->output)
		return;
	gamma->output->gamma = NULL;
	gamma->output = NULL;
	wl_list_remove(&gamma->destroyed.link);
}

static void fail(struct gamma *gamma)
{
	let_go(gamma);
	zwlr_gamma_control_v1_send_failed(gamma->resource);
}

static void on_output_destroyed(struct wl_listener *listener, void *data)
{
	struct gamma *gamma = wl_container_of(listener, gamma, destroyed);
	fail(gamma);
}

// The whole file, which is to be that large.
static bool read_tables(int fd, uint16_t *tables, size_t size)
{
	struct stat status;
	size_t done = 0;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size != (off_t)size)
		return false;
	while (done < size) {
		ssize_t got = pread(fd, (char *)tables + done, size - done, (off_t)done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

static void handle_set_gamma(struct wl_client *client, struct wl_resource *resource, int32_t fd)
{
	struct gamma *gamma = wl_resource_get_user_data(resource);
	uint16_t *tables = NULL;
	if (!gamma->output)
		goto end;
	struct screen *screen = gamma->output->screen;
	size_t size = screen->gamma_size * 3 * sizeof(*tables);
	tables = xcalloc(1, size);
	if (!read_tables(fd, tables, size))
		wl_resource_post_error(resource, ZWLR_GAMMA_CONTROL_V1_ERROR_INVALID_GAMMA,
			"tables of %zu entries are a file of %zu bytes", screen->gamma_size, size);
	else if (screen->backend->impl->set_gamma(screen, tables))
		gamma->set = true;
	else
		fail(gamma);
end:
	free(tables);
	close_fd(&fd);
}

static const struct zwlr_gamma_control_v1_interface gamma_impl = {
	.set_gamma = handle_set_gamma,
	.destroy = wire_handle_destroy,
};

static void on_gamma_destroyed(struct wl_resource *resource)
{
	struct gamma *gamma = wl_resource_get_user_data(resource);
	if (gamma->output && gamma->set)
		gamma->output->screen->backend->impl->set_gamma(gamma->output->screen, NULL);
	let_go(gamma);
	free(gamma);
}

static void handle_get_gamma_control(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, struct wl_resource *output_resource)
{
	struct output *output = output_from_resource(output_resource);
	struct gamma *gamma = xcalloc(1, sizeof(*gamma));
	gamma->resource = wire_create(client, &zwlr_gamma_control_v1_interface,
		wl_resource_get_version(resource), id, &gamma_impl, gamma, on_gamma_destroyed);
	if (!gamma->resource) {
		free(gamma);
		return;
	}
	if (!output || output->gamma || !output->screen->gamma_size ||
		!output->screen->backend->impl->set_gamma) {
		zwlr_gamma_control_v1_send_failed(gamma->resource);
		return;
	}
	gamma->output = output;
	output->gamma = gamma;
	gamma->destroyed.notify = on_output_destroyed;
	wl_signal_add(&output->events.destroyed, &gamma->destroyed);
	zwlr_gamma_control_v1_send_gamma_size(
		gamma->resource, (uint32_t)output->screen->gamma_size);
}

static const struct zwlr_gamma_control_manager_v1_interface manager_impl = {
	.get_gamma_control = handle_get_gamma_control,
	.destroy = wire_handle_destroy,
};

bool gamma_control_create(struct server *server)
{
	return wire_global(
		server, &zwlr_gamma_control_manager_v1_interface, 1, &manager_impl, NULL);
}
