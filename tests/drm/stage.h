// SPDX-License-Identifier: MIT
// The KMS back end on a card that is none, and in the core's place a test that presents frames and
// hears what became of them. Time stands still unless it is moved.
#pragma once
#include <stdbool.h>
#include "backends/backend.h"
#include "tests/drm/card.h"

struct stage_screen {
	struct screen *screen; // NULL: it is gone
	struct buffer *buffers[3];
	int next;
	bool waits; // a frame was taken, and nothing heard of it yet
	int presented, changed;
	struct presented last;
};

struct stage {
	struct card *card;
	struct wl_event_loop *loop;
	struct clock *clock;
	struct backend *backend;
	struct stage_screen screens[CARD_SCREENS];
	int added, removed, active, inactive, closed;
};

// The card is the stage's from here on. False: the back end does not start; it is gone already.
bool stage_begin(struct stage *stage, struct card *card);
void stage_end(struct stage *stage);
// All that there is to do now.
void stage_pump(struct stage *stage);
// So much later; refreshes of the card happen on the way.
void stage_wait(struct stage *stage, int ms);
// A new picture on the screen, as far as the back end takes it.
bool stage_present(struct stage *stage, int screen);
// Its buffer, kept until the screen goes: as a frame of the core's.
struct frame stage_frame(struct stage *stage, int screen);
// Presents until the card shows what was presented last. False: it does not, in ten seconds.
bool stage_shows(struct stage *stage, int screen);
void stage_hotplug(struct stage *stage);
void stage_set_active(struct stage *stage, bool active);
bool stage_configure(struct stage *stage, int screen, bool enabled, int width, int height);
// A buffer of a device. The caller drops it.
struct buffer *stage_dmabuf(int width, int height, uint32_t format, uint64_t modifier);
