// SPDX-License-Identifier: MIT
// GPU resets: recovery of the renderer, and of the windows in a session.
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/window/window.h"
#include "tests/gl/module.h"
#include "tests/harness/client.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

static GLenum GL_APIENTRY is_reset(void)
{
	return GL_INNOCENT_CONTEXT_RESET_EXT;
}

TEST(renderer_recovers)
{
	struct renderer_rig rig;
	renderer_rig_init(&rig, module_renderer());
	const struct renderer_impl *impl = rig.renderer->impl;
	struct buffer *picture = renderer_rig_buffer(8, 8, DRM_FORMAT_XRGB8888);
	renderer_rig_fill(picture, 0x336699);
	struct buffer *old = impl->alloc(rig.renderer, 8, 8, DRM_FORMAT_XRGB8888);
	struct buffer *memory = renderer_rig_buffer(8, 8, DRM_FORMAT_XRGB8888);
	struct draw *draw = renderer_rig_add(&rig, NULL, &(struct box){0, 0, 8, 8});
	check(impl->import(rig.renderer, &draw->texture, picture, NULL));
	check(renderer_rig_draw(&rig, memory, NULL));

	count_log_lines(&(int){0});
	gl_from(rig.renderer)->procs.reset_status = is_reset;
	check(!renderer_rig_draw(&rig, old, NULL));
	check(rig.renderer->lost);
	struct texture *texture = draw->texture, *other = NULL;
	check(!impl->import(rig.renderer, &draw->texture, picture, NULL));
	check(draw->texture == texture);
	check(!impl->import(rig.renderer, &other, picture, NULL) && !other);
	check(!impl->alloc(rig.renderer, 8, 8, DRM_FORMAT_XRGB8888));

	// First there is no GPU, later there is one.
	gl_from(rig.renderer)->options.accept_software = false;
	bool found = impl->recover(rig.renderer);
	check_eq(rig.renderer->lost, !found);
	check(format_set_has(&rig.renderer->shm, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR));
	gl_from(rig.renderer)->options.accept_software = true;
	check(found || impl->recover(rig.renderer));
	check(!rig.renderer->lost);

	check(!renderer_rig_draw(&rig, old, NULL)); // its memory was lost
	count_log_lines(NULL);
	buffer_drop(old);
	struct buffer *target = impl->alloc(rig.renderer, 8, 8, DRM_FORMAT_XRGB8888);
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 4, 4), 0); // not drawn yet
	region nothing;
	pixman_region32_init(&nothing);
	check(impl->import(rig.renderer, &draw->texture, picture, &nothing));
	pixman_region32_fini(&nothing);
	check(draw->texture == texture);
	check(renderer_rig_draw(&rig, target, NULL));
	check_eq(renderer_rig_pixel(&rig, target, 4, 4), 0x336699);
	check(renderer_rig_draw(&rig, memory, NULL));
	check_eq(renderer_rig_pixel(&rig, memory, 4, 4), 0x336699);
	buffer_drop(target);
	buffer_drop(memory);
	buffer_drop(picture);
	renderer_rig_finish(&rig);
}

// In a session

static struct gl *gl_of(struct fixture *fixture)
{
	return gl_from(fixture->server->renderer);
}

static struct fixture *start_session(const char *shell)
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

static void lose_gpu(struct fixture *fixture)
{
	gl_of(fixture)->procs.reset_status = is_reset;
	output_damage_all(output_first(fixture->server));
	fixture_frames(fixture, 3);
}

// Also frame decorations, and the contents of a window that is being resized.
TEST(windows_stay)
{
	struct fixture *fixture = start_session("desktop");
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
	count_log_lines(&lines);
	lose_gpu(fixture);
	count_log_lines(NULL);
	check(!fixture->server->renderer->lost);
	check(gl_of(fixture)->procs.reset_status != is_reset);
	check_eq(lines, 2); // one for the reset, one for the recovery
	check_eq(fixture_pixel(fixture, x, box.y + 40), inside);
	check_eq(fixture_pixel(fixture, x, box.y - 4), title);
	client_window_draw(window, 100, 80, 0xff00ff00);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, x, box.y + 40), 0x00ff00);
	check_no_error(client);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// The client has destroyed its buffer: the window is shown again with the next one.
TEST(pixels_that_are_lost)
{
	struct fixture *fixture = start_session("kiosk");
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 320, 240, 0xff2060a0);
	fixture_frames(fixture, 3);
	check_eq(fixture_pixel(fixture, 50, 40), 0x2060a0);
	wl_buffer_destroy(window->buffer);
	window->buffer = NULL;
	fixture_frames(fixture, 1);
	count_log_lines(&(int){0});
	lose_gpu(fixture);
	count_log_lines(NULL);
	check(window->window->mapped);
	check_eq(fixture_pixel(fixture, 50, 40), 0);
	client_window_draw(window, 320, 240, 0xff2060a0);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 50, 40), 0x2060a0);
	check_no_error(client);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// No GPU for a while: clients keep running, and their last frames are shown once there is one.
TEST(tried_again)
{
	struct fixture *fixture = start_session("kiosk");
	struct client *client = client_create(fixture);
	struct client_window *window = client_window_create(client, 320, 240, 0xff2060a0);
	fixture_frames(fixture, 3);
	int lines = 0;
	count_log_lines(&lines);
	gl_of(fixture)->options.accept_software = false;
	lose_gpu(fixture);
	if (!fixture->server->renderer->lost) {
		count_log_lines(NULL);
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
	count_log_lines(NULL);
	check(!fixture->server->renderer->lost);
	fixture_frames(fixture, 2);
	check_eq(fixture_pixel(fixture, 50, 40), 0x00ff00);
	check_no_error(client);
	client_window_destroy(window);
	fixture_destroy(fixture);
}

// Recovery of a GPU that is reset with every frame is tried once a second; nothing else is blocked.
TEST(again_and_again)
{
	setenv("ORIEL_GL_DEBUG", "lose=1", 1);
	count_log_lines(&(int){0});
	struct fixture *fixture = start_session("kiosk");
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
	count_log_lines(NULL);
	check_eq(fixture_pixel(fixture, 50, 40), 179);
	check_no_error(client);
	client_window_destroy(window);
	fixture_destroy(fixture);
	unsetenv("ORIEL_GL_DEBUG");
}
