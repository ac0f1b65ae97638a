// SPDX-License-Identifier: MIT
// The desktop's picture: read in the background, scaled for each output, and replaced by the colour
// where it cannot be read.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/png.h"
#include "compositor/base/workers.h"
#include "compositor/config/config.h"
#include "compositor/output/output.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

#define RED 0xff0000u
#define COLOR 0x2b3a4au // the default

static struct server_options options_with(const char *image)
{
	struct config *config = config_create_default();
	replace_string(&config->desktop.image, image);
	replace_string(&config->desktop.image_mode, "stretch");
	return (struct server_options){
		.virtual_clock = true,
		.width = 640,
		.height = 480,
		.outputs = 2,
		.builtin_cursor = true,
		.config = config,
	};
}

static char *save_picture(int width, int height)
{
	char *path = xasprintf("%s/picture.png", test_dir()), *error = NULL;
	struct image *image = image_create(width, height);
	for (int i = 0; i < width * height; i++)
		image->pixels[i] = 0xff000000 | RED;
	check(png_save(image, path, &error));
	image_destroy(image);
	return path;
}

TEST(wallpaper_follows_its_output)
{
	char *path = save_picture(3, 2);
	struct server_options options = options_with(path);
	struct fixture *fixture = fixture_create(&options);
	fixture_frames(fixture, 3);
	check_eq(fixture_pixel(fixture, 600, 400), RED);
	struct output *output = wl_container_of(fixture->server->outputs.next, output, link);
	struct output_change change = output_change_none(output);
	change.scale = 2;
	check(outputs_apply(fixture->server, &change, 1, false));
	fixture_frames(fixture, 3);
	check_eq(fixture_pixel(fixture, 639, 479), RED);
	// Gone meanwhile: what is shown stays, stretched, and later outputs get the colour.
	check_eq(remove(path), 0);
	change.scale = 1;
	check(outputs_apply(fixture->server, &change, 1, false));
	fixture_frames(fixture, 3);
	check_eq(fixture_pixel(fixture, 639, 479), RED);
	fixture_destroy(fixture);
	free(path);
}

struct messages {
	char text[4096];
	int count;
};

static void collect(enum log_level level, const char *line, void *data)
{
	struct messages *messages = data;
	snprintf(messages->text, sizeof(messages->text), "%s", line);
	messages->count++;
}

TEST(wallpaper_that_is_a_fifo)
{
	char *path = xasprintf("%s/fifo", test_dir());
	check(mkfifo(path, 0600) == 0);
	struct messages messages = {0};
	log_set_sink(collect, &messages);
	struct server_options options = options_with(path);
	struct fixture *fixture = fixture_create(&options);
	fixture_frames(fixture, 3);
	check_eq(fixture_pixel(fixture, 600, 400), COLOR);
	check_eq(messages.count, 1);
	check(strstr(messages.text, "is a FIFO, not a file"));
	fixture_destroy(fixture);
	log_set_sink(NULL, NULL);
	free(path);
}

TEST(server_ends_while_it_is_read)
{
	char *path = save_picture(2000, 2000);
	struct server_options options = options_with(path);
	struct server *server = server_create(&options);
	check(workers_busy(server->workers));
	server_destroy(server);
	free(path);
}
