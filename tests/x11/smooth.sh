#!/bin/bash
# SPDX-License-Identifier: MIT
# What no virtual X server has, Xwayland does: smooth wheels, fingers, a pointer that is locked from
# farther out. It shows on an Oriel without screen, whose scripts are the hands.
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
heard 'enter window 100,50'
hand key F9
heard 'key F9'

# a wheel: whole notches and parts of one
hand scroll 0,1
hears 'axis source 0' 'axis value120 120' 'axis vertical 15'
hand scroll -1,0
hears 'axis source 0' 'axis value120 -120' 'axis horizontal -15'
hand scroll 0,5 pixels
hears 'axis source 0' 'axis value120 60' 'axis vertical 7.5'
hand scroll 0,5 pixels
hears 'axis source 0' 'axis value120 60' 'axis vertical 7.5'
# what it scrolls over other windows is no news when it comes back
hand move 700,550
heard leave
hand scroll 0,7
hand move 132,82
heard 'enter window 100,50'
hand scroll 0,-1
heard 'axis vertical -15'
is "$(printf '%s\n' "$heard" | grep ^axis)" 'axis source 0
axis value120 -120
axis vertical -15'

# fingers
hand touch down 100,80
hand touch down 120,90 id=1
hand touch move 110,85
hand touch up
hand touch up id=1
heard 'touch 1 up'
is "$(printf '%s\n' "$heard" | grep ^touch)" 'touch 0 down 68,48
touch 1 down 88,58
touch 0 motion 78,53
touch 0 up
touch 1 up'
hand touch down 100,80 id=3 # numbers are given anew
hand touch up id=3
heard 'touch 0 up'

# locked
hand move 142,92
hand move 132,82
heard 'motion 100,50'
hand click middle
heard locked
hand move by 5,-3
heard 'relative 5,-3'
hand click middle
heard 'motion 10,20'

# keys, and the focus of the window around it
hand key a
heard 'key a a'
finish_oriel
finish
