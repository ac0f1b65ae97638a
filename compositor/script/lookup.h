// SPDX-License-Identifier: MIT
// Resolves the words of a verb to windows, outputs, surfaces and points of the layout.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/base/geom.h"
#include "compositor/script/runner.h"
#include "compositor/script/selector.h"

struct layer_surface;
struct output;
struct popup;
struct settle;
struct surface;
struct window;

// The mapped window that matches and was focused last; NULL: none.
struct window *lookup_window(struct server *server, const struct selector *selector);
// The mapped layer surface of that namespace, or any when it is NULL; NULL: none.
struct layer_surface *lookup_layer(struct server *server, const char *namespace);
// The topmost mapped popup of the window, or of any window or layer surface when it is NULL; NULL:
// none. *box, which may be NULL, is set to its place in the layout.
struct popup *lookup_popup(struct server *server, struct window *window, struct box *box);
// What selectors match of a window. The strings are borrowed.
void lookup_describe_window(const struct window *window, struct window_facts *into);
// The process of the window's client, 0: not known.
pid_t window_pid(const struct window *window);
// The first shown windows, for error messages. The caller frees the text.
char *lookup_list_windows(struct server *server);
// The window's client. The window must have a surface.
struct wl_client *window_wl_client(const struct window *window);

// The functions that take an action return NULL or false when they have made it fail.

// The window of action->selector; NULL: the focused window.
struct window *action_window(struct action *action);
// The output of that name.
struct output *action_output(struct action *action, const char *name);

// What action->place names, or the layout.
struct place {
	enum place_kind kind;
	struct box box; // layout
	struct window *window;
	struct surface *surface; // of the window, popup or layer surface; else NULL
	struct output *output;   // of PLACE_OUTPUT
};
// Finds the place of the action.
bool action_place(struct action *action, struct place *place);
// Converts a point of the place to the layout.
void place_point(const struct place *place, const struct point *point, double *x, double *y);
// Polls a settle on behalf of the action; fails when it will never settle.
enum progress action_settle(struct action *action, struct settle *settle);

// The window with the keyboard focus; a focused popup counts as its window. NULL: no window has it.
struct window *keyboard_window(struct server *server);
// Whether the window, its popup or one of its dialogs has the keyboard focus.
bool window_holds_focus(const struct window *window);
// Names in a message what has the keyboard focus. The caller frees it; NULL: nothing has.
char *keyboard_holder_name(struct server *server);
// Names the window, popup or layer surface of a surface in a message. The caller frees it.
char *surface_name(struct surface *surface);
// Names a window in a message: its number, app_id and title. The caller frees it.
char *window_name(const struct window *window);
// Appends the window as a JSON object.
void window_to_json(const struct window *window, struct strbuf *buf);
// Appends the window as a line of text.
void window_to_text(const struct window *window, struct strbuf *buf);
