// SPDX-License-Identifier: MIT
// zwlr_output_manager_v1: outputs as heads with their modes, and configurations that are tested or
// applied as a whole, as by kanshi and wlr-randr.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/geom.h"
#include "compositor/client/wire.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "protocols/protocols.h"
#include "wlr-output-management-unstable-v1-protocol.h"

struct output_management {
	struct server *server;
	uint32_t serial;              // of the current state
	struct wl_list managers;      // resource links
	struct wl_event_source *idle; // one update for many changes
	struct wl_listener outputs_changed, output_removed, destroyed;
};

// An output, as an object of one manager resource.
struct head {
	struct wl_resource *resource, *manager;
	struct output *output; // NULL: removed
	struct wl_list modes;  // mode.link
	struct wl_list link;   // manager_data.heads
	struct head_state {
		bool known; // else nothing was sent yet, or the head was off
		struct mode mode;
		int x, y;
		enum transform transform;
		double scale;
		bool vrr;
	} sent;
	bool off_sent;
};

struct head_mode {
	struct wl_resource *resource; // NULL: released
	struct head *head;            // NULL: finished
	struct mode mode;
	struct wl_list link;
};

struct manager_data {
	struct output_management *management; // NULL: stopped
	struct wl_list heads;
};

struct configuration {
	struct wl_resource *resource;
	struct output_management *management; // NULL: its manager was stopped
	uint32_t serial;
	bool used;
	struct wl_list heads; // configuration_head.link
};

struct configuration_head {
	struct wl_resource *resource;        // NULL: disabled
	struct configuration *configuration; // NULL: destroyed
	struct output *output;               // may be removed: looked up before use
	struct output_change change;
	unsigned set; // bit by opcode of the request
	struct wl_list link;
};

static const struct zwlr_output_mode_v1_interface mode_impl = {
	.release = wire_handle_destroy,
};

static void mode_maybe_free(struct head_mode *mode)
{
	if (!mode->resource && !mode->head)
		free(mode);
}

static void on_mode_destroyed(struct wl_resource *resource)
{
	struct head_mode *mode = wl_resource_get_user_data(resource);
	mode->resource = NULL;
	mode_maybe_free(mode);
}

static struct head_mode *mode_add(struct head *head, const struct mode *values)
{
	struct head_mode *mode = xcalloc(1, sizeof(*mode));
	mode->head = head;
	mode->mode = *values;
	mode->resource = wire_create(wl_resource_get_client(head->resource),
		&zwlr_output_mode_v1_interface, MIN(wl_resource_get_version(head->resource), 3), 0,
		&mode_impl, mode, on_mode_destroyed);
	if (!mode->resource) {
		free(mode);
		return NULL;
	}
	wl_list_insert(head->modes.prev, &mode->link);
	zwlr_output_head_v1_send_mode(head->resource, mode->resource);
	zwlr_output_mode_v1_send_size(mode->resource, values->width, values->height);
	if (values->refresh_mhz)
		zwlr_output_mode_v1_send_refresh(mode->resource, values->refresh_mhz);
	if (values->preferred)
		zwlr_output_mode_v1_send_preferred(mode->resource);
	return mode;
}

static bool mode_equal(const struct mode *a, const struct mode *b)
{
	return a->width == b->width && a->height == b->height && a->refresh_mhz == b->refresh_mhz;
}

static void send_current_mode(struct head *head, const struct mode *current)
{
	struct head_mode *mode, *found = NULL;
	wl_list_for_each(mode, &head->modes, link) {
		if (mode_equal(&mode->mode, current))
			found = mode;
	}
	if (!found)
		found = mode_add(head, current);
	if (found && found->resource)
		zwlr_output_head_v1_send_current_mode(head->resource, found->resource);
}

// Sends what has changed since the last time.
static void send_head_state(struct head *head)
{
	struct output *output = head->output;
	struct wl_resource *resource = head->resource;
	const struct mode *current = &output->screen->mode;
	const struct head_state old = head->sent;
	if (!output->enabled) {
		if (!head->off_sent)
			zwlr_output_head_v1_send_enabled(resource, false);
		head->off_sent = true;
		head->sent.known = false;
		return;
	}
	head->off_sent = false;
	head->sent = (struct head_state){true, *current, output->box.x, output->box.y,
		output->transform, output->scale, output->vrr};
	if (!old.known)
		zwlr_output_head_v1_send_enabled(resource, true);
	if (!old.known || !mode_equal(&old.mode, current))
		send_current_mode(head, current);
	if (!old.known || old.x != output->box.x || old.y != output->box.y)
		zwlr_output_head_v1_send_position(resource, output->box.x, output->box.y);
	if (!old.known || old.transform != output->transform)
		zwlr_output_head_v1_send_transform(resource, output->transform);
	if (!old.known || old.scale != output->scale)
		zwlr_output_head_v1_send_scale(resource, fixed_from_double(output->scale));
	if ((!old.known || old.vrr != output->vrr) &&
		wl_resource_get_version(resource) >=
			ZWLR_OUTPUT_HEAD_V1_ADAPTIVE_SYNC_SINCE_VERSION)
		zwlr_output_head_v1_send_adaptive_sync(resource,
			output->vrr ? ZWLR_OUTPUT_HEAD_V1_ADAPTIVE_SYNC_STATE_ENABLED
				    : ZWLR_OUTPUT_HEAD_V1_ADAPTIVE_SYNC_STATE_DISABLED);
}

static const struct zwlr_output_head_v1_interface head_impl = {
	.release = wire_handle_destroy,
};

static void on_head_destroyed(struct wl_resource *resource)
{
	struct head *head = wl_resource_get_user_data(resource);
	struct head_mode *mode, *tmp;
	wl_list_for_each_safe(mode, tmp, &head->modes, link) {
		mode->head = NULL;
		mode_maybe_free(mode);
	}
	wl_list_remove(&head->link);
	free(head);
}

static void head_add(struct wl_resource *manager, struct output *output)
{
	struct manager_data *data = wl_resource_get_user_data(manager);
	struct head *head = xcalloc(1, sizeof(*head));
	int version = wl_resource_get_version(manager);
	wl_list_init(&head->modes);
	wl_list_init(&head->link);
	head->resource = wire_create(wl_resource_get_client(manager),
		&zwlr_output_head_v1_interface, version, 0, &head_impl, head, on_head_destroyed);
	if (!head->resource) {
		free(head);
		return;
	}
	head->manager = manager;
	head->output = output;
	wl_list_insert(data->heads.prev, &head->link);
	const struct screen *screen = output->screen;
	zwlr_output_manager_v1_send_head(manager, head->resource);
	zwlr_output_head_v1_send_name(head->resource, output->name);
	zwlr_output_head_v1_send_description(head->resource, output->description);
	if (screen->width_mm && screen->height_mm)
		zwlr_output_head_v1_send_physical_size(
			head->resource, screen->width_mm, screen->height_mm);
	if (version >= ZWLR_OUTPUT_HEAD_V1_MAKE_SINCE_VERSION) {
		if (screen->make)
			zwlr_output_head_v1_send_make(head->resource, screen->make);
		if (screen->model)
			zwlr_output_head_v1_send_model(head->resource, screen->model);
		if (screen->serial)
			zwlr_output_head_v1_send_serial_number(head->resource, screen->serial);
	}
	for (size_t i = 0; i < screen->n_modes; i++)
		mode_add(head, &screen->modes[i]);
	send_head_state(head);
}

static void head_finish(struct head *head)
{
	struct head_mode *mode, *tmp;
	wl_list_for_each_safe(mode, tmp, &head->modes, link) {
		if (mode->resource)
			zwlr_output_mode_v1_send_finished(mode->resource);
	}
	zwlr_output_head_v1_send_finished(head->resource);
	head->output = NULL;
	wl_list_remove(&head->link);
	wl_list_init(&head->link);
}

static void manager_update(struct output_management *management, struct wl_resource *manager)
{
	struct manager_data *data = wl_resource_get_user_data(manager);
	struct output *output;
	wl_list_for_each(output, &management->server->outputs, link) {
		struct head *head, *found = NULL;
		wl_list_for_each(head, &data->heads, link) {
			if (head->output == output)
				found = head;
		}
		if (found)
			send_head_state(found);
		else
			head_add(manager, output);
	}
	zwlr_output_manager_v1_send_done(manager, management->serial);
}

static void on_idle(void *data)
{
	struct output_management *management = data;
	management->idle = NULL;
	management->serial = server_next_serial(management->server);
	struct wl_resource *manager;
	wl_resource_for_each(manager, &management->managers)
		manager_update(management, manager);
}

static void on_outputs_changed(struct wl_listener *listener, void *data)
{
	struct output_management *management =
		wl_container_of(listener, management, outputs_changed);
	if (!management->idle)
		management->idle = xadd_idle(management->server->loop, on_idle, management);
}

static void on_output_removed(struct wl_listener *listener, void *data)
{
	struct output_management *management =
		wl_container_of(listener, management, output_removed);
	struct wl_resource *manager;
	wl_resource_for_each(manager, &management->managers) {
		struct manager_data *manager_data = wl_resource_get_user_data(manager);
		struct head *head, *tmp;
		wl_list_for_each_safe(head, tmp, &manager_data->heads, link) {
			if (head->output == data)
				head_finish(head);
		}
	}
}

// Configurations

static bool output_exists(struct server *server, const struct output *output)
{
	struct output *each;
	wl_list_for_each(each, &server->outputs, link) {
		if (each == output)
			return true;
	}
	return false;
}

// False: this request was made before on the head, an error was posted.
static bool check_first_request(
	struct wl_resource *resource, struct configuration_head *head, int request)
{
	if (head->set & (1u << request)) {
		wl_resource_post_error(resource,
			ZWLR_OUTPUT_CONFIGURATION_HEAD_V1_ERROR_ALREADY_SET,
			"the property was already set");
		return false;
	}
	head->set |= 1u << request;
	return true;
}

static void handle_set_mode(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *mode_resource)
{
	struct configuration_head *head = wl_resource_get_user_data(resource);
	struct head_mode *mode = wl_resource_get_user_data(mode_resource);
	if (!check_first_request(resource, head, 0))
		return;
	if (mode->head && mode->head->output != head->output) {
		wl_resource_post_error(resource,
			ZWLR_OUTPUT_CONFIGURATION_HEAD_V1_ERROR_INVALID_MODE,
			"the mode belongs to another head");
		return;
	}
	head->change.mode = mode->mode;
}

static void handle_set_custom_mode(struct wl_client *client, struct wl_resource *resource,
	int32_t width, int32_t height, int32_t refresh)
{
	struct configuration_head *head = wl_resource_get_user_data(resource);
	if (!check_first_request(resource, head, 0))
		return;
	if (width <= 0 || height <= 0 || refresh < 0) {
		wl_resource_post_error(resource,
			ZWLR_OUTPUT_CONFIGURATION_HEAD_V1_ERROR_INVALID_CUSTOM_MODE,
			"invalid mode %dx%d at %d mHz", width, height, refresh);
		return;
	}
	head->change.mode = (struct mode){.width = width, .height = height, .refresh_mhz = refresh};
}

static void handle_set_position(
	struct wl_client *client, struct wl_resource *resource, int32_t x, int32_t y)
{
	struct configuration_head *head = wl_resource_get_user_data(resource);
	if (!check_first_request(resource, head, 2))
		return;
	head->change.has_position = true;
	head->change.x = x;
	head->change.y = y;
}

static void handle_set_transform(
	struct wl_client *client, struct wl_resource *resource, int32_t transform)
{
	struct configuration_head *head = wl_resource_get_user_data(resource);
	if (!check_first_request(resource, head, 3))
		return;
	if (transform < TRANSFORM_NORMAL || transform > TRANSFORM_FLIPPED_270) {
		wl_resource_post_error(resource,
			ZWLR_OUTPUT_CONFIGURATION_HEAD_V1_ERROR_INVALID_TRANSFORM,
			"invalid transform %d", transform);
		return;
	}
	head->change.transform = (enum transform)transform;
}

static void handle_set_scale(
	struct wl_client *client, struct wl_resource *resource, wl_fixed_t scale)
{
	struct configuration_head *head = wl_resource_get_user_data(resource);
	if (!check_first_request(resource, head, 4))
		return;
	if (scale <= 0) {
		wl_resource_post_error(resource,
			ZWLR_OUTPUT_CONFIGURATION_HEAD_V1_ERROR_INVALID_SCALE, "invalid scale %g",
			wl_fixed_to_double(scale));
		return;
	}
	head->change.scale = wl_fixed_to_double(scale);
}

static void handle_set_adaptive_sync(
	struct wl_client *client, struct wl_resource *resource, uint32_t state)
{
	struct configuration_head *head = wl_resource_get_user_data(resource);
	if (!check_first_request(resource, head, 5))
		return;
	if (state > ZWLR_OUTPUT_HEAD_V1_ADAPTIVE_SYNC_STATE_ENABLED)
		wl_resource_post_error(resource,
			ZWLR_OUTPUT_CONFIGURATION_HEAD_V1_ERROR_INVALID_ADAPTIVE_SYNC_STATE,
			"invalid adaptive sync state %u", state);
	head->change.vrr = state == ZWLR_OUTPUT_HEAD_V1_ADAPTIVE_SYNC_STATE_ENABLED;
}

static const struct zwlr_output_configuration_head_v1_interface configuration_head_impl = {
	.set_mode = handle_set_mode,
	.set_custom_mode = handle_set_custom_mode,
	.set_position = handle_set_position,
	.set_transform = handle_set_transform,
	.set_scale = handle_set_scale,
	.set_adaptive_sync = handle_set_adaptive_sync,
};

static void configuration_head_maybe_free(struct configuration_head *head)
{
	if (!head->resource && !head->configuration)
		free(head);
}

static void on_configuration_head_destroyed(struct wl_resource *resource)
{
	struct configuration_head *head = wl_resource_get_user_data(resource);
	head->resource = NULL;
	configuration_head_maybe_free(head);
}

// NULL: an error was posted.
static struct configuration_head *configuration_add_head(
	struct wl_resource *resource, struct wl_resource *head_resource)
{
	struct configuration *configuration = wl_resource_get_user_data(resource);
	struct head *head = wl_resource_get_user_data(head_resource);
	if (configuration->used) {
		wl_resource_post_error(resource, ZWLR_OUTPUT_CONFIGURATION_V1_ERROR_ALREADY_USED,
			"the configuration was already applied or tested");
		return NULL;
	}
	struct configuration_head *other;
	wl_list_for_each(other, &configuration->heads, link) {
		if (other->output == head->output && head->output) {
			wl_resource_post_error(resource,
				ZWLR_OUTPUT_CONFIGURATION_V1_ERROR_ALREADY_CONFIGURED_HEAD,
				"the head was already configured");
			return NULL;
		}
	}
	struct configuration_head *configured = xcalloc(1, sizeof(*configured));
	configured->configuration = configuration;
	configured->output = head->output;
	if (head->output)
		configured->change = output_change_none(head->output);
	wl_list_insert(configuration->heads.prev, &configured->link);
	return configured;
}

static void handle_enable_head(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *head_resource)
{
	struct configuration_head *head = configuration_add_head(resource, head_resource);
	if (!head)
		return;
	head->change.enabled = true;
	head->resource = wire_create(client, &zwlr_output_configuration_head_v1_interface,
		wl_resource_get_version(resource), id, &configuration_head_impl, head,
		on_configuration_head_destroyed);
}

static void handle_disable_head(
	struct wl_client *client, struct wl_resource *resource, struct wl_resource *head_resource)
{
	struct configuration_head *head = configuration_add_head(resource, head_resource);
	if (head)
		head->change.enabled = false;
}

static void configuration_run(struct wl_resource *resource, bool test_only)
{
	struct configuration *configuration = wl_resource_get_user_data(resource);
	if (configuration->used) {
		wl_resource_post_error(resource, ZWLR_OUTPUT_CONFIGURATION_V1_ERROR_ALREADY_USED,
			"the configuration was already applied or tested");
		return;
	}
	configuration->used = true;
	struct output_management *management = configuration->management;
	if (!management || configuration->serial != management->serial) {
		zwlr_output_configuration_v1_send_cancelled(resource);
		return;
	}
	struct output_change *changes =
		xcalloc((size_t)wl_list_length(&configuration->heads) + 1, sizeof(*changes));
	size_t n = 0;
	struct configuration_head *head;
	wl_list_for_each(head, &configuration->heads, link) {
		if (output_exists(management->server, head->output))
			changes[n++] = head->change;
	}
	bool ok = outputs_apply(management->server, changes, n, test_only);
	free(changes);
	if (ok)
		zwlr_output_configuration_v1_send_succeeded(resource);
	else
		zwlr_output_configuration_v1_send_failed(resource);
}

static void handle_apply(struct wl_client *client, struct wl_resource *resource)
{
	configuration_run(resource, false);
}

static void handle_test(struct wl_client *client, struct wl_resource *resource)
{
	configuration_run(resource, true);
}

static const struct zwlr_output_configuration_v1_interface configuration_impl = {
	.enable_head = handle_enable_head,
	.disable_head = handle_disable_head,
	.apply = handle_apply,
	.test = handle_test,
	.destroy = wire_handle_destroy,
};

static void on_configuration_destroyed(struct wl_resource *resource)
{
	struct configuration *configuration = wl_resource_get_user_data(resource);
	struct configuration_head *head, *tmp;
	wl_list_for_each_safe(head, tmp, &configuration->heads, link) {
		head->configuration = NULL;
		configuration_head_maybe_free(head);
	}
	free(configuration);
}

static void handle_create_configuration(
	struct wl_client *client, struct wl_resource *resource, uint32_t id, uint32_t serial)
{
	struct manager_data *data = wl_resource_get_user_data(resource);
	struct configuration *configuration = xcalloc(1, sizeof(*configuration));
	configuration->management = data->management;
	configuration->serial = serial;
	wl_list_init(&configuration->heads);
	configuration->resource = wire_create(client, &zwlr_output_configuration_v1_interface,
		wl_resource_get_version(resource), id, &configuration_impl, configuration,
		on_configuration_destroyed);
	if (!configuration->resource)
		free(configuration);
}

static void handle_stop(struct wl_client *client, struct wl_resource *resource)
{
	zwlr_output_manager_v1_send_finished(resource);
	wl_resource_destroy(resource);
}

static const struct zwlr_output_manager_v1_interface manager_impl = {
	.create_configuration = handle_create_configuration,
	.stop = handle_stop,
};

static void on_manager_destroyed(struct wl_resource *resource)
{
	struct manager_data *data = wl_resource_get_user_data(resource);
	struct head *head, *tmp;
	wl_list_for_each_safe(head, tmp, &data->heads, link) {
		head->output = NULL;
		wl_list_remove(&head->link);
		wl_list_init(&head->link);
	}
	wl_list_remove(wl_resource_get_link(resource));
	free(data);
}

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	struct output_management *management = data;
	struct manager_data *manager_data = xcalloc(1, sizeof(*manager_data));
	manager_data->management = management;
	wl_list_init(&manager_data->heads);
	struct wl_resource *resource = wire_create(client, &zwlr_output_manager_v1_interface,
		(int)version, id, &manager_impl, manager_data, on_manager_destroyed);
	if (!resource) {
		free(manager_data);
		return;
	}
	wl_list_insert(&management->managers, wl_resource_get_link(resource));
	manager_update(management, resource);
}

static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct output_management *management = wl_container_of(listener, management, destroyed);
	if (management->idle)
		wl_event_source_remove(management->idle);
	wl_list_remove(&management->outputs_changed.link);
	wl_list_remove(&management->output_removed.link);
	wl_list_remove(&management->destroyed.link);
	free(management);
}

bool output_management_create(struct server *server)
{
	struct output_management *management = xcalloc(1, sizeof(*management));
	management->server = server;
	management->serial = server_next_serial(server);
	wl_list_init(&management->managers);
	management->outputs_changed.notify = on_outputs_changed;
	wl_signal_add(&server->events.outputs_changed, &management->outputs_changed);
	management->output_removed.notify = on_output_removed;
	wl_signal_add(&server->events.output_removed, &management->output_removed);
	management->destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &management->destroyed);
	return wl_global_create(server->display, &zwlr_output_manager_v1_interface, 4, management,
		       on_bind) != NULL;
}
