// SPDX-License-Identifier: MIT
// The module maps the X libraries, so it is loaded for the first X program only. Whether there is
// one is known before, from the folders in which the loader would search.
#include "compositor/xwayland/module.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/xwayland/xwm.h"

#define MODULE "oriel-xwayland.so"

bool xwm_is_installed(void)
{
	Dl_serinfo size, *list = NULL;
	bool found = false;
	void *program = dlopen(NULL, RTLD_LAZY);
	if (!program)
		return false;
	if (dlinfo(program, RTLD_DI_SERINFOSIZE, &size) < 0)
		goto out;
	list = xcalloc(1, size.dls_size);
	list->dls_size = size.dls_size;
	list->dls_cnt = size.dls_cnt;
	if (dlinfo(program, RTLD_DI_SERINFO, list) < 0)
		goto out;
	for (unsigned i = 0; i < list->dls_cnt && !found; i++) {
		char *path = xasprintf("%s/" MODULE, list->dls_serpath[i].dls_name);
		found = access(path, R_OK) == 0;
		free(path);
	}
out:
	free(list);
	dlclose(program);
	return found;
}

const struct xwm_impl *xwm_load(void)
{
	void *library = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);
	const struct xwm_impl *impl = library ? dlsym(library, "xwm_impl") : NULL;
	if (!impl)
		log_error("the window manager of X programs cannot be loaded: %s", dlerror());
	return impl;
}
