// SPDX-License-Identifier: MIT
// Chooses back end, renderer and shell of a server: by option, else the default; loads the modules
// they are in.
#pragma once
#include "compositor/create.h"

struct backend_sink;

// Creates the back end named by the options, else headless. NULL: not available (logged, with what
// to do).
struct backend *choose_backend(struct server *server, const struct backend_sink *sink,
	const struct server_options *options);
// Creates the renderer named by the options, else the first of backend->renderers that works. NULL:
// none does (logged).
struct renderer *choose_renderer(struct backend *backend, const struct server_options *options);
// Creates the shell named by the options, else the desktop. NULL: no such shell (logged).
struct shell *choose_shell(struct server *server, const struct server_options *options);
