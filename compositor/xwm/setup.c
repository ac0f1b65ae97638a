// SPDX-License-Identifier: MIT
// Takes over the X screen: atoms, extensions, the properties of the root window, and last WM_S0,
// after which Xwayland lets programs in.
#include <stdlib.h>
#include <string.h>
#include <xcb/composite.h>
#include <xcb/xcbext.h>
#include <xcb/xfixes.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/server.h"
#include "compositor/xwm/xwm.h"

static const char *const atom_names[] = {
#define XWM_ATOM(name) #name,
	XWM_ATOMS(XWM_ATOM)
#undef XWM_ATOM
};

// Java decides by this name how to place its menus; with others that it does not know, it assumes
// a frame that we do not have.
static const char wm_name[] = "LG3D";
static const char own_name[] = "Oriel";

static void set_numbers(struct xwm *xwm, xcb_atom_t property, xcb_atom_t type,
	const uint32_t *numbers, uint32_t count)
{
	xcb_change_property(
		xwm->xcb, XCB_PROP_MODE_REPLACE, xwm->root, property, type, 32, count, numbers);
	xwm->written = true;
}

static void set_text(struct xwm *xwm, xcb_window_t window, xcb_atom_t property, const char *text)
{
	xcb_change_property(xwm->xcb, XCB_PROP_MODE_REPLACE, window, property,
		xwm->atoms.UTF8_STRING, 8, (uint32_t)strlen(text), text);
}

void setup_update_areas(struct xwm *xwm)
{
	if (!xwm->ready)
		return;
	struct box bounds = {0}, usable = {0};
	const struct output *output;
	wl_list_for_each(output, &xwm->server->outputs, link) {
		if (!output->enabled)
			continue;
		box_extend(&bounds, &output->box);
		box_extend(&usable, &output->usable);
	}
	const uint32_t area[] = {(uint32_t)MAX(usable.x, 0), (uint32_t)MAX(usable.y, 0),
		(uint32_t)usable.width, (uint32_t)usable.height};
	const uint32_t size[] = {
		(uint32_t)(bounds.x + bounds.width), (uint32_t)(bounds.y + bounds.height)};
	set_numbers(xwm, xwm->atoms._NET_WORKAREA, XCB_ATOM_CARDINAL, area, 4);
	set_numbers(xwm, xwm->atoms._NET_DESKTOP_GEOMETRY, XCB_ATOM_CARDINAL, size, 2);
}

static void set_root_properties(struct xwm *xwm)
{
	const struct xwm_atoms *atoms = &xwm->atoms;
	const xcb_atom_t supported[] = {
#define XWM_ATOM(name) atoms->name,
		XWM_SUPPORTED(XWM_ATOM)
#undef XWM_ATOM
	};
	set_numbers(xwm, atoms->_NET_SUPPORTED, XCB_ATOM_ATOM, supported, array_length(supported));
	set_numbers(xwm, atoms->_NET_SUPPORTING_WM_CHECK, XCB_ATOM_WINDOW, &xwm->check, 1);
	xcb_change_property(xwm->xcb, XCB_PROP_MODE_REPLACE, xwm->check,
		atoms->_NET_SUPPORTING_WM_CHECK, XCB_ATOM_WINDOW, 32, 1, &xwm->check);
	set_text(xwm, xwm->check, atoms->_NET_WM_NAME, wm_name);
	set_text(xwm, xwm->check, atoms->_ORIEL_WM_NAME, own_name);
	const uint32_t none[] = {0, 0}, one = 1;
	set_numbers(xwm, atoms->_NET_NUMBER_OF_DESKTOPS, XCB_ATOM_CARDINAL, &one, 1);
	set_numbers(xwm, atoms->_NET_CURRENT_DESKTOP, XCB_ATOM_CARDINAL, none, 1);
	set_numbers(xwm, atoms->_NET_DESKTOP_VIEWPORT, XCB_ATOM_CARDINAL, none, 2);
	set_numbers(xwm, atoms->_NET_ACTIVE_WINDOW, XCB_ATOM_WINDOW, none, 1);
	set_numbers(xwm, atoms->_NET_CLIENT_LIST, XCB_ATOM_WINDOW, NULL, 0);
	set_numbers(xwm, atoms->_NET_CLIENT_LIST_STACKING, XCB_ATOM_WINDOW, NULL, 0);
}

static void own_selections(struct xwm *xwm)
{
	const struct xwm_atoms *atoms = &xwm->atoms;
	// Programs ask this one whether transparent windows work.
	xcb_set_selection_owner(xwm->xcb, xwm->check, atoms->_NET_WM_CM_S0, xwm->time);
	xcb_set_selection_owner(xwm->xcb, xwm->check, atoms->WM_S0, xwm->time);
	xcb_client_message_event_t event = {
		.response_type = XCB_CLIENT_MESSAGE,
		.format = 32,
		.window = xwm->root,
		.type = atoms->MANAGER,
		.data.data32 = {xwm->time, atoms->WM_S0, xwm->check},
	};
	xcb_send_event(
		xwm->xcb, false, xwm->root, XCB_EVENT_MASK_STRUCTURE_NOTIFY, (const char *)&event);
}

// With -terminate, the server ends when the last client has gone that is not like this one.
static void set_disconnect_mode(struct xwm *xwm)
{
	const xcb_query_extension_reply_t *xfixes =
		xcb_get_extension_data(xwm->xcb, &xcb_xfixes_id);
	if (!xfixes || !xfixes->present)
		return;
	xcb_discard_reply(xwm->xcb, xcb_xfixes_query_version(xwm->xcb, 6, 0).sequence);
	xcb_xfixes_set_client_disconnect_mode(
		xwm->xcb, XCB_XFIXES_CLIENT_DISCONNECT_FLAGS_TERMINATE);
}

static void take_screen(struct xwm *xwm)
{
	const uint32_t events =
		XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY | XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT;
	xwm->redirect =
		xcb_change_window_attributes(xwm->xcb, xwm->root, XCB_CW_EVENT_MASK, &events)
			.sequence;
	xcb_discard_reply(xwm->xcb, xcb_composite_query_version(xwm->xcb, 0, 4).sequence);
	xcb_composite_redirect_subwindows(xwm->xcb, xwm->root, XCB_COMPOSITE_REDIRECT_MANUAL);
	set_disconnect_mode(xwm);
	set_root_properties(xwm);
	xcb_map_window(xwm->xcb, xwm->no_focus);
	xcb_set_input_focus(
		xwm->xcb, XCB_INPUT_FOCUS_POINTER_ROOT, xwm->no_focus, XCB_CURRENT_TIME);
	xwm->focus.due = true;
}

// The answer to the requests of take_screen.
static void on_taken(struct ask *ask)
{
	struct xwm *xwm = wl_container_of(ask, xwm, setup);
	if (xwm->failed)
		return;
	own_selections(xwm);
	xwm->ready = xwm->written = true;
	clip_start(xwm);
	setup_update_areas(xwm);
}

static bool read_atoms(struct xwm *xwm)
{
	const struct {
		xcb_atom_t *place;
	} places[] = {
#define XWM_ATOM(name) {&xwm->atoms.name},
		XWM_ATOMS(XWM_ATOM)
#undef XWM_ATOM
	};
	bool all = true;
	for (size_t i = 0; i < array_length(places); i++) {
		void *reply = NULL;
		xcb_poll_for_reply(xwm->xcb, xwm->atom_cookies[i].sequence, &reply, NULL);
		if (reply)
			*places[i].place = ((const xcb_intern_atom_reply_t *)reply)->atom;
		all = all && reply;
		free(reply);
	}
	free(xwm->atom_cookies);
	xwm->atom_cookies = NULL;
	return all;
}

// The answer to the requests of setup_start. xcb_get_extension_data has its reply and does not
// wait.
static void on_atoms(struct ask *ask)
{
	struct xwm *xwm = wl_container_of(ask, xwm, setup);
	if (!read_atoms(xwm)) {
		xwm_fail(xwm, "Xwayland does not intern atoms");
		return;
	}
	const xcb_query_extension_reply_t *composite =
		xcb_get_extension_data(xwm->xcb, &xcb_composite_id);
	if (!composite || !composite->present) {
		xwm_fail(xwm, "Xwayland lacks the extension Composite");
		return;
	}
	take_screen(xwm);
	const xcb_void_cookie_t last = xcb_no_operation(xwm->xcb);
	ask_send(xwm, &xwm->setup, last.sequence, on_taken);
}

static xcb_window_t create_window(struct xwm *xwm)
{
	xcb_window_t window = xcb_generate_id(xwm->xcb);
	const uint32_t values[] = {true, XCB_EVENT_MASK_PROPERTY_CHANGE};
	xcb_create_window(xwm->xcb, 0, window, xwm->root, -100, -100, 1, 1, 0,
		XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT,
		XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
	return window;
}

void setup_start(struct xwm *xwm)
{
	xwm->check = create_window(xwm);
	xwm->no_focus = create_window(xwm);
	xcb_prefetch_extension_data(xwm->xcb, &xcb_composite_id);
	xcb_prefetch_extension_data(xwm->xcb, &xcb_xfixes_id);
	xwm->atom_cookies = xcalloc(array_length(atom_names), sizeof(*xwm->atom_cookies));
	unsigned last = 0;
	for (size_t i = 0; i < array_length(atom_names); i++) {
		xwm->atom_cookies[i] = xcb_intern_atom(
			xwm->xcb, false, (uint16_t)strlen(atom_names[i]), atom_names[i]);
		last = xwm->atom_cookies[i].sequence;
	}
	ask_send(xwm, &xwm->setup, last, on_atoms);
}
