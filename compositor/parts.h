// SPDX-License-Identifier: MIT
// Which back end, renderer and shell a server is made of: those asked for, else what is there.
#pragma once
#include "compositor/create.h"

struct backend_sink;

// Each: NULL where it cannot be had, logged with what to do.
struct backend *choose_backend(struct server *server, const struct backend_sink *sink,
	const struct server_options *options);
struct renderer *choose_renderer(struct backend *backend, const struct server_options *options);
struct shell *choose_shell(struct server *server, const struct server_options *options);
