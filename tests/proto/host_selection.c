// SPDX-License-Identifier: MIT
// A back end whose host has a clipboard of its own: what it hears of ours, and we of its.
#include <string.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"

// In place of the back end's functions; the rest stays.
struct host {
	struct backend_impl impl;
	const struct backend_impl *real;
	struct fixture *fixture;
	struct seat *seat;
	int told;
	bool primary;
	struct data_source *source; // as told last
	int cancelled;              // of its own
	struct data_source own;
};

static void on_set(struct backend *backend, bool primary, struct data_source *source)
{
	struct host *host = wl_container_of(backend->impl, host, impl);
	host->told++;
	host->primary = primary;
	host->source = source;
}

static void own_send(struct data_source *source, const char *mime, int fd)
{
	close_fd(&fd);
}

static void own_cancelled(struct data_source *source)
{
	struct host *host = wl_container_of(source, host, own);
	host->cancelled++;
	data_source_finish(source);
}

static const struct data_source_impl own_impl = {.send = own_send, .cancelled = own_cancelled};

static void begin(struct host *host)
{
	*host = (struct host){.fixture = fixture_create(NULL)};
	struct backend *backend = host->fixture->server->backend;
	host->seat = host->fixture->server->seat;
	host->real = backend->impl;
	host->impl = *backend->impl;
	host->impl.set_selection = on_set;
	backend->impl = &host->impl;
}

static void end(struct host *host)
{
	host->fixture->server->backend->impl = host->real;
	fixture_destroy(host->fixture);
}

static void host_sets(struct host *host, bool primary)
{
	const struct backend *backend = host->fixture->server->backend;
	data_source_init(&host->own, &own_impl);
	data_source_offer(&host->own, "text/plain");
	backend->sink->selection(backend->sink_data, primary, &host->own);
}

static struct data_source *set(struct host *host, bool primary)
{
	static const char *const mimes[] = {"text/plain"};
	struct server *server = host->fixture->server;
	struct data_source *source = data_source_create_static(server->loop, mimes, 1, "text", 4);
	check(selection_set(primary ? &host->seat->primary : &host->seat->clipboard, source,
		server_next_serial(server)));
	return source;
}

TEST(host_hears_of_ours)
{
	struct host host;
	begin(&host);
	const struct data_source *source = set(&host, false);
	check_eq(host.told, 1);
	check(host.source == source && !host.primary);
	source = set(&host, true);
	check_eq(host.told, 2);
	check(host.source == source && host.primary);
	check(selection_set(&host.seat->clipboard, NULL, server_next_serial(host.fixture->server)));
	check_eq(host.told, 3);
	check(!host.source && !host.primary);
	end(&host);
}

TEST(host_hears_nothing_of_its_own)
{
	struct host host;
	begin(&host);
	set(&host, false);
	check_eq(host.told, 1);
	host_sets(&host, false);
	check(host.seat->clipboard.source == &host.own);
	check_eq(host.told, 1);
	// It loses it to one of ours.
	set(&host, false);
	check_eq(host.cancelled, 1);
	check_eq(host.told, 2);
	end(&host);
}

TEST(host_gives_up_its_own)
{
	struct host host;
	begin(&host);
	host_sets(&host, true);
	check(host.seat->primary.source == &host.own);
	data_source_finish(&host.own);
	check(!host.seat->primary.source);
	check_eq(host.cancelled, 0);
	end(&host);
}

TEST(host_says_that_there_is_nothing)
{
	struct host host;
	begin(&host);
	const struct backend *backend = host.fixture->server->backend;
	set(&host, false);
	backend->sink->selection(backend->sink_data, false, NULL);
	check(!host.seat->clipboard.source);
	check_eq(host.told, 1);
	host_sets(&host, false);
	end(&host); // with a source of the host's
	check_eq(host.cancelled, 1);
}
