// SPDX-License-Identifier: MIT
// Selections shared with the host of a back end, in both directions.
#include <string.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "tests/harness/client.h"
#include "tests/harness/owner.h"
#include "tests/harness/test.h"

// Replaces the selection hooks of the back end and records their calls.
struct host_selection_rig {
	struct backend_impl impl;
	const struct backend_impl *real;
	struct fixture *fixture;
	struct seat *seat;
	int calls;
	bool primary;
	struct data_source *source; // of the newest call
	int cancelled;              // cancelled events of own
	struct data_source own;
};

static void on_set(struct backend *backend, bool primary, struct data_source *source)
{
	struct host_selection_rig *rig = wl_container_of(backend->impl, rig, impl);
	rig->calls++;
	rig->primary = primary;
	rig->source = source;
}

static void own_send(struct data_source *source, const char *mime, int fd)
{
	close_fd(&fd);
}

static void own_cancelled(struct data_source *source)
{
	struct host_selection_rig *rig = wl_container_of(source, rig, own);
	rig->cancelled++;
	data_source_finish(source);
}

static const struct data_source_impl own_impl = {.send = own_send, .cancelled = own_cancelled};

static void host_selection_rig_init(struct host_selection_rig *rig)
{
	*rig = (struct host_selection_rig){.fixture = fixture_create(NULL)};
	struct backend *backend = rig->fixture->server->backend;
	rig->seat = rig->fixture->server->seat;
	rig->real = backend->impl;
	rig->impl = *backend->impl;
	rig->impl.set_selection = on_set;
	backend->impl = &rig->impl;
}

static void host_selection_rig_finish(struct host_selection_rig *rig)
{
	rig->fixture->server->backend->impl = rig->real;
	fixture_destroy(rig->fixture);
}

static void host_sets(struct host_selection_rig *rig, bool primary)
{
	const struct backend *backend = rig->fixture->server->backend;
	data_source_init(&rig->own, &own_impl);
	data_source_offer(&rig->own, "text/plain");
	backend->sink->selection(backend->sink_data, primary, &rig->own);
}

static struct data_source *set(struct host_selection_rig *rig, bool primary)
{
	static const char *const mimes[] = {"text/plain"};
	struct server *server = rig->fixture->server;
	struct data_source *source = data_source_create_static(server->loop, mimes, 1, "text", 4);
	check(selection_set(primary ? &rig->seat->primary : &rig->seat->clipboard, source,
		server_next_serial(server)));
	return source;
}

TEST_F(host_selection_rig, host_hears_of_ours)
{
	const struct data_source *source = set(rig, false);
	check_eq(rig->calls, 1);
	check(rig->source == source && !rig->primary);
	source = set(rig, true);
	check_eq(rig->calls, 2);
	check(rig->source == source && rig->primary);
	check(selection_set(&rig->seat->clipboard, NULL, server_next_serial(rig->fixture->server)));
	check_eq(rig->calls, 3);
	check(!rig->source && !rig->primary);
}

TEST_F(host_selection_rig, host_hears_nothing_of_its_own)
{
	set(rig, false);
	check_eq(rig->calls, 1);
	host_sets(rig, false);
	check(rig->seat->clipboard.source == &rig->own);
	check_eq(rig->calls, 1);
	// A client replaces the selection of the host.
	set(rig, false);
	check_eq(rig->cancelled, 1);
	check_eq(rig->calls, 2);
}

TEST_F(host_selection_rig, host_gives_up_its_own)
{
	host_sets(rig, true);
	check(rig->seat->primary.source == &rig->own);
	data_source_finish(&rig->own);
	check(!rig->seat->primary.source);
	check_eq(rig->cancelled, 0);
}

// Another bridge, like that to the selections of X programs
TEST_F(host_selection_rig, host_gets_what_another_bridge_set)
{
	static const char *const mimes[] = {"text/plain"};
	struct server *server = rig->fixture->server;
	struct selection *selection = &rig->seat->clipboard;
	struct data_source *source = data_source_create_static(server->loop, mimes, 1, "text", 4);
	check(selection_set_from(selection, source, server_next_serial(server), rig));
	check_eq(rig->calls, 1);
	check(rig->source == source && selection->origin == rig);
	host_sets(rig, false);
	check_eq(rig->calls, 1);
	check(selection->origin == server->backend);
	// It reports that there is nothing, and gives up what it had.
	check(selection_set_from(selection, NULL, server_next_serial(server), rig));
	check_eq(rig->calls, 2);
	check(!rig->source && selection->origin == rig);
	data_source_init(&rig->own, &own_impl);
	check(selection_set_from(selection, &rig->own, server_next_serial(server), rig));
	check_eq(rig->calls, 3);
	data_source_finish(&rig->own);
	check_eq(rig->calls, 4);
	check(!rig->source && !selection->source && selection->origin == rig);
	// What a client sets has none.
	set(rig, false);
	check_eq(rig->calls, 5);
	check(!selection->origin);
}

TEST(host_says_that_there_is_nothing)
{
	struct host_selection_rig new_rig = {0}, *rig = &new_rig;
	host_selection_rig_init(rig);
	const struct backend *backend = rig->fixture->server->backend;
	set(rig, false);
	backend->sink->selection(backend->sink_data, false, NULL);
	check(!rig->seat->clipboard.source);
	check_eq(rig->calls, 1);
	host_sets(rig, false);
	host_selection_rig_finish(rig); // while the host has the selection
	check_eq(rig->cancelled, 1);
}

// What a client copied is offered to the host for longer than the client lives.
TEST_F(host_selection_rig, host_pastes_what_a_client_left)
{
	static const struct owner_type types[] = {{"text/plain", .text = "kept"}};
	struct owner *owner = owner_create(rig->fixture, types, 1);
	struct ext_data_control_source_v1 *source = owner_set(owner, false);
	owner_write(owner, SIZE_MAX);
	check_eq(rig->calls, 1);
	owner_destroy_source(owner, source);
	check_eq(rig->calls, 2);
	check(rig->source && rig->source == rig->seat->clipboard.source);
	check_str(selection_read(rig->fixture, &rig->seat->clipboard, "text/plain", NULL), "kept");
	// The host's own replaces it.
	host_sets(rig, false);
	check(rig->seat->clipboard.source == &rig->own);
	data_source_finish(&rig->own);
	check(!rig->seat->clipboard.source);
	owner_destroy(owner);
}
