// SPDX-License-Identifier: MIT
// The model of the fake card: objects, properties, blobs and framebuffers.
#include "tests/drm/fake_card.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xf86drm.h>
#include "compositor/base/base.h"
#include "tests/drm/fake_card_private.h"
#include "tests/harness/test.h"

static struct fake_card *current;

struct fake_card *fake_card_current(void)
{
	return current;
}

drmModeModeInfo fake_mode(int width, int height, bool preferred)
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

// A property has the same id on all objects: its index in this list plus 1000.
static const char *const names[] = {"ACTIVE", "MODE_ID", "VRR_ENABLED", "GAMMA_LUT",
	"GAMMA_LUT_SIZE", "CTM", "DEGAMMA_LUT", "type", "FB_ID", "CRTC_ID", "SRC_X", "SRC_Y",
	"SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H", "IN_FORMATS", "IN_FENCE_FD",
	"FB_DAMAGE_CLIPS", "rotation", "alpha", "EDID", "hotplug_mode_update", "vrr_capable",
	"link-status", "non-desktop", "suggested X", "suggested Y"};

const char *fake_property_name(uint32_t id)
{
	return id >= 1000 && id < 1000 + array_length(names) ? names[id - 1000] : NULL;
}

struct fake_property *fake_property_find(const struct fake_object *object, const char *name)
{
	for (size_t i = 0; i < FAKE_PROPERTIES && object->properties[i].name; i++)
		if (strcmp(object->properties[i].name, name) == 0)
			return (struct fake_property *)&object->properties[i];
	return NULL;
}

uint64_t fake_property_value(const struct fake_object *object, const char *name)
{
	const struct fake_property *property = fake_property_find(object, name);
	return property ? property->value : UINT64_MAX;
}

void fake_property_add(struct fake_object *object, const char *name, uint64_t value)
{
	size_t n = 0;
	uint32_t id = 0;
	while (object->properties[n].name)
		n++;
	while (strcmp(names[id], name) != 0)
		id++;
	object->properties[n] = (struct fake_property){names[id], 1000 + id, value};
}

uint32_t fake_card_add_blob(struct fake_card *card, const void *data, size_t size, bool ours)
{
	for (size_t i = 0; i < array_length(card->blobs); i++) {
		struct fake_blob *blob = &card->blobs[i];
		if (blob->id)
			continue;
		*blob = (struct fake_blob){++card->last_id, xcalloc(1, MAX(size, 1)), size, ours};
		memcpy(blob->data, data, size);
		return blob->id;
	}
	return 0;
}

struct fake_blob *fake_card_blob(struct fake_card *card, uint64_t id)
{
	for (size_t i = 0; i < array_length(card->blobs); i++)
		if (id && card->blobs[i].id == id)
			return &card->blobs[i];
	return NULL;
}

struct fake_fb *fake_card_fb(struct fake_card *card, uint64_t id)
{
	for (size_t i = 0; i < array_length(card->fbs); i++)
		if (id && card->fbs[i].id == id)
			return &card->fbs[i];
	return NULL;
}

struct fake_object *fake_card_object(struct fake_card *card, uint32_t id)
{
	for (int i = 0; i < FAKE_SCREENS; i++) {
		struct fake_object *objects[] = {
			&card->crtc[i], &card->primary[i], &card->cursor[i], &card->connector[i]};
		for (size_t j = 0; j < array_length(objects); j++)
			if (objects[j]->id == id && !objects[j]->gone)
				return objects[j];
	}
	return NULL;
}

struct fake_card *fake_card_create(int screens)
{
	struct fake_card *card = xcalloc(1, sizeof(*card));
	card->crtcs = card->connectors = screens;
	card->cursors = card->vblank = card->modifiers = card->monotonic = true;
	for (int i = 0; i < screens; i++) {
		struct fake_monitor *monitor = &card->monitors[i];
		monitor->connected = true;
		monitor->modes[monitor->n_modes++] = fake_mode(1280, 800, true);
		monitor->modes[monitor->n_modes++] = fake_mode(1024, 768, false);
		monitor->modes[monitor->n_modes++] = fake_mode(640, 480, false);
	}
	int pair[2];
	check_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	card->fd = pair[0];
	card->event_fd = pair[1];
	card->fence = -1;
	current = card;
	return card;
}

static uint32_t in_formats(struct fake_card *card)
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
	return fake_card_add_blob(card, &blob, sizeof(blob), false);
}

// Called when the card is opened, after the test has set it up.
void fake_card_fill(struct fake_card *card)
{
	uint32_t formats = in_formats(card);
	static const char *const of_crtc[] = {"ACTIVE", "MODE_ID", "VRR_ENABLED", "GAMMA_LUT",
		"GAMMA_LUT_SIZE", "CTM", "DEGAMMA_LUT"};
	static const char *const of_plane[] = {"type", "FB_ID", "CRTC_ID", "SRC_X", "SRC_Y",
		"SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H", "IN_FORMATS",
		"IN_FENCE_FD", "FB_DAMAGE_CLIPS", "rotation", "alpha"};
	static const char *const of_connector[] = {"CRTC_ID", "EDID", "hotplug_mode_update",
		"vrr_capable", "link-status", "non-desktop", "suggested X", "suggested Y"};
	for (int i = 0; i < FAKE_SCREENS; i++) {
		struct {
			struct fake_object *object;
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
			*all[j].object = (struct fake_object){
				.id = all[j].id + (uint32_t)i, .type = all[j].type};
			for (size_t k = 0; k < all[j].n; k++)
				if (!card->missing_property ||
					strcmp(card->missing_property, all[j].names[k]) != 0)
					fake_property_add(all[j].object, all[j].names[k], 0);
		}
		struct fake_property *value;
		if ((value = fake_property_find(&card->primary[i], "type")))
			value->value = DRM_PLANE_TYPE_PRIMARY;
		if ((value = fake_property_find(&card->cursor[i], "type")))
			value->value = DRM_PLANE_TYPE_CURSOR;
		if (card->modifiers &&
			(value = fake_property_find(&card->primary[i], "IN_FORMATS")))
			value->value = formats;
		if ((value = fake_property_find(&card->crtc[i], "GAMMA_LUT_SIZE")))
			value->value = 16;
		if ((value = fake_property_find(&card->connector[i], "vrr_capable")))
			value->value = 1;
	}
}

void fake_card_vblank(struct fake_card *card)
{
	for (int i = 0; i < FAKE_SCREENS; i++) {
		if (!card->flipping[i] || card->no_events)
			continue;
		card->flipping[i] = false;
		card->ended_flips[i]++;
		check_eq(write(card->event_fd, "", 1), 1);
	}
}

static int connector_crtc(const struct fake_card *card, int connector)
{
	uint64_t id = fake_property_value(&card->connector[connector], "CRTC_ID");
	return id >= 10 && id < 10 + FAKE_SCREENS ? (int)id - 10 : -1;
}

const struct fake_fb *fake_card_shown_fb(const struct fake_card *card, int connector)
{
	int crtc = connector_crtc(card, connector);
	if (crtc < 0 || fake_property_value(&card->crtc[crtc], "ACTIVE") != 1)
		return NULL;
	return fake_card_fb(
		(struct fake_card *)card, fake_property_value(&card->primary[crtc], "FB_ID"));
}

const drmModeModeInfo *fake_card_mode(const struct fake_card *card, int connector)
{
	int crtc = connector_crtc(card, connector);
	if (crtc < 0 || fake_property_value(&card->crtc[crtc], "ACTIVE") != 1)
		return NULL;
	const struct fake_blob *blob = fake_card_blob(
		(struct fake_card *)card, fake_property_value(&card->crtc[crtc], "MODE_ID"));
	return blob ? blob->data : NULL;
}

// The kernel keeps blobs that properties refer to.
static bool blob_in_use(const struct fake_card *card, uint32_t id)
{
	for (int i = 0; i < FAKE_SCREENS; i++)
		if (fake_property_value(&card->crtc[i], "MODE_ID") == id ||
			fake_property_value(&card->crtc[i], "GAMMA_LUT") == id)
			return true;
	return false;
}

void fake_card_drop_blob(struct fake_card *card, struct fake_blob *blob)
{
	blob->ours = false;
	if (blob_in_use(card, blob->id))
		return;
	free(blob->data);
	*blob = (struct fake_blob){0};
}

void fake_card_destroy(struct fake_card *card)
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
	close(card->event_fd);
	close_fd(&card->fd);
	current = NULL;
	free(card);
}
