// SPDX-License-Identifier: MIT
// Reads the types of a new selection one after the other, each through a pipe. What the owner
// writes is bounded, and so is the time that it may take. Nothing that a password manager marks is
// read.
#include "compositor/seat/selection_keeper.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include "compositor/base/base.h"
#include "compositor/base/bytes.h"
#include "compositor/base/clock.h"
#include "compositor/base/datasource.h"
#include "compositor/base/log.h"
#include "compositor/base/pipe_reader.h"

#define MAX_TYPES 32
#define SILENCE_NS (10 * NSEC_PER_SEC) // of an owner that writes nothing
#define COPY_NS (60 * NSEC_PER_SEC)    // for all types
// Between the starts of two copies: a selection that follows the pointer (primary) changes with
// every motion. An owner that sets large ones in a row is read at this rate on average.
#define INTERVAL_NS (100 * NSEC_PER_MSEC)
#define BYTES_PER_SEC (16 << 20)
// A process that is killed closes its pipes just before its connection is seen to end. What ended
// that late may be cut off, unless it fits into the pipe at once.
#define PIPE_BYTES (64 << 10)
#define CUT_NS (50 * NSEC_PER_MSEC)

static const char hint_type[] = "x-kde-passwordManagerHint";

struct piece { // one type of the copy
	char *mime;
	struct bytes *bytes;
	uint64_t ended_ns;
};

struct pieces {
	struct piece *piece;
	size_t count, capacity, bytes;
};

struct selection_keeper {
	struct wl_event_loop *loop;
	struct clock *clock;
	size_t limit;
	struct data_source *source; // being read; NULL: none, or finished
	char *wanted[MAX_TYPES];    // in the order in which they are read
	size_t n_wanted, next;
	struct pipe_reader reader;
	struct timer start, deadline;
	uint64_t earliest_ns; // of the next copy
	struct pieces pieces;
};

static void piece_finish(struct piece *piece)
{
	free(piece->mime);
	bytes_unref(piece->bytes);
}

static void pieces_finish(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++)
		piece_finish(&pieces->piece[i]);
	free(pieces->piece);
	*pieces = (struct pieces){0};
}

// The copy as a source

struct kept_source {
	struct data_source base;
	struct wl_event_loop *loop;
	struct pieces pieces;
};

static void kept_send(struct data_source *base, const char *mime, int fd)
{
	struct kept_source *source = wl_container_of(base, source, base);
	for (size_t i = 0; i < source->pieces.count; i++) {
		if (strcmp(source->pieces.piece[i].mime, mime) != 0)
			continue;
		bytes_send(source->pieces.piece[i].bytes, 0, source->loop, fd);
		return;
	}
	close_fd(&fd);
}

static void kept_cancelled(struct data_source *base)
{
	struct kept_source *source = wl_container_of(base, source, base);
	data_source_finish(base);
	pieces_finish(&source->pieces);
	free(source);
}

static const struct data_source_impl kept_impl = {
	.send = kept_send,
	.cancelled = kept_cancelled,
};

// Takes the pieces.
static struct data_source *kept_source_create(struct wl_event_loop *loop, struct pieces *pieces)
{
	struct kept_source *source = xcalloc(1, sizeof(*source));
	data_source_init(&source->base, &kept_impl);
	source->loop = loop;
	source->pieces = *pieces;
	*pieces = (struct pieces){0};
	for (size_t i = 0; i < source->pieces.count; i++)
		data_source_offer(&source->base, source->pieces.piece[i].mime);
	return &source->base;
}

// Which types are read, and when

enum turn {
	TURN_HINT, // decides about the others
	TURN_TEXT, // small, and wanted most often
	TURN_REST,
	TURN_NEVER,
};

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static enum turn type_turn(const struct data_source *source, const char *mime)
{
	static const char *const names[] = {"UTF8_STRING", "TEXT", "STRING"};
	if (strcmp(mime, hint_type) == 0)
		return TURN_HINT;
	if (has_prefix(mime, "text/plain"))
		return TURN_TEXT;
	for (size_t i = 0; i < array_length(names); i++)
		if (strcmp(mime, names[i]) == 0)
			return TURN_TEXT;
	// Other targets of X are no data, or do something (DELETE). A key of the document portal
	// ends with its owner.
	if (!strchr(mime, '/') || has_prefix(mime, "application/vnd.portal."))
		return TURN_NEVER;
	// Programs offer a picture in every format that they can convert it to.
	if (has_prefix(mime, "image/") && strcmp(mime, "image/png") != 0 &&
		!has_prefix(mime, "image/svg") && data_source_has(source, "image/png"))
		return TURN_NEVER;
	return TURN_REST;
}

static void choose_types(struct selection_keeper *keeper)
{
	const struct data_source *source = keeper->source;
	for (enum turn turn = TURN_HINT; turn < TURN_NEVER; turn++)
		for (size_t i = 0; i < source->n_mimes && keeper->n_wanted < MAX_TYPES; i++)
			if (type_turn(source, source->mimes[i]) == turn)
				keeper->wanted[keeper->n_wanted++] = xstrdup(source->mimes[i]);
}

// Reading

// Ends reading; what was read stays.
static void copy_end(struct selection_keeper *keeper)
{
	keeper->source = NULL;
	pipe_reader_finish(&keeper->reader);
	timer_cancel(&keeper->start);
	timer_cancel(&keeper->deadline);
	for (size_t i = 0; i < keeper->n_wanted; i++)
		free(keeper->wanted[i]);
	keeper->n_wanted = keeper->next = 0;
}

static void copy_drop(struct selection_keeper *keeper)
{
	copy_end(keeper);
	pieces_finish(&keeper->pieces);
}

static void add_piece(struct selection_keeper *keeper, const char *mime, struct bytes *bytes)
{
	struct pieces *pieces = &keeper->pieces;
	array_reserve(pieces->piece, pieces->count, pieces->capacity);
	pieces->piece[pieces->count++] = (struct piece){
		.mime = xstrdup(mime),
		.bytes = bytes,
		.ended_ns = clock_now_ns(keeper->clock),
	};
	pieces->bytes += bytes->size;
}

static bool is_secret(const struct bytes *hint)
{
	static const char secret[] = "secret";
	const size_t length = sizeof(secret) - 1;
	return hint->size >= length && memcmp(hint->data, secret, length) == 0;
}

static void read_next(struct selection_keeper *keeper);

static void on_read(void *data, struct bytes *bytes, int error)
{
	struct selection_keeper *keeper = data;
	const char *mime = keeper->wanted[keeper->next++];
	bool is_hint = strcmp(mime, hint_type) == 0;
	uint64_t read = bytes ? bytes->size : keeper->reader.used;
	keeper->earliest_ns += read * NSEC_PER_SEC / BYTES_PER_SEC;
	if (is_hint && (!bytes || is_secret(bytes))) {
		bytes_unref(bytes);
		copy_drop(keeper);
		return;
	}
	if (bytes)
		add_piece(keeper, mime, bytes);
	else
		log_debug("%s of a selection is not kept: %s", mime, strerror(error));
	// An owner that does not write one type would not write the others.
	if (error == ETIMEDOUT)
		copy_end(keeper);
	else
		read_next(keeper);
}

static void read_next(struct selection_keeper *keeper)
{
	size_t left = keeper->limit - keeper->pieces.bytes;
	if (keeper->next == keeper->n_wanted) {
		copy_end(keeper);
		return;
	}
	int fd = pipe_reader_start(&keeper->reader, keeper->loop, keeper->clock,
		MIN(keeper->limit / 2, left), SILENCE_NS, on_read, keeper);
	if (fd < 0) {
		log_errno("cannot keep a selection");
		copy_end(keeper);
		return;
	}
	data_source_send(keeper->source, keeper->wanted[keeper->next], fd);
}

static void on_start(void *data)
{
	struct selection_keeper *keeper = data;
	uint64_t now_ns = clock_now_ns(keeper->clock);
	keeper->earliest_ns = now_ns + INTERVAL_NS;
	timer_set(&keeper->deadline, now_ns + COPY_NS);
	choose_types(keeper);
	read_next(keeper);
}

static void on_deadline(void *data)
{
	copy_end(data);
}

struct selection_keeper *selection_keeper_create(
	struct wl_event_loop *loop, struct clock *clock, size_t limit)
{
	struct selection_keeper *keeper = xcalloc(1, sizeof(*keeper));
	keeper->loop = loop;
	keeper->clock = clock;
	keeper->limit = limit;
	timer_init(&keeper->start, clock, on_start, keeper);
	timer_init(&keeper->deadline, clock, on_deadline, keeper);
	return keeper;
}

void selection_keeper_destroy(struct selection_keeper *keeper)
{
	if (!keeper)
		return;
	copy_drop(keeper);
	timer_finish(&keeper->start);
	timer_finish(&keeper->deadline);
	free(keeper);
}

void selection_keeper_follow(struct selection_keeper *keeper, struct data_source *source)
{
	copy_drop(keeper);
	if (!source || !source->impl->ends_with_owner)
		return;
	keeper->source = source;
	// From the loop, as the owner may replace it in the same turn.
	timer_set(&keeper->start, MAX(clock_now_ns(keeper->clock), keeper->earliest_ns));
}

static bool piece_is_cut(const struct piece *piece, uint64_t now_ns)
{
	size_t size = piece->bytes->size;
	return (size == 0 || size > PIPE_BYTES) && now_ns - piece->ended_ns < CUT_NS;
}

struct data_source *selection_keeper_succeed(struct selection_keeper *keeper)
{
	struct pieces *pieces = &keeper->pieces;
	uint64_t now_ns = clock_now_ns(keeper->clock);
	copy_end(keeper);
	size_t kept = 0;
	for (size_t i = 0; i < pieces->count; i++) {
		struct piece *piece = &pieces->piece[i];
		if (piece_is_cut(piece, now_ns)) {
			pieces->bytes -= piece->bytes->size;
			piece_finish(piece);
		} else {
			pieces->piece[kept++] = *piece;
		}
	}
	pieces->count = kept;
	return kept ? kept_source_create(keeper->loop, pieces) : NULL;
}
