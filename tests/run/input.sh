#!/bin/bash
# SPDX-License-Identifier: MIT
# Input verbs: which events the client receives, in which order.
. "$(dirname "$0")/lib.sh" || exit

# events LINES [ACTOR OPTION...]: runs the lines and leaves the events of the actor in the file out
events() {
	script "wait window app_id=actor
settle
echo begin
$1
settle" --shell desktop --size 640x480 -- "$actor" --events "${@:2}"
	# Drops a motion to the point of the enter event.
	sed -i '1,/^begin$/d; s/ *$//' out
	sed -i -E '/^enter/{N;s/^(enter [a-z]+ ([0-9,]+))\nmotion \2$/\1/}' out
}

events 'click 40,30 in app_id=actor'
check_equal "$(cat out)" 'enter window 40,30
button left down 40,30
button left up 40,30'
events 'move 50%,50% in focused
click right double
click middle -10,-20 in any'
check_equal "$(grep -v ^motion out)" 'enter window 100,50
button right down 100,50
button right up 100,50
button right down 100,50
button right up 100,50
button middle down 190,80
button middle up 190,80'
events 'click with=ctrl+shift 5,5 in focused'
check_equal "$(grep -v -e ^motion -e ^enter out)" 'key Control_L
key ctrl+Shift_L
button left down 5,5
button left up 5,5'
events 'move 10,10 in focused
press right
move by 5,7
release right'
check_equal "$(grep -e ^button out)" 'button right down 10,10
button right up 15,17'
check_lines out 'motion 15,17'
events 'drag 10,10 40,10 40,40 in focused steps=3'
check_equal "$(sed '1d' out)" 'button left down 10,10
motion 20,10
motion 30,10
motion 40,10
motion 40,20
motion 40,30
motion 40,40
button left up 40,40'
events 'scroll 0,2 in focused
scroll -1,0
scroll 0,25 pixels'
check_equal "$(grep ^axis out)" 'axis vertical 15
axis vertical 15
axis horizontal -15
axis vertical 25
axis stop'

# keys
events 'key Return F5 a KEY_B code:30 A'
check_equal "$(cat out)" 'key Return
key F5
key a a
key b b
key a a
key Shift_L
key shift+A A'
events 'key shift down
key b
key shift up
key b count=2'
check_equal "$(cat out)" 'key Shift_L
key shift+B B
key b b
key b b'
events 'chord ctrl+shift+t Ctrl+C
chord ctrl+plus
chord ctrl++'
check_equal "$(cat out)" 'key Control_L
key ctrl+Shift_L
key ctrl+shift+T
key Control_L
key ctrl+c
key Control_L
key ctrl+Shift_L
key ctrl+shift+plus +
key Control_L
key ctrl+Shift_L
key ctrl+shift+plus +'
typed() { sed -n 's/^key [^ ]* \(.\)$/\1/p; s/^key Return$/⏎/p; s/^key Tab$/⇥/p; s/^key space$/ /p' out | tr -d '\n'; }
events 'text "Hello,  World!\n\tx"'
check_equal "$(typed)" 'Hello,  World!⏎⇥x'
events 'text "héllo Wörld ☃ 😀 אב\n"'
check_equal "$(typed)" 'héllo Wörld ☃ 😀 אב⏎'
# more characters than one generated keymap holds; afterwards the keymap is restored
events "text \"αβγδεζηθικλμνξοπρστυφχψωабвгдежзийклмнопрстуфхцчшщ\"
key z"
check_equal "$(typed)" αβγδεζηθικλμνξοπρστυφχψωабвгдежзийклмнопрстуфхцчшщz
script -125 'wait window any
key Nonsense'
check_contains err "there is no key 'Nonsense'"
# text of a generated keymap does not change what the keys of the next verbs mean
events 'text "☃"
chord ctrl+a
text "☃"
text b
key c'
check_equal "$(typed)" '☃☃bc'
check_lines out 'key ctrl+a'
# layouts
printf '[keyboard]\nlayout = us,de\noptions = grp:menu_toggle\n' >layouts.ini
cat >script <<'END'
wait window any
layout
layout next
layout
list keyboards
layout prev
layout
layout de
layout
layout "english (us)"
layout
layout 2
exec sh -c '$ORIEL msg --json list keyboards >keyboards.json; $ORIEL msg layout >layout'
END

ORIEL=$oriel run run --timeout 280 --config layouts.ini --script script -- "$actor"
check_equal "$(cat out)" '1 "English (US)"
2 "German"
"seat0" layouts "English (US)" "German" active "German" options grp:menu_toggle
1 "English (US)"
2 "German"
1 "English (US)"'
check_contains keyboards.json \
	'[{"name":"seat0","layouts":["English (US)","German"],"codes":"us,de","number":2,"active":"German","options":"grp:menu_toggle"}]'
check_equal "$(cat layout)" '2 "German"'
# a key that is held for a click is that of the layout, too: KEY_Y
script 'wait window any
layout de
click with=z 5,5 in focused
settle' --config layouts.ini -- "$actor" --events
check_lines out 'key z z'
for layout in 3 0 fr; do
	script -123 "layout $layout" --config layouts.ini
	check_contains err "there is no layout '$layout'; there are: 1 \"English (US)\", 2 \"German\""
done
# without any keyboard map verbs that need one fail, and the others work
mkdir empty
for root in empty missing; do
	for verb in 'key Return' 'key c' 'chord ctrl+c' 'text hello' 'text ☃'; do
		XKB_CONFIG_ROOT=$folder/$root HOME=$folder script -123 "wait window any
$verb"
		check_contains err 'is xkb-data installed?'
	done
	XKB_CONFIG_ROOT=$folder/$root HOME=$folder script 'wait window any
key KEY_ENTER code:30
chord ctrl+shift+KEY_C
click with=ctrl 10,10 in focused
settle'
done
script -125 "text '$(printf '\377')'"
check_contains err 'not valid UTF-8'
script -123 'click 1,2 in app_id=nobody'
check_contains err 'no window matches; shown windows: none'
script -125 'wait window any
click nowhere'
check_contains err "'nowhere' is not a point"

# touch
events 'touch down 10,20 in focused
touch down 30,40 in focused id=1
touch move 11,21 in focused
touch up id=1
touch up
tap 50%,50% in focused
touch down 1,1 in focused id=7
touch cancel'
check_equal "$(cat out)" 'touch 0 down 10,20
touch 1 down 30,40
touch 0 motion 11,21
touch 1 up
touch 0 up
touch 0 down 100,50
touch 0 up
touch 7 down 1,1
touch cancel'

# menus
events 'click right 20,20 in focused
wait popup app_id=actor
settle
move 5,5 in popup
wait pixel 50%,50% #00ff00 in popup
click right 190,90 in app_id=actor
settle' --menu
check_lines out 'menu 20,20' 'enter menu 0,0' 'motion 5,5' 'menu closed'

# an interrupted verb releases its keys
script "wait window app_id=actor
settle
spawn \"$oriel\" msg key x timeout=1ms
exec sleep 0.1
freeze app_id=actor
thaw app_id=actor
key y" --shell desktop -- "$actor" --events
check_equal "$(grep -c '^key y' out)" 1

# the clipboard and drops
script 'wait window app_id=actor
settle
clip set "from a script"
clip get
clip types
clip set mime=text/x-thing file=script
clip get mime=text/x-thing
clip clear
clip set primary one
clip get primary
drop "some text" at 20,20 in focused' --shell desktop --size 640x480 -- "$actor" --events
check_contains out 'from a scripttext/plain;charset=utf-8' 'clip get mime=text/x-thing' one
check_lines out 'selection from a script' 'drop some text'
script -123 'clip get'
check_contains err 'clip get: the selection is empty'

# input that does not reach what the verb names
two() { # [-STATUS] LINES [ACTOR OPTION...]
	local status=-123
	if [[ $1 =~ ^-[0-9]+$ ]]; then
		status=$1
		shift
	fi
	script "$status" "wait window app_id=actor
spawn \"$actor\" --app-id second --title Second --events
wait window app_id=second
place 100,100 app_id=actor
place 200,120 app_id=second
settle
$1" --shell desktop --size 640x480 -- "$actor" --events
}
second='window 2 (app_id second, title "Second")'
for line in 'click 110,50 in app_id=actor' 'click double 110,50 in app_id=actor' \
	'drag 110,50 10,10 in app_id=actor' 'tap 110,50 in app_id=actor' \
	'touch down 110,50 in app_id=actor' 'scroll 0,1 at 110,50 in app_id=actor' \
	'move 110,50 in app_id=actor' 'drop x at 110,50 in app_id=actor'; do
	two "$line"
	check_contains err "at that point of window 1 (app_id actor, title \"Actor\"), 210,150 of the layout, lies $second"
done
two 'click 200,50 in app_id=actor'
check_contains err "the point lies outside window 1 (app_id actor, title \"Actor\"), which is 200x100; at 300,150 of the layout lies $second"
two 'click 5,100 in app_id=actor'
check_contains err 'which is 200x100; at 105,200 of the layout lies nothing'
two 'click 640,5'
check_contains err 'the point 640,5 lies outside all outputs'
two 'click 640,5 in output=HEADLESS-1'
check_contains err 'the point lies outside output HEADLESS-1, which is 640x480'
two -0 'click 50,50 in app_id=actor
move 5,5 in app_id=actor
press
move 300,300 in app_id=actor
release
drag 5,5 300,300 in app_id=actor
move 1000,1000'
script -123 'wait window app_id=actor
click right 20,20 in app_id=actor
wait popup app_id=actor
settle
click 30,30 in app_id=actor' --shell desktop --size 640x480 -- "$actor" --menu
check_contains err 'lies a popup of window 1 (app_id actor, title "Actor")'
# a window that is about to be mapped is waited for
script "exec sh -c 'until \"$oriel\" msg list clients | grep -q commits=1; do :; done'
click 5,5 in app_id=actor" -- "$actor" --events --late
check_lines out 'button left down 5,5'
# and so is the end of one that is in the way
two -0 "spawn \"$actor\" --app-id third --late
wait window app_id=third
place 100,100 app_id=third
settle
spawn \"$oriel\" msg close app_id=third
click 5,5 in app_id=actor
settle"
check_lines out 'button left down 5,5'

# what has no effect is not taken as done
script -123 'press
press'
check_contains err 'script:2: press: that button is pressed already'
script -123 'release'
check_contains err 'that button is not pressed'
script -123 'touch up id=3'
check_contains err 'finger 3 is not down'
script -123 'wait window app_id=actor
settle
drop mime=text/x-other data at 20,20 in focused' -- "$actor" --events
check_contains err 'window 1 (app_id actor, title "Actor") does not accept the data'

script -123 'text lost' -- sh -c 'exec sleep 100'
check_contains err 'text lost: nothing has the keyboard focus'

# a program that never answers pings
script -123 'wait window app_id=actor
move 5,5 in app_id=actor timeout=3s' -- "$actor" --events --no-pong
check_contains err 'has not answered a ping; if it never does, see the verb ack'
script 'ack read
wait window app_id=actor
move 5,5 in app_id=actor
click
settle
ack none app_id=actor
click
ack read
settle' -- "$actor" --events --no-pong
check_equal "$(grep -c 'button left up' out)" 2

# a window has the keyboard focus while its popup has it
script 'wait window app_id=actor
click right 20,20 in app_id=actor
wait popup
wait focus app_id=actor' -- "$actor" --menu

# a wait that fails reports what it looked at
script -123 'wait window app_id=actor
wait title Other timeout=100ms in app_id=actor'
check_contains err 'it looked at window 1 (app_id actor, title "Actor")'
script -123 'wait window app_id=actor
wait popup timeout=100ms'
check_contains err 'wait popup timeout=100ms: not done after 0.1 s: no popup is shown'
script -123 'wait window app_id=actor
click right 20,20 in app_id=actor
wait popup
wait popup app_id=nobody timeout=100ms' -- "$actor" --menu
check_contains err 'popups: a popup of window 1 (app_id actor, title "Actor")'
finish
