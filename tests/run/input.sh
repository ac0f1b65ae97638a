#!/bin/bash
# SPDX-License-Identifier: MIT
# Input verbs: what the client hears, in which order.
. "$(dirname "$0")/lib.sh" || exit

# events LINES: a script that the actor reports about; compare with what is heard after "begin"
events() { # [ACTOR OPTION...]
	script "wait window app_id=actor
settle
echo begin
$1
settle" --shell desktop --size 640x480 -- "$actor" --events "${@:2}"
	# A motion to where it entered says nothing new.
	sed -i '1,/^begin$/d; s/ *$//' out
	sed -i -E '/^enter/{N;s/^(enter [a-z]+ ([0-9,]+))\nmotion \2$/\1/}' out
}

events 'click 40,30 in app_id=actor'
is "$(cat out)" 'enter window 40,30
button left down 40,30
button left up 40,30'
events 'move 50%,50% in focused
click right double
click middle -10,-20 in any'
is "$(grep -v ^motion out)" 'enter window 100,50
button right down 100,50
button right up 100,50
button right down 100,50
button right up 100,50
button middle down 190,80
button middle up 190,80'
events 'click with=ctrl+shift 5,5 in focused'
is "$(grep -v -e ^motion -e ^enter out)" 'key Control_L
key ctrl+Shift_L
button left down 5,5
button left up 5,5'
events 'move 10,10 in focused
press right
move by 5,7
release right'
is "$(grep -e ^button out)" 'button right down 10,10
button right up 15,17'
has_line out 'motion 15,17'
events 'drag 10,10 40,10 40,40 in focused steps=3'
is "$(sed '1d' out)" 'button left down 10,10
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
is "$(grep ^axis out)" 'axis vertical 15
axis vertical 15
axis horizontal -15
axis vertical 25
axis stop'

# keys
events 'key Return F5 a KEY_B code:30 A'
is "$(cat out)" 'key Return
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
is "$(cat out)" 'key Shift_L
key shift+B B
key b b
key b b'
events 'chord ctrl+shift+t Ctrl+C
chord ctrl+plus
chord ctrl++'
is "$(cat out)" 'key Control_L
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
is "$(typed)" 'Hello,  World!⏎⇥x'
events 'text "héllo Wörld ☃ 😀 אב\n"'
is "$(typed)" 'héllo Wörld ☃ 😀 אב⏎'
# more different characters than one keymap holds, and the old one comes back
events "text \"αβγδεζηθικλμνξοπρστυφχψωабвгдежзийклмнопрстуфхцчшщ\"
key z"
is "$(typed)" αβγδεζηθικλμνξοπρστυφχψωабвгдежзийклмнопрстуфхцчшщz
script -123 'wait window any
key Nonsense'
has err "there is no key 'Nonsense'"
script -123 "text '$(printf '\377')'"
has err 'not valid UTF-8'
script -123 'click 1,2 in app_id=nobody'
has err 'no window is selected; there are: no window is shown'
script -123 'wait window any
click nowhere'
has err "'nowhere' is not a point"

# touch
events 'touch down 10,20 in focused
touch down 30,40 in focused id=1
touch move 11,21 in focused
touch up id=1
touch up
tap 50%,50% in focused
touch down 1,1 in focused id=7
touch cancel'
is "$(cat out)" 'touch 0 down 10,20
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
has_line out 'menu 20,20' 'enter menu 0,0' 'motion 5,5' 'menu closed'

# a verb that is given up leaves no key pressed
script "wait window app_id=actor
settle
spawn \"$oriel\" msg key x timeout=1ms
exec sleep 0.1
freeze app_id=actor
thaw app_id=actor
key y" --shell desktop -- "$actor" --events
is "$(grep -c '^key y' out)" 1

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
has out 'from a scripttext/plain;charset=utf-8' 'clip get mime=text/x-thing' one
has_line out 'selection from a script' 'drop some text'
script -123 'clip get'
has err 'clip get: it is empty'
finish
