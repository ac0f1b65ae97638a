// SPDX-License-Identifier: MIT
// Pictures of what is shown, as images.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "compositor/run/image.h"
#include "compositor/run/runner.h"

struct server;

struct shot {
	char *output;            // name; owned
	struct selector *window; // owned
	bool has_region;
	struct box region; // layout
	bool cursor, popups;
	double scale; // of windows and regions; 0: of the output they are on
};

// Takes output=, window=SELECTOR..., region=, scale=, cursor and popups out of the words; also the
// forms --output NAME, --window SELECTOR, --region X,Y,W,H, --cursor. False: the action failed.
bool shot_parse(struct action *action, struct shot *shot);
void shot_finish(struct shot *shot);
// Nothing selected: the one output, or the whole layout where there are several.
struct image *shot_take(struct server *server, const struct shot *shot, char **error);
// 0xAARRGGBB of one place of the layout; false: no output is there.
bool shot_pixel(struct server *server, double x, double y, uint32_t *color);
