// SPDX-License-Identifier: MIT
// Connects the clipboard of the X server with the core: what its clients select is reported as the
// host's selection, and the other way round.
#include "backends/x11/clipboard.h"
#include "backends/x11/x11.h"
#include "compositor/base/log.h"
#include "compositor/xclipboard/xclipboard.h"

static void on_offered(void *data, bool primary, struct data_source *source)
{
	const struct x11 *x11 = data;
	x11->base.sink->selection(x11->base.sink_data, primary, source);
}

static const struct xclipboard_impl clipboard_impl = {
	.offered = on_offered,
};

void x11_clipboard_create(struct x11 *x11)
{
	if (!x11->has.xfixes_event) {
		log_warn("the X server lacks XFixes: the clipboard is not shared");
		return;
	}
	if (clock_is_virtual(x11->clock)) {
		log_info("in virtual time the clipboard is not shared: X runs in real time");
		return;
	}
	x11->clipboard = xclipboard_create(&(struct xclipboard_options){
		.xcb = x11->xcb,
		.root = x11->root->root,
		.xfixes_event = x11->has.xfixes_event,
		.chunk_size = 256 << 10,
		.loop = x11->loop,
		.clock = x11->clock,
		.impl = &clipboard_impl,
		.data = x11,
	});
}

void x11_clipboard_destroy(struct x11 *x11)
{
	struct xclipboard *clipboard = x11->clipboard;
	x11->clipboard = NULL; // the core may call x11_clipboard_set meanwhile
	xclipboard_destroy(clipboard);
}

void x11_clipboard_set(struct backend *backend, bool primary, struct data_source *source)
{
	const struct x11 *x11 = wl_container_of(backend, x11, base);
	if (x11->clipboard && !x11->lost)
		xclipboard_set(x11->clipboard, primary, source);
}
