// SPDX-License-Identifier: MIT
// Fixtures with a configuration: apart from the others, as the fuzzers, which link those, have no
// folder of a test.
#include <stdio.h>
#include "compositor/config/config.h"
#include "tests/harness/fixture.h"
#include "tests/harness/test.h"

static struct config *load_config(const char *text)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/oriel.ini", test_dir());
	FILE *file = fopen(path, "w");
	check(file && fputs(text, file) >= 0 && fclose(file) == 0);
	struct config *config = config_load(path);
	check(config && !config->errors);
	return config;
}

struct fixture *fixture_create_config(const char *text)
{
	return fixture_create(&(struct server_options){
		.virtual_clock = true,
		.width = 1280,
		.height = 720,
		.outputs = 1,
		.builtin_cursor = true,
		.config = text ? load_config(text) : NULL,
	});
}
