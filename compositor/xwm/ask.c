// SPDX-License-Identifier: MIT
// Questions to the X server. A change of a property of ours, the tick, follows them: when its event
// arrives, the replies to all earlier requests have come, and nothing has to be awaited.
#include "compositor/xwm/xwm.h"

void ask_send(struct xwm *xwm, struct ask *ask, unsigned sequence, void (*answered)(struct ask *))
{
	ask->sequence = sequence;
	ask->answered = answered;
	wl_list_insert(xwm->asks.prev, &ask->link);
	xwm->tick_due = xwm->written = true;
	xwm_schedule(xwm);
}

void ask_cancel(struct ask *ask)
{
	if (!ask->link.next)
		return;
	wl_list_remove(&ask->link);
	ask->link = (struct wl_list){0};
}

void ask_tick(struct xwm *xwm)
{
	if (!xwm->tick_due)
		return;
	xwm->tick_due = false;
	xwm->written = true;
	// During the set-up, before atoms are known, any predefined one serves.
	xcb_atom_t tick = xwm->atoms._ORIEL_TICK ? xwm->atoms._ORIEL_TICK : XCB_ATOM_CUT_BUFFER7;
	xcb_change_property(
		xwm->xcb, XCB_PROP_MODE_REPLACE, xwm->check, tick, XCB_ATOM_INTEGER, 32, 0, NULL);
}

void ask_finish(struct xwm *xwm)
{
	while (!wl_list_empty(&xwm->asks)) {
		struct ask *ask = wl_container_of(xwm->asks.next, ask, link);
		ask_cancel(ask);
		ask->answered(ask);
	}
}

void ask_arrived(struct xwm *xwm, uint32_t sequence)
{
	while (!wl_list_empty(&xwm->asks)) {
		struct ask *ask = wl_container_of(xwm->asks.next, ask, link);
		if ((int32_t)(sequence - (uint32_t)ask->sequence) < 0)
			break;
		ask_cancel(ask);
		ask->answered(ask);
	}
}
