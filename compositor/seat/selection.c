// SPDX-License-Identifier: MIT
// Selections: the current source, and the signal of its change.
#include "compositor/seat/selection.h"
#include <stddef.h>
#include "compositor/seat/selection_keeper.h"

void selection_init(struct selection *selection)
{
	*selection = (struct selection){0};
	wl_signal_init(&selection->changed);
}

static struct data_source *detach_source(struct selection *selection)
{
	struct data_source *source = selection->source;
	if (source)
		wl_list_remove(&selection->source_destroyed.link);
	selection->source = NULL;
	return source;
}

void selection_finish(struct selection *selection)
{
	struct data_source *source = detach_source(selection);
	if (source)
		source->impl->cancelled(source);
	selection_keeper_destroy(selection->keeper);
	selection->keeper = NULL;
}

static void attach_source(struct selection *selection, struct data_source *source);

static void on_source_destroyed(struct wl_listener *listener, void *data)
{
	struct selection *selection = wl_container_of(listener, selection, source_destroyed);
	detach_source(selection);
	if (selection->keeper)
		attach_source(selection, selection_keeper_succeed(selection->keeper));
	if (selection->source)
		selection->origin = NULL; // the copy is ours
	wl_signal_emit_mutable(&selection->changed, selection);
}

static void attach_source(struct selection *selection, struct data_source *source)
{
	selection->source = source;
	if (!source)
		return;
	selection->source_destroyed.notify = on_source_destroyed;
	wl_signal_add(&source->destroyed, &selection->source_destroyed);
}

bool selection_set(struct selection *selection, struct data_source *source, uint32_t serial)
{
	return selection_set_from(selection, source, serial, NULL);
}

bool selection_set_from(struct selection *selection, struct data_source *source, uint32_t serial,
	const void *origin)
{
	// Serials wrap around; the sign of their distance orders them.
	if ((int32_t)(serial - selection->serial) < 0) {
		if (source && source != selection->source)
			source->impl->cancelled(source);
		return false;
	}
	selection->serial = serial;
	if (source == selection->source)
		return true;
	struct data_source *old = detach_source(selection);
	attach_source(selection, source);
	selection->origin = origin;
	if (selection->keeper)
		selection_keeper_follow(selection->keeper, source);
	if (old)
		old->impl->cancelled(old);
	wl_signal_emit_mutable(&selection->changed, selection);
	return true;
}
