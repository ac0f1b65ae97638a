// SPDX-License-Identifier: MIT
#include "backends/drm/assign.h"

enum { CRTCS = 32, NOBODY = -1 };

struct match {
	const uint32_t *reaches;
	int *crtcs;
	int owners[CRTCS]; // monitor of each CRTC
	uint32_t seen;     // CRTCs that were tried for this monitor
};

// Finds a CRTC for the monitor, a free one, or one whose owner can have another.
static bool find(struct match *match, int monitor, int depth)
{
	uint32_t reaches = match->reaches[monitor];
	for (int crtc = 0; crtc < CRTCS; crtc++) {
		if (reaches & UINT32_C(1) << crtc && match->owners[crtc] == NOBODY) {
			match->owners[crtc] = monitor;
			match->crtcs[monitor] = crtc;
			return true;
		}
	}
	for (int crtc = 0; crtc < CRTCS && depth < CRTCS; crtc++) {
		uint32_t bit = UINT32_C(1) << crtc;
		if (!(reaches & bit) || match->seen & bit)
			continue;
		match->seen |= bit;
		if (find(match, match->owners[crtc], depth + 1)) {
			match->owners[crtc] = monitor;
			match->crtcs[monitor] = crtc;
			return true;
		}
	}
	return false;
}

bool assign_crtcs(const uint32_t *reaches, size_t n, int *crtcs)
{
	struct match match = {.reaches = reaches, .crtcs = crtcs};
	bool all = true;
	for (int i = 0; i < CRTCS; i++)
		match.owners[i] = NOBODY;
	for (size_t i = 0; i < n; i++) {
		int crtc = crtcs[i];
		bool keeps = crtc >= 0 && crtc < CRTCS && reaches[i] & UINT32_C(1) << crtc &&
			match.owners[crtc] == NOBODY;
		if (keeps)
			match.owners[crtc] = (int)i;
		else
			crtcs[i] = NOBODY;
	}
	for (size_t i = 0; i < n; i++) {
		if (!reaches[i] || crtcs[i] != NOBODY)
			continue;
		match.seen = 0;
		all = find(&match, (int)i, 0) && all;
	}
	return all;
}
