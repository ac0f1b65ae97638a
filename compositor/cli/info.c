// SPDX-License-Identifier: MIT
// `oriel info`: prints what a bug report needs: versions, machine, modules, the GPU as OpenGL names
// it, and errors of the configuration. It starts no compositor, and prints neither user and host
// names nor anything about other clients.
#include "compositor/cli/info.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <getopt.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/cli/option_table.h"
#include "compositor/cli/options.h"
#include "compositor/config/config.h"
#include "renderer/renderer.h"

#define CONFIG_HAS_ERRORS 1

static const char *const modules[] = {"font", "gl", "kms", "x11", "xwayland"};

// Prints the report and empties it, so that what was found so far is out if a driver crashes later.
// The home directory, which contains the user's name, is printed as "~".
static void report_flush(struct strbuf *report)
{
	const char *home = getenv("HOME"), *text = strbuf_get(report), *found;
	size_t length = home ? strlen(home) : 0;
	while (length > 1 && (found = strstr(text, home))) {
		printf("%.*s~", (int)(found - text), text);
		text = found + length;
	}
	fputs(text, stdout);
	fflush(stdout);
	strbuf_clear(report);
}

static bool has_value(const char *variable)
{
	const char *value = getenv(variable);
	return value && *value;
}

// Values that may contain host names or paths are reported only as set.
static void add_session(struct strbuf *report)
{
	static const char *const set[] = {
		"DISPLAY", "WAYLAND_DISPLAY", "ORIEL_SOCKET", "XDG_RUNTIME_DIR", "XDG_VTNR"};
	const char *type = getenv("XDG_SESSION_TYPE"), *desktop = getenv("XDG_CURRENT_DESKTOP");
	strbuf_printf(report, "session     type %s, desktop %s", type && *type ? type : "unset",
		desktop && *desktop ? desktop : "unset");
	for (size_t i = 0; i < array_length(set); i++)
		if (has_value(set[i]))
			strbuf_printf(report, ", %s set", set[i]);
	strbuf_printf(report, "\nseat        %slogind, %sseatd\n",
		access("/run/systemd/seats", F_OK) == 0 ? "" : "no ",
		access("/run/seatd.sock", F_OK) == 0 ? "" : "no ");
}

static void *open_module(const char *name)
{
	char *file = xasprintf("oriel-%s.so", name);
	void *module = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	free(file);
	return module;
}

static void add_modules(struct strbuf *report)
{
	for (size_t i = 0; i < array_length(modules); i++) {
		const char *error = open_module(modules[i]) ? NULL : dlerror();
		strbuf_printf(report, "%-12s%-9s%s\n", i == 0 ? "modules" : "", modules[i],
			error ? error : "found");
	}
}

// Libraries have no common function for their version; the file behind the soname has it in its
// name.
static int add_library(struct dl_phdr_info *info, size_t size, void *data)
{
	static const char *const names[] = {"libEGL.", "libdrm.", "libfcft.", "libgbm.", "libinih.",
		"libinput.", "libpixman-1.", "libpng", "libseat.", "libwayland-server.", "libxcb.",
		"libxkbcommon."};
	char *path = *info->dlpi_name ? realpath(info->dlpi_name, NULL) : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;
	for (size_t i = 0; slash && i < array_length(names); i++)
		if (strncmp(slash + 1, names[i], strlen(names[i])) == 0)
			strbuf_printf(data, " %s", slash + 1);
	free(path);
	return 0;
}

static void add_libraries(struct strbuf *report)
{
	strbuf_puts(report, "libraries  ");
	dl_iterate_phdr(add_library, report);
	strbuf_puts(report, "\n");
}

static void on_config_message(enum log_level level, const char *line, void *data)
{
	strbuf_printf(data, "            %s\n", line);
}

// False: the file is missing although it was named, or has errors.
static bool add_config(struct strbuf *report, const char *path)
{
	struct strbuf messages = {0};
	log_set_sink(on_config_message, &messages);
	struct config *config = config_load(path);
	log_set_sink(NULL, NULL);
	int errors = config ? config->errors : 1;
	const char *name = config && config->path ? config->path : path;
	strbuf_printf(report, "config      %s", name ? name : "defaults, no file");
	if (errors)
		strbuf_printf(report, ", %d %s", errors, errors == 1 ? "error" : "errors");
	strbuf_printf(report, "\n%s", strbuf_get(&messages));
	strbuf_finish(&messages);
	config_destroy(config);
	return errors == 0;
}

static void on_driver_message(enum log_level level, const char *line, void *data)
{
	struct strbuf *report = data;
	const char *text = strstr(line, ": ");
	text = text ? strstr(text + 2, ": ") : NULL;
	strbuf_printf(
		report, "%-12s%s\n", report->length == 0 ? "opengl" : "", text ? text + 2 : line);
}

// The renderer reports the driver it has found through the log.
static void add_opengl(struct strbuf *report)
{
	void *library = open_module("gl");
	const struct renderer_module *module = library ? dlsym(library, "renderer_module") : NULL;
	const struct renderer_options options = {.device = -1, .accept_software = true};
	if (!module)
		return;
	log_set_sink(on_driver_message, report);
	log_set_level(LOG_INFO);
	struct renderer *renderer = module->create(&options);
	renderer_destroy(renderer);
	log_set_level(LOG_WARN);
	log_set_sink(NULL, NULL);
	if (report->length == 0)
		strbuf_puts(report, renderer ? "opengl      usable\n" : "opengl      none\n");
}

int info_main(int argc, char **argv)
{
	struct option_table table;
	const char *config = NULL;
	int option, status;
	option_table_fill(&table, COMMAND_INFO);
	while ((option = option_table_next(&table, argc, argv)) >= 0) {
		if (option_common(option, &status))
			return status;
		config = optarg;
	}
	if (optind < argc)
		return option_usage("info takes no arguments");
	struct strbuf report = {0};
	strbuf_puts(&report, "oriel       " ORIEL_VERSION " (" ORIEL_FEATURES ")\n");
	info_add_system(&report, "");
	add_session(&report);
	info_add_cards(&report, "/sys", "/dev");
	bool good = add_config(&report, config);
	report_flush(&report);
	add_modules(&report);
	add_libraries(&report);
	report_flush(&report);
	add_opengl(&report);
	report_flush(&report);
	strbuf_finish(&report);
	return good ? 0 : CONFIG_HAS_ERRORS;
}
