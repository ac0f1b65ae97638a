// SPDX-License-Identifier: MIT
// Interface between the core and a back end, which shows buffers on its screens and reports input
// and other events through a sink. It never renders.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/buffer.h"
#include "compositor/base/clock.h"
#include "compositor/base/datasource.h"
#include "compositor/base/format.h"
#include "compositor/base/geom.h"
#include "compositor/base/input.h"

struct backend;
struct screen;

struct mode {
	int width, height; // physical pixels
	int refresh_mhz;   // 0: unknown; else refresh_is_possible
	bool preferred;
};

// The hardware half of an output, created and destroyed by the back end. The Wayland half is the
// core's.
struct screen {
	struct backend *backend;
	char *name;                  // "HEADLESS-1", owned
	char *make, *model, *serial; // owned, may be NULL
	int width_mm, height_mm;     // 0: unknown
	struct mode *modes;          // supported modes, owned; may be empty
	size_t n_modes;
	bool custom_modes; // accepts modes that are not in the list
	bool enabled;
	struct mode mode; // the current one
	bool self_paced;  // present() shows at once; the core times the refresh cycle
	bool unclocked;   // presented() is called at once; the core times the refresh cycle
	// The screen changes by present() only: the CPU may draw into the buffer that is shown.
	bool uploads;
	struct format_set formats;       // of dmabufs it can scan out; empty: none
	bool any_memory;                 // accepts any buffer a renderer can render to
	int cursor_width, cursor_height; // largest cursor image; 0: no cursor plane
	size_t gamma_size;   // entries per channel of a gamma table; 0: no gamma control
	bool vrr_possible;   // supports variable refresh rate
	bool cursor_at_once; // the cursor moves even while a frame is pending
	bool cpu_scanout;    // accepts any opaque CPU-mapped buffer as primary
	bool copies;         // shows a copy of such a buffer
	// Not visible, like a virtual output or an unmapped window: frames are counted but not
	// rendered, except for screenshots.
	bool unseen;
	void *user;          // the core's output
	struct wl_list link; // backend.screens
};

// One screen of a configuration that the core requests.
struct screen_config {
	struct screen *screen;
	bool enabled;
	struct mode mode;
};

// A buffer on a plane of the screen.
struct plane {
	struct buffer *buffer; // NULL: plane off
	struct fbox src;
	struct box dst; // screen pixels
};

enum frame_set {
	FRAME_PRIMARY = 1 << 0,
	FRAME_CURSOR_IMAGE = 1 << 1, // includes the position
	FRAME_CURSOR_POSITION = 1 << 2,
};

// What present() is to change on a screen.
struct frame {
	unsigned set; // enum frame_set
	struct plane primary, cursor;
	int hotspot_x, hotspot_y;
	const region *damage; // of the primary plane, screen pixels
	int fence;            // a sync file to wait for, borrowed; -1: ready
};

// When and how a frame reached the screen; flags as wp_presentation_feedback.kind.
struct presented {
	uint64_t time_ns;
	uint64_t sequence;
	uint32_t refresh_ns; // 0: unknown
	uint32_t flags;
};

struct backend_impl {
	const char *name;
	// Reports the first screens and devices through the sink. False: logged.
	bool (*start)(struct backend *backend);
	// Removes all screens and frees the back end.
	void (*destroy)(struct backend *backend);
	// A CPU-mapped buffer to render a screen into; the caller drops it. Used where the renderer
	// cannot allocate memory that the screen shows (swapchain.h has the rule). NULL: no memory.
	// NULL function: not supported.
	struct buffer *(*alloc)(struct backend *backend, int width, int height, uint32_t format);
	// Applies a configuration, or only tests it: all or nothing. Screens without an entry are
	// unchanged. False: refused, nothing has changed.
	bool (*configure)(struct backend *backend, const struct screen_config *configs, size_t n,
		bool test_only);
	// Shows a frame, or only tests it. Locks its buffers and unlocks those they replace.
	// presented() follows if the primary plane is set. False: refused; the core has to do
	// without the planes.
	bool (*present)(struct screen *screen, const struct frame *frame, bool test_only);
	// Powers a screen off or on, which keeps its mode and position. While it is off, nothing is
	// presented; the first frame afterwards is complete. False: refused. NULL function: not
	// supported.
	bool (*set_power)(struct screen *screen, bool on);
	// Sets the gamma tables: gamma_size entries of red, then green, then blue; copied. NULL:
	// linear. False: refused. NULL function: not supported.
	bool (*set_gamma)(struct screen *screen, const uint16_t *tables);
	// Enables variable refresh rate, where vrr_possible. False: refused. NULL function: not
	// supported.
	bool (*set_vrr)(struct screen *screen, bool on);
	// Adds a screen at run time (headless, x11), reported by screen_added as well. width,
	// height in physical pixels; name NULL: generated. NULL: refused. NULL function: not
	// supported.
	struct screen *(*add_screen)(
		struct backend *backend, const char *name, int width, int height, int refresh_mhz);
	// Removes a screen, reported by screen_removed as well. False: not one of those.
	bool (*remove_screen)(struct screen *screen);
	// The clipboard (or primary selection) has a new source; NULL: it is empty. Not called for
	// what the back end itself reported. NULL function: no clipboard of a host.
	void (*set_selection)(struct backend *backend, bool primary, struct data_source *source);
	// Has the host keep its pointer inside confine (screen pixels; NULL: the whole screen) or,
	// locked, keep it still and report relative motion only. screen NULL: ends the constraint.
	// NULL function: the core alone moves the pointer.
	void (*constrain_pointer)(struct backend *backend, struct screen *screen,
		const struct box *confine, bool locked);
	// Moves the host's pointer to a position (screen pixels), if it is on one of our screens.
	// NULL function: as above.
	void (*warp_pointer)(struct backend *backend, struct screen *screen, double x, double y);
	// Sets the lit LEDs (bits of enum input_led) of all keyboards, also of those plugged in
	// later. NULL function: not supported.
	void (*set_leds)(struct backend *backend, unsigned leds);
	// Switches to the session on that virtual terminal. False: not possible. NULL function: not
	// supported.
	bool (*switch_vt)(struct backend *backend, int vt);
};

// What a back end reports to the core.
struct backend_sink {
	void (*screen_added)(void *data, struct screen *screen);
	// The screen's modes or its current mode changed: hot-plug, or a resized window.
	void (*screen_changed)(void *data, struct screen *screen);
	// The host may have lost what the screen shows: the next frame has to be complete.
	void (*screen_exposed)(void *data, struct screen *screen);
	// The screen must not be used after this returns.
	void (*screen_removed)(void *data, struct screen *screen);
	// The frame that present() accepted last is on the screen.
	void (*presented)(void *data, struct screen *screen, const struct presented *how);
	void (*input)(void *data, const struct input_event *event);
	// Reads the user's settings for a device, before INPUT_DEVICE_ADDED is reported.
	void (*settings)(
		void *data, const struct input_device *device, struct input_settings *settings);
	void (*active)(void *data, bool active);                                 // VT switch
	void (*selection)(void *data, bool primary, struct data_source *source); // host clipboard
	// The host moved its keyboard focus away: keys held down are released without further
	// effect. Or it moved it back. At the start we have it.
	void (*focus)(void *data, bool focused);
	// The XKB keymap of the host's keyboard as text; and its state: real modifiers, and the
	// effective group.
	void (*keymap)(void *data, const char *text);
	void (*modifiers)(
		void *data, uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group);
	// No screen is left: the user closed the last one or, failed, the connection was lost.
	void (*closed)(void *data, bool failed);
};

struct backend {
	const struct backend_impl *impl;
	const struct backend_sink *sink;
	void *sink_data;
	struct wl_list screens;       // screen.link
	const char *const *renderers; // names, best first, NULL at the end
	int device;                   // file of the GPU that scans out or samples, owned; -1: any
};

// Options for creating a back end. Those with physical screens ignore what does not apply.
struct backend_options {
	int width, height;  // of the first screens, physical pixels; 0: default
	int refresh_mhz;    // 0: 60000
	int screens;        // how many at start; 0: 1
	bool draw_always;   // render virtual outputs too, for benchmarks and tests
	const char *device; // path of the graphics card; NULL: chosen
};

// Creates a back end and connects to its display; screens are reported by start. loop, clock and
// sink outlive it. NULL: failed (logged, with what the user can do).
typedef struct backend *backend_create_func(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options);

// Exported by a shared object with a back end, under the name "backend_module".
struct backend_module {
	backend_create_func *create;
};

// A refresh rate of a mode: 1 to 1000 Hz in mHz, or 0 for an unknown one.
bool refresh_is_possible(int refresh_mhz);
// A host's window follows a new mode only after the first frame, and may stay black: so long after
// the mode was set, screen_exposed is reported once.
#define HOST_RESIZE_NS (150 * NSEC_PER_MSEC)

// Removes all screens and frees the back end. NULL is allowed.
void backend_destroy(struct backend *backend);
// For back ends: frees what the screen owns.
void screen_finish(struct screen *screen);
