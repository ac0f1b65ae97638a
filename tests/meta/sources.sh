#!/bin/sh
# SPDX-License-Identifier: MIT
# Every source file is named in meson.build: what is forgotten there is neither built nor tested.
# Run in the root of the tree.
set -eu
passed=0 failed=0
for file in $(find backends compositor protocols renderer \
	tests/harness tests/hostile tests/pixels tests/proto tests/unit tests/virgl \
	-name '*.c' 2>/dev/null | sort); do
	if grep -qF "'$file'" meson.build; then
		passed=$((passed + 1))
	else
		echo "$file: not in meson.build"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
