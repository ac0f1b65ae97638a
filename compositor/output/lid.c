// SPDX-License-Identifier: MIT
// The internal panel of a laptop: touchscreens without a configured output belong to it, and
// closing the lid disables it while another output is enabled.
#include <string.h>
#include "compositor/output/output.h"
#include "compositor/server.h"

static bool is_builtin(const struct output *output)
{
	static const char *const connectors[] = {"eDP-", "LVDS-", "DSI-"};
	for (size_t i = 0; i < array_length(connectors); i++)
		if (strncmp(output->name, connectors[i], strlen(connectors[i])) == 0)
			return true;
	return false;
}

struct output *output_builtin(struct server *server)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (is_builtin(output))
			return output;
	}
	return NULL;
}

static void enable(struct output *output, bool enabled)
{
	struct output_change change = output_change_none(output);
	change.enabled = enabled;
	outputs_apply(output->server, &change, 1, false);
}

void outputs_set_lid(struct server *server, bool closed)
{
	struct output *output = output_builtin(server), *other;
	struct output *disabled = server->lid_disabled.target;
	if (closed)
		wl_signal_emit_mutable(&server->events.lid_closed, NULL);
	if (!closed) {
		weak_clear(&server->lid_disabled);
		if (disabled)
			enable(disabled, true);
		return;
	}
	wl_list_for_each(other, &server->outputs, link) {
		if (!output || !output->enabled || other == output || !other->enabled)
			continue;
		weak_set(&server->lid_disabled, output, &output->events.destroyed);
		enable(output, false);
		return;
	}
}
