// SPDX-License-Identifier: MIT
// What Oriel's clients own, as X's selection: its types become atoms, and the selection is claimed
// at the server's time of that moment.
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include "backends/x11/clipboard.h"
#include "backends/x11/x11.h"

// An X server keeps atoms for ever. What clients have made it keep so far is enough, then; later
// names work only where somebody else has interned them.
#define KNOWN_MAX 1024

struct claim {
	struct bridge *bridge;
	struct tick tick;
	// First the atoms of the targets, and the time
	struct target *targets; // names are those of the bridge's source
	size_t n;
	xcb_intern_atom_cookie_t *cookies; // sequence 0: it is known
	// then who owns the selection after it was claimed.
	bool claimed;
	xcb_timestamp_t since;
	xcb_get_selection_owner_cookie_t owner;
};

static xcb_atom_t find_known(const struct x11_clipboard *clipboard, const char *name)
{
	for (size_t i = 0; i < clipboard->n_known; i++)
		if (strcmp(clipboard->known[i].name, name) == 0)
			return clipboard->known[i].atom;
	return XCB_ATOM_NONE;
}

static void learn(struct x11_clipboard *clipboard, const char *name, xcb_atom_t atom)
{
	if (clipboard->n_known >= KNOWN_MAX || find_known(clipboard, name))
		return;
	array_reserve(clipboard->known, clipboard->n_known, clipboard->known_capacity);
	clipboard->known[clipboard->n_known++] = (struct known_atom){xstrdup(name), atom};
}

static void drop_claim(struct bridge *bridge)
{
	struct claim *claim = bridge->claim;
	if (!claim)
		return;
	xcb_connection_t *xcb = bridge->clipboard->x11->xcb;
	for (size_t i = 0; claim->cookies && i < claim->n; i++)
		if (claim->cookies[i].sequence)
			xcb_discard_reply(xcb, claim->cookies[i].sequence);
	if (claim->claimed && claim->owner.sequence)
		xcb_discard_reply(xcb, claim->owner.sequence);
	tick_cancel(&claim->tick);
	free(claim->targets);
	free(claim->cookies);
	free(claim);
	bridge->claim = NULL;
}

static void collect_atoms(struct claim *claim)
{
	struct bridge *bridge = claim->bridge;
	struct x11_clipboard *clipboard = bridge->clipboard;
	bridge->targets = xcalloc(claim->n, sizeof(*bridge->targets));
	for (size_t i = 0; i < claim->n; i++) {
		const struct target *target = &claim->targets[i];
		xcb_atom_t atom = find_known(clipboard, target->name);
		if (claim->cookies[i].sequence) {
			xcb_intern_atom_reply_t *reply =
				xcb_intern_atom_reply(clipboard->x11->xcb, claim->cookies[i], NULL);
			claim->cookies[i].sequence = 0;
			atom = reply ? reply->atom : XCB_ATOM_NONE;
			free(reply);
			if (atom)
				learn(clipboard, target->name, atom);
		}
		if (atom)
			bridge->targets[bridge->n_targets++] =
				(struct claim_target){atom, target->mime, target->form};
	}
}

static void on_claimed(struct claim *claim)
{
	struct bridge *bridge = claim->bridge;
	xcb_get_selection_owner_reply_t *reply =
		xcb_get_selection_owner_reply(bridge->clipboard->x11->xcb, claim->owner, NULL);
	claim->owner.sequence = 0;
	xcb_window_t owner = reply ? reply->owner : XCB_WINDOW_NONE;
	free(reply);
	drop_claim(bridge);
	// It has come to somebody else, and while the claim was under way nobody looked there.
	if (owner && owner != bridge->clipboard->window)
		offer_start(bridge);
}

static void on_ready(struct tick *tick, xcb_timestamp_t now)
{
	struct claim *claim = wl_container_of(tick, claim, tick);
	struct bridge *bridge = claim->bridge;
	struct x11_clipboard *clipboard = bridge->clipboard;
	if (claim->claimed) {
		on_claimed(claim);
		return;
	}
	if (!bridge->source.target) {
		drop_claim(bridge);
		return;
	}
	collect_atoms(claim);
	claim->claimed = true;
	claim->since = now;
	xcb_set_selection_owner(clipboard->x11->xcb, clipboard->window, bridge->atom, now);
	claim->owner = xcb_get_selection_owner(clipboard->x11->xcb, bridge->atom);
	tick_start(clipboard, &claim->tick);
}

static void begin_claim(struct bridge *bridge, const struct data_source *source)
{
	struct x11_clipboard *clipboard = bridge->clipboard;
	struct claim *claim = xcalloc(1, sizeof(*claim));
	bridge->claim = claim;
	claim->bridge = bridge;
	claim->targets = xcalloc(source->n_mimes + TARGET_TEXTS, sizeof(*claim->targets));
	claim->n = targets_of((const char *const *)source->mimes, source->n_mimes, claim->targets);
	claim->cookies = xcalloc(claim->n, sizeof(*claim->cookies));
	bool full = clipboard->n_known >= KNOWN_MAX;
	for (size_t i = 0; i < claim->n; i++) {
		const char *name = claim->targets[i].name;
		if (!find_known(clipboard, name))
			claim->cookies[i] = xcb_intern_atom(
				clipboard->x11->xcb, full, (uint16_t)strlen(name), name);
	}
	claim->tick.ready = on_ready;
	tick_start(clipboard, &claim->tick);
}

void claim_set(struct bridge *bridge, struct data_source *source)
{
	struct x11_clipboard *clipboard = bridge->clipboard;
	bool claiming = bridge->claim;
	bool owned = bridge->owned || (claiming && bridge->claim->claimed);
	xcb_timestamp_t since =
		claiming && bridge->claim->claimed ? bridge->claim->since : bridge->since;
	claim_finish(bridge);
	if (source) {
		offer_cancel(bridge);
		weak_set(&bridge->source, source, &source->destroyed);
		begin_claim(bridge, source);
	} else if (owned) {
		bridge->owned = false;
		xcb_set_selection_owner(clipboard->x11->xcb, XCB_WINDOW_NONE, bridge->atom, since);
	} else if (claiming && bridge->owner) {
		offer_start(bridge); // not looked at in favour of the claim
	}
}

void claim_finish(struct bridge *bridge)
{
	drop_claim(bridge);
	weak_clear(&bridge->source);
	free(bridge->targets);
	bridge->targets = NULL;
	bridge->n_targets = 0;
}

void claim_finish_known(struct x11_clipboard *clipboard)
{
	for (size_t i = 0; i < clipboard->n_known; i++)
		free(clipboard->known[i].name);
	free(clipboard->known);
}
