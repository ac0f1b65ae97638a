// SPDX-License-Identifier: MIT
// Between the files of the card only.
#pragma once
#include "tests/drm/card.h"

void card_fill(struct card *card);                               // it is opened: makes its objects
struct card_object *card_object(struct card *card, uint32_t id); // NULL: there is none
struct card_property *card_find(const struct card_object *object, const char *name); // NULL: none
void card_add(struct card_object *object, const char *name, uint64_t value);
const char *card_property_name(uint32_t id); // NULL: no number of a property
uint32_t card_add_blob(struct card *card, const void *data, size_t size, bool ours);
struct card_blob *card_blob(struct card *card, uint64_t id);    // NULL: there is none
void card_drop_blob(struct card *card, struct card_blob *blob); // by who made it
struct card_fb *card_fb(struct card *card, uint64_t id);        // NULL: there is none
// Counts the call. 0, or the error that a test wants.
int card_count(struct card *card, enum card_call call);
