// SPDX-License-Identifier: MIT
// Taking pictures and comparing them with references.
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/core/server.h"
#include "compositor/run/compare.h"
#include "compositor/run/find.h"
#include "compositor/run/png.h"
#include "compositor/run/settle.h"
#include "compositor/run/shot.h"
#include "compositor/run/verbs.h"
#include "compositor/run/watch.h"

static enum progress fail_with(struct action *action, char *error)
{
	action_fail(action, "%s", error);
	free(error);
	return PROGRESS_FAILED;
}

// What `shot` takes, and with `settle` when. The quiet at the end is used to take and encode the
// picture ahead of time; it counts where nothing happened since.
struct shot_job {
	struct shot shot;
	struct settle settle;
	bool settles;
	void *data; // the file, NULL: not encoded yet
	size_t size;
	int width, height, tries;
	uint64_t activity; // of the watch, when it was taken
};

#define SHOT_TRIES 3 // of pictures that may be in vain

static void finish_shot(struct action *action)
{
	struct shot_job *job = action->data;
	if (!job)
		return;
	shot_finish(&job->shot);
	settle_finish(&job->settle);
	free(job->data);
	free(job);
}

static bool take_shot(struct action *action, struct shot_job *job)
{
	char *error = NULL;
	struct image *image = shot_take(action->runner->server, &job->shot, &error);
	if (!image) {
		fail_with(action, error);
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
	char *error = NULL;
	// Pointer images change without being counted.
	bool fresh =
		job->data && job->activity == action->runner->watch->activity && !job->shot.cursor;
	if (!fresh && !take_shot(action, job))
		return PROGRESS_FAILED;
	out_text(&action->result, "{\"file\":");
	out_json(&action->result, action->args.word[1]);
	out_format(&action->result, ",\"width\":%d,\"height\":%d}", job->width, job->height);
	return png_write(job->data, job->size, action->args.word[1], &error)
		? PROGRESS_DONE
		: fail_with(action, error);
}

static enum progress poll_shot(struct action *action)
{
	struct shot_job *job = action->data;
	enum progress progress = action_settle(action, &job->settle);
	if (progress == PROGRESS_DONE)
		return save_shot(action, job);
	if (progress == PROGRESS_WAIT && settle_is_likely(&job->settle) &&
		job->tries < SHOT_TRIES && !job->shot.cursor &&
		(!job->data || job->activity != action->runner->watch->activity)) {
		job->tries++;
		if (!take_shot(action, job))
			return PROGRESS_FAILED;
	}
	return progress;
}

static enum progress start_shot(struct action *action)
{
	struct shot_job *job = xcalloc(1, sizeof(*job));
	action->data = job;
	job->settles = action_flag(action, "settle");
	if (!shot_parse(action, &job->shot))
		return PROGRESS_FAILED;
	if (action->args.count != 2)
		return action_usage(action);
	if (!job->settles)
		return save_shot(action, job);
	settle_begin(&job->settle, action->runner->watch, SETTLE_REFRESHES);
	return poll_shot(action);
}

static char *why_shot(struct action *action)
{
	struct shot_job *job = action->data;
	return job && job->settle.watch ? settle_why(&job->settle) : NULL;
}

const struct verb verb_shot = {
	.name = "shot",
	.usage = "FILE.png [settle] [output=NAME | window=SELECTOR [popups] | region=X,Y,W,H] "
		 "[scale=S] [cursor]",
	.help = "takes a picture of what is shown now, or once it has settled",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.start = start_shot,
	.poll = poll_shot,
	.why = why_shot,
	.finish = finish_shot,
};

struct expect {
	struct shot shot;
	struct settle settle;
	struct compare_options options;
	char *diff; // where the difference goes; NULL: beside the others
	bool settled;
};

static void finish_expect(struct action *action)
{
	struct expect *expect = action->data;
	if (!expect)
		return;
	shot_finish(&expect->shot);
	settle_finish(&expect->settle);
	compare_options_finish(&expect->options);
	free(expect->diff);
	free(expect);
}

static bool parse_options(struct action *action, struct expect *expect)
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
			action_fail(action, "mask=%s: X,Y,WIDTH,HEIGHT is wanted", value);
		free(value);
		if (!good)
			return false;
	}
	expect->diff = words_take(&action->args, 1, "diff");
	return true;
}

// "ref/menu.png" and "actual" give "menu.actual.png", in the folder for failures or the current one.
static char *artifact(struct runner *runner, const char *reference, const char *kind)
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

// With a place for the difference, the other two go beside it.
static char *beside(const char *diff, const char *kind)
{
	size_t length = strlen(diff);
	if (length > 4 && strcmp(diff + length - 4, ".png") == 0)
		length -= 4;
	return xasprintf("%.*s.%s.png", (int)length, diff, kind);
}

static char *place_for(struct action *action, const struct expect *expect, const char *kind)
{
	if (expect->diff && strcmp(kind, "diff") == 0)
		return xstrdup(expect->diff);
	if (expect->diff)
		return beside(expect->diff, kind);
	return artifact(action->runner, action->args.word[1], kind);
}

// Leaves one picture; what could not be written becomes part of the message.
static void leave(struct action *action, const struct expect *expect, const struct image *image,
	const char *kind, struct out *message)
{
	char *path = place_for(action, expect, kind), *error = NULL;
	if (!image)
		out_format(message, "; no memory for %s", path);
	else if (png_save(image, path, &error))
		out_format(message, "%s%s", message->length ? ", " : "", path);
	else
		out_format(message, "; cannot write %s", error);
	free(error);
	free(path);
}

static enum progress no_reference(
	struct action *action, const struct expect *expect, const struct image *actual)
{
	struct out left = {0};
	leave(action, expect, actual, "actual", &left);
	action_fail(action,
		"there is no reference %s; look at the picture, and if it is right, keep it under that name "
		"(or run with --update): %s",
		action->args.word[1], out_get(&left));
	out_finish(&left);
	return PROGRESS_FAILED;
}

static enum progress differs(struct action *action, const struct expect *expect,
	const struct compare_result *result, const struct image *actual,
	const struct image *reference)
{
	struct out left = {0};
	leave(action, expect, actual, "actual", &left);
	leave(action, expect, reference, "reference", &left);
	struct image *diff = compare_draw(actual, reference, &expect->options);
	leave(action, expect, diff, "diff", &left);
	image_destroy(diff);
	char *what = compare_describe(result, actual, reference, &expect->options);
	action_fail(action, "%s: %s; see %s", action->args.word[1], what, out_get(&left));
	free(what);
	out_finish(&left);
	return PROGRESS_FAILED;
}

static enum progress compare_now(struct action *action)
{
	struct expect *expect = action->data;
	const char *path = action->args.word[1];
	char *error = NULL;
	bool missing;
	struct image *actual = shot_take(action->runner->server, &expect->shot, &error);
	if (!actual)
		return fail_with(action, error);
	enum progress progress;
	if (action->runner->update) {
		progress =
			png_save(actual, path, &error) ? PROGRESS_DONE : fail_with(action, error);
		image_destroy(actual);
		return progress;
	}
	struct image *reference = png_load(path, &error, &missing);
	if (!reference) {
		if (missing)
			progress = no_reference(action, expect, actual);
		else
			progress = action_fail(action, "%s", error);
		free(error);
		image_destroy(actual);
		return progress;
	}
	struct compare_result result;
	compare_images(actual, reference, &expect->options, &result);
	out_format(&action->result, "{\"same\":%s,\"pixels\":%lld,\"largest\":%d}",
		result.same ? "true" : "false", (long long)result.differing, result.largest);
	progress =
		result.same ? PROGRESS_DONE : differs(action, expect, &result, actual, reference);
	image_destroy(actual);
	image_destroy(reference);
	return progress;
}

static enum progress poll_expect(struct action *action)
{
	struct expect *expect = action->data;
	enum progress progress = action_settle(action, &expect->settle);
	return progress == PROGRESS_DONE ? compare_now(action) : progress;
}

static enum progress start_expect(struct action *action)
{
	struct expect *expect = xcalloc(1, sizeof(*expect));
	action->data = expect;
	if (!parse_options(action, expect))
		return PROGRESS_FAILED;
	bool now = action_flag(action, "now");
	if (!shot_parse(action, &expect->shot))
		return PROGRESS_FAILED;
	if (action->args.count != 2)
		return action_usage(action);
	if (now)
		return compare_now(action);
	settle_begin(&expect->settle, action->runner->watch, SETTLE_REFRESHES);
	return poll_expect(action);
}

static char *why_expect(struct action *action)
{
	struct expect *expect = action->data;
	return expect && expect->settle.watch ? settle_why(&expect->settle) : NULL;
}

const struct verb verb_expect = {
	.name = "expect",
	.usage = "REFERENCE.png [fuzz=N] [max-pixels=N] [mask=X,Y,W,H]... [diff=FILE.png] [now] "
		 "[output=NAME | window=SELECTOR | region=X,Y,W,H] [scale=S] [cursor]",
	.help = "settles and compares the picture with a file",
	.takes_time = true,
	.limit_ns = VERB_LIMIT,
	.start = start_expect,
	.poll = poll_expect,
	.why = why_expect,
	.finish = finish_expect,
};
