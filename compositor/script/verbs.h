// SPDX-License-Identifier: MIT
// The verbs of scripts, grouped by the file that defines them.
#pragma once
#include "compositor/script/runner.h"

extern const struct verb *const verbs[]; // sorted by name, NULL at the end
// The verb of that name; NULL: there is none.
const struct verb *verb_find(const char *name);

// verbs_pointer.c
extern const struct verb verb_move, verb_click, verb_press, verb_release, verb_drag, verb_scroll;
// verbs_keys.c
extern const struct verb verb_key, verb_chord, verb_text, verb_touch, verb_tap;
// verbs_keyboard.c
extern const struct verb verb_layout;
// verbs_window.c
extern const struct verb verb_focus, verb_resize, verb_place, verb_maximize, verb_maximise,
	verb_unmaximize, verb_unmaximise, verb_fullscreen, verb_unfullscreen, verb_minimize,
	verb_minimise, verb_unminimize, verb_unminimise, verb_close, verb_kill, verb_disconnect,
	verb_freeze, verb_thaw, verb_ack;
// verbs_output.c
extern const struct verb verb_output;
// verbs_wait.c
extern const struct verb verb_wait;
// verbs_time.c
extern const struct verb verb_settle, verb_step, verb_clock;
// verbs_clip.c
extern const struct verb verb_clip, verb_drop;
// verbs_picture.c
extern const struct verb verb_shot, verb_expect;
// verbs_lock.c
extern const struct verb verb_lock;
// verbs_misc.c
extern const struct verb verb_echo, verb_list, verb_exec, verb_spawn, verb_quit, verb_help;

// verbs_xwayland.c
extern const struct verb verb_xwayland;

// For the verb list: the seat's keyboards.
void list_keyboards(struct action *action);

#define VERB_LIMIT (10 * NSEC_PER_SEC) // real time that most verbs may take
