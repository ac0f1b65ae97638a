// SPDX-License-Identifier: MIT
// A card that is none: libdrm's functions over a model in memory, which refuses what a kernel would
// refuse, and whatever a test wants refused besides. One at a time, as libdrm knows it by a number.
#pragma once
#include <drm_fourcc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xf86drmMode.h>

struct wl_event_loop;

#define CARD_SCREENS 3
#define CARD_PROPERTIES 24

struct card_property {
	const char *name; // NULL: none
	uint32_t id;
	uint64_t value;
};

struct card_object {
	uint32_t id, type; // DRM_MODE_OBJECT_*
	bool gone;         // the kernel does not find it any more
	struct card_property properties[CARD_PROPERTIES];
};

enum card_call { // that can be made to fail
	CARD_COMMIT,
	CARD_TEST, // a commit that only asks
	CARD_CURSOR,
	CARD_ADD_FB,
	CARD_DUMB,
	CARD_DIRTY,
	CARD_BLOB,
	CARD_CALLS,
};

struct card {
	// As the test wants it, before the card is opened or later.
	const char *driver; // NULL: "fake"
	int crtcs, connectors;
	bool cursors, vblank, modifiers, monotonic, virtual;
	bool taken; // another one is its master
	bool no_atomic, no_resources, no_planes, no_encoders;
	const char *lacking; // property that no object has
	struct card_monitor {
		bool connected;
		drmModeModeInfo modes[4];
		int n_modes;
		uint8_t edid[128];
		bool has_edid;
	} monitors[CARD_SCREENS];
	int max_pixels; // of all screens together; 0: any
	bool silent;    // flips never end
	// From its call number first on (0 is the next one) this many calls fail with error.
	struct {
		int first, count, error;
	} fail[CARD_CALLS];

	// As it is.
	int calls[CARD_CALLS];
	struct card_object crtc[CARD_SCREENS], primary[CARD_SCREENS], cursor[CARD_SCREENS],
		connector[CARD_SCREENS];
	bool flipping[CARD_SCREENS];
	int ended[CARD_SCREENS]; // flips whose events can be read
	uint32_t cursor_handle[CARD_SCREENS];
	int cursor_x[CARD_SCREENS], cursor_y[CARD_SCREENS];
	struct card_fb {
		uint32_t id, width, height, format, handle;
		uint64_t modifier;
		bool with_modifier;
	} fbs[64];
	struct card_blob {
		uint32_t id;
		void *data;
		size_t size;
		bool ours; // a client made it
	} blobs[64];
	int handles, infos; // of memory, of what libdrm returned, not given back yet
	uint32_t last_id;
	int flips, modesets, tests, refused; // commits
	uint32_t last_flags;
	int fence;    // in the last commit that had one, else -1
	int dirty;    // parts that were carried over
	int fd, twin; // an event can be read
	int opened;
	void *data; // of whoever commits
	uint64_t now_ns;
};

// With that many screens of 1280x800, 1024x768 and 640x480, all connected.
struct card *card_create(int screens);
void card_destroy(struct card *card); // checks that all was given back
// Every flip that was asked for ends, and can be read of.
void card_vblank(struct card *card);
// Value of a property; UINT64_MAX: there is none.
uint64_t card_get(const struct card_object *object, const char *name);
// What the screen shows: the framebuffer of its CRTC's primary plane; NULL: nothing.
const struct card_fb *card_shown(const struct card *card, int connector);
// Its mode; NULL: it is off.
const drmModeModeInfo *card_mode(const struct card *card, int connector);
drmModeModeInfo card_mode_of(int width, int height, bool preferred);
struct card *card_now(void); // the one there is, NULL: none
