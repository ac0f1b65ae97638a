// SPDX-License-Identifier: MIT
// What users and scripts call the transforms of outputs.
#pragma once

// "normal", "90" and so on, by enum transform; NULL at the end.
extern const char *const transform_names[9];
