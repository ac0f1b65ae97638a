// SPDX-License-Identifier: MIT
// connect() of the code under test, which the linker wraps: leads to a peer of the target.
#pragma once

// The next connect() makes its socket this end of a connection, of which it takes ownership; -1: a
// pending end is closed, and connect() does what it does.
void wrapped_connect_to(int end);
