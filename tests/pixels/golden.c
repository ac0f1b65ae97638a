// SPDX-License-Identifier: MIT
// Compares images with the golden pictures in golden/.
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "compositor/base/base.h"
#include "compositor/base/png.h"
#include "compositor/picture/compare.h"
#include "tests/harness/test.h"
#include "tests/pixels/scene_spec.h"

#define FAILED_DIR "pixels-failed"

static void save_image(const struct image *image, const char *path)
{
	char *error = NULL;
	if (!image || png_save(image, path, &error))
		return;
	fprintf(stderr, "%s\n", error);
	free(error);
}

static void save_failed(const char *name, const char *kind, const struct image *image)
{
	char *path = xasprintf(FAILED_DIR "/%s-%s.png", name, kind);
	save_image(image, path);
	free(path);
}

static void compare_golden(
	const struct image *actual, const struct image *wanted, int fuzz, const char *name)
{
	struct compare_options options = {.fuzz = fuzz};
	struct compare_result result;
	compare_images(actual, wanted, &options, &result);
	if (result.same)
		return;
	mkdir(FAILED_DIR, 0777);
	struct image *difference = compare_draw(actual, wanted, &options);
	save_failed(name, "actual", actual);
	save_failed(name, "wanted", wanted);
	save_failed(name, "difference", difference);
	char *text = compare_describe(&result, actual, wanted, &options);
	test_fail(__FILE__, __LINE__, "%s: %s; see " FAILED_DIR "/%s-difference.png", name, text,
		name);
}

void check_images(struct image *actual, struct image *wanted, int fuzz, const char *format, ...)
{
	char name[128];
	va_list args;
	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	compare_golden(actual, wanted, fuzz, name);
	image_destroy(actual);
	image_destroy(wanted);
}

void check_golden(struct image *image, enum golden_kind kind, const char *format, ...)
{
	char name[128];
	va_list args;
	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	char *path = xasprintf("%s/pixels/golden/%s.png", TEST_ROOT, name);
	const char *update = getenv("UPDATE_GOLDEN"), *renderer = getenv("TEST_RENDERER");
	bool reference = !renderer || strcmp(renderer, "pixman") == 0;
	if (reference && update && strcmp(update, "1") == 0) {
		save_image(image, path);
	} else {
		char *error = NULL;
		bool missing;
		struct image *golden = png_load(path, &error, &missing);
		if (!golden)
			test_fail(__FILE__, __LINE__, "%s; UPDATE_GOLDEN=1 makes it", error);
		compare_golden(image, golden, reference ? 0 : (int)kind, name);
		image_destroy(golden);
	}
	free(path);
	image_destroy(image);
}
