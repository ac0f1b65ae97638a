#!/bin/bash
# SPDX-License-Identifier: MIT
# A run leaves no process and no file behind, however it ends.
. "$(dirname "$0")/lib.sh" || exit
mark=$folder/mark.$$ # argv[0] of the processes to look for
mkdir tmp
chmod 700 tmp
export TMPDIR=$folder/tmp

alive() { pgrep -f "^$mark" >/dev/null; }
started() { # [NUMBER of processes]
	for _ in {1..5000}; do
		[ "$(pgrep -fc "^$mark")" -lt "${1:-1}" ] || return
		sleep 0.02
	done
	fail 'the program has not started'
}
gone() { # waits, since killed processes may not be reaped yet
	for _ in {1..5000}; do
		alive || return 0
		sleep 0.02
	done
	pgrep -af "^$mark"
	return 1
}
vanished() { # waits until the guard has removed the directory
	for _ in {1..5000}; do
		[ -n "$(ls tmp)" ] || return
		sleep 0.02
	done
}
sleeper="exec -a $mark sleep 100"

# a child of the program
run run -- bash -c "($sleeper) & true"
check_success gone
# a daemon, with another session, process group and parent
run run -- bash -c "(setsid bash -c 'trap \"\" HUP TERM; ($sleeper) & true' &) ; sleep 0.2"
check_success gone
# one that ignores SIGTERM
script 'wait window app_id=actor' -- bash -c "trap '' TERM; ($sleeper) & '$actor'; sleep 100"
check_success gone
# time-out; a failed check; programs started by a script
run -124 run --timeout 0.3 -- bash -c "($sleeper) & sleep 100"
check_success gone
script -123 "spawn bash -c \"$sleeper\"
exec false"
check_success gone
check_equal "$(ls tmp)" ''

# oriel terminated from outside
"$oriel" run -- bash -c "($sleeper) & wait" 2>err &
pid=$!
started
check_equal "$(ls tmp | wc -l)" 1
check_equal "$(stat -c %a tmp/oriel-*)" 700
kill $pid
wait $pid
check_equal $? 143
check_success gone
check_equal "$(ls tmp)" ''

# oriel killed, alone or with its process group: its programs, their children and those that left the
# session end, and the runtime directory is removed
for group in '' -; do
	setsid "$oriel" run -- bash -c "(setsid bash -c 'trap \"\" HUP TERM; ($sleeper) & wait' &)
		($sleeper) & wait" 2>err &
	pid=$!
	started 2
	kill -KILL $group$pid
	wait $pid 2>/dev/null
	check_success gone
	vanished
	check_equal "$(ls tmp)" ''
done

# killed together with its guard: the next run removes the directory, and nothing else
"$oriel" run -- bash -c "$sleeper" 2>err &
pid=$!
started
guard=$(pgrep -P $pid)
check_equal "$(cat /proc/"$guard"/comm)" oriel-guard
"$oriel" run -- sleep 100 2>>err & # is still in use
other=$!
until [ "$(ls tmp | wc -l)" = 2 ]; do sleep 0.02; done
kill -STOP "$guard"
kill -KILL $pid
kill -KILL "$guard"
wait $pid 2>/dev/null
check_success gone
mkdir -m 700 tmp/oriel-master tmp/oriel-abcdef
touch tmp/oriel-master/wayland-0 tmp/oriel-folder
mkdir tmp/oriel-public
run run -- true
kill $other
wait $other
check_equal "$(ls tmp | tr '\n' ' ')" 'oriel-folder oriel-master oriel-public '
rm -r tmp/*

# the guard killed: a message instead of a program that seems to run
"$oriel" run -- bash -c "$sleeper" 2>err &
pid=$!
started
kill -KILL "$(pgrep -P $pid)"
wait $pid
check_equal $? 137
check_contains err 'the process that starts programs was killed'
check_success gone
check_equal "$(ls tmp)" ''

# the runtime directory is removed with its contents, without following links
run run -- sh -c 'mkdir -p "$XDG_RUNTIME_DIR/a/b"; touch "$XDG_RUNTIME_DIR/a/b/c"; ln -s / "$XDG_RUNTIME_DIR/root"'
check_equal "$(ls tmp)" ''
check_success test -d /usr
finish
