// SPDX-License-Identifier: MIT
// Repaints an output: from the scene to the screen.
//
// Flattens the scene, finds what is visible and what changed, scans out a client's buffer or draws
// a target (unless the screen is virtual), presents, and sends frame callbacks. Where nothing
// changed, only the callbacks are sent: a refresh cycle without a frame.
#include "compositor/output/frame.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/output/cursor.h"
#include "compositor/output/gpu_reset.h"
#include "compositor/output/output.h"
#include "compositor/output/overlap.h"
#include "compositor/output/visibility.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "compositor/surface/fence.h"
#include "renderer/renderer.h"

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

// The client's buffer if it alone covers the screen, unscaled; NULL: the frame must be drawn.
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

// All of the buffer on all of the screen.
static struct plane full_plane(const struct screen *screen, struct buffer *buffer)
{
	return (struct plane){buffer, {0, 0, buffer->width, buffer->height},
		{0, 0, screen->mode.width, screen->mode.height}};
}

// buffer NULL: a frame of a virtual screen, which is not drawn.
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

// Shows the list: scans out a client's buffer, or draws. What is refused is retried in a simpler
// form.
static bool show_frame(struct output *output, struct frame *frame, const region *damage)
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
	frame_clock_cost(&output->frame_clock, clock_now_ns(output->server->clock) - start);
	output->repaints++;
	if (present_primary(output, frame, slot->buffer, false, damage))
		return true;
	// The cursor plane may be what was refused.
	if (!(frame->set & (FRAME_CURSOR_IMAGE | FRAME_CURSOR_POSITION)))
		return false;
	frame->set &= ~(unsigned)(FRAME_CURSOR_IMAGE | FRAME_CURSOR_POSITION);
	output_refuse_cursor(output);
	return present_primary(output, frame, slot->buffer, false, damage);
}

// The frame was requested for its callbacks only: the list of the last one is still valid.
static bool nothing_changed(const struct output *output)
{
	return output->list_version == output->server->scene->version && !output->full_damage &&
		output->cursor_on_plane;
}

// Only contents changed: updates their textures in the list.
static void refresh_contents(struct item_list *list)
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

// Builds the frame's list and adds its difference from the last one to the damage.
static void build_list(struct output *output, region *damage)
{
	struct scene *scene = output->server->scene;
	const struct mode *mode = &output->screen->mode;
	const struct box bounds = {0, 0, mode->width, mode->height};
	output->list_version = scene->version;
	if (output->list_shape == scene->shape && !output->full_damage && output->cursor_on_plane) {
		refresh_contents(&output->list);
	} else {
		struct scene_view view = output_view(output);
		if (!output->cursor_on_plane && output->server->cursor)
			cursor_place(output->server->cursor, &view);
		scene_flatten(scene->root, &view, !output->cursor_on_plane, &output->list);
		output->list_shape = output->cursor_on_plane ? scene->shape : 0;
		output->covered = damage_occlude(&output->list, &bounds);
		output_update_visibility(output);
	}
	if (output->full_damage)
		region_add_box(damage, &bounds);
	else
		damage_diff(&output->last_frame, &output->list, damage);
	region_intersect_box(damage, &bounds);
}

static void remember_frame(struct output *output)
{
	output->full_damage = false;
	if (output->list_shape && output->last_shape == output->list_shape)
		damage_remember_pixels(&output->last_frame, &output->list);
	else
		damage_remember(&output->last_frame, &output->list);
	output->last_shape = output->list_shape;
}

static void note_shown(struct output *output)
{
	if (output->shown_version == output->handed_version)
		return;
	output->shown_version = output->handed_version;
	wl_signal_emit_mutable(&output->server->events.frame_shown, output);
}

static void on_frame_timer(void *data)
{
	struct output *output = data;
	struct server *server = output->server;
	struct screen *screen = output->screen;
	fences_look(server);
	if (!output->enabled || !output->dirty)
		return;
	timer_cancel(&output->frame_timer); // armed by what fences_look applied; this is that frame
	scene_notify_changed(server->scene);
	outputs_update_overlap(server->scene);
	output->dirty = false;

	struct frame frame = {.fence = -1};
	bool cursor_changed = !output->powered_off && output_plan_cursor(output, &frame);
	region *damage = &output->last_damage;
	pixman_region32_clear(damage);
	if (!nothing_changed(output))
		build_list(output, damage);

	bool pixels = !output->powered_off && pixman_region32_not_empty(damage);
	bool shown = true;
	if (pixels)
		shown = show_frame(output, &frame, damage);
	else if (cursor_changed && !screen->backend->impl->present(screen, &frame, false))
		output_refuse_cursor(output);
	close_fd(&frame.fence);
	gpu_reset_check(server); // an import may have failed as well
	if (shown && pixels) {
		remember_frame(output);
	} else if (!shown && !server->renderer->lost) {
		// What the screen shows is unknown, so the next frame redraws all of it.
		log_warn("%s: a frame could not be shown", output->name);
		output->full_damage = true;
	}

	if (shown)
		output->handed_version = output->list_version;
	uint64_t now = clock_now_ns(server->clock);
	bool flips = shown && pixels && !screen->self_paced;
	output->presenting = flips;
	if (!flips)
		frame_clock_presented(&output->frame_clock, now);
	output->frames++;
	output_send_frame_callbacks(output);
	if (output->powered_off)
		output_discard_feedbacks(output);
	else if (!flips)
		output_send_presented(output,
			&(struct presented){
				.time_ns = now,
				.sequence = output->frames,
				.refresh_ns = (uint32_t)output->frame_clock.period_ns,
			});
	if (pixels)
		wl_signal_emit_mutable(&output->events.damaged,
			&(struct output_damage){.output = output, .damage = damage});
	wl_signal_emit_mutable(&output->events.frame, output);
	wl_signal_emit_mutable(&server->events.frame_done, output);
	if (!flips) {
		note_shown(output);
		output_schedule(output);
	}
	surfaces_watch_hidden(server);
}

void output_on_presented(struct output *output, const struct presented *how)
{
	output->presenting = false;
	frame_clock_presented(&output->frame_clock, how->time_ns);
	output_send_presented(output, how);
	note_shown(output);
	surfaces_watch_hidden(output->server);
	output_schedule(output);
}

void output_frame_init(struct output *output)
{
	swapchain_init(&output->swapchain);
	timer_init(&output->frame_timer, output->server->clock, on_frame_timer, output);
	output_frame_clock_reset(output);
	pixman_region32_init(&output->last_damage);
	wl_list_init(&output->feedbacks);
	output->full_damage = true;
}

void output_forget_shown(struct output *output)
{
	output->cursor_on_plane = false;
	buffer_unlock(output->primary);
	output->primary = NULL;
	output->scanned_out = false;
}

void output_frame_finish(struct output *output)
{
	timer_finish(&output->frame_timer);
	output_discard_feedbacks(output);
	output_forget_shown(output);
	swapchain_finish(&output->swapchain);
	item_list_finish(&output->list);
	last_frame_finish(&output->last_frame);
	pixman_region32_fini(&output->last_damage);
}
