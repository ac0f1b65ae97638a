#!/bin/bash
# SPDX-License-Identifier: MIT
# The host's pointer: buttons, wheels, enter and leave, emulated touch, locking and confinement.
. "$(dirname "$(readlink -f "$0")")/input.lib" || exit

x_server Xvfb -screen 0 1024x768x24 -nolisten tcp
other_window
for without in '' XInputExtension; do
	export ORIEL_X11_WITHOUT=$without
	xdotool mousemove 900 700
	start_actor --hold
	xdotool mousemove 132 82
	await_event 'enter window 100,50'
	xdotool mousemove 142 72 click 1 click 8
	expect_events 'motion 110,40' 'button left down 110,40' 'button left up 110,40' \
		'button other down 110,40' 'button other up 110,40'
	xdotool click 5 click 4 click 6
	expect_events 'axis source 0' 'axis value120 120' 'axis vertical 15' 'axis source 0' \
		'axis value120 -120' 'axis vertical -15' 'axis source 0' 'axis value120 -120' \
		'axis horizontal -15'

	# an implicit grab keeps the pointer outside of the window until the release
	xdotool mousedown 1
	expect_events 'button left down 110,40'
	xdotool mousemove 900 700
	expect_events 'motion 607,447'
	xdotool mouseup 1
	await_event 'button left up 607,447'
	expect_events leave
	xdotool mousemove 132 82
	await_event 'enter window 100,50'

	# emulated pinch
	xdotool keydown ctrl keydown alt mousedown 1 mousemove 142 82
	await_event 'touch 33 down 90,50'
	xdotool mousemove 152 92
	await_event 'touch 33 motion 80,40'
	xdotool mouseup 1 keyup alt keyup ctrl
	expect_events 'touch 32 up' 'touch 33 up'

	# locked: no motion, but relative motion
	xdotool mousemove 122 72
	await_event 'motion 90,40'
	xdotool mousemove 132 82
	await_event 'motion 100,50'
	xdotool click 2
	await_event locked
	xdotool mousemove_relative 15 7
	await_event 'relative 15,7'
	xdotool mousemove_relative -- -40 -30
	await_event 'relative -40,-30'
	[ -n "$without" ] || holds is_at 132 82
	xdotool click 1
	await_event 'button left down 100,50'
	xdotool click 2
	await_event 'motion 10,20' # the client's position hint
	await is_at 42 52

	# confined: to 20..119,10..59 of the window
	xdotool mousemove 92 62
	await_event 'motion 60,30'
	xdotool click 3
	await_event confined
	xdotool mousemove 600 400
	await_event 'motion 119,59'
	holds is_at 151 91
	# released when the focus is lost
	xdotool windowfocus --sync "$window"
	xdotool mousemove 0 0
	await_event 'motion 20,10'
	holds is_at 52 42
	xdotool windowfocus --sync "$other"
	await_event unconfined
	xdotool mousemove 900 700
	await is_at 900 700
	xdotool windowfocus "$window"
	finish_oriel
done
unset ORIEL_X11_WITHOUT

# Two windows: a drag from one to the other.
xdotool mousemove 900 700
start_actor --hold -- --size 300x200 --outputs 2
second=$(window_of X11-2)
xdotool windowmove --sync "$second" 400 300
xdotool mousemove 132 82
await_event 'enter window 100,50'
xdotool mousedown 1
await_event 'button left down 100,50'
xdotool mousemove 410 320 # 310,20 of the layout
await_event 'motion 278,-12'
xdotool mouseup 1
await_event 'button left up 278,-12'
finish_oriel
finish
