// SPDX-License-Identifier: MIT
// One repaint of one output: from the scene to the screen, and the answers to clients.
//
// A dirty output sets its timer; the timer flattens the scene, finds what is visible and what
// changed, hands a client's buffer to the screen or draws a target (unless nobody sees the screen),
// presents, and answers frame callbacks. Where nothing changed, only the answers are sent: a beat without a frame.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/core/backlog.h"
#include "compositor/core/cursor.h"
#include "compositor/core/fence.h"
#include "compositor/core/output.h"
#include "compositor/core/recover.h"
#include "compositor/core/scene.h"
#include "compositor/core/seat.h"
#include "compositor/core/server.h"
#include "compositor/core/surface.h"
#include "renderer/renderer.h"

// A frame that starts sooner than that is no time in which anything else would get ready.
#define SOON_NS (500 * NSEC_PER_USEC)

struct scene_view output_view(const struct output *output)
{
	return (struct scene_view){
		.x = output->box.x,
		.y = output->box.y,
		.scale = output->scale,
		.transform = output->transform,
		.width = output->screen->mode.width,
		.height = output->screen->mode.height,
	};
}

bool output_is_idle(const struct output *output)
{
	return !output->enabled || (!output->dirty && !output->presenting);
}

static void schedule(struct output *output)
{
	if (!output->enabled || !output->dirty || output->presenting ||
		timer_is_set(&output->frame_timer))
		return;
	uint64_t now = clock_now_ns(output->server->clock);
	timer_set(&output->frame_timer,
		output->dark ? now + NSEC_PER_SEC : pace_next(&output->pace, now));
}

bool output_expect(struct output *output)
{
	uint64_t now = clock_now_ns(output->server->clock);
	if (!output->enabled || output->dark || output->presenting)
		return false;
	bool set = timer_is_set(&output->frame_timer);
	uint64_t when = set ? output->frame_timer.when_ns : pace_next(&output->pace, now);
	if (when < now + SOON_NS)
		return false;
	if (!set)
		timer_set(&output->frame_timer, when);
	return true;
}

void output_dirty(struct output *output)
{
	if (output->dirty || !output->enabled)
		return;
	output->dirty = true;
	schedule(output);
}

void outputs_dirty(struct server *server)
{
	struct output *output;
	wl_list_for_each(output, &server->outputs, link)
		output_dirty(output);
}

void output_damage_all(struct output *output)
{
	output->full_damage = true;
	output_dirty(output);
}

// Feedbacks whose pixels are (about to be) on the screen move under the frame.
static void park_feedbacks(struct output *output, struct surface *surface)
{
	wl_list_insert_list(output->feedbacks.prev, &surface->current.feedbacks);
	wl_list_init(&surface->current.feedbacks);
}

static void send_presented(struct output *output, const struct presented *how)
{
	struct wl_list feedbacks;
	wl_list_init(&feedbacks);
	wl_list_insert_list(&feedbacks, &output->feedbacks);
	wl_list_init(&output->feedbacks);
	struct feedback *feedback, *tmp;
	wl_list_for_each_safe(feedback, tmp, &feedbacks, link) {
		wl_list_remove(&feedback->link);
		wl_list_init(&feedback->link);
		feedback->presented(feedback, output, how->time_ns, how->sequence, how->refresh_ns,
			how->flags, output->scanned_out && !output->screen->copies);
	}
}

static void discard_feedbacks(struct output *output)
{
	struct feedback *feedback, *tmp;
	wl_list_for_each_safe(feedback, tmp, &output->feedbacks, link) {
		wl_list_remove(&feedback->link);
		wl_list_init(&feedback->link);
		feedback->discarded(feedback);
	}
}

static void on_drained(struct wl_client *client, void *data)
{
	if (client)
		outputs_dirty(data);
}

// A client that does not read gets no more to read until it has. asked, late: whom this was found
// out about last, and what; one frame answers many surfaces of one client.
struct answers {
	uint32_t time_ms;
	struct wl_client *asked;
	bool late;
};

static void answer(struct output *output, struct surface *surface, struct answers *answers)
{
	struct wl_client *client = wl_resource_get_client(surface->resource);
	bool waits = !wl_list_empty(&surface->current.callbacks);
	if (waits && answers->asked != client) {
		answers->asked = client;
		answers->late = backlog_late(client);
		if (answers->late) {
			backlog_forget(client, output->server);
			backlog_when_drained(client, on_drained, output->server);
		}
	}
	if (!waits || !answers->late)
		surface_send_frame_done(surface, answers->time_ms);
	park_feedbacks(output, surface);
	surface_clear_fifo_barrier(surface);
}

// Frame callbacks of everything in this frame's list. Answering may apply queued commits: nodes of
// the list may be gone then, surfaces are not.
static void answer_surfaces(struct output *output, struct surface *cursor)
{
	const struct item_list *list = &output->list;
	struct answers answers = {.time_ms = clock_now_ms(output->server->clock)};
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].surface)
			answer(output, list->items[i].surface, &answers);
	if (cursor)
		answer(output, cursor, &answers);
}

// The client's buffer that alone is this frame, unscaled; NULL: must be drawn.
static struct buffer *scanout_candidate(struct output *output)
{
	const struct item_list *list = &output->list;
	const struct screen *screen = output->screen;
	if (list->count != 1 || !output->covered)
		return NULL;
	const struct item *item = &list->items[0];
	const struct draw *draw = &item->draw;
	struct content *content = item->node->content;
	if (!content || !content->buffer || !draw->texture || draw->alpha < 1 ||
		draw->transform != TRANSFORM_NORMAL)
		return NULL;
	const struct box screen_box = {0, 0, screen->mode.width, screen->mode.height};
	if (!box_equal(&draw->dst, &screen_box) || draw->src.x != 0 || draw->src.y != 0 ||
		draw->src.width != screen_box.width || draw->src.height != screen_box.height ||
		content->width != screen_box.width || content->height != screen_box.height)
		return NULL;
	bool cpu = content->buffer->impl->begin_access != NULL;
	if (cpu ? !screen->cpu_scanout : !content->buffer->dmabuf)
		return NULL;
	return content->buffer;
}

// The whole of the buffer on the whole screen.
static struct plane full_plane(const struct screen *screen, struct buffer *buffer)
{
	return (struct plane){buffer, {0, 0, buffer->width, buffer->height},
		{0, 0, screen->mode.width, screen->mode.height}};
}

// buffer NULL: a frame that nobody sees.
static bool present_primary(struct output *output, struct frame *frame, struct buffer *buffer,
	bool client_buffer, const region *damage)
{
	struct screen *screen = output->screen;
	frame->set |= FRAME_PRIMARY;
	frame->primary = buffer ? full_plane(screen, buffer) : (struct plane){0};
	frame->damage = damage;
	if (!screen->backend->impl->present(screen, frame, false))
		return false;
	if (buffer)
		buffer_lock(buffer);
	buffer_unlock(output->primary);
	output->primary = buffer;
	output->scanned_out = client_buffer;
	return true;
}

static bool draw_frame(struct output *output, struct swapchain_slot *slot, int *fence)
{
	if (!item_list_draw(
		    &output->list, output->server->renderer, slot->buffer, &slot->stale, fence))
		return false;
	pixman_region32_clear(&slot->stale);
	return true;
}

// Fills the cursor's part of the frame; true: it differs from what the plane shows.
static bool plan_cursor(struct output *output, struct frame *frame)
{
	struct seat *seat = output->server->seat;
	struct buffer *buffer = NULL;
	int x, y, hotspot_x, hotspot_y;
	uint64_t sequence = 0;
	if (!output_has_cursor_plane(output) || !seat) {
		output->cursor_on_plane = false;
		return false;
	}
	bool shown = cursor_plane_image(seat->cursor, output, &buffer, &x, &y, &hotspot_x,
			     &hotspot_y, &sequence) &&
		sequence != output->cursor_refused;
	if (!shown) {
		bool change = output->cursor_on_plane;
		output->cursor_on_plane = false;
		if (change)
			frame->set |= FRAME_CURSOR_IMAGE;
		return change;
	}
	struct box dst = {x, y, buffer->width, buffer->height};
	bool image = !output->cursor_on_plane || output->cursor_sequence != sequence;
	bool moved = !box_equal(&dst, &output->cursor_box);
	frame->cursor = (struct plane){buffer, {0, 0, buffer->width, buffer->height}, dst};
	frame->hotspot_x = hotspot_x;
	frame->hotspot_y = hotspot_y;
	frame->set |= image ? FRAME_CURSOR_IMAGE : moved ? FRAME_CURSOR_POSITION : 0;
	output->cursor_on_plane = true;
	output->cursor_sequence = sequence;
	output->cursor_box = dst;
	return image || moved;
}

// The plane does not take the image: the next frame has it among its pixels.
static void cursor_off_plane(struct output *output)
{
	output->cursor_refused = output->cursor_sequence;
	output->cursor_on_plane = false;
	output->dirty = true;
}

// Shows the list: by a client's own buffer, or drawn. Each fall-back is one step.
static bool show(struct output *output, struct frame *frame, const region *damage)
{
	struct screen *screen = output->screen;
	struct buffer *buffer = scanout_candidate(output);
	if (output->server->renderer->lost)
		return false;
	swapchain_damage(&output->swapchain, damage);
	if (buffer &&
		screen->backend->impl->present(screen,
			&(struct frame){.set = FRAME_PRIMARY,
				.primary = full_plane(screen, buffer),
				.fence = -1},
			true) &&
		present_primary(output, frame, buffer, true, damage))
		return true;
	if (screen->unseen)
		return present_primary(output, frame, NULL, false, damage);
	struct swapchain_slot *slot = swapchain_take(&output->swapchain, output->server->renderer,
		screen, screen->mode.width, screen->mode.height, output->primary);
	if (!slot)
		return false;
	uint64_t start = clock_now_ns(output->server->clock);
	if (!draw_frame(output, slot, &frame->fence))
		return false;
	pace_cost(&output->pace, clock_now_ns(output->server->clock) - start);
	output->repaints++;
	if (present_primary(output, frame, slot->buffer, false, damage))
		return true;
	// Perhaps the cursor plane was too much.
	if (!(frame->set & (FRAME_CURSOR_IMAGE | FRAME_CURSOR_POSITION)))
		return false;
	frame->set &= ~(unsigned)(FRAME_CURSOR_IMAGE | FRAME_CURSOR_POSITION);
	cursor_off_plane(output);
	return present_primary(output, frame, slot->buffer, false, damage);
}

// Somebody only wants to be told of the next frame: the list of the last one still holds.
static bool nothing_changed(const struct output *output)
{
	return output->list_version == output->server->scene->version && !output->full_damage &&
		output->cursor_on_plane;
}

// Everything is where it was; some of it has new pixels.
static void refresh_pixels(struct item_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct item *item = &list->items[i];
		const struct content *content = item->node->content;
		if (!content)
			continue;
		item->sequence = content->sequence;
		item->draw.texture = content->texture;
	}
}

// Makes the frame's list and adds what differs from the last one.
static void look_at_scene(struct output *output, region *damage)
{
	struct scene *scene = output->server->scene;
	const struct mode *mode = &output->screen->mode;
	const struct box bounds = {0, 0, mode->width, mode->height};
	output->list_version = scene->version;
	if (output->list_shape == scene->shape && !output->full_damage && output->cursor_on_plane) {
		refresh_pixels(&output->list);
	} else {
		struct scene_view view = output_view(output);
		scene_flatten(scene->root, &view, !output->cursor_on_plane, &output->list);
		output->list_shape = output->cursor_on_plane ? scene->shape : 0;
		output->covered = damage_occlude(&output->list, &bounds);
	}
	if (output->full_damage)
		region_add_box(damage, &bounds);
	else
		damage_diff(&output->seen, &output->list, damage);
	region_intersect_box(damage, &bounds);
}

static void remember(struct output *output)
{
	output->full_damage = false;
	if (output->list_shape && output->seen_shape == output->list_shape)
		damage_remember_pixels(&output->seen, &output->list);
	else
		damage_remember(&output->seen, &output->list);
	output->seen_shape = output->list_shape;
}

void surfaces_watch_hidden(struct server *server)
{
	const struct output *output;
	if (timer_is_set(&server->hidden_timer))
		return;
	wl_list_for_each(output, &server->outputs, link) {
		if (!output_is_idle(output))
			return;
	}
	uint64_t oldest = 0;
	const struct surface *surface;
	wl_list_for_each(surface, &server->surfaces, link) {
		uint64_t since = surface->hidden_since_ns;
		if (since && (!oldest || since < oldest))
			oldest = since;
	}
	if (oldest)
		timer_set(&server->hidden_timer, oldest + NSEC_PER_SEC);
}

static void repaint(void *data)
{
	struct output *output = data;
	struct server *server = output->server;
	struct screen *screen = output->screen;
	fences_look(server);
	if (!output->enabled || !output->dirty)
		return;
	timer_cancel(&output->frame_timer); // for what was just applied; this is that frame
	if (server->scene->changed && server->seat)
		seat_refocus(server->seat);
	scene_update_outputs(server->scene);
	output->dirty = false;

	struct frame frame = {.fence = -1};
	bool cursor_changed = !output->dark && plan_cursor(output, &frame);
	region *damage = &output->last_damage;
	pixman_region32_clear(damage);
	if (!nothing_changed(output))
		look_at_scene(output, damage);

	bool pixels = !output->dark && pixman_region32_not_empty(damage);
	bool shown = true;
	if (pixels)
		shown = show(output, &frame, damage);
	else if (cursor_changed && !screen->backend->impl->present(screen, &frame, false))
		cursor_off_plane(output);
	close_fd(&frame.fence);
	if (!shown && server->renderer->lost) { // and all is drawn once it is back
		recover_if_lost(server);
	} else if (!shown) { // what the screen shows is unknown; the next change draws it all
		log_warn("%s: a frame could not be shown", output->name);
		output->full_damage = true;
	} else if (pixels) {
		remember(output);
	}

	uint64_t now = clock_now_ns(server->clock);
	bool flips = shown && pixels && !screen->self_paced;
	output->presenting = flips;
	if (!flips)
		pace_presented(&output->pace, now);
	struct surface *cursor =
		output->cursor_on_plane ? cursor_surface(server->seat->cursor) : NULL;
	output->frames++;
	answer_surfaces(output, cursor);
	if (output->dark)
		discard_feedbacks(output);
	else if (!flips)
		send_presented(output,
			&(struct presented){
				.time_ns = now,
				.sequence = output->frames,
				.refresh_ns = (uint32_t)output->pace.period_ns,
			});
	if (pixels)
		wl_signal_emit_mutable(&output->events.damaged,
			&(struct output_damage){.output = output, .damage = damage});
	wl_signal_emit_mutable(&output->events.frame, output);
	wl_signal_emit_mutable(&server->events.frame_done, output);
	if (!flips)
		schedule(output);
	surfaces_watch_hidden(server);
}

void output_on_presented(struct output *output, const struct presented *how)
{
	output->presenting = false;
	pace_presented(&output->pace, how->time_ns);
	send_presented(output, how);
	surfaces_watch_hidden(output->server);
	schedule(output);
}

void output_move_cursor(struct output *output)
{
	struct frame frame = {.fence = -1};
	if (!output->enabled || output->dark)
		return;
	bool with_frame = !output->screen->cursor_at_once && (output->presenting || output->dirty);
	if (!output->cursor_on_plane || with_frame) {
		output_dirty(output);
		return;
	}
	if (plan_cursor(output, &frame) &&
		!output->screen->backend->impl->present(output->screen, &frame, false)) {
		cursor_off_plane(output);
		schedule(output);
	}
}

// Surfaces that no output shows still get an answer once a second, so that nobody who waits for
// one is stuck; and barriers do not hold them up for ever.
void surfaces_answer_hidden(void *data)
{
	struct server *server = data;
	uint64_t now = clock_now_ns(server->clock), oldest = 0;
	struct surface *surface, *tmp;
	wl_list_for_each_safe(surface, tmp, &server->surfaces, link) {
		if (!surface->hidden_since_ns)
			continue;
		if (now - surface->hidden_since_ns < NSEC_PER_SEC) {
			if (!oldest || surface->hidden_since_ns < oldest)
				oldest = surface->hidden_since_ns;
			continue;
		}
		surface_send_frame_done(surface, clock_now_ms(server->clock));
		surface_clear_fifo_barrier(surface);
	}
	if (oldest)
		timer_set(&server->hidden_timer, oldest + NSEC_PER_SEC);
}

void output_pace_init(struct output *output)
{
	const struct screen *screen = output->screen;
	pace_init(&output->pace, screen->mode.refresh_mhz, screen->self_paced || screen->unclocked);
}

void output_frame_init(struct output *output)
{
	swapchain_init(&output->swapchain);
	output_pace_init(output);
	timer_init(&output->frame_timer, output->server->clock, repaint, output);
	pixman_region32_init(&output->last_damage);
	wl_list_init(&output->feedbacks);
	output->full_damage = true;
}

void output_frame_finish(struct output *output)
{
	timer_finish(&output->frame_timer);
	discard_feedbacks(output);
	buffer_unlock(output->primary);
	output->primary = NULL;
	swapchain_finish(&output->swapchain);
	item_list_finish(&output->list);
	seen_list_finish(&output->seen);
	pixman_region32_fini(&output->last_damage);
}
