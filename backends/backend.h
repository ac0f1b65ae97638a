// SPDX-License-Identifier: MIT
// A back end shows buffers and reports events. It never draws.
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
	int refresh_mhz;   // 0: not known
	bool preferred;
};

// The hardware half of an output. Made and destroyed by the back end; the Wayland half hangs on it.
struct screen {
	struct backend *backend;
	char *name;                  // "HEADLESS-1", owned
	char *make, *model, *serial; // owned, may be NULL
	int width_mm, height_mm;     // 0: not known
	struct mode *modes;          // what it can do; may be empty
	size_t n_modes;
	bool custom_modes; // takes modes that are not in the list
	bool enabled;
	struct mode mode; // the current one
	bool self_paced;  // present() shows at once; the core keeps the beat
	bool unclocked;   // presented() comes at once; the core keeps the beat
	// What is seen changes by present() only: the CPU may draw into the buffer that is shown.
	bool uploads;
	struct format_set formats;       // of dmabufs that it shows; empty: none
	bool any_memory;                 // shows whatever a renderer draws into: nobody looks
	int cursor_width, cursor_height; // largest cursor image; 0: no cursor plane
	size_t gamma_size;               // entries of a table of brightness; 0: it has none
	bool vrr_possible;               // can show frames when they come, not only at a beat
	bool cursor_at_once;             // the cursor moves also while a frame is on its way
	bool cpu_scanout;                // takes any CPU-mapped opaque buffer as primary
	bool copies;                     // and shows a copy of it
	// Nobody sees it: frames are only counted, not drawn (pictures are drawn when they are taken).
	bool unseen;
	void *user;          // the core's output
	struct wl_list link; // backend.screens
};

struct screen_config {
	struct screen *screen;
	bool enabled;
	struct mode mode;
};

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

struct frame {
	unsigned set; // enum frame_set
	struct plane primary, cursor;
	int hotspot_x, hotspot_y;
	const region *damage; // of the primary, screen pixels
	int fence;            // a sync file: show after this; -1: ready. Not taken over
};

// When and how a frame reached the screen; flags as wp_presentation_feedback.kind.
struct presented {
	uint64_t time_ns;
	uint64_t sequence;
	uint32_t refresh_ns; // 0: not known
	uint32_t flags;
};

struct backend_impl {
	const char *name;
	// Adds the first screens and devices through the sink.
	bool (*start)(struct backend *backend);
	void (*destroy)(struct backend *backend);
	// A target for a screen in memory that the CPU maps. Asked where the renderer brings no
	// memory that the screen shows (swapchain.h has the rule). NULL function: none.
	struct buffer *(*alloc)(struct backend *backend, int width, int height, uint32_t format);
	// All screens at once, all or nothing; screens that are not named stay as they are.
	bool (*configure)(struct backend *backend, const struct screen_config *configs, size_t n,
		bool test_only);
	// Locks the buffers it shows and unlocks the ones they replace.
	bool (*present)(struct screen *screen, const struct frame *frame, bool test_only);
	// Without power nothing is seen, and nothing is presented until it is back; mode and place
	// stay. The first frame after that is a whole one. NULL function: none can.
	bool (*set_power)(struct screen *screen, bool on);
	// What is shown for each brightness: gamma_size entries of red, then of green, of blue; NULL:
	// itself. NULL function: no screen has that.
	bool (*set_gamma)(struct screen *screen, const uint16_t *tables);
	// Frames are shown when they come, where vrr_possible. NULL function: none can.
	bool (*set_vrr)(struct screen *screen, bool on);
	// Screens at run time (headless, x11); NULL: cannot. name may be NULL.
	struct screen *(*add_screen)(
		struct backend *backend, const char *name, int width, int height, int refresh_mhz);
	bool (*remove_screen)(struct screen *screen);
	// Our clipboard has this owner now, NULL: nobody; sources that came through the sink are not
	// told back. NULL function: no host clipboard.
	void (*set_selection)(struct backend *backend, bool primary, struct data_source *source);
	// A host that moves the pointer shall keep it inside confine (screen pixels; NULL: anywhere)
	// or, locked, not move it at all and report relative motion only. screen NULL: free again.
	// NULL function: nobody but the core moves the pointer.
	void (*constrain_pointer)(struct backend *backend, struct screen *screen,
		const struct box *confine, bool locked);
	// Puts the host's pointer there, where it is on our screens at all (screen pixels). NULL
	// function: as above.
	void (*warp_pointer)(struct backend *backend, struct screen *screen, double x, double y);
	// Which lamps of the keyboards are lit (enum input_led), also of those that come later. NULL
	// function: there are none.
	void (*set_leds)(struct backend *backend, unsigned leds);
	// The user wants another session, by the number of its terminal. NULL function: there is none.
	bool (*switch_vt)(struct backend *backend, int vt);
};

// How a back end talks upwards.
struct backend_sink {
	void (*screen_added)(void *data, struct screen *screen);
	void (*screen_changed)(void *data, struct screen *screen); // modes: hot-plug, window size
	void (*screen_removed)(void *data, struct screen *screen);
	void (*presented)(void *data, struct screen *screen, const struct presented *how);
	void (*input)(void *data, const struct input_event *event);
	// What the user wants of a device, asked for before INPUT_DEVICE_ADDED.
	void (*settings)(
		void *data, const struct input_device *device, struct input_settings *settings);
	void (*active)(void *data, bool active);                                 // VT switch
	void (*selection)(void *data, bool primary, struct data_source *source); // host clipboard
	// The host's keyboard goes elsewhere: what is held is let go, without being typed. Or it
	// comes back. At the start it is here.
	void (*focus)(void *data, bool focused);
	// The host's keyboard: its map as text (XKB), and what it holds down and locks (real
	// modifiers; the group in effect).
	void (*keymap)(void *data, const char *text);
	void (*modifiers)(
		void *data, uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group);
	// Nothing is left to show on: the user closed the last screen, or what showed them failed.
	void (*closed)(void *data, bool failed);
};

struct backend {
	const struct backend_impl *impl;
	const struct backend_sink *sink;
	void *sink_data;
	struct wl_list screens;       // screen.link
	const char *const *renderers; // names, best first, NULL at the end
	int device; // the GPU that shows or samples what is drawn, owned; -1: none in particular
};

// What a back end is told when it is made. Those with screens of their own take what they can.
struct backend_options {
	int width, height;  // of the first screens; 0: the back end's own
	int refresh_mhz;    // 0: 60000
	int screens;        // how many at start; 0: 1
	bool draw_always;   // also what nobody sees, to measure and to test that
	const char *device; // path of the card; NULL: the best
};

// Connects to whatever shows its screens; the screens come with start. NULL: logged, with what to
// do about it. loop and clock outlive it.
typedef struct backend *backend_create_func(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options);

// What a shared object with a back end exports, by the name "backend_module".
struct backend_module {
	backend_create_func *create;
};

backend_create_func headless_backend_create;
void backend_destroy(struct backend *backend); // NULL is allowed
void screen_finish(struct screen *screen);     // frees what it owns; for back ends
