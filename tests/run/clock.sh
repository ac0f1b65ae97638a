#!/bin/bash
# SPDX-License-Identifier: MIT
# The virtual clock: the same pictures on every run.
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
first=$(sum ten.png)$(sum later.png)$(cat out)
is_not "$(sum ten.png)" "$(sum later.png)"
for _ in {1..8}; do
	run run --clock virtual --size 300x200 --script frames -- "$actor" --animate
	is "$(sum ten.png)$(sum later.png)$(cat out)" "$first"
done
# also where everything is slow
(while :; do :; done) & busy1=$!
(while :; do :; done) & busy2=$!
run run --clock virtual --size 300x200 --script frames -- nice "$actor" --animate
is "$(sum ten.png)$(sum later.png)$(cat out)" "$first"
kill $busy1 $busy2

# time stands still unless it is stepped, and jumps where nothing happens
script 'wait window app_id=actor
settle
clock
exec sleep 0.3
clock' --clock virtual
is "$(sort -u out | wc -l)" 1
before=$SECONDS
script 'wait window app_id=actor
clock
step 1000s
clock' --clock virtual
is "$(awk 'NR > 1 { print $1 - last } { last = $1 }' out)" 1000
holds test $((SECONDS - before)) -lt 5

# an animation without end is shot at once, and settle gives up in virtual time, however long
# that takes
script -123 'wait window app_id=actor
settle timeout=45s' --clock virtual -- "$actor" --animate
has err 'of virtual time: client actor' 'goes on committing'
run run --clock virtual --size 300x200 --shot end.png -- "$actor" --animate --frames 20
run run --size 300x200 --shot real.png -- "$actor" --animate --frames 20
is "$(sum end.png)" "$(sum real.png)"
# a program that never sleeps does not stop everything
script 'wait window app_id=actor
step 3 frames
echo went on' --clock virtual -- "$actor" --spin
has_line out 'went on'
finish
