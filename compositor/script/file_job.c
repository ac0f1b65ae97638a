// SPDX-License-Identifier: MIT
#include "compositor/script/file_job.h"
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/file.h"
#include "compositor/base/png.h"
#include "compositor/base/workers.h"
#include "compositor/server.h"

enum kind {
	KIND_READ,
	KIND_CALL,
	KIND_WRITE,
};

struct file_job {
	struct work *work; // NULL: done
	enum kind kind;
	char *path; // owned
	size_t limit;
	char *data; // owned; read, or to be written
	size_t size;
	char *error; // owned; NULL: good
	void (*run)(void *data);
	void (*drop)(void *data);
	void *call_data; // owned
};

static void job_run(void *data)
{
	struct file_job *job = data;
	switch (job->kind) {
	case KIND_READ:
		job->data = file_read(job->path, job->limit, &job->size, &job->error);
		break;
	case KIND_CALL:
		job->run(job->call_data);
		break;
	case KIND_WRITE:
		png_write(job->data, job->size, job->path, &job->error);
		break;
	}
}

static void job_done(void *data)
{
	((struct file_job *)data)->work = NULL;
}

static void job_drop(void *data)
{
	struct file_job *job = data;
	if (job->drop)
		job->drop(job->call_data);
	free(job->data);
	free(job->error);
	free(job->path);
	free(job);
}

static const struct work_impl impl = {
	.run = job_run,
	.done = job_done,
	.drop = job_drop,
};

// Takes the job.
static enum progress job_start(struct action *action, struct file_job *job, const char *path)
{
	job->path = xstrdup(path);
	job->work = workers_start(action->runner->server->workers, &impl, job);
	if (!job->work) {
		job_drop(job);
		return action_fail(action, "%s: too many other files are waited for", path);
	}
	action->job = job;
	return PROGRESS_WAIT;
}

enum progress file_job_read(struct action *action, const char *path, size_t limit)
{
	struct file_job *job = xcalloc(1, sizeof(*job));
	job->kind = KIND_READ;
	job->limit = limit;
	return job_start(action, job, path);
}

enum progress file_job_call(struct action *action, const char *path, void (*run)(void *data),
	void (*drop)(void *data), void *data)
{
	struct file_job *job = xcalloc(1, sizeof(*job));
	job->kind = KIND_CALL;
	job->run = run;
	job->drop = drop;
	job->call_data = data;
	return job_start(action, job, path);
}

enum progress file_job_write(struct action *action, const char *path, void *data, size_t size)
{
	struct file_job *job = xcalloc(1, sizeof(*job));
	job->kind = KIND_WRITE;
	job->data = data;
	job->size = size;
	return job_start(action, job, path);
}

enum progress file_job_poll(struct action *action)
{
	const struct file_job *job = action->job;
	if (job->work)
		return PROGRESS_WAIT;
	return job->error ? action_fail(action, "%s", job->error) : PROGRESS_DONE;
}

char *file_job_take(struct action *action, size_t *size)
{
	char *data = action->job->data;
	*size = action->job->size;
	action->job->data = NULL;
	return data;
}

void *file_job_data(struct action *action)
{
	return action->job->call_data;
}

void file_job_finish(struct action *action)
{
	struct file_job *job = action->job;
	action->job = NULL;
	if (job && job->work)
		work_abandon(job->work);
	else if (job)
		job_drop(job);
}
