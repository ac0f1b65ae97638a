// SPDX-License-Identifier: MIT
// The shells of the program.
#pragma once

struct server;
struct shell;

// Floating windows with title bars, panels and key bindings. Never NULL. Destroyed with
// shell_destroy.
struct shell *desktop_shell_create(struct server *server);
// Windows that fill their output, for one application. Never NULL. Destroyed with shell_destroy.
struct shell *kiosk_shell_create(struct server *server);
