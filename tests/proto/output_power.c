// SPDX-License-Identifier: MIT
// Screens without power, and their tables of brightness.
#include <string.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/core/output.h"
#include "compositor/core/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "wlr-gamma-control-unstable-v1-client-protocol.h"
#include "wlr-output-power-management-unstable-v1-client-protocol.h"

// A back end like the fixture's, with what that lacks.
struct setup {
	struct fixture *fixture;
	struct client *client;
	struct output *output;
	struct wl_output *wl_output;
	struct backend_impl impl;
	struct screen *screen;
};

#define ENTRIES 4

static bool refuse_power(struct screen *screen, bool on)
{
	return false;
}

// The first number of the table in effect, where a test can see it.
static bool set_gamma(struct screen *screen, const uint16_t *tables)
{
	screen->width_mm = tables ? tables[0] : 0;
	return !tables || tables[0] != 0xdead;
}

static void begin(struct setup *setup)
{
	setup->fixture = fixture_create(NULL);
	setup->client = client_create(setup->fixture);
	setup->output = output_first(setup->fixture->server);
	setup->screen = setup->output->screen;
	struct client_output *first = wl_container_of(setup->client->outputs.next, first, link);
	setup->wl_output = first->output;
	setup->impl = *setup->screen->backend->impl;
	setup->screen->backend->impl = &setup->impl;
}

struct heard {
	int modes, mode, failed;
};

static void on_mode(void *data, struct zwlr_output_power_v1 *power, uint32_t mode)
{
	struct heard *heard = data;
	heard->mode = (int)mode;
	heard->modes++;
}

static void on_failed(void *data, struct zwlr_output_power_v1 *power)
{
	((struct heard *)data)->failed++;
}

static const struct zwlr_output_power_v1_listener power_listener = {
	.mode = on_mode,
	.failed = on_failed,
};

static struct zwlr_output_power_v1 *get_power(struct setup *setup, struct heard *heard)
{
	struct zwlr_output_power_manager_v1 *manager =
		client_bind(setup->client, &zwlr_output_power_manager_v1_interface, 1);
	struct zwlr_output_power_v1 *power =
		zwlr_output_power_manager_v1_get_output_power(manager, setup->wl_output);
	zwlr_output_power_v1_add_listener(power, &power_listener, heard);
	zwlr_output_power_manager_v1_destroy(manager);
	fixture_pump(setup->fixture);
	return power;
}

static void on_done(void *data, struct wl_callback *callback, uint32_t time)
{
	++*(int *)data;
	wl_callback_destroy(callback);
}

static const struct wl_callback_listener done_listener = {.done = on_done};

TEST(a_dark_screen_draws_nothing_and_answers_seldom)
{
	struct setup setup = {0};
	struct heard heard = {0}, other_heard = {0};
	int done = 0;
	begin(&setup);
	struct client_window *window = client_window_create(setup.client, 64, 48, 0xffff0000);
	fixture_frames(setup.fixture, 3);
	struct zwlr_output_power_v1 *power = get_power(&setup, &heard);
	get_power(&setup, &other_heard);
	check_eq(heard.mode, ZWLR_OUTPUT_POWER_V1_MODE_ON);
	zwlr_output_power_v1_set_mode(power, ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	fixture_pump(setup.fixture);
	check_eq(heard.mode, ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	check_eq(other_heard.mode, ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	check_eq(other_heard.modes, 2);
	check(setup.output->dark && setup.output->enabled);
	fixture_advance(setup.fixture, 2 * NSEC_PER_SEC);

	uint64_t repaints = setup.output->repaints;
	for (int i = 0; i < 3; i++) {
		wl_callback_add_listener(wl_surface_frame(window->surface), &done_listener, &done);
		client_window_draw(window, 64, 48, 0xff00ff00);
		fixture_advance(setup.fixture, NSEC_PER_SEC / 10);
	}
	check_eq(done, 0); // one a second
	fixture_advance(setup.fixture, 2 * NSEC_PER_SEC);
	check_eq(done, 3);
	check_eq(setup.output->repaints, repaints);
	check_eq(clock_next_ns(setup.fixture->server->clock), CLOCK_NEVER); // and then nothing

	zwlr_output_power_v1_set_mode(power, ZWLR_OUTPUT_POWER_V1_MODE_ON);
	fixture_frames(setup.fixture, 2);
	check_eq(heard.mode, ZWLR_OUTPUT_POWER_V1_MODE_ON);
	check_eq(setup.output->repaints, repaints + 1);
	struct box box = window_box(window->window);
	check_eq(fixture_pixel(setup.fixture, box.x + 5, box.y + 5), 0x00ff00);
	zwlr_output_power_v1_set_mode(power, ZWLR_OUTPUT_POWER_V1_MODE_ON); // nothing new
	fixture_pump(setup.fixture);
	check_eq(heard.modes, 3);
	check_no_error(setup.client);
	fixture_destroy(setup.fixture);
}

TEST(power_that_cannot_be_switched)
{
	struct setup setup = {0};
	struct heard refused = {0}, gone = {0}, none = {0};
	begin(&setup);
	struct zwlr_output_power_v1 *power = get_power(&setup, &gone);
	setup.impl.set_power = refuse_power;
	zwlr_output_power_v1_set_mode(get_power(&setup, &refused), ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	fixture_pump(setup.fixture);
	check_eq(refused.failed, 1);
	setup.impl.set_power = NULL;
	get_power(&setup, &none);
	check_eq(none.failed, 1);
	check_eq(none.modes, 0);
	check(setup.impl.remove_screen(setup.screen));
	fixture_pump(setup.fixture);
	check_eq(gone.failed, 1);
	zwlr_output_power_v1_set_mode(power, ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	check_no_error(setup.client);
	zwlr_output_power_v1_set_mode(power, 2);
	check_client_error(
		setup.client, "zwlr_output_power_v1", ZWLR_OUTPUT_POWER_V1_ERROR_INVALID_MODE);
	fixture_destroy(setup.fixture);
}

// Brightness

struct tables {
	uint32_t size;
	int failed;
};

static void on_gamma_size(void *data, struct zwlr_gamma_control_v1 *gamma, uint32_t size)
{
	((struct tables *)data)->size = size;
}

static void on_gamma_failed(void *data, struct zwlr_gamma_control_v1 *gamma)
{
	((struct tables *)data)->failed++;
}

static const struct zwlr_gamma_control_v1_listener gamma_listener = {
	.gamma_size = on_gamma_size,
	.failed = on_gamma_failed,
};

static struct zwlr_gamma_control_v1 *get_gamma(struct setup *setup, struct tables *tables)
{
	struct zwlr_gamma_control_manager_v1 *manager =
		client_bind(setup->client, &zwlr_gamma_control_manager_v1_interface, 1);
	struct zwlr_gamma_control_v1 *gamma =
		zwlr_gamma_control_manager_v1_get_gamma_control(manager, setup->wl_output);
	zwlr_gamma_control_v1_add_listener(gamma, &gamma_listener, tables);
	zwlr_gamma_control_manager_v1_destroy(manager);
	fixture_pump(setup->fixture);
	return gamma;
}

static void send_tables(
	struct setup *setup, struct zwlr_gamma_control_v1 *gamma, uint16_t first, size_t size)
{
	int fd = memfd_sized("tables", (int)size > 0 ? size : 1);
	check_eq(pwrite(fd, &first, sizeof(first), 0), (ssize_t)sizeof(first));
	zwlr_gamma_control_v1_set_gamma(gamma, fd);
	close(fd);
	fixture_pump(setup->fixture);
}

TEST(one_program_at_a_time_sets_the_brightness)
{
	struct setup setup = {0};
	struct tables first = {0}, second = {0}, third = {0};
	begin(&setup);
	setup.impl.set_gamma = set_gamma;
	setup.screen->gamma_size = ENTRIES;
	struct zwlr_gamma_control_v1 *gamma = get_gamma(&setup, &first);
	check_eq(first.size, ENTRIES);
	get_gamma(&setup, &second);
	check_eq(second.failed, 1);
	send_tables(&setup, gamma, 1234, ENTRIES * 6);
	check_eq(setup.screen->width_mm, 1234);
	zwlr_gamma_control_v1_destroy(gamma);
	fixture_pump(setup.fixture);
	check_eq(setup.screen->width_mm, 0); // as it was
	gamma = get_gamma(&setup, &third);
	check_eq(third.size, ENTRIES);
	send_tables(&setup, gamma, 0xdead, ENTRIES * 6); // what the card refuses
	check_eq(third.failed, 1);
	check_no_error(setup.client);
	fixture_destroy(setup.fixture);
}

static const size_t sizes[] = {0, ENTRIES * 6 - 1, ENTRIES * 6 + 1, 1 << 20};
TEST_P(tables_of_another_size_are_an_error, size_t, sizes)
{
	struct setup setup = {0};
	struct tables tables = {0};
	begin(&setup);
	setup.impl.set_gamma = set_gamma;
	setup.screen->gamma_size = ENTRIES;
	send_tables(&setup, get_gamma(&setup, &tables), 1, *param);
	check_client_error(
		setup.client, "zwlr_gamma_control_v1", ZWLR_GAMMA_CONTROL_V1_ERROR_INVALID_GAMMA);
	fixture_destroy(setup.fixture);
}

TEST(files_that_are_none_do_not_block)
{
	struct setup setup = {0};
	struct tables tables = {0};
	int ends[2];
	begin(&setup);
	setup.impl.set_gamma = set_gamma;
	setup.screen->gamma_size = ENTRIES;
	check(pipe(ends) == 0);
	zwlr_gamma_control_v1_set_gamma(get_gamma(&setup, &tables), ends[0]);
	check_client_error(
		setup.client, "zwlr_gamma_control_v1", ZWLR_GAMMA_CONTROL_V1_ERROR_INVALID_GAMMA);
	close(ends[0]);
	close(ends[1]);
	fixture_destroy(setup.fixture);
}

TEST(screens_without_tables_say_so)
{
	struct setup setup = {0};
	struct tables none = {0}, gone = {0};
	begin(&setup);
	get_gamma(&setup, &none);
	check_eq(none.failed, 1);
	setup.impl.set_gamma = set_gamma;
	setup.screen->gamma_size = ENTRIES;
	struct zwlr_gamma_control_v1 *gamma = get_gamma(&setup, &gone);
	check(setup.impl.remove_screen(setup.screen));
	fixture_pump(setup.fixture);
	check_eq(gone.failed, 1);
	int fd = memfd_sized("tables", ENTRIES * 6);
	zwlr_gamma_control_v1_set_gamma(gamma, fd);
	close(fd);
	check_no_error(setup.client);
	fixture_destroy(setup.fixture);
}
