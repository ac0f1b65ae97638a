// SPDX-License-Identifier: MIT
// Reads the valuators of XInput 2 events and the classes of devices. Lengths in the data are
// checked against the size that was received.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xinput.h>

// An iterator over the valuators of an event.
struct valuators {
	const uint8_t *mask, *values;
	size_t mask_bytes, next_bit, n_values, next_value;
};

// Converts 32.32 fixed point.
double fp3232(xcb_input_fp3232_t value);
// Converts 16.16 fixed point.
double fp1616(xcb_input_fp1616_t value);

// Starts at data + skip: mask_words 32-bit words of mask, then the values. False: that exceeds size
// bytes. data must stay valid.
bool valuators_begin(
	struct valuators *valuators, const void *data, size_t size, size_t skip, size_t mask_words);
// The number of bits in the mask.
size_t valuators_count(const struct valuators *valuators);
// The next valuator's number and value. False: no more.
bool valuators_next(struct valuators *valuators, unsigned *number, double *value);

// The classes of the first device in a reply to XIQueryDevice, and their size in bytes; borrowed
// from reply. NULL: there is none.
const uint8_t *device_classes(const xcb_input_xi_query_device_reply_t *reply, size_t *size);
// Takes one class off data, which has *left bytes. NULL: no more, or invalid. The class is complete
// for its type.
const xcb_input_device_class_t *classes_next(const uint8_t **data, size_t *left);
