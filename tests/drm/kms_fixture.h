// SPDX-License-Identifier: MIT
// Fixture that runs the KMS back end on a fake card, and takes the place of the core: it presents
// frames and records what the back end reports. The clock is virtual.
#pragma once
#include <stdbool.h>
#include "backends/backend.h"
#include "tests/drm/fake_card.h"

struct kms_screen {
	struct screen *screen; // NULL: removed
	struct buffer *buffers[3];
	int next;
	bool frame_pending; // presented() was not called yet
	int presented, changed, exposed;
	struct presented last;
};

struct kms_fixture {
	struct fake_card *card;
	struct wl_event_loop *loop;
	struct clock *clock;
	struct backend *backend;
	struct kms_screen screens[FAKE_SCREENS];
	int added, removed, active, inactive, closed;
};

// Starts the back end on the card, whose ownership it takes. False: the back end does not start,
// and the fixture is destroyed already.
bool kms_begin(struct kms_fixture *kms, struct fake_card *card);
// Destroys the back end, then the card, which checks for leaks.
void kms_end(struct kms_fixture *kms);
// Dispatches everything that is ready.
void kms_dispatch(struct kms_fixture *kms);
// Advances the clock; the card completes its page flips every 16 ms.
void kms_advance(struct kms_fixture *kms, int ms);
// Presents a new frame. False: one is pending, the back end refused it, or the screen is removed
// or disabled.
bool kms_present(struct kms_fixture *kms, int screen);
// A frame with the next of three buffers, which the fixture owns.
struct frame kms_frame(struct kms_fixture *kms, int screen);
// Presents frames until the card shows the last one. False: it does not within ten seconds.
bool kms_shows(struct kms_fixture *kms, int screen);
// Has the back end scan its connectors.
void kms_hotplug(struct kms_fixture *kms);
// Makes the session active or inactive.
void kms_set_active(struct kms_fixture *kms, bool active);
// Configures one screen. False: refused.
bool kms_configure(struct kms_fixture *kms, int screen, bool enabled, int width, int height);
// A dmabuf, backed by a memfd. The caller drops it.
struct buffer *kms_dmabuf(int width, int height, uint32_t format, uint64_t modifier);
