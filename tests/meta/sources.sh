#!/bin/sh
# SPDX-License-Identifier: MIT
# Every source file is named in the meson.build of its folder; otherwise it is neither built nor
# tested.
# Run in the root of the tree.
set -eu
passed=0 failed=0
for file in $(find backends compositor protocols renderer tests -name '*.c' | sort); do
	if grep -qF "'${file##*/}'" "${file%/*}/meson.build"; then
		passed=$((passed + 1))
	else
		echo "$file: not in ${file%/*}/meson.build"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
