// SPDX-License-Identifier: MIT
// Cursor themes: a cursor file and an index.theme, with "--" between them.
#include "compositor/cursor/xcursor.h"
#include <stdlib.h>
#include <string.h>
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

static void open_xcursor(const uint8_t *data, size_t size)
{
	struct input input = {data, size, -1};
	int wanted = input_byte(&input);
	size_t length;
	char *text = target_part(&input, &length);
	char *path = target_file("icons/theme/cursors/wait", text, length);
	free(target_file("icons/theme/index.theme", input.data, input.left));
	*strstr(path, "/theme/cursors") = '\0';
	struct xcursor *cursor = xcursor_load(path, "theme", "wait", wanted);
	for (size_t i = 0; cursor && i < cursor->n_images; i++)
		check(cursor->images[i].width > 0 && cursor->images[i].height > 0);
	xcursor_destroy(cursor);
	xcursor_destroy(xcursor_load(path, "theme", "nothing", wanted)); // follows Inherits
	free(path);
	free(text);
}

const struct fuzz_target target_xcursor = {.name = "xcursor", .open = open_xcursor};
