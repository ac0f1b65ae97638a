// SPDX-License-Identifier: MIT
// Places that windows return to. A window's position is computed from its place and the present
// outputs alone, so any number of changes in between leaves no trace.
#include "compositor/shell/home.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/shell/place.h"

void home_finish(struct home *home)
{
	free(home->output);
	free(home->monitor);
	*home = (struct home){0};
}

// NULL: unknown, as that of virtual outputs. The caller frees it.
static char *monitor_name(const struct output *output)
{
	const struct screen *screen = output->screen;
	if (!screen->make && !screen->model && !screen->serial)
		return NULL;
	return xasprintf("%s\n%s\n%s", screen->make ? screen->make : "",
		screen->model ? screen->model : "", screen->serial ? screen->serial : "");
}

void home_set(struct home *home, const struct output *output, const struct box *box)
{
	home->layout = 0;
	if (!home->output || strcmp(home->output, output->name) != 0)
		replace_string(&home->output, output->name);
	free(home->monitor);
	home->monitor = monitor_name(output);
	home->box = box ? *box : (struct box){0};
	if (box) {
		home->box.x -= output->box.x;
		home->box.y -= output->box.y;
	}
	home->output_width = output->box.width;
	home->output_height = output->box.height;
}

void home_set_like(struct home *home, const struct home *other)
{
	home->layout = 0;
	replace_string(&home->output, other->output);
	replace_string(&home->monitor, other->monitor);
}

static struct output *home_search(const struct home *home, struct server *server)
{
	struct output *output, *same_monitor = NULL;
	wl_list_for_each(output, &server->outputs, link) {
		if (!home->output || !output->enabled)
			continue;
		char *monitor = monitor_name(output);
		bool both = home->monitor && monitor;
		bool same = both && strcmp(home->monitor, monitor) == 0;
		free(monitor);
		// Reading the EDID may fail once.
		if (strcmp(home->output, output->name) == 0 && (same || !both))
			return output;
		if (same && output->screen->serial && !same_monitor)
			same_monitor = output;
	}
	return same_monitor;
}

struct output *home_find(struct home *home, struct server *server)
{
	// Each commit of a window asks.
	bool fresh = home->layout == server->layouts;
	if (fresh && (!home->found || home->found->enabled))
		return home->found;
	home->found = home_search(home, server);
	home->layout = server->layouts;
	return home->found;
}

struct box home_place(const struct home *home, const struct box *frame, const struct output *output)
{
	const struct box from = {0, 0, home->output_width, home->output_height};
	const struct box *usable = &output->usable;
	struct box box = place_moved(frame, &from, &output->box);
	// New panels must not cover the title bar.
	bool adjusts = from.width != output->box.width || from.height != output->box.height ||
		box.y < usable->y;
	if (adjusts && box_contains_box(&from, frame)) {
		box.width = MIN(box.width, usable->width);
		box.height = MIN(box.height, usable->height);
	}
	if (adjusts && box_contains_box(&output->box, &box))
		box = place_inside(&box, usable);
	return box;
}
