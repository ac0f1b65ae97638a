// SPDX-License-Identifier: MIT
// Loads two PNG files, compares them, and prints the result.
#include "compositor/cli/compare_files.h"
#include <stdio.h>
#include <stdlib.h>
#include "compositor/base/exit_status.h"
#include "compositor/base/log.h"
#include "compositor/base/png.h"
#include "compositor/picture/compare.h"

static struct image *load_image(const char *path)
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
		log_error("%s", error ? error : "out of memory");
	free(error);
	image_destroy(diff);
	return saved;
}

int compare_files(const char *actual_path, const char *reference_path,
	const struct compare_options *options, const char *diff)
{
	int status = COMPARE_ERROR;
	struct image *actual = load_image(actual_path), *reference = load_image(reference_path);
	if (actual && reference) {
		struct compare_result result;
		compare_images(actual, reference, options, &result);
		status = result.same ? 0 : 1;
		char *what = compare_describe(&result, actual, reference, options);
		printf("%s\n", what);
		free(what);
		if (diff && !result.same && !save_diff(actual, reference, options, diff))
			status = COMPARE_ERROR;
	}
	image_destroy(actual);
	image_destroy(reference);
	return status;
}
