// SPDX-License-Identifier: MIT
// Finds and reads cursor files of themes. Files are not trusted: sizes and offsets are checked
// against the file's length before anything is allocated.
#include "compositor/cursor/xcursor.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/file.h"
#include "compositor/base/log.h"

#define FILE_MAGIC 0x72756358 // "Xcur"
#define FILE_HEADER 16        // bytes
#define ENTRY_BYTES 12
#define CHUNK_IMAGE 0xfffd0002
#define CHUNK_BYTES 36 // header of an image
#define MAX_ENTRIES 4096
#define MAX_IMAGES 256 // of one animation
#define MAX_SIDE 512
#define MAX_PIXELS (4 * 1024 * 1024) // of all images of one animation
#define MAX_INDEX_BYTES 65536        // read of an index.theme
#define MAX_THEMES 32                // searched for one name

static const char default_path[] =
	"~/.local/share/icons:~/.icons:/usr/share/icons:/usr/share/pixmaps";

// X names of CSS shapes, preferred first.
static const struct {
	const char *name, *others[6];
} aliases[] = {
	{"default", {"left_ptr", "arrow", "top_left_arrow"}},
	{"context-menu", {"left_ptr", "default"}},
	{"help", {"question_arrow", "whats_this", "left_ptr_help", "dnd-ask"}},
	{"pointer", {"hand2", "hand1", "pointing_hand", "hand"}},
	{"progress", {"left_ptr_watch", "half-busy"}},
	{"wait", {"watch"}},
	{"cell", {"plus"}},
	{"crosshair", {"cross", "tcross"}},
	{"text", {"xterm", "ibeam"}},
	{"vertical-text", {"vertical_text"}},
	{"alias", {"dnd-link", "link"}},
	{"copy", {"dnd-copy"}},
	{"move", {"fleur", "size_all", "dnd-move", "all-scroll"}},
	{"no-drop", {"dnd-no-drop", "dnd-none", "circle", "not-allowed"}},
	{"not-allowed", {"crossed_circle", "forbidden", "circle", "no-drop"}},
	{"grab", {"openhand", "hand1"}},
	{"grabbing", {"closedhand", "fleur"}},
	{"e-resize", {"right_side", "ew-resize", "sb_h_double_arrow", "size_hor"}},
	{"n-resize", {"top_side", "ns-resize", "sb_v_double_arrow", "size_ver"}},
	{"ne-resize", {"top_right_corner", "nesw-resize", "fd_double_arrow", "size_bdiag"}},
	{"nw-resize", {"top_left_corner", "nwse-resize", "bd_double_arrow", "size_fdiag"}},
	{"s-resize", {"bottom_side", "ns-resize", "sb_v_double_arrow", "size_ver"}},
	{"se-resize", {"bottom_right_corner", "nwse-resize", "bd_double_arrow", "size_fdiag"}},
	{"sw-resize", {"bottom_left_corner", "nesw-resize", "fd_double_arrow", "size_bdiag"}},
	{"w-resize", {"left_side", "ew-resize", "sb_h_double_arrow", "size_hor"}},
	{"ew-resize", {"sb_h_double_arrow", "h_double_arrow", "size_hor", "col-resize"}},
	{"ns-resize", {"sb_v_double_arrow", "v_double_arrow", "size_ver", "row-resize"}},
	{"nesw-resize", {"fd_double_arrow", "size_bdiag", "ne-resize", "top_right_corner"}},
	{"nwse-resize", {"bd_double_arrow", "size_fdiag", "nw-resize", "top_left_corner"}},
	{"col-resize", {"split_h", "sb_h_double_arrow", "ew-resize", "h_double_arrow"}},
	{"row-resize", {"split_v", "sb_v_double_arrow", "ns-resize", "v_double_arrow"}},
	{"all-scroll", {"fleur", "size_all", "move"}},
	{"zoom-in", {"zoom_in"}},
	{"zoom-out", {"zoom_out"}},
	{"dnd-ask", {"help", "question_arrow", "copy"}},
	{"all-resize", {"fleur", "size_all", "move", "all-scroll"}},
};

void xcursor_destroy(struct xcursor *cursor)
{
	if (!cursor)
		return;
	for (size_t i = 0; i < cursor->n_images; i++)
		free(cursor->images[i].pixels);
	free(cursor->images);
	free(cursor);
}

// Files

static uint32_t read_u32(const unsigned char *from)
{
	return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

struct file {
	int fd;
	uint64_t size;
};

static bool read_at(const struct file *file, uint64_t at, void *into, size_t size)
{
	if (at > file->size || size > file->size - at)
		return false;
	for (size_t done = 0; done < size;) {
		ssize_t n = pread(file->fd, (char *)into + done, size - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

// The table of contents: *count entries of ENTRY_BYTES. NULL: not a cursor file.
static unsigned char *read_entries(const struct file *file, size_t *count)
{
	unsigned char header[FILE_HEADER];
	if (!read_at(file, 0, header, sizeof(header)) || read_u32(header) != FILE_MAGIC)
		return NULL;
	uint32_t start = read_u32(header + 4), n = read_u32(header + 12);
	if (start < FILE_HEADER || n == 0 || n > MAX_ENTRIES)
		return NULL;
	unsigned char *entries = xcalloc(n, ENTRY_BYTES);
	if (!read_at(file, start, entries, (size_t)n * ENTRY_BYTES)) {
		free(entries);
		return NULL;
	}
	*count = n;
	return entries;
}

// The nearest nominal size, the larger one of two; 0: there are no images.
static uint32_t nearest_size(const unsigned char *entries, size_t count, int wanted)
{
	uint32_t best = 0;
	int64_t best_distance = INT64_MAX;
	for (size_t i = 0; i < count; i++) {
		const unsigned char *entry = entries + i * ENTRY_BYTES;
		uint32_t size = read_u32(entry + 4);
		int64_t distance = llabs((int64_t)size - wanted);
		if (read_u32(entry) != CHUNK_IMAGE || !size)
			continue;
		if (distance < best_distance || (distance == best_distance && size > best)) {
			best = size;
			best_distance = distance;
		}
	}
	return best;
}

static bool read_image(const struct file *file, uint32_t at, uint32_t nominal, size_t *pixels_left,
	struct xcursor_image *image)
{
	unsigned char header[CHUNK_BYTES];
	if (!read_at(file, at, header, sizeof(header)) || read_u32(header) < CHUNK_BYTES ||
		read_u32(header + 4) != CHUNK_IMAGE || read_u32(header + 8) != nominal)
		return false;
	uint32_t width = read_u32(header + 16), height = read_u32(header + 20);
	uint32_t hotspot_x = read_u32(header + 24), hotspot_y = read_u32(header + 28);
	if (width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE ||
		hotspot_x > width || hotspot_y > height || width * height > *pixels_left)
		return false;
	size_t count = (size_t)width * height;
	uint64_t start = (uint64_t)at + read_u32(header);
	if (start > file->size || count * 4 > file->size - start)
		return false;
	*pixels_left -= count;
	*image = (struct xcursor_image){
		.width = (int)width,
		.height = (int)height,
		.hotspot_x = (int)hotspot_x,
		.hotspot_y = (int)hotspot_y,
		.nominal_size = (int)MIN(nominal, INT32_MAX),
		.delay_ms = read_u32(header + 32),
		.pixels = xcalloc(count, sizeof(*image->pixels)),
	};
	if (!read_at(file, start, image->pixels, count * 4))
		return false;
	for (size_t i = 0; i < count; i++)
		image->pixels[i] = read_u32((const unsigned char *)&image->pixels[i]);
	return true;
}

static struct xcursor *read_cursor(const struct file *file, int size_px)
{
	size_t count, pixels_left = MAX_PIXELS;
	unsigned char *entries = read_entries(file, &count);
	if (!entries)
		return NULL;
	struct xcursor *cursor = xcalloc(1, sizeof(*cursor));
	uint32_t size = nearest_size(entries, count, size_px);
	size_t capacity = 0;
	for (size_t i = 0; i < count && size; i++) {
		const unsigned char *entry = entries + i * ENTRY_BYTES;
		if (read_u32(entry) != CHUNK_IMAGE || read_u32(entry + 4) != size)
			continue;
		if (cursor->n_images == MAX_IMAGES)
			goto fail;
		array_reserve(cursor->images, cursor->n_images, capacity);
		struct xcursor_image *image = &cursor->images[cursor->n_images++];
		*image = (struct xcursor_image){0};
		if (!read_image(file, read_u32(entry + 8), size, &pixels_left, image))
			goto fail;
	}
	if (!cursor->n_images)
		goto fail;
	free(entries);
	return cursor;
fail:
	free(entries);
	xcursor_destroy(cursor);
	return NULL;
}

static bool open_file(const char *path, struct file *file)
{
	struct stat status;
	file->fd = file_open(path, NULL);
	if (file->fd < 0)
		return false;
	file->size = fstat(file->fd, &status) == 0 ? (uint64_t)status.st_size : 0;
	return true;
}

// Themes

// A plain name, not a path: it comes from the environment or from other themes.
static bool is_name(const char *text)
{
	return text && *text && *text != '.' && !strchr(text, '/');
}

// The next part of a colon-separated list. Caller frees; NULL: end of list.
static char *next_directory(const char **path)
{
	while (**path == ':')
		(*path)++;
	if (!**path)
		return NULL;
	size_t length = strcspn(*path, ":");
	const char *start = *path;
	*path += length;
	return xasprintf("%.*s", (int)length, start);
}

char *xcursor_path(void)
{
	const char *path = getenv("XCURSOR_PATH"), *data = getenv("XDG_DATA_HOME"),
		   *home = getenv("HOME");
	char *list, *expanded = xstrdup("");
	if (path && *path)
		list = xstrdup(path);
	else if (data && *data == '/') // replaces ~/.local/share
		list = xasprintf("%s/icons%s", data, strchr(default_path, ':'));
	else
		list = xstrdup(default_path);
	for (char *rest = list, *part; (part = strsep(&rest, ":"));) {
		bool in_home = *part == '~' && home;
		char *longer = xasprintf("%s%s%s:", expanded, in_home ? home : "", part + in_home);
		free(expanded);
		expanded = longer;
	}
	free(list);
	return expanded;
}

static struct xcursor *load_file(
	const char *directory, const char *theme, const char *name, int size_px)
{
	struct file file;
	struct xcursor *cursor = NULL;
	char *path = xasprintf("%s/%s/cursors/%s", directory, theme, name);
	if (open_file(path, &file)) {
		cursor = read_cursor(&file, size_px);
		if (!cursor)
			log_warn("%s: not a usable cursor file", path);
		close_fd(&file.fd);
	}
	free(path);
	return cursor;
}

// The value of Inherits in an index.theme. Caller frees; NULL: none.
static char *read_inherits(const char *directory, const char *theme)
{
	char *path = xasprintf("%s/%s/index.theme", directory, theme), *found = NULL;
	struct file file;
	if (open_file(path, &file)) {
		size_t size = (size_t)MIN(file.size, MAX_INDEX_BYTES);
		char *text = xcalloc(size + 1, 1), *rest = text, *line;
		if (!read_at(&file, 0, text, size))
			*text = '\0';
		while (!found && (line = strsep(&rest, "\r\n"))) {
			line += strspn(line, " \t");
			if (strncmp(line, "Inherits", 8) != 0)
				continue;
			line += 8 + strspn(line + 8, " \t");
			if (*line == '=')
				found = xstrdup(line + 1);
		}
		free(text);
		close_fd(&file.fd);
	}
	free(path);
	return found;
}

struct search {
	const char *path;
	const char *names[array_length(aliases[0].others) + 2]; // NULL at the end
	int size_px;
	char *themes[MAX_THEMES]; // in search order, without duplicates
	size_t n_themes;
};

static void add_theme(struct search *search, const char *theme)
{
	if (!is_name(theme) || search->n_themes == MAX_THEMES)
		return;
	for (size_t i = 0; i < search->n_themes; i++)
		if (strcmp(search->themes[i], theme) == 0)
			return;
	search->themes[search->n_themes++] = xstrdup(theme);
}

// Adds the themes it inherits, unless they are listed already.
static void add_inherited(struct search *search, const char *theme)
{
	const char *path = search->path;
	char *directory;
	while ((directory = next_directory(&path))) {
		char *list = read_inherits(directory, theme), *rest = list, *name;
		free(directory);
		if (!list)
			continue;
		while ((name = strsep(&rest, ",;: \t")))
			add_theme(search, name);
		free(list);
		return;
	}
}

static struct xcursor *load_from_theme(const struct search *search, const char *theme)
{
	struct xcursor *cursor = NULL;
	for (size_t i = 0; search->names[i] && !cursor; i++) {
		const char *path = search->path;
		char *directory;
		while (!cursor && (directory = next_directory(&path))) {
			cursor = load_file(directory, theme, search->names[i], search->size_px);
			free(directory);
		}
	}
	return cursor;
}

struct xcursor *xcursor_load(const char *path, const char *theme, const char *name, int size_px)
{
	if (!is_name(name))
		return NULL;
	struct search search = {.path = path, .names = {name}, .size_px = size_px};
	for (size_t i = 0; i < array_length(aliases); i++)
		if (strcmp(aliases[i].name, name) == 0)
			memcpy(search.names + 1, aliases[i].others, sizeof(aliases[i].others));
	struct xcursor *cursor = NULL;
	add_theme(&search, is_name(theme) ? theme : "default");
	for (size_t i = 0; i < search.n_themes && !cursor; i++) {
		cursor = load_from_theme(&search, search.themes[i]);
		if (cursor)
			break;
		add_inherited(&search, search.themes[i]);
		if (i + 1 == search.n_themes)
			add_theme(&search, "default"); // no effect if it is listed
	}
	for (size_t i = 0; i < search.n_themes; i++)
		free(search.themes[i]);
	return cursor;
}
