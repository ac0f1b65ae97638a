// SPDX-License-Identifier: MIT
// The life of Xwayland: it starts with the first X program, and whatever becomes of it, the server
// and later X programs are unharmed.
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/client/access.h"
#include "compositor/config/config.h"
#include "tests/harness/client.h"
#include "tests/harness/test.h"
#include "tests/xwayland/life_rig.h"

#define SECONDS(n) ((n)*NSEC_PER_SEC)

static bool runs(const struct life_rig *rig)
{
	return xwayland_pid(rig->xwayland) != 0;
}

// Whether a Wayland client of the server is Xwayland's.
static bool has_client(struct life_rig *rig)
{
	struct wl_client *client;
	wl_client_for_each(client, wl_display_get_client_list(rig->fixture->server->display))
		if (access_xwayland(client) == xwayland_pid(rig->xwayland))
			return true;
	return false;
}

TEST_F(life_rig, nothing_runs_before_the_first_program)
{
	life_rig_open(rig, "ready wait");
	check_str(xwayland_display(rig->xwayland), ":0");
	check(life_rig_is_quiet(rig));
	check(!runs(rig));
	check(!xwayland_pending(rig->xwayland));
}

static const bool sockets[] = {false, true};

TEST_FP(life_rig, first_program_starts_it, bool, sockets)
{
	life_rig_open(rig, "ready accept wait");
	int program = life_rig_connect(rig, *param);
	check(program >= 0);
	life_rig_wait(rig, runs(rig));
	check(xwayland_pending(rig->xwayland));
	life_rig_wait(rig, rig->xwm);
	check(!xwayland_pending(rig->xwayland));
	check(has_client(rig));
	check_eq(life_rig_read(rig, program), xwayland_pid(rig->xwayland));
	check(life_rig_is_quiet(rig)); // although the socket was readable
	rig->busy = true;
	check(xwayland_pending(rig->xwayland));
}

TEST_F(life_rig, program_that_has_left_starts_it_too)
{
	life_rig_open(rig, "ready wait");
	close(life_rig_connect(rig, false));
	life_rig_wait(rig, rig->xwm);
	check(life_rig_is_quiet(rig));
}

TEST_F(life_rig, starts_again_after_it_ended)
{
	life_rig_open(rig, "ready accept end");
	for (int i = 1; i <= 5; i++) { // more often than it may fail
		check(life_rig_read(rig, life_rig_connect(rig, i & 1)) > 0);
		life_rig_wait(rig, rig->destroyed == i && !runs(rig));
	}
	check_eq(life_rig_logged(rig, "Xwayland has ended"), 5);
	check(life_rig_is_quiet(rig));
}

TEST_F(life_rig, program_that_comes_while_it_ends_is_served)
{
	life_rig_open(rig, "ready accept end");
	int first = life_rig_connect(rig, true), second = life_rig_connect(rig, true);
	int pid = life_rig_read(rig, first);
	check(pid > 0);
	int other = life_rig_read(rig, second);
	check(other > 0 && other != pid);
}

TEST_F(life_rig, starts_again_after_a_crash)
{
	life_rig_open(rig, "ready stderr accept crash");
	check(life_rig_read(rig, life_rig_connect(rig, true)) > 0);
	life_rig_wait(rig, rig->destroyed == 1 && !runs(rig));
	check_eq(life_rig_logged(rig, "Xwayland was ended by signal ABRT; its last messages:"), 1);
	check_eq(life_rig_logged(rig, "messages: (EE) first line | (EE) second line\n"), 1);
	check_eq(life_rig_logged(rig, "chatter"), 0);
	life_rig_set_fake("ready accept wait");
	check(life_rig_read(rig, life_rig_connect(rig, true)) > 0);
	life_rig_wait(rig, rig->xwm);
}

TEST_F(life_rig, gives_up_after_three_crashes)
{
	life_rig_open(rig, "ready accept crash");
	for (int i = 1; i <= 3; i++) {
		check(life_rig_read(rig, life_rig_connect(rig, true)) > 0);
		life_rig_wait(rig, rig->destroyed == i && !runs(rig));
	}
	check_eq(life_rig_connect(rig, true), -1);
	check_eq(life_rig_connect(rig, false), -1);
	check_eq(life_rig_logged(rig, "xwayland restart"), 1);
	check(life_rig_is_quiet(rig));
	life_rig_set_fake("ready accept wait");
	check(xwayland_restart(rig->xwayland));
	check(life_rig_read(rig, life_rig_connect(rig, false)) > 0);
}

TEST_F(life_rig, crashes_over_a_long_time_are_forgiven)
{
	life_rig_open(rig, "ready accept crash");
	for (int i = 1; i <= 6; i++) {
		check(life_rig_read(rig, life_rig_connect(rig, true)) > 0);
		life_rig_wait(rig, rig->destroyed == i && !runs(rig));
		fixture_advance(rig->fixture, SECONDS(31));
	}
	check_eq(life_rig_logged(rig, "xwayland restart"), 0);
}

static const char *const failing_starts[] = {
	"end", "fail", "stderr crash", "client end", "wm client fail"};

// The programs that wait for it get an error, the fourth one at once.
TEST_FP(life_rig, ends_before_it_is_ready, char *const, failing_starts)
{
	life_rig_open(rig, *param);
	for (int i = 1; i <= 3; i++) {
		int program = life_rig_connect(rig, true);
		check(program >= 0);
		check_eq(life_rig_read(rig, program), 0);
		check_eq(life_rig_logged(rig, "Xwayland was ended by signal") +
				life_rig_logged(rig, "Xwayland ended with status"),
			i);
	}
	check_eq(life_rig_connect(rig, true), -1);
	check_eq(rig->created, 0);
}

TEST_F(life_rig, never_ready)
{
	life_rig_open(rig, "stay");
	int program = life_rig_connect(rig, true);
	life_rig_wait(rig, runs(rig));
	fixture_advance(rig->fixture, SECONDS(9));
	check(runs(rig));
	fixture_advance(rig->fixture, SECONDS(2));
	check_eq(life_rig_read(rig, program), 0);
	life_rig_wait(rig, !runs(rig));
	check_eq(life_rig_logged(rig, "Xwayland was not ready after 10 s"), 1);
}

TEST_F(life_rig, slow_start_is_not_limited_afterwards)
{
	life_rig_open(rig, "ready wait");
	close(life_rig_connect(rig, true));
	life_rig_wait(rig, runs(rig));
	fixture_advance(rig->fixture, SECONDS(9));
	life_rig_wait(rig, rig->xwm);
	fixture_advance(rig->fixture, SECONDS(60));
	check(rig->xwm != NULL);
	check(runs(rig));
}

// Its Wayland connection ends, but not the process.
TEST_F(life_rig, process_that_stays_is_killed)
{
	life_rig_open(rig, "ready accept client stay");
	check(life_rig_read(rig, life_rig_connect(rig, true)) > 0);
	life_rig_wait(rig, rig->destroyed == 1 || (runs(rig) && !has_client(rig)));
	check(runs(rig));
	fixture_advance(rig->fixture, SECONDS(3));
	life_rig_wait(rig, !runs(rig));
	check(life_rig_is_quiet(rig));
}

TEST_F(life_rig, failed_window_manager_ends_it)
{
	life_rig_open(rig, "ready wait");
	close(life_rig_connect(rig, true));
	life_rig_wait(rig, rig->xwm);
	life_rig_fail_xwm(rig);
	life_rig_fail_xwm(rig);  // twice is no harm
	check(rig->xwm != NULL); // destroyed later
	life_rig_wait(rig, !runs(rig));
	check_eq(rig->destroyed, 1);
	close(life_rig_connect(rig, true));
	life_rig_wait(rig, rig->xwm);
	check_eq(rig->created, 2);
}

TEST_F(life_rig, window_manager_that_cannot_be_created)
{
	life_rig_open(rig, "ready stay");
	rig->refuses = true;
	int program = life_rig_connect(rig, true);
	check_eq(life_rig_read(rig, program), 0);
	check_eq(life_rig_logged(rig, "Xwayland has no window manager"), 1);
}

TEST_F(life_rig, destroyed_while_it_starts)
{
	life_rig_open(rig, "stay");
	close(life_rig_connect(rig, true));
	life_rig_wait(rig, runs(rig));
}

TEST_F(life_rig, destroyed_while_it_runs)
{
	life_rig_open(rig, "ready stay");
	close(life_rig_connect(rig, true));
	life_rig_wait(rig, rig->xwm);
}

TEST_F(life_rig, stopped_process_is_replaced)
{
	life_rig_open(rig, "ready accept stay");
	check(life_rig_read(rig, life_rig_connect(rig, true)) > 0);
	life_rig_wait(rig, rig->xwm);
	kill(xwayland_pid(rig->xwayland), SIGSTOP);
	struct client *client = client_create(rig->fixture);
	struct client_window *window = client_window_create(client, 50, 50, 0xff00ff00);
	check(window->window != NULL);
	client_window_destroy(window);
	check(xwayland_restart(rig->xwayland));
	life_rig_wait(rig, !runs(rig));
	check_eq(life_rig_logged(rig, "error"), 0);
	check(life_rig_read(rig, life_rig_connect(rig, true)) > 0);
}

TEST_F(life_rig, killed_guard)
{
	life_rig_open(rig, "ready stay");
	close(life_rig_connect(rig, true));
	life_rig_wait(rig, rig->xwm);
	struct guard *guard = rig->guard;
	kill(*(pid_t *)guard, SIGKILL); // its first member
	life_rig_wait(rig, !runs(rig));
	for (int i = 0; i < 2; i++) // it cannot be started again
		check_eq(life_rig_read(rig, life_rig_connect(rig, true)), 0);
	life_rig_wait(rig, life_rig_logged(rig, "xwayland restart"));
}

TEST_F(life_rig, not_installed)
{
	const struct xwayland_options options = {.children = rig->children,
		.clock = rig->fixture->server->clock,
		.program = "/nonexistent/Xwayland",
		.folder = test_dir()};
	check(!xwayland_create(rig->fixture->server, &options));
	check_eq(life_rig_logged(rig, "Xwayland is not installed"), 1);
	check_str(xwayland_display(NULL), NULL);
	check_eq(xwayland_pid(NULL), 0);
	check(!xwayland_pending(NULL));
}

TEST_F(life_rig, not_enabled)
{
	rig->fixture->server->config->xwayland.enabled = XWAYLAND_NO;
	life_rig_open(rig, "ready stay");
	check(!rig->xwayland);
	check_str(rig->log, "");
}
