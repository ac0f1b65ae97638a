// SPDX-License-Identifier: MIT
// Numbers in what XInput sends: axis values of events, classes of devices. Lengths are the
// server's word and checked against what was really received.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xinput.h>

struct valuators {
	const uint8_t *mask, *values;
	size_t mask_bytes, next_bit, n_values, next_value;
};

double fp3232(xcb_input_fp3232_t value);
double fp1616(xcb_input_fp1616_t value);

// mask_words 32-bit words of mask after skip bytes of data, then the values. False: it does not
// fit into size.
bool valuators_begin(
	struct valuators *valuators, const void *data, size_t size, size_t skip, size_t mask_words);
size_t valuators_count(const struct valuators *valuators); // bits of the mask
bool valuators_next(struct valuators *valuators, unsigned *number, double *value);

// Where the classes of the one device of an answer to XIQueryDevice begin; NULL: there is none.
const uint8_t *device_classes(const xcb_input_xi_query_device_reply_t *reply, size_t *size);
// One class of a device; type and bytes were checked to be all there. NULL: no more. *left is what
// data still has.
const xcb_input_device_class_t *classes_next(const uint8_t **data, size_t *left);
