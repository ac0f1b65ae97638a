#!/bin/bash
# SPDX-License-Identifier: MIT
# Windows: properties, sizes, full screen, adding and removing, the cursor.
. "$(dirname "$(readlink -f "$0")")/nested.lib" || exit

probe() { "$BUILD/tests/tools/xprobe" "$@"; }
property() { xprop -id "$1" "$2" 2>/dev/null | sed 's/^[^=:]*[=:] *//'; }
frames() { # OUTPUT
	"$ORIEL" msg --json list outputs | sed "s/.*\"name\":\"$1\"[^}]*}[^}]*\"frames\":\([0-9]*\).*/\1/"
}
cursor_is() { [[ "$(probe cursor)" == $1 ]]; }
same_size() { has_mode "$1" "$(size_of "$2")"; }
# as limited by the window manager
changed_size() { [ "$1" = 1x1 ] || has_size "$one" "$1" && same_size X11-1 "$one"; }
no_window() { [ -z "$(window_of "$1")" ]; }
covers_root() { has_size "$1" 1280x800 && has_mode X11-1 1280x800; }

x_server Xvfb -screen 0 1280x800x24 -nolisten tcp
start --size 500x300 --outputs 2
one=$(window_of X11-1) two=$(window_of X11-2)
has_outputs X11-1 X11-2 && pass
is "$(size_of "$one") $(size_of "$two")" '500x300 500x300'

# Properties
is "$(property "$one" WM_CLASS)" '"oriel", "Oriel"'
is "$(property "$one" _NET_WM_PID)" "$oriel"
is "$(property "$one" WM_PROTOCOLS)" 'protocols  WM_DELETE_WINDOW, _NET_WM_PING'
is "$(probe property "$one" _NET_WM_ICON)" $((4 * (48 * 48 + 2)))
is "$(timeout 10 "$BUILD/tests/tools/xprobe" ping "$one")" pong
is "$(xdotool getwindowname "$two")" 'Oriel - X11-2'

# Resized by either side; the scale stays
"$ORIEL" msg output scale X11-1 2
xdotool windowsize "$one" 420 260
await has_mode X11-1 420x260
is "$("$ORIEL" msg list outputs | awk '$1 == "X11-1" { print $7 }')" 2
"$ORIEL" msg output mode X11-1 480x320
await has_size "$one" 480x320
"$ORIEL" msg output scale X11-1 1
"$ORIEL" msg spawn foot -e sh -c 'printf "\033[?25l"; seq -s " " 300; exec sleep 1000'
"$ORIEL" msg wait window app_id=foot
shows X11-1 mode

# Ten thousand sizes, of which the last one counts
probe storm "$one" 10000 500x300
await has_mode X11-1 500x300
shows X11-1 storm
holds kill -0 "$oriel"

# Full screen without a window manager
xdotool mousemove 200 150 click 1
await test -n "$(xdotool getwindowname "$one" | grep 'has the keyboard')"
xdotool key ctrl+alt+f
await covers_root "$one"
xdotool key ctrl+alt+f
await has_mode X11-1 500x300
xdotool key ctrl+alt
await has_size "$one" 500x300

# The host's cursor has our image; moving it draws no frame
xdotool mousemove 450 280
"$ORIEL" msg settle
await cursor_is '[2-9]*x* * [1-9]*'
drawn=$(frames X11-1)
for i in 1 2 3 4 5 6 7 8 9; do xdotool mousemove $((440 + i)) 280; done
await "$ORIEL" msg wait shown
"$ORIEL" msg settle
is "$(frames X11-1)" "$drawn"

# A disabled output is black, until it is enabled again
"$ORIEL" msg output off X11-1
xwd -silent -id "$one" | convert xwd:- -format '%k %[fx:maxima]' info: >black
is "$(cat black)" '1 0'
"$ORIEL" msg output on X11-1
BYTES=0 shows X11-1 on

# A third output: destroyed by another client, removed by command, closed by the user
"$ORIEL" msg output add SIDE 300x200
await has_outputs X11-1 X11-2 SIDE
xdotool windowclose "$(window_of SIDE)"
await has_outputs X11-1 X11-2
"$ORIEL" msg output add SIDE 300x200
await has_outputs X11-1 X11-2 SIDE
"$ORIEL" msg output remove SIDE
await no_window SIDE
probe delete "$one"
await has_outputs X11-2
await no_window X11-1
probe delete "$two"
ends 0

# Under a window manager: resized while a client animates, full screen, iconified
openbox --config-file /etc/xdg/openbox/rc.xml >openbox.log 2>&1 &
others+=($!)
await xprop -root _NET_SUPPORTING_WM_CHECK
start --size 600x400 --shell kiosk
"$ORIEL" msg spawn weston-simple-shm
"$ORIEL" msg wait window
one=$(window_of X11-1)
for size in 640x480 300x200 801x599 1x1 500x300; do
	xdotool windowsize "$one" "${size%x*}" "${size#*x}"
	await changed_size "$size"
	"$ORIEL" msg wait commit count=3
done
"$ORIEL" msg kill
"$ORIEL" msg wait gone app_id=
"$ORIEL" msg spawn gtk3-demo --run=button_box
await "$ORIEL" msg wait window app_id=gtk3-demo
await has_mode X11-1 500x300
shows X11-1 openbox
xdotool mousemove --window "$one" 250 150 click 1
await test -n "$(xdotool getwindowname "$one" | grep 'has the keyboard')"
xdotool key ctrl+alt+f
await covers_root "$one"
xdotool key ctrl+alt+f
await has_mode X11-1 500x300
xdotool windowminimize "$one"
"$ORIEL" msg spawn weston-simple-shm
"$ORIEL" msg wait commit title=simple-shm count=2
xdotool windowmap "$one"
"$ORIEL" msg wait commit title=simple-shm count=10
xdotool key alt+F4
ends 0
finish
