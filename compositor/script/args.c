// SPDX-License-Identifier: MIT
// Splits lines into words and parses numbers, times, points, sizes and colors.
#include "compositor/script/args.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

struct builder {
	char *text;
	size_t length, capacity;
};

static void append_char(struct builder *builder, char c)
{
	array_reserve(builder->text, builder->length, builder->capacity);
	builder->text[builder->length++] = c;
}

static void append_utf8(struct builder *builder, uint32_t c)
{
	if (c < 0x80) {
		append_char(builder, (char)c);
	} else if (c < 0x800) {
		append_char(builder, (char)(0xc0 | c >> 6));
		append_char(builder, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		append_char(builder, (char)(0xe0 | c >> 12));
		append_char(builder, (char)(0x80 | (c >> 6 & 0x3f)));
		append_char(builder, (char)(0x80 | (c & 0x3f)));
	} else {
		append_char(builder, (char)(0xf0 | c >> 18));
		append_char(builder, (char)(0x80 | (c >> 12 & 0x3f)));
		append_char(builder, (char)(0x80 | (c >> 6 & 0x3f)));
		append_char(builder, (char)(0x80 | (c & 0x3f)));
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

// Appends the escape at `at`, behind its backslash. Returns the text after it, NULL: no such
// escape.
static const char *append_escape(struct builder *builder, const char *at)
{
	switch (*at) {
	case 'n':
		append_char(builder, '\n');
		return at + 1;
	case 't':
		append_char(builder, '\t');
		return at + 1;
	case 'e':
		append_char(builder, '\033');
		return at + 1;
	case '\\':
	case '"':
	case '\'':
	case ' ':
	case '#':
		append_char(builder, *at);
		return at + 1;
	case 'x': {
		int high = hex_digit(at[1]);
		int low = high < 0 ? -1 : hex_digit(at[2]);
		if (low < 0 || (high == 0 && low == 0))
			return NULL;
		append_char(builder, (char)(high << 4 | low));
		return at + 3;
	}
	case 'u': {
		uint32_t code = 0;
		const char *digit = at + 2;
		if (at[1] != '{')
			return NULL;
		for (; hex_digit(*digit) >= 0; digit++) {
			code = code << 4 | (uint32_t)hex_digit(*digit);
			if (code > 0x10ffff)
				return NULL;
		}
		if (*digit != '}' || code == 0 || (code >= 0xd800 && code < 0xe000))
			return NULL;
		append_utf8(builder, code);
		return digit + 1;
	}
	default:
		return NULL;
	}
}

static const char *parse_word(struct builder *builder, const char *at, const char **error)
{
	char quote = 0;
	while (*at && (quote || !isspace((unsigned char)*at))) {
		if (!quote && (*at == '"' || *at == '\'')) {
			quote = *at++;
		} else if (quote && *at == quote) {
			quote = 0;
			at++;
		} else if (*at == '\\' && quote != '\'') {
			at = append_escape(builder, at + 1);
			if (!at) {
				*error = "unknown escape; write \\\\ for a backslash, or use '...'";
				return NULL;
			}
		} else {
			append_char(builder, *at++);
		}
	}
	if (quote) {
		*error = "a quote is not closed";
		return NULL;
	}
	append_char(builder, '\0');
	return at;
}

// "#ff8000" after a verb is a color, not a comment.
static bool is_color(const char *at)
{
	size_t digits = 0;
	while (hex_digit(at[1 + digits]) >= 0)
		digits++;
	return (digits == 3 || digits == 6 || digits == 8) &&
		(!at[1 + digits] || isspace((unsigned char)at[1 + digits]));
}

bool words_parse(struct words *words, const char *line, const char **error)
{
	*words = (struct words){0};
	size_t capacity = 0;
	const char *at = line;
	for (;;) {
		while (isspace((unsigned char)*at))
			at++;
		if (!*at || (*at == '#' && (words->count == 0 || !is_color(at))))
			break;
		struct builder builder = {0};
		at = parse_word(&builder, at, error);
		if (!at) {
			free(builder.text);
			words_finish(words);
			return false;
		}
		array_reserve(words->word, words->count + 1, capacity);
		words->word[words->count++] = builder.text;
	}
	if (!words->word)
		words->word = xcalloc(1, sizeof(*words->word));
	words->word[words->count] = NULL;
	return true;
}

void words_copy(struct words *words, const char *const *argv, size_t count)
{
	words->word = xcalloc(count + 1, sizeof(*words->word));
	words->count = count;
	for (size_t i = 0; i < count; i++)
		words->word[i] = xstrdup(argv[i]);
}

void words_finish(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->word[i]);
	free(words->word);
	*words = (struct words){0};
}

void words_remove(struct words *words, size_t index, size_t count)
{
	for (size_t i = index; i < index + count; i++)
		free(words->word[i]);
	memmove(words->word + index, words->word + index + count,
		(words->count - index - count + 1) * sizeof(*words->word));
	words->count -= count;
}

static bool is_plain(const char *word)
{
	if (!*word || *word == '#')
		return false;
	for (; *word; word++)
		if (isspace((unsigned char)*word) || iscntrl((unsigned char)*word) ||
			strchr("\"'\\", *word))
			return false;
	return true;
}

static void append_quoted(struct builder *builder, const char *word)
{
	append_char(builder, '"');
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;
		if (c == '"' || c == '\\') {
			append_char(builder, '\\');
			append_char(builder, *word);
		} else if (c == '\n') {
			append_char(builder, '\\');
			append_char(builder, 'n');
		} else if (c == '\t') {
			append_char(builder, '\\');
			append_char(builder, 't');
		} else if (iscntrl(c)) {
			append_char(builder, '\\');
			append_char(builder, 'x');
			append_char(builder, "0123456789abcdef"[c >> 4]);
			append_char(builder, "0123456789abcdef"[c & 15]);
		} else {
			append_char(builder, *word);
		}
	}
	append_char(builder, '"');
}

char *words_join(char *const *word, size_t count)
{
	struct builder builder = {0};
	for (size_t i = 0; i < count; i++) {
		if (i)
			append_char(&builder, ' ');
		if (is_plain(word[i])) {
			for (const char *c = word[i]; *c; c++)
				append_char(&builder, *c);
		} else {
			append_quoted(&builder, word[i]);
		}
	}
	append_char(&builder, '\0');
	return builder.text;
}

char *words_take(struct words *words, size_t first, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = first; i < words->count; i++) {
		if (strncmp(words->word[i], name, length) != 0 || words->word[i][length] != '=')
			continue;
		char *value = xstrdup(words->word[i] + length + 1);
		words_remove(words, i, 1);
		return value;
	}
	return NULL;
}

// Unlike strtod, accepts no hexadecimal, no infinity and no decimal comma of the locale.
static bool parse_number(const char *text, const char **end, double *value)
{
	const char *at = text;
	bool negative = *at == '-';
	if (*at == '-' || *at == '+')
		at++;
	if (!isdigit((unsigned char)*at) && *at != '.')
		return false;
	double result = 0, place = 1;
	bool digits = false, fraction = false;
	for (; isdigit((unsigned char)*at) || (*at == '.' && !fraction); at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		digits = true;
		result = result * 10 + (*at - '0');
		if (fraction)
			place *= 10;
	}
	if (!digits || !isfinite(result) || !isfinite(place))
		return false;
	*value = negative ? -(result / place) : result / place;
	*end = at;
	return true;
}

bool arg_number(const char *text, double *value)
{
	const char *end;
	return parse_number(text, &end, value) && !*end;
}

bool arg_integer(const char *text, long min, long max, long *value)
{
	if (!*text || isspace((unsigned char)*text))
		return false;
	char *end;
	errno = 0;
	long result = strtol(text, &end, 10);
	if (errno || *end || result < min || result > max)
		return false;
	*value = result;
	return true;
}

static bool parse_duration(const char *text, double default_unit, uint64_t *ns)
{
	const char *end;
	double value, unit;
	if (!parse_number(text, &end, &value) || value < 0)
		return false;
	if (!*end && default_unit > 0)
		unit = default_unit;
	else if (strcmp(end, "us") == 0)
		unit = (double)NSEC_PER_USEC;
	else if (strcmp(end, "ms") == 0)
		unit = (double)NSEC_PER_MSEC;
	else if (strcmp(end, "s") == 0)
		unit = (double)NSEC_PER_SEC;
	else if (strcmp(end, "m") == 0)
		unit = 60.0 * (double)NSEC_PER_SEC;
	else
		return false;
	double result = value * unit;
	if (result > 1e17) // three years
		return false;
	*ns = (uint64_t)llround(result);
	return true;
}

bool arg_duration(const char *text, uint64_t *ns)
{
	return parse_duration(text, 0, ns);
}

bool arg_seconds(const char *text, uint64_t *ns)
{
	return parse_duration(text, (double)NSEC_PER_SEC, ns);
}

bool arg_pair(const char *text, double *x, double *y)
{
	const char *end;
	if (!parse_number(text, &end, x) || *end != ',')
		return false;
	return parse_number(end + 1, &end, y) && !*end;
}

static bool parse_coordinate(const char *text, const char **end, struct coordinate *coordinate)
{
	coordinate->from_end = *text == '-';
	if (!parse_number(text, end, &coordinate->value) || fabs(coordinate->value) > 1e6)
		return false;
	coordinate->percent = **end == '%';
	if (coordinate->percent)
		(*end)++;
	return true;
}

bool arg_point(const char *text, struct point *point)
{
	const char *end;
	return parse_coordinate(text, &end, &point->x) && *end == ',' &&
		parse_coordinate(end + 1, &end, &point->y) && !*end;
}

double coordinate_in(const struct coordinate *coordinate, int from, int length)
{
	double value = coordinate->percent ? coordinate->value * length / 100 : coordinate->value;
	return coordinate->from_end && length > 0 ? from + length + value : from + value;
}

bool arg_size(const char *text, int *width, int *height, char **rest)
{
	char *end;
	if (!isdigit((unsigned char)*text))
		return false;
	long w = strtol(text, &end, 10);
	if (*end != 'x' || !isdigit((unsigned char)end[1]))
		return false;
	long h = strtol(end + 1, &end, 10);
	if (w < 1 || h < 1 || w > 16384 || h > 16384 || (*end && !rest))
		return false;
	*width = (int)w;
	*height = (int)h;
	if (rest)
		*rest = end;
	return true;
}

bool arg_box(const char *text, struct box *box)
{
	long value[4];
	for (int i = 0; i < 4; i++) {
		char *end;
		if (*text != '-' && !isdigit((unsigned char)*text))
			return false;
		errno = 0;
		value[i] = strtol(text, &end, 10);
		if (errno || end == text || value[i] < -1000000 || value[i] > 1000000 ||
			*end != (i < 3 ? ',' : '\0'))
			return false;
		text = end + 1;
	}
	if (value[2] < 1 || value[3] < 1)
		return false;
	*box = (struct box){(int)value[0], (int)value[1], (int)value[2], (int)value[3]};
	return true;
}

bool arg_color(const char *text, uint32_t *argb)
{
	if (*text == '#')
		text++;
	size_t length = strlen(text);
	if (length != 3 && length != 6 && length != 8)
		return false;
	uint32_t value = 0;
	for (size_t i = 0; i < length; i++) {
		int digit = hex_digit(text[i]);
		if (digit < 0)
			return false;
		value = value << 4 | (uint32_t)digit;
		if (length == 3)
			value = value << 4 | (uint32_t)digit;
	}
	*argb = length == 8 ? value : value | 0xff000000;
	return true;
}
