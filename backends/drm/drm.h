// SPDX-License-Identifier: MIT
// A seat of this machine: one card with atomic mode setting, its monitors, and input devices.
//
//   drm.c        the back end: which card, and all parts put together
//   udev.c       cards and monitors that come and go
//   device.c     the card: what it can do, its CRTCs and planes, their properties
//   formats.c    layouts of memory that a plane shows
//   connector.c  a screen per monitor; hot-plug
//   configure.c  which CRTC shows which screen, in which mode
//   modes.c      modes as the core and as the kernel has them, and which one to take
//   assign.c     CRTCs for monitors (pure)
//   commit.c     atomic requests
//   present.c    frames onto a screen; flip.c: when they were seen
//   color.c      power, brightness and beat of a screen
//   fb.c         what the card has of a buffer; dumb.c: memory for frames
//   cursor.c     the pointer's plane
//
// The right to use devices is backends/session.h's, input devices are backends/libinput's, the
// clipboard of a virtual machine's host is backends/agent's.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>
#include "backends/backend.h"
#include "backends/drm/kms.h"
#include "backends/libinput/input.h"
#include "backends/session.h"
#include "compositor/base/clock.h"

struct agent;
struct drm_connector;
struct drm_cursor;
struct drm_udev;
struct udev;

struct drm {
	struct backend base;
	struct wl_event_loop *loop;
	struct clock *clock;
	const struct kms_driver *driver;
	char *wanted; // path of the card to use, owned; NULL: the first
	struct session *session;
	struct drm_udev *udev;
	struct drm_input *input;
	struct agent *agent;       // NULL: no host has one
	struct drm_device *device; // NULL: there is none at the moment
	struct wl_listener active, lost;
	bool started;
};

// Properties by their place in these lists; id 0: the object lacks it.
#define DRM_CRTC_PROPERTIES(X) \
	X(ACTIVE) \
	X(MODE_ID) X(VRR_ENABLED) X(GAMMA_LUT) X(GAMMA_LUT_SIZE) X(CTM) X(DEGAMMA_LUT)
#define DRM_PLANE_PROPERTIES(X) \
	X(type) \
	X(FB_ID) \
	X(CRTC_ID) \
	X(SRC_X) \
	X(SRC_Y) \
	X(SRC_W) \
	X(SRC_H) \
	X(CRTC_X) \
	X(CRTC_Y) \
	X(CRTC_W) X(CRTC_H) X(IN_FORMATS) X(IN_FENCE_FD) X(FB_DAMAGE_CLIPS) X(rotation) X(alpha)
#define DRM_CONNECTOR_PROPERTIES(X) X(CRTC_ID) X(EDID) X(hotplug_mode_update) X(vrr_capable)

#define DRM_INDEX_CRTC(name) DRM_CRTC_##name,
enum { DRM_CRTC_PROPERTIES(DRM_INDEX_CRTC) DRM_CRTC_PROPERTY_COUNT };
#define DRM_INDEX_PLANE(name) DRM_PLANE_##name,
enum { DRM_PLANE_PROPERTIES(DRM_INDEX_PLANE) DRM_PLANE_PROPERTY_COUNT };
#define DRM_INDEX_CONNECTOR(name) DRM_CONNECTOR_##name,
enum {
	DRM_CONNECTOR_PROPERTIES(DRM_INDEX_CONNECTOR) DRM_CONNECTOR_LINK_STATUS,
	DRM_CONNECTOR_NON_DESKTOP,
	DRM_CONNECTOR_SUGGESTED_X,
	DRM_CONNECTOR_SUGGESTED_Y,
	DRM_CONNECTOR_PROPERTY_COUNT
};

struct drm_property {
	uint32_t id;
	uint64_t value; // when the object was read
};

struct drm_plane {
	uint32_t id;
	uint32_t type;  // DRM_PLANE_TYPE_*
	uint32_t crtcs; // bits of those it can be on
	struct format_set formats;
	struct drm_property properties[DRM_PLANE_PROPERTY_COUNT];
};

struct drm_crtc {
	uint32_t id;
	struct drm_plane *primary; // NULL: unusable
	bool has_cursor;
	struct drm_property properties[DRM_CRTC_PROPERTY_COUNT];
	struct drm_connector *connector; // whose picture it shows or is to show; NULL: nobody's
	bool lit;                        // it is on
	bool flipping;                   // a flip was asked for, and its event did not come yet
	unsigned strays;                 // events to come that nobody waits for
};

#define DRM_MAX_CRTCS 32 // as the kernel's masks

struct drm_device {
	struct drm *drm;
	char *path;
	char *driver;
	dev_t number;
	int fd, session_id;
	struct wl_event_source *source;
	bool modifiers;   // framebuffers can have them
	bool monotonic;   // times of flips are of CLOCK_MONOTONIC
	bool vblank;      // flips wait for a refresh
	bool uploads;     // what is seen changes by commits only, not by drawing
	bool in_order;    // shows and draws in the order in which it is told to
	bool paravirtual; // the monitor is a window of the host
	bool foreign;     // another one had the card: nothing of its state is known
	int cursor_width, cursor_height;
	struct drm_crtc crtcs[DRM_MAX_CRTCS];
	size_t n_crtcs;
	struct drm_plane *planes;
	size_t n_planes;
	struct wl_list connectors; // drm_connector.link
	struct wl_list fbs;        // drm_fb.link
	struct wl_list dumbs;      // of dumb.c
};

struct drm_connector {
	struct screen base; // in backend.screens while added
	struct drm_device *device;
	uint32_t id;
	uint32_t crtcs; // bits of those that reach it
	struct drm_property properties[DRM_CONNECTOR_PROPERTY_COUNT];
	struct drm_crtc *crtc; // the one it is to have, NULL: it is to show nothing
	struct drm_crtc *lit;  // the one it has
	bool connected, added;
	bool vanished;        // the kernel does not know it any more
	bool virtual;         // a window of the host, by its type
	bool listed, changed; // while monitors are looked at
	struct drm_crtc *planned;
	struct {
		bool enabled;
		struct drm_crtc *crtc;
		drmModeModeInfo info;
	} before;               // while a configuration is tried
	bool fixed;             // its user chose the mode: the monitor's wish does not count
	drmModeModeInfo *infos; // of base.modes
	bool *refused;          // of these: the card does not do it after all
	drmModeModeInfo info;   // of base.mode
	void *edid;             // owned
	size_t edid_size;
	bool modeset; // the next frame carries all of its state
	bool dark;    // without power
	bool vrr;
	uint16_t *gamma; // tables, owned; NULL: none
	struct wl_event_source *step_idle;
	struct {
		uint32_t format;
		uint64_t modifier;
		bool known, good;        // known: until the mode is another
		const struct buffer *of; // the last one that was asked about; only compared
	} scanout; // what became of buffers of that kind that are not made for this screen
	struct wl_list link;

	// present.c, flip.c
	struct buffer *shown, *next; // locked: on the screen, on its way there; may be NULL
	bool lent;                   // the newest of these is a client's
	bool unsent;                 // next is still to be sent
	int fence;                   // then: owned, of next, or -1
	uint64_t pause_ns;           // then: until it is tried again
	struct timer again;
	bool owed;          // the core waits to hear of a frame
	uint64_t sent_ns;   // when it was sent
	uint64_t sequence;  // frames shown, where nobody else counts
	struct timer look;  // for a flip whose event does not come
	unsigned looks;     // at the frame that was sent last
	int drawn, drawing; // fences of the last frames but one and of the last, or -1
	struct wl_event_source *drawn_source;
	struct wl_event_source *done_idle;

	struct drm_cursor *cursor;
};

// drm.c
// The card has gone, or there is another one: looks which one to use.
void drm_choose_device(struct drm *drm);

// udev.c
// What it reports goes to drm.c and connector.c. NULL: logged.
struct drm_udev *drm_udev_create(struct drm *drm);
void drm_udev_destroy(struct drm_udev *udev); // NULL is allowed
struct udev *drm_udev_context(struct drm_udev *udev);
// Paths of the seat's cards, the best first, owned by the caller; NULL at the end.
char **drm_udev_cards(struct drm_udev *udev);

// device.c
// NULL: logged. It has no screens before drm_connectors_scan.
struct drm_device *drm_device_create(struct drm *drm, const char *path);
void drm_device_destroy(struct drm_device *device); // screens too; NULL is allowed
// Fills properties (count of them) with what the object has of names.
bool drm_properties(int fd, uint32_t object, uint32_t type, const char *const *names, size_t count,
	struct drm_property *properties);

// formats.c
void drm_formats_read(struct drm_device *device, struct drm_plane *plane, const drmModePlane *info);
// Adds what buffers may be for the plane to show them as they are, the best for frames first.
void drm_formats_offer(const struct drm_plane *plane, struct format_set *into);

// connector.c
// Looks at all monitors, or at one (its object's id); tells the core what is new.
void drm_connectors_scan(struct drm_device *device, uint32_t only);
void drm_connector_destroy(struct drm_connector *connector);
// Others had the card: all of our state is sent anew with the next frames.
void drm_connectors_retake(struct drm_device *device);

// configure.c
// backend_impl
bool drm_configure(
	struct backend *backend, const struct screen_config *configs, size_t n, bool test_only);
// Finds CRTCs for all that are enabled; some get none where there are not enough (logged).
void drm_connectors_light(struct drm_device *device);
// crtc NULL: none; what was shown is forgotten.
void drm_connector_set_crtc(struct drm_connector *connector, struct drm_crtc *crtc);
// Turns off what is not to be on any more.
void drm_connectors_clear(struct drm_device *device);
// That was done by another commit.
void drm_connectors_cleared(struct drm_device *device);
void drm_connector_set_mode(struct drm_connector *connector, const drmModeModeInfo *info);
// The card refuses the mode: soon it gets the next one that the card says it can do.
void drm_connector_step_down(struct drm_connector *connector);

// commit.c
struct drm_commit;
struct drm_commit *drm_commit_create(struct drm_device *device);
void drm_commit_destroy(struct drm_commit *commit); // NULL is allowed
// The connector's CRTC has that mode, and its primary plane shows fb, which is of the mode's size;
// brightness and the like as they are wanted.
// False: no memory for the mode; the commit fails.
void drm_commit_mode(struct drm_commit *commit, struct drm_connector *connector,
	const drmModeModeInfo *mode, uint32_t fb);
// The primary plane shows fb. damage NULL: all of it is new. fence: -1 or to be waited for.
void drm_commit_flip(struct drm_commit *commit, struct drm_connector *connector, uint32_t fb,
	const region *damage, int fence);
void drm_commit_dark(struct drm_commit *commit, const struct drm_connector *connector);
void drm_commit_gamma(struct drm_commit *commit, const struct drm_connector *connector);
void drm_commit_vrr(struct drm_commit *commit, const struct drm_connector *connector);
// All that is lit and not to stay as it is goes off: connectors on other CRTCs than they shall be,
// CRTCs without them, and all that others may have left.
void drm_commit_rest_off(struct drm_commit *commit);
// Ask only; wait until it is done, without or with events for it; or return at once, with or
// without events.
enum drm_commit_how { DRM_TEST, DRM_NOW, DRM_WAIT, DRM_FLIP, DRM_FLIP_UNTOLD };
// 0, or an error number; nothing is logged.
int drm_commit_send(struct drm_commit *commit, enum drm_commit_how how);

// present.c
// backend_impl
bool drm_present(struct screen *screen, const struct frame *frame, bool test_only);
void drm_present_stop(struct drm_connector *connector); // the screen is off: forgets its frames
void drm_present_init(struct drm_connector *connector);
void drm_present_finish(struct drm_connector *connector);

// color.c
// backend_impl
bool drm_set_power(struct screen *screen, bool on);
bool drm_set_gamma(struct screen *screen, const uint16_t *tables);
bool drm_set_vrr(struct screen *screen, bool on);

// flip.c
void drm_flip_init(struct drm_connector *connector);
void drm_flip_finish(struct drm_connector *connector);
// What the frame in next is drawn by, where the card shows in order: a sync file or -1, not taken
// over. Frames are shown no faster than they are drawn, two at a time.
void drm_flip_fence(struct drm_connector *connector, int fence);
// The frame in next was sent; event: the card tells when it is seen. Else it was seen.
void drm_flip_sent(struct drm_connector *connector, bool event);
// No event comes any more for what was sent. The core hears soon, if it waits.
void drm_flip_abandon(struct drm_connector *connector);
// The core waits, and is told when the session is back, or it is time to try again.
void drm_flip_owe(struct drm_connector *connector);
int drm_flip_on_event(int fd, uint32_t mask, void *device); // the card's file is readable

// fb.c
// The card's number for the buffer, kept until either goes; 0: it cannot show it.
uint32_t drm_fb_of(struct drm_device *device, struct buffer *buffer);
void drm_fbs_destroy(struct drm_device *device); // all of them
// Some of the buffer that is shown has changed: the card carries it over. damage NULL: all.
bool drm_fb_dirty(struct drm_device *device, struct buffer *buffer, const region *damage);

// dumb.c
// backend_impl
struct buffer *drm_dumb_alloc(struct backend *backend, int width, int height, uint32_t format);
// Handle of a buffer that was made above by this card; 0: it was not. *pitch in bytes.
uint32_t drm_dumb_handle(struct drm_device *device, struct buffer *buffer, uint32_t *pitch);
void drm_dumbs_orphan(struct drm_device *device); // the card goes before its buffers

// cursor.c
struct drm_cursor *drm_cursor_create(struct drm_connector *connector); // NULL: there is none
void drm_cursor_destroy(struct drm_cursor *cursor);                    // NULL is allowed
// What the frame says of the cursor. False: refused.
bool drm_cursor_show(struct drm_connector *connector, const struct frame *frame);
void drm_cursor_hide(struct drm_connector *connector);    // the screen goes off
void drm_cursor_restore(struct drm_connector *connector); // as it was, after others had the card
