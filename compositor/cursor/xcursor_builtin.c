// SPDX-License-Identifier: MIT
// Built-in cursor shapes: black with a white rim, made of polygons and round strokes on a grid of
// 24, drawn with 8x8 samples per pixel. Integer arithmetic only, for the same pixels on every
// machine.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/cursor/xcursor.h"

#define GRID 2400 // hundredths of the grid's 24 units
#define MAX_SIZE 512
#define UNIT 64 // of a pixel; squares of areas of MAX_SIZE stay in 64 bits
#define SAMPLES 8
#define RIM 115 // hundredths
#define MAX_PARTS 16
#define MAX_POINTS 24

enum color {
	NOTHING,
	BLACK, // with a rim
	WHITE, // drawn over earlier parts
};

enum kind {
	POLYGON,
	STROKE, // along the points, round at its ends and corners
	DISC,   // around the first point
};

// One piece of a shape, points in hundredths of the grid.
struct part {
	enum color color;
	enum kind kind;
	int radius;  // half the width of a stroke; of a disc
	bool turned; // rotated by 90 degrees around the centre
	const short (*points)[2];
	size_t n;
};

struct shape {
	int hotspot_x, hotspot_y;
	struct part parts[MAX_PARTS]; // bottom first; ended by color NOTHING
};

#define POINTS(...) \
	(const short[][2]){__VA_ARGS__}, sizeof((const short[][2]){__VA_ARGS__}) / sizeof(short[2])

#define FILL(...) \
	{ \
		BLACK, POLYGON, 0, false, POINTS(__VA_ARGS__) \
	}
#define LINE(width, ...) \
	{ \
		BLACK, STROKE, (width) / 2, false, POINTS(__VA_ARGS__) \
	}
#define CIRCLE(x, y, r) \
	{ \
		BLACK, DISC, r, false, POINTS({x, y}) \
	}
#define WHITE_LINE(width, ...) \
	{ \
		WHITE, STROKE, (width) / 2, false, POINTS(__VA_ARGS__) \
	}
#define WHITE_CIRCLE(x, y, r) \
	{ \
		WHITE, DISC, r, false, POINTS({x, y}) \
	}

// The arrow, with the tip as its hotspot.
#define ARROW \
	FILL({300, 200}, {300, 1750}, {670, 1410}, {920, 2000}, {1180, 1890}, {940, 1320}, \
		{1420, 1320})

// A smaller one, with room for a badge.
#define SMALL_ARROW \
	FILL({200, 150}, {200, 1230}, {470, 990}, {650, 1400}, {830, 1320}, {660, 920}, {1000, 920})

#define DOUBLE_ARROW(quarter) \
	{ \
		BLACK, POLYGON, 0, quarter, \
			POINTS({150, 1200}, {680, 670}, {680, 1080}, {1720, 1080}, {1720, 670}, \
				{2250, 1200}, {1720, 1730}, {1720, 1320}, {680, 1320}, \
				{680, 1730}) \
	}

#define DIAGONAL_ARROW(quarter) \
	{ \
		BLACK, POLYGON, 0, quarter, \
			POINTS({400, 400}, {1200, 400}, {885, 715}, {1685, 1515}, {2000, 1200}, \
				{2000, 2000}, {1200, 2000}, {1515, 1685}, {715, 885}, {400, 1200}) \
	}

#define FOUR_ARROWS \
	FILL({1200, 150}, {1600, 550}, {1300, 550}, {1300, 1100}, {1850, 1100}, {1850, 800}, \
		{2250, 1200}, {1850, 1600}, {1850, 1300}, {1300, 1300}, {1300, 1850}, \
		{1600, 1850}, {1200, 2250}, {800, 1850}, {1100, 1850}, {1100, 1300}, {550, 1300}, \
		{550, 1600}, {150, 1200}, {550, 800}, {550, 1100}, {1100, 1100}, {1100, 550}, \
		{800, 550})

#define SPLIT(quarter) \
	{BLACK, POLYGON, 0, quarter, POINTS({900, 350}, {1100, 350}, {1100, 2050}, {900, 2050})}, \
		{BLACK, POLYGON, 0, quarter, \
			POINTS({1300, 350}, {1500, 350}, {1500, 2050}, {1300, 2050})}, \
		{BLACK, POLYGON, 0, quarter, POINTS({150, 1200}, {650, 700}, {650, 1700})}, \
	{ \
		BLACK, POLYGON, 0, quarter, POINTS({2250, 1200}, {1750, 700}, {1750, 1700}) \
	}

#define BEAM(quarter) \
	{ \
		BLACK, POLYGON, 0, quarter, \
			POINTS({800, 300}, {1600, 300}, {1600, 500}, {1300, 500}, {1300, 1900}, \
				{1600, 1900}, {1600, 2100}, {800, 2100}, {800, 1900}, \
				{1100, 1900}, {1100, 500}, {800, 500}) \
	}

#define BARRED \
	CIRCLE(1200, 1200, 850), WHITE_CIRCLE(1200, 1200, 560), \
	{ \
		BLACK, STROKE, 140, false, POINTS({740, 740}, {1660, 1660}) \
	}

#define LENS \
	LINE(420, {1500, 1500}, {2050, 2050}), CIRCLE(950, 950, 750), WHITE_CIRCLE(950, 950, 530)

#define QUESTION \
	LINE(230, {1350, 1290}, {1470, 1110}, {1680, 1050}, {1890, 1120}, {1970, 1310}, \
		{1890, 1490}, {1700, 1630}, {1680, 1790}), \
		CIRCLE(1680, 2110, 140)

static const struct shape arrow = {300, 200, {ARROW}};
static const struct shape help = {200, 150, {SMALL_ARROW, QUESTION}};
static const struct shape menu = {200, 150,
	{SMALL_ARROW, FILL({1100, 1150}, {2200, 1150}, {2200, 2200}, {1100, 2200}),
		WHITE_LINE(160, {1350, 1420}, {1950, 1420}),
		WHITE_LINE(160, {1350, 1680}, {1950, 1680}),
		WHITE_LINE(160, {1350, 1940}, {1950, 1940})}};
static const struct shape progress = {200, 150,
	{SMALL_ARROW, CIRCLE(1620, 1640, 600), WHITE_CIRCLE(1620, 1640, 420),
		LINE(150, {1620, 1340}, {1620, 1640}, {1820, 1760})}};
static const struct shape copy = {200, 150,
	{SMALL_ARROW,
		FILL({1500, 1150}, {1800, 1150}, {1800, 1500}, {2150, 1500}, {2150, 1800},
			{1800, 1800}, {1800, 2150}, {1500, 2150}, {1500, 1800}, {1150, 1800},
			{1150, 1500}, {1500, 1500})}};
static const struct shape alias = {200, 150,
	{SMALL_ARROW, LINE(260, {1200, 2100}, {1260, 1830}, {1430, 1650}, {1700, 1590}),
		FILL({1650, 1150}, {2200, 1600}, {1650, 2050})}};
static const struct shape wait = {1200, 1200,
	{CIRCLE(1200, 1200, 900), WHITE_CIRCLE(1200, 1200, 660),
		LINE(200, {1200, 720}, {1200, 1200}, {1530, 1410})}};
static const struct shape text = {1200, 1200, {BEAM(false)}};
static const struct shape vertical_text = {1200, 1200, {BEAM(true)}};
static const struct shape crosshair = {1200, 1200,
	{FILL({1100, 200}, {1300, 200}, {1300, 900}, {1100, 900}),
		FILL({1100, 1500}, {1300, 1500}, {1300, 2200}, {1100, 2200}),
		FILL({200, 1100}, {900, 1100}, {900, 1300}, {200, 1300}),
		FILL({1500, 1100}, {2200, 1100}, {2200, 1300}, {1500, 1300}),
		FILL({1100, 1100}, {1300, 1100}, {1300, 1300}, {1100, 1300})}};
static const struct shape cell = {1200, 1200,
	{FILL({850, 300}, {1550, 300}, {1550, 850}, {2100, 850}, {2100, 1550}, {1550, 1550},
		 {1550, 2100}, {850, 2100}, {850, 1550}, {300, 1550}, {300, 850}, {850, 850}),
		{WHITE, POLYGON, 0, false,
			POINTS({1050, 500}, {1350, 500}, {1350, 1050}, {1900, 1050}, {1900, 1350},
				{1350, 1350}, {1350, 1900}, {1050, 1900}, {1050, 1350}, {500, 1350},
				{500, 1050}, {1050, 1050})}}};
static const struct shape move = {1200, 1200, {FOUR_ARROWS}};
static const struct shape ew_resize = {1200, 1200, {DOUBLE_ARROW(false)}};
static const struct shape nwse_resize = {1200, 1200, {DIAGONAL_ARROW(false)}};
static const struct shape ns_resize = {1200, 1200, {DOUBLE_ARROW(true)}};
static const struct shape nesw_resize = {1200, 1200, {DIAGONAL_ARROW(true)}};
static const struct shape col_resize = {1200, 1200, {SPLIT(false)}};
static const struct shape row_resize = {1200, 1200, {SPLIT(true)}};
static const struct shape not_allowed = {1200, 1200, {BARRED}};
static const struct shape zoom_in = {
	950, 950, {LENS, LINE(180, {700, 950}, {1200, 950}), LINE(180, {950, 700}, {950, 1200})}};
static const struct shape zoom_out = {950, 950, {LENS, LINE(180, {700, 950}, {1200, 950})}};

// Fingers are strokes above the palm, separated by thin white lines.
#define PALM FILL({760, 1250}, {1980, 1250}, {1980, 1650}, {1760, 2150}, {1050, 2150}, {760, 1700})
#define FINGERS(top) \
	LINE(310, {1250, top}, {1250, 1400}), LINE(310, {1550, top + 60}, {1550, 1400}), \
		LINE(300, {1830, top + 200}, {1830, 1600})
static const struct shape pointer = {930, 230,
	{PALM, LINE(310, {930, 360}, {930, 1400}), FINGERS(980),
		LINE(300, {430, 1290}, {800, 1700}), WHITE_LINE(70, {1095, 1050}, {1095, 1420}),
		WHITE_LINE(70, {1400, 1090}, {1400, 1420}),
		WHITE_LINE(70, {1695, 1130}, {1695, 1420})}};
static const struct shape grab = {1200, 1200,
	{PALM, LINE(310, {930, 560}, {930, 1400}), FINGERS(400),
		LINE(300, {430, 1290}, {800, 1700}), WHITE_LINE(70, {1095, 560}, {1095, 1300}),
		WHITE_LINE(70, {1400, 560}, {1400, 1300}),
		WHITE_LINE(70, {1695, 680}, {1695, 1300})}};
static const struct shape grabbing = {1200, 1200,
	{PALM, LINE(310, {930, 1020}, {930, 1400}), FINGERS(960),
		LINE(300, {680, 1370}, {850, 1700}), WHITE_LINE(70, {1095, 1050}, {1095, 1400}),
		WHITE_LINE(70, {1400, 1070}, {1400, 1400}),
		WHITE_LINE(70, {1695, 1110}, {1695, 1400})}};

static const struct {
	const char *name;
	const struct shape *shape;
} shapes[] = {
	{"default", &arrow}, // also for unknown names
	{"context-menu", &menu},
	{"help", &help},
	{"pointer", &pointer},
	{"progress", &progress},
	{"wait", &wait},
	{"cell", &cell},
	{"crosshair", &crosshair},
	{"text", &text},
	{"vertical-text", &vertical_text},
	{"alias", &alias},
	{"copy", &copy},
	{"move", &move},
	{"no-drop", &not_allowed},
	{"not-allowed", &not_allowed},
	{"grab", &grab},
	{"grabbing", &grabbing},
	{"e-resize", &ew_resize},
	{"n-resize", &ns_resize},
	{"ne-resize", &nesw_resize},
	{"nw-resize", &nwse_resize},
	{"s-resize", &ns_resize},
	{"se-resize", &nwse_resize},
	{"sw-resize", &nesw_resize},
	{"w-resize", &ew_resize},
	{"ew-resize", &ew_resize},
	{"ns-resize", &ns_resize},
	{"nesw-resize", &nesw_resize},
	{"nwse-resize", &nwse_resize},
	{"col-resize", &col_resize},
	{"row-resize", &row_resize},
	{"all-scroll", &move},
	{"zoom-in", &zoom_in},
	{"zoom-out", &zoom_out},
	{"dnd-ask", &help},
	{"all-resize", &move},
};

// Drawing. A part on the pixel grid, in 1/UNIT pixels.
struct outline {
	enum color color;
	enum kind kind;
	int64_t radius;
	int64_t points[MAX_POINTS][2];
	size_t n;
};

static int64_t round_div(int64_t a, int64_t b)
{
	return a >= 0 ? (a + b / 2) / b : -((-a + b / 2) / b);
}

// A grid coordinate in 1/UNIT pixels, optionally rounded to a pixel edge.
static int64_t scale_to_unit(int64_t at, int size, bool snap)
{
	return snap ? round_div(at * size, GRID) * UNIT : round_div(at * size * UNIT, GRID);
}

static void place_part(const struct part *part, int size, struct outline *outline)
{
	outline->color = part->color;
	outline->kind = part->kind;
	outline->radius = scale_to_unit(part->radius, size, false);
	outline->n = part->n;
	for (size_t i = 0; i < part->n; i++) {
		const short *at = part->points[i], *next = part->points[(i + 1) % part->n];
		const short *last = part->points[(i + part->n - 1) % part->n];
		int64_t to[2];
		for (int axis = 0; axis < 2; axis++) {
			// Straight edges are aligned to pixels at larger sizes.
			bool straight = at[axis] == next[axis] || at[axis] == last[axis];
			to[axis] = scale_to_unit(
				at[axis], size, part->kind == POLYGON && size >= 16 && straight);
		}
		outline->points[i][0] = part->turned ? (int64_t)size * UNIT - to[1] : to[0];
		outline->points[i][1] = part->turned ? to[0] : to[1];
	}
}

// Square of the distance from the point to a line between two others.
static int64_t squared_distance(const int64_t a[2], const int64_t b[2], int64_t x, int64_t y)
{
	int64_t abx = b[0] - a[0], aby = b[1] - a[1], apx = x - a[0], apy = y - a[1];
	int64_t length2 = abx * abx + aby * aby, along = apx * abx + apy * aby;
	if (along <= 0 || !length2)
		return apx * apx + apy * apy;
	if (along >= length2)
		return (x - b[0]) * (x - b[0]) + (y - b[1]) * (y - b[1]);
	int64_t cross = apx * aby - apy * abx;
	return cross * cross / length2;
}

static bool inside_polygon(const struct outline *outline, int64_t x, int64_t y)
{
	bool inside = false;
	for (size_t i = 0, j = outline->n - 1; i < outline->n; j = i++) {
		const int64_t *a = outline->points[i], *b = outline->points[j];
		if ((a[1] > y) == (b[1] > y))
			continue;
		int64_t side = (x - a[0]) * (b[1] - a[1]) - (y - a[1]) * (b[0] - a[0]);
		if ((side < 0) == (b[1] > a[1]))
			inside = !inside;
	}
	return inside;
}

// The point is within `more` of the part.
static bool part_covers(const struct outline *outline, int64_t x, int64_t y, int64_t more)
{
	if (outline->kind == POLYGON && inside_polygon(outline, x, y))
		return true;
	int64_t reach = outline->radius + more, reach2 = reach * reach;
	if (outline->kind == DISC)
		return squared_distance(outline->points[0], outline->points[0], x, y) < reach2;
	size_t lines = outline->n - (outline->kind == STROKE);
	if (reach <= 0)
		return false;
	for (size_t i = 0; i < lines; i++)
		if (squared_distance(outline->points[i], outline->points[(i + 1) % outline->n], x,
			    y) < reach2)
			return true;
	return false;
}

static enum color color_at(
	const struct outline *outlines, size_t n, int64_t x, int64_t y, int64_t rim)
{
	for (size_t i = n; i-- > 0;)
		if (part_covers(&outlines[i], x, y, 0))
			return outlines[i].color;
	for (size_t i = 0; i < n; i++)
		if (outlines[i].color == BLACK && part_covers(&outlines[i], x, y, rim))
			return WHITE;
	return NOTHING;
}

static uint32_t pixel_at(const struct outline *outlines, size_t n, int column, int row, int64_t rim)
{
	uint32_t white = 0, covered = 0;
	int64_t x = (int64_t)column * UNIT, y = (int64_t)row * UNIT;
	// Most pixels are far from all parts.
	bool near = false;
	for (size_t i = 0; i < n && !near; i++)
		near = part_covers(&outlines[i], x + UNIT / 2, y + UNIT / 2, rim + UNIT);
	if (!near)
		return 0;
	for (int i = 0; i < SAMPLES * SAMPLES; i++) {
		const int64_t step = UNIT / SAMPLES;
		enum color color = color_at(outlines, n, x + i % SAMPLES * step + step / 2,
			y + i / SAMPLES * step + step / 2, rim);
		white += color == WHITE;
		covered += color != NOTHING;
	}
	uint32_t all = SAMPLES * SAMPLES;
	uint32_t level = (white * 255 + all / 2) / all, alpha = (covered * 255 + all / 2) / all;
	return alpha << 24 | level << 16 | level << 8 | level;
}

struct xcursor *xcursor_builtin(const char *name, int size_px)
{
	const struct shape *shape = shapes[0].shape;
	for (size_t i = 0; i < array_length(shapes); i++)
		if (name && strcmp(shapes[i].name, name) == 0)
			shape = shapes[i].shape;
	int size = CLAMP(size_px, 1, MAX_SIZE);
	struct outline outlines[MAX_PARTS];
	size_t n = 0;
	for (; n < MAX_PARTS && shape->parts[n].color != NOTHING; n++)
		place_part(&shape->parts[n], size, &outlines[n]);
	int64_t rim = MAX(round_div((int64_t)RIM * size * UNIT, GRID), UNIT);
	struct xcursor *cursor = xcalloc(1, sizeof(*cursor));
	cursor->n_images = 1;
	cursor->images = xcalloc(1, sizeof(*cursor->images));
	*cursor->images = (struct xcursor_image){
		.width = size,
		.height = size,
		.hotspot_x = shape->hotspot_x * size / GRID,
		.hotspot_y = shape->hotspot_y * size / GRID,
		.nominal_size = size,
		.pixels = xcalloc((size_t)size * (size_t)size, sizeof(uint32_t)),
	};
	for (int row = 0; row < size; row++)
		for (int column = 0; column < size; column++)
			cursor->images->pixels[(size_t)row * (size_t)size + (size_t)column] =
				pixel_at(outlines, n, column, row, rim);
	return cursor;
}
