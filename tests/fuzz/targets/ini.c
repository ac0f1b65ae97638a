// SPDX-License-Identifier: MIT
// The configuration file, and look-ups by names of screens and devices.
#include <stdio.h>
#include <stdlib.h>
#include "compositor/config/config.h"
#include "compositor/config/config_parse.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/test.h"

static void open_ini(const uint8_t *data, size_t size)
{
	if (!size)
		return;
	struct config *config = config_create_default();
	FILE *file = fmemopen((void *)data, size, "r");
	check(file != NULL);
	config_parse(config, file, "oriel.ini");
	fclose(file);
	config_output(config, "Virtual-1");
	static const struct input_device device = {.kind = "touchpad", .name = "Pad of Pads"};
	struct keymap_names names;
	config_input(config, &device);
	config_input_keymap(config, &device, &names);
	config_destroy(config);
}

const struct fuzz_target target_ini = {.name = "ini", .open = open_ini};
