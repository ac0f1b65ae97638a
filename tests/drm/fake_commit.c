// SPDX-License-Identifier: MIT
// libdrm's atomic requests, judged as the kernel judges them.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>
#include "compositor/base/base.h"
#include "tests/drm/card_parts.h"

struct change {
	uint32_t object, property;
	uint64_t value;
};

struct _drmModeAtomicReq {
	struct change changes[512];
	int n;
};

int card_count(struct card *card, enum card_call call)
{
	int number = card->calls[call]++;
	if (number < card->fail[call].first ||
		number - card->fail[call].first >= card->fail[call].count)
		return 0;
	return card->fail[call].error;
}

drmModeAtomicReqPtr drmModeAtomicAlloc(void)
{
	return xcalloc(1, sizeof(struct _drmModeAtomicReq));
}

void drmModeAtomicFree(drmModeAtomicReqPtr request)
{
	free(request);
}

int drmModeAtomicAddProperty(
	drmModeAtomicReqPtr request, uint32_t object, uint32_t property, uint64_t value)
{
	if (!object || !property || request->n == (int)array_length(request->changes))
		return -EINVAL;
	request->changes[request->n++] = (struct change){object, property, value};
	return request->n;
}

static int apply(struct card *card, const struct change *change)
{
	struct card_object *object = card_object(card, change->object);
	const char *name = card_property_name(change->property);
	struct card_property *property = object && name ? card_find(object, name) : NULL;
	if (!property)
		return ENOENT;
	if (strcmp(name, "IN_FENCE_FD") == 0) {
		card->fence = (int)change->value;
		return 0;
	}
	bool fb = strcmp(name, "FB_ID") == 0, crtc = strcmp(name, "CRTC_ID") == 0;
	bool blob = strcmp(name, "MODE_ID") == 0 || strcmp(name, "GAMMA_LUT") == 0 ||
		strcmp(name, "FB_DAMAGE_CLIPS") == 0;
	if (change->value &&
		((fb && !card_fb(card, change->value)) ||
			(crtc && !card_object(card, (uint32_t)change->value)) ||
			(blob && !card_blob(card, change->value))))
		return EINVAL;
	property->value = strcmp(name, "FB_DAMAGE_CLIPS") == 0 ? 0 : change->value;
	return 0;
}

// What cannot be, however it came about.
static int judge(struct card *card, const struct card *before, bool may_set)
{
	int pixels = 0;
	for (int i = 0; i < CARD_SCREENS; i++) {
		struct card_object *crtc = &card->crtc[i], *plane = &card->primary[i];
		const struct card_blob *blob = card_blob(card, card_get(crtc, "MODE_ID"));
		const struct card_fb *fb = card_fb(card, card_get(plane, "FB_ID"));
		bool active = card_get(crtc, "ACTIVE") == 1, used = false;
		for (int j = 0; j < CARD_SCREENS; j++)
			used = used || card_get(&card->connector[j], "CRTC_ID") == crtc->id;
		if (active && (!blob || blob->size != sizeof(drmModeModeInfo)))
			return EINVAL;
		if (used != (blob != NULL) || (card_get(plane, "CRTC_ID") != 0) != (fb != NULL))
			return EINVAL;
		if (fb && card_get(plane, "CRTC_ID") != crtc->id)
			return EINVAL;
		if (blob && fb) {
			const drmModeModeInfo *mode = blob->data;
			if (card_get(plane, "SRC_W") != (uint64_t)fb->width << 16 ||
				card_get(plane, "CRTC_W") != mode->hdisplay ||
				card_get(plane, "CRTC_H") != mode->vdisplay ||
				fb->width != mode->hdisplay || fb->height != mode->vdisplay)
				return ERANGE;
			if (active)
				pixels += mode->hdisplay * mode->vdisplay;
		}
		bool set = card_get(crtc, "ACTIVE") != card_get(&before->crtc[i], "ACTIVE") ||
			card_get(crtc, "MODE_ID") != card_get(&before->crtc[i], "MODE_ID") ||
			card_get(&card->connector[i], "CRTC_ID") !=
				card_get(&before->connector[i], "CRTC_ID");
		if (set && !may_set)
			return EINVAL;
	}
	return card->max_pixels && pixels > card->max_pixels ? ENOSPC : 0;
}

// Bits of the CRTCs that the request touches.
static unsigned touched(const struct card *card, drmModeAtomicReqPtr request)
{
	unsigned bits = 0;
	for (int i = 0; i < request->n; i++)
		for (int j = 0; j < CARD_SCREENS; j++)
			if (request->changes[i].object == card->crtc[j].id ||
				request->changes[i].object == card->primary[j].id)
				bits |= 1u << j;
	return bits;
}

static int commit(struct card *card, drmModeAtomicReqPtr request, uint32_t flags)
{
	struct card before = *card;
	bool test = flags & DRM_MODE_ATOMIC_TEST_ONLY;
	unsigned crtcs = touched(card, request);
	int error = card_count(card, test ? CARD_TEST : CARD_COMMIT);
	memcpy(before.calls, card->calls, sizeof(card->calls));
	for (int i = 0; i < request->n && !error; i++)
		error = apply(card, &request->changes[i]);
	if (!error)
		error = judge(card, &before, flags & DRM_MODE_ATOMIC_ALLOW_MODESET);
	for (int i = 0; i < CARD_SCREENS && !error && !test; i++) {
		if (!(crtcs & 1u << i))
			continue;
		if (card->flipping[i] && flags & DRM_MODE_ATOMIC_NONBLOCK)
			error = EBUSY;
		bool active = card_get(&card->crtc[i], "ACTIVE") == 1 ||
			card_get(&before.crtc[i], "ACTIVE") == 1;
		if (flags & DRM_MODE_PAGE_FLIP_EVENT && !active)
			error = EINVAL;
	}
	if (error || test) {
		*card = before;
		return error;
	}
	for (int i = 0; i < CARD_SCREENS; i++)
		if (crtcs & 1u << i && flags & DRM_MODE_PAGE_FLIP_EVENT)
			card->flipping[i] = true;
	// Whoever waits does so until all is done.
	if (!(flags & DRM_MODE_ATOMIC_NONBLOCK))
		card_vblank(card);
	return 0;
}

int drmModeAtomicCommit(int fd, drmModeAtomicReqPtr request, uint32_t flags, void *data)
{
	struct card *card = card_now();
	int error = commit(card, request, flags);
	bool test = flags & DRM_MODE_ATOMIC_TEST_ONLY;
	card->last_flags = flags;
	card->data = data;
	card->tests += test;
	card->refused += error != 0;
	card->modesets += !test && !error && flags & DRM_MODE_ATOMIC_ALLOW_MODESET;
	card->flips += !test && !error && flags & DRM_MODE_ATOMIC_NONBLOCK;
	return -error;
}

int drmHandleEvent(int fd, drmEventContextPtr context)
{
	struct card *card = card_now();
	char bytes[16];
	while (read(card->fd, bytes, sizeof(bytes)) > 0)
		;
	for (int i = 0; i < CARD_SCREENS; i++) {
		for (; card->ended[i]; card->ended[i]--)
			context->page_flip_handler2(fd, 7, (unsigned)(card->now_ns / NSEC_PER_SEC),
				(unsigned)(card->now_ns % NSEC_PER_SEC / NSEC_PER_USEC),
				card->crtc[i].id, card->data);
	}
	return 0;
}
