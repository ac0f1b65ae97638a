// SPDX-License-Identifier: MIT
// Files that are written while the program runs, such as logs and reports. A write or close that
// fails, as on a full disk, is logged once per file.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct outfile { // zeroed: not open; what is written to it is discarded
	FILE *file;
	char *path;  // owned
	bool failed; // logged
};

// Creates or empties a file, of the kinds that file_create() accepts. False: logged.
bool outfile_open(struct outfile *out, const char *path);
// Appends bytes, which are buffered.
void outfile_write(struct outfile *out, const void *data, size_t size);
// Writes what is buffered.
void outfile_flush(struct outfile *out);
// Closes the file. False: it is incomplete. Accepts a zeroed struct, which is complete.
bool outfile_close(struct outfile *out);
// Writes what is buffered for standard output. The first failure is logged and sets *failed.
void outfile_flush_standard(bool *failed);
