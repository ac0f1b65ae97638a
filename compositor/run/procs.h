// SPDX-License-Identifier: MIT
// Whether programs have come to rest: every thread of every process that we started sleeps.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct children;
struct procs;

struct procs *procs_create(const struct children *children); // children NULL: only extra pids
void procs_destroy(struct procs *procs);                     // NULL is allowed
// True when at one moment during the call no thread of a descendant or of an extra process ran,
// waited for a processor or for a disk. Where false, *who (may be NULL; caller frees) names one.
// A thread that never sleeps is left out once it has used a second of processor time.
bool procs_asleep(struct procs *procs, const pid_t *extra, size_t n_extra, char **who);
// Differs between two calls of procs_asleep that were true when anybody ran in between.
uint64_t procs_signature(const struct procs *procs);
// The same for one process and nobody else.
bool procs_one_asleep(struct procs *procs, pid_t pid);
char *procs_name(pid_t pid); // "foot"; caller frees, never NULL
