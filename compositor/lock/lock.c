// SPDX-License-Identifier: MIT
// The state of the session lock: who holds it, which outputs have shown it, how it ends.
//
// The session is hidden at once, not when the locker has drawn: what outputs show until then is the
// cover alone. It needs no outputs to be known, so one that comes later shows it from its first
// frame on.
#include "compositor/lock/lock.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/lock/lock_private.h"
#include "compositor/output/output.h"
#include "compositor/policy.h"
#include "compositor/scene/scene.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"
#include "compositor/window/focus.h"

#define LIMIT_NS NSEC_PER_SEC // for the frames of all outputs
#define FAR (1 << 21)         // logical pixels; no output is that far away

static const float black[4] = {0, 0, 0, 1};
static const float abandoned[4] = {0.25f, 0, 0, 1}; // so that it does not look like a dead screen

static void set_state(struct lock *lock, enum lock_state state)
{
	lock->state = state;
	if (lock->cover)
		node_set_color(lock->cover, state == LOCK_ABANDONED ? abandoned : black);
	wl_signal_emit_mutable(&lock->server->events.lock_changed, NULL);
}

// What is powered off or on another virtual terminal begins with a frame of the lock.
static bool is_shown_everywhere(const struct lock *lock)
{
	const struct server *server = lock->server;
	const struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		if (output->enabled && !output->powered_off && !server->away &&
			output->shown_version < lock->version)
			return false;
	}
	return true;
}

static void send_locked(struct lock *lock)
{
	timer_cancel(&lock->limit);
	set_state(lock, LOCK_SHOWN);
	lock->locker->impl->locked(lock->locker);
}

static void check_shown(struct lock *lock)
{
	if (lock->state == LOCK_COVERING && is_shown_everywhere(lock))
		send_locked(lock);
}

static void on_limit(void *data)
{
	struct lock *lock = data;
	log_warn("an output has not shown the lock screen in time");
	send_locked(lock);
}

static void on_frame_shown(struct wl_listener *listener, void *data)
{
	struct lock *lock = wl_container_of(listener, lock, frame_shown);
	check_shown(lock);
}

static void on_outputs_changed(struct wl_listener *listener, void *data)
{
	struct lock *lock = wl_container_of(listener, lock, outputs_changed);
	check_shown(lock);
}

static void on_pointer_focus(struct wl_listener *listener, void *data)
{
	struct lock *lock = wl_container_of(listener, lock, pointer_focus);
	if (lock->server->locked)
		lock_update_focus(lock);
}

void lock_fill(struct node *rect, const float color[4])
{
	node_set_position(rect, -FAR, -FAR);
	node_set_size(rect, 2 * FAR, 2 * FAR);
	node_set_color(rect, color);
}

static void hide_session(struct lock *lock)
{
	struct server *server = lock->server;
	struct shell *shell = server->shell;
	server->locked = true;
	scene_set_locked(server->scene, true);
	lock->cover = node_create(server->scene->layers[SCENE_LOCK], NODE_RECT);
	lock_fill(lock->cover, black);
	lock_idle_restack(lock);
	if (shell && shell->impl->locked)
		shell->impl->locked(shell);
	seat_reset(server->seat);
	lock->version = server->scene->version;
}

static void show_session(struct lock *lock)
{
	struct server *server = lock->server;
	struct shell *shell = server->shell;
	server->locked = false;
	node_destroy(lock->cover);
	lock->cover = NULL;
	scene_set_locked(server->scene, false);
	seat_reset(server->seat);
	if (shell)
		shell_update_keyboard(shell);
	scene_notify_changed(server->scene);
}

void lock_take(struct lock *lock, struct locker *locker, const struct locker_impl *impl)
{
	locker->impl = impl;
	locker->lock = NULL;
	wl_list_init(&locker->surfaces);
	if (lock->locker) {
		impl->finished(locker);
		return;
	}
	locker->lock = lock;
	lock->locker = locker;
	if (!lock->server->locked)
		hide_session(lock);
	set_state(lock, LOCK_COVERING);
	timer_set(&lock->limit, clock_now_ns(lock->server->clock) + LIMIT_NS);
	check_shown(lock);
}

bool lock_may_release(const struct locker *locker)
{
	return locker->lock && locker->lock->state == LOCK_SHOWN;
}

void lock_release(struct locker *locker)
{
	struct lock *lock = locker->lock;
	if (!lock_may_release(locker))
		return;
	locker_detach(locker);
	lock->locker = NULL;
	show_session(lock);
	set_state(lock, LOCK_OPEN);
}

void lock_leave(struct locker *locker)
{
	struct lock *lock = locker->lock;
	locker_detach(locker);
	if (!lock)
		return;
	lock->locker = NULL;
	timer_cancel(&lock->limit);
	log_warn("the screen locker ended without unlocking: the session stays locked");
	set_state(lock, LOCK_ABANDONED);
}

enum lock_state lock_state(const struct lock *lock)
{
	return lock->state;
}

struct lock *lock_create(struct server *server)
{
	struct lock *lock = xcalloc(1, sizeof(*lock));
	lock->server = server;
	timer_init(&lock->limit, server->clock, on_limit, lock);
	lock->frame_shown.notify = on_frame_shown;
	wl_signal_add(&server->events.frame_shown, &lock->frame_shown);
	lock->outputs_changed.notify = on_outputs_changed;
	wl_signal_add(&server->events.outputs_changed, &lock->outputs_changed);
	lock->pointer_focus.notify = on_pointer_focus;
	wl_signal_add(&server->seat->events.pointer_focus, &lock->pointer_focus);
	lock_idle_init(lock);
	return lock;
}

void lock_destroy(struct lock *lock)
{
	if (!lock)
		return;
	lock_idle_finish(lock);
	timer_finish(&lock->limit);
	wl_list_remove(&lock->frame_shown.link);
	wl_list_remove(&lock->outputs_changed.link);
	wl_list_remove(&lock->pointer_focus.link);
	free(lock);
}
