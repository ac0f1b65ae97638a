// SPDX-License-Identifier: MIT
// Chooses a device, and creates an EGL display and a current context on it. If a device is given,
// only that one is tried; otherwise each hardware device in turn, through GBM on its render node,
// or as an EGL device if its driver has no GBM. The software driver comes last, if it is accepted.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/gl/gl.h"

#define MAX_DEVICES 16
// Larger images are not converted by pixman.
#define PIXMAN_LIMIT 32766

// Whether name is one of the space-separated words of list. list may be NULL.
static bool gl_has_word(const char *list, const char *name)
{
	size_t length = strlen(name);
	for (const char *word = list; word && (word = strstr(word, name)); word += length)
		if ((word == list || word[-1] == ' ') && (word[length] == ' ' || !word[length]))
			return true;
	return false;
}

const char *gl_egl_error(void)
{
	static const struct {
		EGLint code;
		const char *text;
	} errors[] = {{EGL_SUCCESS, "no reason given"},
		{EGL_NOT_INITIALIZED, "EGL_NOT_INITIALIZED"}, {EGL_BAD_ACCESS, "EGL_BAD_ACCESS"},
		{EGL_BAD_ALLOC, "EGL_BAD_ALLOC"}, {EGL_BAD_ATTRIBUTE, "EGL_BAD_ATTRIBUTE"},
		{EGL_BAD_CONTEXT, "EGL_BAD_CONTEXT"}, {EGL_BAD_CONFIG, "EGL_BAD_CONFIG"},
		{EGL_BAD_DISPLAY, "EGL_BAD_DISPLAY"}, {EGL_BAD_MATCH, "EGL_BAD_MATCH"},
		{EGL_BAD_PARAMETER, "EGL_BAD_PARAMETER"}, {EGL_CONTEXT_LOST, "EGL_CONTEXT_LOST"},
		{EGL_BAD_DEVICE_EXT, "EGL_BAD_DEVICE_EXT"}};
	EGLint code = eglGetError();
	for (size_t i = 0; i < array_length(errors); i++)
		if (errors[i].code == code)
			return errors[i].text;
	return "an error without a name";
}

// Messages

// While devices are probed, failures are expected.
static void EGLAPIENTRY on_egl_message_while_probing(EGLenum error, const char *command,
	EGLint kind, EGLLabelKHR thread, EGLLabelKHR object, const char *text)
{
	log_debug("%s: %s", command, text ? text : "");
}

static void EGLAPIENTRY on_egl_message(EGLenum error, const char *command, EGLint kind,
	EGLLabelKHR thread, EGLLabelKHR object, const char *text)
{
	enum log_level level = kind == EGL_DEBUG_MSG_INFO_KHR ? LOG_DEBUG
		: kind == EGL_DEBUG_MSG_WARN_KHR              ? LOG_WARN
							      : LOG_ERROR;
	log_write(level, __FILE__, 0, "%s: %s", command, text ? text : "no reason given");
}

static void set_egl_callback(struct gl *gl, EGLDEBUGPROCKHR callback)
{
	if (gl->procs.egl_debug_control)
		gl->procs.egl_debug_control(
			callback, (const EGLAttrib[]){EGL_DEBUG_MSG_INFO_KHR, EGL_TRUE, EGL_NONE});
}

static void GL_APIENTRY on_gl_message(GLenum source, GLenum type, GLuint id, GLenum severity,
	GLsizei length, const GLchar *text, const void *data)
{
	enum log_level level = type == GL_DEBUG_TYPE_ERROR_KHR ? LOG_ERROR
		: type == GL_DEBUG_TYPE_UNDEFINED_BEHAVIOR_KHR ||
			type == GL_DEBUG_TYPE_DEPRECATED_BEHAVIOR_KHR
		? LOG_WARN
		: LOG_DEBUG;
	while (length > 0 && text[length - 1] == '\n')
		length--;
	log_write(level, __FILE__, 0, "%.*s", (int)length, text);
}

// The display

static void load_client_procs(struct gl *gl, const char *extensions)
{
	struct gl_procs *procs = &gl->procs;
	if (gl_has_word(extensions, "EGL_KHR_debug"))
		procs->egl_debug_control = (void *)eglGetProcAddress("eglDebugMessageControlKHR");
	if (gl_has_word(extensions, "EGL_EXT_platform_base"))
		procs->get_platform_display = (void *)eglGetProcAddress("eglGetPlatformDisplayEXT");
	if (gl_has_word(extensions, "EGL_EXT_device_base") ||
		gl_has_word(extensions, "EGL_EXT_device_enumeration")) {
		procs->query_devices = (void *)eglGetProcAddress("eglQueryDevicesEXT");
		procs->query_device_string = (void *)eglGetProcAddress("eglQueryDeviceStringEXT");
	}
}

// own: the display is not shared with other users of EGL in this process.
static bool open_display(struct gl *gl, EGLenum platform, void *native, bool own)
{
	EGLint major, minor;
	gl->display = gl->procs.get_platform_display(platform, native, NULL);
	gl->own_display = own;
	if (gl->display != EGL_NO_DISPLAY && eglInitialize(gl->display, &major, &minor))
		return true;
	log_debug("cannot initialise an EGL display: %s", gl_egl_error());
	gl->display = EGL_NO_DISPLAY;
	return false;
}

static void close_display(struct gl *gl)
{
	if (gl->display != EGL_NO_DISPLAY) {
		eglMakeCurrent(gl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
		if (gl->context != EGL_NO_CONTEXT)
			eglDestroyContext(gl->display, gl->context);
		if (gl->own_display)
			eglTerminate(gl->display);
	}
	gl->context = EGL_NO_CONTEXT;
	gl->display = EGL_NO_DISPLAY;
	eglReleaseThread();
	gl_gbm_finish(gl);
	close_fd(&gl->base.device);
}

// The context

static EGLContext create_context_version(struct gl *gl, EGLConfig config, int version, bool robust)
{
	const char *extensions = eglQueryString(gl->display, EGL_EXTENSIONS);
	EGLint attributes[12];
	size_t n = 0;
	attributes[n++] = EGL_CONTEXT_CLIENT_VERSION;
	attributes[n++] = version;
	if (robust) {
		attributes[n++] = EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT;
		attributes[n++] = EGL_LOSE_CONTEXT_ON_RESET_EXT;
	}
	if (gl_has_word(extensions, "EGL_IMG_context_priority")) {
		attributes[n++] = EGL_CONTEXT_PRIORITY_LEVEL_IMG;
		attributes[n++] = EGL_CONTEXT_PRIORITY_HIGH_IMG;
	}
	attributes[n] = EGL_NONE;
	return eglCreateContext(gl->display, config, EGL_NO_CONTEXT, attributes);
}

static bool create_context(struct gl *gl)
{
	const char *extensions = eglQueryString(gl->display, EGL_EXTENSIONS);
	EGLConfig config = EGL_NO_CONFIG_KHR;
	if (!gl_has_word(extensions, "EGL_KHR_surfaceless_context")) {
		log_debug("EGL_KHR_surfaceless_context is missing");
		return false;
	}
	eglBindAPI(EGL_OPENGL_ES_API);
	if (!gl_has_word(extensions, "EGL_KHR_no_config_context") &&
		!gl_has_word(extensions, "EGL_MESA_configless_context")) {
		EGLint count = 0;
		const EGLint wanted[] = {EGL_RENDERABLE_TYPE, EGL_OPENGL_ES2_BIT, EGL_SURFACE_TYPE,
			EGL_DONT_CARE, EGL_RED_SIZE, 8, EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8,
			EGL_NONE};
		if (!eglChooseConfig(gl->display, wanted, &config, 1, &count) || count < 1) {
			log_debug("no EGL configuration for OpenGL ES");
			return false;
		}
	}
	bool robust = gl_has_word(extensions, "EGL_EXT_create_context_robustness");
	// In order of preference: GL ES 3 before 2, then reset notifications before none.
	for (int i = 0; i < 4 && gl->context == EGL_NO_CONTEXT; i++)
		if (robust || i % 2)
			gl->context = create_context_version(gl, config, i < 2 ? 3 : 2, i % 2 == 0);
	if (gl->context == EGL_NO_CONTEXT ||
		!eglMakeCurrent(gl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, gl->context)) {
		log_debug("cannot create a context: %s", gl_egl_error());
		return false;
	}
	return true;
}

// Devices

static bool context_is_acceptable(struct gl *gl)
{
	const char *name = (const char *)glGetString(GL_RENDERER);
	bool software = gl_renderer_is_software(name);
	if (software && !gl->options.accept_software) {
		log_info("%s renders on the CPU, where pixman is faster: not used", name);
		return false;
	}
	log_info("%s, %s%s", name, (const char *)glGetString(GL_VERSION),
		software ? " (renders on the CPU)" : "");
	return true;
}

// native: the GBM or EGL device.
static bool try_display(struct gl *gl, EGLenum platform, void *native, bool own)
{
	return open_display(gl, platform, native, own) && create_context(gl) &&
		context_is_acceptable(gl);
}

// Returns the path of the render node, NULL: unknown. The caller frees it.
static char *device_render_node(struct gl *gl, EGLDeviceEXT device)
{
	const char *path = NULL, *card = NULL;
	const char *extensions = gl->procs.query_device_string(device, EGL_EXTENSIONS);
	if (gl_has_word(extensions, "EGL_EXT_device_drm_render_node"))
		path = gl->procs.query_device_string(device, EGL_DRM_RENDER_NODE_FILE_EXT);
	if (path || !gl_has_word(extensions, "EGL_EXT_device_drm"))
		return xstrdup(path);
	card = gl->procs.query_device_string(device, EGL_DRM_DEVICE_FILE_EXT);
	int fd = card ? open(card, O_RDWR | O_CLOEXEC) : -1;
	char *found = fd >= 0 ? drmGetRenderDeviceNameFromFd(fd) : NULL;
	close_fd(&fd);
	return found;
}

// Tries GBM on the render node, then the EGL device.
static bool try_hardware(struct gl *gl, const char *node, EGLDeviceEXT device)
{
	const char *clients = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
	bool gbm = gl_has_word(clients, "EGL_KHR_platform_gbm") ||
		gl_has_word(clients, "EGL_MESA_platform_gbm");
	if (node && gbm && gl_gbm_init(gl, node)) {
		if (try_display(gl, EGL_PLATFORM_GBM_KHR, gl->gbm, true))
			return true;
		close_display(gl);
	}
	if (device == EGL_NO_DEVICE_EXT || !gl_has_word(clients, "EGL_EXT_platform_device"))
		return false;
	if (node)
		gl->base.device = open(node, O_RDWR | O_CLOEXEC);
	if (try_display(gl, EGL_PLATFORM_DEVICE_EXT, device, false))
		return true;
	close_display(gl);
	return false;
}

static bool try_devices(struct gl *gl, const char *wanted)
{
	EGLDeviceEXT devices[MAX_DEVICES];
	EGLint count = 0;
	if (!gl->procs.query_devices || !gl->procs.query_devices(MAX_DEVICES, devices, &count))
		count = 0;
	bool found = false;
	for (EGLint i = 0; i < count && !found; i++) {
		const char *extensions = gl->procs.query_device_string(devices[i], EGL_EXTENSIONS);
		if (gl_has_word(extensions, "EGL_MESA_device_software"))
			continue;
		char *node = device_render_node(gl, devices[i]);
		if (!wanted || (node && strcmp(node, wanted) == 0))
			found = try_hardware(gl, node, devices[i]);
		free(node);
	}
	// Drivers that only support GBM are not listed as EGL devices.
	return found || (wanted && try_hardware(gl, wanted, EGL_NO_DEVICE_EXT));
}

static bool try_software(struct gl *gl)
{
	if (gl_has_word(eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS),
		    "EGL_MESA_platform_surfaceless") &&
		try_display(gl, EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, false))
		return true;
	close_display(gl);
	return false;
}

// Extensions

static void load_display_procs(struct gl *gl)
{
	struct gl_procs *procs = &gl->procs;
	const char *egl = eglQueryString(gl->display, EGL_EXTENSIONS);
	if (gl_has_word(egl, "EGL_KHR_image_base")) {
		procs->create_image = (void *)eglGetProcAddress("eglCreateImageKHR");
		procs->destroy_image = (void *)eglGetProcAddress("eglDestroyImageKHR");
	}
	gl->has.dmabuf = procs->create_image && gl_has_word(egl, "EGL_EXT_image_dma_buf_import");
	gl->has.modifiers =
		gl->has.dmabuf && gl_has_word(egl, "EGL_EXT_image_dma_buf_import_modifiers");
	if (gl->has.modifiers) {
		procs->query_dmabuf_formats = (void *)eglGetProcAddress("eglQueryDmaBufFormatsEXT");
		procs->query_dmabuf_modifiers =
			(void *)eglGetProcAddress("eglQueryDmaBufModifiersEXT");
	}
	gl->has.native_fence = gl_has_word(egl, "EGL_ANDROID_native_fence_sync");
	if (gl->has.native_fence) {
		procs->create_sync = (void *)eglGetProcAddress("eglCreateSyncKHR");
		procs->destroy_sync = (void *)eglGetProcAddress("eglDestroySyncKHR");
		procs->dup_fence = (void *)eglGetProcAddress("eglDupNativeFenceFDANDROID");
	}
}

static void load_context_procs(struct gl *gl)
{
	struct gl_procs *procs = &gl->procs;
	const char *list = (const char *)glGetString(GL_EXTENSIONS);
	const char *version = (const char *)glGetString(GL_VERSION);
	bool three = version && strncmp(version, "OpenGL ES 3", 11) == 0;
	gl->caps = (struct gl_caps){
		.bgra = gl_has_word(list, "GL_EXT_texture_format_BGRA8888"),
		.half_float = three && gl_has_word(list, "GL_OES_texture_half_float_linear"),
		.norm16 = gl_has_word(list, "GL_EXT_texture_norm16"),
		.row_length = three || gl_has_word(list, "GL_EXT_unpack_subimage"),
	};
	gl->has.read_bgra = gl_has_word(list, "GL_EXT_read_format_bgra");
	gl->has.pack_row_length = three || gl_has_word(list, "GL_NV_pack_subimage");
	if (gl_has_word(list, "GL_OES_EGL_image")) {
		procs->image_to_texture = (void *)eglGetProcAddress("glEGLImageTargetTexture2DOES");
		procs->image_to_renderbuffer =
			(void *)eglGetProcAddress("glEGLImageTargetRenderbufferStorageOES");
	}
	gl->has.external =
		procs->image_to_texture && gl_has_word(list, "GL_OES_EGL_image_external");
	if (gl_has_word(list, "GL_KHR_robustness"))
		procs->reset_status = (void *)eglGetProcAddress("glGetGraphicsResetStatusKHR");
	else if (gl_has_word(list, "GL_EXT_robustness"))
		procs->reset_status = (void *)eglGetProcAddress("glGetGraphicsResetStatusEXT");
	if (gl_has_word(list, "GL_KHR_debug"))
		procs->debug_callback = (void *)eglGetProcAddress("glDebugMessageCallbackKHR");
	if (procs->debug_callback) {
		procs->debug_callback(on_gl_message, NULL);
		glEnable(GL_DEBUG_OUTPUT_KHR);
	}
	GLint textures = 0, targets = 0;
	glGetIntegerv(GL_MAX_TEXTURE_SIZE, &textures);
	glGetIntegerv(GL_MAX_RENDERBUFFER_SIZE, &targets);
	gl->max_size = MIN(MIN(textures, targets), PIXMAN_LIMIT);
	if (gl->debug.floor) {
		gl->caps = (struct gl_caps){0};
		gl->has.read_bgra = gl->has.pack_row_length = false;
	}
}

bool gl_egl_init(struct gl *gl)
{
	const char *clients = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
	gl->procs = (struct gl_procs){0};
	load_client_procs(gl, clients);
	if (!gl->procs.get_platform_display) {
		log_error("EGL_EXT_platform_base is missing: %s", gl_egl_error());
		return false;
	}
	set_egl_callback(gl, on_egl_message_while_probing);
	char *wanted = NULL;
	if (gl->options.device >= 0) {
		wanted = drmGetRenderDeviceNameFromFd(gl->options.device);
		if (!wanted)
			log_info("the GPU that drives the outputs has no render node");
	}
	bool found = (gl->options.device < 0 || wanted) && try_devices(gl, wanted);
	free(wanted);
	if (!found && gl->options.accept_software)
		found = try_software(gl);
	set_egl_callback(gl, on_egl_message);
	if (!found) {
		log_info("no GPU found%s",
			gl->options.accept_software ? "" : " (software drivers are not used)");
		return false;
	}
	load_display_procs(gl);
	load_context_procs(gl);
	return true;
}

void gl_egl_finish(struct gl *gl)
{
	close_display(gl);
}
