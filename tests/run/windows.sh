#!/bin/bash
# SPDX-License-Identifier: MIT
# Verbs for windows, clients and outputs, and what lists tell.
. "$(dirname "$0")/lib.sh" || exit

script 'wait window app_id=actor
settle
echo begin
resize 300x200
maximize
unmaximise
fullscreen app_id=actor
unfullscreen
minimize
unminimize
focus
focus none
focus app_id=actor
wait focus app_id=actor
settle
focus app_id=actor timeout=5s
unmaximise timeout=5s
close
wait exit' --shell desktop --size 640x480 -- "$actor" --events
sed -i '1,/^begin$/d' out
has_line out 'size 300x200' 'size 640x480 maximized' 'size 640x480 fullscreen' focus unfocus close
is "$(tail -n 1 out)" close

# two windows
cat >two <<TEXT
spawn "$actor" --app-id second --title "The other" --color 00ff00
wait window app_id=second
wait window app_id=actor
place 300,10 app_id=second
place 10,10 app_id=actor
settle
wait pixel 5,5 #00ff00 in app_id=second
wait pixel 305,15 #00ff00
wait pixel 5,5 #3060c0 in app_id=actor
exec sh -c '"$oriel" msg --json list windows >windows.json'
exec sh -c '"$oriel" msg --json list windows title~=other >other.json'
exec sh -c '"$oriel" msg --json list clients >clients.json'
exec sh -c '"$oriel" msg --json list outputs >outputs.json'
exec sh -c '"$oriel" msg list windows >windows.txt'
kill app_id=second
wait gone app_id=second
wait title Actor in app_id=actor
wait title ~=^Act
disconnect app_id=actor
wait exit status=1
TEXT
run run --timeout 50 --shell desktop --size 640x480 --script two -- "$actor"
is "$(json windows.json 'sorted((w["app_id"], w["title"], w["x"], w["y"], w["width"], w["height"],
	w["mapped"], w["output"]) for w in j)')" \
	"[('actor', 'Actor', 10, 10, 200, 100, True, 'HEADLESS-1'), ('second', 'The other', 300, 10, 200, 100, True, 'HEADLESS-1')]"
is "$(json other.json '[w["app_id"] for w in j]')" "['second']"
is "$(json clients.json '[(c["surfaces"], c["frozen"]) for c in j]')" '[(1, False), (1, False)]'
is "$(json outputs.json '[(o["name"], o["width"], o["mode"]["refresh"], o["scale"], o["transform"])
	for o in j]')" "[('HEADLESS-1', 640, 60.0, 1, 'normal')]"
has windows.txt 'second "The other" 300,10 200x100'

# a frozen client keeps nobody waiting, shows nothing new, and goes on afterwards
script 'wait window app_id=actor
settle
freeze
click 5,5 in app_id=actor
settle
wait pixel 50,50 #3060c0 in app_id=actor
thaw
wait pixel 50,50 #cf9f3f in app_id=actor' -- "$actor" --events

# what the program must not do without
script -123 'close app_id=nobody'
script -123 'resize 0x0'
script -123 'kill signal=NONE'
script -123 'focus wobble'
has err "'wobble' does not select windows"

# outputs
cat >outputs <<'TEXT'
wait window app_id=actor
output add SECOND 300x200@2
output add 400x300
exec sh -c '$ORIEL msg --json list outputs >three.json'
output transform SECOND 90
output scale HEADLESS-1 1.25
output mode HEADLESS-1 800x600@75
output position SECOND 2000,0
settle
shot second.png output=SECOND
exec sh -c '$ORIEL msg --json list outputs >changed.json'
output off SECOND
output on SECOND
output remove HEADLESS-1
settle
wait window app_id=actor
output remove SECOND
output remove HEADLESS-3
output add LATE 640x480
settle
shot late.png
TEXT
ORIEL=$oriel run run --timeout 50 --size 640x480 --script outputs -- "$actor"
is "$(json three.json '[(o["name"], o["x"], o["width"], o["height"], o["scale"]) for o in j]')" \
	"[('HEADLESS-1', 0, 640, 480, 1), ('SECOND', 640, 150, 100, 2), ('HEADLESS-3', 790, 400, 300, 1)]"
is "$(json changed.json '[(o["width"], o["height"], o["transform"]) for o in j][:2]')" \
	"[(640, 480, 'normal'), (100, 150, '90')]"
is "$(json changed.json 'j[1]["x"]')" 2000
is "$(size_of second.png)" 200x300
run run --size 640x480 --shot plain.png -- "$actor"
run compare late.png plain.png
script -123 'output remove NONE'
has err "there is no output 'NONE'; there are: HEADLESS-1"
script -123 'output mode HEADLESS-1 0x0'
script -123 'output scale HEADLESS-1 100'
script -123 'output transform HEADLESS-1 45'
script -123 'output add HEADLESS-1 10x10'
finish
