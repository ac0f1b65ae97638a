// SPDX-License-Identifier: MIT
#include "compositor/core/recover.h"
#include "compositor/base/log.h"
#include "compositor/core/content.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/server.h"
#include "renderer/renderer.h"

// A GPU that fails at every frame is not asked at every frame.
#define RETRY_NS NSEC_PER_SEC

void recover_if_lost(struct server *server)
{
	if (!server->renderer->lost || timer_is_set(&server->recover_timer))
		return;
	uint64_t now = clock_now_ns(server->clock), again = server->recovered_ns + RETRY_NS;
	timer_set(&server->recover_timer, server->recovered_ns ? MAX(now, again) : now);
}

void recover(void *data)
{
	struct server *server = data;
	struct renderer *renderer = server->renderer;
	if (!renderer->lost)
		return;
	server->recovered_ns = clock_now_ns(server->clock);
	if (!renderer->impl->recover || !renderer->impl->recover(renderer)) {
		log_error("the GPU cannot be used now; it is tried again in a second");
		timer_set(&server->recover_timer, server->recovered_ns + RETRY_NS);
		return;
	}
	log_warn("the GPU was lost; the renderer has started anew");
	struct output *output;
	wl_list_for_each(output, &server->outputs, link) {
		swapchain_drop(&output->swapchain);
		output_damage_all(output);
	}
	struct content *content;
	wl_list_for_each(content, &server->contents, link)
		content_restore(content); // paints, where the compositor has made it
	// Lists of earlier frames name textures that are gone.
	server->scene->version++;
	server->scene->shape++;
	recover_if_lost(server);
}
