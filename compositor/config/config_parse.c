// SPDX-License-Identifier: MIT
// Parses the INI file. inih splits lines; sections and line numbers are tracked here, so that every
// fault is reported with its position.
#include "compositor/config/config_parse.h"
#include <ctype.h>
#include <ini.h>
#include <linux/input-event-codes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/transform_names.h"
#include "compositor/config/config.h"

#define MAX_FAULTS 100 // reported
#define MAX_KEY 200    // bytes of a key or line in a message
#define MAX_IDLE 86400 // seconds

// Names of all actions, NULL-terminated.
static const char *const config_actions[] = {"close", "maximize", "fullscreen", "minimize",
	"restore", "snap-left", "snap-right", "switch-next", "switch-prev", "lock", "exec", "quit",
	"inhibit-toggle", NULL};

struct parser {
	struct config *config;
	FILE *file;
	const char *path;
	int line;
	char *text; // of getline
	size_t text_size;
	bool expects_key, got_key;     // in this line
	const struct section *section; // NULL: none, or a faulty one
	bool lost;                     // in a faulty section: its keys are not reported
	void *object;                  // set by its keys
	// Names of rule sections.
	char **rule_names;
	size_t n_rule_names, rule_names_capacity;
};

struct section {
	const char *name;
	bool named; // [name:NAME]
	const struct key *keys;
	size_t n_keys;
	void *(*enter)(struct parser *parser, const char *name);
	// For sections with arbitrary keys, instead of keys.
	void (*take)(struct parser *parser, const char *key, const char *value);
};

static void report_fault(const struct parser *parser, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void report_fault(const struct parser *parser, const char *key, const char *format, ...)
{
	va_list args;
	char *text;
	if (parser->config->errors++ >= MAX_FAULTS) {
		if (parser->config->errors == MAX_FAULTS + 1)
			log_error("%s: further faults are not reported", parser->path);
		return;
	}
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	log_error("%s:%d: %.*s%s: %s", parser->path, parser->line, MAX_KEY, key,
		strlen(key) > MAX_KEY ? "..." : "", text ? text : "invalid");
	free(text);
}

// Sections

static const char *const image_modes[] = {"fill", "fit", "stretch", "center", "tile", NULL};
static const char *const placements[] = {"cascade", "center", "pointer", NULL};
static const char *const focus_modes[] = {"smart", "always", "never", NULL};

#define IN_CONFIG(member) .at = offsetof(struct config, member)
#define IN_RULE(member) .at = offsetof(struct rule, member)
#define IN_INPUT(member) .at = offsetof(struct input_rule, member)
#define IN_OUTPUT(member) .at = offsetof(struct output_rule, member)

static const struct key keyboard_keys[] = {
	{"rules", config_set_string, IN_CONFIG(keyboard.rules)},
	{"model", config_set_string, IN_CONFIG(keyboard.model)},
	{"layout", config_set_string, IN_CONFIG(keyboard.layout)},
	{"variant", config_set_string, IN_CONFIG(keyboard.variant)},
	{"options", config_set_string, IN_CONFIG(keyboard.options)},
	{"repeat-rate", config_set_int, IN_CONFIG(keyboard.repeat_rate), .max = 1000},
	{"repeat-delay", config_set_int, IN_CONFIG(keyboard.repeat_delay), .min = 1, .max = 10000},
	{"numlock", config_set_bool, IN_CONFIG(keyboard.numlock)},
	{"layout-per-window", config_set_bool, IN_CONFIG(keyboard.layout_per_window)},
	{"compose", config_set_bool, IN_CONFIG(keyboard.compose)},
	{"unicode-input", config_set_bool, IN_CONFIG(keyboard.unicode_input)},
};

static const char *const cursor_planes[] = {"hardware", "software", "none", NULL};

static const struct key cursor_keys[] = {
	{"theme", config_set_string, IN_CONFIG(cursor.theme)},
	{"size", config_set_int, IN_CONFIG(cursor.size), .max = 256},
	{"plane", config_set_index, IN_CONFIG(cursor.plane), .choices = cursor_planes},
};

static const struct key desktop_keys[] = {
	{"color", config_set_color, IN_CONFIG(desktop.color), .allowed = "a colour like #2b3a4a"},
	{"image", config_set_path, IN_CONFIG(desktop.image)},
	{"image-mode", config_set_choice, IN_CONFIG(desktop.image_mode), .choices = image_modes},
	{"decorations", config_set_bool, IN_CONFIG(desktop.decorations)},
	{"placement", config_set_choice, IN_CONFIG(desktop.placement), .choices = placements},
	{"snap-distance", config_set_int, IN_CONFIG(desktop.snap_distance), .max = 1000},
	{"focus-new", config_set_index, IN_CONFIG(desktop.focus_new), .min = FOCUS_NEW_SMART,
		.choices = focus_modes},
};

static const struct key clipboard_keys[] = {
	{"keep", config_set_bool, IN_CONFIG(clipboard.keep)},
	{"keep-primary", config_set_bool, IN_CONFIG(clipboard.keep_primary)},
	{"keep-limit", config_set_int, IN_CONFIG(clipboard.keep_limit), .min = 1, .max = 1024},
};

static const struct key session_keys[] = {
	{"environment", config_set_bool, IN_CONFIG(session.environment)},
	{"autostart", config_set_bool, IN_CONFIG(session.autostart)},
	{"bell", config_set_string, IN_CONFIG(session.bell)},
};

static const struct key idle_keys[] = {
	{"dim", config_set_int, IN_CONFIG(idle.dim), .max = MAX_IDLE},
	{"screens-off", config_set_int, IN_CONFIG(idle.screens_off), .max = MAX_IDLE},
	{"lock", config_set_int, IN_CONFIG(idle.lock), .max = MAX_IDLE},
	{"lock-on-lid", config_set_bool, IN_CONFIG(idle.lock_on_lid)},
	{"lock-command", config_set_string, IN_CONFIG(idle.lock_command)},
};

static const char *const xwayland_modes[] = {"auto", "yes", "no", NULL};

static const struct key xwayland_keys[] = {
	{"enabled", config_set_index, IN_CONFIG(xwayland.enabled), .choices = xwayland_modes},
	{"terminate", config_set_int, IN_CONFIG(xwayland.terminate), .max = 86400},
};

static const struct key compatibility_keys[] = {
	{"preferred-scale", config_set_bool, IN_CONFIG(compatibility.preferred_scale)},
};

static const struct key limits_keys[] = {
	{"objects", config_set_int, IN_CONFIG(limits.objects), .min = 2048, .max = 4 << 20},
	{"descriptors", config_set_int, IN_CONFIG(limits.descriptors), .min = 32, .max = 32768},
	{"buffers", config_set_int, IN_CONFIG(limits.buffers), .max = 1 << 20},
	{"state", config_set_int, IN_CONFIG(limits.state), .min = 4, .max = 4096},
};

static const struct key rule_keys[] = {
	{"app-id", config_set_string, IN_RULE(app_id)},
	{"title", config_set_string, IN_RULE(title)},
	{"tag", config_set_string, IN_RULE(tag)},
	{"position", config_set_rule_position, .allowed = "a place like 100,50"},
	{"size", config_set_rule_size, .allowed = "a size like 800x600"},
	{"output", config_set_string, IN_RULE(output)},
	{"maximized", config_set_said_bool, IN_RULE(maximized)},
	{"fullscreen", config_set_said_bool, IN_RULE(fullscreen)},
	{"decorated", config_set_said_bool, IN_RULE(decorated)},
};

static const struct key output_keys[] = {
	{"mode", config_set_mode, .allowed = "a mode like 1920x1080 or 1920x1080@59.94"},
	{"position", config_set_output_position, .allowed = "a place like 1920,0"},
	{"scale", config_set_scale, IN_OUTPUT(scale), .allowed = "a number from 0.25 to 10"},
	{"transform", config_set_index, IN_OUTPUT(transform), .choices = transform_names},
	{"enabled", config_set_enabled, .at = 0},
	{"vrr", config_set_bool, IN_OUTPUT(vrr)},
};

static const char *const tap_buttons[] = {"left-right-middle", "left-middle-right", NULL};
static const char *const click_methods[] = {"none", "areas", "fingers", NULL};
static const char *const scroll_methods[] = {"none", "two-fingers", "edge", "button", NULL};
static const char *const accelerations[] = {"adaptive", "flat", NULL};
static const char *const buttons[] = {
	"left", "right", "middle", "side", "extra", "forward", "back", "task", NULL};

static const struct key input_keys[] = {
	{"enabled", config_set_device_enabled, IN_INPUT(settings.enabled),
		.allowed = "one of yes, no, without-mouse"},
	{"output", config_set_string, IN_INPUT(output)},
	{"layout", config_set_string, IN_INPUT(keymap.layout)},
	{"variant", config_set_string, IN_INPUT(keymap.variant)},
	{"options", config_set_string, IN_INPUT(keymap.options)},
	{"model", config_set_string, IN_INPUT(keymap.model)},
	{"rules", config_set_string, IN_INPUT(keymap.rules)},
	{"speed", config_set_speed, .allowed = "a number from -1 to 1"},
	{"acceleration", config_set_index, IN_INPUT(settings.flat), .choices = accelerations},
	{"left-handed", config_set_said_bool, IN_INPUT(settings.left_handed)},
	{"middle-emulation", config_set_said_bool, IN_INPUT(settings.middle_emulation)},
	{"natural-scroll", config_set_said_bool, IN_INPUT(settings.natural_scroll)},
	{"scroll-method", config_set_index, IN_INPUT(settings.scroll_method),
		.choices = scroll_methods},
	{"scroll-button", config_set_index, IN_INPUT(settings.scroll_button), .min = BTN_LEFT,
		.choices = buttons},
	{"scroll-button-lock", config_set_said_bool, IN_INPUT(settings.scroll_button_lock)},
	{"scroll-speed", config_set_scroll_speed, IN_INPUT(settings.scroll_speed),
		.allowed = "a number from 0.1 to 10"},
	{"tap", config_set_said_bool, IN_INPUT(settings.tap)},
	{"tap-buttons", config_set_index, IN_INPUT(settings.tap_middle), .choices = tap_buttons},
	{"tap-drag", config_set_said_bool, IN_INPUT(settings.tap_drag)},
	{"drag-lock", config_set_said_bool, IN_INPUT(settings.drag_lock)},
	{"click-method", config_set_index, IN_INPUT(settings.click_method),
		.choices = click_methods},
	{"disable-while-typing", config_set_said_bool, IN_INPUT(settings.disable_while_typing)},
	{"rotation", config_set_int, IN_INPUT(settings.rotation), .max = 359},
	{"calibration", config_set_calibration, .allowed = "six numbers like 1 0 0 0 1 0"},
};

static void *enter_config(struct parser *parser, const char *name)
{
	return parser->config;
}

static void *enter_rule(struct parser *parser, const char *name)
{
	struct config *config = parser->config;
	for (size_t i = 0; i < parser->n_rule_names; i++)
		if (strcmp(parser->rule_names[i], name) == 0)
			return &config->rules[i];
	array_reserve(parser->rule_names, parser->n_rule_names, parser->rule_names_capacity);
	parser->rule_names[parser->n_rule_names++] = xstrdup(name);
	array_reserve(config->rules, config->n_rules, config->rules_capacity);
	struct rule *rule = &config->rules[config->n_rules++];
	*rule = (struct rule){.maximized = -1, .fullscreen = -1, .decorated = -1};
	return rule;
}

static void *enter_input(struct parser *parser, const char *name)
{
	struct config *config = parser->config;
	for (size_t i = 0; i < config->n_inputs; i++)
		if (strcmp(config->inputs[i].name, name) == 0)
			return &config->inputs[i];
	array_reserve(config->inputs, config->n_inputs, config->inputs_capacity);
	struct input_rule *rule = &config->inputs[config->n_inputs++];
	*rule = (struct input_rule){.name = xstrdup(name), .settings = input_settings_none};
	return rule;
}

static void *enter_output(struct parser *parser, const char *name)
{
	struct config *config = parser->config;
	for (size_t i = 0; i < config->n_outputs; i++)
		if (strcmp(config->outputs[i].name, name) == 0)
			return &config->outputs[i];
	array_reserve(config->outputs, config->n_outputs, config->outputs_capacity);
	struct output_rule *rule = &config->outputs[config->n_outputs++];
	*rule = (struct output_rule){.name = xstrdup(name), .transform = -1};
	return rule;
}

// "a, b, c" of a NULL-terminated list. Caller frees.
static char *join_list(const char *const *words)
{
	char *text = xstrdup("");
	for (size_t i = 0; words[i]; i++) {
		char *longer = xasprintf("%s%s%s", text, i ? ", " : "", words[i]);
		free(text);
		text = longer;
	}
	return text;
}

static void take_binding(struct parser *parser, const char *key, const char *value)
{
	struct binding binding;
	if (!binding_parse(key, &binding)) {
		report_fault(parser, key,
			"not a key; it is written [Shift+][Ctrl+][Alt+][Super+]NAME, with the "
			"names of xkbcommon (q, Return, F4, plus), mouse-side or wheel-up, and may "
			"end with +repeat or +release, and +locked");
		return;
	}
	size_t length = strcspn(value, " \t");
	const char *argument = value + length + strspn(value + length, " \t");
	char *action = xasprintf("%.*s", (int)length, value);
	bool known = strcmp(action, "none") == 0, takes = strcmp(action, "exec") == 0;
	for (size_t i = 0; config_actions[i] && !known; i++)
		known = strcmp(config_actions[i], action) == 0;
	if (!known) {
		char *actions = join_list(config_actions);
		report_fault(parser, key, "\"%s\" is not one of %s, none", action, actions);
		free(actions);
	} else if (takes && !*argument) {
		report_fault(parser, key, "exec needs a command behind it");
	} else if (!takes && *argument) {
		report_fault(parser, key, "%s takes nothing behind it, but there is \"%s\"", action,
			argument);
	} else {
		config_bind(parser->config, &binding, strcmp(action, "none") == 0 ? NULL : action,
			takes ? argument : NULL);
	}
	free(action);
}

static void take_allow(struct parser *parser, const char *key, const char *value)
{
	struct config *config = parser->config;
	if (!*key || key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")]) {
		report_fault(parser, key,
			"not the name of an interface, like zwlr_screencopy_manager_v1");
		return;
	}
	if (!*value) {
		report_fault(parser, key, "needs the app ids that may use it, or * for all");
		return;
	}
	char *copy = xstrdup(value), *rest = copy, *word;
	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		array_reserve(config->allow, config->n_allow, config->allow_capacity);
		config->allow[config->n_allow].interface = xstrdup(key);
		config->allow[config->n_allow].app_id =
			strcmp(word, "*") == 0 ? NULL : xstrdup(word);
		config->n_allow++;
	}
	free(copy);
}

static const struct section sections[] = {
	{"keyboard", false, keyboard_keys, array_length(keyboard_keys), enter_config, NULL},
	{"cursor", false, cursor_keys, array_length(cursor_keys), enter_config, NULL},
	{"desktop", false, desktop_keys, array_length(desktop_keys), enter_config, NULL},
	{"clipboard", false, clipboard_keys, array_length(clipboard_keys), enter_config, NULL},
	{"session", false, session_keys, array_length(session_keys), enter_config, NULL},
	{"idle", false, idle_keys, array_length(idle_keys), enter_config, NULL},
	{"xwayland", false, xwayland_keys, array_length(xwayland_keys), enter_config, NULL},
	{"compatibility", false, compatibility_keys, array_length(compatibility_keys), enter_config,
		NULL},
	{"bindings", false, NULL, 0, enter_config, take_binding},
	{"rule", true, rule_keys, array_length(rule_keys), enter_rule, NULL},
	{"output", true, output_keys, array_length(output_keys), enter_output, NULL},
	{"input", true, input_keys, array_length(input_keys), enter_input, NULL},
	{"limits", false, limits_keys, array_length(limits_keys), enter_config, NULL},
	{"allow", false, NULL, 0, enter_config, take_allow},
};

// "keyboard, cursor, rule:NAME"; caller frees.
static char *list_sections(void)
{
	char *list = xstrdup(sections[0].name);
	for (size_t i = 1; i < array_length(sections); i++) {
		char *longer = xasprintf(
			"%s, %s%s", list, sections[i].name, sections[i].named ? ":NAME" : "");
		free(list);
		list = longer;
	}
	return list;
}

static void take_value(struct parser *parser, const struct key *key, const char *value)
{
	if (key->set(key, parser->object, value))
		return;
	if (key->allowed) {
		report_fault(parser, key->name, "\"%s\" is not %s", value, key->allowed);
	} else if (key->choices) {
		char *choices = join_list(key->choices);
		report_fault(parser, key->name, "\"%s\" is not one of %s", value, choices);
		free(choices);
	} else if (key->max) {
		report_fault(parser, key->name, "\"%s\" is not a whole number from %d to %d", value,
			key->min, key->max);
	} else {
		report_fault(parser, key->name, "\"%s\" is neither yes nor no", value);
	}
}

static int on_key(void *data, const char *section_text, const char *name, const char *value)
{
	struct parser *parser = data;
	const struct section *section = parser->section;
	parser->got_key = true;
	if (parser->lost)
		return 1;
	if (!section) {
		report_fault(parser, name, "comes before the first [section]");
		return 1;
	}
	if (section->take) {
		section->take(parser, name, value);
		return 1;
	}
	for (size_t i = 0; i < section->n_keys; i++)
		if (strcmp(section->keys[i].name, name) == 0) {
			take_value(parser, &section->keys[i], value);
			return 1;
		}
	const char *known[32] = {0};
	for (size_t i = 0; i < section->n_keys && i + 1 < array_length(known); i++)
		known[i] = section->keys[i].name;
	char *list = join_list(known);
	report_fault(parser, name, "not known in [%s]; there are %s", section->name, list);
	free(list);
	return 1;
}

// Lines

static void enter_section(struct parser *parser, char *text)
{
	parser->section = NULL;
	parser->lost = true;
	// A comment may follow after whitespace.
	for (char *c = text + 1; *c; c++)
		if (*c == ';' && isspace((unsigned char)c[-1]))
			*c = '\0';
	size_t length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
	if (text[length - 1] != ']') {
		report_fault(parser, text, "a section ends with a ]");
		return;
	}
	text[length - 1] = '\0';
	const char *kind = text + 1, *name = strchr(kind, ':');
	size_t kind_length = name ? (size_t)(name - kind) : strlen(kind);
	name = name ? name + 1 + strspn(name + 1, " \t") : "";
	for (size_t i = 0; i < array_length(sections); i++) {
		const struct section *section = &sections[i];
		if (strlen(section->name) != kind_length ||
			strncmp(section->name, kind, kind_length) != 0)
			continue;
		if (section->named && !*name) {
			report_fault(parser, kind, "needs a name, as in [%s:NAME]", section->name);
		} else if (!section->named && kind[kind_length]) {
			report_fault(parser, kind, "there is only one [%s], without a name",
				section->name);
		} else {
			parser->section = section;
			parser->lost = false;
			parser->object = section->enter(parser, name);
		}
		return;
	}
	char *valid = list_sections();
	report_fault(parser, kind, "unknown section; valid are %s", valid);
	free(valid);
}

// Passes the next line to inih if it has a key, else an empty one.
static char *read_line(char *into, int size, void *data)
{
	struct parser *parser = data;
	if (parser->expects_key && !parser->got_key)
		report_fault(parser, parser->text + strspn(parser->text, " \t"), "not KEY = VALUE");
	parser->expects_key = parser->got_key = false;
	ssize_t length = getline(&parser->text, &parser->text_size, parser->file);
	if (length < 0)
		return NULL;
	parser->line++;
	char *text = parser->text;
	bool binary = strlen(text) != (size_t)length;
	text[strcspn(text, "\r\n")] = '\0';
	if (parser->line == 1 && strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	// inih takes indented lines as continuations.
	text += strspn(text, " \t\v\f");
	into[0] = '\0';
	if (binary) {
		report_fault(parser, "this line", "not text: it has a zero byte");
	} else if (*text == '[') {
		enter_section(parser, text);
	} else if (*text && *text != ';' && *text != '#') {
		if (strlen(text) + 2 > (size_t)size) {
			text[strcspn(text, "=: \t")] = '\0';
			report_fault(parser, text, "the line is longer than %d bytes", size - 2);
		} else {
			parser->expects_key = true;
			memcpy(into, text, strlen(text) + 1);
		}
	}
	return into;
}

void config_parse(struct config *config, FILE *file, const char *path)
{
	struct parser parser = {.config = config, .file = file, .path = path};
	ini_parse_stream(read_line, &parser, on_key, &parser);
	if (ferror(file)) {
		log_error("%s: stopped reading after line %d", path, parser.line);
		config->errors++;
	}
	for (size_t i = 0; i < parser.n_rule_names; i++)
		free(parser.rule_names[i]);
	free(parser.rule_names);
	free(parser.text);
}
