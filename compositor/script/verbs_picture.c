// SPDX-License-Identifier: MIT
// Verbs shot and expect: take a picture, and compare it with a reference file.
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/png.h"
#include "compositor/picture/compare.h"
#include "compositor/script/arguments.h"
#include "compositor/script/client_watch.h"
#include "compositor/script/file_job.h"
#include "compositor/script/lookup.h"
#include "compositor/script/runner.h"
#include "compositor/script/settle.h"
#include "compositor/script/shot_options.h"
#include "compositor/script/verbs.h"
#include "compositor/server.h"

static enum progress fail_with_error(struct action *action, char *error)
{
	action_fail(action, "%s", error);
	free(error);
	return PROGRESS_FAILED;
}

// State of the verb shot. With `settle`, the picture is taken and encoded ahead, while only the end
// of the quiet time is missing, and used if nothing happened since.
struct shot_job {
	struct shot_options options;
	struct settle settle;
	bool with_settle;
	void *data; // the file, NULL: not encoded yet
	size_t size;
	int width, height, tries;
	uint64_t activity; // client_watch.activity when it was taken
};

#define SHOT_TRIES 3 // pictures that are taken ahead

static void finish_shot(struct action *action)
{
	struct shot_job *job = action->data;
	if (!job)
		return;
	shot_options_finish(&job->options);
	settle_finish(&job->settle);
	free(job->data);
	free(job);
}

static bool take_shot(struct action *action, struct shot_job *job)
{
	char *error = NULL;
	struct image *image = shot_options_take(&job->options, action->runner->server, &error);
	if (!image) {
		fail_with_error(action, error);
		return false;
	}
	free(job->data);
	job->data = NULL;
	job->width = image->width;
	job->height = image->height;
	job->activity = action->runner->watch->activity;
	bool ok = png_encode(image, &job->data, &job->size);
	image_destroy(image);
	if (!ok)
		action_fail(action, "%s: the picture cannot be encoded", action->args.word[1]);
	return ok;
}

static enum progress save_shot(struct action *action, struct shot_job *job)
{
	// Changes of the pointer image do not count as activity.
	bool fresh = job->data && job->activity == action->runner->watch->activity &&
		!job->options.cursor;
	if (!fresh && !take_shot(action, job))
		return PROGRESS_FAILED;
	strbuf_puts(&action->result, "{\"file\":");
	strbuf_json(&action->result, action->args.word[1]);
	strbuf_printf(&action->result, ",\"width\":%d,\"height\":%d}", job->width, job->height);
	void *data = job->data;
	job->data = NULL;
	return file_job_write(action, action->args.word[1], data, job->size);
}

static enum progress poll_shot(struct action *action)
{
	struct shot_job *job = action->data;
	if (action->job)
		return file_job_poll(action);
	enum progress progress = action_settle(action, &job->settle);
	if (progress == PROGRESS_DONE)
		return save_shot(action, job);
	if (progress == PROGRESS_WAIT && settle_is_likely(&job->settle) &&
		job->tries < SHOT_TRIES && !job->options.cursor &&
		(!job->data || job->activity != action->runner->watch->activity)) {
		job->tries++;
		if (!take_shot(action, job))
			return PROGRESS_FAILED;
	}
	return progress;
}

static bool parse_shot(struct action *action)
{
	struct shot_job *job = xcalloc(1, sizeof(*job));
	action->data = job;
	job->with_settle = action_flag(action, "settle");
	if (!shot_options_parse(action, &job->options))
		return false;
	return action->args.count < 2 ? action_usage(action) : action_ends_at(action, 2);
}

static enum progress start_shot(struct action *action)
{
	struct shot_job *job = action->data;
	if (!job->with_settle)
		return save_shot(action, job);
	settle_begin(&job->settle, action->runner->watch, SETTLE_REFRESHES);
	return poll_shot(action);
}

static char *why_shot(struct action *action)
{
	struct shot_job *job = action->data;
	return job->settle.watch ? settle_why(&job->settle) : NULL;
}

const struct verb verb_shot = {
	.name = "shot",
	.usage = "FILE.png [settle] [output=NAME | window=SELECTOR [popups] | region=X,Y,W,H] "
		 "[scale=S] [cursor]",
	.help = "saves a screenshot, now or after settle",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.parse = parse_shot,
	.start = start_shot,
	.poll = poll_shot,
	.why = why_shot,
	.finish = finish_shot,
};

struct expect {
	struct shot_options shot;
	struct settle settle;
	struct compare_options options;
	char *diff; // path of the picture of the difference; NULL: beside the others
	bool now;   // without settle
};

static void finish_expect(struct action *action)
{
	struct expect *expect = action->data;
	if (!expect)
		return;
	shot_options_finish(&expect->shot);
	settle_finish(&expect->settle);
	compare_options_finish(&expect->options);
	free(expect->diff);
	free(expect);
}

static bool parse_compare_options(struct action *action, struct expect *expect)
{
	long fuzz = 0, pixels = 0;
	if (!action_integer(action, "fuzz", 0, 255, &fuzz) ||
		!action_integer(action, "max-pixels", 0, LONG_MAX, &pixels))
		return false;
	expect->options.fuzz = (int)fuzz;
	expect->options.max_pixels = pixels;
	char *value;
	while ((value = words_take(&action->args, 1, "mask"))) {
		struct box mask;
		bool good = arg_box(value, &mask);
		if (good)
			compare_add_mask(&expect->options, &mask);
		else
			action_fail(action, "mask=%s: expected X,Y,WIDTH,HEIGHT", value);
		free(value);
		if (!good)
			return false;
	}
	expect->diff = words_take(&action->args, 1, "diff");
	return true;
}

// "ref/menu.png" and "actual" become "menu.actual.png", in the folder for failures or the current
// one. The caller frees the path.
static char *artifact_path(struct runner *runner, const char *reference, const char *kind)
{
	const char *slash = strrchr(reference, '/');
	char *base = xstrdup(slash ? slash + 1 : reference);
	char *dot = strrchr(base, '.');
	if (dot && dot != base)
		*dot = '\0';
	char *path = xasprintf("%s%s%s.%s.png", runner->artifacts ? runner->artifacts : "",
		runner->artifacts ? "/" : "", base, kind);
	free(base);
	return path;
}

// "d.png" and "actual" become "d.actual.png". The caller frees the path.
static char *sibling_path(const char *diff, const char *kind)
{
	size_t length = strlen(diff);
	if (length > 4 && strcmp(diff + length - 4, ".png") == 0)
		length -= 4;
	return xasprintf("%.*s.%s.png", (int)length, diff, kind);
}

static char *path_for(struct action *action, const struct expect *expect, const char *kind)
{
	if (expect->diff && strcmp(kind, "diff") == 0)
		return xstrdup(expect->diff);
	if (expect->diff)
		return sibling_path(expect->diff, kind);
	return artifact_path(action->runner, action->args.word[1], kind);
}

// The comparison, in a thread: it reads the reference and writes the pictures of a failure.
struct comparison {
	struct image *actual;                      // owned
	char *path;                                // of the reference; owned
	char *of;                                  // shot_options_describe; owned
	char *actual_path, *copy_path, *diff_path; // of the pictures of a failure; owned
	struct compare_options options;
	bool update;
	// the outcome
	struct compare_result result;
	bool compared;
	char *error; // owned; NULL: the same
};

static void comparison_destroy(void *data)
{
	struct comparison *comparison = data;
	char *const paths[] = {comparison->path, comparison->actual_path, comparison->copy_path,
		comparison->diff_path, comparison->error, comparison->of};
	for (size_t i = 0; i < array_length(paths); i++)
		free(paths[i]);
	compare_options_finish(&comparison->options);
	image_destroy(comparison->actual);
	free(comparison);
}

// Saves a picture and appends its path, or the error, to the message.
static void save_artifact(const struct image *image, const char *path, struct strbuf *message)
{
	char *error = NULL;
	if (!image)
		strbuf_printf(message, "; out of memory for %s", path);
	else if (png_save(image, path, &error))
		strbuf_printf(message, "%s%s", message->length ? ", " : "", path);
	else
		strbuf_printf(message, "; cannot write %s", error);
	free(error);
}

static char *report_no_reference(const struct comparison *comparison)
{
	struct strbuf saved = {0};
	save_artifact(comparison->actual, comparison->actual_path, &saved);
	char *text = xasprintf(
		"there is no reference %s; if this picture%s is right, save it under that name (or run "
		"with --update): %s",
		comparison->path, comparison->of, strbuf_get(&saved));
	strbuf_finish(&saved);
	return text;
}

static char *report_difference(const struct comparison *comparison, const struct image *reference)
{
	struct strbuf saved = {0};
	const struct image *actual = comparison->actual;
	save_artifact(actual, comparison->actual_path, &saved);
	save_artifact(reference, comparison->copy_path, &saved);
	struct image *diff = compare_draw(actual, reference, &comparison->options);
	save_artifact(diff, comparison->diff_path, &saved);
	image_destroy(diff);
	char *what = compare_describe(&comparison->result, actual, reference, &comparison->options);
	const char *of = comparison->of;
	char *text = xasprintf(*of ? "%s: the picture%s: %s; see %s" : "%s:%s %s; see %s",
		comparison->path, of, what, strbuf_get(&saved));
	free(what);
	strbuf_finish(&saved);
	return text;
}

// Creates the directory of a path. Failures show when the file is written.
static void make_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash || slash == path)
		return;
	char *folder = xasprintf("%.*s", (int)(slash - path), path);
	make_directories(folder, 0777);
	free(folder);
}

static void comparison_run(void *data)
{
	struct comparison *comparison = data;
	bool missing = false;
	if (comparison->update) {
		make_folder_of(comparison->path);
		png_save(comparison->actual, comparison->path, &comparison->error);
		return;
	}
	struct image *reference = png_load(comparison->path, &comparison->error, &missing);
	if (missing) {
		free(comparison->error);
		comparison->error = report_no_reference(comparison);
	}
	if (!reference)
		return;
	compare_images(comparison->actual, reference, &comparison->options, &comparison->result);
	comparison->compared = true;
	if (!comparison->result.same)
		comparison->error = report_difference(comparison, reference);
	image_destroy(reference);
}

static enum progress take_picture(struct action *action)
{
	struct expect *expect = action->data;
	const char *path = action->args.word[1];
	char *error = NULL;
	struct image *actual = shot_options_take(&expect->shot, action->runner->server, &error);
	if (!actual)
		return fail_with_error(action, error);
	struct comparison *comparison = xcalloc(1, sizeof(*comparison));
	comparison->actual = actual;
	comparison->path = xstrdup(path);
	comparison->of = shot_options_describe(&expect->shot, action->runner->server);
	comparison->actual_path = path_for(action, expect, "actual");
	comparison->copy_path = path_for(action, expect, "reference");
	comparison->diff_path = path_for(action, expect, "diff");
	comparison->update = action->runner->update;
	comparison->options = expect->options;
	expect->options = (struct compare_options){0};
	return file_job_call(action, path, comparison_run, comparison_destroy, comparison);
}

static enum progress end_comparison(struct action *action)
{
	const struct comparison *comparison = file_job_data(action);
	const struct compare_result *result = &comparison->result;
	if (comparison->compared)
		strbuf_printf(&action->result, "{\"same\":%s,\"pixels\":%lld,\"largest\":%d}",
			result->same ? "true" : "false", (long long)result->differing,
			result->largest);
	return comparison->error ? action_fail(action, "%s", comparison->error) : PROGRESS_DONE;
}

static enum progress poll_expect(struct action *action)
{
	struct expect *expect = action->data;
	enum progress progress =
		action->job ? file_job_poll(action) : action_settle(action, &expect->settle);
	if (progress != PROGRESS_DONE)
		return progress;
	return action->job ? end_comparison(action) : take_picture(action);
}

static bool parse_expect(struct action *action)
{
	struct expect *expect = xcalloc(1, sizeof(*expect));
	action->data = expect;
	if (!parse_compare_options(action, expect))
		return false;
	expect->now = action_flag(action, "now");
	if (!shot_options_parse(action, &expect->shot))
		return false;
	return action->args.count < 2 ? action_usage(action) : action_ends_at(action, 2);
}

static enum progress start_expect(struct action *action)
{
	struct expect *expect = action->data;
	if (expect->now)
		return take_picture(action);
	settle_begin(&expect->settle, action->runner->watch, SETTLE_REFRESHES);
	return poll_expect(action);
}

static char *why_expect(struct action *action)
{
	struct expect *expect = action->data;
	return expect->settle.watch ? settle_why(&expect->settle) : NULL;
}

const struct verb verb_expect = {
	.name = "expect",
	.usage = "REFERENCE.png [fuzz=N] [max-pixels=N] [mask=X,Y,W,H]... [diff=FILE.png] [now] "
		 "[output=NAME | window=SELECTOR | region=X,Y,W,H] [scale=S] [cursor]",
	.help = "settles, then compares the picture with a file",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.parse = parse_expect,
	.start = start_expect,
	.poll = poll_expect,
	.why = why_expect,
	.finish = finish_expect,
};
