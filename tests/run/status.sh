#!/bin/bash
# SPDX-License-Identifier: MIT
# Exit statuses, and that nothing else is said than what the program says.
. "$(dirname "$0")/lib.sh" || exit

run run -- true
is_empty out err
run -7 run -- sh -c 'exit 7'
is_empty out err
run run -- sh -c 'echo out; echo err >&2'
is "$(cat out)" out
is "$(cat err)" err
run -137 run -- sh -c 'kill -9 $$'
run -127 run -- /nonexistent/program
has err '/nonexistent/program: No such file or directory'
touch not-a-program
run -126 run -- ./not-a-program
run run true

# standard input is the program's
run run -- cat <<<hello
is "$(cat out)" hello

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
has err '/nonexistent: No such file or directory'
run -125 run --config /nonexistent -- true
run -125 run --wire-log /nonexistent/log -- true
run -125 nonsense
run -125 msg
run -125 msg list
has err 'which oriel?'
run -125 shot
run --help
has out 'oriel run'
is_empty err
run --version

# time-outs say what was under way
run -124 run --timeout 0.3 -- sleep 10
has err 'timed out after 0.3 s; the program still runs'
printf 'wait window app_id=nobody timeout=9s\n' >script
run -124 run --timeout 0.3 --script script -- "$actor"
has err 'timed out after 0.3 s at script:1: wait window app_id=nobody'

# scripts
script 'wait window app_id=actor'
is_empty out err
script -123 'echo before
wait window app_id=nobody timeout=200ms
echo after'
is "$(cat out)" before
has err 'oriel: script:2: wait window app_id=nobody timeout=200ms: not done after 0.2 s: there are: 1 actor "Actor"'
script -125 'echo one
wobble'
has err "script:2: there is no verb 'wobble'"
is_empty out
script -3 'wait exit' -- sh -c 'exit 3'
script 'wait exit status=3' -- sh -c 'exit 3'
script -3 'wait exit status=4' -- sh -c 'exit 3'
script -123 'wait exit status=4' -- true
script -123 'wait window app_id=x' -- true
has err 'the program ended with status 0'
script -5 'wait window app_id=x' -- sh -c 'exit 5'
script 'wait window app_id=actor
kill'
script -9 'wait window app_id=actor
close
wait exit' -- "$actor" --exit 9
script -12 'quit 12'
script 'echo by itself' --shell desktop -- true
run run --script - <<<'echo alone'
is "$(cat out)" alone
script -123 'exec false'
has err 'false ended with status 1'
script 'exec sh -c "test -n \"$WAYLAND_DISPLAY\""'
script -123 'exec timeout=100ms sleep 5'

# signals are passed on
for signal in TERM INT HUP; do
	: >out
	"$oriel" run -- sh -c 'trap "echo heard; exit 4" '$signal'; echo ready; while :; do sleep 0.05; done' \
		>out 2>err &
	pid=$!
	for _ in {1..500}; do
		grep -q ready out && break
		sleep 0.02
	done
	kill -$signal $pid
	wait $pid
	is $? $((128 + $(kill -l $signal)))
	has_line out heard
done
finish
