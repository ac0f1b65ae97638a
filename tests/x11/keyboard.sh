#!/bin/bash
# SPDX-License-Identifier: MIT
# The host's keyboard: its layout and locks, focus with keys held, the grab and its chord.
. "$(dirname "$(readlink -f "$0")")/input.lib" || exit

outside() { xdotool mousemove 900 700; }
inside() { xdotool mousemove 132 82; }
# As long as the X server needs to repeat a key some times.
repeats() {
	xset r rate 100 50
	local until=$((SECONDS + 1))
	while [ $SECONDS -lt $until ]; do read -rt 0.1 <> <(:); done
}

x_server Xvfb -screen 0 1024x768x24 -nolisten tcp
other_window
setxkbmap us
for without in '' XInputExtension XKEYBOARD XInputExtension,XKEYBOARD; do
	export ORIEL_X11_WITHOUT=$without
	start_actor
	inside
	heard 'enter window 100,50'
	xdotool key F9
	heard 'key F9'
	xdotool key a shift+b ctrl+c Return
	hears 'key a a' 'key Shift_L' 'key shift+B B' 'key Control_L' 'key ctrl+c' 'key Return'

	# a key that is held is no news in any way
	xdotool keydown r
	heard 'key r r'
	repeats
	xdotool keyup r key x
	hears 'key x x'
	outside
	hears 'unfocus'
	xdotool keydown w
	repeats
	inside
	heard focus
	repeats
	xdotool keyup w key x w
	hears 'key x x' 'key w w'
	# and one that was let go elsewhere is up
	xdotool keydown Control_L
	hears 'key Control_L'
	outside
	hears 'unfocus'
	xdotool keyup Control_L
	inside
	heard focus
	xdotool key y
	hears 'key y y'
	finish_oriel
done
unset ORIEL_X11_WITHOUT

start_actor
inside
heard 'enter window 100,50'
xdotool key F9
heard 'key F9'
# another layout, and back
setxkbmap de
xdotool key udiaeresis z shift+2 ssharp
hears 'key udiaeresis ü' 'key z z' 'key Shift_L' 'key shift+quotedbl "' 'key ssharp ß'
xdotool type 'Größe: 5€'
heard 'key EuroSign €'
is "$(printf '%s\n' "$heard" | sed -n 's/^key [^ ]* \(.\)$/\1/p' | tr -d '\n')" 'Größe:5€'
setxkbmap us
xdotool key semicolon
hears 'key semicolon ;'
# Caps Lock that was pressed elsewhere, and off again
outside
hears unfocus
xdotool key Caps_Lock
inside
heard focus
xdotool key a
hears 'key A A'
outside
hears unfocus
xdotool key Caps_Lock
inside
heard focus
xdotool key a
hears 'key a a'

# What other programs make up is not heard.
outside
hears unfocus
xdotool key --window "$window" z 2>/dev/null
inside
heard focus
xdotool key x
hears 'key x x'

# The focus is given: whoever has it, has the keyboard wherever the pointer is.
xdotool windowfocus --sync "$window"
outside
xdotool key b
hears 'key b b'
xdotool windowfocus --sync "$other"
hears unfocus
xdotool windowfocus --sync "$window"
hears focus
xdotool key c
hears 'key c c'

# Ctrl+Alt takes the keyboard and gives it back; with anything between it does neither.
is "$(title)" 'Oriel - X11-1'
xdotool key ctrl+alt
await title_has Ctrl+Alt
xdotool key ctrl+alt+x
hears 'key Control_L' 'key ctrl+Alt_L' 'key Control_L' 'key ctrl+Alt_L' 'key ctrl+alt+x'
xdotool key d
hears 'key d d'
title_has Ctrl+Alt && pass || fail 'the grab went with another chord'
# nobody else gets keys meanwhile; the focus takes the grab along
xdotool windowfocus --sync "$other"
hears unfocus
await title_lacks Ctrl+Alt
xdotool windowfocus --sync "$window"
heard focus
inside
xdotool click 1
heard 'button left up 100,50'
await title_has Ctrl+Alt
xdotool keydown ctrl keydown alt keyup ctrl keyup alt
await title_lacks Ctrl+Alt
heard 'key ctrl+Alt_L'
# the full-screen key is nobody else's
xdotool key ctrl+alt+f key e
heard 'key e e'
is "$(grep ^key <<<"$heard")" $'key Control_L\nkey ctrl+Alt_L\nkey e e'
finish_oriel

# A configured layout is not the host's; its locks are.
printf '[keyboard]\nlayout = fr\n' >config.ini
CONFIG=$folder/config.ini start_actor
inside
heard 'enter window 100,50'
xdotool key F9
heard 'key F9'
xdotool key q Caps_Lock q Caps_Lock x
hears 'key a a' 'key Caps_Lock' 'key A A' 'key Caps_Lock' 'key x x'
finish_oriel
finish
