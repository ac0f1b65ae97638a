// SPDX-License-Identifier: MIT
// Xcursor files, valid and malformed; theme inheritance; the built-in shapes.
#include "compositor/cursor/xcursor.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/buffer.h"
#include "compositor/base/log.h"
#include "compositor/base/workers.h"
#include "compositor/cursor/cursor_theme.h"
#include "tests/harness/test.h"

#define MAGIC 0x72756358
#define IMAGE 0xfffd0002
#define HASH UINT64_C(0xde07683ac3e53d5a) // of builtin_pixels_are_the_same_everywhere

struct bytes {
	unsigned char data[65536];
	size_t size;
};

static void put(struct bytes *bytes, size_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bytes->data[at + (size_t)i] = (unsigned char)(value >> (8 * i));
	bytes->size = MAX(bytes->size, at + 4);
}

static void header(struct bytes *bytes, uint32_t entries)
{
	put(bytes, 0, MAGIC);
	put(bytes, 4, 16);
	put(bytes, 8, 0x10000);
	put(bytes, 12, entries);
}

// Appends an image to a file whose table has room for it; all pixels are `color`.
static size_t add_image(struct bytes *bytes, uint32_t index, uint32_t nominal, uint32_t width,
	uint32_t height, uint32_t color)
{
	size_t at = bytes->size;
	const uint32_t chunk[] = {36, IMAGE, nominal, 1, width, height, 1, 2, 50 + index};
	put(bytes, 16 + 12 * (size_t)index, IMAGE);
	put(bytes, 20 + 12 * (size_t)index, nominal);
	put(bytes, 24 + 12 * (size_t)index, (uint32_t)at);
	for (size_t i = 0; i < array_length(chunk); i++)
		put(bytes, at + 4 * i, chunk[i]);
	for (size_t i = 0; i < (size_t)width * height; i++)
		put(bytes, at + 36 + 4 * i, color);
	return at;
}

static void begin_file(struct bytes *bytes, uint32_t entries)
{
	memset(bytes, 0, sizeof(*bytes));
	header(bytes, entries);
	bytes->size = 16 + 12 * (size_t)entries;
}

static void make_theme(const char *name)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", test_dir(), name);
	mkdir(path, 0700);
	strcat(path, "/cursors");
	mkdir(path, 0700);
}

static void write_cursor(const char *theme, const char *name, const struct bytes *bytes)
{
	char path[512];
	make_theme(theme);
	snprintf(path, sizeof(path), "%s/%s/cursors/%s", test_dir(), theme, name);
	FILE *file = fopen(path, "w");
	check(file != NULL);
	check_eq(fwrite(bytes->data, 1, bytes->size, file), bytes->size);
	fclose(file);
}

static void write_index(const char *theme, const char *text)
{
	char path[512];
	make_theme(theme);
	snprintf(path, sizeof(path), "%s/%s/index.theme", test_dir(), theme);
	FILE *file = fopen(path, "w");
	check(file != NULL);
	fputs(text, file);
	fclose(file);
}

// A file with one image.
static void write_simple(const char *theme, const char *name, uint32_t color)
{
	struct bytes *bytes = xcalloc(1, sizeof(*bytes));
	begin_file(bytes, 1);
	add_image(bytes, 0, 24, 3, 4, color);
	write_cursor(theme, name, bytes);
	free(bytes);
}

static void use_test_dir(void)
{
	setenv("XCURSOR_PATH", test_dir(), 1);
}

static struct xcursor *load(const char *theme, const char *name, int size_px)
{
	char *path = xcursor_path();
	struct xcursor *cursor = xcursor_load(path, theme, name, size_px);
	free(path);
	return cursor;
}

static uint32_t color_of(struct xcursor *cursor)
{
	uint32_t color = cursor ? cursor->images[0].pixels[0] : 0;
	xcursor_destroy(cursor);
	return color;
}

TEST(reads_an_animation_of_the_nearest_size)
{
	use_test_dir();
	struct bytes *bytes = xcalloc(1, sizeof(*bytes));
	begin_file(bytes, 5);
	add_image(bytes, 0, 16, 2, 2, 0x16161616);
	add_image(bytes, 1, 24, 3, 4, 0x24242424);
	add_image(bytes, 2, 24, 4, 3, 0x25252525);
	add_image(bytes, 3, 32, 5, 5, 0x32323232);
	put(bytes, 16 + 12 * 4, 0xfffe0001); // a comment chunk, which is ignored
	write_cursor("t", "default", bytes);
	free(bytes);
	struct xcursor *cursor = load("t", "default", 25);
	check(cursor != NULL);
	check_eq(cursor->n_images, 2);
	check_eq(cursor->images[0].width, 3);
	check_eq(cursor->images[0].height, 4);
	check_eq(cursor->images[0].hotspot_x, 1);
	check_eq(cursor->images[0].hotspot_y, 2);
	check_eq(cursor->images[0].delay_ms, 51);
	check_eq(cursor->images[0].nominal_size, 24);
	check_eq(cursor->images[0].pixels[11], 0x24242424);
	check_eq(cursor->images[1].pixels[0], 0x25252525);
	xcursor_destroy(cursor);
	check_eq(color_of(load("t", "default", 1)), 0x16161616);
	check_eq(color_of(load("t", "default", 1000)), 0x32323232);
	check_eq(color_of(load("t", "default", 28)), 0x32323232);
	check_eq(color_of(load("t", "default", -5)), 0x16161616);
}

// Each row changes one word of a valid file.
static const struct damage {
	size_t at; // offset of a word; from 100000 on: in the image header
	uint32_t value;
} damages[] = {
	{0, 0x12345678},      // magic
	{4, 8},               // header too short
	{4, 0xfffffff0},      // table out of bounds
	{12, 0},              // no entries
	{12, 0xffffffff},     // more entries than the file holds
	{12, 4096},           // the same, below the limit
	{16, 0xfffe0001},     // not an image
	{20, 0},              // nominal size 0
	{20, 25},             // nominal size differs from the image
	{24, 0xffffffff},     // image out of bounds
	{24, 0},              // image at the file header
	{100000, 0},          // image header too short
	{100000, 0xfffffff0}, // pixels out of bounds
	{100000, 400},        // the same, by a little
	{100004, 0xfffe0001}, // not an image
	{100008, 23},         // nominal size differs from the table
	{100016, 0},          // width
	{100016, 4},          // more pixels than the file holds
	{100016, 0x10000},    // width * height is zero in 32 bits
	{100016, 0xffffffff},
	{100020, 0}, // height
	{100020, 5},
	{100020, 513},
	{100020, 0xffffffff},
	{100024, 4}, // hotspot out of bounds
	{100028, 0xffffffff},
};

TEST_P(hostile_file, struct damage, damages)
{
	use_test_dir();
	struct bytes *bytes = xcalloc(1, sizeof(*bytes));
	begin_file(bytes, 1);
	size_t image = add_image(bytes, 0, 24, 3, 4, 0xffffffff);
	put(bytes, param->at >= 100000 ? image + param->at - 100000 : param->at, param->value);
	if (param->value == 0x10000)
		put(bytes, image + 20, 0x10000);
	write_cursor("t", "default", bytes);
	free(bytes);
	log_set_level(LOG_SILENT);
	check(load("t", "default", 24) == NULL);
}

struct theme_rig {
	struct wl_event_loop *loop;
	struct workers *workers;
	struct cursor_theme *theme;
	int changes;
};

static void on_changed(void *data)
{
	((struct theme_rig *)data)->changes++;
}

static void theme_rig_init(struct theme_rig *rig, int size)
{
	*rig = (struct theme_rig){.loop = wl_event_loop_create()};
	rig->workers = workers_create(rig->loop);
	rig->theme = cursor_theme_create(rig->workers, "t", size, on_changed, rig);
}

static void theme_rig_finish(struct theme_rig *rig)
{
	cursor_theme_destroy(rig->theme);
	workers_destroy(rig->workers);
	wl_event_loop_destroy(rig->loop);
}

// The shape, once it is read.
static const struct cursor_shape *theme_rig_wait(
	struct theme_rig *rig, const char *name, double scale)
{
	cursor_theme_get(rig->theme, name, scale);
	while (workers_busy(rig->workers))
		wl_event_loop_dispatch(rig->loop, -1);
	return cursor_theme_get(rig->theme, name, scale);
}

static const struct nominal_row {
	uint32_t nominal;
	double least, most; // ratio
} nominal_rows[] = {{1, 1, 32}, {24, 1, 1}, {0xffffffff, 0, 0.001}, {0x80000000, 0, 0.001}};

// A nominal size that has nothing to do with the image: 512 times its size is no cursor.
TEST_P(nominal_sizes, struct nominal_row, nominal_rows)
{
	use_test_dir();
	struct bytes *bytes = xcalloc(1, sizeof(*bytes));
	begin_file(bytes, 1);
	add_image(bytes, 0, param->nominal, 100, 90, 0xffffffff);
	write_cursor("t", "default", bytes);
	free(bytes);
	struct theme_rig rig;
	theme_rig_init(&rig, 256);
	const struct cursor_shape *shape = theme_rig_wait(&rig, "default", 2);
	check_eq(shape->frames[0].buffer->width, 100);
	check(shape->ratio > param->least || param->nominal == 24);
	check(shape->ratio * 100 <= 1024);
	check(shape->ratio <= MAX(param->most, 1024.0 / 100));
	theme_rig_finish(&rig);
}

static void write_square(const char *name, uint32_t color)
{
	struct bytes *bytes = xcalloc(1, sizeof(*bytes));
	begin_file(bytes, 1);
	add_image(bytes, 0, 24, 24, 24, color);
	write_cursor("t", name, bytes);
	free(bytes);
}

static uint32_t color_shown(const struct cursor_shape *shape)
{
	struct pixels pixels;
	check(buffer_begin_access(shape->frames[0].buffer, &pixels));
	uint32_t color = *(uint32_t *)pixels.data;
	buffer_end_access(shape->frames[0].buffer);
	return color;
}

// The loop never waits for a file: meanwhile there is the built-in shape, later the one before.
TEST(shapes_are_read_in_a_thread)
{
	use_test_dir();
	write_square("default", 0xff000001);
	write_square("text", 0xff000002);
	struct theme_rig rig;
	theme_rig_init(&rig, 24);
	check(color_shown(cursor_theme_get(rig.theme, "default", 1)) != 0xff000001);
	check(workers_busy(rig.workers));
	check_eq(color_shown(theme_rig_wait(&rig, "default", 1)), 0xff000001);
	check_eq(rig.changes, 1);
	check_eq(color_shown(cursor_theme_get(rig.theme, "text", 1)), 0xff000001);
	check(color_shown(cursor_theme_get(rig.theme, "text", 2)) != 0xff000001);
	check_eq(color_shown(theme_rig_wait(&rig, "text", 1)), 0xff000002);
	check_eq(rig.changes, 3); // both scales
	// One that the theme lacks is the built-in one.
	struct xcursor *builtin = xcursor_builtin("wait", 24);
	check_eq(color_shown(theme_rig_wait(&rig, "wait", 1)), builtin->images[0].pixels[0]);
	xcursor_destroy(builtin);
	// More than are kept, and the end while one is read.
	char name[16];
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "shape%d", i);
		cursor_theme_get(rig.theme, name, 1);
	}
	wl_event_loop_dispatch(rig.loop, 0);
	theme_rig_finish(&rig);
}

TEST(truncated_at_every_byte)
{
	use_test_dir();
	log_set_level(LOG_SILENT);
	struct bytes *bytes = xcalloc(1, sizeof(*bytes));
	begin_file(bytes, 2);
	add_image(bytes, 0, 24, 3, 4, 0xffffffff);
	add_image(bytes, 1, 24, 3, 4, 0xffffffff);
	for (size_t size = bytes->size; size-- > 0;) {
		bytes->size = size;
		write_cursor("t", "default", bytes);
		check(load("t", "default", 24) == NULL);
	}
	free(bytes);
}

TEST(too_many_images)
{
	use_test_dir();
	log_set_level(LOG_SILENT);
	struct bytes *bytes = xcalloc(1, sizeof(*bytes));
	begin_file(bytes, 300);
	for (uint32_t i = 0; i < 300; i++)
		add_image(bytes, i, 24, 1, 2, 0xffffffff);
	write_cursor("t", "default", bytes);
	check(load("t", "default", 24) == NULL);
	// The table refers to one large image many times.
	begin_file(bytes, 200);
	size_t image = add_image(bytes, 0, 24, 100, 100, 0xffffffff);
	for (uint32_t i = 0; i < 200; i++) {
		put(bytes, 16 + 12 * (size_t)i, IMAGE);
		put(bytes, 20 + 12 * (size_t)i, 24);
		put(bytes, 24 + 12 * (size_t)i, (uint32_t)image);
	}
	write_cursor("t", "default", bytes);
	struct xcursor *cursor = load("t", "default", 24);
	check(cursor != NULL); // 8 MB, below the limit
	xcursor_destroy(cursor);
	free(bytes);
}

TEST(not_a_regular_file)
{
	use_test_dir();
	char path[512];
	make_theme("t");
	snprintf(path, sizeof(path), "%s/t/cursors/default", test_dir());
	check_eq(mkfifo(path, 0600), 0);
	check(load("t", "default", 24) == NULL); // does not block on a FIFO
	unlink(path);
	check_eq(mkdir(path, 0700), 0);
	check(load("t", "default", 24) == NULL);
}

TEST(names_are_no_paths)
{
	use_test_dir();
	write_simple("t", "default", 0xff000001);
	write_simple("default", "other", 0xff000002);
	check(load("t", "../cursors/default", 24) == NULL);
	check(load("t", "..", 24) == NULL);
	check(load("t", "", 24) == NULL);
	check(load("t", NULL, 24) == NULL);
	check(load("../t", "default", 24) == NULL);
	check(load(NULL, "default", 24) == NULL);
	check_eq(color_of(load(NULL, "other", 24)), 0xff000002);
}

TEST(aliases)
{
	use_test_dir();
	write_simple("t", "left_ptr", 0xff000001);
	write_simple("t", "xterm", 0xff000002);
	write_simple("t", "sb_h_double_arrow", 0xff000003);
	check_eq(color_of(load("t", "default", 24)), 0xff000001);
	check_eq(color_of(load("t", "text", 24)), 0xff000002);
	check_eq(color_of(load("t", "e-resize", 24)), 0xff000003);
	check_eq(color_of(load("t", "left_ptr", 24)), 0xff000001);
	check(load("t", "wait", 24) == NULL);
}

TEST(inherits)
{
	use_test_dir();
	write_index("a", "# comment\n[Icon Theme]\nName=x\n  Inherits = none, b;a\r\n");
	write_index("b", "Inherits=c\n");
	write_index("c", "Inherits=a:c"); // a cycle
	write_simple("a", "one", 0xff000001);
	write_simple("b", "one", 0xff000002);
	write_simple("b", "two", 0xff000003);
	write_simple("c", "three", 0xff000004);
	write_simple("default", "four", 0xff000005);
	write_index("default", "Inherits=d");
	write_simple("d", "five", 0xff000006);
	check_eq(color_of(load("a", "one", 24)), 0xff000001);
	check_eq(color_of(load("a", "two", 24)), 0xff000003);
	check_eq(color_of(load("a", "three", 24)), 0xff000004);
	check_eq(color_of(load("a", "four", 24)), 0xff000005);
	check_eq(color_of(load("a", "five", 24)), 0xff000006);
	check(load("a", "six", 24) == NULL);
}

TEST(many_themes_end)
{
	use_test_dir();
	char name[32], text[64];
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "t%d", i);
		snprintf(text, sizeof(text), "Inherits=t%d", i + 1);
		write_index(name, text);
	}
	write_simple("t20", "near", 0xff000001);
	write_simple("t99", "far", 0xff000001);
	check_eq(color_of(load("t0", "near", 24)), 0xff000001);
	check(load("t0", "far", 24) == NULL);
}

TEST(search_path)
{
	char path[512];
	write_simple("t", "default", 0xff000001);
	setenv("HOME", test_dir(), 1);
	snprintf(path, sizeof(path), "::/nonexistent:~/:");
	setenv("XCURSOR_PATH", path, 1);
	check_eq(color_of(load("t", "default", 24)), 0xff000001);
	unsetenv("XCURSOR_PATH");
	unsetenv("XDG_DATA_HOME");
	snprintf(path, sizeof(path), "%s/.icons", test_dir());
	check_eq(symlink(test_dir(), path), 0);
	check_eq(color_of(load("t", "default", 24)), 0xff000001);
	unlink(path);
	check(color_of(load("t", "default", 24)) != 0xff000001);
}

// Built-in shapes

TEST(builtin_sizes)
{
	static const int sizes[] = {-1, 0, 1, 2, 8, 15, 16, 24, 37, 96, 512, 100000};
	for (size_t i = 0; i < array_length(sizes); i++) {
		struct xcursor *cursor = xcursor_builtin("default", sizes[i]);
		int size = CLAMP(sizes[i], 1, 512);
		check_eq(cursor->n_images, 1);
		const struct xcursor_image *image = cursor->images;
		check_eq(image->width, size);
		check_eq(image->height, size);
		check_eq(image->nominal_size, size);
		check_eq(image->delay_ms, 0);
		check(image->hotspot_x >= 0 && image->hotspot_x < size);
		check(image->hotspot_y >= 0 && image->hotspot_y < size);
		xcursor_destroy(cursor);
	}
}

static const char *const names[] = {"default", "context-menu", "help", "pointer", "progress",
	"wait", "cell", "crosshair", "text", "vertical-text", "alias", "copy", "move", "no-drop",
	"not-allowed", "grab", "grabbing", "e-resize", "n-resize", "ne-resize", "nw-resize",
	"s-resize", "se-resize", "sw-resize", "w-resize", "ew-resize", "ns-resize", "nesw-resize",
	"nwse-resize", "col-resize", "row-resize", "all-scroll", "zoom-in", "zoom-out", "dnd-ask",
	"all-resize"};

TEST(builtin_shapes_have_black_white_and_nothing)
{
	for (size_t i = 0; i < array_length(names); i++) {
		struct xcursor *cursor = xcursor_builtin(names[i], 24);
		const struct xcursor_image *image = cursor->images;
		int black = 0, white = 0, nothing = 0;
		for (int p = 0; p < 24 * 24; p++) {
			uint32_t pixel = image->pixels[p], alpha = pixel >> 24;
			check((pixel & 0xff) <= alpha); // premultiplied
			check_eq(pixel & 0xff, pixel >> 8 & 0xff);
			black += pixel == 0xff000000;
			white += pixel == 0xffffffff;
			nothing += pixel == 0;
		}
		check(black > 20 && white > 8 && nothing > 100);
		xcursor_destroy(cursor);
	}
}

static bool same(const char *a, const char *b)
{
	struct xcursor *first = xcursor_builtin(a, 24), *second = xcursor_builtin(b, 24);
	bool result = memcmp(first->images->pixels, second->images->pixels,
			      24 * 24 * sizeof(uint32_t)) == 0;
	xcursor_destroy(first);
	xcursor_destroy(second);
	return result;
}

TEST(builtin_names)
{
	check(same("default", "no such shape"));
	check(same("default", ""));
	check(same("default", NULL));
	check(!same("default", "text"));
	check(!same("ew-resize", "ns-resize"));
	check(!same("nesw-resize", "nwse-resize"));
	check(same("n-resize", "ns-resize"));
}

// Reference images come from other machines: these pixels must not change by accident.
TEST(builtin_pixels_are_the_same_everywhere)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < array_length(names); i++) {
		for (int size = 24; size <= 48; size += 12) {
			struct xcursor *cursor = xcursor_builtin(names[i], size);
			for (int p = 0; p < size * size; p++) {
				hash ^= cursor->images->pixels[p];
				hash *= UINT64_C(1099511628211);
			}
			xcursor_destroy(cursor);
		}
	}
	if (hash != HASH)
		test_fail(__FILE__, __LINE__, "the hash is 0x%016llx", (unsigned long long)hash);
}

TEST(builtin_arrow_points_at_its_hotspot)
{
	struct xcursor *cursor = xcursor_builtin("default", 24);
	const struct xcursor_image *image = cursor->images;
	check_eq(image->hotspot_x, 3);
	check_eq(image->hotspot_y, 2);
	check(image->pixels[image->hotspot_y * 24 + image->hotspot_x] >> 24 == 0xff);
	check_eq(image->pixels[10 * 24 + 5], 0xff000000);
	check_eq(image->pixels[10 * 24 + 2], 0xffffffff);
	check_eq(image->pixels[10 * 24 + 20], 0);
	xcursor_destroy(cursor);
}
