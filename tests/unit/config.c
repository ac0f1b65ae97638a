// SPDX-License-Identifier: MIT
// The INI file: the meaning of each line and the message for each error.
#include "compositor/config/config.h"
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xkbcommon/xkbcommon-keysyms.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "tests/harness/test.h"

struct messages {
	char text[8192];
	int count;
};

static void collect(enum log_level level, const char *line, void *data)
{
	struct messages *messages = data;
	size_t used = strlen(messages->text);
	snprintf(messages->text + used, sizeof(messages->text) - used, "%s\n", line);
	messages->count++;
}

static const char *write_file(const char *text)
{
	static char path[512];
	snprintf(path, sizeof(path), "%s/test.ini", test_dir());
	FILE *file = fopen(path, "w");
	check(file != NULL);
	check(fputs(text, file) >= 0);
	check_eq(fclose(file), 0);
	return path;
}

static struct config *load(const char *text, struct messages *messages)
{
	*messages = (struct messages){0};
	log_set_sink(collect, messages);
	struct config *config = config_load(write_file(text));
	log_set_sink(NULL, NULL);
	check(config != NULL);
	check_eq(config->errors, messages->count);
	return config;
}

static const struct binding *find(const struct config *config, const char *key)
{
	struct binding binding;
	check(binding_parse(key, &binding));
	for (size_t i = 0; i < config->n_bindings; i++)
		if (config->bindings[i].modifiers == binding.modifiers &&
			config->bindings[i].trigger == binding.trigger &&
			config->bindings[i].code == binding.code)
			return &config->bindings[i];
	return NULL;
}

static void check_same(const struct config *a, const struct config *b)
{
	check_str(a->keyboard.rules, b->keyboard.rules);
	check_str(a->keyboard.model, b->keyboard.model);
	check_str(a->keyboard.layout, b->keyboard.layout);
	check_str(a->keyboard.variant, b->keyboard.variant);
	check_str(a->keyboard.options, b->keyboard.options);
	check_eq(a->keyboard.repeat_rate, b->keyboard.repeat_rate);
	check_eq(a->keyboard.repeat_delay, b->keyboard.repeat_delay);
	check_eq(a->keyboard.numlock, b->keyboard.numlock);
	check_eq(a->keyboard.compose, b->keyboard.compose);
	check_eq(a->keyboard.unicode_input, b->keyboard.unicode_input);
	check_eq(a->clipboard.keep, b->clipboard.keep);
	check_eq(a->clipboard.keep_primary, b->clipboard.keep_primary);
	check_eq(a->clipboard.keep_limit, b->clipboard.keep_limit);
	check_eq(a->session.environment, b->session.environment);
	check_eq(a->session.autostart, b->session.autostart);
	check_eq(a->xwayland.enabled, b->xwayland.enabled);
	check_eq(a->xwayland.terminate, b->xwayland.terminate);
	check_eq(a->compatibility.preferred_scale, b->compatibility.preferred_scale);
	check_eq(memcmp(&a->limits, &b->limits, sizeof(a->limits)), 0);
	check_str(a->cursor.theme, b->cursor.theme);
	check_eq(a->cursor.size, b->cursor.size);
	check_eq(memcmp(a->desktop.color, b->desktop.color, sizeof(a->desktop.color)), 0);
	check_str(a->desktop.image, b->desktop.image);
	check_str(a->desktop.image_mode, b->desktop.image_mode);
	check_eq(a->desktop.decorations, b->desktop.decorations);
	check_str(a->desktop.placement, b->desktop.placement);
	check_eq(a->desktop.snap_distance, b->desktop.snap_distance);
	check_eq(a->n_bindings, b->n_bindings);
	for (size_t i = 0; i < a->n_bindings; i++) {
		check_eq(a->bindings[i].modifiers, b->bindings[i].modifiers);
		check_eq(a->bindings[i].code, b->bindings[i].code);
		check_str(a->bindings[i].action, b->bindings[i].action);
		check_str(a->bindings[i].argument, b->bindings[i].argument);
	}
	check_eq(a->n_rules, b->n_rules);
	check_eq(a->n_outputs, b->n_outputs);
	check_eq(a->n_inputs, b->n_inputs);
	check_eq(a->n_allow, b->n_allow);
}

// The example configuration as a string; the caller frees it.
static char *read_example(void)
{
	FILE *file = fopen(TEST_ROOT "/../share/oriel.ini", "r");
	check(file != NULL);
	char *text = xcalloc(1, 65536);
	check(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

TEST(example_is_the_defaults)
{
	struct messages messages;
	char *text = read_example();
	struct config *config = load(text, &messages), *defaults = config_create_default();
	check_str(messages.text, "");
	check_same(config, defaults);
	// The example mentions every key.
	static const char *const keys[] = {"rules", "model", "layout", "variant", "options",
		"repeat-rate", "repeat-delay", "numlock", "compose", "unicode-input", "environment",
		"autostart", "theme", "size", "color", "image", "image-mode", "decorations",
		"placement", "snap-distance", "keep", "keep-primary", "keep-limit", "dim",
		"screens-off", "lock", "lock-on-lid", "lock-command", "enabled", "terminate",
		"preferred-scale"};
	for (size_t i = 0; i < array_length(keys); i++) {
		char line[64];
		snprintf(line, sizeof(line), "\n%s =", keys[i]);
		check(strstr(text, line) != NULL);
	}
	config_destroy(config);
	config_destroy(defaults);
	free(text);
}

TEST(commented_lines_of_the_example_are_right)
{
	char *text = read_example(), *to = text;
	for (const char *from = text; *from; from++)
		if (*from != ';' || from[1] == ' ')
			*to++ = *from;
	*to = '\0';
	struct messages messages;
	struct config *config = load(text, &messages);
	check_str(messages.text, "");
	check_eq(config->n_rules, 1);
	check_eq(config->n_outputs, 1);
	check_eq(config->n_inputs, 4);
	check_eq(config->n_allow, 1);
	check(find(config, "Ctrl+Alt+BackSpace") != NULL);
	check_eq(config->outputs[0].refresh_mhz, 60000);
	config_destroy(config);
	free(text);
}

// As many faults, sections and bindings as fit: the log and the time stay bounded.
TEST(long_files)
{
	static const char *const lines[] = {"x\n", "[rule:%d]\n", "[output:%d]\nscale = 1\n", "[\n",
		"[bindings]\nSuper+U%x = close\n", "[allow]\na%d = *\n", "[keyboard]\nq%d = 1\n"};
	char *text = xcalloc(1, 256 << 10);
	for (size_t i = 0; i < array_length(lines); i++) {
		size_t used = 0;
		for (int n = 0; used < (250 << 10); n++)
			used += (size_t)snprintf(text + used, 64, lines[i], n + 256);
		struct messages messages = {0};
		const char *path = write_file(text);
		log_set_sink(collect, &messages);
		struct config *config = config_load(path);
		log_set_sink(NULL, NULL);
		check(config != NULL);
		check(messages.count <= 101);
		check(config->errors == messages.count || config->errors > 100);
		config_destroy(config);
	}
	// A line of that length, and a key in front of one.
	for (int i = 0; i < 2; i++) {
		memset(text, 'a', 250 << 10);
		text[250 << 10] = '\0';
		memcpy(text, "[cursor]\n", 9);
		if (i)
			memcpy(text + 9, "theme = ", 8);
		struct messages messages = {0};
		log_set_sink(collect, &messages);
		struct config *config = config_load(write_file(text));
		log_set_sink(NULL, NULL);
		check(config != NULL);
		check_eq(config->errors, 1);
		check(strstr(messages.text, "the line is longer than 198 bytes"));
		config_destroy(config);
	}
	free(text);
}

TEST(all_sections)
{
	struct messages messages;
	struct config *config =
		load("\xef\xbb\xbf[keyboard] ; first\r\n"
		     "layout = us,de\r\n"
		     "\trepeat-rate=30 ; per second\n"
		     "# repeat-delay = 1\n"
		     "numlock: On\n"
		     "[session]\nautostart = no\nenvironment = off\n"
		     "[xwayland]\nenabled = no\nterminate = 0\n"
		     "[compatibility]\npreferred-scale = no\n"
		     "[limits]\nobjects = 5000\ndescriptors = 100\nbuffers = 300\nstate = 8\n"
		     "[cursor]\ntheme = Adwaita\nsize = 48\n"
		     "[desktop]\ncolor = #ff8000\nimage = /a b.png\n"
		     "image-mode = tile\ndecorations = 0\nplacement = pointer\n"
		     "snap-distance = 0\n"
		     "[bindings]\n"
		     "super + SHIFT + Q = close\n"
		     "Super+f = none\n"
		     "Super+Return = exec foot -e sh -c 'a && b'\n"
		     "[rule:video]\napp-id = mpv*\nsize = 800x600\nposition = -5,7\n"
		     "maximized = no\n"
		     "[rule:all]\ndecorated = yes\n"
		     "[rule:video]\ntitle = *x*\noutput = A-1\nfullscreen = yes\n"
		     "[output:HDMI-[12]]\nmode = 1920x1080@59.94\nscale = 1.25\n"
		     "[output:DP-*]\ntransform = flipped-90\nenabled = no\n"
		     "position = 10,-20\n"
		     "[allow]\na_b_v1 = org.a  org.b\nc_v1 = *",
			&messages);
	check_str(messages.text, "");
	check_str(config->keyboard.layout, "us,de");
	check_eq(config->keyboard.repeat_rate, 30);
	check_eq(config->keyboard.repeat_delay, 600);
	check(config->keyboard.numlock);
	check(!config->session.autostart);
	check_eq(config->xwayland.enabled, XWAYLAND_NO);
	check_eq(config->xwayland.terminate, 0);
	check(!config->compatibility.preferred_scale);
	check(!config->session.environment);
	check_eq(config->limits.objects, 5000);
	check_eq(config->limits.descriptors, 100);
	check_eq(config->limits.buffers, 300);
	check_eq(config->limits.state, 8);
	check_str(config->cursor.theme, "Adwaita");
	check_eq(config->cursor.size, 48);
	check_near(config->desktop.color[1], 128 / 255.0, 1e-6);
	check_str(config->desktop.image, "/a b.png");
	check_str(config->desktop.image_mode, "tile");
	check(!config->desktop.decorations);
	check_str(config->desktop.placement, "pointer");
	check_eq(config->desktop.snap_distance, 0);
	check_str(find(config, "Shift+Super+q")->action, "close");
	check(find(config, "Super+f") == NULL);
	check_str(find(config, "Super+Return")->argument, "foot -e sh -c 'a && b'");
	check_str(find(config, "Alt+F4")->action, "close");
	check_eq(config->n_rules, 2);
	const struct rule *rule = &config->rules[0];
	check_str(rule->app_id, "mpv*");
	check_str(rule->title, "*x*");
	check_str(rule->output, "A-1");
	check(rule->has_size && rule->has_position);
	check_eq(rule->width, 800);
	check_eq(rule->x, -5);
	check_eq(rule->maximized, 0);
	check_eq(rule->fullscreen, 1);
	check_eq(rule->decorated, -1);
	check_eq(config->rules[1].decorated, 1);
	const struct output_rule *output = config_output(config, "HDMI-2");
	check(output != NULL);
	check_eq(output->width, 1920);
	check_eq(output->refresh_mhz, 59940);
	check_near(output->scale, 1.25, 0);
	check_eq(output->transform, -1);
	output = config_output(config, "DP-7");
	check_eq(output->transform, 5);
	check(output->off && output->has_position);
	check_eq(output->y, -20);
	check(config_output(config, "VGA-1") == NULL);
	check_eq(config->n_allow, 3);
	check_str(config->allow[0].interface, "a_b_v1");
	check_str(config->allow[1].app_id, "org.b");
	check_str(config->allow[2].app_id, NULL);
	config_destroy(config);
}

TEST(input_devices)
{
	struct messages messages;
	struct config *config =
		load("[keyboard]\nlayout = fr\nvariant = bepo\noptions = caps:swapescape\n"
		     "[input:touchpad]\ntap = yes\nspeed = -0.25\nclick-method = fingers\n"
		     "scroll-method = edge\nenabled = without-mouse\nscroll-speed = 2.5\n"
		     "[input:*Wheel*]\nscroll-button = middle\nacceleration = flat\n"
		     "tap = no\nrotation = 90\ntap-buttons = left-middle-right\n"
		     "[input:QEMU*]\noutput = Virtual-2\ncalibration = 1 0 -0.5 0  1 0.25\n"
		     "[input:keyboard]\noptions = compose:ralt\n"
		     "[input:German]\nlayout = de\n",
			&messages);
	check_str(messages.text, "");
	struct input_device device = {.kind = "touchpad", .name = "Some Pad"};
	struct input_settings settings = config_input(config, &device);
	check_eq(settings.tap, 1);
	check_eq(settings.tap_drag, -1);
	check_eq(settings.enabled, 2);
	check_eq(settings.click_method, INPUT_CLICK_FINGERS);
	check_eq(settings.scroll_method, INPUT_SCROLL_EDGE);
	check(settings.has_speed && settings.speed == -0.25);
	check_near(settings.scroll_speed, 2.5, 1e-9);
	check(!settings.has_calibration && !settings.output);
	device.name = "A Wheel Pad"; // matches two sections, of which the later one wins
	settings = config_input(config, &device);
	check_eq(settings.tap, 0);
	check_eq(settings.tap_middle, 1);
	check_eq(settings.scroll_button, 0x112);
	check_eq(settings.flat, 1);
	check_eq(settings.rotation, 90);
	device = (struct input_device){.kind = "mouse", .name = "QEMU USB Tablet"};
	settings = config_input(config, &device);
	check_str(settings.output, "Virtual-2");
	check(settings.has_calibration && settings.calibration[2] == -0.5f);
	check(settings.calibration[5] == 0.25f && settings.enabled == -1);

	struct keymap_names names;
	check(!config_input_keymap(config, &device, &names));
	device = (struct input_device){.kind = "keyboard", .name = "French"};
	check(config_input_keymap(config, &device, &names));
	check_str(names.layout, "fr");
	check_str(names.variant, "bepo");
	check_str(names.options, "compose:ralt");
	device.name = "German";
	check(config_input_keymap(config, &device, &names));
	check_str(names.layout, "de");
	check_str(names.variant, NULL); // a variant belongs to the layout it was set with
	check_str(names.options, "compose:ralt");
	config_destroy(config);
}

static const struct fault {
	const char *text, *message; // "LINE: ..." as it follows the file name
} faults[] = {
	{"[keyboard]\n\nrepeat-rate = fast\n",
		"3: repeat-rate: \"fast\" is not a whole number from 0 to 1000"},
	{"[keyboard]\nrepeat-rate = 25x\n", "2: repeat-rate: "},
	{"[keyboard]\nrepeat-rate = -1\n", "2: repeat-rate: "},
	{"[keyboard]\nrepeat-rate = 99999999999999999999\n", "2: repeat-rate: "},
	{"[keyboard]\nrepeat-rate =\n", "2: repeat-rate: \"\" is not"},
	{"[keyboard]\nrepeat-delay = 0\n",
		"2: repeat-delay: \"0\" is not a whole number from 1 to"},
	{"[limits]\nobjects = 100\n", "2: objects: \"100\" is not a whole number from 2048 to"},
	{"[xwayland]\nenabled = later\n", "2: enabled: \"later\" is not one of auto, yes, no"},
	{"[session]\nautostart = later\n", "2: autostart: \"later\" is neither yes nor no"},
	{"[keyboard]\nnumlock = maybe\n", "2: numlock: \"maybe\" is neither yes nor no"},
	{"[keyboard]\nspeed = 3\n",
		"2: speed: not known in [keyboard]; there are rules, model, layout"},
	{"[desktop]\ncolor = red\n", "2: color: \"red\" is not a colour like #"},
	{"[desktop]\ncolor = #12345g\n", "2: color: "},
	{"[desktop]\nimage-mode = zoom\n",
		"2: image-mode: \"zoom\" is not one of fill, fit, stretch, center, tile"},
	{"[desktop]\nplacement = left\n", "2: placement: "},
	{"[bindings]\nHyper+q = close\n", "2: Hyper+q: not a key; it is written"},
	{"[bindings]\nSuper+ = close\n", "2: Super+: not a key"},
	{"[bindings]\nSuper+qqq = close\n", "2: Super+qqq: not a key"},
	{"[bindings]\nSuper+Super+q = close\n", "2: Super+Super+q: not a key"},
	{"[bindings]\nSuper+x = dance\n", "2: Super+x: \"dance\" is not one of close, maximize"},
	{"[bindings]\nSuper+x =\n", "2: Super+x: \"\" is not one of"},
	{"[bindings]\nSuper+x = exec\n", "2: Super+x: exec needs a command"},
	{"[bindings]\nSuper+x = close now\n", "2: Super+x: close takes nothing behind it"},
	{"[rule:a]\nposition = 1x2\n", "2: position: \"1x2\" is not a place like 100,50"},
	{"[rule:a]\nsize = 0x5\n", "2: size: \"0x5\" is not a size like 800x600"},
	{"[rule:a]\nmaximized = 2\n", "2: maximized: \"2\" is neither yes nor no"},
	{"[output:a]\nmode = 1920\n", "2: mode: \"1920\" is not a mode like"},
	{"[output:a]\nmode = 10x10@0\n", "2: mode: "},
	{"[output:a]\nscale = nan\n", "2: scale: \"nan\" is not a number from 0.25 to 10"},
	{"[output:a]\nscale = 1e1\n", "2: scale: "},
	{"[output:a]\nscale = 11\n", "2: scale: "},
	{"[output:a]\ntransform = 45\n", "2: transform: \"45\" is not one of normal, 90, 180"},
	{"[output:a]\nenabled = perhaps\n", "2: enabled: "},
	{"[input:a]\nenabled = maybe\n", "2: enabled: \"maybe\" is not one of yes, no, without"},
	{"[input:a]\nspeed = 1.5\n", "2: speed: \"1.5\" is not a number from -1 to 1"},
	{"[input:a]\nspeed = --1\n", "2: speed: "},
	{"[input:a]\nscroll-speed = 0\n", "2: scroll-speed: "},
	{"[input:a]\ntap-buttons = right\n", "2: tap-buttons: \"right\" is not one of left-right"},
	{"[input:a]\nscroll-button = 274\n", "2: scroll-button: \"274\" is not one of left, right"},
	{"[input:a]\nrotation = 360\n", "2: rotation: "},
	{"[input:a]\ncalibration = 1 0 0 0 1\n", "2: calibration: "},
	{"[input:a]\ncalibration = 1 0 0 0 1 0 0\n", "2: calibration: "},
	{"[input:a]\ncalibration = 1 0 0 0 1 x\n", "2: calibration: \"1 0 0 0 1 x\" is not six"},
	{"[input]\ntap = yes\n", "1: input: needs a name"},
	{"[allow]\nwl-shm = *\n", "2: wl-shm: not the name of an interface"},
	{"[allow]\nwl_shm =\n", "2: wl_shm: needs the app ids"},
	{"\n[mouse]\nspeed = 1\nsize = 2\n",
		"2: mouse: unknown section; valid are keyboard, cursor, desktop, clipboard, session, idle, xwayland, compatibility, bindings, "
		"rule:NAME"},
	{"[rule]\nsize = 1x1\n", "1: rule: needs a name, as in [rule:NAME]"},
	{"[output: ]\n", "1: output: : needs a name"},
	{"[cursor:x]\nsize = 1\n", "1: cursor:x: there is only one [cursor]"},
	{"[cursor\nsize = 1\n", "1: [cursor: a section ends with a ]"},
	{"[\n", "1: [: a section ends with a ]"},
	{"size = 1\n", "1: size: comes before the first [section]"},
	{"[cursor]\n  nonsense\n[desktop]\n", "2: nonsense: not KEY = VALUE"},
	{"[cursor]\nnonsense", "2: nonsense: not KEY = VALUE"},
};

TEST_P(fault, struct fault, faults)
{
	struct messages messages;
	char *expected = xasprintf("test.ini:%s", param->message);
	struct config *config = load(param->text, &messages), *defaults = config_create_default();
	if (!strstr(messages.text, expected))
		test_fail(__FILE__, __LINE__, "\"%s\" is not in \"%s\"", expected, messages.text);
	check_eq(messages.count, 1);
	check_eq(config->n_bindings, defaults->n_bindings);
	config_destroy(defaults);
	config_destroy(config);
	free(expected);
}

TEST(only_the_faulty_key_falls_back)
{
	struct messages messages;
	struct config *config = load("[keyboard]\nrepeat-rate = 7\nrepeat-delay = soon\n"
				     "numlock = yes\n[nothing]\nrepeat-rate = 9\n"
				     "[cursor]\nsize = 32\n",
		&messages);
	check_eq(config->errors, 2);
	check_eq(config->keyboard.repeat_rate, 7);
	check_eq(config->keyboard.repeat_delay, 600);
	check(config->keyboard.numlock);
	check_eq(config->cursor.size, 32);
	config_destroy(config);
}

TEST(long_and_binary_lines)
{
	struct messages messages;
	char text[4096] = "[cursor]\ntheme = ";
	memset(text + strlen(text), 'x', 3000);
	strcat(text, "\nsize = 12\n");
	struct config *config = load(text, &messages);
	check(strstr(messages.text, "test.ini:2: theme: the line is longer than ") != NULL);
	check_eq(config->errors, 1);
	check_str(config->cursor.theme, NULL);
	check_eq(config->cursor.size, 12);
	config_destroy(config);

	const char *path = write_file("");
	FILE *file = fopen(path, "w");
	fwrite("[cursor]\nsize = 1\0 2\nsize = 3\n", 1, 30, file);
	fclose(file);
	messages = (struct messages){0};
	log_set_sink(collect, &messages);
	config = config_load(path);
	log_set_sink(NULL, NULL);
	check(strstr(messages.text, "test.ini:2: this line: not text") != NULL);
	check_eq(config->cursor.size, 3);
	config_destroy(config);
}

TEST(longest_line)
{
	struct messages messages;
	char text[512] = "[cursor]\ntheme = ";
	memset(text + strlen(text), 'x', 198 - strlen("theme = "));
	struct config *config = load(text, &messages);
	check_str(messages.text, "");
	check_eq(strlen(config->cursor.theme), 198 - strlen("theme = "));
	config_destroy(config);
}

TEST(files_that_are_not_there)
{
	struct messages messages = {0};
	char path[512];
	log_set_sink(collect, &messages);
	check(config_load("/nonexistent/oriel.ini") == NULL);
	check_eq(messages.count, 1);
	check(config_load(test_dir()) == NULL);
	check_eq(messages.count, 2);
	// The default file may be missing.
	setenv("XDG_CONFIG_HOME", test_dir(), 1);
	struct config *config = config_load(NULL);
	check(config && !config->path && !config->errors);
	config_destroy(config);
	check_eq(messages.count, 2);
	log_set_sink(NULL, NULL);
	snprintf(path, sizeof(path), "%s/oriel", test_dir());
	check_eq(mkdir(path, 0700), 0);
	strcat(path, "/oriel.ini");
	FILE *file = fopen(path, "w");
	fputs("[cursor]\nsize = 40\n", file);
	fclose(file);
	config = config_load(NULL);
	check_str(config->path, path);
	check_eq(config->cursor.size, 40);
	config_destroy(config);
}

TEST(keys)
{
	struct binding binding;
	check(binding_parse("q", &binding));
	check_eq(binding.modifiers, 0);
	check_eq(binding.code, XKB_KEY_q);
	check(binding_parse("Ctrl+Alt+Shift+Super+Q", &binding));
	check_eq(binding.modifiers, MOD_CTRL | MOD_ALT | MOD_SHIFT | MOD_SUPER);
	check_eq(binding.code, XKB_KEY_q);
	check(binding_parse("control+logo+plus", &binding));
	check_eq(binding.modifiers, MOD_CTRL | MOD_SUPER);
	check_eq(binding.code, XKB_KEY_plus);
	check(binding_parse("backspace", &binding));
	check_eq(binding.code, XKB_KEY_BackSpace);
	check(!binding_parse("", &binding));
	check(!binding_parse("+", &binding));
	check(!binding_parse("NoSymbol", &binding));
	char text[256];
	memset(text, 'a', sizeof(text));
	text[255] = '\0';
	check(!binding_parse(text, &binding));
}

TEST(flags_of_bindings)
{
	struct binding binding;
	check(binding_parse("XF86AudioRaiseVolume + repeat+LOCKED", &binding));
	check_eq(binding.trigger, TRIGGER_KEY);
	check_eq(binding.code, XKB_KEY_XF86AudioRaiseVolume);
	check(binding.repeat && binding.locked && !binding.release);
	check(binding_parse("Super_L+release", &binding));
	check(binding.release && !binding.repeat && !binding.modifiers);
	check(!binding_parse("q+repeat+release", &binding));
	check(!binding_parse("q+repeat+repeat", &binding));
	check(!binding_parse("q+often", &binding));
	check(!binding_parse("repeat+q", &binding));
	check(!binding_parse("Super", &binding));
	check(!binding_parse("Super+", &binding));
}

TEST(buttons_and_wheels)
{
	struct binding binding;
	check(binding_parse("Super+mouse-middle+locked", &binding));
	check_eq(binding.trigger, TRIGGER_BUTTON);
	check_eq(binding.code, BTN_MIDDLE);
	check_eq(binding.modifiers, MOD_SUPER);
	check(binding_parse("Mouse-Back", &binding));
	check_eq(binding.code, BTN_BACK);
	check(binding_parse("Ctrl+wheel-down", &binding));
	check_eq(binding.trigger, TRIGGER_WHEEL);
	check_eq(binding.code, WHEEL_DOWN);
	// What programs cannot do without.
	check(!binding_parse("mouse-left", &binding));
	check(!binding_parse("mouse-right", &binding));
	check(!binding_parse("wheel-up", &binding));
	check(!binding_parse("Super+wheel-up+repeat", &binding));
	check(!binding_parse("Super+mouse-left+release", &binding));
}

TEST(descriptions_of_bindings)
{
	static const char *const keys[] = {"Super+Escape", "Super+Ctrl+Alt+Shift+q", "F4"};
	for (size_t i = 0; i < array_length(keys); i++) {
		struct binding binding;
		check(binding_parse(keys[i], &binding));
		char *text = binding_describe(&binding);
		check_str(text, keys[i]);
		free(text);
	}
}

// A binding for the release stands beside that for the press.
TEST(press_and_release)
{
	struct messages messages = {0};
	struct config *config = load("[bindings]\nSuper_L+release = exec menu\nSuper_L = quit\n"
				     "Alt+F4+repeat = minimize",
		&messages);
	check_str(messages.text, "");
	int found = 0;
	for (size_t i = 0; i < config->n_bindings; i++)
		if (config->bindings[i].code == XKB_KEY_Super_L)
			found++;
	check_eq(found, 2);
	check_str(find(config, "Alt+F4")->action, "minimize");
	check(find(config, "Alt+F4")->repeat);
	config_destroy(config);
}
