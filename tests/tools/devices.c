// SPDX-License-Identifier: MIT
// Prints the events of input devices: the libinput back end without screens, and a session that
// opens device files directly. Run as root. Lines on standard input: suspend, resume, leds NUMBER,
// quit.
// usage: test-devices [CONFIGURATION]
#include <errno.h>
#include <fcntl.h>
#include <libudev.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "backends/backend.h"
#include "backends/libinput/input.h"
#include "backends/session.h"
#include "compositor/config/config.h"

struct program {
	struct backend backend;
	struct session session;
	struct config *config;
	struct libinput_backend *input;
	bool over;
};

// A session that opens device files itself, as root may.

const char *session_seat(const struct session *session)
{
	return "seat0";
}

int session_open(struct session *session, const char *path, int *device_id)
{
	*device_id = 7;
	return open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

void session_close(struct session *session, int device_id, int fd)
{
	if (device_id != 7)
		printf("closed by the wrong number\n");
	close(fd);
}

// Events

static const char *name_of(const struct input_device *device)
{
	return device && device->name ? device->name : "?";
}

static void print_device(const char *what, const struct input_device *device)
{
	printf("%s %s \"%s\"", what, device->kind, device->name);
	if (device->output_name)
		printf(" on %s", device->output_name);
	if (device->tablet)
		printf(" %x:%x bus %u %s", device->tablet->vendor, device->tablet->product,
			device->tablet->bus, device->tablet->path ? "with a path" : "");
	if (device->pad)
		printf(" buttons %u groups %u", device->pad->buttons, device->pad->n_groups);
	for (unsigned i = 0; device->pad && i < device->pad->n_groups; i++)
		printf(" [%llx rings %x strips %x modes %u]",
			(unsigned long long)device->pad->groups[i].buttons,
			device->pad->groups[i].rings, device->pad->groups[i].strips,
			device->pad->groups[i].modes);
	printf("\n");
}

static void print_gesture(const struct input_event *event)
{
	static const char *const kinds[] = {"swipe", "pinch", "hold"};
	const char *kind = kinds[event->gesture.kind];
	if (event->type == INPUT_GESTURE_BEGIN)
		printf("%s of %u\n", kind, event->gesture.fingers);
	else if (event->type == INPUT_GESTURE_END)
		printf("%s %s\n", kind, event->gesture.cancelled ? "cancelled" : "ended");
	else
		printf("%s by %.1f,%.1f scale %.2f turn %.1f\n", kind, event->gesture.dx,
			event->gesture.dy, event->gesture.scale, event->gesture.rotation);
}

static void print_axes(const struct input_tool_axes *axes)
{
	if (axes->set & TOOL_PLACE)
		printf(" at %.3f,%.3f", axes->x, axes->y);
	if (axes->set & TOOL_MOVE)
		printf(" by %.1f,%.1f", axes->x, axes->y);
	if (axes->set & TOOL_PRESSURE)
		printf(" pressure %.2f", axes->pressure);
	if (axes->set & TOOL_DISTANCE)
		printf(" distance %.2f", axes->distance);
	if (axes->set & TOOL_TILT)
		printf(" tilt %.0f,%.0f", axes->tilt_x, axes->tilt_y);
	if (axes->set & TOOL_ROTATION)
		printf(" rotation %.0f", axes->rotation);
	if (axes->set & TOOL_SLIDER)
		printf(" slider %.2f", axes->slider);
	if (axes->set & TOOL_WHEEL)
		printf(" wheel %.0f %d", axes->wheel, axes->wheel_clicks);
}

static void print_tool(const struct input_event *event)
{
	const struct input_tool *tool = event->tool.tool;
	static const char *const words[][2] = {
		{"away", "near"}, {"moves", "moves"}, {"up", "down"}, {"releases", "presses"}};
	printf("tool %llu type %#x serial %llx %s", (unsigned long long)tool->id,
		(unsigned)tool->type, (unsigned long long)tool->serial,
		words[event->type - INPUT_TOOL_PROXIMITY][event->tool.on]);
	if (event->type == INPUT_TOOL_BUTTON)
		printf(" %#x", event->tool.code);
	if (event->tool.axes)
		print_axes(event->tool.axes);
	printf("\n");
}

static void on_input(void *data, const struct input_event *event)
{
	switch (event->type) {
	case INPUT_DEVICE_ADDED:
		print_device("added", event->device);
		break;
	case INPUT_DEVICE_REMOVED:
		print_device("removed", event->device);
		break;
	case INPUT_MOTION:
		printf("motion %.1f,%.1f raw %.1f,%.1f\n", event->motion.dx, event->motion.dy,
			event->motion.dx_raw, event->motion.dy_raw);
		break;
	case INPUT_MOTION_ABSOLUTE:
		printf("absolute %.4f,%.4f \"%s\"\n", event->absolute.x, event->absolute.y,
			name_of(event->device));
		break;
	case INPUT_BUTTON:
		printf("button %#x %s\n", event->button.code,
			event->button.pressed ? "down" : "up");
		break;
	case INPUT_AXIS:
		printf("axis %s source %d %.1f v120 %d%s\n",
			event->axis.horizontal ? "horizontal" : "vertical", event->axis.source,
			event->axis.delta, event->axis.value120,
			event->axis.inverted ? " inverted" : "");
		break;
	case INPUT_POINTER_FRAME:
		printf("frame\n");
		break;
	case INPUT_KEY:
		printf("key %u %s\n", event->key.code, event->key.pressed ? "down" : "up");
		break;
	case INPUT_TOUCH_DOWN:
		printf("touch %d down %.3f,%.3f\n", event->touch.id, event->touch.x,
			event->touch.y);
		break;
	case INPUT_TOUCH_MOTION:
		printf("touch %d moves %.3f,%.3f\n", event->touch.id, event->touch.x,
			event->touch.y);
		break;
	case INPUT_TOUCH_UP:
		printf("touch %d up\n", event->touch.id);
		break;
	case INPUT_TOUCH_CANCEL:
		printf("touch cancelled\n");
		break;
	case INPUT_TOUCH_FRAME:
		printf("touch frame\n");
		break;
	case INPUT_GESTURE_BEGIN:
	case INPUT_GESTURE_UPDATE:
	case INPUT_GESTURE_END:
		print_gesture(event);
		break;
	case INPUT_TOOL_PROXIMITY:
	case INPUT_TOOL_AXES:
	case INPUT_TOOL_TIP:
	case INPUT_TOOL_BUTTON:
		print_tool(event);
		break;
	case INPUT_TOOL_FRAME:
		printf("tool frame\n");
		break;
	case INPUT_PAD_BUTTON:
		printf("pad button %u %s group %u mode %u\n", event->pad.number,
			event->pad.pressed ? "down" : "up", event->pad.group, event->pad.mode);
		break;
	case INPUT_PAD_RING:
		printf("pad ring %u %.0f%s\n", event->pad.number, event->pad.value,
			event->pad.finger ? " finger" : "");
		break;
	case INPUT_PAD_STRIP:
		printf("pad strip %u %.2f%s\n", event->pad.number, event->pad.value,
			event->pad.finger ? " finger" : "");
		break;
	case INPUT_SWITCH_TOGGLE:
		printf("%s %s\n", event->toggle.lid ? "lid" : "tablet mode",
			event->toggle.on ? "on" : "off");
		break;
	default:
		printf("event %d\n", event->type);
		break;
	}
	fflush(stdout);
}

static void on_settings(
	void *data, const struct input_device *device, struct input_settings *settings)
{
	struct program *program = data;
	*settings = config_input(program->config, device);
}

static void command(struct program *program, const char *line)
{
	unsigned leds;
	if (strcmp(line, "suspend\n") == 0)
		libinput_backend_suspend(program->input);
	else if (strcmp(line, "resume\n") == 0 && libinput_backend_resume(program->input))
		printf("resumed\n");
	else if (sscanf(line, "leds %u", &leds) == 1)
		libinput_backend_set_leds(program->input, leds);
	else if (strcmp(line, "quit\n") == 0)
		program->over = true;
	printf("did %s", line);
	fflush(stdout);
}

static int on_readable(int fd, uint32_t mask, void *data)
{
	struct program *program = data;
	char line[256];
	ssize_t n = read(fd, line, sizeof(line) - 1);
	program->over = n <= 0;
	for (char *from = line, *end; n > 0; n -= end - from, from = end) {
		char one[256];
		end = memchr(from, '\n', (size_t)n);
		end = end ? end + 1 : from + n;
		snprintf(one, sizeof(one), "%.*s", (int)(end - from), from);
		command(program, one);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct backend_sink sink = {.input = on_input, .settings = on_settings};
	struct program program = {.backend = {.sink = &sink, .sink_data = &program}};
	program.config = argc > 1 ? config_load(argv[1]) : config_create_default();
	struct wl_event_loop *loop = wl_event_loop_create();
	struct clock *clock = clock_create_real(loop);
	struct udev *udev = udev_new();
	if (!program.config || !clock || !udev)
		return 1;
	program.input = libinput_backend_create(&program.backend, loop, &program.session, udev);
	if (!program.input)
		return 1;
	printf("ready\n");
	fflush(stdout);
	struct wl_event_source *source =
		wl_event_loop_add_fd(loop, STDIN_FILENO, WL_EVENT_READABLE, on_readable, &program);
	while (!program.over && wl_event_loop_dispatch(loop, -1) >= 0)
		;
	libinput_backend_destroy(program.input);
	if (source)
		wl_event_source_remove(source);
	udev_unref(udev);
	clock_destroy(clock);
	wl_event_loop_destroy(loop);
	config_destroy(program.config);
	return 0;
}
