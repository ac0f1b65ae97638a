#!/bin/sh
# SPDX-License-Identifier: MIT
# Every header compiles on its own, and twice. Run in the root of the tree.
# usage: headers.sh BUILD COMPILER...
set -eu
build=$1
shift
flags=$(pkg-config --cflags libdrm libpng pixman-1 wayland-client wayland-server xkbcommon)
passed=0 failed=0
for header in $(find backends compositor protocols renderer tests -name '*.h' | sort); do
	# shellcheck disable=SC2086
	if printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
		"$@" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes \
			-Wundef -Wno-unused-parameter -Werror -I. -I"$build/protocols" $flags \
			-fsyntax-only -x c -; then
		passed=$((passed + 1))
	else
		echo "$header: does not compile on its own"
		failed=$((failed + 1))
	fi
done 2>&1
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
