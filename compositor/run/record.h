// SPDX-License-Identifier: MIT
// A folder with every frame that was shown as a numbered picture, and a log of what happened.
#pragma once
#include <stdbool.h>

struct record;
struct server;

struct record *record_create(struct server *server, const char *folder); // NULL: logged
void record_destroy(struct record *record);                              // NULL is allowed
void record_note(struct record *record, const char *what);               // NULL record is allowed
