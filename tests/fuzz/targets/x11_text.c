// SPDX-License-Identifier: MIT
// Names of targets and text of X selections, in pieces of any size.
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/xclipboard/encoding.h"
#include "compositor/xclipboard/targets.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

#define MAX_NAMES 16

static void convert(struct input *input, enum encoding encoding, bool decode, size_t piece)
{
	struct encoding_state state = {.encoding = encoding};
	const char *in = (const char *)input->data;
	for (size_t at = 0, n; at < input->left; at += n) {
		n = MIN(piece, input->left - at);
		char *out = xcalloc(ENCODING_MAX_OUTPUT(n), 1); // exactly what is promised
		size_t length = decode ? encoding_decode(&state, in + at, n, out)
				       : encoding_encode(&state, in + at, n, out);
		check(length <= ENCODING_MAX_OUTPUT(n));
		free(out);
	}
	char end[16];
	if (!decode)
		check(encoding_encode_end(&state, end) <= sizeof(end));
}

static void find_targets(const uint8_t *data, size_t size)
{
	char *text = target_text(data, size), *rest = text;
	const char *names[MAX_NAMES];
	size_t n = 0;
	for (char *name; n < MAX_NAMES && (name = strsep(&rest, "\n"));)
		names[n++] = *name ? name : NULL;
	struct offered offered[MAX_NAMES + TARGET_TEXTS];
	size_t found = targets_offered(names, n, offered);
	check(found <= n + TARGET_TEXTS);
	for (size_t i = 0; i < found; i++)
		check(offered[i].target < n && offered[i].mime);
	struct target targets[MAX_NAMES + TARGET_TEXTS];
	const char *mimes[MAX_NAMES];
	for (size_t i = 0; i < n; i++)
		mimes[i] = names[i] ? names[i] : "text/plain";
	check(targets_of(mimes, n, targets) <= n + TARGET_TEXTS);
	free(text);
}

static void open_x11_text(const uint8_t *data, size_t size)
{
	struct input input = {data, size, -1};
	uint8_t how = input_byte(&input);
	if (how & 0x80)
		find_targets(input.data, input.left);
	else
		convert(&input, how % 3, how & 0x40, (how >> 2) % 16 + 1u);
}

const struct fuzz_target target_x11_text = {.name = "x11-text", .open = open_x11_text};
