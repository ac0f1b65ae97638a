// SPDX-License-Identifier: MIT
// wp_security_context_manager_v1: listens on a socket whose clients are sandboxed. A committed
// context listens until its close_fd hangs up, even if its object and its client are destroyed
// before.
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/interrupt.h"
#include "compositor/base/log.h"
#include "compositor/client/access.h"
#include "compositor/client/budget.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "protocols/protocols.h"
#include "security-context-v1-protocol.h"

// Pause before clients are accepted again, after descriptors or memory ran out.
#define PAUSE_NS NSEC_PER_SEC
// As they outlive their clients, contexts are counted by process, and all together.
#define MAX_OF_PROCESS 64
#define MAX_CONTEXTS 1024
#define DESCRIPTORS 3 // the event loop duplicates both, and listen_fd is accepted from

struct contexts {
	struct server *server;
	struct wl_list list; // context.link
	struct wl_listener server_destroyed;
};

struct context {
	struct server *server;
	struct budget *budget; // of the client that created it, charged with DESCRIPTORS
	pid_t process;
	struct wl_list link;          // contexts.list
	struct wl_resource *resource; // NULL: destroyed, the context listens on
	bool committed;
	struct sandbox sandbox;
	int listen_fd, close_fd;
	struct wl_event_source *listen_source, *close_source; // after commit
	struct timer pause;
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
	budget_give(context->budget, BUDGET_DESCRIPTORS, DESCRIPTORS);
	timer_finish(&context->pause);
	wl_list_remove(&context->link);
	free(context->sandbox.engine);
	free(context->sandbox.app_id);
	free(context->sandbox.instance_id);
	free(context);
}

static void on_server_destroyed(struct wl_listener *listener, void *data)
{
	struct contexts *contexts = wl_container_of(listener, contexts, server_destroyed);
	struct context *context, *tmp;
	wl_list_for_each_safe(context, tmp, &contexts->list, link)
		context_destroy(context);
	wl_list_remove(&contexts->server_destroyed.link);
	free(contexts);
}

// Listening

static void on_pause_expired(void *data)
{
	struct context *context = data;
	wl_event_source_fd_update(context->listen_source, WL_EVENT_READABLE);
}

// The socket stays readable while nothing can be accepted, which would keep the loop busy.
static void pause_listening(struct context *context)
{
	log_errno("cannot accept a sandboxed client");
	wl_event_source_fd_update(context->listen_source, 0);
	timer_set(&context->pause, clock_now_ns(context->server->clock) + PAUSE_NS);
}

static void create_client(struct context *context, int fd)
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
	int fd = accept_shared(context->listen_fd);
	if (fd >= 0)
		create_client(context, fd);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
		pause_listening(context);
	else if (errno != EAGAIN && errno != ECONNABORTED)
		context_destroy(context); // EINTR: another holder keeps making it block
	return 0;
}

static int on_close(int fd, uint32_t mask, void *data)
{
	context_destroy(data);
	return 0;
}

static bool start_listening(struct context *context)
{
	struct wl_event_loop *loop = context->server->loop;
	context->listen_source = wl_event_loop_add_fd(
		loop, context->listen_fd, WL_EVENT_READABLE, on_connection, context);
	// Hang-ups are always reported; nothing else is of interest.
	context->close_source = wl_event_loop_add_fd(loop, context->close_fd, 0, on_close, context);
	close_fd(&context->close_fd); // the loop has its own
	return context->listen_source && context->close_source;
}

// wp_security_context_v1

// NULL: the context was committed, an error was posted.
static struct context *get_uncommitted(struct wl_resource *resource)
{
	struct context *context = wl_resource_get_user_data(resource);
	if (context && !context->committed)
		return context;
	wl_resource_post_error(resource, WP_SECURITY_CONTEXT_V1_ERROR_ALREADY_USED,
		"the security context was already committed");
	return NULL;
}

static void set_once(
	struct wl_resource *resource, char **place, const char *value, const char *what)
{
	if (*place)
		wl_resource_post_error(resource, WP_SECURITY_CONTEXT_V1_ERROR_ALREADY_SET,
			"the %s was already set", what);
	else
		replace_string(place, value);
}

static void handle_set_sandbox_engine(
	struct wl_client *client, struct wl_resource *resource, const char *name)
{
	struct context *context = get_uncommitted(resource);
	if (context)
		set_once(resource, &context->sandbox.engine, name, "sandbox engine");
}

static void handle_set_app_id(
	struct wl_client *client, struct wl_resource *resource, const char *app_id)
{
	struct context *context = get_uncommitted(resource);
	if (context)
		set_once(resource, &context->sandbox.app_id, app_id, "app id");
}

static void handle_set_instance_id(
	struct wl_client *client, struct wl_resource *resource, const char *instance_id)
{
	struct context *context = get_uncommitted(resource);
	if (context)
		set_once(resource, &context->sandbox.instance_id, instance_id, "instance id");
}

static void handle_commit(struct wl_client *client, struct wl_resource *resource)
{
	struct context *context = get_uncommitted(resource);
	if (!context)
		return;
	const struct sandbox *sandbox = &context->sandbox;
	if (!sandbox->engine && (sandbox->app_id || sandbox->instance_id)) {
		wl_resource_post_error(resource, WP_SECURITY_CONTEXT_V1_ERROR_INVALID_METADATA,
			"app id or instance id without a sandbox engine");
		return;
	}
	if (!start_listening(context)) {
		log_errno("cannot watch the descriptors of a security context");
		wl_client_post_implementation_error(
			client, "cannot watch the descriptors of a security context");
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

static bool check_create(struct wl_client *client, struct wl_resource *resource, int listen_fd)
{
	if (access_sandbox(client)) {
		wl_resource_post_error(resource, WP_SECURITY_CONTEXT_MANAGER_V1_ERROR_NESTED,
			"a sandboxed client cannot create security contexts");
		return false;
	}
	if (!is_listening(listen_fd)) {
		wl_resource_post_error(resource,
			WP_SECURITY_CONTEXT_MANAGER_V1_ERROR_INVALID_LISTEN_FD,
			"listen_fd is not a listening Unix stream socket");
		return false;
	}
	return true;
}

static bool is_over_limit(const struct contexts *contexts, pid_t process)
{
	int all = 0, own = 0;
	const struct context *context;
	wl_list_for_each(context, &contexts->list, link) {
		all++;
		own += context->process == process;
	}
	return all >= MAX_CONTEXTS || own >= MAX_OF_PROCESS;
}

static void handle_create_listener(struct wl_client *client, struct wl_resource *resource,
	uint32_t id, int32_t listen_fd, int32_t hangup_fd)
{
	struct contexts *contexts = wl_resource_get_user_data(resource);
	struct server *server = contexts->server;
	struct budget *budget = budget_of(client);
	struct context *context = NULL;
	size_t charged = 0;
	pid_t process;
	wl_client_get_credentials(client, &process, NULL, NULL);
	if (!check_create(client, resource, listen_fd))
		goto fail;
	if (is_over_limit(contexts, process)) {
		log_warn("process %d leaves too many security contexts open", (int)process);
		wl_resource_post_no_memory(resource);
		goto fail;
	}
	if (!budget_take_fds(budget, MAX(listen_fd, hangup_fd), DESCRIPTORS))
		goto fail;
	charged = DESCRIPTORS;
	context = xcalloc(1, sizeof(*context));
	context->resource = wire_create(client, &wp_security_context_v1_interface,
		wl_resource_get_version(resource), id, &context_impl, context,
		on_resource_destroyed);
	if (!context->resource)
		goto fail;
	context->server = server;
	context->budget = budget;
	context->process = process;
	wl_list_insert(&contexts->list, &context->link);
	context->listen_fd = listen_fd;
	context->close_fd = hangup_fd;
	timer_init(&context->pause, server->clock, on_pause_expired, context);
	return;
fail:
	budget_give(budget, BUDGET_DESCRIPTORS, charged);
	free(context);
	close(listen_fd);
	close(hangup_fd);
}

static const struct wp_security_context_manager_v1_interface manager_impl = {
	.destroy = wire_handle_destroy,
	.create_listener = handle_create_listener,
};

static void on_bind(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
	wire_create(client, &wp_security_context_manager_v1_interface, (int)version, id,
		&manager_impl, data, NULL);
}

bool security_context_create(struct server *server)
{
	struct contexts *contexts = xcalloc(1, sizeof(*contexts));
	contexts->server = server;
	wl_list_init(&contexts->list);
	contexts->server_destroyed.notify = on_server_destroyed;
	wl_signal_add(&server->events.destroyed, &contexts->server_destroyed);
	return wl_global_create(server->display, &wp_security_context_manager_v1_interface, 1,
		       contexts, on_bind) != NULL;
}
