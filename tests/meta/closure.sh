#!/bin/bash
# SPDX-License-Identifier: MIT
# Checks that a headless run maps no library for hardware: no GL, no KMS, no input, no X11.
# usage: closure.sh ORIEL
set -eu
oriel=$1
unwanted='lib(EGL|GL|GLES[a-z0-9_]*|gbm|drm|input|udev|seat|xcb|X11|vulkan|fontconfig|fcft)[-._0-9a-z]*\.so'
passed=0 failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

verdict() { # NAME FILE: checks that FILE contains no unwanted library
	if grep -oE "$unwanted" "$2" | sort -u >"$dir/found" && [ -s "$dir/found" ]; then
		echo "$1 names: $(tr '\n' ' ' <"$dir/found")"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
}

ldd "$oriel" >"$dir/linked"
verdict 'the program' "$dir/linked"

# The parent of the command is the compositor; its map must name it, or the check is void.
# shellcheck disable=SC2016 # expanded by the inner shell
if ! "$oriel" run -- sh -c 'cat /proc/$PPID/maps >"$0"' "$dir/maps"; then
	echo 'oriel run failed'
	failed=$((failed + 1))
elif ! grep -q "/$(basename "$oriel")\$" "$dir/maps"; then
	echo 'the parent of the command is not the compositor'
	failed=$((failed + 1))
else
	verdict 'a headless run' "$dir/maps"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
