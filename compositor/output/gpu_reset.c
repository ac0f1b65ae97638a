// SPDX-License-Identifier: MIT
// Recovers from GPU resets: recreates the renderer, imports contents again, redraws outputs.
#include "compositor/output/gpu_reset.h"
#include "compositor/base/log.h"
#include "compositor/output/output.h"
#include "compositor/scene/content.h"
#include "compositor/scene/scene.h"
#include "compositor/server.h"
#include "renderer/renderer.h"

// A GPU that fails at every frame is not recreated at every frame.
#define RETRY_NS NSEC_PER_SEC

void gpu_reset_check(struct server *server)
{
	if (!server->renderer->lost || timer_is_set(&server->gpu_reset_timer))
		return;
	uint64_t now = clock_now_ns(server->clock), again = server->gpu_reset_ns + RETRY_NS;
	timer_set(&server->gpu_reset_timer, server->gpu_reset_ns ? MAX(now, again) : now);
}

void gpu_reset_recover(void *data)
{
	struct server *server = data;
	struct renderer *renderer = server->renderer;
	if (!renderer->lost)
		return;
	server->gpu_reset_ns = clock_now_ns(server->clock);
	if (!renderer->impl->recover || !renderer->impl->recover(renderer)) {
		log_error("the GPU cannot be used; retrying in a second");
		timer_set(&server->gpu_reset_timer, server->gpu_reset_ns + RETRY_NS);
		return;
	}
	log_warn("the GPU was reset; the renderer was recreated");
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		swapchain_drop(&output->swapchain);
		output_damage_all(output);
	}
	struct content *content;
	wl_list_for_each(content, &server->contents, link)
		content_restore(content); // or repaints, if the compositor painted it
	// Lists of earlier frames refer to destroyed textures.
	server->scene->version++;
	server->scene->shape++;
	gpu_reset_check(server);
}
