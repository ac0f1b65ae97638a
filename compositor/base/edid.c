// SPDX-License-Identifier: MIT
#include "compositor/base/edid.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

#define BLOCK 128
#define DESCRIPTORS 54 // four of 18 bytes each
#define DESCRIPTOR_SIZE 18
#define TEXT_SIZE 13

// Text of a descriptor: ends at a line feed; unprintable characters are dropped.
static void read_text(const uint8_t *from, char *into)
{
	size_t n = 0;
	for (size_t i = 0; i < TEXT_SIZE && from[i] != '\n' && from[i]; i++)
		if (from[i] >= ' ' && from[i] <= '~' && (n || from[i] != ' '))
			into[n++] = (char)from[i];
	while (n && into[n - 1] == ' ')
		n--;
	into[n] = '\0';
}

// The size in the first timing is in millimetres, unless it is an aspect ratio; the header's is in
// centimetres.
static void read_size(const uint8_t *block, const uint8_t *timing, struct edid *edid)
{
	int width = block[21] * 10, height = block[22] * 10;
	if (!width || !height)
		return; // an aspect ratio, or unset
	edid->width_mm = width;
	edid->height_mm = height;
	if (!timing)
		return;
	int fine_width = timing[12] | (timing[14] & 0xf0) << 4;
	int fine_height = timing[13] | (timing[14] & 0x0f) << 8;
	if (abs(fine_width - width) <= 10 && abs(fine_height - height) <= 10) {
		edid->width_mm = fine_width;
		edid->height_mm = fine_height;
	}
}

static void read_mode(const uint8_t *timing, struct edid *edid)
{
	int width = timing[2] | (timing[4] & 0xf0) << 4,
	    blank_x = timing[3] | (timing[4] & 0x0f) << 8;
	int height = timing[5] | (timing[7] & 0xf0) << 4,
	    blank_y = timing[6] | (timing[7] & 0x0f) << 8;
	int64_t clock_mhz = (timing[0] | timing[1] << 8) * INT64_C(10000000); // units of 10 kHz
	int64_t all = (int64_t)(width + blank_x) * (height + blank_y);
	if (!width || !height)
		return;
	edid->width = width;
	edid->height = height;
	int64_t refresh = clock_mhz / all;
	edid->refresh_mhz = refresh >= 1000 && refresh <= 1000000 ? (int)refresh : 0;
}

bool edid_parse(const void *data, size_t size, struct edid *edid)
{
	enum { NAME = 0xfc, SERIAL = 0xff };
	static const uint8_t header[8] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
	const uint8_t *block = data;
	*edid = (struct edid){0};
	if (size < BLOCK || memcmp(block, header, sizeof(header)) != 0)
		return false;
	unsigned vendor = (unsigned)block[8] << 8 | block[9];
	for (unsigned i = 0; i < 3; i++) {
		unsigned letter = vendor >> (10 - 5 * i) & 0x1f;
		edid->vendor[i] = letter >= 1 && letter <= 26 ? (char)('A' + letter - 1) : '?';
	}
	edid->product = (uint16_t)(block[10] | block[11] << 8);
	edid->serial = (uint32_t)block[12] | (uint32_t)block[13] << 8 | (uint32_t)block[14] << 16 |
		(uint32_t)block[15] << 24;
	const uint8_t *timing = NULL;
	for (int i = 0; i < 4; i++) {
		const uint8_t *descriptor = block + DESCRIPTORS + i * DESCRIPTOR_SIZE;
		if (descriptor[0] || descriptor[1])
			timing = timing ? timing : descriptor;
		else if (descriptor[3] == NAME)
			read_text(descriptor + 5, edid->name);
		else if (descriptor[3] == SERIAL)
			read_text(descriptor + 5, edid->text);
	}
	read_size(block, timing, edid);
	if (timing)
		read_mode(timing, edid);
	return true;
}

char *edid_vendor_name(const char *list, size_t size, const char vendor[4])
{
	for (const char *line = list, *end = list + size; line < end;) {
		const char *line_end = memchr(line, '\n', (size_t)(end - line));
		line_end = line_end ? line_end : end;
		if (line_end - line > 4 && memcmp(line, vendor, 3) == 0 && line[3] == '\t')
			return xasprintf("%.*s", (int)MIN(line_end - line - 4, 64), line + 4);
		line = line_end + 1;
	}
	return NULL;
}
