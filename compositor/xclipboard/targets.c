// SPDX-License-Identifier: MIT
// Tables of the names for text, and the two mappings between targets and MIME types.
#include "compositor/xclipboard/targets.h"
#include <string.h>
#include <strings.h>
#include "compositor/base/base.h"

#define UTF8_MIME "text/plain;charset=utf-8"

// Wayland's names for text, best first. All mean UTF-8; the first one states it.
static const char *const wayland_text[] = {
	UTF8_MIME, "UTF8_STRING", "text/plain", "TEXT", "STRING"};

// X's names for text, best first: encodings that can represent every character come first.
static const char *const x_text[] = {
	"UTF8_STRING", UTF8_MIME, "COMPOUND_TEXT", "STRING", "TEXT", "text/plain"};

// MIME types are case-insensitive, other atoms are not.
static bool same_name(const char *a, const char *b)
{
	return strchr(a, '/') ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

static size_t index_of(const char *const *list, size_t n, const char *name)
{
	size_t i = 0;
	while (i < n && !same_name(list[i], name))
		i++;
	return i;
}

// Targets without a slash are text under an older name, or requests to the owner (TARGETS, DELETE,
// those private to a toolkit) and no data.
static bool is_mime(const char *name)
{
	size_t length = strnlen(name, TARGET_NAME_MAX + 1);
	if (length > TARGET_NAME_MAX || name[0] == '/' || !strchr(name, '/'))
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] < ' ' || name[i] > '~')
			return false;
	return true;
}

static bool has_target(const struct target *targets, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(targets[i].name, name) == 0)
			return true;
	return false;
}

size_t targets_of(const char *const *mimes, size_t n, struct target *into)
{
	size_t count = 0, best = array_length(wayland_text);
	const char *text = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t rank = index_of(wayland_text, array_length(wayland_text), mimes[i]);
		if (rank < best) {
			best = rank;
			text = mimes[i];
		}
	}
	if (text) { // first, for requestors that take the first target they know
		static const struct target texts[] = {
			{"UTF8_STRING", NULL, ENCODING_UTF8},
			{"COMPOUND_TEXT", NULL, ENCODING_COMPOUND},
			{"TEXT", NULL, ENCODING_COMPOUND},
			{"STRING", NULL, ENCODING_LATIN1},
			{UTF8_MIME, NULL, ENCODING_UTF8},
			{"text/plain", NULL, ENCODING_UTF8},
		};
		_Static_assert(array_length(texts) == TARGET_TEXTS, "TARGET_TEXTS");
		for (size_t i = 0; i < array_length(texts); i++) {
			into[count] = texts[i];
			into[count++].mime = text;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (is_mime(mimes[i]) && !has_target(into, count, mimes[i]))
			into[count++] = (struct target){mimes[i], mimes[i], ENCODING_UTF8};
		else if (text && strcmp(mimes[i], "text/plain") == 0)
			into[TARGET_TEXTS - 1].mime = mimes[i];
	}
	return count;
}

size_t targets_offered(const char *const *names, size_t n, struct offered *into)
{
	size_t count = 0, best = array_length(x_text), text = 0;
	for (size_t i = 0; i < n; i++) {
		size_t rank = names[i] ? index_of(x_text, array_length(x_text), names[i]) : best;
		if (rank < best) {
			best = rank;
			text = i;
		}
	}
	bool has_text = best < array_length(x_text), has_text_offer = false;
	for (size_t i = 0; i < n; i++) {
		if (!names[i])
			continue;
		if (index_of(x_text, array_length(x_text), names[i]) < array_length(x_text)) {
			for (size_t j = 0; !has_text_offer && j < array_length(wayland_text); j++)
				into[count++] = (struct offered){wayland_text[j], text};
			has_text_offer = has_text;
		} else if (is_mime(names[i])) {
			into[count++] = (struct offered){names[i], i};
		}
	}
	return count;
}
