// SPDX-License-Identifier: MIT
// Private to the files of the fake card.
#pragma once
#include "tests/drm/fake_card.h"

// Creates the card's objects, when it is opened.
void fake_card_fill(struct fake_card *card);
// The object with that id; NULL: none, or removed.
struct fake_object *fake_card_object(struct fake_card *card, uint32_t id);
// The object's property of that name; NULL: none.
struct fake_property *fake_property_find(const struct fake_object *object, const char *name);
// Adds a property to the object.
void fake_property_add(struct fake_object *object, const char *name, uint64_t value);
// Name of the property with that id; NULL: no property.
const char *fake_property_name(uint32_t id);
// Copies data into a new blob. ours: created through libdrm. 0: too many.
uint32_t fake_card_add_blob(struct fake_card *card, const void *data, size_t size, bool ours);
// The blob with that id; NULL: none.
struct fake_blob *fake_card_blob(struct fake_card *card, uint64_t id);
// Its creator destroys the blob, which lives on while a property refers to it.
void fake_card_drop_blob(struct fake_card *card, struct fake_blob *blob);
// The framebuffer with that id; NULL: none.
struct fake_fb *fake_card_fb(struct fake_card *card, uint64_t id);
// Counts a call. 0, or the errno value with which the test has it fail.
int fake_card_count_call(struct fake_card *card, enum fake_call call);
