// SPDX-License-Identifier: MIT
#include "tests/virgl/decode.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

struct reader {
	const uint32_t *words; // of one command, without its head
	unsigned n, object;
	FILE *out;
};

static float real(uint32_t word)
{
	float value;
	memcpy(&value, &word, sizeof(value));
	return value;
}

static void say(struct reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void say(struct reader *reader, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfprintf(reader->out, format, args);
	va_end(args);
}

static void say_reals(struct reader *reader, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		say(reader, " %g", (double)real(reader->words[i]));
}

static void say_words(struct reader *reader, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		say(reader, " %u", reader->words[i]);
}

// The rest of these words is 0; else what is not.
static void say_rest(struct reader *reader, unsigned from)
{
	for (unsigned i = from; i < reader->n; i++)
		if (reader->words[i])
			say(reader, " [%u]=%08x", i + 1, reader->words[i]);
}

// A box of eleven words: resource, level, usage, stride, layer stride, x, y, z, w, h, d.
static void say_transfer(struct reader *reader)
{
	const uint32_t *words = reader->words;
	say(reader, " resource %u stride %u at %u,%u size %ux%u", words[0], words[3], words[5],
		words[6], words[8], words[9]);
	if (words[1] || words[2] || words[4] || words[7] || words[10] != 1)
		say(reader, " (odd)");
}

static void say_text(struct reader *reader)
{
	const uint32_t *words = reader->words;
	const char *text = (const char *)(words + 5);
	unsigned bytes = words[2];
	bool whole = bytes && (bytes + 3) / 4 == reader->n - 5 && text[bytes - 1] == '\0' &&
		strlen(text) == bytes - 1;
	say(reader, " shader %u stage %u tokens %u outputs %u", words[0], words[1], words[3],
		words[4]);
	if (!whole)
		say(reader, " (broken)");
	else
		say(reader, " %.4s %u bytes", text, bytes);
}

static void create(struct reader *reader)
{
	static const unsigned lengths[] = {0, 11, 9, 5, 0, 5, 6, 9, 5};
	const uint32_t *words = reader->words;
	unsigned object = reader->object;
	if (object >= array_length(lengths) || (lengths[object] && reader->n != lengths[object]) ||
		(object == 4 && reader->n < 6)) {
		say(reader, " object %u (wrong length %u)", object, reader->n);
		return;
	}
	switch (object) {
	case 1:
		say(reader, " blend %u", words[0]);
		if (words[3] & 1)
			say(reader, " color %u*%u+%u alpha %u*%u+%u", words[3] >> 4 & 31,
				words[3] >> 1 & 7, words[3] >> 9 & 31, words[3] >> 17 & 31,
				words[3] >> 14 & 7, words[3] >> 22 & 31);
		say(reader, " mask %x%s", words[3] >> 27, words[1] || words[2] ? " (odd)" : "");
		say_rest(reader, 4);
		break;
	case 2:
		say(reader, " rasterizer %u %08x point %g line %g", words[0], words[1],
			(double)real(words[2]), (double)real(words[5]));
		say(reader, "%s", words[3] || words[4] ? " (odd)" : "");
		say_rest(reader, 6);
		break;
	case 3:
		say(reader, " dsa %u", words[0]);
		say_rest(reader, 1);
		break;
	case 4:
		say_text(reader);
		break;
	case 5:
		say(reader, " elements %u offset %u divisor %u buffer %u format %u", words[0],
			words[1], words[2], words[3], words[4]);
		break;
	case 6:
		say(reader, " view %u resource %u format %u target %u swizzle %u%u%u%u", words[0],
			words[1], words[2] & 0xffffff, words[2] >> 24, words[5] & 7,
			words[5] >> 3 & 7, words[5] >> 6 & 7, words[5] >> 9);
		say(reader, "%s", words[3] || words[4] ? " (odd)" : "");
		break;
	case 7:
		say(reader, " sampler %u wrap %u%u%u min %u mip %u mag %u", words[0], words[1] & 7,
			words[1] >> 3 & 7, words[1] >> 6 & 7, words[1] >> 9 & 3, words[1] >> 11 & 3,
			words[1] >> 13);
		say_rest(reader, 2);
		break;
	case 8:
		say(reader, " surface %u resource %u format %u", words[0], words[1], words[2]);
		say_rest(reader, 3);
		break;
	}
}

static void draw(struct reader *reader)
{
	const uint32_t *words = reader->words;
	say(reader, " first %u count %u mode %u", words[0], words[1], words[2]);
	if (words[4] != 1 || words[9] != words[0] || words[10] != words[0] + words[1] - 1)
		say(reader, " (odd)");
	const unsigned zero[] = {3, 5, 6, 7, 8, 11};
	for (size_t i = 0; i < array_length(zero); i++)
		if (words[zero[i]])
			say(reader, " [%u]=%u", zero[i] + 1, words[zero[i]]);
}

static void copy(struct reader *reader)
{
	const uint32_t *words = reader->words;
	say(reader, " into %u at %u,%u from %u at %u,%u size %ux%u", words[0], words[2], words[3],
		words[5], words[7], words[8], words[10], words[11]);
	if (words[1] || words[4] || words[6] || words[9] || words[12] != 1)
		say(reader, " (odd)");
}

static const struct command {
	unsigned number, least, most; // of words
	const char *name;
} commands[] = {
	{1, 1, 0xffff, "create"},
	{2, 1, 1, "bind"},
	{3, 1, 1, "destroy"},
	{4, 7, 7, "viewport"},
	{5, 3, 3, "framebuffer"},
	{6, 3, 3, "vertices"},
	{7, 8, 8, "clear"},
	{8, 12, 12, "draw"},
	{9, 12, 0xffff, "write"},
	{10, 3, 3, "views"},
	{12, 3, 0xffff, "constants"},
	{15, 3, 3, "scissor"},
	{17, 13, 13, "copy"},
	{18, 3, 3, "samplers"},
	{31, 2, 2, "shader"},
	{43, 13, 13, "transfer"},
	{45, 14, 14, "copy-transfer"},
};

static void describe(struct reader *reader, unsigned number)
{
	const uint32_t *words = reader->words;
	switch (number) {
	case 1:
		create(reader);
		break;
	case 2:
	case 3:
		say(reader, " object %u handle %u", reader->object, words[0]);
		break;
	case 4:
		say_words(reader, 0, 1);
		say_reals(reader, 1, 7);
		break;
	case 7:
		say_words(reader, 0, 1);
		say_reals(reader, 1, 5);
		say_rest(reader, 5);
		break;
	case 8:
		draw(reader);
		break;
	case 9:
		say_transfer(reader);
		say(reader, " words %u", reader->n - 11);
		break;
	case 12:
		say_words(reader, 0, 2);
		say_reals(reader, 2, reader->n);
		break;
	case 15:
		say(reader, " %u %u,%u to %u,%u", words[0], words[1] & 0xffff, words[1] >> 16,
			words[2] & 0xffff, words[2] >> 16);
		break;
	case 17:
		copy(reader);
		break;
	case 43:
		say_transfer(reader);
		say(reader, " offset %u %s", words[11],
			words[12] == 1           ? "to host"
				: words[12] == 2 ? "from host"
						 : "(odd)");
		break;
	case 45:
		say_transfer(reader);
		say(reader, " staging %u offset %u flags %u", words[11], words[12], words[13]);
		break;
	default:
		say_words(reader, 0, reader->n);
	}
}

char *decode(const uint32_t *words, size_t n)
{
	char *text = NULL;
	size_t size;
	struct reader reader = {.out = open_memstream(&text, &size)};
	for (size_t at = 0; at < n;) {
		const struct command *command = NULL;
		unsigned number = words[at] & 0xff;
		reader.object = words[at] >> 8 & 0xff;
		reader.n = words[at] >> 16;
		reader.words = words + at + 1;
		if (reader.n >= n - at) {
			say(&reader, "command %u of %u words ends after the stream\n", number,
				reader.n);
			break;
		}
		for (size_t i = 0; i < array_length(commands); i++)
			if (commands[i].number == number)
				command = &commands[i];
		if (!command || reader.n < command->least || reader.n > command->most) {
			say(&reader, "command %u (wrong length %u)", number, reader.n);
		} else {
			say(&reader, "%s", command->name);
			if (number > 3 && reader.object)
				say(&reader, " (object %u)", reader.object);
			describe(&reader, number);
		}
		say(&reader, "\n");
		at += reader.n + 1;
	}
	fclose(reader.out);
	return text;
}
