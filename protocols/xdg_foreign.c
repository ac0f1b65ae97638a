// SPDX-License-Identifier: MIT
// zxdg_exporter and zxdg_importer, versions 1 and 2: a client exports a window as a handle, by
// which a second client makes it the parent of a window of its own. Handles of both versions are
// one set.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/client/wire.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "compositor/window/window.h"
#include "protocols/protocols.h"
#include "xdg-foreign-unstable-v1-protocol.h"
#include "xdg-foreign-unstable-v2-protocol.h"

#define HANDLE_SIZE 33           // 32 hexadecimal digits and NUL
#define MAX_EXPORTS_OF_WINDOW 64 // more give no_memory

struct foreign_export {
	struct window *window; // NULL: destroyed
	char handle[HANDLE_SIZE];
	struct wl_list imports; // foreign_import.link
	struct wl_listener window_destroyed;
	struct wl_list link; // window.exports
};

struct foreign_import {
	struct wl_resource *resource;
	struct foreign_export *of; // NULL: unknown, or gone
	struct wl_list relations;  // foreign_relation.link
	struct wl_listener parent_changed;
	struct wl_list link; // foreign_export.imports
};

// A window that has an imported one as its parent.
struct foreign_relation {
	struct foreign_import *import;
	struct window *child;
	bool applied; // else the parent is not mapped yet
	struct wl_listener child_destroyed;
	struct wl_list link; // foreign_import.relations
};

static bool is_v1(struct wl_resource *resource)
{
	return strstr(wl_resource_get_class(resource), "_v1");
}

// Relations

static void relation_apply(struct foreign_relation *relation)
{
	struct window *parent = relation->import->of->window;
	if (relation->applied || !parent->mapped)
		return;
	relation->applied = true;
	window_set_parent(relation->child, parent); // does nothing if it would be a loop
}

// parent: of the import; the client may have changed it meanwhile. NULL: it is gone.
static void relation_destroy(struct foreign_relation *relation, const struct window *parent)
{
	struct window *child = relation->child;
	child->foreign = NULL;
	wl_list_remove(&relation->child_destroyed.link);
	wl_list_remove(&relation->link);
	if (relation->applied && parent && child->parent == parent)
		window_set_parent(child, NULL);
	free(relation);
}

static void on_child_destroyed(struct wl_listener *listener, void *data)
{
	struct foreign_relation *relation = wl_container_of(listener, relation, child_destroyed);
	relation_destroy(relation, NULL);
}

static void relation_create(struct foreign_import *import, struct window *child)
{
	if (child->foreign) {
		const struct foreign_export *before = child->foreign->import->of;
		relation_destroy(child->foreign, before ? before->window : NULL);
	}
	struct foreign_relation *relation = xcalloc(1, sizeof(*relation));
	relation->import = import;
	relation->child = child;
	relation->child_destroyed.notify = on_child_destroyed;
	wl_signal_add(&child->events.destroyed, &relation->child_destroyed);
	wl_list_insert(&import->relations, &relation->link);
	child->foreign = relation;
	relation_apply(relation);
}

// Imports

static void on_parent_changed(struct wl_listener *listener, void *data)
{
	struct foreign_import *import = wl_container_of(listener, import, parent_changed);
	struct foreign_relation *relation, *tmp;
	wl_list_for_each_safe(relation, tmp, &import->relations, link)
		relation_apply(relation);
}

// Ends its relations, and their windows have no parent any more.
static void import_leave(struct foreign_import *import)
{
	struct foreign_export *of = import->of;
	struct foreign_relation *relation, *tmp;
	wl_list_for_each_safe(relation, tmp, &import->relations, link)
		relation_destroy(relation, of ? of->window : NULL);
	if (!of)
		return;
	import->of = NULL;
	wl_list_remove(&import->parent_changed.link);
	wl_list_remove(&import->link);
}

static void import_send_destroyed(struct foreign_import *import)
{
	if (is_v1(import->resource))
		zxdg_imported_v1_send_destroyed(import->resource);
	else
		zxdg_imported_v2_send_destroyed(import->resource);
}

static void handle_set_parent_of(struct wl_client *client, struct wl_resource *resource,
	struct wl_resource *surface_resource)
{
	struct foreign_import *import = wl_resource_get_user_data(resource);
	const struct surface *surface = surface_from_resource(surface_resource);
	if (!surface->window) {
		wl_resource_post_error(resource, ZXDG_IMPORTED_V2_ERROR_INVALID_SURFACE,
			"wl_surface@%u is not an xdg_toplevel",
			wl_resource_get_id(surface_resource));
		return;
	}
	if (import->of)
		relation_create(import, surface->window);
}

static const struct zxdg_imported_v1_interface imported_v1_impl = {
	.destroy = wire_handle_destroy,
	.set_parent_of = handle_set_parent_of,
};

static const struct zxdg_imported_v2_interface imported_v2_impl = {
	.destroy = wire_handle_destroy,
	.set_parent_of = handle_set_parent_of,
};

static void on_import_destroyed(struct wl_resource *resource)
{
	struct foreign_import *import = wl_resource_get_user_data(resource);
	import_leave(import);
	free(import);
}

static struct foreign_export *export_find(const struct server *server, const char *handle)
{
	struct window *window;
	struct foreign_export *exported;
	wl_list_for_each(window, &server->windows, link) {
		wl_list_for_each(exported, &window->exports, link) {
			if (strcmp(exported->handle, handle) == 0)
				return exported;
		}
	}
	return NULL;
}

static void handle_import(
	struct wl_client *client, struct wl_resource *resource, uint32_t id, const char *handle)
{
	const struct server *server = wl_resource_get_user_data(resource);
	bool v1 = is_v1(resource);
	struct foreign_import *import = xcalloc(1, sizeof(*import));
	wl_list_init(&import->relations);
	import->resource =
		wire_create(client, v1 ? &zxdg_imported_v1_interface : &zxdg_imported_v2_interface,
			wl_resource_get_version(resource), id,
			v1 ? (const void *)&imported_v1_impl : &imported_v2_impl, import,
			on_import_destroyed);
	if (!import->resource) {
		free(import);
		return;
	}
	import->of = export_find(server, handle);
	if (!import->of) {
		import_send_destroyed(import);
		return;
	}
	import->parent_changed.notify = on_parent_changed;
	wl_signal_add(&import->of->window->events.changed, &import->parent_changed);
	wl_list_insert(&import->of->imports, &import->link);
}

static const struct zxdg_importer_v1_interface importer_v1_impl = {
	.destroy = wire_handle_destroy,
	.import = handle_import,
};

static const struct zxdg_importer_v2_interface importer_v2_impl = {
	.destroy = wire_handle_destroy,
	.import_toplevel = handle_import,
};

// Exports

static void export_leave_window(struct foreign_export *exported)
{
	if (!exported->window)
		return;
	struct foreign_import *import, *tmp;
	wl_list_for_each_safe(import, tmp, &exported->imports, link) {
		import_leave(import);
		import_send_destroyed(import);
	}
	exported->window = NULL;
	wl_list_remove(&exported->window_destroyed.link);
	wl_list_remove(&exported->link);
}

static void on_window_destroyed(struct wl_listener *listener, void *data)
{
	struct foreign_export *exported = wl_container_of(listener, exported, window_destroyed);
	export_leave_window(exported);
}

static void on_export_destroyed(struct wl_resource *resource)
{
	struct foreign_export *exported = wl_resource_get_user_data(resource);
	export_leave_window(exported);
	free(exported);
}

static const struct zxdg_exported_v1_interface exported_v1_impl = {
	.destroy = wire_handle_destroy,
};

static const struct zxdg_exported_v2_interface exported_v2_impl = {
	.destroy = wire_handle_destroy,
};

// Cannot be guessed; under a virtual clock it is the same in each run. False: logged.
static bool handle_generate(const struct window *window, char handle[HANDLE_SIZE])
{
	uint64_t bits[2] = {window->id, (uint64_t)wl_list_length(&window->exports)};
	if (!clock_is_virtual(window->server->clock) &&
		getrandom(bits, sizeof(bits), 0) != sizeof(bits)) {
		log_errno("no random numbers for the handle of a window");
		return false;
	}
	snprintf(handle, HANDLE_SIZE, "%016llx%016llx", (unsigned long long)bits[0],
		(unsigned long long)bits[1]);
	return true;
}

static void handle_export(struct wl_client *client, struct wl_resource *resource, uint32_t id,
	struct wl_resource *surface_resource)
{
	struct window *window = surface_from_resource(surface_resource)->window;
	bool v1 = is_v1(resource);
	if (!window) {
		wl_resource_post_error(resource, ZXDG_EXPORTER_V2_ERROR_INVALID_SURFACE,
			"wl_surface@%u is not an xdg_toplevel",
			wl_resource_get_id(surface_resource));
		return;
	}
	struct foreign_export *exported = xcalloc(1, sizeof(*exported));
	wl_list_init(&exported->imports);
	struct wl_resource *created =
		wire_create(client, v1 ? &zxdg_exported_v1_interface : &zxdg_exported_v2_interface,
			wl_resource_get_version(resource), id,
			v1 ? (const void *)&exported_v1_impl : &exported_v2_impl, exported,
			on_export_destroyed);
	if (!created) {
		free(exported);
		return;
	}
	if (wl_list_length(&window->exports) >= MAX_EXPORTS_OF_WINDOW ||
		!handle_generate(window, exported->handle)) {
		wl_client_post_no_memory(client);
		return;
	}
	exported->window = window;
	exported->window_destroyed.notify = on_window_destroyed;
	wl_signal_add(&window->events.destroyed, &exported->window_destroyed);
	wl_list_insert(&window->exports, &exported->link);
	if (v1)
		zxdg_exported_v1_send_handle(created, exported->handle);
	else
		zxdg_exported_v2_send_handle(created, exported->handle);
}

static const struct zxdg_exporter_v1_interface exporter_v1_impl = {
	.destroy = wire_handle_destroy,
	.export = handle_export,
};

static const struct zxdg_exporter_v2_interface exporter_v2_impl = {
	.destroy = wire_handle_destroy,
	.export_toplevel = handle_export,
};

bool xdg_foreign_create(struct server *server)
{
	return wire_global(server, &zxdg_exporter_v2_interface, 1, &exporter_v2_impl, NULL) &&
		wire_global(server, &zxdg_importer_v2_interface, 1, &importer_v2_impl, NULL) &&
		wire_global(server, &zxdg_exporter_v1_interface, 1, &exporter_v1_impl, NULL) &&
		wire_global(server, &zxdg_importer_v1_interface, 1, &importer_v1_impl, NULL);
}
