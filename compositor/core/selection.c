// SPDX-License-Identifier: MIT
// A selection has one owner at a time; whoever wants to follow it listens to `changed`.
#include "compositor/core/selection.h"
#include <stddef.h>

void selection_init(struct selection *selection)
{
	*selection = (struct selection){0};
	wl_signal_init(&selection->changed);
}

static struct data_source *detach(struct selection *selection)
{
	struct data_source *source = selection->source;
	if (source)
		wl_list_remove(&selection->source_destroyed.link);
	selection->source = NULL;
	return source;
}

void selection_finish(struct selection *selection)
{
	struct data_source *source = detach(selection);
	if (source)
		source->impl->cancelled(source);
}

static void on_source_destroyed(struct wl_listener *listener, void *data)
{
	struct selection *selection = wl_container_of(listener, selection, source_destroyed);
	detach(selection);
	wl_signal_emit_mutable(&selection->changed, selection);
}

bool selection_set(struct selection *selection, struct data_source *source, uint32_t serial)
{
	// Serials wrap around, so only their distance says which one is older.
	if ((int32_t)(serial - selection->serial) < 0) {
		if (source && source != selection->source)
			source->impl->cancelled(source);
		return false;
	}
	selection->serial = serial;
	if (source == selection->source)
		return true;
	struct data_source *old = detach(selection);
	selection->source = source;
	if (source) {
		selection->source_destroyed.notify = on_source_destroyed;
		wl_signal_add(&source->destroyed, &selection->source_destroyed);
	}
	if (old)
		old->impl->cancelled(old);
	wl_signal_emit_mutable(&selection->changed, selection);
	return true;
}
