// SPDX-License-Identifier: MIT
// zwlr_gamma_control_manager_v1: gamma tables of outputs, as set by night light programs. One
// client at a time controls an output; the tables are reset when its object is destroyed.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "protocols/protocols.h"
#include "protocols/resources.h"
#include "wlr-gamma-control-unstable-v1-protocol.h"

struct gamma {
	struct wl_resource *resource;
	struct output *output; // NULL: failed, the object controls no tables
	bool set;
	struct wl_listener destroyed;
};

static void gamma_leave_output(struct gamma *gamma)
{
	if (!gamma->output)
		return;
	wl_list_remove(&gamma->destroyed.link);
	gamma->output->gamma = NULL;
	gamma->output = NULL;
}

static void gamma_fail(struct gamma *gamma)
{
	gamma_leave_output(gamma);
	zwlr_gamma_control_v1_send_failed(gamma->resource);
}

static void on_output_destroyed(struct wl_listener *listener, void *data)
{
	struct gamma *gamma = wl_container_of(listener, gamma, destroyed);
	gamma_fail(gamma);
}

// Reads regular files only, which do not block. NULL: not a regular file of that size.
static uint16_t *read_gamma_tables(int fd, size_t size)
{
	struct stat status;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 0 ||
		(size_t)status.st_size != size)
		return NULL;
	uint16_t *tables = xcalloc(1, size);
	size_t done = 0;
	ssize_t n = 1;
	while (done < size && n > 0) {
		n = pread(fd, (char *)tables + done, size - done, (off_t)done);
		done += n > 0 ? (size_t)n : 0;
	}
	if (done == size)
		return tables;
	free(tables);
	return NULL;
}

static void handle_set_gamma(struct wl_client *client, struct wl_resource *resource, int32_t fd)
{
	struct gamma *gamma = wl_resource_get_user_data(resource);
	struct screen *screen = gamma->output ? gamma->output->screen : NULL;
	size_t size = screen ? 3 * sizeof(uint16_t) * screen->gamma_size : 0;
	uint16_t *tables = size ? read_gamma_tables(fd, size) : NULL;
	close_fd(&fd);
	if (!screen)
		return;
	if (!size) { // the screen has no gamma tables any more
		gamma_fail(gamma);
	} else if (!tables) {
		wl_resource_post_error(resource, ZWLR_GAMMA_CONTROL_V1_ERROR_INVALID_GAMMA,
			"the gamma tables are not a regular file of %zu bytes", size);
	} else {
		gamma->set = screen->backend->impl->set_gamma(screen, tables);
		if (!gamma->set)
			gamma_fail(gamma);
	}
	free(tables);
}

static const struct zwlr_gamma_control_v1_interface gamma_impl = {
	.set_gamma = handle_set_gamma,
	.destroy = wire_handle_destroy,
};

static void on_gamma_destroyed(struct wl_resource *resource)
{
	struct gamma *gamma = wl_resource_get_user_data(resource);
	struct screen *screen = gamma->output ? gamma->output->screen : NULL;
	if (screen && gamma->set && screen->gamma_size)
		screen->backend->impl->set_gamma(screen, NULL);
	gamma_leave_output(gamma);
	free(gamma);
}

static void handle_get_gamma_control(struct wl_client *client, struct wl_resource *manager,
	uint32_t id, struct wl_resource *output_resource)
{
	struct gamma *gamma = xcalloc(1, sizeof(*gamma));
	gamma->resource = wire_create(client, &zwlr_gamma_control_v1_interface,
		wl_resource_get_version(manager), id, &gamma_impl, gamma, on_gamma_destroyed);
	if (!gamma->resource) {
		free(gamma);
		return;
	}
	struct output *output = output_from_resource(output_resource);
	if (!output || output->gamma || !output->screen->gamma_size) {
		zwlr_gamma_control_v1_send_failed(gamma->resource);
		return;
	}
	gamma->output = output;
	output->gamma = gamma->resource;
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
