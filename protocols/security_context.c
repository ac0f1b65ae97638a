// SPDX-License-Identifier: MIT
// wp_security_context_manager_v1: sockets whose clients are sandboxed. A context listens until its
// close_fd hangs up, whatever becomes of the objects and the client that made it.
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/access.h"
#include "compositor/core/server.h"
#include "compositor/core/wire.h"
#include "protocols/protocols.h"
#include "security-context-v1-protocol.h"

// Until clients are accepted again after descriptors or memory ran out.
#define PAUSE_NS NSEC_PER_SEC

struct context {
	struct server *server;
	struct wl_resource *resource; // NULL: it lives on its own
	bool committed;
	struct sandbox sandbox;
	int listen_fd, close_fd;
	struct wl_event_source *listen_source, *close_source; // after commit
	struct timer pause;
	struct wl_listener server_destroyed;
};

static void context_destroy(struct context *context)
{
	if (context->resource)
		wl_resource_set_user_data(context->resource, NULL);
	if (context->listen_source)
		wl_event_source_remove(context->listen_source);
	if (context->close_source)
		wl_event_source_remove(context->close_source);
	close_fd(&context->listen_fd);
	close_fd(&context->close_fd);
	timer_finish(&context->pause);
	wl_list_remove(&context->server_destroyed.link);
	free(context->sandbox.engine);
	free(context->sandbox.app_id);
	free(context->sandbox.instance_id);
	free(context);
}

static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct context *context = wl_container_of(listener, context, server_destroyed);
	context_destroy(context);
}

// Listening

static void on_pause_over(void *data)
{
	struct context *context = data;
	wl_event_source_fd_update(context->listen_source, WL_EVENT_READABLE);
}

// The socket stays readable while nothing can be accepted: not to be asked all the time.
static void take_pause(struct context *context)
{
	log_errno("a sandboxed client cannot be accepted");
	wl_event_source_fd_update(context->listen_source, 0);
	timer_set(&context->pause, clock_now_ns(context->server->clock) + PAUSE_NS);
}

static void welcome(struct context *context, int fd)
{
	struct wl_client *client = wl_client_create(context->server->display, fd);
	if (client)
		access_set_sandbox(client, &context->sandbox);
	else
		close(fd);
}

static int on_connection(int listen_fd, uint32_t mask, void *data)
{
	struct context *context = data;
	if (mask & (WL_EVENT_HANGUP | WL_EVENT_ERROR)) {
		context_destroy(context);
		return 0;
	}
	// Others have the socket too and may have made it wait.
	set_nonblock(context->listen_fd);
	int fd = accept4(context->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		welcome(context, fd);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
		take_pause(context);
	else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		context_destroy(context);
	return 0;
}

static int on_close(int fd, uint32_t mask, void *data)
{
	context_destroy(data);
	return 0;
}

static bool listen_now(struct context *context)
{
	struct wl_event_loop *loop = context->server->loop;
	context->listen_source = wl_event_loop_add_fd(
		loop, context->listen_fd, WL_EVENT_READABLE, on_connection, context);
	// Asks for nothing but what is always told: hang-ups.
	context->close_source = wl_event_loop_add_fd(loop, context->close_fd, 0, on_close, context);
	return context->listen_source && context->close_source;
}

// wp_security_context_v1

// NULL once it was committed, with the error posted.
static struct context *open_context(struct wl_resource *resource)
{
	struct context *context = wl_resource_get_user_data(resource);
	if (context && !context->committed)
		return context;
	wl_resource_post_error(resource, WP_SECURITY_CONTEXT_V1_ERROR_ALREADY_USED,
		"this security context was committed before");
	return NULL;
}

static void set(struct wl_resource *resource, char **place, const char *value, const char *what)
{
	if (*place)
		wl_resource_post_error(resource, WP_SECURITY_CONTEXT_V1_ERROR_ALREADY_SET,
			"the %s was given before", what);
	else
		replace_string(place, value);
}

static void handle_set_sandbox_engine(
	struct wl_client *client, struct wl_resource *resource, const char *name)
{
	struct context *context = open_context(resource);
	if (context)
		set(resource, &context->sandbox.engine, name, "sandbox engine");
}

static void handle_set_app_id(
	struct wl_client *client, struct wl_resource *resource, const char *app_id)
{
	struct context *context = open_context(resource);
	if (context)
		set(resource, &context->sandbox.app_id, app_id, "app id");
}

static void handle_set_instance_id(
	struct wl_client *client, struct wl_resource *resource, const char *instance_id)
{
	struct context *context = open_context(resource);
	if (context)
		set(resource, &context->sandbox.instance_id, instance_id, "instance id");
}

static void handle_commit(struct wl_client *client, struct wl_resource *resource)
{
	struct context *context = open_context(resource);
	if (!context)
		return;
	const struct sandbox *sandbox = &context->sandbox;
	if (!sandbox->engine && (sandbox->app_id || sandbox->instance_id)) {
		wl_resource_post_error(resource, WP_SECURITY_CONTEXT_V1_ERROR_INVALID_METADATA,
			"ids mean nothing without the sandbox engine that gave them");
		return;
	}
	if (!listen_now(context)) {
		log_errno("a security context cannot listen");
		wl_client_post_implementation_error(
			client, "the descriptors of a security context cannot be watched");
		return;
	}
	context->committed = true;
}

static const struct wp_security_context_v1_interface context_impl = {
	.destroy = wire_handle_destroy,
	.set_sandbox_engine = handle_set_sandbox_engine,
	.set_app_id = handle_set_app_id,
	.set_instance_id = handle_set_instance_id,
	.commit = handle_commit,
};

static void on_resource_destroyed(struct wl_resource *resource)
{
	struct context *context = wl_resource_get_user_data(resource);
	if (!context)
		return;
	context->resource = NULL;
	if (!context->committed)
		context_destroy(context);
}

// wp_security_context_manager_v1

static bool is_listening(int fd)
{
	int domain = 0, type = 0, listens = 0;
	socklen_t size = sizeof(int);
	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX &&
		getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
		getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens;
}

static bool may_create(struct wl_client *client, struct wl_resource *resource, int listen_fd)
{
	if (access_sandbox(client)) {
		wl_resource_post_error(resource, WP_SECURITY_CONTEXT_MANAGER_V1_ERROR_NESTED,
			"a sandboxed client makes no security contexts");
		return false;
	}
	if (!is_listening(listen_fd)) {
		wl_resource_post_error(resource,
			WP_SECURITY_CONTEXT_MANAGER_V1_ERROR_INVALID_LISTEN_FD,
			"listen_fd is no listening Unix socket");
		return false;
	}
	return true;
}

static void handle_create_listener(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, int32_t listen_fd, int32_t hangup_fd)
{
	struct server *server = wl_resource_get_user_data(resource);
	struct context *context = NULL;
	if (!may_create(client, resource, listen_fd))
		goto fail;
	context = xcalloc(1, sizeof(*context));
	context->resource = wire_create(client, &wp_security_context_v1_interface,
		wl_resource_get_version(resource), id, &context_impl, context,
		on_resource_destroyed);
	if (!context->resource)
		goto fail;
	context->server = server;
	context->listen_fd = listen_fd;
	context->close_fd = hangup_fd;
	timer_init(&context->pause, server->clock, on_pause_over, context);
	context->server_destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &context->server_destroyed);
	return;
fail:
	free(context);
	close(listen_fd);
	close(hangup_fd);
}

static const struct wp_security_context_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.create_listener = handle_create_listener,
};

bool security_context_create(struct server *server)
{
	return wire_global(
		server, &wp_security_context_manager_v1_interface, 1, &manager_impl, NULL);
}
