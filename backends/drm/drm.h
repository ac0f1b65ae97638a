// SPDX-License-Identifier: MIT
// The KMS back end: one graphics card with atomic mode setting, its monitors, and the seat's input
// devices. This header is private to the folder and its tests.
//
//   drm.c        the back end: chooses a card, and connects all parts
//   udev.c       reports cards and monitors that are plugged in or out
//   device.c     the card: its capabilities, CRTCs, planes and their properties
//   formats.c    formats and modifiers of a plane
//   connector.c  a screen per connected monitor; hot-plug
//   state.c      the state of all connectors, as a value
//   configure.c  configurations requested by the core
//   modes.c      conversion and choice of modes (pure)
//   assign.c     assignment of CRTCs to connectors (pure)
//   commit.c     atomic requests
//   present.c    commits frames
//   flip.c       reports when frames were presented
//   color.c      power, gamma and variable refresh rate
//   fb.c         framebuffers of buffers; dumb.c: dumb buffers
//   cursor.c     the cursor plane
//
// Opening devices: backends/session.h. Input: backends/libinput. Clipboard of a virtual machine's
// host: backends/vdagent.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <xf86drmMode.h>
#include "backends/backend.h"
#include "backends/drm/kms.h"
#include "backends/libinput/input.h"
#include "backends/session.h"
#include "compositor/base/clock.h"

struct vdagent;
struct drm_connector;
struct drm_cursor;
struct drm_udev;
struct udev;

struct drm {
	struct backend base;
	struct wl_event_loop *loop;
	struct clock *clock;
	const struct kms_driver *driver;
	char *wanted; // path of the card to use, owned; NULL: the best that works
	struct session *session;
	struct drm_udev *udev;
	struct libinput_backend *input;
	struct vdagent *vdagent;   // NULL: not in such a virtual machine
	struct drm_device *device; // NULL: no card at the moment
	struct wl_listener active, lost;
	bool started;
};

// Properties, indexed by their place in these lists; id 0: the object does not have it.
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
	uint64_t value; // at the time the object was read
};

struct drm_plane {
	uint32_t id;
	uint32_t type;  // DRM_PLANE_TYPE_*
	uint32_t crtcs; // bits of the CRTCs it can be on
	struct format_set formats;
	struct drm_property properties[DRM_PLANE_PROPERTY_COUNT];
};

struct drm_crtc {
	uint32_t id;
	struct drm_plane *primary; // NULL: unusable
	bool has_cursor;
	struct drm_property properties[DRM_CRTC_PROPERTY_COUNT];
	bool enabled;          // a mode is set on it, as far as we know
	bool flip_pending;     // a page-flip event is expected
	unsigned stale_events; // page-flip events still to come that belong to no frame
};

#define DRM_MAX_CRTCS 32 // the kernel has masks of 32 bits

struct drm_device {
	struct drm *drm;
	char *path;
	char *driver;
	dev_t number;
	int fd, session_id;
	struct wl_event_source *source;
	bool modifiers;   // framebuffers can have modifiers
	bool monotonic;   // timestamps of page flips are of CLOCK_MONOTONIC
	bool vblank;      // page flips wait for vertical blank
	bool uploads;     // the screen changes by commits only, not by drawing into its buffer
	bool in_order;    // rendering and page flips are executed in the order of submission
	bool paravirtual; // monitors are windows of the host
	bool foreign;     // another DRM master may have changed the state: full modeset
	int cursor_width, cursor_height;
	struct drm_crtc crtcs[DRM_MAX_CRTCS];
	size_t n_crtcs;
	struct drm_plane *planes;
	size_t n_planes;
	struct wl_list connectors; // drm_connector.link
	struct wl_list fbs;        // drm_fb.link
	struct wl_list dumbs;      // dumb.link
};

// What a connector shows, as one value. Changes are made to a copy, which is tested or committed,
// and then replaces the pending state or is dropped.
struct drm_connector_state {
	struct drm_connector *connector;
	bool enabled;          // the core enabled the output; a CRTC may be missing
	struct drm_crtc *crtc; // NULL: none, the connector is off
	drmModeModeInfo mode;  // kernel timings of screen.mode
	bool active;           // powered on
	bool vrr;
	uint32_t fb; // on the primary plane, of the mode's size; set for a commit only
};

// The states of all connectors of a device, tested and applied or dropped as a whole.
struct drm_state {
	struct drm_device *device;
	struct drm_connector_state *connectors; // in the order of drm_device.connectors
	size_t count;
};

// The frames of a connector on their way to the screen (present.c, flip.c).
struct drm_flip {
	struct buffer *shown, *next; // locked: on the screen, on its way there; may be NULL
	bool client_scanout;         // the newest of these is a client's
	bool frame_pending;          // presented() is still to be called
	uint64_t sequence;           // frames shown, where the device counts none
	struct wl_event_source *presented_idle;
	struct {
		bool queued; // the device was busy: next is not committed yet
		int fence;   // of next, owned, or -1
		uint64_t pause_ns;
		struct timer timer;
	} retry;
	struct {
		uint64_t sent_ns; // when the pending frame was committed
		unsigned checks;  // since then
		struct timer timer;
	} watchdog; // for page-flip events that never come
	struct {
		int previous, last; // of rendering the last two frames: sync files, owned, or -1
		struct wl_event_source *source;
	} fences;
};

struct drm_connector {
	struct screen base; // in backend.screens while added
	struct drm_device *device;
	uint32_t id;
	uint32_t crtcs; // bits of the CRTCs that can drive it
	struct drm_property properties[DRM_CONNECTOR_PROPERTY_COUNT];
	struct drm_connector_state pending; // what is to be shown from the next frame on
	// What was committed last; without a CRTC once that was disabled. While the device is
	// foreign, only crtc is valid.
	struct drm_connector_state current;
	bool needs_modeset; // the next frame commits all of pending
	bool connected, added;
	bool vanished;          // the kernel has removed it
	bool virtual;           // of the kernel's type "Virtual": a window of the host
	bool listed, changed;   // during a scan
	bool user_mode;         // configured by the user: the preferred mode is not followed
	drmModeModeInfo *infos; // kernel timings of base.modes
	bool *refused;          // per mode: a test commit with it failed
	void *edid;             // owned
	size_t edid_size;
	uint16_t *gamma; // as of backend_impl.set_gamma, owned; NULL: linear
	struct wl_event_source *next_mode_idle;
	struct timer expose; // after a modeset, where the monitor is a window of a host
	struct {
		bool valid; // until the next modeset
		uint32_t format;
		uint64_t modifier;
		bool accepted;
		const struct buffer *buffer; // tested last; only compared
	} scanout; // result of the last test commit of a client's buffer, for all of that kind
	struct wl_list link;

	struct drm_flip flip;
	struct drm_cursor *cursor;
};

// udev.c
// Reports about the cards of a seat; number is the card's device number.
struct drm_udev_listener {
	void (*card_added)(void *data);
	void (*card_removed)(void *data, dev_t number);
	// A monitor was plugged in or out; connector is its object id, 0: not known which.
	void (*card_hotplug)(void *data, dev_t number, uint32_t connector);
};
// Watches the cards of the seat (as udev's ID_SEAT has it), and reports from the loop. seat and
// listener outlive it. NULL: logged.
struct drm_udev *drm_udev_create(struct wl_event_loop *loop, const char *seat,
	const struct drm_udev_listener *listener, void *data);
// Stops watching. NULL is allowed.
void drm_udev_destroy(struct drm_udev *udev);
// The udev context, borrowed, for libinput.
struct udev *drm_udev_context(struct drm_udev *udev);
// Device nodes of the seat's cards, the boot VGA card first. NULL-terminated; the caller frees the
// list and its strings.
char **drm_udev_cards(struct drm_udev *udev);

// device.c
// Opens the card through the session and reads its CRTCs and planes. It has no connectors before
// drm_connectors_scan. NULL: the card cannot be used (logged).
struct drm_device *drm_device_create(struct drm *drm, const char *path);
// The connectors were destroyed before (drm_connectors_destroy). NULL is allowed.
void drm_device_destroy(struct drm_device *device);
// Reads the object's properties of these names; those it does not have get id 0. type:
// DRM_MODE_OBJECT_*. False: the object does not exist.
bool drm_properties(int fd, uint32_t object, uint32_t type, const char *const *names, size_t count,
	struct drm_property *properties);

// formats.c
// Fills the plane's formats from its IN_FORMATS property, else from the kernel's list.
void drm_formats_read(struct drm_device *device, struct drm_plane *plane, const drmModePlane *info);
// Adds the formats of buffers that the plane scans out, the best one to render in first. Formats
// with alpha are included where the plane has their opaque counterpart.
void drm_formats_offer(const struct drm_plane *plane, struct format_set *into);

// connector.c
// Reads all connectors, or only the one with that object id (0: all), and adds, changes and removes
// screens accordingly.
void drm_connectors_scan(struct drm_device *device, uint32_t only);
// Removes all screens and destroys their connectors.
void drm_connectors_destroy(struct drm_device *device);
// The session is active again: rescans the connectors, and commits all of our state with the next
// frames.
void drm_connectors_restore(struct drm_device *device);

// configure.c
// Implements backend_impl.configure.
bool drm_configure(
	struct backend *backend, const struct screen_config *configs, size_t n, bool test_only);
// Commits that all CRTCs and connectors without a pending state are off. Failure is logged and
// otherwise ignored. Does nothing while the session is inactive.
void drm_disable_unused(struct drm_device *device);
// Updates the current states after a commit that included drm_commit_disable_unused.
void drm_unused_disabled(struct drm_device *device);
// The kernel refused the connector's mode: from an idle callback, switches to the next mode of its
// list that passes a test commit, and reports screen_changed.
void drm_connector_try_next_mode(struct drm_connector *connector);

// state.c
// A copy of all pending states. The caller destroys it.
struct drm_state *drm_state_create(struct drm_device *device);
// Drops what was not applied. NULL is allowed.
void drm_state_destroy(struct drm_state *state);
// The connector's part of the state, borrowed. NULL: the connector is newer than the state.
struct drm_connector_state *drm_state_find(
	struct drm_state *state, const struct drm_connector *connector);
// Gives a CRTC to each connector that is connected and enabled, and takes it from the others.
// False: there are not enough, some enabled connectors have none.
bool drm_state_assign_crtcs(struct drm_state *state);
// Whether the kernel accepts the state (TEST_ONLY), with buffers of our own in place of frames.
bool drm_state_test(const struct drm_state *state);
// Makes all states pending; nothing is committed yet.
void drm_state_apply(const struct drm_state *state);
// Makes one state pending, and passes it on to the connector's screen. A connector that leaves its
// CRTC drops its frames and its gamma tables.
void drm_connector_set_state(const struct drm_connector_state *state);
// The connector whose pending state uses the CRTC; NULL: none.
struct drm_connector *drm_crtc_connector(struct drm_device *device, const struct drm_crtc *crtc);

// commit.c
struct drm_commit;
// An empty atomic request. Functions below add to it; if one fails, drm_commit_send does.
struct drm_commit *drm_commit_create(struct drm_device *device);
// Also destroys the request's blobs, of which the kernel keeps those in use. NULL is allowed.
void drm_commit_destroy(struct drm_commit *commit);
// Adds the whole state, which has a CRTC and a framebuffer. The CRTC is set active even where the
// state is not, so that a test covers powering on.
void drm_commit_modeset(struct drm_commit *commit, const struct drm_connector_state *state);
// Adds the state's framebuffer. damage in framebuffer pixels, NULL: all of it. fence: a sync file
// that the kernel waits for, -1: none; borrowed.
void drm_commit_flip(struct drm_commit *commit, const struct drm_connector_state *state,
	const region *damage, int fence);
// Powers off the state's CRTC, which keeps its mode and connector.
void drm_commit_power_off(struct drm_commit *commit, const struct drm_connector_state *state);
// Adds the gamma tables of the state's connector.
void drm_commit_gamma(struct drm_commit *commit, const struct drm_connector_state *state);
// Adds the state's variable refresh rate, where the CRTC supports it.
void drm_commit_vrr(struct drm_commit *commit, const struct drm_connector_state *state);
// Disables what the state does not use: connectors that leave their CRTC, CRTCs without connectors,
// and on a foreign device all other planes.
void drm_commit_disable_unused(struct drm_commit *commit, const struct drm_state *state);
enum drm_commit_how {
	DRM_TEST,          // only checks whether the kernel would accept the request
	DRM_NOW,           // blocks until it is done
	DRM_WAIT,          // the same, with page-flip events
	DRM_FLIP,          // returns at once; page-flip events follow
	DRM_FLIP_NO_EVENT, // returns at once
};
// Sends the request. 0, or a positive errno value; nothing is logged.
int drm_commit_send(struct drm_commit *commit, enum drm_commit_how how);

// present.c
// Implements backend_impl.present.
bool drm_present(struct screen *screen, const struct frame *frame, bool test_only);
// Drops the frames of a connector that loses its CRTC, and requires a modeset for the next one.
void drm_present_stop(struct drm_connector *connector);
// Of a new connector: sets up the retry of frames, and the report after a modeset.
void drm_present_init(struct drm_connector *connector);
// Drops the queued frame's fence and both timers.
void drm_present_finish(struct drm_connector *connector);

// color.c
// Implements backend_impl.set_power. While powered off the connector keeps its CRTC and mode.
bool drm_set_power(struct screen *screen, bool on);
// Implements backend_impl.set_gamma; tables are copied. False: refused, or no gamma tables.
bool drm_set_gamma(struct screen *screen, const uint16_t *tables);
// Implements backend_impl.set_vrr.
bool drm_set_vrr(struct screen *screen, bool on);

// flip.c
// Of a new connector: sets up its watchdog and fences.
void drm_flip_init(struct drm_connector *connector);
// Drops the watchdog and the fences; presented() is not called any more.
void drm_flip_finish(struct drm_connector *connector);
// On a device that executes in order: the fence (a sync file, borrowed; -1: none) of rendering the
// frame that was committed. presented() is delayed until the frame before it is rendered, so that
// the core is at most two frames ahead.
void drm_flip_fence(struct drm_connector *connector, int fence);
// The frame in flip.next was committed. event: a page-flip event follows; else presented() is
// called from an idle callback.
void drm_flip_sent(struct drm_connector *connector, bool event);
// Stops waiting for a page-flip event. If a frame is pending and the session is active, presented()
// is called from an idle callback.
void drm_flip_abandon(struct drm_connector *connector);
// A frame is pending: arms the watchdog. presented() is called later.
void drm_flip_await(struct drm_connector *connector);
// Handler of the card's file in the event loop; data is the struct drm_device.
int drm_flip_on_event(int fd, uint32_t mask, void *data);

// fb.c
// The id of the buffer's framebuffer, which lives until the buffer or the device is destroyed. 0:
// the card cannot scan out the buffer.
uint32_t drm_fb_of(struct drm_device *device, struct buffer *buffer);
// Removes all framebuffers of the device; the buffers stay.
void drm_fbs_destroy(struct drm_device *device);
// Has the driver upload the damage (buffer pixels, NULL: all) of the buffer on the screen, which
// has a framebuffer. False: the driver refused.
bool drm_fb_dirty(struct drm_device *device, struct buffer *buffer, const region *damage);

// dumb.c
// Implements backend_impl.alloc: a dumb buffer of the current card. NULL: no card, an unknown
// format or impossible size, or no memory (only that is logged).
struct buffer *drm_dumb_alloc(struct backend *backend, int width, int height, uint32_t format);
// The GEM handle of a dumb buffer of this device, and its pitch in bytes. 0: it is not such a
// buffer.
uint32_t drm_dumb_handle(struct drm_device *device, struct buffer *buffer, uint32_t *pitch);
// Before the device is destroyed: its dumb buffers keep their mapping, but lose their handle.
void drm_dumbs_orphan(struct drm_device *device);

// cursor.c
// The cursor of a connector, hidden at first. Never NULL.
struct drm_cursor *drm_cursor_create(struct drm_connector *connector);
// Drops the cursor's images. NULL is allowed.
void drm_cursor_destroy(struct drm_cursor *cursor);
// Applies the cursor part of the frame. False: refused; the core draws the cursor.
bool drm_cursor_show(struct drm_connector *connector, const struct frame *frame);
// Hides the cursor before the connector is powered off or disabled.
void drm_cursor_hide(struct drm_connector *connector);
// Shows the cursor again after a modeset.
void drm_cursor_restore(struct drm_connector *connector);
