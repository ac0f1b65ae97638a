// SPDX-License-Identifier: MIT
// Contents: pixels of a surface or of the compositor's own, their texture, and a log of damage.
#include "compositor/scene/content.h"
#include <string.h>
#include "compositor/server.h"
#include "renderer/renderer.h"

void content_init(struct content *content, struct server *server)
{
	*content = (struct content){.server = server, .renderer = server->renderer};
	wl_list_insert(server->contents.prev, &content->link);
	for (int i = 0; i < CONTENT_LOG; i++)
		pixman_region32_init(&content->log[i].damage);
}

// The texture of a DMA-BUF belongs to the buffer, which the content keeps locked.
static void drop_texture(struct content *content)
{
	bool borrowed = content->buffer && content->buffer->dmabuf;
	if (content->texture && !borrowed)
		content->renderer->impl->forget(content->renderer, content->texture);
	content->texture = NULL;
}

static void content_empty(struct content *content)
{
	drop_texture(content);
	weak_clear(&content->source);
	buffer_unlock(content->buffer);
	content->buffer = NULL;
	content->is_color = false;
	content->width = content->height = 0;
	content->shape++;
}

void content_finish(struct content *content)
{
	if (!content->server)
		return;
	content_empty(content);
	wl_list_remove(&content->link);
	for (int i = 0; i < CONTENT_LOG; i++)
		pixman_region32_fini(&content->log[i].damage);
	content->server = NULL;
	content->renderer = NULL;
}

static void log_damage(struct content *content, const region *damage)
{
	content->sequence++;
	unsigned slot = content->sequence % CONTENT_LOG;
	content->log[slot].sequence = content->sequence;
	if (damage)
		pixman_region32_intersect_rect(&content->log[slot].damage, (region *)damage, 0, 0,
			(unsigned)content->width, (unsigned)content->height);
	else
		region_add_box(&content->log[slot].damage,
			&(struct box){0, 0, content->width, content->height});
}

// Reads the last byte, so that a client with a truncated file gets its error at the commit instead
// of at the next draw.
static void probe_memory(struct buffer *buffer)
{
	struct pixels pixels;
	if (!buffer_begin_access(buffer, &pixels))
		return;
	const struct format_info *info = format_info(pixels.format);
	size_t row = (size_t)pixels.width * (info ? info->bytes : 1);
	size_t size = (size_t)(pixels.height - 1) * pixels.stride + row;
	(void)((const volatile uint8_t *)pixels.data)[size - 1];
	buffer_end_access(buffer);
}

// Imports the buffer into the renderer. False: it was refused, and nothing changed. After a GPU
// reset this succeeds without a texture, until content_restore.
static bool import_buffer(struct content *content, struct buffer *buffer, const region *damage)
{
	struct renderer *renderer = content->renderer;
	struct buffer *old = content->buffer;
	struct texture *own = old && old->dmabuf ? NULL : content->texture;
	struct texture **place = buffer->dmabuf ? &buffer->texture : &own;
	bool ok = renderer->impl->import(renderer, place, buffer, *place ? damage : NULL);
	if (!ok && !renderer->lost)
		return false;
	if (own && (buffer->dmabuf || !ok)) {
		renderer->impl->forget(renderer, own);
		own = NULL;
	}
	content->texture = ok ? *place : NULL;
	// Without a texture a DMA-BUF is kept all the same: content_restore imports it again.
	bool holds = content->texture ? content->texture->holds : buffer->dmabuf != NULL;
	content->buffer = holds ? buffer_lock(buffer) : NULL;
	buffer_unlock(old);
	if (renderer->impl->recover)
		weak_set(&content->source, buffer, &buffer->destroyed);
	if (ok && content->buffer)
		probe_memory(buffer);
	else if (ok && !damage)
		buffer_trim(buffer);
	return true;
}

bool content_update(struct content *content, struct buffer *buffer, const region *damage)
{
	if (!buffer) {
		content_empty(content);
		log_damage(content, NULL);
		return true;
	}
	bool opaque = buffer->is_color ? buffer->color[3] >= 1 : !format_has_alpha(buffer->format);
	bool same = content->width == buffer->width && content->height == buffer->height &&
		content->opaque == opaque && content->is_color == buffer->is_color &&
		content->bottom_up == buffer->bottom_up;
	// The damage is in the orientation as shown. Such buffers are too rare to transform it.
	if (buffer->bottom_up)
		damage = NULL;
	if (buffer->is_color) {
		content_empty(content);
		memcpy(content->color, buffer->color, sizeof(content->color));
	} else if (!import_buffer(content, buffer, same ? damage : NULL)) {
		content_empty(content);
		log_damage(content, NULL);
		return false;
	}
	if (!same)
		content->shape++;
	content->is_color = buffer->is_color;
	content->width = buffer->width;
	content->height = buffer->height;
	content->opaque = opaque;
	content->bottom_up = buffer->bottom_up;
	log_damage(content, same ? damage : NULL);
	return buffer->is_color || content->texture;
}

void content_restore(struct content *content)
{
	if (content->is_color || !content->width)
		return;
	drop_texture(content);
	content->shape++;
	log_damage(content, NULL);
	if (content->source.target)
		import_buffer(content, content->source.target, NULL);
	else if (content->repaint)
		content->repaint(content->repaint_data);
}

void content_damage_since(const struct content *content, uint64_t since, region *into)
{
	if (since >= content->sequence)
		return;
	if (content->sequence - since > CONTENT_LOG) {
		region_add_box(into, &(struct box){0, 0, content->width, content->height});
		return;
	}
	for (uint64_t sequence = since + 1; sequence <= content->sequence; sequence++)
		region_add(into, &content->log[sequence % CONTENT_LOG].damage);
}
