// SPDX-License-Identifier: MIT
// The internal panel, the lid switch, and the touchscreen on the panel.
#include "backends/backend.h"
#include "compositor/output/output.h"
#include "compositor/seat/seat.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

static const struct input_device lid = {.type = INPUT_SWITCH, .kind = "switch", .name = "Lid"};
static const struct input_device screen = {
	.type = INPUT_TOUCH, .kind = "touchscreen", .name = "Screen"};

static struct output *add(struct fixture *fixture, const char *name)
{
	struct backend *backend = fixture->server->backend;
	check(backend->impl->add_screen(backend, name, 800, 600, 60000) != NULL);
	fixture_pump(fixture);
	return output_by_name(fixture->server, name);
}

static void send(struct fixture *fixture, struct input_event event)
{
	event.time_us = clock_now_ns(fixture->server->clock) / 1000;
	seat_input(fixture->server->seat, &event);
	fixture_pump(fixture);
}

static void set_lid(struct fixture *fixture, bool closed)
{
	send(fixture,
		(struct input_event){.type = INPUT_SWITCH_TOGGLE,
			.device = &lid,
			.toggle = {.lid = true, .on = closed}});
}

TEST(the_lid_turns_it_off)
{
	struct fixture *fixture = fixture_create(NULL);
	set_lid(fixture, true); // without a panel
	struct output *own = add(fixture, "eDP-1");
	set_lid(fixture, true);
	check(!own->enabled);
	set_lid(fixture, true);
	set_lid(fixture, false);
	check(own->enabled);
	set_lid(fixture, false);
	check(own->enabled);
	// A tablet-mode switch is not a lid.
	send(fixture,
		(struct input_event){
			.type = INPUT_SWITCH_TOGGLE, .device = &lid, .toggle = {.on = true}});
	check(own->enabled);
	fixture_destroy(fixture);
}

TEST(the_only_screen_stays_on)
{
	struct fixture *fixture = fixture_create(NULL);
	struct output *own = add(fixture, "LVDS-1"), *other = output_first(fixture->server);
	struct output_change change = output_change_none(other);
	change.enabled = false;
	check(outputs_apply(fixture->server, &change, 1, false));
	set_lid(fixture, true);
	check(own->enabled);
	fixture_destroy(fixture);
}

TEST(it_goes_while_the_lid_is_closed)
{
	struct fixture *fixture = fixture_create(NULL);
	struct output *own = add(fixture, "DSI-1");
	set_lid(fixture, true);
	check(!own->enabled);
	struct backend *backend = fixture->server->backend;
	check(backend->impl->remove_screen(own->screen));
	set_lid(fixture, false);
	fixture_destroy(fixture);
}

TEST(touch_without_another_home_is_on_it)
{
	struct fixture *fixture = fixture_create(NULL);
	struct seat *seat = fixture->server->seat;
	double x = 0.5, y = 0.25;
	check(seat_to_layout(seat, &screen, &x, &y));
	check_near(x, 640, 1e-6); // only one output is left
	struct output *own = add(fixture, "eDP-1");
	x = 0.5, y = 0.25;
	check(seat_to_layout(seat, &screen, &x, &y));
	check_near(x, own->box.x + 400, 1e-6);
	check_near(y, 150, 1e-6);
	struct input_device other = screen;
	other.output_name = "HEADLESS-1";
	x = 0.5, y = 0.25;
	check(seat_to_layout(seat, &other, &x, &y));
	check_near(x, 640, 1e-6);
	// An absolute pointer maps to the whole layout.
	const struct input_device mouse = {.type = INPUT_POINTER};
	x = 1, y = 1;
	check(seat_to_layout(seat, &mouse, &x, &y));
	check_near(x, 1280 + 800, 1e-6);
	fixture_destroy(fixture);
}
