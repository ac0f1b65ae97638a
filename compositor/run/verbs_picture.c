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

static enum progress fail_with(struct action *action, char *error)
{
	action_fail(action, "%s", error);
	free(error);
	return PROGRESS_FAILED;
}

static enum progress start_shot(struct action *action)
{
	struct shot shot;
	char *error = NULL;
	if (!shot_parse(action, &shot))
		return PROGRESS_FAILED;
	if (action->args.count != 2) {
		shot_finish(&shot);
		return action_usage(action);
	}
	struct image *image = shot_take(action->runner->server, &shot, &error);
	shot_finish(&shot);
	if (!image)
		return fail_with(action, error);
	bool saved = png_save(image, action->args.word[1], &error);
	out_text(&action->result, "{\"file\":");
	out_json(&action->result, action->args.word[1]);
	out_format(&action->result, ",\"width\":%d,\"height\":%d}", image->width, image->height);
	image_destroy(image);
	return saved ? PROGRESS_DONE : fail_with(action, error);
}

const struct verb verb_shot = {
	.name = "shot",
	.usage =
		"FILE.png [output=NAME | window=SELECTOR [popups] | region=X,Y,W,H] [scale=S] [cursor]",
	.help = "takes a picture of what is shown now",
	.start = start_shot,
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
	bool again = false;
	if (!settle_poll(&expect->settle, &again)) {
		action->runner->poll_again |= again;
		return PROGRESS_WAIT;
	}
	return compare_now(action);
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
