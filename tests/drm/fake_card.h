// SPDX-License-Identifier: MIT
// A fake graphics card: libdrm's functions over a model in memory, which refuses what a kernel
// would refuse, and the calls that a test has chosen to fail. There is one card at a time.
#pragma once
#include <drm_fourcc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xf86drmMode.h>

struct wl_event_loop;

#define FAKE_SCREENS 3
#define FAKE_PROPERTIES 24

struct fake_property {
	const char *name; // NULL: end of the list
	uint32_t id;
	uint64_t value;
};

struct fake_object {
	uint32_t id, type; // DRM_MODE_OBJECT_*
	bool gone;         // the kernel has removed it
	struct fake_property properties[FAKE_PROPERTIES];
};

// Calls that a test can make fail.
enum fake_call {
	FAKE_COMMIT,
	FAKE_TEST, // a commit with TEST_ONLY
	FAKE_CURSOR,
	FAKE_ADD_FB,
	FAKE_DUMB,
	FAKE_DIRTY,
	FAKE_BLOB,
	FAKE_CALLS,
};

struct fake_card {
	// Set by the test, before the card is opened or later.
	const char *driver; // NULL: "fake"
	int crtcs, connectors;
	bool cursors, vblank, modifiers, monotonic, virtual;
	bool other_master; // another process is DRM master
	bool no_atomic, no_resources, no_planes, no_encoders;
	const char *missing_property; // a property that no object has
	struct fake_monitor {
		bool connected;
		drmModeModeInfo modes[4];
		int n_modes;
		uint8_t edid[128];
		bool has_edid;
	} monitors[FAKE_SCREENS];
	int max_pixels; // limit of all screens together; 0: none
	bool no_events; // page-flip events are not sent
	// From the call with number first on (0 is the first one), count calls fail with error.
	struct {
		int first, count, error;
	} fail[FAKE_CALLS];

	// The state of the card, and what happened to it.
	int calls[FAKE_CALLS];
	struct fake_object crtc[FAKE_SCREENS], primary[FAKE_SCREENS], cursor[FAKE_SCREENS],
		connector[FAKE_SCREENS];
	bool flipping[FAKE_SCREENS];
	int ended_flips[FAKE_SCREENS]; // completed page flips whose events were not read yet
	uint32_t cursor_handle[FAKE_SCREENS];
	int cursor_x[FAKE_SCREENS], cursor_y[FAKE_SCREENS];
	struct fake_fb {
		uint32_t id, width, height, format, handle;
		uint64_t modifier;
		bool with_modifier;
	} fbs[64];
	struct fake_blob {
		uint32_t id;
		void *data;
		size_t size;
		bool ours; // created through libdrm
	} blobs[64];
	int handles, infos; // GEM handles and libdrm structs that were not freed yet
	uint32_t last_id;
	int flips, modesets, tests, refused; // commits
	uint32_t last_flags;
	int fence;        // IN_FENCE_FD of the last commit that had one, else -1
	int dirty;        // clips of DirtyFB
	int fd, event_fd; // fd is readable while there are events
	int opened;
	void *data; // user data of the last commit
	uint64_t now_ns;
};

// A card with so many connected monitors, with the modes 1280x800, 1024x768 and 640x480.
struct fake_card *fake_card_create(int screens);
// Checks that all resources were freed, and frees the card.
void fake_card_destroy(struct fake_card *card);
// Completes all page flips and queues their events.
void fake_card_vblank(struct fake_card *card);
// Value of the object's property; UINT64_MAX: it has none of that name.
uint64_t fake_property_value(const struct fake_object *object, const char *name);
// The framebuffer on the primary plane of the connector's active CRTC; NULL: none.
const struct fake_fb *fake_card_shown_fb(const struct fake_card *card, int connector);
// The mode of the connector's active CRTC; NULL: none.
const drmModeModeInfo *fake_card_mode(const struct fake_card *card, int connector);
// Plausible timings of 60 Hz.
drmModeModeInfo fake_mode(int width, int height, bool preferred);
// The card that exists; NULL: none.
struct fake_card *fake_card_current(void);
