#!/bin/bash
# SPDX-License-Identifier: MIT
# settle: when it returns, and what it reports when it times out.
. "$(dirname "$0")/lib.sh" || exit

# waits for the end of an animation
run run --size 300x200 --shot end.png -- "$actor" --animate --frames 20
run run --size 300x200 --shot again.png -- "$actor" --animate --frames 20
check_equal "$(checksum end.png)" "$(checksum again.png)"
run run --size 300x200 --shot start.png -- "$actor" --animate --frames 1
check_differs "$(checksum end.png)" "$(checksum start.png)"

# names what prevents it from settling
script -123 'wait window app_id=actor
settle timeout=3s' -- "$actor" --animate
check_contains err 'settle timeout=3s: not done after 3 s: client actor (pid ' 'window 1 (app_id actor, title "Actor"), wl_surface@' 'keeps committing ('
script -123 'wait window app_id=actor
resize 123x45 timeout=2s' --shell desktop -- "$actor" --no-ack
check_contains err 'the client has not acknowledged the configure with serial'
script -123 'wait window app_id=actor
output mode HEADLESS-1 640x480
settle timeout=3s' -- "$actor" --no-ack
check_contains err 'window 1 (app_id actor, title "Actor")' 'has not acknowledged the configure with serial'
script -123 'wait window app_id=actor
click right 20,20 in app_id=actor
wait popup app_id=actor
settle timeout=3s' -- "$actor" --menu --no-menu-ack
check_contains err 'a popup of window 1 (app_id actor, title "Actor"), wl_surface@' 'has not acknowledged the configure with serial'
script -123 'wait window app_id=actor
settle timeout=3s' -- "$actor" --no-pong
check_contains err 'has not answered a ping'
# a busy program without a window, and one beside its window
script -123 'settle timeout=1s' -- sh -c 'while :; do :; done'
check_contains err 'is running'
script 'wait window app_id=actor
settle
shot late.png' --size 300x200 -- sh -c "'$actor' --color ff0000 & i=0; while [ \$i -lt 150000 ]; do i=\$((i + 1)); done; wait"
# a protocol error is logged with its request
script -1 'wait window app_id=actor
settle
output mode HEADLESS-1 640x480
wait commit app_id=actor' -- "$actor" --error
check_contains err 'caused a protocol error: xdg_' 'its last request was xdg_surface.ack_configure'
finish
