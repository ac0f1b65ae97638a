// SPDX-License-Identifier: MIT
// Loads modules. Parts with heavy dependencies are shared objects, loaded on demand, so that a
// headless run maps neither GL nor X11. They are never unloaded, so that leak reports can name
// their functions.
#include "compositor/modules.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "backends/backend.h"
#include "backends/headless/headless.h"
#include "backends/vhost-user/vhost_backend.h"
#include "backends/virtio/virtio.h"
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "compositor/shell/shells.h"
#include "renderer/renderer.h"
#include "renderer/virgl/transport.h"

static const void *load_module(const char *kind, const char *file, const char *symbol)
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	const void *found = library ? dlsym(library, symbol) : NULL;
	if (!found)
		log_error("the %s is not installed: %s", kind, dlerror());
	return found;
}

// The text after the prefix; NULL: it does not begin with the prefix.
static const char *skip_prefix(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);
	return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static const char vhost_prefix[] = "vhost-user:";

static struct backend *create_backend(const char *name, const char *virgl, struct server *server,
	const struct backend_sink *sink, const struct backend_options *options)
{
	backend_create_func *create = NULL;
	if (strcmp(name, "headless") == 0) {
		create = headless_backend_create;
	} else if (strcmp(name, "x11") == 0) {
		const struct backend_module *module =
			load_module("X11 back end", "oriel-x11.so", "backend_module");
		create = module ? module->create : NULL;
	} else if (strcmp(name, "virtio") == 0 && virgl && skip_prefix(virgl, vhost_prefix)) {
		struct backend_options with_path = *options;
		with_path.device = skip_prefix(virgl, vhost_prefix);
		return vhost_backend_create(server->loop, server->clock, sink, server, &with_path);
	} else if (strcmp(name, "drm") == 0 || strcmp(name, "virtio") == 0) {
		const struct backend_module *module = load_module("KMS back end", "oriel-kms.so",
			strcmp(name, "drm") == 0 ? "backend_module" : "virtio_module");
		create = module ? module->create : NULL;
	} else {
		log_error("there is no back end \"%s\"; choose headless, x11, drm or virtio", name);
	}
	return create ? create(server->loop, server->clock, sink, server, options) : NULL;
}

struct backend *choose_backend(struct server *server, const struct backend_sink *sink,
	const struct server_options *options)
{
	const struct backend_options backend_options = {
		.width = options->width,
		.height = options->height,
		.refresh_mhz = options->refresh_mhz,
		.screens = options->outputs,
		.draw_always = options->draw_always,
		.device = options->device,
	};
	const char *name = options->backend ? options->backend : "headless";
	return create_backend(name, options->virgl, server, sink, &backend_options);
}

static struct virgl_transport *open_device(const char *path)
{
	int device = open(path, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		log_errno("cannot open %s", path);
		return NULL;
	}
	struct virgl_transport *transport = virtgpu_transport_create(device, NULL);
	close_fd(&device);
	return transport;
}

static struct virgl_transport *open_vhost(const char *path)
{
	struct vhost *vhost = vhost_create(path, NULL);
	struct virgl_transport *transport = vhost ? vhost_transport_create(vhost) : NULL;
	vhost_unref(vhost);
	return transport;
}

// device: descriptor of the GPU that drives the screens, or -1.
static struct virgl_transport *create_transport(
	struct backend *backend, const char *virgl, int device)
{
	const char *path;
	struct vhost *vhost = vhost_backend_device(backend);
	if (vhost)
		return vhost_transport_create(vhost);
	if (!virgl && device >= 0)
		return virtgpu_transport_create(device, NULL);
	if (!virgl)
		log_error("the renderer \"virgl\" needs a virtio-gpu with 3D, or --virgl");
	else if ((path = skip_prefix(virgl, "vtest:")))
		return vtest_transport_create(path, NULL);
	else if ((path = skip_prefix(virgl, "virtgpu:")))
		return open_device(path);
	else if ((path = skip_prefix(virgl, vhost_prefix)))
		return open_vhost(path);
	else
		log_error(
			"there is no virgl host \"%s\"; it is vtest:, virtgpu: or vhost-user:PATH",
			virgl);
	return NULL;
}

static struct renderer *create_renderer(const char *name, struct backend *backend,
	const struct renderer_options *options, const char *virgl)
{
	if (strcmp(name, "pixman") == 0)
		return pixman_renderer_create(0);
	if (strcmp(name, "virgl") == 0)
		return virgl_renderer_create(create_transport(backend, virgl, options->device));
	if (strcmp(name, "gl") != 0) {
		log_error("there is no renderer \"%s\"; choose pixman, gl or virgl", name);
		return NULL;
	}
	const struct renderer_module *module =
		load_module("GL renderer", "oriel-gl.so", "renderer_module");
	return module ? module->create(options) : NULL;
}

struct renderer *choose_renderer(struct backend *backend, const struct server_options *options)
{
	if (options->make_renderer)
		return options->make_renderer(backend, options->make_renderer_data);
	struct renderer_options renderer_options = {.device = backend->device};
	if (options->renderer) {
		renderer_options.accept_software = true;
		return create_renderer(
			options->renderer, backend, &renderer_options, options->virgl);
	}
	for (size_t i = 0; backend->renderers[i]; i++) {
		struct renderer *renderer = create_renderer(
			backend->renderers[i], backend, &renderer_options, options->virgl);
		if (renderer)
			return renderer;
	}
	return NULL;
}

struct shell *choose_shell(struct server *server, const struct server_options *options)
{
	const char *name = options->shell ? options->shell : "desktop";
	if (strcmp(name, "desktop") == 0)
		return desktop_shell_create(server);
	if (strcmp(name, "kiosk") == 0)
		return kiosk_shell_create(server);
	log_error("there is no shell \"%s\"; choose desktop or kiosk", name);
	return NULL;
}
