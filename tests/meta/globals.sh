#!/bin/sh
# SPDX-License-Identifier: MIT
# No object of the product has writable data: a thousand servers must fit into one process.
# usage: globals.sh LIBRARY
#
# It reads sections instead of nm's letters: constants that contain pointers are in .data.rel.ro,
# which nm reports as data, too.
set -eu

# The level and the sink of the log; the guards that the signal handler looks up.
allowed='compositor_base_log.c.o compositor_base_sigbus.c.o'

objdump -t "$1" | awk -v allowed="$allowed" '
	BEGIN { split(allowed, names); for (i in names) may[names[i]] = 1 }
	/file format/ {
		file = $1
		sub(/:$/, "", file)
		sub(/.*\//, "", file)
		sub(/.*\(/, "", file)
		sub(/\)$/, "", file)
		objects++
		good++
		bad = 0
	}
	split($0, half, "\t") == 2 {
		n = split(half[1], left, " ")
		section = left[n]
		split(half[2], right, " ")
		name = right[2]
		if (section !~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ || section ~ /^\.data\.rel\.ro/)
			next
		if (name == section || file in may)
			next
		if (!bad++)
			good--
		printf "%s: writable: %s\n", file, name
	}
	END {
		printf "%d passed, %d failed\n", good, objects - good
		exit objects == 0 || good != objects
	}'
