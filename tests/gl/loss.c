// SPDX-License-Identifier: MIT
// A GPU that forgets everything.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "compositor/core/scene.h"
#include "compositor/core/window.h"
#include "tests/gl/module.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

static GLenum GL_APIENTRY is_reset(void)
{
	return GL_INNOCENT_CONTEXT_RESET_EXT;
}

TEST(renderer_starts_anew)
{
	struct desk desk;
	desk_init(&desk, module_renderer());
	const struct renderer_impl *impl = desk.renderer->impl;
	struct buffer *picture = desk_buffer(8, 8, DRM_FORMAT_XRGB8888);
	desk_fill(picture, 0x336699);
	struct buffer *old = impl->alloc(desk.renderer, 8, 8, DRM_FORMAT_XRGB8888);
	struct buffer *memory = desk_buffer(8, 8, DRM_FORMAT_XRGB8888);
	struct draw *draw = desk_add(&desk, NULL, &(struct box){0, 0, 8, 8});
	check(impl->import(desk.renderer, &draw->texture, picture, NULL));
	check(desk_draw(&desk, memory, NULL));

	desk_count_lines(&(int){0});
	gl_from(desk.renderer)->procs.reset_status = is_reset;
	check(!desk_draw(&desk, old, NULL));
	check(desk.renderer->lost);
	struct texture *texture = draw->texture, *other = NULL;
	check(!impl->import(desk.renderer, &draw->texture, picture, NULL));
	check(draw->texture == texture);
	check(!impl->import(desk.renderer, &other, picture, NULL) && !other);
	check(!impl->alloc(desk.renderer, 8, 8, DRM_FORMAT_XRGB8888));

	// No GPU is there, and then it is.
	gl_from(desk.renderer)->options.accept_software = false;
	bool found = impl->recover(desk.renderer);
	check_eq(desk.renderer->lost, !found);
	check(format_set_has(&desk.renderer->shm, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	gl_from(desk.renderer)->options.accept_software = true;
	check(found || impl->recover(desk.renderer));
	check(!desk.renderer->lost);

	check(!desk_draw(&desk, old, NULL)); // its memory is gone
	desk_count_lines(NULL);
	buffer_drop(old);
	struct buffer *target = impl->alloc(desk.renderer, 8, 8, DRM_FORMAT_XRGB8888);
	check(desk_draw(&desk, target, NULL));
	check_eq(desk_pixel(&desk, target, 4, 4), 0); // nothing there yet
	region nothing;
	pixman_region32_init(&nothing);
	check(impl->import(desk.renderer, &draw->texture, picture, &nothing));
	pixman_region32_fini(&nothing);
	check(draw->texture == texture);
	check(desk_draw(&desk, target, NULL));
	check_eq(desk_pixel(&desk, target, 4, 4), 0x336699);
	check(desk_draw(&desk, memory, NULL));
	check_eq(desk_pixel(&desk, memory, 4, 4), 0x336699);
	buffer_drop(target);
	buffer_drop(memory);
	buffer_drop(picture);
	desk_finish(&desk);
}

// In a session

static struct gl *gl_of(struct fixture *fixture)
{
	return gl_from(fixture->server->renderer);
}

static struct fixture *start(const char *shell)
{
	return fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 320,
		.height = 240,
		.outputs = 1,
		.builtin_cursor = true,
		.shell = shell,
		.renderer = "gl",
	});
}

static void lose(struct fixture *fixture)
{
	gl_of(fixture)->procs.reset_status = is_reset;
	output_damage_all(output_first(fixture->server));
	fixture_frames(fixture, 3);
}

// Frames around it, too, and what was drawn on the way to a window of another size.
TEST(windows_stay)
{
	struct fixture *fixture = start("desktop");
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 100, 80, 0xff2060a0);
	fixture_frames(fixture, 3);
	struct box box = window_box(window->window);
	int x = box.x + 50;
	uint32_t inside = fixture_pixel(fixture, x, box.y + 40);
	uint32_t title = fixture_pixel(fixture, x, box.y - 4);
	check_eq(inside, 0x2060a0);
	check(title != 0);
	int lines = 0;
	desk_count_lines(&lines);
	lose(fixture);
	desk_count_lines(NULL);
	check(!fixture->server->renderer->lost);
	check(gl_of(fixture)->procs.reset_status != is_reset);
	check_eq(lines, 2); // that it went, that it is back
	check_eq(fixture_pixel(fixture, x, box.y + 40), inside);
	check_eq(fixture_pixel(fixture, x, box.y - 4), title);
	client_window_draw(window, 100, 80, 0xff00ff00);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, x, box.y + 40), 0x00ff00);
	check_no_error(client);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// The client has given up its buffer: it is shown again with the next one.
TEST(pixels_that_nobody_has)
{
	struct fixture *fixture = start("kiosk");
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 320, 240, 0xff2060a0);
	fixture_frames(fixture, 3);
	check_eq(fixture_pixel(fixture, 50, 40), 0x2060a0);
	wl_buffer_destroy(window->buffer);
	window->buffer = NULL;
	fixture_frames(fixture, 1);
	desk_count_lines(&(int){0});
	lose(fixture);
	desk_count_lines(NULL);
	check(window->window->mapped);
	check_eq(fixture_pixel(fixture, 50, 40), 0);
	client_window_draw(window, 320, 240, 0xff2060a0);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 50, 40), 0x2060a0);
	check_no_error(client);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// No GPU for a while: clients go on, and what they drew last is shown once there is one.
TEST(tried_again)
{
	struct fixture *fixture = start("kiosk");
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 320, 240, 0xff2060a0);
	fixture_frames(fixture, 3);
	int lines = 0;
	desk_count_lines(&lines);
	gl_of(fixture)->options.accept_software = false;
	lose(fixture);
	if (!fixture->server->renderer->lost) {
		desk_count_lines(NULL);
		fixture_destroy(fixture);
		test_skip("there is a GPU here");
	}
	int said = lines;
	client_window_draw(window, 320, 240, 0xff00ff00);
	fixture_frames(fixture, 3);
	check_eq(lines, said);
	struct client_window *second = client_window_create(client, 320, 240, 0xffff0000);
	fixture_frames(fixture, 1);
	client_window_destroy(second);
	gl_of(fixture)->options.accept_software = true;
	check(fixture->server->renderer->lost);
	fixture_advance(fixture, NSEC_PER_SEC);
	desk_count_lines(NULL);
	check(!fixture->server->renderer->lost);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 50, 40), 0x00ff00);
	check_no_error(client);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// A GPU that is lost at every frame is asked once a second, and nothing else stands still.
TEST(again_and_again)
{
	setenv("ORIEL_GL_DEBUG", "lose=1", 1);
	desk_count_lines(&(int){0});
	struct fixture *fixture = start("kiosk");
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 320, 240, 0xff2060a0);
	unsigned before = gl_of(fixture)->generation;
	for (int i = 0; i < 180; i++) {
		client_window_draw(window, 320, 240, 0xff000000 | (unsigned)i);
		fixture_frames(fixture, 1);
	}
	unsigned starts = gl_of(fixture)->generation - before;
	check(starts >= 2 && starts <= 4);
	gl_of(fixture)->debug.lose = 0;
	fixture_advance(fixture, 2 * NSEC_PER_SEC);
	desk_count_lines(NULL);
	check_eq(fixture_pixel(fixture, 50, 40), 179);
	check_no_error(client);
	client_window_destroy(window);
	fixture_destroy(fixture);
	unsetenv("ORIEL_GL_DEBUG");
}
