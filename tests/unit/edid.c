// SPDX-License-Identifier: MIT
// Parsing of EDID, valid and malformed.
#include "compositor/base/edid.h"
#include <stdlib.h>
#include <string.h>
#include "tests/harness/test.h"

enum { SIZE = 128, TIMING = 54, NAME = 72, TEXT = 90 };

static void put_text(uint8_t *at, uint8_t tag, const char *text)
{
	const uint8_t head[5] = {0, 0, 0, tag, 0};
	memset(at, ' ', 18);
	memcpy(at, head, sizeof(head));
	memcpy(at + 5, text, strlen(text));
	at[5 + strlen(text)] = '\n';
}

// A monitor of 325 x 203 mm from vendor Red Hat, as QEMU emulates it.
static void make(uint8_t edid[SIZE])
{
	static const uint8_t header[] = {
		0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x49, 0x14, 0x34, 0x12, 0x2a, 0, 0, 0};
	memset(edid, 0, SIZE);
	memcpy(edid, header, sizeof(header));
	edid[21] = 32;
	edid[22] = 20;
	edid[TIMING] = 1; // a pixel clock: a detailed timing
	edid[TIMING + 12] = 325 & 0xff;
	edid[TIMING + 13] = 203;
	edid[TIMING + 14] = 325 >> 8 << 4;
	put_text(edid + NAME, 0xfc, "QEMU Monitor");
	put_text(edid + TEXT, 0xff, "  42 a");
}

TEST(tells_who_it_is)
{
	uint8_t bytes[SIZE];
	struct edid edid;
	make(bytes);
	check(edid_parse(bytes, SIZE, &edid));
	check_str(edid.vendor, "RHT");
	check_eq(edid.product, 0x1234);
	check_eq(edid.serial, 42);
	check_str(edid.name, "QEMU Monitor");
	check_str(edid.text, "42 a");
	check_eq(edid.width_mm, 325);
	check_eq(edid.height_mm, 203);
}

TEST(mode_it_likes)
{
	uint8_t bytes[SIZE];
	struct edid edid;
	make(bytes);
	check(edid_parse(bytes, SIZE, &edid));
	check_eq(edid.width, 0);
	// 1280 + 160 by 800 + 23 at 71 MHz.
	static const uint8_t timing[8] = {0xbc, 0x1b, 0x00, 0xa0, 0x50, 0x20, 0x17, 0x30};
	memcpy(bytes + TIMING, timing, sizeof(timing));
	check(edid_parse(bytes, SIZE, &edid));
	check_eq(edid.width, 1280);
	check_eq(edid.height, 800);
	check_eq(edid.refresh_mhz, 59909);
	memset(bytes + TIMING, 0xff, 18);
	check(edid_parse(bytes, SIZE, &edid));
	check(edid.width == 4095 && edid.height == 4095);
	memset(bytes + TIMING, 0, 18);
	bytes[TIMING] = bytes[TIMING + 2] = 1;
	check(edid_parse(bytes, SIZE, &edid));
	check_eq(edid.width, 0);
}

TEST(sizes_that_contradict)
{
	uint8_t bytes[SIZE];
	struct edid edid;
	make(bytes);
	bytes[TIMING + 12] = 16; // some monitors have the aspect ratio there
	bytes[TIMING + 13] = 9;
	bytes[TIMING + 14] = 0;
	check(edid_parse(bytes, SIZE, &edid));
	check_eq(edid.width_mm, 320);
	check_eq(edid.height_mm, 200);
	bytes[22] = 0; // and others here
	check(edid_parse(bytes, SIZE, &edid));
	check_eq(edid.width_mm, 0);
	check_eq(edid.height_mm, 0);
}

TEST(too_short_or_something_else)
{
	uint8_t bytes[SIZE];
	struct edid edid;
	make(bytes);
	check(!edid_parse(bytes, SIZE - 1, &edid));
	check(!edid_parse(NULL, 0, &edid));
	check_str(edid.name, "");
	bytes[7] = 1;
	check(!edid_parse(bytes, SIZE, &edid));
}

TEST(text_of_any_bytes)
{
	uint8_t bytes[SIZE];
	struct edid edid;
	make(bytes);
	memset(bytes + NAME + 5, 'x', 13); // not terminated
	memcpy(bytes + TEXT + 5, "\x1b[2J\x80\xff a\x7f\n", 10);
	check(edid_parse(bytes, SIZE, &edid));
	check_str(edid.name, "xxxxxxxxxxxxx");
	check_str(edid.text, "[2J a");
	bytes[8] = 0; // not a vendor code
	bytes[9] = 0;
	check(edid_parse(bytes, SIZE, &edid));
	check_str(edid.vendor, "???");
}

// Every byte may be anything: only memory errors are looked for.
TEST(noise)
{
	uint8_t bytes[SIZE];
	struct edid edid;
	uint32_t seed = 1;
	for (int round = 0; round < 5000; round++) {
		make(bytes);
		for (int i = 8; i < SIZE; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(seed >> 24);
		}
		check(edid_parse(bytes, SIZE, &edid));
		check(edid.width_mm >= 0 && edid.width_mm <= 2560 && edid.height_mm <= 2560);
		for (const char *c = edid.name; *c; c++)
			check(*c >= ' ' && *c <= '~');
		check(strlen(edid.text) <= 13);
	}
}

TEST(names_of_makers)
{
	static const char list[] = "ABC\tFirst\nRHT\tRed Hat, Inc.\nRHT\tAnother\nXYZ\n\nZZZ\tLast";
	static const struct {
		const char *vendor, *name;
	} rows[] = {{"ABC", "First"}, {"RHT", "Red Hat, Inc."}, {"ZZZ", "Last"}, {"XYZ", NULL},
		{"YYY", NULL}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *name = edid_vendor_name(list, strlen(list), rows[i].vendor);
		check_str(name, rows[i].name);
		free(name);
	}
	check_str(edid_vendor_name("", 0, "ABC"), NULL);
}
