// SPDX-License-Identifier: MIT
// Bipartite matching of connectors and CRTCs by augmenting paths.
#include "backends/drm/assign.h"

enum { CRTCS = 32, NONE = -1 };

struct match {
	const uint32_t *reaches;
	int *crtcs;
	int owners[CRTCS]; // connector of each CRTC
	uint32_t seen;     // CRTCs already tried for this connector
};

// Finds a CRTC for the connector: a free one, or one whose owner can move to another.
static bool match_connector(struct match *match, int connector, int depth)
{
	uint32_t reaches = match->reaches[connector];
	for (int crtc = 0; crtc < CRTCS; crtc++) {
		if (reaches & UINT32_C(1) << crtc && match->owners[crtc] == NONE) {
			match->owners[crtc] = connector;
			match->crtcs[connector] = crtc;
			return true;
		}
	}
	for (int crtc = 0; crtc < CRTCS && depth < CRTCS; crtc++) {
		uint32_t bit = UINT32_C(1) << crtc;
		if (!(reaches & bit) || match->seen & bit)
			continue;
		match->seen |= bit;
		if (match_connector(match, match->owners[crtc], depth + 1)) {
			match->owners[crtc] = connector;
			match->crtcs[connector] = crtc;
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
		match.owners[i] = NONE;
	for (size_t i = 0; i < n; i++) {
		int crtc = crtcs[i];
		bool keeps = crtc >= 0 && crtc < CRTCS && reaches[i] & UINT32_C(1) << crtc &&
			match.owners[crtc] == NONE;
		if (keeps)
			match.owners[crtc] = (int)i;
		else
			crtcs[i] = NONE;
	}
	for (size_t i = 0; i < n; i++) {
		if (!reaches[i] || crtcs[i] != NONE)
			continue;
		match.seen = 0;
		all = match_connector(&match, (int)i, 0) && all;
	}
	return all;
}
