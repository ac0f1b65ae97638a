// SPDX-License-Identifier: MIT
// Opens files by names that come from outside: command lines, scripts, configuration, themes. Such
// a name may lead to a FIFO, a socket, a terminal or an endless device, none of which may stop the
// event loop. Regular files are accepted, and the kernel's memory devices (/dev/null, /dev/full).
//
// All functions set *error to "PATH: what is wrong", which the caller frees, and errno, on failure
// only. error may be NULL.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

// Opens a file for reading; close-on-exec. -1: failed.
int file_open(const char *path, char **error);
// Reads a whole file of at most limit bytes. The caller frees the text, which ends with a zero byte
// that *size (may be NULL) does not count. NULL: failed, also when there is no memory.
char *file_read(const char *path, size_t limit, size_t *size, char **error);
// The same, for files that are read once, before the event loop runs: waits ten seconds for the
// writer of an unnamed pipe (/dev/fd/63, as a shell's process substitution makes it).
char *file_read_at_start(const char *path, size_t limit, size_t *size, char **error);
// Creates a file, or empties an existing one, for writing; close-on-exec. mode is that of a new
// file (less the umask). The program's own standard output and error are accepted whatever they
// are. -1: failed.
int file_create(const char *path, mode_t mode, char **error);
// The same as a stream, with mode 0666. NULL: failed.
FILE *file_create_stream(const char *path, char **error);
