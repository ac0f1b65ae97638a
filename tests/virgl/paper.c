// SPDX-License-Identifier: MIT
#include "tests/virgl/paper.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "tests/harness/test.h"
#include "tests/virgl/decode.h"

static struct paper *paper_from(struct virgl_transport *transport)
{
	return wl_container_of(transport, (struct paper *)NULL, base);
}

static void note(struct paper *paper, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void note(struct paper *paper, const char *format, ...)
{
	char *line = NULL;
	va_list args;
	va_start(args, format);
	check(vasprintf(&line, format, args) >= 0);
	va_end(args);
	char *all = xasprintf("%s%s", paper->text ? paper->text : "", line);
	free(paper->text);
	free(line);
	paper->text = all;
}

char *paper_take(struct paper *paper)
{
	char *text = paper->text ? paper->text : xstrdup("");
	paper->text = NULL;
	return text;
}

void paper_check(struct paper *paper, const char *wanted)
{
	char *text = paper_take(paper);
	check_str(text, wanted);
	free(text);
}

static void destroy(struct virgl_transport *transport)
{
	struct paper *paper = paper_from(transport);
	check_eq(paper->resources, 0);
	check_eq(paper->memory, 0);
	free(paper->text);
	free(paper);
}

static bool reset(struct virgl_transport *transport)
{
	struct paper *paper = paper_from(transport);
	paper->resets++;
	paper->base.dead = paper->does_not_reset;
	paper->context_dead = false;
	return !paper->does_not_reset;
}

static size_t caps(struct virgl_transport *transport, void *into, size_t size)
{
	struct paper *paper = paper_from(transport);
	size_t n = MIN(size, paper->caps_bytes);
	memcpy(into, paper->caps, n);
	return n;
}

static struct virgl_resource *create(
	struct virgl_transport *transport, const struct virgl_shape *shape)
{
	struct paper *paper = paper_from(transport);
	if (paper->creates_none)
		return NULL;
	struct virgl_resource *resource = xcalloc(1, sizeof(*resource));
	resource->shape = *shape;
	resource->id = ++paper->next_id;
	if (shape->backing)
		resource->map = xcalloc(1, shape->backing);
	paper->resources++;
	paper->memory += shape->backing;
	note(paper, "create %u: target %u format %u bind %05x %dx%d backing %zu%s\n", resource->id,
		shape->target, shape->format, shape->bind, shape->width, shape->height,
		shape->backing, shape->shared ? " shared" : "");
	return resource;
}

static void release(struct virgl_transport *transport, struct virgl_resource *resource)
{
	struct paper *paper = paper_from(transport);
	paper->resources--;
	paper->memory -= resource->shape.backing;
	note(paper, "release %u\n", resource->id);
	free(resource->map);
	free(resource);
}

static bool put(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	struct paper *paper = paper_from(transport);
	check(resource->map != NULL);
	paper->transfers++;
	note(paper, "put %u: %d,%d %dx%d\n", resource->id, box->x, box->y, box->width, box->height);
	return !paper->refuses;
}

// What was cleared, and by the four programs in white and in half of it.
static bool get(
	struct virgl_transport *transport, struct virgl_resource *resource, const struct box *box)
{
	struct paper *paper = paper_from(transport);
	uint32_t *words = resource->map;
	check(resource->map != NULL);
	note(paper, "get %u: %d,%d %dx%d\n", resource->id, box->x, box->y, box->width, box->height);
	if (paper->refuses)
		return false;
	if (resource->shape.width != 5 || paper->context_dead)
		return true;
	uint32_t value = paper->value, half = 128 + value / 2;
	for (int i = 0; i < 5; i++)
		words[i] = 0x010101 * (!paper->drawn || i == 0 ? value : i == 1 ? 255 : half);
	return true;
}

static void follow(struct paper *paper, const uint32_t *words, size_t n)
{
	for (size_t at = 0; at < n; at += (words[at] >> 16) + 1) {
		unsigned command = words[at] & 0xff;
		float red;
		if (command == 7 && at + 3 <= n) {
			memcpy(&red, &words[at + 2], sizeof(red));
			paper->value = (uint32_t)(red * 255 + 0.5f);
			paper->drawn = false;
		}
		paper->drawn |= command == 8;
	}
}

static bool submit(struct virgl_transport *transport, const uint32_t *words, size_t n,
	struct virgl_resource *const *uses, size_t n_uses, int *fence)
{
	struct paper *paper = paper_from(transport);
	if (fence)
		*fence = -1;
	if (paper->refuses)
		return false;
	paper->submissions++;
	paper->words = n;
	paper->n_uses = n_uses;
	char *text = decode(words, n);
	note(paper, "%s", text);
	free(text);
	if (!paper->context_dead)
		follow(paper, words, n);
	for (size_t i = 0; i < n_uses; i++)
		check(uses[i]->id != 0);
	return true;
}

static enum virgl_wait wait(
	struct virgl_transport *transport, struct virgl_resource *resource, bool block)
{
	struct paper *paper = paper_from(transport);
	return paper->silent ? VIRGL_FAILED : paper->busy && !block ? VIRGL_BUSY : VIRGL_IDLE;
}

static const struct virgl_transport_impl impl = {
	.name = "paper",
	.destroy = destroy,
	.reset = reset,
	.caps = caps,
	.create = create,
	.release = release,
	.put = put,
	.get = get,
	.submit = submit,
	.wait = wait,
};

void paper_set_format(struct paper *paper, uint32_t format, bool sampled, bool rendered)
{
	uint32_t bit = UINT32_C(1) << (format % 32);
	uint32_t *sample = &paper->caps[1 + format / 32], *render = &paper->caps[17 + format / 32];
	*sample = sampled ? *sample | bit : *sample & ~bit;
	*render = rendered ? *render | bit : *render & ~bit;
}

struct paper *paper_create(void)
{
	struct paper *paper = xcalloc(1, sizeof(*paper));
	paper->base.impl = &impl;
	paper->base.device = -1;
	paper->caps[0] = 2;
	for (uint32_t format = 1; format < 512; format++)
		paper_set_format(paper, format, true, true);
	paper->caps[98] = 1 << 17 | 1 << 26;
	paper->caps[121] = 4096;
	memcpy(&paper->caps[174], "paper", 6);
	paper->caps_bytes = 1376;
	return paper;
}
