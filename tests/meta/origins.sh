#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that each protocol XML names its licence and the upstream file whose wire it implements.
# Run in the root of the tree.
set -eu
passed=0 failed=0
for file in protocols/xml/*.xml; do
	if ! grep -q '^  SPDX-License-Identifier: MIT$' "$file"; then
		echo "$file: no line 'SPDX-License-Identifier: MIT'"
		failed=$((failed + 1))
	elif ! grep -qE '^  Origin: (oriel|wayland|wayland-protocols|wlr-protocols|wlroots|mesa|plasma-wayland-protocols) [a-z0-9/-]+\.xml$' "$file"; then
		echo "$file: no line 'Origin: PROJECT PATH.xml'"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 1 ]
