// SPDX-License-Identifier: MIT
// What a screenshot shows, as the verbs shot and expect take it: an output, a window, a region.
#pragma once
#include <stdbool.h>
#include "compositor/base/geom.h"
#include "compositor/base/image.h"

struct action;
struct selector;
struct server;

struct shot_options {            // zeroed: everything that is shown
	char *output;            // name; owned
	struct selector *window; // owned
	bool has_region;
	struct box region; // layout
	bool cursor, popups;
	double scale; // of windows and regions; 0: that of the output they are on
};

// Takes output=, window=SELECTOR..., region=, scale=, cursor and popups out of the action's words;
// also the forms --output NAME, --window SELECTOR, --region X,Y,W,H and --cursor. False: the action
// has failed, and options is zeroed.
bool shot_options_parse(struct action *action, struct shot_options *options);
// Accepts a zeroed struct.
void shot_options_finish(struct shot_options *options);
// Takes the screenshot. The caller destroys it; NULL with *error set, which the caller frees.
struct image *shot_options_take(
	const struct shot_options *options, struct server *server, char **error);
// Names the window of the screenshot for a message, and how many others match; "" for other shots.
// The caller frees it.
char *shot_options_describe(const struct shot_options *options, struct server *server);
