// SPDX-License-Identifier: MIT
#include "compositor/seat/shortcuts.h"
#include "compositor/policy.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/surface/surface.h"
#include "keyboard-shortcuts-inhibit-unstable-v1-protocol.h"

bool shortcuts_inhibited(struct seat *seat)
{
	const struct surface *focus = keyboard_focus(seat);
	return focus && focus->inhibits_shortcuts;
}

void shortcuts_set_inhibited(struct surface *surface, bool inhibited)
{
	struct shell *shell = surface->server->shell;
	struct wl_resource *inhibitor = surface->shortcuts_inhibitor;
	if (!inhibitor || surface->inhibits_shortcuts == inhibited)
		return;
	surface->inhibits_shortcuts = inhibited;
	if (inhibited)
		zwp_keyboard_shortcuts_inhibitor_v1_send_active(inhibitor);
	else
		zwp_keyboard_shortcuts_inhibitor_v1_send_inactive(inhibitor);
	if (shell && shell->impl->shortcuts_changed)
		shell->impl->shortcuts_changed(shell, surface);
}
