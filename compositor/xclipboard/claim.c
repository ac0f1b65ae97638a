// SPDX-License-Identifier: MIT
// Makes Oriel the owner of an X selection for a source of its clients: interns the source's MIME
// types as atoms, then acquires the selection with the server's current time.
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include "compositor/xclipboard/xclipboard_private.h"

// The server never frees an atom. Beyond this number no new ones are created: later MIME types are
// offered only if another client has interned them.
#define ATOM_CACHE_MAX 1024

struct claim {
	struct selection *selection;
	struct sync sync;
	// First step: intern the targets' atoms, get the time.
	struct target *targets; // names are those of the selection's source
	size_t n;
	xcb_intern_atom_cookie_t *cookies; // sequence 0: the atom is cached
	// Second step: set the owner.
	bool claimed;
	bool superseded; // the source was replaced
};

static xcb_atom_t find_cached_atom(const struct xclipboard *clipboard, const char *name)
{
	for (size_t i = 0; i < clipboard->n_cached; i++)
		if (strcmp(clipboard->atom_cache[i].name, name) == 0)
			return clipboard->atom_cache[i].atom;
	return XCB_ATOM_NONE;
}

static void cache_atom(struct xclipboard *clipboard, const char *name, xcb_atom_t atom)
{
	if (clipboard->n_cached >= ATOM_CACHE_MAX || find_cached_atom(clipboard, name))
		return;
	array_reserve(clipboard->atom_cache, clipboard->n_cached, clipboard->cache_capacity);
	clipboard->atom_cache[clipboard->n_cached++] = (struct cached_atom){xstrdup(name), atom};
}

static void claim_drop(struct selection *selection)
{
	struct claim *claim = selection->claim;
	if (!claim)
		return;
	xcb_connection_t *xcb = selection->clipboard->xcb;
	for (size_t i = 0; claim->cookies && i < claim->n; i++)
		if (claim->cookies[i].sequence)
			xcb_discard_reply(xcb, claim->cookies[i].sequence);
	sync_cancel(&claim->sync);
	free(claim->targets);
	free(claim->cookies);
	free(claim);
	selection->claim = NULL;
}

static void claim_forget_source(struct selection *selection)
{
	weak_clear(&selection->source);
	free(selection->targets);
	selection->targets = NULL;
	selection->n_targets = 0;
}

static void on_replies(struct sync *sync, xcb_timestamp_t now);

static void claim_read_atoms(struct claim *claim)
{
	struct selection *selection = claim->selection;
	struct xclipboard *clipboard = selection->clipboard;
	selection->targets = xcalloc(claim->n, sizeof(*selection->targets));
	for (size_t i = 0; i < claim->n; i++) {
		const struct target *target = &claim->targets[i];
		xcb_atom_t atom = find_cached_atom(clipboard, target->name);
		if (claim->cookies[i].sequence) {
			xcb_intern_atom_reply_t *reply =
				xcb_intern_atom_reply(clipboard->xcb, claim->cookies[i], NULL);
			claim->cookies[i].sequence = 0;
			atom = reply ? reply->atom : XCB_ATOM_NONE;
			free(reply);
			if (atom)
				cache_atom(clipboard, target->name, atom);
		}
		if (atom)
			selection->targets[selection->n_targets++] =
				(struct claim_target){atom, target->mime, target->encoding};
	}
}

static void claim_begin(struct selection *selection)
{
	const struct data_source *source = selection->source.target;
	struct xclipboard *clipboard = selection->clipboard;
	struct claim *claim = xcalloc(1, sizeof(*claim));
	selection->claim = claim;
	claim->selection = selection;
	claim->targets = xcalloc(source->n_mimes + TARGET_TEXTS, sizeof(*claim->targets));
	claim->n = targets_of((const char *const *)source->mimes, source->n_mimes, claim->targets);
	claim->cookies = xcalloc(claim->n, sizeof(*claim->cookies));
	bool full = clipboard->n_cached >= ATOM_CACHE_MAX;
	for (size_t i = 0; i < claim->n; i++) {
		const char *name = claim->targets[i].name;
		if (!find_cached_atom(clipboard, name))
			claim->cookies[i] =
				xcb_intern_atom(clipboard->xcb, full, (uint16_t)strlen(name), name);
	}
	claim->sync.ready = on_replies;
	sync_start(clipboard, &claim->sync);
}

static void claim_release(struct selection *selection)
{
	selection->owned = false;
	xcb_set_selection_owner(
		selection->clipboard->xcb, XCB_WINDOW_NONE, selection->atom, selection->since);
}

void claim_resume(struct selection *selection)
{
	if (!selection->clipboard->started || selection->claim || !selection->claim_due ||
		clipboard_is_full(selection->clipboard))
		return;
	selection->claim_due = false;
	if (selection->source.target)
		claim_begin(selection);
}

// Ends the claim, and does what the present source requires.
static void claim_end(struct selection *selection)
{
	claim_drop(selection);
	if (selection->claim_due)
		claim_resume(selection);
	else if (!selection->source.target && selection->owned)
		claim_release(selection);
	else if (selection->owner)
		offer_start(selection); // ignored while the claim was pending
}

static void on_replies(struct sync *sync, xcb_timestamp_t now)
{
	struct claim *claim = wl_container_of(sync, claim, sync);
	struct selection *selection = claim->selection;
	struct xclipboard *clipboard = selection->clipboard;
	// Names of targets are those of a source that may be gone.
	if (claim->claimed || claim->superseded || !selection->source.target) {
		claim_end(selection);
		return;
	}
	claim_read_atoms(claim);
	claim->claimed = true;
	xcb_set_selection_owner(clipboard->xcb, clipboard->window, selection->atom, now);
	sync_start(clipboard, &claim->sync);
}

void claim_set(struct selection *selection, struct data_source *source)
{
	bool was_due = selection->claim_due;
	claim_forget_source(selection);
	selection->claim_due = source;
	if (source) {
		offer_cancel(selection);
		weak_set(&selection->source, source, &source->destroyed);
	}
	if (selection->claim)
		selection->claim->superseded = true;
	else if (source)
		claim_resume(selection);
	else if (selection->owned)
		claim_release(selection);
	else if (was_due && selection->owner)
		offer_start(selection); // ignored while the claim was due
}

void claim_finish(struct selection *selection)
{
	claim_drop(selection);
	claim_forget_source(selection);
}

void claim_finish_atoms(struct xclipboard *clipboard)
{
	for (size_t i = 0; i < clipboard->n_cached; i++)
		free(clipboard->atom_cache[i].name);
	free(clipboard->atom_cache);
}
