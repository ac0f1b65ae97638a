#!/bin/bash
# SPDX-License-Identifier: MIT
# Nothing is left of a run: no process, no file, however it ends.
. "$(dirname "$0")/lib.sh" || exit
mark=$folder/mark.$$ # programs that are left would be seen by it
mkdir tmp
chmod 700 tmp
export TMPDIR=$folder/tmp

alive() { pgrep -f "^$mark" >/dev/null; }
started() {
	for _ in {1..500}; do
		alive && return
		sleep 0.02
	done
	fail 'it does not start'
}
gone() { # within a moment, for what is killed but not yet reaped
	for _ in {1..100}; do
		alive || return 0
		sleep 0.02
	done
	pgrep -af "^$mark"
	return 1
}
sleeper="exec -a $mark sleep 100"

# a child of the program
run run -- bash -c "($sleeper) & true"
holds gone
# one that left its session, its group and its parent
run run -- bash -c "(setsid bash -c 'trap \"\" HUP TERM; ($sleeper) & true' &) ; sleep 0.2"
holds gone
# one that holds on
script 'wait window app_id=actor' -- bash -c "trap '' TERM; ($sleeper) & '$actor'; sleep 100"
holds gone
# time-out, failed check, a script that starts more
run -124 run --timeout 0.3 -- bash -c "($sleeper) & sleep 100"
holds gone
script -123 "spawn bash -c \"$sleeper\"
exec false"
holds gone
is "$(ls tmp)" ''

# ended from outside
"$oriel" run -- bash -c "($sleeper) & wait" 2>err &
pid=$!
started
is "$(ls tmp | wc -l)" 1
is "$(stat -c %a tmp/oriel-*)" 700
kill $pid
wait $pid
is $? 143
holds gone
is "$(ls tmp)" ''

# killed: the program ends all the same
"$oriel" run -- bash -c "$sleeper" 2>err &
pid=$!
started
kill -KILL $pid
wait $pid 2>/dev/null
holds gone
rm -rf tmp/*

# what the program puts into its runtime folder goes with it
run run -- sh -c 'mkdir -p "$XDG_RUNTIME_DIR/a/b"; touch "$XDG_RUNTIME_DIR/a/b/c"; ln -s / "$XDG_RUNTIME_DIR/root"'
is "$(ls tmp)" ''
holds test -d /usr
finish
