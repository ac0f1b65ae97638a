// SPDX-License-Identifier: MIT
// The modules of the KMS back end, which choose renderers for a card: on a virtio-gpu with 3D
// support virgl comes first; without it GL would render on the CPU, so only pixman is left.
#include "backends/virtio/virtio.h"
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include "backends/drm/kms.h"

static const char *const all_renderers[] = {"virgl", "gl", "pixman", NULL};
static const char *const cpu_renderers[] = {"pixman", NULL};
static const char *const card_renderers[] = {"gl", "pixman", NULL};

static const char *const *renderers_for(int card)
{
	drmVersion *version = drmGetVersion(card);
	bool is_virtio = version && version->name && strcmp(version->name, "virtio_gpu") == 0;
	drmFreeVersion(version);
	char *node = drmGetRenderDeviceNameFromFd(card);
	bool has_gpu = node;
	free(node);
	if (!is_virtio)
		return has_gpu ? card_renderers : cpu_renderers;
	return virtgpu_draws(card) ? all_renderers : cpu_renderers;
}

static const struct kms_driver any_driver = {.renderers_for = renderers_for};
static const struct kms_driver virtio_driver = {
	.kernel_driver = "virtio_gpu", .renderers_for = renderers_for};

static struct backend *create_any(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options)
{
	return kms_backend_create(loop, clock, sink, sink_data, options, &any_driver);
}

static struct backend *create_virtio(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options)
{
	return kms_backend_create(loop, clock, sink, sink_data, options, &virtio_driver);
}

// For any card, and for virtio-gpu only.
extern const struct backend_module backend_module, virtio_module;
const struct backend_module backend_module = {.create = create_any};
const struct backend_module virtio_module = {.create = create_virtio};
