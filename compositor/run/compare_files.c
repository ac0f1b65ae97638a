// SPDX-License-Identifier: MIT
// `oriel compare`: two files, a sentence, an exit status, perhaps a third file.
#include <stdio.h>
#include <stdlib.h>
#include "compositor/base/log.h"
#include "compositor/run/compare.h"
#include "compositor/run/png.h"
#include "compositor/run/run.h"

static struct image *load(const char *path)
{
	char *error = NULL;
	struct image *image = png_load(path, &error, NULL);
	if (!image)
		log_error("%s", error);
	free(error);
	return image;
}

static bool save_diff(const struct image *actual, const struct image *reference,
	const struct compare_options *options, const char *path)
{
	char *error = NULL;
	struct image *diff = compare_draw(actual, reference, options);
	bool saved = diff && png_save(diff, path, &error);
	if (!saved)
		log_error("%s", error ? error : "no memory for the difference");
	free(error);
	image_destroy(diff);
	return saved;
}

int compare_files(const char *actual_path, const char *reference_path,
	const struct compare_options *options, const char *diff)
{
	int status = 2; // as cmp(1) and diff(1)
	struct image *actual = load(actual_path), *reference = load(reference_path);
	if (actual && reference) {
		struct compare_result result;
		compare_images(actual, reference, options, &result);
		status = result.same ? 0 : 1;
		char *what = compare_describe(&result, actual, reference, options);
		printf("%s\n", what);
		free(what);
		if (diff && !result.same && !save_diff(actual, reference, options, diff))
			status = 2;
	}
	image_destroy(actual);
	image_destroy(reference);
	return status;
}
