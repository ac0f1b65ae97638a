// SPDX-License-Identifier: MIT
// Screens of a virtio-gpu are those of any card; only who draws for them is another. A host that
// draws is driven by our own streams; for one that does not, a GL driver would draw with the CPU.
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
	bool ours = version && version->name && strcmp(version->name, "virtio_gpu") == 0;
	drmFreeVersion(version);
	char *node = drmGetRenderDeviceNameFromFd(card);
	bool draws = node;
	free(node);
	if (!ours)
		return draws ? card_renderers : cpu_renderers;
	return virtgpu_draws(card) ? all_renderers : cpu_renderers;
}

static const struct kms_driver any_driver = {.renderers_for = renderers_for};
static const struct kms_driver own_driver = {
	.kernel_driver = "virtio_gpu", .renderers_for = renderers_for};

static struct backend *create_any(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options)
{
	return kms_backend_create(loop, clock, sink, sink_data, options, &any_driver);
}

static struct backend *create_own(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options)
{
	return kms_backend_create(loop, clock, sink, sink_data, options, &own_driver);
}

// Any card; and those of virtual machines only.
extern const struct backend_module backend_module, virtio_module;
const struct backend_module backend_module = {.create = create_any};
const struct backend_module virtio_module = {.create = create_own};
