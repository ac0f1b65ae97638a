// SPDX-License-Identifier: MIT
// Which CRTC shows which monitor.
#include "backends/drm/assign.h"
#include "tests/harness/test.h"

#define MONITORS 4
#define ANY 0xf

static const struct row {
	uint32_t reaches[MONITORS];
	int before[MONITORS], after[MONITORS];
	bool all;
} rows[] = {
	// new monitors take free CRTCs, in order
	{{ANY, ANY}, {-1, -1, -1, -1}, {0, 1, -1, -1}, true},
	// a monitor with a CRTC keeps it
	{{ANY, ANY, ANY}, {-1, 0, -1, -1}, {1, 0, 2, -1}, true},
	{{ANY, ANY}, {3, 2, -1, -1}, {3, 2, -1, -1}, true},
	// a monitor that needs none releases it
	{{0, ANY}, {0, -1, -1, -1}, {-1, 0, -1, -1}, true},
	// one moves, because the other can use only this CRTC
	{{ANY, 1}, {0, -1, -1, -1}, {1, 0, -1, -1}, true},
	// and makes a third one move
	{{3, 6, 1}, {0, 1, -1, -1}, {1, 2, 0, -1}, true},
	// too few: no monitor loses its picture
	{{1, 1}, {-1, 0, -1, -1}, {-1, 0, -1, -1}, false},
	{{3, 3, 3}, {1, -1, 0, -1}, {1, -1, 0, -1}, false},
	// the assigned CRTC is not possible any more, or never was
	{{2, ANY}, {0, -1, -1, -1}, {1, 0, -1, -1}, true},
	{{ANY, ANY}, {77, 0, -1, -1}, {1, 0, -1, -1}, true},
	// two with the same CRTC
	{{ANY, ANY}, {0, 0, -1, -1}, {0, 1, -1, -1}, true},
	{{UINT32_C(1) << 31}, {-1, -1, -1, -1}, {31, -1, -1, -1}, true},
};
TEST_P(assigns, struct row, rows)
{
	int crtcs[MONITORS];
	for (int i = 0; i < MONITORS; i++)
		crtcs[i] = param->before[i];
	check_eq(assign_crtcs(param->reaches, MONITORS, crtcs), param->all);
	for (int i = 0; i < MONITORS; i++)
		check_eq(crtcs[i], param->after[i]);
}

// Against all ways to do it.
static int best(const uint32_t *reaches, int n, uint32_t taken)
{
	if (n == 0)
		return 0;
	int most = best(reaches + 1, n - 1, taken);
	for (int crtc = 0; crtc < 4; crtc++) {
		uint32_t bit = UINT32_C(1) << crtc;
		if (*reaches & bit && !(taken & bit)) {
			int more = 1 + best(reaches + 1, n - 1, taken | bit);
			most = more > most ? more : most;
		}
	}
	return most;
}

TEST(as_many_as_possible)
{
	uint32_t seed = 7;
	for (int round = 0; round < 20000; round++) {
		uint32_t reaches[MONITORS], used = 0;
		int crtcs[MONITORS], before[MONITORS], lit = 0;
		for (int i = 0; i < MONITORS; i++) {
			seed = seed * 1664525 + 1013904223;
			reaches[i] = seed >> 20 & 0xf;
			before[i] = crtcs[i] = (int)(seed >> 28) % 5 - 1;
		}
		assign_crtcs(reaches, MONITORS, crtcs);
		for (int i = 0; i < MONITORS; i++) {
			if (crtcs[i] < 0)
				continue;
			lit++;
			check(reaches[i] & UINT32_C(1) << crtcs[i]);
			check(!(used & UINT32_C(1) << crtcs[i]));
			used |= UINT32_C(1) << crtcs[i];
		}
		check_eq(lit, best(reaches, MONITORS, 0));
		for (int i = 0; i < MONITORS; i++) { // who was lit is
			bool was = before[i] >= 0 && reaches[i] & UINT32_C(1) << before[i];
			for (int j = 0; j < i; j++)
				was = was && before[j] != before[i];
			check(!was || crtcs[i] >= 0);
		}
	}
}
