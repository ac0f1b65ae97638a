// SPDX-License-Identifier: MIT
// Records commands as text and implements the transport without a host.
#include "tests/virgl/fake_host.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"
#include "tests/virgl/decode.h"

static struct fake_host *fake_host_from(struct virgl_transport *transport)
{
	return wl_container_of(transport, (struct fake_host *)NULL, base);
}

static void record(struct fake_host *fake, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void record(struct fake_host *fake, const char *format, ...)
{
	char *line = NULL;
	va_list args;
	va_start(args, format);
	check(vasprintf(&line, format, args) >= 0);
	va_end(args);
	char *all = xasprintf("%s%s", fake->text ? fake->text : "", line);
	free(fake->text);
	free(line);
	fake->text = all;
}

char *fake_host_take(struct fake_host *fake)
{
	char *text = fake->text ? fake->text : xstrdup("");
	fake->text = NULL;
	return text;
}

void fake_host_check(struct fake_host *fake, const char *wanted)
{
	char *text = fake_host_take(fake);
	check_str(text, wanted);
	free(text);
}

static void fake_host_destroy(struct virgl_transport *transport)
{
	struct fake_host *fake = fake_host_from(transport);
	check_eq(fake->resources, 0);
	check_eq(fake->memory, 0);
	free(fake->text);
	free(fake);
}

static bool fake_host_reset(struct virgl_transport *transport)
{
	struct fake_host *fake = fake_host_from(transport);
	fake->resets++;
	fake->base.dead = fake->does_not_reset;
	fake->context_dead = false;
	return !fake->does_not_reset;
}

static size_t fake_host_caps(struct virgl_transport *transport, void *into, size_t size)
{
	struct fake_host *fake = fake_host_from(transport);
	size_t n = MIN(size, fake->caps_bytes);
	memcpy(into, fake->caps, n);
	return n;
}

static struct virgl_resource *create_resource(
	struct virgl_transport *transport, const struct virgl_shape *shape)
{
	struct fake_host *fake = fake_host_from(transport);
	if (fake->creates_none)
		return NULL;
	struct virgl_resource *resource = xcalloc(1, sizeof(*resource));
	resource->shape = *shape;
	resource->id = ++fake->next_id;
	if (shape->backing)
		resource->map = xcalloc(1, shape->backing);
	fake->resources++;
	fake->memory += shape->backing;
	record(fake, "create %u: target %u format %u bind %05x %dx%d backing %zu%s\n", resource->id,
		shape->target, shape->format, shape->bind, shape->width, shape->height,
		shape->backing, shape->shared ? " shared" : "");
	return resource;
}

static void release_resource(struct virgl_transport *transport, struct virgl_resource *resource)
{
	struct fake_host *fake = fake_host_from(transport);
	fake->resources--;
	fake->memory -= resource->shape.backing;
	record(fake, "release %u\n", resource->id);
	free(resource->map);
	free(resource);
}

static bool transfer_put(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	struct fake_host *fake = fake_host_from(transport);
	check(resource->map != NULL);
	fake->transfers++;
	record(fake, "put %u: %d,%d %dx%d\n", resource->id, box->x, box->y, box->width,
		box->height);
	return !fake->refuses;
}

// Renders the canary: the cleared value, and the pixels of the four programs, white or half of it.
static bool transfer_get(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	struct fake_host *fake = fake_host_from(transport);
	uint32_t *words = resource->map;
	check(resource->map != NULL);
	record(fake, "get %u: %d,%d %dx%d\n", resource->id, box->x, box->y, box->width,
		box->height);
	if (fake->refuses)
		return false;
	if (resource->shape.width != 5 || fake->context_dead)
		return true;
	uint32_t value = fake->value, half = 128 + value / 2;
	for (int i = 0; i < 5; i++)
		words[i] = 0x010101 * (!fake->drawn || i == 0 ? value : i == 1 ? 255 : half);
	return true;
}

static void execute_stream(struct fake_host *fake, const uint32_t *words, size_t n)
{
	for (size_t at = 0; at < n; at += (words[at] >> 16) + 1) {
		unsigned command = words[at] & 0xff;
		float red;
		if (command == 7 && at + 3 <= n) {
			memcpy(&red, &words[at + 2], sizeof(red));
			fake->value = (uint32_t)(red * 255 + 0.5f);
			fake->drawn = false;
		}
		fake->drawn |= command == 8;
	}
}

static bool submit_stream(struct virgl_transport *transport, const uint32_t *words, size_t n,
	struct virgl_resource *const *uses, size_t n_uses, int *fence)
{
	struct fake_host *fake = fake_host_from(transport);
	if (fence)
		*fence = -1;
	if (fake->refuses)
		return false;
	fake->submissions++;
	fake->words = n;
	fake->n_uses = n_uses;
	char *text = decode(words, n);
	record(fake, "%s", text);
	free(text);
	if (!fake->context_dead)
		execute_stream(fake, words, n);
	for (size_t i = 0; i < n_uses; i++)
		check(uses[i]->id != 0);
	return true;
}

static enum virgl_wait wait_resource(
	struct virgl_transport *transport, struct virgl_resource *resource, bool block)
{
	struct fake_host *fake = fake_host_from(transport);
	return fake->silent ? VIRGL_FAILED : fake->busy && !block ? VIRGL_BUSY : VIRGL_IDLE;
}

static const struct virgl_transport_impl impl = {
	.name = "fake",
	.destroy = fake_host_destroy,
	.reset = fake_host_reset,
	.caps = fake_host_caps,
	.create = create_resource,
	.release = release_resource,
	.put = transfer_put,
	.get = transfer_get,
	.submit = submit_stream,
	.wait = wait_resource,
};

void fake_host_set_format(struct fake_host *fake, uint32_t format, bool sampled, bool rendered)
{
	uint32_t bit = UINT32_C(1) << (format % 32);
	uint32_t *sample = &fake->caps[1 + format / 32], *render = &fake->caps[17 + format / 32];
	*sample = sampled ? *sample | bit : *sample & ~bit;
	*render = rendered ? *render | bit : *render & ~bit;
}

struct fake_host *fake_host_create(void)
{
	struct fake_host *fake = xcalloc(1, sizeof(*fake));
	fake->base.impl = &impl;
	fake->base.device = -1;
	fake->caps[0] = 2;
	for (uint32_t format = 1; format < 512; format++)
		fake_host_set_format(fake, format, true, true);
	fake->caps[98] = 1 << 17 | 1 << 26;
	fake->caps[121] = 4096;
	memcpy(&fake->caps[174], "fake", 5);
	fake->caps_bytes = 1376;
	return fake;
}
