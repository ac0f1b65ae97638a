// SPDX-License-Identifier: MIT
// Checks whether all threads of a set of processes sleep, through /proc.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct children;
struct procs;

// Observes all descendants of children; NULL: only the extra processes of each call.
struct procs *procs_create(const struct children *children);
// Accepts NULL.
void procs_destroy(struct procs *procs);
// True when at one moment during the call no thread of a descendant or of an extra process was
// running, runnable or waiting for a disk. Where false, *who (may be NULL; caller frees) names one.
// A thread that never sleeps is ignored once it has used a second of processor time.
bool procs_asleep(struct procs *procs, const pid_t *extra, size_t n_extra, char **who);
// A value that differs between two successful calls of procs_asleep if a thread ran in between.
uint64_t procs_signature(const struct procs *procs);
// The same as procs_asleep, for one process only.
bool procs_one_asleep(struct procs *procs, pid_t pid);
// The name of a process, "foot", or "?". The caller frees it.
char *procs_name(pid_t pid);
