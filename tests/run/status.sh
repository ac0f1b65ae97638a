#!/bin/bash
# SPDX-License-Identifier: MIT
# Exit statuses, and that oriel adds no output of its own.
tests=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$(dirname "$0")/lib.sh" || exit

run run -- true
check_empty out err
run -7 run -- sh -c 'exit 7'
check_empty out err
run run -- sh -c 'echo out; echo err >&2'
check_equal "$(cat out)" out
check_equal "$(cat err)" err
run -137 run -- sh -c 'kill -9 $$'
run -127 run -- /nonexistent/program
check_contains err '/nonexistent/program: No such file or directory'
touch not-a-program
run -126 run -- ./not-a-program
run run true

# standard input is passed to the program
run run -- cat <<<hello
check_equal "$(cat out)" hello

# usage
run -125 run
run -125 run --size 0x0 -- true
run -125 run --size 100x100@0 -- true
run -125 run --outputs 33 -- true
run -125 run --clock lunar -- true
run -125 run --shell bash -- true
run -125 run --fuzz 3 -- true
run -125 run --expect a.png --fuzz 256 -- true
run -125 run --nonsense -- true
run -125 run --script /nonexistent -- true
check_contains err '/nonexistent: No such file or directory'
run -125 run --config /nonexistent -- true
run -125 run --wire-log /nonexistent/log -- true
run -125 nonsense
run -125 msg
run -125 msg list
check_contains err 'neither ORIEL_SOCKET nor'
run -125 shot
run --help
check_contains out 'oriel run'
check_empty err
run --version

# without descriptors a run fails with a reason, whatever it could not open
failed_runs=0
for limit in {4..60}; do
	(
		ulimit -n $limit
		exec timeout 300 "$oriel" run -- true
	) >out 2>err
	status=$?
	[ $status = 0 ] && continue
	failed_runs=$((failed_runs + 1))
	[[ $status =~ ^12[567]$ && -s err ]] || fail "status $status with $limit descriptors"
done
check_success [ $failed_runs -gt 5 -a $failed_runs -lt 50 ]

# time-outs report what was in progress
run -124 run --timeout 0.3 -- sleep 1000
check_contains err 'timed out after 0.3 s; the program is still running'
printf 'wait window app_id=nobody timeout=9s\n' >script
run -124 run --timeout 2 --script script -- "$actor"
check_contains err 'timed out after 2 s at script:1: wait window app_id=nobody'

# scripts
script 'wait window app_id=actor'
check_empty out err
script -123 'wait window app_id=actor
echo before
wait window app_id=nobody timeout=200ms
echo after'
check_equal "$(cat out)" before
check_contains err 'oriel: script:3: wait window app_id=nobody timeout=200ms: not done after 0.2 s: shown windows: 1 actor "Actor"'
script -125 'echo one
wobble'
check_contains err "script:2: there is no verb 'wobble'"
check_empty out
script -3 'wait exit' -- sh -c 'exit 3'
script 'wait exit status=3' -- sh -c 'exit 3'
script -3 'wait exit status=4' -- sh -c 'exit 3'
script -123 'wait exit status=4' -- true
script -123 'wait window app_id=x' -- true
check_contains err 'the program ended with status 0'
script -5 'wait window app_id=x' -- sh -c 'exit 5'
script 'wait window app_id=actor
kill'
script -9 'wait window app_id=actor
close
wait exit' -- "$actor" --exit 9
script -12 'quit 12'
script 'echo by itself' --shell desktop -- true
run run --script - <<<'echo alone'
check_equal "$(cat out)" alone
script -123 'exec false'
check_contains err 'false ended with status 1'
script 'exec sh -c "test -n \"$WAYLAND_DISPLAY\""'
script -123 'exec timeout=100ms sleep 1000'

# signals are passed on
for signal in TERM INT HUP; do
	: >out
	"$oriel" run -- sh -c 'trap "echo caught; exit 4" '$signal'; echo ready; while :; do sleep 0.05; done' \
		>out 2>err &
	pid=$!
	for _ in {1..5000}; do
		grep -q ready out && break
		sleep 0.02
	done
	kill -$signal $pid
	wait $pid
	check_equal $? $((128 + $(kill -l $signal)))
	check_lines out caught
done

# the whole script is checked before the program starts
cat >wrong <<'TEXT'
wait window app_id=actor
click nowhere
key Retrun
settle now
shot a.png
TEXT
run -125 run --script wrong -- touch started
check_equal "$(grep -c ^oriel err)" 3
check_contains err 'oriel: wrong:2: click: ' 'oriel: wrong:3: key: ' 'oriel: wrong:4: settle: '
check_success test ! -e started
run -125 run --check --script wrong
check_equal "$(grep -c ^oriel err)" 3
printf 'settle\nshot a.png\n' >right
run run --check --script right -- touch started
check_empty out err
check_success test ! -e started -a ! -e a.png
for case in "$tests"/clients/*.oriel; do run run --check --script "$case"; done
run -125 run --check -- true
check_contains err '--check needs --script'
finish
