#!/bin/bash
# SPDX-License-Identifier: MIT
# settle: when it returns, and what it says when it does not.
. "$(dirname "$0")/lib.sh" || exit

# the end of an animation is waited for
run run --size 300x200 --shot end.png -- "$actor" --animate --frames 20
run run --size 300x200 --shot again.png -- "$actor" --animate --frames 20
is "$(sum end.png)" "$(sum again.png)"
run run --size 300x200 --shot start.png -- "$actor" --animate --frames 1
is_not "$(sum end.png)" "$(sum start.png)"

# who keeps it busy
script -123 'wait window app_id=actor
settle timeout=1s' -- "$actor" --animate
has err 'settle timeout=1s: not done after 1 s: client actor (pid ' 'window 1 (app_id actor), wl_surface@' 'goes on committing ('
script -123 'wait window app_id=actor
resize 123x45 timeout=300ms' --shell desktop -- "$actor" --no-ack
has err 'the client has not acknowledged the configure with serial'
script -123 'wait window app_id=actor
output mode HEADLESS-1 640x480
settle timeout=1s' -- "$actor" --no-ack
has err 'window 1 (app_id actor)' 'has not acknowledged the configure with serial'
script -123 'wait window app_id=actor
click right 20,20 in app_id=actor
wait popup app_id=actor
settle timeout=1s' -- "$actor" --menu --no-menu-ack
has err 'a popup, wl_surface@' 'has not acknowledged the configure with serial'
script -123 'wait window app_id=actor
settle timeout=1s' -- "$actor" --no-pong
has err 'has not answered a ping'
# one that hangs without a window, and one that works beside its window
script -123 'settle timeout=1s' -- sh -c 'while :; do :; done'
has err 'is at work'
script 'wait window app_id=actor
settle
shot late.png' --size 300x200 -- sh -c "'$actor' --color ff0000 & i=0; while [ \$i -lt 150000 ]; do i=\$((i + 1)); done; wait"
# a protocol error is told with its request
script -1 'wait window app_id=actor
settle
output mode HEADLESS-1 640x480
wait commit app_id=actor' -- "$actor" --error
has err 'made a protocol error: xdg_' 'its last request was xdg_surface.ack_configure'
finish
