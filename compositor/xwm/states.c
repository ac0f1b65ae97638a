// SPDX-License-Identifier: MIT
// States of X windows: _NET_WM_STATE in both directions, WM_STATE, and the extents of frames.
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/server.h"
#include "compositor/xwm/xwm.h"

// WM_STATE
#define NORMAL_STATE 1
#define ICONIC_STATE 3

#define BOTH_WAYS (FLAG_MAXIMIZED_VERT | FLAG_MAXIMIZED_HORZ)

// A state of EWMH, as a state of the shell (enum window_state) or a flag of ours.
struct state {
	xcb_atom_t atom;
	unsigned state, flag;
};

#define N_STATES 12

static void list_states(const struct xwm_atoms *atoms, struct state states[N_STATES])
{
	const struct state list[N_STATES] = {
		{atoms->_NET_WM_STATE_FULLSCREEN, WINDOW_FULLSCREEN, 0},
		{atoms->_NET_WM_STATE_HIDDEN, WINDOW_MINIMIZED, 0},
		{atoms->_NET_WM_STATE_FOCUSED, WINDOW_ACTIVATED, 0},
		{atoms->_NET_WM_STATE_DEMANDS_ATTENTION, WINDOW_URGENT, 0},
		{atoms->_NET_WM_STATE_MAXIMIZED_VERT, WINDOW_MAXIMIZED, FLAG_MAXIMIZED_VERT},
		{atoms->_NET_WM_STATE_MAXIMIZED_HORZ, WINDOW_MAXIMIZED, FLAG_MAXIMIZED_HORZ},
		{atoms->_NET_WM_STATE_MODAL, 0, FLAG_MODAL},
		{atoms->_NET_WM_STATE_STICKY, 0, FLAG_STICKY},
		{atoms->_NET_WM_STATE_SKIP_TASKBAR, 0, FLAG_SKIP_TASKBAR},
		{atoms->_NET_WM_STATE_SKIP_PAGER, 0, FLAG_SKIP_PAGER},
		{atoms->_NET_WM_STATE_ABOVE, 0, FLAG_ABOVE},
		{atoms->_NET_WM_STATE_BELOW, 0, FLAG_BELOW},
	};
	memcpy(states, list, sizeof(list));
}

static const struct state *state_find(const struct state states[N_STATES], xcb_atom_t atom)
{
	for (size_t i = 0; atom && i < N_STATES; i++)
		if (states[i].atom == atom)
			return &states[i];
	return NULL;
}

// Writing

void states_frame(const struct xwindow *window, int frame[4])
{
	const struct window *shown = window->window;
	const struct shell *shell = window->xwm->server->shell;
	memset(frame, 0, 4 * sizeof(*frame));
	if (!shell || !shell->impl->frame)
		return;
	bool added = shown && shown->added;
	bool framed = added ? shown->pending.decorated : manage_is_framed(window);
	unsigned states = added ? shown->pending.states : window->initial_states;
	int width = added && shown->geometry.width ? shown->geometry.width : window->wanted.width;
	shell->impl->frame(framed, states, width, frame);
}

static void set_property(struct xwindow *window, xcb_atom_t property, xcb_atom_t type,
	const uint32_t *numbers, size_t count)
{
	xcb_change_property(window->xwm->xcb, XCB_PROP_MODE_REPLACE, window->id, property, type, 32,
		(uint32_t)count, numbers);
	window->xwm->written = true;
}

static void write_frame(struct xwindow *window, const int frame[4])
{
	const uint32_t numbers[] = {
		(uint32_t)frame[0], (uint32_t)frame[1], (uint32_t)frame[2], (uint32_t)frame[3]};
	set_property(window, window->xwm->atoms._NET_FRAME_EXTENTS, XCB_ATOM_CARDINAL, numbers, 4);
}

void states_push_frame(struct xwindow *window)
{
	int frame[4];
	states_frame(window, frame);
	write_frame(window, frame);
}

static void write_states(struct xwindow *window, unsigned shown_states, unsigned flags)
{
	const struct xwm_atoms *atoms = &window->xwm->atoms;
	struct state states[N_STATES];
	xcb_atom_t set[N_STATES];
	size_t count = 0;
	list_states(atoms, states);
	for (size_t i = 0; i < N_STATES; i++)
		if (states[i].state & shown_states || states[i].flag & flags)
			set[count++] = states[i].atom;
	set_property(window, atoms->_NET_WM_STATE, XCB_ATOM_ATOM, set, count);
	const uint32_t state[] = {
		shown_states & WINDOW_MINIMIZED ? ICONIC_STATE : NORMAL_STATE, XCB_NONE};
	set_property(window, atoms->WM_STATE, atoms->WM_STATE, state, 2);
}

static void write_constants(struct xwindow *window)
{
	const struct xwm_atoms *atoms = &window->xwm->atoms;
	const uint32_t desktop = 0;
	const xcb_atom_t actions[] = {atoms->_NET_WM_ACTION_MOVE, atoms->_NET_WM_ACTION_RESIZE,
		atoms->_NET_WM_ACTION_MINIMIZE, atoms->_NET_WM_ACTION_MAXIMIZE_HORZ,
		atoms->_NET_WM_ACTION_MAXIMIZE_VERT, atoms->_NET_WM_ACTION_FULLSCREEN,
		atoms->_NET_WM_ACTION_CLOSE};
	set_property(window, atoms->_NET_WM_DESKTOP, XCB_ATOM_CARDINAL, &desktop, 1);
	set_property(window, atoms->_NET_WM_ALLOWED_ACTIONS, XCB_ATOM_ATOM, actions,
		array_length(actions));
}

void states_push(struct xwindow *window)
{
	if (!window->states_due || window->override_redirect)
		return;
	window->states_due = false;
	const struct window *shown = window->window;
	unsigned states = shown && shown->added ? shown->pending.states : window->initial_states;
	int frame[4];
	states_frame(window, frame);
	bool first = !window->sent_states.valid;
	if (first || states != window->sent_states.states ||
		window->flags != window->sent_states.flags)
		write_states(window, states, window->flags);
	if (first || memcmp(frame, window->sent_states.frame, sizeof(frame)) != 0)
		write_frame(window, frame);
	if (first)
		write_constants(window);
	window->sent_states.valid = true;
	window->sent_states.states = states;
	window->sent_states.flags = window->flags;
	memcpy(window->sent_states.frame, frame, sizeof(frame));
}

void states_withdraw(struct xwindow *window)
{
	struct xwm *xwm = window->xwm;
	const uint32_t withdrawn[] = {0, XCB_NONE};
	window->sent_states.valid = window->states_due = false;
	xcb_delete_property(xwm->xcb, window->id, xwm->atoms._NET_WM_STATE);
	set_property(window, xwm->atoms.WM_STATE, xwm->atoms.WM_STATE, withdrawn, 2);
}

// Reading

void states_read_initial(struct xwindow *window, const struct property *property)
{
	struct state states[N_STATES];
	xcb_atom_t atoms[HINTS_MAX_ATOMS];
	size_t count = hints_numbers(property, atoms, array_length(atoms));
	unsigned flags = 0;
	window->initial_states = 0;
	list_states(&window->xwm->atoms, states);
	for (size_t i = 0; i < count; i++) {
		const struct state *state = state_find(states, atoms[i]);
		if (state && state->state & (WINDOW_FULLSCREEN | WINDOW_MINIMIZED))
			window->initial_states |= state->state;
		if (state)
			flags |= state->flag;
	}
	if ((flags & BOTH_WAYS) == BOTH_WAYS) {
		window->initial_states |= WINDOW_MAXIMIZED;
		flags &= ~(unsigned)BOTH_WAYS;
	}
	window->flags = flags;
}

static bool after_action(uint32_t action, bool before)
{
	return action == 2 ? !before : action == 1;
}

// Before mapping, they are kept; afterwards the shell decides.
static void request_state(struct xwindow *window, enum window_request what, unsigned state, bool on)
{
	if (window->window)
		window_request(window->window, what, &(struct window_detail){.on = on});
	else if (on)
		window->initial_states |= state;
	else
		window->initial_states &= ~state;
}

void states_request(struct xwindow *window, uint32_t action, xcb_atom_t first, xcb_atom_t second)
{
	struct window *shown = window->window;
	struct state states[N_STATES];
	list_states(&window->xwm->atoms, states);
	unsigned before = shown ? shown->pending.states : window->initial_states;
	unsigned flags = 0, asked = 0;
	const struct state *found[] = {state_find(states, first), state_find(states, second)};
	for (size_t i = 0; i < array_length(found); i++) {
		flags |= found[i] ? found[i]->flag : 0;
		asked |= found[i] ? found[i]->state : 0;
	}
	if ((flags & BOTH_WAYS) == BOTH_WAYS)
		request_state(window, REQUEST_MAXIMIZE, WINDOW_MAXIMIZED,
			after_action(action, before & WINDOW_MAXIMIZED));
	flags &= ~(unsigned)BOTH_WAYS; // one way alone is not possible
	if (asked & WINDOW_FULLSCREEN)
		request_state(window, REQUEST_FULLSCREEN, WINDOW_FULLSCREEN,
			after_action(action, before & WINDOW_FULLSCREEN));
	if (asked & WINDOW_URGENT && shown && after_action(action, before & WINDOW_URGENT))
		window_request(shown, REQUEST_ATTENTION, NULL);
	for (unsigned flag = 1; flag <= FLAG_BELOW; flag <<= 1) {
		if (!(flags & flag))
			continue;
		if (after_action(action, window->flags & flag))
			window->flags |= flag;
		else
			window->flags &= ~flag;
	}
	// Also what is refused is answered: programs wait for the property.
	window->sent_states.valid = false;
	window->states_due = true;
	if (window->mapped || window->window)
		xwindow_schedule(window);
}
