// SPDX-License-Identifier: MIT
// Loads the module that is under test.
#include "tests/gl/module.h"
#include <dlfcn.h>
#include "tests/harness/test.h"

void *module_symbol(const char *name)
{
	// Never closed, so that leak reports have symbols.
	void *library = dlopen("oriel-gl.so", RTLD_NOW | RTLD_LOCAL);
	void *symbol = library ? dlsym(library, name) : NULL;
	if (!symbol)
		test_fail(__FILE__, __LINE__, "%s", dlerror());
	return symbol;
}

struct renderer *module_renderer(void)
{
	const struct renderer_module *module = module_symbol("renderer_module");
	return module->create(&(struct renderer_options){.device = -1, .accept_software = true});
}
