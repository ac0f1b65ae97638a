#!/bin/bash
# SPDX-License-Identifier: MIT
# The host's pointer: buttons, wheels, coming and going, fingers made of it, locks and confinement.
. "$(dirname "$(readlink -f "$0")")/input.lib" || exit

x_server Xvfb -screen 0 1024x768x24 -nolisten tcp
other_window
for without in '' XInputExtension; do
	export ORIEL_X11_WITHOUT=$without
	xdotool mousemove 900 700
	start_actor --hold
	xdotool mousemove 132 82
	heard 'enter window 100,50'
	xdotool mousemove 142 72 click 1 click 8
	hears 'motion 110,40' 'button left down 110,40' 'button left up 110,40' \
		'button other down 110,40' 'button other up 110,40'
	xdotool click 5 click 4 click 6
	hears 'axis source 0' 'axis value120 120' 'axis vertical 15' 'axis source 0' \
		'axis value120 -120' 'axis vertical -15' 'axis source 0' 'axis value120 -120' \
		'axis horizontal -15'

	# dragged out of the window it is still the client's; then it is not
	xdotool mousedown 1
	hears 'button left down 110,40'
	xdotool mousemove 900 700
	hears 'motion 607,447'
	xdotool mouseup 1
	heard 'button left up 607,447'
	hears leave
	xdotool mousemove 132 82
	heard 'enter window 100,50'

	# two fingers
	xdotool keydown ctrl keydown alt mousedown 1 mousemove 142 82
	heard 'touch 33 down 90,50'
	xdotool mousemove 152 92
	heard 'touch 33 motion 80,40'
	xdotool mouseup 1 keyup alt keyup ctrl
	hears 'touch 32 up' 'touch 33 up'

	# locked: it stays, and tells how far it would have gone
	xdotool mousemove 122 72
	heard 'motion 90,40'
	xdotool mousemove 132 82
	heard 'motion 100,50'
	xdotool click 2
	heard locked
	xdotool mousemove_relative 15 7
	heard 'relative 15,7'
	xdotool mousemove_relative -- -40 -30
	heard 'relative -40,-30'
	[ -n "$without" ] || holds is_at 132 82
	xdotool click 1
	heard 'button left down 100,50'
	xdotool click 2
	heard 'motion 10,20' # where the client left it
	await is_at 42 52

	# confined: to 20..119,10..59 of the window
	xdotool mousemove 92 62
	heard 'motion 60,30'
	xdotool click 3
	heard confined
	xdotool mousemove 600 400
	heard 'motion 119,59'
	holds is_at 151 91
	# free with the focus
	xdotool windowfocus --sync "$window"
	xdotool mousemove 0 0
	heard 'motion 20,10'
	holds is_at 52 42
	xdotool windowfocus --sync "$other"
	heard unconfined
	xdotool mousemove 900 700
	await is_at 900 700
	xdotool windowfocus "$window"
	finish_oriel
done
unset ORIEL_X11_WITHOUT

# Two windows: a drag goes from one to the other.
xdotool mousemove 900 700
start_actor --hold -- --size 300x200 --outputs 2
second=$(window_of X11-2)
xdotool windowmove --sync "$second" 400 300
xdotool mousemove 132 82
heard 'enter window 100,50'
xdotool mousedown 1
heard 'button left down 100,50'
xdotool mousemove 410 320 # 310,20 of the layout
heard 'motion 278,-12'
xdotool mouseup 1
heard 'button left up 278,-12'
finish_oriel
finish
