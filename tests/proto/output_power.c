// SPDX-License-Identifier: MIT
// Output power management and gamma control.
#include <string.h>
#include <unistd.h>
#include "backends/backend.h"
#include "compositor/base/base.h"
#include "compositor/output/output.h"
#include "compositor/window/window.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "wlr-gamma-control-unstable-v1-client-protocol.h"
#include "wlr-output-power-management-unstable-v1-client-protocol.h"

// The fixture's back end with power and gamma.
struct output_power_rig {
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

// The first entry of the gamma table in effect, where tests can read it.
static bool set_gamma(struct screen *screen, const uint16_t *tables)
{
	screen->width_mm = tables ? tables[0] : 0;
	return !tables || tables[0] != 0xdead;
}

static void output_power_rig_init(struct output_power_rig *rig)
{
	rig->fixture = fixture_create(NULL);
	rig->client = client_create(rig->fixture);
	rig->output = output_first(rig->fixture->server);
	rig->screen = rig->output->screen;
	struct client_output *first = wl_container_of(rig->client->outputs.next, first, link);
	rig->wl_output = first->output;
	rig->impl = *rig->screen->backend->impl;
	rig->screen->backend->impl = &rig->impl;
}

static void output_power_rig_finish(struct output_power_rig *rig)
{
	fixture_destroy(rig->fixture);
}

struct received {
	int modes, mode, failed;
};

static void on_mode(void *data, struct zwlr_output_power_v1 *power, uint32_t mode)
{
	struct received *received = data;
	received->mode = (int)mode;
	received->modes++;
}

static void on_failed(void *data, struct zwlr_output_power_v1 *power)
{
	((struct received *)data)->failed++;
}

static const struct zwlr_output_power_v1_listener power_listener = {
	.mode = on_mode,
	.failed = on_failed,
};

static struct zwlr_output_power_v1 *get_power(
	struct output_power_rig *rig, struct received *received)
{
	struct zwlr_output_power_manager_v1 *manager =
		client_bind(rig->client, &zwlr_output_power_manager_v1_interface, 1);
	struct zwlr_output_power_v1 *power =
		zwlr_output_power_manager_v1_get_output_power(manager, rig->wl_output);
	zwlr_output_power_v1_add_listener(power, &power_listener, received);
	zwlr_output_power_manager_v1_destroy(manager);
	fixture_pump(rig->fixture);
	return power;
}

static void on_done(void *data, struct wl_callback *callback, uint32_t time)
{
	++*(int *)data;
	wl_callback_destroy(callback);
}

static const struct wl_callback_listener done_listener = {.done = on_done};

TEST_F(output_power_rig, a_dark_screen_draws_nothing_and_answers_seldom)
{
	struct received received = {0}, other_received = {0};
	int done = 0;
	struct client_window *window = client_window_create(rig->client, 64, 48, 0xffff0000);
	fixture_frames(rig->fixture, 3);
	struct zwlr_output_power_v1 *power = get_power(rig, &received);
	get_power(rig, &other_received);
	check_eq(received.mode, ZWLR_OUTPUT_POWER_V1_MODE_ON);
	zwlr_output_power_v1_set_mode(power, ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	fixture_pump(rig->fixture);
	check_eq(received.mode, ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	check_eq(other_received.mode, ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	check_eq(other_received.modes, 2);
	check(rig->output->powered_off && rig->output->enabled);
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);

	uint64_t repaints = rig->output->repaints;
	for (int i = 0; i < 3; i++) {
		wl_callback_add_listener(wl_surface_frame(window->surface), &done_listener, &done);
		client_window_draw(window, 64, 48, 0xff00ff00);
		fixture_advance(rig->fixture, NSEC_PER_SEC / 10);
	}
	check_eq(done, 0); // hidden surfaces get one callback per second
	fixture_advance(rig->fixture, 2 * NSEC_PER_SEC);
	check_eq(done, 3);
	check_eq(rig->output->repaints, repaints);
	check_eq(clock_next_ns(rig->fixture->server->clock),
		CLOCK_NEVER); // no timer is armed afterwards

	zwlr_output_power_v1_set_mode(power, ZWLR_OUTPUT_POWER_V1_MODE_ON);
	fixture_frames(rig->fixture, 2);
	check_eq(received.mode, ZWLR_OUTPUT_POWER_V1_MODE_ON);
	check_eq(rig->output->repaints, repaints + 1);
	struct box box = window_box(window->window);
	check_eq(fixture_pixel(rig->fixture, box.x + 5, box.y + 5), 0x00ff00);
	zwlr_output_power_v1_set_mode(power, ZWLR_OUTPUT_POWER_V1_MODE_ON); // no change
	fixture_pump(rig->fixture);
	check_eq(received.modes, 3);
	check_no_error(rig->client);
}

TEST_F(output_power_rig, power_that_cannot_be_switched)
{
	struct received refused = {0}, gone = {0}, none = {0};
	struct zwlr_output_power_v1 *power = get_power(rig, &gone);
	rig->impl.set_power = refuse_power;
	zwlr_output_power_v1_set_mode(get_power(rig, &refused), ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	fixture_pump(rig->fixture);
	check_eq(refused.failed, 1);
	rig->impl.set_power = NULL;
	get_power(rig, &none);
	check_eq(none.failed, 1);
	check_eq(none.modes, 0);
	check(rig->impl.remove_screen(rig->screen));
	fixture_pump(rig->fixture);
	check_eq(gone.failed, 1);
	zwlr_output_power_v1_set_mode(power, ZWLR_OUTPUT_POWER_V1_MODE_OFF);
	check_no_error(rig->client);
	zwlr_output_power_v1_set_mode(power, 2);
	check_client_error(
		rig->client, "zwlr_output_power_v1", ZWLR_OUTPUT_POWER_V1_ERROR_INVALID_MODE);
}

// Gamma

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

static struct zwlr_gamma_control_v1 *get_gamma(struct output_power_rig *rig, struct tables *tables)
{
	struct zwlr_gamma_control_manager_v1 *manager =
		client_bind(rig->client, &zwlr_gamma_control_manager_v1_interface, 1);
	struct zwlr_gamma_control_v1 *gamma =
		zwlr_gamma_control_manager_v1_get_gamma_control(manager, rig->wl_output);
	zwlr_gamma_control_v1_add_listener(gamma, &gamma_listener, tables);
	zwlr_gamma_control_manager_v1_destroy(manager);
	fixture_pump(rig->fixture);
	return gamma;
}

static void send_tables(struct output_power_rig *rig, struct zwlr_gamma_control_v1 *gamma,
	uint16_t first, size_t size)
{
	int fd = memfd_sized("tables", (int)size > 0 ? size : 1);
	check_eq(pwrite(fd, &first, sizeof(first), 0), (ssize_t)sizeof(first));
	zwlr_gamma_control_v1_set_gamma(gamma, fd);
	close(fd);
	fixture_pump(rig->fixture);
}

TEST_F(output_power_rig, one_program_at_a_time_sets_the_brightness)
{
	struct tables first = {0}, second = {0}, third = {0};
	rig->impl.set_gamma = set_gamma;
	rig->screen->gamma_size = ENTRIES;
	struct zwlr_gamma_control_v1 *gamma = get_gamma(rig, &first);
	check_eq(first.size, ENTRIES);
	get_gamma(rig, &second);
	check_eq(second.failed, 1);
	send_tables(rig, gamma, 1234, ENTRIES * 6);
	check_eq(rig->screen->width_mm, 1234);
	zwlr_gamma_control_v1_destroy(gamma);
	fixture_pump(rig->fixture);
	check_eq(rig->screen->width_mm, 0); // unchanged
	gamma = get_gamma(rig, &third);
	check_eq(third.size, ENTRIES);
	send_tables(rig, gamma, 0xdead, ENTRIES * 6); // the back end refuses this table
	check_eq(third.failed, 1);
	check_no_error(rig->client);
}

static const size_t sizes[] = {0, ENTRIES * 6 - 1, ENTRIES * 6 + 1, 1 << 20};
TEST_FP(output_power_rig, tables_of_another_size_are_an_error, size_t, sizes)
{
	struct tables tables = {0};
	rig->impl.set_gamma = set_gamma;
	rig->screen->gamma_size = ENTRIES;
	send_tables(rig, get_gamma(rig, &tables), 1, *param);
	check_client_error(
		rig->client, "zwlr_gamma_control_v1", ZWLR_GAMMA_CONTROL_V1_ERROR_INVALID_GAMMA);
}

TEST_F(output_power_rig, files_that_are_none_do_not_block)
{
	struct tables tables = {0};
	int ends[2];
	rig->impl.set_gamma = set_gamma;
	rig->screen->gamma_size = ENTRIES;
	check(pipe(ends) == 0);
	zwlr_gamma_control_v1_set_gamma(get_gamma(rig, &tables), ends[0]);
	check_client_error(
		rig->client, "zwlr_gamma_control_v1", ZWLR_GAMMA_CONTROL_V1_ERROR_INVALID_GAMMA);
	close(ends[0]);
	close(ends[1]);
}

TEST_F(output_power_rig, screens_without_tables_say_so)
{
	struct tables none = {0}, gone = {0};
	get_gamma(rig, &none);
	check_eq(none.failed, 1);
	rig->impl.set_gamma = set_gamma;
	rig->screen->gamma_size = ENTRIES;
	struct zwlr_gamma_control_v1 *gamma = get_gamma(rig, &gone);
	check(rig->impl.remove_screen(rig->screen));
	fixture_pump(rig->fixture);
	check_eq(gone.failed, 1);
	int fd = memfd_sized("tables", ENTRIES * 6);
	zwlr_gamma_control_v1_set_gamma(gamma, fd);
	close(fd);
	check_no_error(rig->client);
}
