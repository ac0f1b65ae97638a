#!/bin/bash
# SPDX-License-Identifier: MIT
# The host's keyboard: layout and locks, focus changes with keys held, the grab and its chord.
. "$(dirname "$(readlink -f "$0")")/input.lib" || exit

outside() { xdotool mousemove 900 700; }
inside() { xdotool mousemove 132 82; }
# Long enough for some key repeats of the X server.
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
	await_event 'enter window 100,50'
	xdotool key F9
	await_event 'key F9'
	xdotool key a shift+b ctrl+c Return
	expect_events 'key a a' 'key Shift_L' 'key shift+B B' 'key Control_L' 'key ctrl+c' 'key Return'

	# a key pressed elsewhere sends nothing
	xdotool keydown r
	await_event 'key r r'
	repeats
	xdotool keyup r key x
	expect_events 'key x x'
	outside
	expect_events 'unfocus'
	xdotool keydown w
	repeats
	inside
	await_event focus
	repeats
	xdotool keyup w key x w
	expect_events 'key x x' 'key w w'
	# a key released elsewhere is released
	xdotool keydown Control_L
	expect_events 'key Control_L'
	outside
	expect_events 'unfocus'
	xdotool keyup Control_L
	inside
	await_event focus
	xdotool key y
	expect_events 'key y y'
	finish_oriel
done
unset ORIEL_X11_WITHOUT

start_actor
inside
await_event 'enter window 100,50'
xdotool key F9
await_event 'key F9'
# another layout, and back
setxkbmap de
xdotool key udiaeresis z shift+2 ssharp
expect_events 'key udiaeresis ü' 'key z z' 'key Shift_L' 'key shift+quotedbl "' 'key ssharp ß'
xdotool type 'Größe: 5€'
await_event 'key EuroSign €'
is "$(printf '%s\n' "$events" | sed -n 's/^key [^ ]* \(.\)$/\1/p' | tr -d '\n')" 'Größe:5€'
setxkbmap us
xdotool key semicolon
expect_events 'key semicolon ;'
# Caps Lock pressed elsewhere, and off again
outside
expect_events unfocus
xdotool key Caps_Lock
inside
await_event focus
xdotool key a
expect_events 'key A A'
outside
expect_events unfocus
xdotool key Caps_Lock
inside
await_event focus
xdotool key a
expect_events 'key a a'

# Synthetic events are ignored.
outside
expect_events unfocus
xdotool key --window "$window" z 2>/dev/null
inside
await_event focus
xdotool key x
expect_events 'key x x'

# Explicit focus: the focused window has the keyboard wherever the pointer is.
xdotool windowfocus --sync "$window"
outside
xdotool key b
expect_events 'key b b'
xdotool windowfocus --sync "$other"
expect_events unfocus
xdotool windowfocus --sync "$window"
expect_events focus
xdotool key c
expect_events 'key c c'

# Ctrl+Alt toggles the grab, unless another key or button comes between.
is "$(title)" 'Oriel - X11-1'
xdotool key ctrl+alt
await title_has Ctrl+Alt
xdotool key ctrl+alt+x
expect_events 'key Control_L' 'key ctrl+Alt_L' 'key Control_L' 'key ctrl+Alt_L' 'key ctrl+alt+x'
xdotool key d
expect_events 'key d d'
title_has Ctrl+Alt && pass || fail 'the grab went with another chord'
# other clients get no keys; losing the focus ends the grab
xdotool windowfocus --sync "$other"
expect_events unfocus
await title_lacks Ctrl+Alt
xdotool windowfocus --sync "$window"
await_event focus
inside
xdotool click 1
await_event 'button left up 100,50'
await title_has Ctrl+Alt
xdotool keydown ctrl keydown alt keyup ctrl keyup alt
await title_lacks Ctrl+Alt
await_event 'key ctrl+Alt_L'
# the full-screen key is not sent to clients
xdotool key ctrl+alt+f key e
await_event 'key e e'
is "$(grep ^key <<<"$events")" $'key Control_L\nkey ctrl+Alt_L\nkey e e'
finish_oriel

# A configured layout replaces the host's; the locks are still the host's.
printf '[keyboard]\nlayout = fr\n' >config.ini
CONFIG=$folder/config.ini start_actor
inside
await_event 'enter window 100,50'
xdotool key F9
await_event 'key F9'
xdotool key q Caps_Lock q Caps_Lock x
expect_events 'key a a' 'key Caps_Lock' 'key A A' 'key Caps_Lock' 'key x x'
finish_oriel
finish
