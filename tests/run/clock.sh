#!/bin/bash
# SPDX-License-Identifier: MIT
# The virtual clock: every run gives the same pictures.
. "$(dirname "$0")/lib.sh" || exit

cat >frames <<'TEXT'
wait window app_id=actor
step 10 frames
shot ten.png
step 500ms
shot later.png
clock
TEXT
run run --clock virtual --size 300x200 --script frames -- "$actor" --animate
first=$(checksum ten.png)$(checksum later.png)$(cat out)
check_differs "$(checksum ten.png)" "$(checksum later.png)"
for _ in {1..8}; do
	run run --clock virtual --size 300x200 --script frames -- "$actor" --animate
	check_equal "$(checksum ten.png)$(checksum later.png)$(cat out)" "$first"
done
# also on a loaded machine
(while :; do :; done) & busy1=$!
(while :; do :; done) & busy2=$!
run run --clock virtual --size 300x200 --script frames -- nice "$actor" --animate
check_equal "$(checksum ten.png)$(checksum later.png)$(cat out)" "$first"
kill $busy1 $busy2

# time passes only in steps, and skips periods in which nothing is due
script 'wait window app_id=actor
settle
clock
exec sleep 0.3
clock' --clock virtual
check_equal "$(sort -u out | wc -l)" 1
before=$SECONDS
script 'wait window app_id=actor
clock
step 1000s
clock' --clock virtual
check_equal "$(awk 'NR > 1 { print $1 - last } { last = $1 }' out)" 1000
check_success test $((SECONDS - before)) -lt 500

# the time limit of settle is virtual, whatever that takes in real time
script -123 'wait window app_id=actor
settle timeout=45s' --clock virtual -- "$actor" --animate
check_contains err 'of virtual time: client actor' 'keeps committing'
run run --clock virtual --size 300x200 --shot end.png -- "$actor" --animate --frames 20
run run --size 300x200 --shot real.png -- "$actor" --animate --frames 20
check_equal "$(checksum end.png)" "$(checksum real.png)"
# a program that never sleeps does not stop the clock
script 'wait window app_id=actor
step 3 frames
echo went on' --clock virtual -- "$actor" --spin
check_lines out 'went on'
finish
