#!/bin/bash
# SPDX-License-Identifier: MIT
# Faults of the X server and of its other clients, and the choice of the back end.
. "$(dirname "$(readlink -f "$0")")/nested.lib" || exit

client() {
	"$ORIEL" msg spawn "$BUILD/tests/tools/test-actor" --events
	await "$ORIEL" msg wait window app_id=actor
}

x_server Xvfb -screen 0 1280x800x24 -nolisten tcp

# Another client destroys the window
start --size 400x300
client
xdotool windowclose "$(window_of X11-1)"
ends 0

# Another client closes the connection
start --size 400x300 --outputs 3
client
xdotool windowkill "$(window_of X11-1)"
ends 125
is "$(grep -c 'X server is lost' err)" 1
is "$(grep -c '^error' err)" 1

# Synthetic events
start --size 400x300
client
"$BUILD/tests/tools/xprobe" forge "$(window_of X11-1)"
BYTES=0 shows X11-1 forged
is "$(size_of "$(window_of X11-1)")" 400x300
finish_oriel

# The server is killed while frames are drawn: clients lose their connection, the exit status is 125
for without in '' self-pacing MIT-SHM Present,MIT-SHM; do
	export ORIEL_X11_WITHOUT=$without
	start --size 400x300 --outputs 2 --shell kiosk -- weston-simple-shm
	"$ORIEL" msg wait commit count=5
	kill -KILL "${servers[-1]}"
	wait "${servers[-1]}" 2>/dev/null
	ends 125
	is "$(grep -c 'X server is lost' err)" 1
	x_server Xvfb -screen 0 1280x800x24 -nolisten tcp
done
unset ORIEL_X11_WITHOUT
"$ORIEL" run --backend x11 --size 400x300 -- weston-simple-shm 2>err &
oriel=$!
await xdotool search --name '^Oriel'
kill -KILL "${servers[-1]}"
wait "${servers[-1]}" 2>/dev/null
ends 125

# No server: the message names the display
DISPLAY=:99999 "$ORIEL" --backend x11 2>err
is $? 125
holds grep -q 'no X server answers at ":99999"' err
env -u DISPLAY "$ORIEL" --backend x11 2>err
is $? 125
holds grep -q 'DISPLAY is not set' err

# Without --backend: x11 if DISPLAY is set, else headless
x_server Xvfb -screen 0 1280x800x24 -nolisten tcp
: >err
"$ORIEL" --socket inner 2>>err &
oriel=$!
await listening
has_outputs X11-1 && pass
finish_oriel
: >err
env -u DISPLAY WAYLAND_DISPLAY=wayland-9 "$ORIEL" --socket inner 2>>err &
oriel=$!
await listening
has_outputs HEADLESS-1 && pass
holds grep -q 'a Wayland session' err
finish_oriel

# oriel run does not pass DISPLAY on to its children
is "$("$ORIEL" run --backend x11 --size 300x200 -- sh -c 'echo "<$DISPLAY>"')" '<>'

# No wake-ups while idle
start --size 400x300 --shell kiosk
client
"$ORIEL" msg settle
wakes() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$oriel/status"; }
first=$(wakes)
for i in 1 2 3 4 5; do is "$(xdotool getwindowname "$(window_of X11-1)")" 'Oriel - X11-1'; done
is "$(wakes)" "$first"
finish_oriel
finish
