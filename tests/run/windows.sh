#!/bin/bash
# SPDX-License-Identifier: MIT
# Verbs for windows, clients and outputs, and the verb list.
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
check_lines out 'size 300x200' 'size 640x480 maximized' 'size 640x480 fullscreen' focus unfocus close
check_equal "$(tail -n 1 out)" close

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
run run --timeout 280 --shell desktop --size 640x480 --script two -- "$actor"
check_equal "$(json_eval windows.json 'sorted((w["app_id"], w["title"], w["x"], w["y"], w["width"], w["height"],
	w["mapped"], w["output"]) for w in j)')" \
	"[('actor', 'Actor', 10, 10, 200, 100, True, 'HEADLESS-1'), ('second', 'The other', 300, 10, 200, 100, True, 'HEADLESS-1')]"
check_equal "$(json_eval other.json '[w["app_id"] for w in j]')" "['second']"
check_equal "$(json_eval clients.json '[(c["surfaces"], c["frozen"]) for c in j]')" '[(1, False), (1, False)]'
check_equal "$(json_eval outputs.json '[(o["name"], o["width"], o["mode"]["refresh"], o["scale"], o["transform"])
	for o in j]')" "[('HEADLESS-1', 640, 60.0, 1, 'normal')]"
check_contains windows.txt 'second "The other" 300,10 200x100'

# a window that is put onto another output belongs to it, and follows it
cat >across <<'TEXT'
wait window app_id=actor
output add SECOND 640x480
place 700,40
exec sh -c '$ORIEL msg --json list windows >across.json'
output mode HEADLESS-1 800x600
settle
exec sh -c '$ORIEL msg --json list windows >along.json'
output remove SECOND
settle
exec sh -c '$ORIEL msg --json list windows >gone.json'
output add SECOND 640x480
settle
exec sh -c '$ORIEL msg --json list windows >back.json'
TEXT
ORIEL=$oriel run run --timeout 280 --shell desktop --size 640x480 --script across -- "$actor"
where='[(w["output"], w["x"], w["y"]) for w in j]'
check_equal "$(json_eval across.json "$where")" "[('SECOND', 700, 40)]"
check_equal "$(json_eval along.json "$where")" "[('SECOND', 860, 40)]"
check_equal "$(json_eval gone.json "$where")" "[('HEADLESS-1', 60, 40)]"
check_equal "$(json_eval back.json "$where")" "[('SECOND', 860, 40)]"

# new windows take the focus in scripts, unless the configuration asks for more
mkfifo go
start='"$0" & read -r line <go; exec "$0" --app-id second'
cat >focus <<TEXT
wait focus app_id=actor
key a
exec sh -c 'echo >go'
wait window app_id=second
settle
exec sh -c '"$oriel" msg --json list windows >\$LIST'
TEXT
states='sorted((w["app_id"], "activated" in w["states"], "urgent" in w["states"]) for w in j)'
LIST=$folder/always.json run run --timeout 280 --shell desktop --size 640x480 \
	--script focus -- sh -c "$start" "$actor"
check_equal "$(json_eval always.json "$states")" "[('actor', False, False), ('second', True, False)]"
printf '[desktop]\nfocus-new = smart\n' >smart.ini
printf 'wait window urgent app_id=second\nfocus app_id=second\nwait gone urgent\n' >>focus
LIST=$folder/smart.json run run --timeout 280 --shell desktop --size 640x480 --config smart.ini \
	--script focus -- sh -c "$start" "$actor"
check_equal "$(json_eval smart.json "$states")" "[('actor', True, False), ('second', False, True)]"

# a frozen client is not waited for, shows nothing new, and resumes when thawed
script 'wait window app_id=actor
settle
freeze
click 5,5 in app_id=actor
settle
wait pixel 50,50 #3060c0 in app_id=actor
thaw
wait pixel 50,50 #cf9f3f in app_id=actor' -- "$actor" --events

# close waits until the window is gone, and names the dialog that a program opened instead
script -123 'wait window app_id=actor
close timeout=4s' --shell desktop -- "$actor" --asks
check_contains err 'close timeout=4s: not done after 4 s: window 1 (app_id actor, title "Actor") is still there; window 2 (app_id actor, title "Save?") opened meanwhile'
script 'wait window app_id=actor
close wait=no
wait window title=Save?
kill title=Save?
wait gone app_id=actor' --shell desktop -- "$actor" --asks
# kill waits for the end of the process, not only of its connection
cat >ended <<'TEXT'
pid=$(grep -o '"pid":[0-9]*' clients.json | tr -dc 0-9)
! kill -0 $pid 2>/dev/null || grep -q '^State:.Z' /proc/$pid/status
TEXT
script "wait window app_id=actor
exec sh -c '\"$oriel\" msg --json list clients >clients.json'
kill signal=TERM
exec sh ended" -- "$actor" --lingers

# what the shell does not do is not taken as done
script -123 'wait window app_id=actor
minimize' --shell kiosk
check_contains err 'minimize: the shell did not do that for window 1 (app_id actor, title "Actor")'
script -123 'clock stop'
check_contains err 'the clock is real'

# errors
script -123 'close app_id=nobody'
script -125 'resize 0x0'
script -125 'kill signal=NONE'
script -125 'focus wobble'
check_contains err "'wobble' does not select windows"

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
ORIEL=$oriel run run --timeout 280 --size 640x480 --script outputs -- "$actor"
check_equal "$(json_eval three.json '[(o["name"], o["x"], o["width"], o["height"], o["scale"]) for o in j]')" \
	"[('HEADLESS-1', 0, 640, 480, 1), ('SECOND', 640, 150, 100, 2), ('HEADLESS-3', 790, 400, 300, 1)]"
check_equal "$(json_eval changed.json '[(o["width"], o["height"], o["transform"]) for o in j][:2]')" \
	"[(640, 480, 'normal'), (100, 150, '90')]"
check_equal "$(json_eval changed.json 'j[1]["x"]')" 2000
check_equal "$(png_size second.png)" 200x300
run run --size 640x480 --shot plain.png -- "$actor"
run compare late.png plain.png
script -123 'output remove NONE'
check_contains err "there is no output 'NONE'; outputs: HEADLESS-1"
script -125 'output mode HEADLESS-1 0x0'
script -125 'output scale HEADLESS-1 100'
script -125 'output transform HEADLESS-1 45'
script -123 'output add HEADLESS-1 10x10'
# names of clients cannot look like other lines or control a terminal
script -123 'wait window any
list windows
click 5,5 in app_id=nobody' -- "$actor" --app-id $'a\n\e[31mok 1' --title $'\e]0;x\a'
check_contains out '1 "a\n\u001b[31mok 1" "\u001b]0;x\u0007" '
check_contains err 'id=1 app_id="a\n\u001b[31mok 1" title="\u001b]0;x\u0007"'

# there is a limit
script "$(for i in $(seq 31); do echo output add 10x10; done)"
script -123 "$(for i in $(seq 32); do echo output add 10x10; done)"
check_contains err 'script:32: output add 10x10: there are 32 outputs already, which is the limit'
finish
