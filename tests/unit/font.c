// SPDX-License-Identifier: MIT
// Lines of text: drawn in a thread by a font module that may block, fail or end late.
#include "compositor/shell/font.h"
#include <fcntl.h>
#include <pixman.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/workers.h"
#include "tests/harness/test.h"

#define SIZE 10
#define RED 0xffff0000u
#define GREEN 0xff00ff00u

static int gate = -1;   // each line that is drawn reads a byte of it first; -1: it does not
static int report = -1; // each face that is closed writes a byte to it; -1: it does not
static atomic_int inside, most_inside, opened;

static void enter(void)
{
	int now = atomic_fetch_add(&inside, 1) + 1;
	if (now > atomic_load(&most_inside))
		atomic_store(&most_inside, now);
}

static void leave(void)
{
	atomic_fetch_sub(&inside, 1);
}

static struct face *fake_open(int size)
{
	enter();
	atomic_fetch_add(&opened, 1);
	int *face = xcalloc(1, sizeof(*face));
	*face = size;
	leave();
	return (struct face *)face;
}

static struct face *fake_open_fails(int size)
{
	return NULL;
}

static void fake_close(struct face *face)
{
	free(face);
	if (report >= 0)
		check(write(report, "", 1) == 1);
}

static int fake_measure(struct face *face, const uint32_t *text, size_t length)
{
	return *(int *)face * (int)length;
}

// A bar, which is coloured from the first '!' on.
static bool fake_draw(struct face *face, pixman_image_t *plain, pixman_image_t *colored,
	const uint32_t *text, size_t length, int x, int center_y, const pixman_color_t *color)
{
	static const pixman_color_t green = {0, 0xffff, 0, 0xffff};
	int size = *(int *)face;
	size_t first = 0;
	char byte;
	enter();
	if (gate >= 0 && plain)
		check(read(gate, &byte, 1) == 1);
	while (first < length && text[first] != '!')
		first++;
	pixman_box32_t plains = {x, center_y - 1, x + (int)first * size, center_y + 1};
	pixman_box32_t others = {plains.x2, center_y - 1, x + (int)length * size, center_y + 1};
	if (plain && first)
		pixman_image_fill_boxes(PIXMAN_OP_OVER, plain, color, 1, &plains);
	if (colored && first < length)
		pixman_image_fill_boxes(PIXMAN_OP_OVER, colored, &green, 1, &others);
	leave();
	return first < length;
}

static const struct font_module *load_fake(void)
{
	static const struct font_module module = {fake_open, fake_close, fake_measure, fake_draw};
	return &module;
}

static const struct font_module *load_without_font(void)
{
	static const struct font_module module = {
		fake_open_fails, fake_close, fake_measure, fake_draw};
	return &module;
}

static const struct font_module *load_nothing(void)
{
	return NULL;
}

struct rig {
	struct wl_event_loop *loop;
	struct workers *workers;
	struct font *font;
	struct text_line *line;
	int ready, gate[2];
};

static void on_ready(void *data)
{
	(*(int *)data)++;
}

static void rig_init(struct rig *rig, font_load_func *load)
{
	*rig = (struct rig){.loop = wl_event_loop_create()};
	rig->workers = workers_create(rig->loop);
	rig->font = font_create(rig->workers, load);
	rig->line = text_line_create(rig->font, on_ready, &rig->ready);
	check(pipe2(rig->gate, O_CLOEXEC) == 0);
	log_set_level(LOG_ERROR);
}

static void rig_finish(struct rig *rig)
{
	text_line_destroy(rig->line);
	font_destroy(rig->font);
	workers_destroy(rig->workers);
	wl_event_loop_destroy(rig->loop);
	close(rig->gate[0]);
	close(rig->gate[1]);
}

static void rig_block(struct rig *rig)
{
	gate = rig->gate[0];
}

static void rig_allow(struct rig *rig, int lines)
{
	for (int i = 0; i < lines; i++)
		check(write(rig->gate[1], "", 1) == 1);
}

static void rig_wait(struct rig *rig)
{
	while (workers_busy(rig->workers))
		wl_event_loop_dispatch(rig->loop, -1);
}

// The pixels of a line at the middle of an image; 0 where nothing was drawn.
static void row_of(const struct text_line *line, uint32_t row[100])
{
	static const pixman_color_t red = {0xffff, 0, 0, 0xffff};
	pixman_image_t *image = pixman_image_create_bits(PIXMAN_a8r8g8b8, 100, 40, NULL, 0);
	text_line_draw(line, image, 20, 20, &red);
	memcpy(row, pixman_image_get_data(image) + 20 * 100, 100 * sizeof(*row));
	pixman_image_unref(image);
}

static void check_row(const struct text_line *line, int width, uint32_t pixel)
{
	uint32_t row[100];
	row_of(line, row);
	for (int x = 0; x < 100; x++)
		check_eq(row[x], x >= 20 && x < 20 + width ? pixel : 0);
}

TEST(line_is_drawn_in_a_thread)
{
	struct rig rig;
	rig_init(&rig, load_fake);
	rig_block(&rig);
	text_line_set(rig.line, "abc", SIZE, 50);
	wl_event_loop_dispatch(rig.loop, 0);
	check_eq(text_line_width(rig.line), 0);
	check_row(rig.line, 0, 0);
	rig_allow(&rig, 1);
	rig_wait(&rig);
	check_eq(rig.ready, 1);
	check_eq(text_line_width(rig.line), 30);
	check_row(rig.line, 30, RED);
	// Nothing has changed, or only the room that it does not need.
	text_line_set(rig.line, "abc", SIZE, 50);
	text_line_set(rig.line, "abc", SIZE, 30);
	check(!workers_busy(rig.workers));
	rig_finish(&rig);
}

TEST(old_text_is_shown_until_the_new_is_there)
{
	struct rig rig;
	rig_init(&rig, load_fake);
	text_line_set(rig.line, "abc", SIZE, 50);
	rig_wait(&rig);
	rig_block(&rig);
	text_line_set(rig.line, "abcd", SIZE, 50);
	check_row(rig.line, 30, RED);
	text_line_set(rig.line, "abcde", SIZE, 50);
	rig_allow(&rig, 2);
	rig_wait(&rig);
	check_row(rig.line, 50, RED);
	// Another size is no picture of it.
	text_line_set(rig.line, "abcde", 2 * SIZE, 200);
	check_row(rig.line, 0, 0);
	rig_allow(&rig, 1);
	rig_wait(&rig);
	check_row(rig.line, 80, RED); // as far as the image extends
	rig_finish(&rig);
}

TEST(long_text_is_cut)
{
	struct rig rig;
	rig_init(&rig, load_fake);
	text_line_set(rig.line, "abcdefgh", SIZE, 45);
	rig_wait(&rig);
	check_eq(text_line_width(rig.line), 80);
	check_row(rig.line, 40, RED);
	text_line_set(rig.line, "abcdefgh", SIZE, 80);
	rig_wait(&rig);
	check_row(rig.line, 80, RED);
	// Less room, at once.
	rig_block(&rig);
	text_line_set(rig.line, "abcdefgh", SIZE, 50);
	uint32_t row[100];
	row_of(rig.line, row);
	check_eq(row[20 + 50 + SIZE], 0);
	rig_allow(&rig, 1);
	rig_wait(&rig);
	rig_finish(&rig);
}

TEST(glyphs_with_colours_of_their_own)
{
	struct rig rig;
	rig_init(&rig, load_fake);
	text_line_set(rig.line, "!!", SIZE, 50);
	rig_wait(&rig);
	check_row(rig.line, 20, GREEN);
	text_line_set(rig.line, "a!", SIZE, 50);
	rig_wait(&rig);
	uint32_t row[100];
	row_of(rig.line, row);
	check_eq(row[25], RED);
	check_eq(row[35], GREEN);
	rig_finish(&rig);
}

TEST(lines_are_drawn_one_at_a_time)
{
	struct rig rig;
	struct text_line *lines[20];
	rig_init(&rig, load_fake);
	for (size_t i = 0; i < array_length(lines); i++) {
		lines[i] = text_line_create(rig.font, on_ready, &rig.ready);
		text_line_set(lines[i], "abc", SIZE + (int)i % 6, 100);
	}
	rig_wait(&rig);
	check_eq(rig.ready, array_length(lines));
	check_eq(most_inside, 1);
	check_eq(opened, 20); // four sizes are kept, six are used in turn
	for (size_t i = 0; i < array_length(lines); i++)
		text_line_destroy(lines[i]);
	rig_finish(&rig);
}

TEST(line_that_ends_before_it_is_drawn)
{
	struct rig rig;
	rig_init(&rig, load_fake);
	rig_block(&rig);
	struct text_line *first = text_line_create(rig.font, on_ready, &rig.ready);
	struct text_line *second = text_line_create(rig.font, on_ready, &rig.ready);
	text_line_set(first, "a", SIZE, 50);
	text_line_set(second, "b", SIZE, 50);
	text_line_set(rig.line, "c", SIZE, 50);
	text_line_destroy(first);
	text_line_destroy(second);
	rig_allow(&rig, 2);
	rig_wait(&rig);
	check_eq(rig.ready, 1);
	check_row(rig.line, 10, RED);
	rig_finish(&rig);
}

// The session ends while the module does not return.
TEST(module_that_ends_after_the_font)
{
	struct rig rig;
	int closed[2];
	char byte;
	rig_init(&rig, load_fake);
	check(pipe2(closed, O_CLOEXEC) == 0);
	report = closed[1];
	rig_block(&rig);
	text_line_set(rig.line, "abc", SIZE, 50);
	text_line_destroy(rig.line);
	font_destroy(rig.font);
	workers_destroy(rig.workers);
	wl_event_loop_destroy(rig.loop);
	rig_allow(&rig, 1);
	check(read(closed[0], &byte, 1) == 1);
	for (int i = 0; i < 2; i++) {
		close(rig.gate[i]);
		close(closed[i]);
	}
}

static const struct load_row {
	font_load_func *load;
} load_rows[] = {{load_nothing}, {load_without_font}};

TEST_P(strokes_where_there_is_no_font, struct load_row, load_rows)
{
	struct rig rig, builtin;
	uint32_t drawn[100], expected[100];
	int other_ready = 0;
	rig_init(&rig, param->load);
	rig_init(&builtin, NULL);
	text_line_set(builtin.line, "abc", SIZE, 70);
	check(!workers_busy(builtin.workers)); // reads no file
	check(text_line_width(builtin.line) > 0);
	struct text_line *other = text_line_create(rig.font, on_ready, &other_ready);
	text_line_set(rig.line, "abc", SIZE, 70);
	text_line_set(other, "abc", SIZE, 70);
	rig_wait(&rig);
	check_eq(rig.ready, 1);
	check_eq(other_ready, 1);
	check_eq(text_line_width(rig.line), text_line_width(builtin.line));
	row_of(rig.line, drawn);
	row_of(builtin.line, expected);
	check_eq(memcmp(drawn, expected, sizeof(drawn)), 0);
	text_line_destroy(other);
	rig_finish(&rig);
	rig_finish(&builtin);
}
