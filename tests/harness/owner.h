// SPDX-License-Identifier: MIT
// A client that owns selections (by ext-data-control) and answers requests for their data as a
// table prescribes: at once, in large amounts, without end, or never.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "tests/harness/client.h"

struct ext_data_control_source_v1;
struct selection;

enum owner_answer {
	OWNER_ANSWERS, // writes all data
	OWNER_SILENT,  // keeps the pipe open and writes nothing
	OWNER_ENDLESS, // writes until the reader closes its end
};

struct owner_type {
	const char *mime;
	enum owner_answer answer;
	const char *text; // data; NULL: size bytes
	size_t size;
};

struct owner_pipe {
	const struct owner_type *type;
	int fd;
	size_t done;  // bytes written
	bool refused; // the reader has closed its end
};

struct owner {
	struct client *client;
	struct ext_data_control_manager_v1 *manager;
	struct ext_data_control_device_v1 *device;
	const struct owner_type *types;
	size_t n_types;
	struct owner_pipe pipes[64]; // open ones
	size_t n_pipes;
	char asked[4096]; // types in the order of requests, each followed by a space
	int n_asked, cancelled;
	size_t written; // bytes, of all pipes
};

// Connects the client. The types are borrowed.
struct owner *owner_create(struct fixture *fixture, const struct owner_type *types, size_t n);
// Closes its pipes, disconnects the client. Accepts NULL.
void owner_destroy(struct owner *owner);
// Sets the clipboard or the primary selection to a new source of its types, and pumps once. The
// caller destroys the source, or the client does.
struct ext_data_control_source_v1 *owner_set(struct owner *owner, bool primary);
// Clears the selection by NULL, and pumps.
void owner_clear(struct owner *owner, bool primary);
// Writes and pumps until nothing moves, or its pipes have taken that many bytes.
void owner_write(struct owner *owner, size_t at_most);
// Destroys a proxy of the source with a request.
void owner_destroy_source(struct owner *owner, struct ext_data_control_source_v1 *source);

// What a selection gives for a type, as a string of at most 63 bytes in a static buffer, and its
// size (if not NULL). "" also without a source.
const char *selection_read(
	struct fixture *fixture, const struct selection *selection, const char *mime, size_t *size);
