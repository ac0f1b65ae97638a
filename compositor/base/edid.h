// SPDX-License-Identifier: MIT
// Parses EDIDs. Pure functions; the data is not trusted.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct edid {
	char vendor[4]; // three letters
	uint16_t product;
	uint32_t serial;         // 0: none
	char name[14], text[14]; // model and serial number as text; may be ""
	int width_mm, height_mm; // 0: unknown
	// The preferred mode; 0: none.
	int width, height, refresh_mhz;
};

// False: not an EDID.
bool edid_parse(const void *data, size_t size, struct edid *edid);
// Name of a vendor in a list of "ID<tab>NAME" lines (pnp.ids). Caller frees; NULL: not listed.
char *edid_vendor_name(const char *list, size_t size, const char vendor[4]);
