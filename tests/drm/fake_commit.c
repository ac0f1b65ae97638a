// SPDX-License-Identifier: MIT
// libdrm's atomic requests, checked as the kernel checks them.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>
#include "compositor/base/base.h"
#include "tests/drm/fake_card_private.h"

struct change {
	uint32_t object, property;
	uint64_t value;
};

struct _drmModeAtomicReq {
	struct change changes[512];
	int n;
};

int fake_card_count_call(struct fake_card *card, enum fake_call call)
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

static int apply_change(struct fake_card *card, const struct change *change)
{
	struct fake_object *object = fake_card_object(card, change->object);
	const char *name = fake_property_name(change->property);
	struct fake_property *property = object && name ? fake_property_find(object, name) : NULL;
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
		((fb && !fake_card_fb(card, change->value)) ||
			(crtc && !fake_card_object(card, (uint32_t)change->value)) ||
			(blob && !fake_card_blob(card, change->value))))
		return EINVAL;
	property->value = strcmp(name, "FB_DAMAGE_CLIPS") == 0 ? 0 : change->value;
	return 0;
}

// Checks the state after a request for consistency.
static int check_state(struct fake_card *card, const struct fake_card *before, bool may_set)
{
	int pixels = 0;
	for (int i = 0; i < FAKE_SCREENS; i++) {
		struct fake_object *crtc = &card->crtc[i], *plane = &card->primary[i];
		const struct fake_blob *blob =
			fake_card_blob(card, fake_property_value(crtc, "MODE_ID"));
		const struct fake_fb *fb = fake_card_fb(card, fake_property_value(plane, "FB_ID"));
		bool active = fake_property_value(crtc, "ACTIVE") == 1, used = false;
		for (int j = 0; j < FAKE_SCREENS; j++)
			used = used ||
				fake_property_value(&card->connector[j], "CRTC_ID") == crtc->id;
		if (active && (!blob || blob->size != sizeof(drmModeModeInfo)))
			return EINVAL;
		if (used != (blob != NULL) ||
			(fake_property_value(plane, "CRTC_ID") != 0) != (fb != NULL))
			return EINVAL;
		if (fb && fake_property_value(plane, "CRTC_ID") != crtc->id)
			return EINVAL;
		if (blob && fb) {
			const drmModeModeInfo *mode = blob->data;
			if (fake_property_value(plane, "SRC_W") != (uint64_t)fb->width << 16 ||
				fake_property_value(plane, "CRTC_W") != mode->hdisplay ||
				fake_property_value(plane, "CRTC_H") != mode->vdisplay ||
				fb->width != mode->hdisplay || fb->height != mode->vdisplay)
				return ERANGE;
			if (active)
				pixels += mode->hdisplay * mode->vdisplay;
		}
		bool set = fake_property_value(crtc, "ACTIVE") !=
				fake_property_value(&before->crtc[i], "ACTIVE") ||
			fake_property_value(crtc, "MODE_ID") !=
				fake_property_value(&before->crtc[i], "MODE_ID") ||
			fake_property_value(&card->connector[i], "CRTC_ID") !=
				fake_property_value(&before->connector[i], "CRTC_ID");
		if (set && !may_set)
			return EINVAL;
	}
	return card->max_pixels && pixels > card->max_pixels ? ENOSPC : 0;
}

// Bits of the CRTCs that the request changes.
static unsigned changed_crtcs(const struct fake_card *card, drmModeAtomicReqPtr request)
{
	unsigned bits = 0;
	for (int i = 0; i < request->n; i++)
		for (int j = 0; j < FAKE_SCREENS; j++)
			if (request->changes[i].object == card->crtc[j].id ||
				request->changes[i].object == card->primary[j].id)
				bits |= 1u << j;
	return bits;
}

static int commit_request(struct fake_card *card, drmModeAtomicReqPtr request, uint32_t flags)
{
	struct fake_card before = *card;
	bool test = flags & DRM_MODE_ATOMIC_TEST_ONLY;
	unsigned crtcs = changed_crtcs(card, request);
	int error = fake_card_count_call(card, test ? FAKE_TEST : FAKE_COMMIT);
	memcpy(before.calls, card->calls, sizeof(card->calls));
	for (int i = 0; i < request->n && !error; i++)
		error = apply_change(card, &request->changes[i]);
	if (!error)
		error = check_state(card, &before, flags & DRM_MODE_ATOMIC_ALLOW_MODESET);
	for (int i = 0; i < FAKE_SCREENS && !error && !test; i++) {
		if (!(crtcs & 1u << i))
			continue;
		if (card->flipping[i] && flags & DRM_MODE_ATOMIC_NONBLOCK)
			error = EBUSY;
		bool active = fake_property_value(&card->crtc[i], "ACTIVE") == 1 ||
			fake_property_value(&before.crtc[i], "ACTIVE") == 1;
		if (flags & DRM_MODE_PAGE_FLIP_EVENT && !active)
			error = EINVAL;
	}
	if (error || test) {
		*card = before;
		return error;
	}
	for (int i = 0; i < FAKE_SCREENS; i++)
		if (crtcs & 1u << i && flags & DRM_MODE_PAGE_FLIP_EVENT)
			card->flipping[i] = true;
	// A blocking commit returns when the page flips are complete.
	if (!(flags & DRM_MODE_ATOMIC_NONBLOCK))
		fake_card_vblank(card);
	return 0;
}

int drmModeAtomicCommit(int fd, drmModeAtomicReqPtr request, uint32_t flags, void *data)
{
	struct fake_card *card = fake_card_current();
	int error = commit_request(card, request, flags);
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
	struct fake_card *card = fake_card_current();
	char bytes[16];
	while (read(card->fd, bytes, sizeof(bytes)) > 0)
		;
	for (int i = 0; i < FAKE_SCREENS; i++) {
		for (; card->ended_flips[i]; card->ended_flips[i]--)
			context->page_flip_handler2(fd, 7, (unsigned)(card->now_ns / NSEC_PER_SEC),
				(unsigned)(card->now_ns % NSEC_PER_SEC / NSEC_PER_USEC),
				card->crtc[i].id, card->data);
	}
	return 0;
}
