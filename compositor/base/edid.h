// SPDX-License-Identifier: MIT
// What a monitor says of itself. Pure; the bytes may be anything.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct edid {
	char vendor[4]; // three letters
	uint16_t product;
	uint32_t serial;         // 0: none
	char name[14], text[14]; // model and serial number for people; may be ""
	int width_mm, height_mm; // 0: not known
	// The mode that it likes best; 0: none.
	int width, height, refresh_mhz;
};

// False: it is none.
bool edid_parse(const void *data, size_t size, struct edid *edid);
// Name of the maker, the caller's to free, from the text of a list (lines of id, tab, name); NULL:
// it is not in there.
char *edid_vendor_name(const char *list, size_t size, const char vendor[4]);
