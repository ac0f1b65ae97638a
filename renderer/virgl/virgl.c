// SPDX-License-Identifier: MIT
// Creates, recovers and destroys the virgl renderer, and submits its command stream.
#include "renderer/virgl/virgl.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"

// More bytes of retired resources than this are freed at once, not with the next frame.
#define RETIRED_BYTES ((size_t)4 << 20)

void virgl_lose(struct virgl *virgl, const char *why)
{
	if (!virgl->base.lost)
		log_error("%s", why);
	virgl->base.lost = true;
}

static void release_retired(struct virgl *virgl)
{
	struct virgl_transport *transport = virgl->transport;
	for (size_t i = 0; i < virgl->n_retired; i++)
		transport->impl->release(transport, virgl->retired[i]);
	virgl->n_retired = virgl->retired_bytes = 0;
}

bool virgl_flush(struct virgl *virgl, int *fence)
{
	struct virgl_stream *stream = &virgl->stream;
	struct virgl_transport *transport = virgl->transport;
	if (fence)
		*fence = -1;
	if (virgl->base.lost)
		return false;
	const char *refused = stream->refused;
	if (refused)
		log_error("a command was refused: %s", refused);
	bool ok = stream->count == 0 ||
		transport->impl->submit(transport, stream->words, stream->count, stream->uses,
			stream->n_uses, fence);
	virgl_stream_next(stream);
	release_retired(virgl);
	if (!ok)
		virgl_lose(virgl, "the host does not accept commands");
	return ok && !refused;
}

bool virgl_wait(struct virgl *virgl, struct virgl_resource *resource)
{
	struct virgl_transport *transport = virgl->transport;
	if (resource->stream == virgl->stream.serial && !virgl_flush(virgl, NULL))
		return false;
	if (virgl->base.lost)
		return false;
	if (transport->impl->wait(transport, resource, true) == VIRGL_IDLE)
		return true;
	virgl_lose(virgl, "the host does not respond");
	return false;
}

void virgl_retire(struct virgl *virgl, struct virgl_resource *resource)
{
	struct virgl_transport *transport = virgl->transport;
	if (!resource)
		return;
	if (resource->stream != virgl->stream.serial) {
		transport->impl->release(transport, resource);
		return;
	}
	const struct virgl_shape *shape = &resource->shape;
	array_reserve(virgl->retired, virgl->n_retired, virgl->retired_capacity);
	virgl->retired[virgl->n_retired++] = resource;
	virgl->retired_bytes += (size_t)shape->width * (size_t)shape->height * (size_t)shape->bytes;
	if (virgl->retired_bytes > RETIRED_BYTES && !virgl->base.lost)
		virgl_flush(virgl, NULL);
}

void virgl_debug_frame(struct virgl *virgl)
{
	if (virgl->kill && ++virgl->frames % virgl->kill == 0)
		encode_fatal(&virgl->stream);
}

// Reads ORIEL_VIRGL_DEBUG. "kill=N": an invalid command is sent every N frames, which kills the
// context.
static void read_debug(struct virgl *virgl)
{
	const char *words = getenv("ORIEL_VIRGL_DEBUG");
	const char *kill = words ? strstr(words, "kill=") : NULL;
	virgl->kill = kill ? (unsigned)strtoul(kill + strlen("kill="), NULL, 10) : 0;
}

static void list_formats(struct virgl *virgl)
{
	size_t count;
	const struct format_info *formats = format_list(&count);
	const struct virgl_transport_impl *impl = virgl->transport->impl;
	for (size_t i = 0; i < count; i++) {
		uint32_t fourcc = formats[i].fourcc;
		struct virgl_layout layout, planes[VIRGL_PLANES];
		if (virgl_layout_for(fourcc, &virgl->caps, &layout))
			format_set_add(&virgl->base.shm, fourcc, DRM_FORMAT_MOD_LINEAR);
		if (formats[i].pixman && pixman_format_supported_destination(formats[i].pixman))
			format_set_add(&virgl->base.target, fourcc, DRM_FORMAT_MOD_LINEAR);
		static const uint64_t modifiers[] = {DRM_FORMAT_MOD_LINEAR, DRM_FORMAT_MOD_INVALID};
		// Linear memory of any device can be copied.
		size_t n = impl->import ? array_length(modifiers) : 1;
		for (size_t j = 0; j < n; j++)
			if (virgl_layout_shared(fourcc, &virgl->caps, planes))
				format_set_add(&virgl->base.dmabuf, fourcc, modifiers[j]);
		for (size_t j = 0; impl->export && j < array_length(modifiers); j++)
			if (virgl_layout_target(fourcc, &virgl->caps, &layout) &&
				layout.fourcc == fourcc)
				format_set_add(&virgl->base.shared, fourcc, modifiers[j]);
	}
}

static bool context_init(struct virgl *virgl)
{
	struct virgl_transport *transport = virgl->transport;
	uint32_t words[VIRGL_CAPS_WORDS] = {0};
	size_t size = transport->impl->caps(transport, words, sizeof(words));
	if (!size)
		return false;
	if (!virgl_caps_parse(&virgl->caps, words, size)) {
		log_error("the host has no capabilities");
		return false;
	}
	log_info("drawing by %s: %s, textures up to %d pixels", transport->impl->name,
		virgl->caps.renderer, virgl->caps.max_size);
	return virgl_pipeline_init(virgl) && virgl_canary_init(virgl);
}

// Releases everything on the host. Textures and targets stay, without contents.
static void context_finish(struct virgl *virgl)
{
	struct virgl_transport *transport = virgl->transport;
	virgl_stream_reset(&virgl->stream);
	release_retired(virgl);
	virgl_staging_finish(virgl);
	virgl_target_destroy(virgl->scratch);
	virgl->scratch = NULL;
	struct virgl_resource **own[] = {
		&virgl->readback, &virgl->canary.resource, &virgl->pipeline.vertices};
	for (size_t i = 0; i < array_length(own); i++) {
		if (*own[i])
			transport->impl->release(transport, *own[i]);
		*own[i] = NULL;
	}
	virgl->pipeline = (struct virgl_pipeline){0};
	virgl->frames = 0;
	virgl->state = (struct virgl_state){0};
}

// The format sets stay as they are: clients have already received them.
static bool virgl_recover(struct renderer *base)
{
	struct virgl *virgl = virgl_from(base);
	struct virgl_transport *transport = virgl->transport;
	virgl_textures_suspect(virgl);
	virgl->generation++;
	context_finish(virgl);
	if (!transport->impl->reset(transport))
		return false;
	virgl->base.lost = false;
	if (context_init(virgl))
		return true;
	virgl->base.lost = true;
	return false;
}

static void virgl_destroy(struct renderer *base)
{
	struct virgl *virgl = virgl_from(base);
	virgl_textures_finish(virgl);
	virgl_targets_finish(virgl);
	context_finish(virgl);
	virgl_stream_finish(&virgl->stream);
	free(virgl->retired);
	virgl->transport->impl->destroy(virgl->transport);
	close_fd(&virgl->base.device);
	format_set_finish(&virgl->base.shm);
	format_set_finish(&virgl->base.dmabuf);
	format_set_finish(&virgl->base.target);
	format_set_finish(&virgl->base.shared);
	free(virgl);
}

static const struct renderer_impl virgl_impl = {
	.name = "virgl",
	.destroy = virgl_destroy,
	.alloc = virgl_alloc,
	.import = virgl_import,
	.forget = virgl_forget,
	.draw = virgl_draw,
	.read = virgl_read,
	.recover = virgl_recover,
};

static const struct renderer_impl virgl_shared_impl = {
	.name = "virgl",
	.destroy = virgl_destroy,
	.alloc = virgl_alloc,
	.alloc_shared = virgl_alloc_shared,
	.import = virgl_import,
	.forget = virgl_forget,
	.draw = virgl_draw,
	.read = virgl_read,
	.recover = virgl_recover,
};

struct renderer *virgl_renderer_create(struct virgl_transport *transport)
{
	if (!transport)
		return NULL;
	struct virgl *virgl = xcalloc(1, sizeof(*virgl));
	virgl->base.impl = transport->impl->export ? &virgl_shared_impl : &virgl_impl;
	virgl->base.cpu_targets = true;
	virgl->base.device =
		transport->device >= 0 ? fcntl(transport->device, F_DUPFD_CLOEXEC, 0) : -1;
	virgl->transport = transport;
	virgl->generation = 1;
	read_debug(virgl);
	virgl_stream_init(&virgl->stream);
	wl_list_init(&virgl->textures);
	wl_list_init(&virgl->targets);
	if (context_init(virgl)) {
		list_formats(virgl);
		return &virgl->base;
	}
	virgl_destroy(&virgl->base);
	return NULL;
}
