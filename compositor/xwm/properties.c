// SPDX-License-Identifier: MIT
// Reads the properties of X windows: all before a window is mapped, later those that change. One
// question per window is on its way at most, so that a storm of changes costs one question a turn.
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include "compositor/base/base.h"
#include "compositor/xwm/xwm.h"

#define TEXT_MAX 16384 // words of 32 bits
#define NUMBERS_MAX HINTS_MAX_ATOMS
#define SHADOW_MAX 256 // pixels on each side; windows grow by it

// The parsers

static void read_class(struct xwindow *window, const struct property *property)
{
	free(window->class_hint.instance);
	free(window->class_hint.name);
	window->class_hint = hints_class(property);
	window->facts.instance = window->class_hint.instance;
	window->facts.class_name = window->class_hint.name;
}

static void read_title(struct xwindow *window, const struct property *property)
{
	free(window->title);
	window->title = hints_text(property, property->type != window->xwm->atoms.UTF8_STRING);
}

static void read_net_title(struct xwindow *window, const struct property *property)
{
	free(window->net_title);
	window->net_title = hints_text(property, false);
}

static void read_transient(struct xwindow *window, const struct property *property)
{
	uint32_t id = 0;
	hints_numbers(property, &id, 1);
	window->transient_for = id;
}

static void read_size(struct xwindow *window, const struct property *property)
{
	window->size = hints_size(property);
}

static void read_wm(struct xwindow *window, const struct property *property)
{
	window->hints = hints_wm(property);
}

static void read_motif(struct xwindow *window, const struct property *property)
{
	window->motif = hints_motif(property);
}

static void read_protocols(struct xwindow *window, const struct property *property)
{
	const struct xwm_atoms *atoms = &window->xwm->atoms;
	window->protocols = 0;
	if (hints_has_atom(property, atoms->WM_DELETE_WINDOW))
		window->protocols |= HAS_DELETE;
	if (hints_has_atom(property, atoms->WM_TAKE_FOCUS))
		window->protocols |= HAS_TAKE_FOCUS;
	if (hints_has_atom(property, atoms->_NET_WM_PING))
		window->protocols |= HAS_PING;
}

static void read_type(struct xwindow *window, const struct property *property)
{
	const struct xwm_atoms *atoms = &window->xwm->atoms;
	const struct {
		xcb_atom_t atom;
		enum xwindow_type type;
	} types[] = {
		{atoms->_NET_WM_WINDOW_TYPE_NORMAL, TYPE_NORMAL},
		{atoms->_NET_WM_WINDOW_TYPE_DIALOG, TYPE_DIALOG},
		{atoms->_NET_WM_WINDOW_TYPE_UTILITY, TYPE_TOOL},
		{atoms->_NET_WM_WINDOW_TYPE_TOOLBAR, TYPE_TOOL},
		{atoms->_NET_WM_WINDOW_TYPE_MENU, TYPE_TOOL},
		{atoms->_NET_WM_WINDOW_TYPE_SPLASH, TYPE_SPLASH},
		{atoms->_NET_WM_WINDOW_TYPE_DESKTOP, TYPE_DESKTOP},
		{atoms->_NET_WM_WINDOW_TYPE_DOCK, TYPE_DOCK},
		{atoms->_NET_WM_WINDOW_TYPE_NOTIFICATION, TYPE_NOTIFICATION},
		{atoms->_NET_WM_WINDOW_TYPE_DROPDOWN_MENU, TYPE_POPUP},
		{atoms->_NET_WM_WINDOW_TYPE_POPUP_MENU, TYPE_POPUP},
		{atoms->_NET_WM_WINDOW_TYPE_TOOLTIP, TYPE_POPUP},
		{atoms->_NET_WM_WINDOW_TYPE_COMBO, TYPE_POPUP},
		{atoms->_NET_WM_WINDOW_TYPE_DND, TYPE_POPUP},
	};
	uint32_t wanted[HINTS_MAX_ATOMS];
	size_t count = hints_numbers(property, wanted, array_length(wanted));
	window->type = TYPE_NORMAL;
	for (size_t i = 0; i < count; i++) { // by preference
		for (size_t k = 0; k < array_length(types); k++) {
			if (types[k].atom != wanted[i])
				continue;
			window->type = types[k].type;
			return;
		}
	}
}

static void read_shadow(struct xwindow *window, const struct property *property)
{
	uint32_t numbers[4];
	window->has_shadow = hints_numbers(property, numbers, 4) == 4;
	for (int i = 0; i < 4; i++)
		window->shadow[i] = window->has_shadow ? (int)MIN(numbers[i], SHADOW_MAX) : 0;
}

static void read_pid(struct xwindow *window, const struct property *property)
{
	uint32_t pid = 0;
	hints_numbers(property, &pid, 1);
	window->facts.pid = pid <= INT32_MAX ? (pid_t)pid : 0;
}

static void read_user_time(struct xwindow *window, const struct property *property)
{
	window->has_user_time = hints_numbers(property, &window->user_time, 1);
}

static void read_opacity(struct xwindow *window, const struct property *property)
{
	window->opacity = UINT32_MAX;
	hints_numbers(property, &window->opacity, 1);
}

// The table

#define OFFSET(name) offsetof(struct xwm_atoms, name)
#define PREDEFINED SIZE_MAX

static const struct {
	size_t offset;   // of the atom in struct xwm_atoms, or PREDEFINED
	xcb_atom_t atom; // then
	uint32_t words;  // that are read at most
	bool initial;    // only before mapping; later it is ours
	void (*read)(struct xwindow *window, const struct property *property);
} properties[] = {
	{PREDEFINED, XCB_ATOM_WM_CLASS, TEXT_MAX, false, read_class},
	{PREDEFINED, XCB_ATOM_WM_NAME, TEXT_MAX, false, read_title},
	{OFFSET(_NET_WM_NAME), 0, TEXT_MAX, false, read_net_title},
	{PREDEFINED, XCB_ATOM_WM_TRANSIENT_FOR, 1, false, read_transient},
	{PREDEFINED, XCB_ATOM_WM_NORMAL_HINTS, 18, false, read_size},
	{PREDEFINED, XCB_ATOM_WM_HINTS, 9, false, read_wm},
	{OFFSET(_MOTIF_WM_HINTS), 0, 5, false, read_motif},
	{OFFSET(WM_PROTOCOLS), 0, NUMBERS_MAX, false, read_protocols},
	{OFFSET(_NET_WM_WINDOW_TYPE), 0, NUMBERS_MAX, false, read_type},
	{OFFSET(_NET_WM_STATE), 0, NUMBERS_MAX, true, states_read_initial},
	{OFFSET(_GTK_FRAME_EXTENTS), 0, 4, false, read_shadow},
	{OFFSET(_NET_WM_PID), 0, 1, false, read_pid},
	{OFFSET(_NET_WM_USER_TIME), 0, 1, false, read_user_time},
	{OFFSET(_NET_WM_WINDOW_OPACITY), 0, 1, false, read_opacity},
};

#define PROPERTIES array_length(properties)
#define ALL ((1u << PROPERTIES) - 1)

static xcb_atom_t property_atom(const struct xwm *xwm, size_t i)
{
	if (properties[i].offset == PREDEFINED)
		return properties[i].atom;
	return *(const xcb_atom_t *)((const char *)&xwm->atoms + properties[i].offset);
}

// Questions

struct property_ask {
	struct ask ask;
	struct xwm *xwm;
	struct xwindow *window; // NULL: it is gone
	unsigned mask;          // properties by their bits
	xcb_get_property_cookie_t cookies[PROPERTIES];
};

static void ask_for(struct xwindow *window);

static void use_reply(struct xwindow *window, size_t i, const xcb_get_property_reply_t *reply)
{
	struct property property = {0};
	if (reply && reply->type) {
		property.type = reply->type;
		property.format = reply->format;
		property.count = reply->value_len;
		property.data = xcb_get_property_value(reply);
	}
	properties[i].read(window, &property);
}

static void on_answered(struct ask *base)
{
	struct property_ask *ask = wl_container_of(base, ask, ask);
	struct xwindow *window = ask->window;
	for (size_t i = 0; i < PROPERTIES; i++) {
		if (!(ask->mask & 1u << i))
			continue;
		void *reply = NULL;
		xcb_generic_error_t *error = NULL;
		xcb_poll_for_reply(ask->xwm->xcb, ask->cookies[i].sequence, &reply, &error);
		if (window)
			use_reply(window, i, reply);
		free(reply);
		free(error);
	}
	free(ask);
	if (!window)
		return;
	window->asking = NULL;
	window->known = true;
	if (window->wanted_properties)
		ask_for(window);
	manage_update(window);
	if (window->wants_map && !window->asking)
		xwindow_map(window);
}

static void ask_for(struct xwindow *window)
{
	struct xwm *xwm = window->xwm;
	struct property_ask *ask = xcalloc(1, sizeof(*ask));
	ask->xwm = xwm;
	ask->window = window;
	ask->mask = window->wanted_properties;
	window->wanted_properties = 0;
	unsigned last = 0;
	for (size_t i = 0; i < PROPERTIES; i++) {
		if (!(ask->mask & 1u << i))
			continue;
		ask->cookies[i] = xcb_get_property(xwm->xcb, false, window->id,
			property_atom(xwm, i), XCB_GET_PROPERTY_TYPE_ANY, 0, properties[i].words);
		last = ask->cookies[i].sequence;
	}
	window->asking = &ask->ask;
	ask_send(xwm, &ask->ask, last, on_answered);
}

static void want_properties(struct xwindow *window, unsigned mask)
{
	window->wanted_properties |= mask;
	if (window->wanted_properties && !window->asking)
		ask_for(window);
}

void properties_read_all(struct xwindow *window)
{
	want_properties(window, ALL);
}

bool properties_event(struct xwm *xwm, const xcb_property_notify_event_t *event)
{
	struct xwindow *window = xwindow_find(xwm, event->window);
	if (!window || !window->known)
		return window; // it will be read before it is used
	for (size_t i = 0; i < PROPERTIES; i++) {
		if (property_atom(xwm, i) != event->atom)
			continue;
		if (!properties[i].initial || !window->mapped)
			want_properties(window, 1u << i);
		return true;
	}
	return true;
}

void properties_finish(struct xwindow *window)
{
	if (window->asking) {
		struct property_ask *ask = wl_container_of(window->asking, ask, ask);
		ask->window = NULL; // its replies are still to be fetched
	}
	free(window->class_hint.instance);
	free(window->class_hint.name);
	free(window->title);
	free(window->net_title);
}
