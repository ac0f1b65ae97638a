#!/bin/bash
# SPDX-License-Identifier: MIT
# Smooth scrolling, touch and a pointer locked by the host, which Xvfb lacks: an outer headless
# Oriel provides them to Xwayland, and its scripts generate the input.
. "$(dirname "$(readlink -f "$0")")/input.lib" || exit

"$ORIEL" --backend headless --renderer pixman --shell kiosk --size 800x600 --socket outer \
	--config /dev/null 2>outer.log &
others+=($!)
await test -S "$XDG_RUNTIME_DIR/outer" || exit 1
hand() { "$ORIEL" msg --socket outer "$@" >/dev/null || fail "hand: $*"; }
export WAYLAND_DISPLAY=outer
x_server Xwayland
unset WAYLAND_DISPLAY
start_actor --hold
hand wait window any
hand move 700,550
hand move 132,82
await_event 'enter window 100,50'
hand key F9
await_event 'key F9'

# a wheel: whole and fractional notches
hand scroll 0,1
expect_events 'axis source 0' 'axis value120 120' 'axis vertical 15'
hand scroll -1,0
expect_events 'axis source 0' 'axis value120 -120' 'axis horizontal -15'
hand scroll 0,5 pixels
expect_events 'axis source 0' 'axis value120 60' 'axis vertical 7.5'
hand scroll 0,5 pixels
expect_events 'axis source 0' 'axis value120 60' 'axis vertical 7.5'
# scrolling over other windows is not reported when the pointer returns
hand move 700,550
await_event leave
hand scroll 0,7
hand move 132,82
await_event 'enter window 100,50'
hand scroll 0,-1
await_event 'axis vertical -15'
is "$(printf '%s\n' "$events" | grep ^axis)" 'axis source 0
axis value120 -120
axis vertical -15'

# touch
hand touch down 100,80
hand touch down 120,90 id=1
hand touch move 110,85
hand touch up
hand touch up id=1
await_event 'touch 1 up'
is "$(printf '%s\n' "$events" | grep ^touch)" 'touch 0 down 68,48
touch 1 down 88,58
touch 0 motion 78,53
touch 0 up
touch 1 up'
hand touch down 100,80 id=3 # IDs are reused
hand touch up id=3
await_event 'touch 0 up'

# a locked pointer
hand move 142,92
hand move 132,82
await_event 'motion 100,50'
hand click middle
await_event locked
hand move by 5,-3
await_event 'relative 5,-3'
hand click middle
await_event 'motion 10,20'

# keys
hand key a
await_event 'key a a'
finish_oriel
finish
