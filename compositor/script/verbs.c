// SPDX-License-Identifier: MIT
// The table of verbs, sorted by name.
#include "compositor/script/verbs.h"
#include <string.h>

const struct verb *const verbs[] = {
	&verb_ack,
	&verb_chord,
	&verb_click,
	&verb_clip,
	&verb_clock,
	&verb_close,
	&verb_disconnect,
	&verb_drag,
	&verb_drop,
	&verb_echo,
	&verb_exec,
	&verb_expect,
	&verb_focus,
	&verb_freeze,
	&verb_fullscreen,
	&verb_help,
	&verb_key,
	&verb_kill,
	&verb_layout,
	&verb_list,
	&verb_lock,
	&verb_maximise,
	&verb_maximize,
	&verb_minimise,
	&verb_minimize,
	&verb_move,
	&verb_output,
	&verb_place,
	&verb_press,
	&verb_quit,
	&verb_release,
	&verb_resize,
	&verb_scroll,
	&verb_settle,
	&verb_shot,
	&verb_spawn,
	&verb_step,
	&verb_tap,
	&verb_text,
	&verb_thaw,
	&verb_touch,
	&verb_unfullscreen,
	&verb_unmaximise,
	&verb_unmaximize,
	&verb_unminimise,
	&verb_unminimize,
	&verb_wait,
	&verb_xwayland,
	NULL,
};

const struct verb *verb_find(const char *name)
{
	for (const struct verb *const *verb = verbs; *verb; verb++)
		if (strcmp((*verb)->name, name) == 0)
			return *verb;
	return NULL;
}
