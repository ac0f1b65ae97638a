// SPDX-License-Identifier: MIT
// Finds descendants and ancestors of processes through /proc.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The descendants of a process, zombies included, *count of them, parents before their children.
// Without /proc there are none. The caller frees the array, which is never NULL.
pid_t *descendants_of(pid_t root, size_t *count);
// The parent of a process, which may be a zombie; 0: the process is gone.
pid_t parent_of(pid_t pid);
// The process descends from ancestor and was started at or after since_ns (CLOCK_BOOTTIME), to the
// kernel's resolution of some milliseconds. False also if that cannot be found out.
bool process_started_by(pid_t pid, pid_t ancestor, uint64_t since_ns);
