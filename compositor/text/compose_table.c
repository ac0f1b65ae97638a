// SPDX-License-Identifier: MIT
// Finds the compose table as Xlib does: $XCOMPOSEFILE, the user's .XCompose, else that of the
// locale. Without a locale it is that of en_US.UTF-8, whose sequences are those of most languages.
#include "compositor/text/compose_table.h"
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/base/workers.h"
#include "compositor/server.h"

#define COMMON_LOCALE "en_US.UTF-8"

struct compose_load {
	void (*loaded)(struct xkb_compose_table *table, void *data);
	void *data;
	char *locale; // owned
	struct xkb_compose_table *table;
	struct work *work;
};

// Sequences that a file has twice and the like are no business of the log.
static void on_xkb_log(
	struct xkb_context *context, enum xkb_log_level level, const char *format, va_list args)
{
}

static void load_run(void *data)
{
	struct compose_load *load = data;
	struct xkb_context *context = xkb_context_new(XKB_CONTEXT_NO_DEFAULT_INCLUDES);
	if (!context)
		return;
	xkb_context_set_log_fn(context, on_xkb_log);
	load->table = xkb_compose_table_new_from_locale(
		context, load->locale, XKB_COMPOSE_COMPILE_NO_FLAGS);
	if (!load->table)
		load->table = xkb_compose_table_new_from_locale(
			context, COMMON_LOCALE, XKB_COMPOSE_COMPILE_NO_FLAGS);
	xkb_context_unref(context); // the table has a reference
}

static void load_free(struct compose_load *load)
{
	free(load->locale);
	free(load);
}

static void load_done(void *data)
{
	struct compose_load *load = data;
	if (!load->table)
		log_info("no compose table for %s, so programs that rely on the compositor have "
			 "no dead keys; is libx11-data installed?",
			load->locale);
	load->loaded(load->table, load->data);
	load_free(load);
}

static void load_drop(void *data)
{
	struct compose_load *load = data;
	xkb_compose_table_unref(load->table);
	load_free(load);
}

// The locale of characters: LC_ALL, LC_CTYPE or LANG.
static const char *locale_name(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *name = NULL;
	for (size_t i = 0; i < array_length(variables) && (!name || !*name); i++)
		name = getenv(variables[i]);
	bool none = !name || !*name || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0;
	return none ? COMMON_LOCALE : name;
}

struct compose_load *compose_load_start(struct server *server,
	void (*loaded)(struct xkb_compose_table *table, void *data), void *data)
{
	static const struct work_impl impl = {
		.run = load_run, .done = load_done, .drop = load_drop};
	struct compose_load *load = xcalloc(1, sizeof(*load));
	load->loaded = loaded;
	load->data = data;
	load->locale = xstrdup(locale_name());
	load->work = workers_start(server->workers, &impl, load);
	if (load->work)
		return load;
	load_free(load);
	return NULL;
}

void compose_load_abandon(struct compose_load *load)
{
	if (load)
		work_abandon(load->work);
}
