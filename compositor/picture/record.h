// SPDX-License-Identifier: MIT
// Records a run: every frame as a numbered picture, and a log of events.
#pragma once
#include <stdbool.h>

struct record;
struct server;

// Records into a directory, which is created with its parents. NULL: logged.
struct record *record_create(struct server *server, const char *folder);
// False: the recording is incomplete (logged). Accepts NULL.
bool record_destroy(struct record *record);
// Records no more frames: those of a program that is ended show nothing. Accepts NULL.
void record_end_frames(struct record *record);
// Appends a line to the log of events, with the time. Accepts a NULL record.
void record_note(struct record *record, const char *what);
