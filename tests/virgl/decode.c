// SPDX-License-Identifier: MIT
// The decoder: a table of commands with their lengths, and a function for each structured payload.
#include "tests/virgl/decode.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"

struct reader {
	const uint32_t *words; // of one command, without its header
	unsigned n, object;
	FILE *out;
};

static float word_to_float(uint32_t word)
{
	float value;
	memcpy(&value, &word, sizeof(value));
	return value;
}

static void print_text(struct reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void print_text(struct reader *reader, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfprintf(reader->out, format, args);
	va_end(args);
}

static void print_floats(struct reader *reader, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		print_text(reader, " %g", (double)word_to_float(reader->words[i]));
}

static void print_words(struct reader *reader, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		print_text(reader, " %u", reader->words[i]);
}

// Prints the remaining words that are not 0.
static void print_rest(struct reader *reader, unsigned from)
{
	for (unsigned i = from; i < reader->n; i++)
		if (reader->words[i])
			print_text(reader, " [%u]=%08x", i + 1, reader->words[i]);
}

// Prints eleven words: resource, level, usage, stride, layer stride, x, y, z, w, h, d.
static void print_transfer(struct reader *reader)
{
	const uint32_t *words = reader->words;
	print_text(reader, " resource %u stride %u at %u,%u size %ux%u", words[0], words[3],
		words[5], words[6], words[8], words[9]);
	if (words[1] || words[2] || words[4] || words[7] || words[10] != 1)
		print_text(reader, " (odd)");
}

static void print_shader(struct reader *reader)
{
	const uint32_t *words = reader->words;
	const char *text = (const char *)(words + 5);
	unsigned bytes = words[2];
	bool whole = bytes && (bytes + 3) / 4 == reader->n - 5 && text[bytes - 1] == '\0' &&
		strlen(text) == bytes - 1;
	print_text(reader, " shader %u stage %u tokens %u outputs %u", words[0], words[1], words[3],
		words[4]);
	if (!whole)
		print_text(reader, " (broken)");
	else
		print_text(reader, " %.4s %u bytes", text, bytes);
}

static void print_create(struct reader *reader)
{
	static const unsigned lengths[] = {0, 11, 9, 5, 0, 5, 6, 9, 5};
	const uint32_t *words = reader->words;
	unsigned object = reader->object;
	if (object >= array_length(lengths) || (lengths[object] && reader->n != lengths[object]) ||
		(object == 4 && reader->n < 6)) {
		print_text(reader, " object %u (wrong length %u)", object, reader->n);
		return;
	}
	switch (object) {
	case 1:
		print_text(reader, " blend %u", words[0]);
		if (words[3] & 1)
			print_text(reader, " color %u*%u+%u alpha %u*%u+%u", words[3] >> 4 & 31,
				words[3] >> 1 & 7, words[3] >> 9 & 31, words[3] >> 17 & 31,
				words[3] >> 14 & 7, words[3] >> 22 & 31);
		print_text(
			reader, " mask %x%s", words[3] >> 27, words[1] || words[2] ? " (odd)" : "");
		print_rest(reader, 4);
		break;
	case 2:
		print_text(reader, " rasterizer %u %08x point %g line %g", words[0], words[1],
			(double)word_to_float(words[2]), (double)word_to_float(words[5]));
		print_text(reader, "%s", words[3] || words[4] ? " (odd)" : "");
		print_rest(reader, 6);
		break;
	case 3:
		print_text(reader, " dsa %u", words[0]);
		print_rest(reader, 1);
		break;
	case 4:
		print_shader(reader);
		break;
	case 5:
		print_text(reader, " elements %u offset %u divisor %u buffer %u format %u",
			words[0], words[1], words[2], words[3], words[4]);
		break;
	case 6:
		print_text(reader, " view %u resource %u format %u target %u swizzle %u%u%u%u",
			words[0], words[1], words[2] & 0xffffff, words[2] >> 24, words[5] & 7,
			words[5] >> 3 & 7, words[5] >> 6 & 7, words[5] >> 9);
		print_text(reader, "%s", words[3] || words[4] ? " (odd)" : "");
		break;
	case 7:
		print_text(reader, " sampler %u wrap %u%u%u min %u mip %u mag %u", words[0],
			words[1] & 7, words[1] >> 3 & 7, words[1] >> 6 & 7, words[1] >> 9 & 3,
			words[1] >> 11 & 3, words[1] >> 13);
		print_rest(reader, 2);
		break;
	case 8:
		print_text(
			reader, " surface %u resource %u format %u", words[0], words[1], words[2]);
		print_rest(reader, 3);
		break;
	}
}

static void print_draw(struct reader *reader)
{
	const uint32_t *words = reader->words;
	print_text(reader, " first %u count %u mode %u", words[0], words[1], words[2]);
	if (words[4] != 1 || words[9] != words[0] || words[10] != words[0] + words[1] - 1)
		print_text(reader, " (odd)");
	const unsigned zero[] = {3, 5, 6, 7, 8, 11};
	for (size_t i = 0; i < array_length(zero); i++)
		if (words[zero[i]])
			print_text(reader, " [%u]=%u", zero[i] + 1, words[zero[i]]);
}

static void print_copy(struct reader *reader)
{
	const uint32_t *words = reader->words;
	print_text(reader, " into %u at %u,%u from %u at %u,%u size %ux%u", words[0], words[2],
		words[3], words[5], words[7], words[8], words[10], words[11]);
	if (words[1] || words[4] || words[6] || words[9] || words[12] != 1)
		print_text(reader, " (odd)");
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

static void print_command(struct reader *reader, unsigned number)
{
	const uint32_t *words = reader->words;
	switch (number) {
	case 1:
		print_create(reader);
		break;
	case 2:
	case 3:
		print_text(reader, " object %u handle %u", reader->object, words[0]);
		break;
	case 4:
		print_words(reader, 0, 1);
		print_floats(reader, 1, 7);
		break;
	case 7:
		print_words(reader, 0, 1);
		print_floats(reader, 1, 5);
		print_rest(reader, 5);
		break;
	case 8:
		print_draw(reader);
		break;
	case 9:
		print_transfer(reader);
		print_text(reader, " words %u", reader->n - 11);
		break;
	case 12:
		print_words(reader, 0, 2);
		print_floats(reader, 2, reader->n);
		break;
	case 15:
		print_text(reader, " %u %u,%u to %u,%u", words[0], words[1] & 0xffff,
			words[1] >> 16, words[2] & 0xffff, words[2] >> 16);
		break;
	case 17:
		print_copy(reader);
		break;
	case 43:
		print_transfer(reader);
		print_text(reader, " offset %u %s", words[11],
			words[12] == 1           ? "to host"
				: words[12] == 2 ? "from host"
						 : "(odd)");
		break;
	case 45:
		print_transfer(reader);
		print_text(
			reader, " staging %u offset %u flags %u", words[11], words[12], words[13]);
		break;
	default:
		print_words(reader, 0, reader->n);
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
			print_text(&reader, "command %u of %u words ends after the stream\n",
				number, reader.n);
			break;
		}
		for (size_t i = 0; i < array_length(commands); i++)
			if (commands[i].number == number)
				command = &commands[i];
		if (!command || reader.n < command->least || reader.n > command->most) {
			print_text(&reader, "command %u (wrong length %u)", number, reader.n);
		} else {
			print_text(&reader, "%s", command->name);
			if (number > 3 && reader.object)
				print_text(&reader, " (object %u)", reader.object);
			print_command(&reader, number);
		}
		print_text(&reader, "\n");
		at += reader.n + 1;
	}
	fclose(reader.out);
	return text;
}
