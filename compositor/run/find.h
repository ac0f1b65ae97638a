// SPDX-License-Identifier: MIT
// From the words of a verb to windows, outputs and places.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/base/geom.h"
#include "compositor/run/runner.h"
#include "compositor/run/selector.h"

struct layer_surface;
struct output;
struct popup;
struct surface;
struct window;

// The mapped window that was focused most recently among those that match; NULL: none.
struct window *find_window(struct server *server, const struct selector *selector);
struct layer_surface *find_layer(struct server *server, const char *namespace); // NULL: any mapped
// The topmost popup that was mapped last; of that window, or of any when it is NULL.
struct popup *find_popup(struct server *server, struct window *window, struct box *box);
pid_t window_pid(const struct window *window);
struct wl_client *window_wl_client(const struct window *window);
void selectable_from(const struct window *window, struct selectable *into);

// Takes the selector out of the words from first on, and an "in" before it, and finds the window;
// no words: the focused one. NULL: the action has failed.
struct window *action_window(struct action *action, size_t first);
// Takes the words from first on as a selector. NULL: the action has failed.
struct selector *action_selector(struct action *action, size_t first);
struct output *action_output(struct action *action, const char *name); // NULL: failed

// Where points count from: "in SELECTOR", "in layer=NAMESPACE", "in output=NAME", "in popup
// [SELECTOR]"; the layout without. Takes those words out.
struct place {
	bool given;
	struct box box; // layout
	struct window *window;
	struct surface *surface; // of a window, popup or layer; NULL otherwise
};
bool action_place(struct action *action, struct place *place);
// The point of a word such as "40,30", "50%,50%" or "-10,10".
bool action_point(
	struct action *action, size_t index, const struct place *place, double *x, double *y);
// NAME=VALUE options with limits; where they are not there, *value stays. False: failed.
bool action_integer(struct action *action, const char *name, long min, long max, long *value);
// Asks a settle of an action that waits for it; fails where it is hopeless.
struct settle;
enum progress action_settle(struct action *action, struct settle *settle);
bool action_flag(struct action *action, const char *word); // takes the word out, true: it was there

void window_to_json(const struct window *window, struct out *out);
void window_to_text(const struct window *window, struct out *out);
