// SPDX-License-Identifier: MIT
// ext_idle_notifier_v1: sends idled after a time without input, and resumed at the next input, to
// screen lockers and power managers.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/client/wire.h"
#include "compositor/seat/idle.h"
#include "compositor/server.h"
#include "ext-idle-notify-v1-protocol.h"
#include "protocols/protocols.h"

struct notification {
	struct wl_resource *resource;
	struct idle_watch watch;
};

static void on_idle_changed(struct idle_watch *watch, bool is_idle)
{
	struct notification *notification = wl_container_of(watch, notification, watch);
	if (is_idle)
		ext_idle_notification_v1_send_idled(notification->resource);
	else
		ext_idle_notification_v1_send_resumed(notification->resource);
}

static const struct ext_idle_notification_v1_interface notification_impl = {
	.destroy = wire_handle_destroy,
};

static void on_notification_destroyed(struct wl_resource *resource)
{
	struct notification *notification = wl_resource_get_user_data(resource);
	idle_watch_remove(&notification->watch);
	free(notification);
}

static void create_notification(struct wl_client *client, struct wl_resource *notifier, uint32_t id,
	uint32_t timeout_ms, bool ignores_inhibitors)
{
	struct server *server = wl_resource_get_user_data(notifier);
	struct notification *notification = xcalloc(1, sizeof(*notification));
	notification->resource = wire_create(client, &ext_idle_notification_v1_interface,
		wl_resource_get_version(notifier), id, &notification_impl, notification,
		on_notification_destroyed);
	if (!notification->resource) {
		free(notification);
		return;
	}
	idle_watch_add(server->idle, &notification->watch, timeout_ms * NSEC_PER_MSEC,
		ignores_inhibitors, on_idle_changed);
}

// There is one seat, so every wl_seat refers to it.
static void handle_get_idle_notification(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, uint32_t timeout, struct wl_resource *seat)
{
	create_notification(client, resource, id, timeout, false);
}

static void handle_get_input_idle_notification(struct wl_client *client,
	struct wl_resource *resource, uint32_t id, uint32_t timeout, struct wl_resource *seat)
{
	create_notification(client, resource, id, timeout, true);
}

static const struct ext_idle_notifier_v1_interface notifier_impl = {
	.destroy = wire_handle_destroy,
	.get_idle_notification = handle_get_idle_notification,
	.get_input_idle_notification = handle_get_input_idle_notification,
};

bool idle_notify_create(struct server *server)
{
	return wire_global(server, &ext_idle_notifier_v1_interface, 2, &notifier_impl, NULL);
}
