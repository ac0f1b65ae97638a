// SPDX-License-Identifier: MIT
// Files of verbs, read and written in a thread: action.job. It ends with the verb, also at the
// verb's time limit. Virtual time stands still meanwhile (runner.c).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "compositor/script/runner.h"

// Starts to read a file of at most limit bytes. PROGRESS_WAIT, or the action fails. The action must
// have no job.
enum progress file_job_read(struct action *action, const char *path, size_t limit);
// The same for writing. Takes the data, from malloc.
enum progress file_job_write(struct action *action, const char *path, void *data, size_t size);

// Starts run(data) in a thread; what it does with files is its own matter. Takes data, which drop
// frees, in the loop or in the thread. path is for messages.
enum progress file_job_call(struct action *action, const char *path, void (*run)(void *data),
	void (*drop)(void *data), void *data);

// Whether the job is done; PROGRESS_FAILED: the action has its error.
enum progress file_job_poll(struct action *action);
// After PROGRESS_DONE: what was read. The caller frees the data.
char *file_job_take(struct action *action, size_t *size);
// After PROGRESS_DONE: the data of file_job_call, borrowed until the job ends.
void *file_job_data(struct action *action);
// Ends the job, so that the action can have another. What it reads or writes meanwhile is dropped.
// Accepts an action without a job.
void file_job_finish(struct action *action);
