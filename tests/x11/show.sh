#!/bin/bash
# SPDX-License-Identifier: MIT
# Frames by each method that a server supports: the window must show what Oriel composed.
. "$(dirname "$(readlink -f "$0")")/nested.lib" || exit

client() { # draws the same picture each time
	"$ORIEL" msg spawn foot -o colors.background=203040 -e sh -c \
		'printf "\033[?25l\n  Oriel in a window\n\n"; seq -s " " 200; exec sleep 1000'
	"$ORIEL" msg wait window app_id=foot
}

x_server Xvfb -screen 0 1280x800x24 -nolisten tcp
for without in '' Present shared-pixmaps MIT-SHM Present,MIT-SHM self-pacing \
	self-pacing,shared-pixmaps self-pacing,MIT-SHM; do
	export ORIEL_X11_WITHOUT=$without
	start --size 640x480
	client
	shows X11-1 "frame-${without:-default}"
	# a small change, and exposure
	"$ORIEL" msg text hello
	shows X11-1 "text-${without:-default}"
	xev -geometry 300x300+100+100 -name Cover >/dev/null &
	cover=$!
	await xdotool search --onlyvisible --name "^Cover$"
	stop $cover
	shows X11-1 "uncovered-${without:-default}"
	finish_oriel
done
unset ORIEL_X11_WITHOUT

# A fractional scale
start --size 800x600@1.5
client
shows X11-1 scaled
finish_oriel

# A nested server
outer=$DISPLAY
x_server Xephyr -screen 900x700 -nolisten tcp
start --size 640x480
client
shows X11-1 xephyr
finish_oriel
DISPLAY=$outer

# Servers that lack extensions
x_server Xvfb -screen 0 1280x800x24 -nolisten tcp -extension MIT-SHM -extension RANDR
start --size 640x480
client
shows X11-1 bare
finish_oriel
x_server Xvfb -screen 0 1280x800x24 -nolisten tcp -extension RENDER
start --size 640x480
client
holds "$BUILD/tests/tools/xprobe" cursor
finish_oriel

# Other depths, within the precision of each
for depth in 16:8 30:1; do
	x_server Xvfb -screen 0 "800x600x${depth%:*}" -nolisten tcp
	start --size 640x480
	client
	shows X11-1 "depth-${depth%:*}" "${depth#*:}"
	finish_oriel
done
for depth in 8 15; do
	x_server Xvfb -screen 0 "800x600x$depth" -nolisten tcp
	"$ORIEL" --backend x11 --socket inner 2>err
	is $? 125
	holds grep -q "(depth $depth)" err
done
finish
