// SPDX-License-Identifier: MIT
// The verb layout, and the keyboards of the verb list: the layouts of the user's keyboards.
#include <string.h>
#include <strings.h>
#include "compositor/script/runner.h"
#include "compositor/script/verbs.h"
#include "compositor/seat/seat.h"
#include "compositor/server.h"

static unsigned count_layouts(const struct keyboard_facts *facts)
{
	return facts->keymap ? xkb_keymap_num_layouts(facts->keymap) : 0;
}

// The name of a layout as in the keymap, "German"; empty: it has none.
static const char *layout_name(const struct keyboard_facts *facts, unsigned layout)
{
	const char *name = layout < count_layouts(facts)
		? xkb_keymap_layout_get_name(facts->keymap, layout)
		: NULL;
	return name ? name : "";
}

// Whether name is that of the layout in "us,de", as configured.
static bool layout_has_code(const struct keyboard_facts *facts, unsigned layout, const char *name)
{
	const char *code = facts->layouts;
	while (code && layout-- > 0) {
		code = strchr(code, ',');
		code = code ? code + 1 : NULL;
	}
	return code && strlen(name) == strcspn(code, ",") &&
		strncasecmp(code, name, strlen(name)) == 0;
}

static void list_keyboard(const struct keyboard_facts *facts, void *data)
{
	struct action *action = data;
	unsigned count = count_layouts(facts);
	unsigned active = count ? keyboard_layout(action->runner->server->seat) % count : 0;
	strbuf_puts(&action->result, action->result.length > 1 ? ",{\"name\":" : "{\"name\":");
	strbuf_json(&action->result, facts->name);
	strbuf_printf(&action->text, "\"%s\" layouts", facts->name);
	strbuf_puts(&action->result, ",\"layouts\":[");
	for (unsigned i = 0; i < count; i++) {
		strbuf_puts(&action->result, i ? "," : "");
		strbuf_json(&action->result, layout_name(facts, i));
		strbuf_printf(&action->text, " \"%s\"", layout_name(facts, i));
	}
	strbuf_puts(&action->result, "],\"codes\":");
	strbuf_json(&action->result, facts->layouts);
	strbuf_printf(&action->result, ",\"number\":%u,\"active\":", count ? active + 1 : 0);
	strbuf_json(&action->result, count ? layout_name(facts, active) : NULL);
	strbuf_puts(&action->result, ",\"options\":");
	strbuf_json(&action->result, facts->options);
	strbuf_puts(&action->result, "}");
	if (count)
		strbuf_printf(&action->text, " active \"%s\"", layout_name(facts, active));
	if (facts->options)
		strbuf_printf(&action->text, " options %s", facts->options);
	strbuf_puts(&action->text, "\n");
}

void list_keyboards(struct action *action)
{
	keyboard_for_each(action->runner->server->seat, list_keyboard, action);
}

// False: there is no such layout.
static bool find_layout(
	const struct keyboard_facts *facts, const char *word, unsigned active, unsigned *layout)
{
	unsigned count = count_layouts(facts);
	long number;
	if (!count)
		return false;
	if (strcmp(word, "next") == 0 || strcmp(word, "prev") == 0) {
		*layout = (active + (*word == 'n' ? 1 : count - 1)) % count;
		return true;
	}
	if (arg_integer(word, 1, (long)count, &number)) {
		*layout = (unsigned)number - 1;
		return true;
	}
	for (*layout = 0; *layout < count; ++*layout)
		if (layout_has_code(facts, *layout, word) ||
			strcasecmp(layout_name(facts, *layout), word) == 0)
			return true;
	return false;
}

static enum progress fail_layout(
	struct action *action, const struct keyboard_facts *facts, const char *word)
{
	struct strbuf names = {0};
	for (unsigned i = 0; i < count_layouts(facts); i++)
		strbuf_printf(&names, "%s%u \"%s\"", i ? ", " : "", i + 1, layout_name(facts, i));
	action_fail(action, "there is no layout '%s'; there are: %s", word,
		names.length ? strbuf_get(&names) : "none");
	strbuf_finish(&names);
	return PROGRESS_FAILED;
}

static bool parse_layout(struct action *action)
{
	return action_ends_at(action, 2);
}

static enum progress start_layout(struct action *action)
{
	struct seat *seat = action->runner->server->seat;
	struct keyboard_facts facts = keyboard_common(seat);
	unsigned layout = keyboard_layout(seat);
	if (action->args.count == 2) {
		if (!find_layout(&facts, action->args.word[1], layout, &layout))
			return fail_layout(action, &facts, action->args.word[1]);
		keyboard_set_layout(seat, layout);
	}
	strbuf_printf(&action->result, "{\"number\":%u,\"name\":", layout + 1);
	strbuf_json(&action->result, layout_name(&facts, layout));
	strbuf_puts(&action->result, "}");
	if (action->args.count == 1)
		strbuf_printf(
			&action->text, "%u \"%s\"\n", layout + 1, layout_name(&facts, layout));
	return PROGRESS_DONE;
}

const struct verb verb_layout = {
	.name = "layout",
	.usage = "[N | next | prev | NAME]",
	.help = "switches the keyboard layout, or prints it",
	.parse = parse_layout,
	.start = start_layout,
};
