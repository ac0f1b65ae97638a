// SPDX-License-Identifier: MIT
#pragma once

// The test cannot go on: a check has failed. If an allocation has, too, checks and destroys the
// server and exits. Otherwise returns.
void witness_give_up(void);
