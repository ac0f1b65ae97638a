// SPDX-License-Identifier: MIT
// zxdg_exporter and zxdg_importer, versions 1 and 2: parents of windows across clients.
#include <stdio.h>
#include <string.h>
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "xdg-foreign-unstable-v1-client-protocol.h"
#include "xdg-foreign-unstable-v2-client-protocol.h"

struct foreign_rig {
	struct fixture *fixture;
	struct client *owner, *portal;
	struct client_window *parent, *child;
	struct zxdg_exporter_v2 *exporter;
	struct zxdg_importer_v2 *importer;
	struct zxdg_exported_v2 *exported;
	struct zxdg_imported_v2 *imported;
	char handle[64];
	int destroyed;
};

static void on_handle(void *data, struct zxdg_exported_v2 *exported, const char *handle)
{
	snprintf(data, sizeof(((struct foreign_rig *)0)->handle), "%s", handle);
}

static void on_handle_v1(void *data, struct zxdg_exported_v1 *exported, const char *handle)
{
	on_handle(data, NULL, handle);
}

static void on_destroyed(void *data, struct zxdg_imported_v2 *imported)
{
	++*(int *)data;
}

static void on_destroyed_v1(void *data, struct zxdg_imported_v1 *imported)
{
	++*(int *)data;
}

static const struct zxdg_exported_v2_listener exported_listener = {.handle = on_handle};
static const struct zxdg_exported_v1_listener exported_v1_listener = {.handle = on_handle_v1};
static const struct zxdg_imported_v2_listener imported_listener = {.destroyed = on_destroyed};
static const struct zxdg_imported_v1_listener imported_v1_listener = {.destroyed = on_destroyed_v1};

static struct zxdg_imported_v2 *import(struct foreign_rig *rig, const char *handle)
{
	struct zxdg_imported_v2 *imported = zxdg_importer_v2_import_toplevel(rig->importer, handle);
	zxdg_imported_v2_add_listener(imported, &imported_listener, &rig->destroyed);
	fixture_pump(rig->fixture);
	return imported;
}

static void foreign_rig_init(struct foreign_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->owner = client_create(rig->fixture);
	rig->portal = client_create(rig->fixture);
	rig->exporter = client_bind(rig->owner, &zxdg_exporter_v2_interface, 1);
	rig->importer = client_bind(rig->portal, &zxdg_importer_v2_interface, 1);
	check(rig->exporter && rig->importer);
	rig->parent = client_window_create(rig->owner, 300, 200, 0xff102030);
	rig->child = client_window_create(rig->portal, 100, 80, 0xff405060);
	rig->exported = zxdg_exporter_v2_export_toplevel(rig->exporter, rig->parent->surface);
	zxdg_exported_v2_add_listener(rig->exported, &exported_listener, rig->handle);
	fixture_pump(rig->fixture);
	check_eq(strlen(rig->handle), 32);
	rig->imported = import(rig, rig->handle);
}

static void foreign_rig_finish(struct foreign_rig *rig)
{
	if (rig->imported)
		zxdg_imported_v2_destroy(rig->imported);
	zxdg_importer_v2_destroy(rig->importer);
	if (rig->exported)
		zxdg_exported_v2_destroy(rig->exported);
	zxdg_exporter_v2_destroy(rig->exporter);
	if (rig->child)
		client_window_destroy(rig->child);
	if (rig->parent)
		client_window_destroy(rig->parent);
	fixture_destroy(rig->fixture);
}

static void set_parent(struct foreign_rig *rig)
{
	zxdg_imported_v2_set_parent_of(rig->imported, rig->child->surface);
	check_no_error(rig->portal);
}

TEST_F(foreign_rig, parent_of_another_client)
{
	set_parent(rig);
	check(rig->child->window->parent == rig->parent->window);
	check_eq(rig->destroyed, 0);
	zxdg_imported_v2_destroy(rig->imported);
	rig->imported = NULL;
	check_no_error(rig->portal);
	check(!rig->child->window->parent);
}

TEST_F(foreign_rig, the_export_ends)
{
	set_parent(rig);
	zxdg_exported_v2_destroy(rig->exported);
	rig->exported = NULL;
	check_no_error(rig->owner);
	check_eq(rig->destroyed, 1);
	check(!rig->child->window->parent);
	set_parent(rig); // has no effect, and is no error
	check(!rig->child->window->parent);
	check_eq(rig->destroyed, 1);
}

TEST_F(foreign_rig, the_window_ends)
{
	set_parent(rig);
	client_window_destroy(rig->parent);
	rig->parent = NULL;
	check_eq(rig->destroyed, 1);
	check(!rig->child->window->parent);
	check_no_error(rig->portal);
}

TEST_F(foreign_rig, the_child_ends)
{
	set_parent(rig);
	client_window_destroy(rig->child);
	rig->child = NULL;
	check_no_error(rig->portal);
	check(wl_list_empty(&rig->parent->window->children));
}

TEST_F(foreign_rig, each_export_has_a_handle)
{
	char second[64] = "";
	struct zxdg_exported_v2 *exported =
		zxdg_exporter_v2_export_toplevel(rig->exporter, rig->parent->surface);
	zxdg_exported_v2_add_listener(exported, &exported_listener, second);
	fixture_pump(rig->fixture);
	check_eq(strlen(second), 32);
	check(strcmp(second, rig->handle) != 0);
	zxdg_exported_v2_destroy(exported);
	fixture_pump(rig->fixture);
	check_eq(rig->destroyed, 0); // it was the other one
	check_no_error(rig->owner);
}

TEST_F(foreign_rig, unknown_handle)
{
	struct zxdg_imported_v2 *unknown = import(rig, "wayland:nonsense");
	check_eq(rig->destroyed, 1);
	zxdg_imported_v2_set_parent_of(unknown, rig->child->surface);
	check_no_error(rig->portal);
	check(!rig->child->window->parent);
	zxdg_imported_v2_destroy(unknown);
}

// Handles of version 1 are good for version 2, and the reverse.
TEST_F(foreign_rig, versions_share_handles)
{
	struct zxdg_exporter_v1 *exporter = client_bind(rig->owner, &zxdg_exporter_v1_interface, 1);
	struct zxdg_importer_v1 *importer =
		client_bind(rig->portal, &zxdg_importer_v1_interface, 1);
	char handle[64] = "";
	int destroyed = 0;
	struct zxdg_exported_v1 *exported = zxdg_exporter_v1_export(exporter, rig->parent->surface);
	zxdg_exported_v1_add_listener(exported, &exported_v1_listener, handle);
	struct zxdg_imported_v1 *imported = zxdg_importer_v1_import(importer, rig->handle);
	zxdg_imported_v1_add_listener(imported, &imported_v1_listener, &destroyed);
	fixture_pump(rig->fixture);
	check_eq(strlen(handle), 32);
	struct zxdg_imported_v2 *second = import(rig, handle);
	check_eq(rig->destroyed, 0);
	zxdg_imported_v1_set_parent_of(imported, rig->child->surface);
	fixture_pump(rig->fixture);
	check(rig->child->window->parent == rig->parent->window);
	// The newest relation of a window counts.
	zxdg_imported_v2_set_parent_of(second, rig->child->surface);
	zxdg_imported_v1_destroy(imported);
	fixture_pump(rig->fixture);
	check(rig->child->window->parent == rig->parent->window);
	zxdg_exported_v1_destroy(exported);
	fixture_pump(rig->fixture);
	check_eq(rig->destroyed, 1);
	check_eq(destroyed, 0);
	check(!rig->child->window->parent);
	zxdg_imported_v2_destroy(second);
	zxdg_importer_v1_destroy(importer);
	zxdg_exporter_v1_destroy(exporter);
	check_no_error(rig->owner);
	check_no_error(rig->portal);
}

// A parent that is mapped later becomes the parent then.
TEST_F(foreign_rig, parent_is_mapped_later)
{
	char handle[64] = "";
	struct client_window *late = client_window_create_bare(rig->owner, 50, 50);
	fixture_pump(rig->fixture);
	struct zxdg_exported_v2 *exported =
		zxdg_exporter_v2_export_toplevel(rig->exporter, late->surface);
	zxdg_exported_v2_add_listener(exported, &exported_listener, handle);
	fixture_pump(rig->fixture);
	struct zxdg_imported_v2 *imported = import(rig, handle);
	zxdg_imported_v2_set_parent_of(imported, rig->child->surface);
	fixture_pump(rig->fixture);
	check(!rig->child->window->parent);
	client_window_show(late, 0xff0000ff);
	check(rig->child->window->parent == late->window);
	zxdg_imported_v2_destroy(imported);
	zxdg_exported_v2_destroy(exported);
	client_window_destroy(late);
	check_no_error(rig->owner);
}

// Two clients that make each other the parent: the second is ignored.
TEST_F(foreign_rig, loops_are_ignored)
{
	set_parent(rig);
	struct zxdg_exporter_v2 *exporter =
		client_bind(rig->portal, &zxdg_exporter_v2_interface, 1);
	struct zxdg_importer_v2 *importer = client_bind(rig->owner, &zxdg_importer_v2_interface, 1);
	char handle[64] = "";
	struct zxdg_exported_v2 *exported =
		zxdg_exporter_v2_export_toplevel(exporter, rig->child->surface);
	zxdg_exported_v2_add_listener(exported, &exported_listener, handle);
	fixture_pump(rig->fixture);
	struct zxdg_imported_v2 *imported = zxdg_importer_v2_import_toplevel(importer, handle);
	zxdg_imported_v2_add_listener(imported, &imported_listener, &rig->destroyed);
	zxdg_imported_v2_set_parent_of(imported, rig->parent->surface);
	check_no_error(rig->owner);
	check(!rig->parent->window->parent);
	check(rig->child->window->parent == rig->parent->window);
	zxdg_imported_v2_destroy(imported);
	zxdg_exported_v2_destroy(exported);
	zxdg_importer_v2_destroy(importer);
	zxdg_exporter_v2_destroy(exporter);
}

TEST_F(foreign_rig, only_windows_are_exported)
{
	struct wl_surface *surface = wl_compositor_create_surface(rig->owner->compositor);
	struct zxdg_exported_v2 *exported =
		zxdg_exporter_v2_export_toplevel(rig->exporter, surface);
	check_client_error(rig->owner, "zxdg_exporter_v2", ZXDG_EXPORTER_V2_ERROR_INVALID_SURFACE);
	zxdg_exported_v2_destroy(exported);
	wl_surface_destroy(surface);
}

TEST_F(foreign_rig, only_windows_have_parents)
{
	struct wl_surface *surface = wl_compositor_create_surface(rig->portal->compositor);
	zxdg_imported_v2_set_parent_of(rig->imported, surface);
	check_client_error(rig->portal, "zxdg_imported_v2", ZXDG_IMPORTED_V2_ERROR_INVALID_SURFACE);
	wl_surface_destroy(surface);
}
