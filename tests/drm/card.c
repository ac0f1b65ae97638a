// SPDX-License-Identifier: MIT
// The model: objects, their properties, and what becomes of them.
#include "tests/drm/card.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xf86drm.h>
#include "compositor/base/base.h"
#include "tests/drm/card_parts.h"
#include "tests/harness/test.h"

static struct card *only;

struct card *card_now(void)
{
	return only;
}

drmModeModeInfo card_mode_of(int width, int height, bool preferred)
{
	drmModeModeInfo info = {
		.hdisplay = (uint16_t)width,
		.hsync_start = (uint16_t)(width + 8),
		.hsync_end = (uint16_t)(width + 40),
		.htotal = (uint16_t)(width + 80),
		.vdisplay = (uint16_t)height,
		.vsync_start = (uint16_t)(height + 3),
		.vsync_end = (uint16_t)(height + 9),
		.vtotal = (uint16_t)(height + 30),
		.vrefresh = 60,
		.type = preferred ? DRM_MODE_TYPE_PREFERRED : DRM_MODE_TYPE_DRIVER,
	};
	info.clock = (uint32_t)info.htotal * info.vtotal * 60 / 1000;
	snprintf(info.name, sizeof(info.name), "%dx%d", width, height);
	return info;
}

// A property has one number for all objects: its place among all names.
static const char *const names[] = {"ACTIVE", "MODE_ID", "VRR_ENABLED", "GAMMA_LUT",
	"GAMMA_LUT_SIZE", "CTM", "DEGAMMA_LUT", "type", "FB_ID", "CRTC_ID", "SRC_X", "SRC_Y",
	"SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H", "IN_FORMATS", "IN_FENCE_FD",
	"FB_DAMAGE_CLIPS", "rotation", "alpha", "EDID", "hotplug_mode_update", "vrr_capable",
	"link-status", "non-desktop", "suggested X", "suggested Y"};

const char *card_property_name(uint32_t id)
{
	return id >= 1000 && id < 1000 + array_length(names) ? names[id - 1000] : NULL;
}

struct card_property *card_find(const struct card_object *object, const char *name)
{
	for (size_t i = 0; i < CARD_PROPERTIES && object->properties[i].name; i++)
		if (strcmp(object->properties[i].name, name) == 0)
			return (struct card_property *)&object->properties[i];
	return NULL;
}

uint64_t card_get(const struct card_object *object, const char *name)
{
	const struct card_property *property = card_find(object, name);
	return property ? property->value : UINT64_MAX;
}

void card_add(struct card_object *object, const char *name, uint64_t value)
{
	size_t n = 0;
	uint32_t id = 0;
	while (object->properties[n].name)
		n++;
	while (strcmp(names[id], name) != 0)
		id++;
	object->properties[n] = (struct card_property){names[id], 1000 + id, value};
}

uint32_t card_add_blob(struct card *card, const void *data, size_t size, bool ours)
{
	for (size_t i = 0; i < array_length(card->blobs); i++) {
		struct card_blob *blob = &card->blobs[i];
		if (blob->id)
			continue;
		*blob = (struct card_blob){++card->last_id, xcalloc(1, MAX(size, 1)), size, ours};
		memcpy(blob->data, data, size);
		return blob->id;
	}
	return 0;
}

struct card_blob *card_blob(struct card *card, uint64_t id)
{
	for (size_t i = 0; i < array_length(card->blobs); i++)
		if (id && card->blobs[i].id == id)
			return &card->blobs[i];
	return NULL;
}

struct card_fb *card_fb(struct card *card, uint64_t id)
{
	for (size_t i = 0; i < array_length(card->fbs); i++)
		if (id && card->fbs[i].id == id)
			return &card->fbs[i];
	return NULL;
}

struct card_object *card_object(struct card *card, uint32_t id)
{
	for (int i = 0; i < CARD_SCREENS; i++) {
		struct card_object *objects[] = {
			&card->crtc[i], &card->primary[i], &card->cursor[i], &card->connector[i]};
		for (size_t j = 0; j < array_length(objects); j++)
			if (objects[j]->id == id && !objects[j]->gone)
				return objects[j];
	}
	return NULL;
}

struct card *card_create(int screens)
{
	struct card *card = xcalloc(1, sizeof(*card));
	card->crtcs = card->connectors = screens;
	card->cursors = card->vblank = card->modifiers = card->monotonic = true;
	for (int i = 0; i < screens; i++) {
		struct card_monitor *monitor = &card->monitors[i];
		monitor->connected = true;
		monitor->modes[monitor->n_modes++] = card_mode_of(1280, 800, true);
		monitor->modes[monitor->n_modes++] = card_mode_of(1024, 768, false);
		monitor->modes[monitor->n_modes++] = card_mode_of(640, 480, false);
	}
	int pair[2];
	check_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	card->fd = pair[0];
	card->twin = pair[1];
	card->fence = -1;
	only = card;
	return card;
}

static uint32_t in_formats(struct card *card)
{
	struct {
		struct drm_format_modifier_blob header;
		uint32_t formats[2];
		struct drm_format_modifier modifiers[2];
	} blob = {
		.header = {.version = 1,
			.count_formats = 2,
			.formats_offset = sizeof(blob.header),
			.count_modifiers = 2,
			.modifiers_offset = sizeof(blob.header) + sizeof(blob.formats)},
		.formats = {DRM_FORMAT_RGB565, DRM_FORMAT_XRGB8888},
		.modifiers = {{.formats = 3, .modifier = DRM_FORMAT_MOD_LINEAR},
			{.formats = 2, .modifier = I915_FORMAT_MOD_X_TILED}},
	};
	return card_add_blob(card, &blob, sizeof(blob), false);
}

// When it is opened: all a test wants is known.
void card_fill(struct card *card)
{
	uint32_t formats = in_formats(card);
	static const char *const of_crtc[] = {"ACTIVE", "MODE_ID", "VRR_ENABLED", "GAMMA_LUT",
		"GAMMA_LUT_SIZE", "CTM", "DEGAMMA_LUT"};
	static const char *const of_plane[] = {"type", "FB_ID", "CRTC_ID", "SRC_X", "SRC_Y",
		"SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H", "IN_FORMATS",
		"IN_FENCE_FD", "FB_DAMAGE_CLIPS", "rotation", "alpha"};
	static const char *const of_connector[] = {"CRTC_ID", "EDID", "hotplug_mode_update",
		"vrr_capable", "link-status", "non-desktop", "suggested X", "suggested Y"};
	for (int i = 0; i < CARD_SCREENS; i++) {
		struct {
			struct card_object *object;
			uint32_t id, type;
			const char *const *names;
			size_t n;
		} all[] = {
			{&card->crtc[i], 10, DRM_MODE_OBJECT_CRTC, of_crtc, array_length(of_crtc)},
			{&card->primary[i], 20, DRM_MODE_OBJECT_PLANE, of_plane,
				array_length(of_plane)},
			{&card->cursor[i], 30, DRM_MODE_OBJECT_PLANE, of_plane,
				array_length(of_plane)},
			{&card->connector[i], 40, DRM_MODE_OBJECT_CONNECTOR, of_connector,
				array_length(of_connector)}};
		for (size_t j = 0; j < array_length(all); j++) {
			*all[j].object = (struct card_object){
				.id = all[j].id + (uint32_t)i, .type = all[j].type};
			for (size_t k = 0; k < all[j].n; k++)
				if (!card->lacking || strcmp(card->lacking, all[j].names[k]) != 0)
					card_add(all[j].object, all[j].names[k], 0);
		}
		struct card_property *value;
		if ((value = card_find(&card->primary[i], "type")))
			value->value = DRM_PLANE_TYPE_PRIMARY;
		if ((value = card_find(&card->cursor[i], "type")))
			value->value = DRM_PLANE_TYPE_CURSOR;
		if (card->modifiers && (value = card_find(&card->primary[i], "IN_FORMATS")))
			value->value = formats;
		if ((value = card_find(&card->crtc[i], "GAMMA_LUT_SIZE")))
			value->value = 16;
		if ((value = card_find(&card->connector[i], "vrr_capable")))
			value->value = 1;
	}
}

void card_vblank(struct card *card)
{
	for (int i = 0; i < CARD_SCREENS; i++) {
		if (!card->flipping[i] || card->silent)
			continue;
		card->flipping[i] = false;
		card->ended[i]++;
		check_eq(write(card->twin, "", 1), 1);
	}
}

static int crtc_of(const struct card *card, int connector)
{
	uint64_t id = card_get(&card->connector[connector], "CRTC_ID");
	return id >= 10 && id < 10 + CARD_SCREENS ? (int)id - 10 : -1;
}

const struct card_fb *card_shown(const struct card *card, int connector)
{
	int crtc = crtc_of(card, connector);
	if (crtc < 0 || card_get(&card->crtc[crtc], "ACTIVE") != 1)
		return NULL;
	return card_fb((struct card *)card, card_get(&card->primary[crtc], "FB_ID"));
}

const drmModeModeInfo *card_mode(const struct card *card, int connector)
{
	int crtc = crtc_of(card, connector);
	if (crtc < 0 || card_get(&card->crtc[crtc], "ACTIVE") != 1)
		return NULL;
	const struct card_blob *blob =
		card_blob((struct card *)card, card_get(&card->crtc[crtc], "MODE_ID"));
	return blob ? blob->data : NULL;
}

// The kernel keeps blobs that are in use.
static bool in_use(const struct card *card, uint32_t id)
{
	for (int i = 0; i < CARD_SCREENS; i++)
		if (card_get(&card->crtc[i], "MODE_ID") == id ||
			card_get(&card->crtc[i], "GAMMA_LUT") == id)
			return true;
	return false;
}

void card_drop_blob(struct card *card, struct card_blob *blob)
{
	blob->ours = false;
	if (in_use(card, blob->id))
		return;
	free(blob->data);
	*blob = (struct card_blob){0};
}

void card_destroy(struct card *card)
{
	check_eq(card->opened, 0);
	check_eq(card->handles, 0);
	check_eq(card->infos, 0);
	for (size_t i = 0; i < array_length(card->fbs); i++)
		check_eq(card->fbs[i].id, 0);
	for (size_t i = 0; i < array_length(card->blobs); i++) {
		check(!card->blobs[i].ours);
		free(card->blobs[i].data);
	}
	close(card->twin);
	close_fd(&card->fd);
	only = NULL;
	free(card);
}
