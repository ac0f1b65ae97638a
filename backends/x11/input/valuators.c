// SPDX-License-Identifier: MIT
// Parser of the variable-length parts of XInput 2 events and replies.
#include "backends/x11/input/valuators.h"
#include <string.h>

double fp3232(xcb_input_fp3232_t value)
{
	return value.integral + value.frac / 4294967296.0;
}

double fp1616(xcb_input_fp1616_t value)
{
	return value / 65536.0;
}

bool valuators_begin(
	struct valuators *valuators, const void *data, size_t size, size_t skip, size_t mask_words)
{
	*valuators = (struct valuators){0};
	if (skip > size || mask_words > (size - skip) / 4)
		return false;
	valuators->mask = (const uint8_t *)data + skip;
	valuators->mask_bytes = mask_words * 4;
	valuators->values = valuators->mask + valuators->mask_bytes;
	valuators->n_values = (size - skip - valuators->mask_bytes) / sizeof(xcb_input_fp3232_t);
	return true;
}

size_t valuators_count(const struct valuators *valuators)
{
	size_t count = 0;
	for (size_t bit = 0; bit < valuators->mask_bytes * 8; bit++)
		count += valuators->mask[bit / 8] >> bit % 8 & 1u;
	return count;
}

bool valuators_next(struct valuators *valuators, unsigned *number, double *value)
{
	size_t bits = valuators->mask_bytes * 8;
	while (valuators->next_bit < bits && valuators->next_value < valuators->n_values) {
		size_t bit = valuators->next_bit++;
		if (!(valuators->mask[bit / 8] & 1u << bit % 8))
			continue;
		xcb_input_fp3232_t raw;
		memcpy(&raw, valuators->values + valuators->next_value++ * sizeof(raw),
			sizeof(raw));
		*number = (unsigned)bit;
		*value = fp3232(raw);
		return true;
	}
	return false;
}

const xcb_input_device_class_t *classes_next(const uint8_t **data, size_t *left)
{
	const xcb_input_device_class_t *class = (const void *)*data;
	if (*left < sizeof(*class))
		return NULL;
	size_t bytes = (size_t) class->len * 4;
	size_t least = class->type == XCB_INPUT_DEVICE_CLASS_TYPE_VALUATOR
		? sizeof(xcb_input_valuator_class_t)
		: class->type == XCB_INPUT_DEVICE_CLASS_TYPE_SCROLL
		? sizeof(xcb_input_scroll_class_t)
		: sizeof(*class);
	if (bytes < least || bytes > *left)
		return NULL;
	*data += bytes;
	*left -= bytes;
	return class;
}

const uint8_t *device_classes(const xcb_input_xi_query_device_reply_t *reply, size_t *size)
{
	const xcb_input_xi_device_info_t *info = (const void *)(reply + 1);
	size_t all = (size_t)reply->length * 4, head = sizeof(*info);
	if (!reply->num_infos || all < head)
		return NULL;
	head += ((size_t)info->name_len + 3) & ~(size_t)3;
	if (all < head)
		return NULL;
	*size = all - head;
	return (const uint8_t *)info + head;
}
