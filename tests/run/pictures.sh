#!/bin/bash
# SPDX-License-Identifier: MIT
# Pictures: sizes and contents, when they are taken, compare and expect.
. "$(dirname "$0")/lib.sh" || exit

run run --shot a.png -- "$actor"
check_empty out err
check_equal "$(png_size a.png)" 1280x720
run run --shot b.png -- "$actor"
check_equal "$(checksum a.png)" "$(checksum b.png)"
run run -s 300x200@1.5 --shot scaled.png -- "$actor"
check_equal "$(png_size scaled.png)" 300x200
run run --outputs 2 --size 300x200 --shot two.png -- "$actor"
check_equal "$(png_size two.png)" 600x200
run run --size 300x200 --shot plain.png -- "$actor"
run run --size 300x200 --cursor --shot cursor.png -- "$actor"
check_differs "$(checksum plain.png)" "$(checksum cursor.png)"

# no picture is written when the program ends before it shows a window
run -123 run --shot none.png -- true
check_contains err 'the program ended with status 0'
run -6 run --shot none.png -- sh -c 'exit 6'
check_success test ! -e none.png
run -125 run --shot /nonexistent/a.png -- "$actor"
check_contains err '/nonexistent/a.png: No such file or directory'
# a launcher that exits while its child runs
run run --size 300x200 --shot launched.png -- sh -c "'$actor' & sleep 0.1"
check_equal "$(checksum launched.png)" "$(checksum plain.png)"

# windows, regions, scales and outputs
script 'wait window app_id=actor
settle
shot window.png window="app_id=actor title~=^Act"
shot region.png region=50,50,80,40
shot scaled.png region=50,50,80,40 scale=2
shot output.png output=HEADLESS-1' --shell desktop --size 640x480
check_equal "$(png_size window.png)" 200x100
check_equal "$(png_size region.png)" 80x40
check_equal "$(png_size scaled.png)" 160x80
check_equal "$(png_size output.png)" 640x480
script -123 'shot x.png output=VGA-1'
script -123 'shot x.png window=app_id=nobody'
script -125 'shot x.png region=1,2,3'

# compare
run compare a.png b.png
check_contains out 'the pictures are the same (921600 pixels)'
run run --size 300x200 --shot dark.png -- "$actor" --color 3060be
run -1 compare dark.png plain.png --diff diff.png
check_contains out '60000 of 60000 pixels differ by more than 0 (0 may), by at most 2, inside 0,0,300,200'
check_equal "$(png_size diff.png)" 300x200
run compare --fuzz 2 dark.png plain.png
run compare --max-pixels 60000 dark.png plain.png
run -1 compare --max-pixels 59999 dark.png plain.png
run compare --mask 0,0,300,100 --mask 0,100,300,100 dark.png plain.png
run -1 compare --mask 0,0,299,200 dark.png plain.png
check_contains out '200 of 200 pixels differ'
run -1 compare a.png plain.png
check_contains out 'the sizes differ: 1280x720, reference 300x200'
run -2 compare a.png /nonexistent.png
echo text >text.png
run -2 compare a.png text.png
check_contains err 'not a PNG file'
run -2 compare a.png
run -2 compare --fuzz x a.png b.png
: >empty.png
run -2 compare a.png empty.png
head -c 300 a.png >cut.png
run -2 compare a.png cut.png

# expect
run run --size 300x200 --expect plain.png -- "$actor"
check_empty out err
run -123 run --size 300x200 --expect plain.png -- "$actor" --color 3060be
check_contains err 'plain.png: 60000 of 60000 pixels differ' \
	'see plain.actual.png, plain.reference.png, plain.diff.png'
run compare plain.actual.png dark.png
run compare plain.reference.png plain.png
run run --size 300x200 --expect plain.png --fuzz 2 -- "$actor" --color 3060be
run -123 run --size 300x200 --expect plain.png --diff left/d.png -- "$actor" --color 3060be
run -123 run --size 300x200 --record left --expect plain.png -- "$actor" --color 3060be
check_success test -s left/plain.actual.png -a -s left/plain.diff.png -a -s left/failed.png
run -123 run --size 300x200 --expect new.png -- "$actor"
check_contains err 'there is no reference new.png'
run run --size 300x200 --expect new.png --update -- "$actor"
run compare new.png plain.png
script 'wait window app_id=actor
expect new.png' --size 300x200

# --update makes the folder of the reference
run run --size 300x200 --expect refs/new/plain.png --update -- "$actor"
run compare refs/new/plain.png plain.png
# the message names the window that the picture is of
script -123 'wait window app_id=actor
spawn "'"$actor"'" --title Second --color ff0000
wait window title=Second
expect refs/new/plain.png window=app_id=actor' --shell desktop
check_contains err 'plain.png: the picture of window 2 (app_id actor, title "Second"), the last focused of 2 that match: '
script -123 'shot a.png window=app_id=nobody'
check_contains err 'no window matches; shown windows: '
finish
