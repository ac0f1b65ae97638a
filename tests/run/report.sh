#!/bin/bash
# SPDX-License-Identifier: MIT
# Reports: TAP, JUnit, recordings, wire logs.
. "$(dirname "$0")/lib.sh" || exit

script 'wait window app_id=actor
settle # quiet
echo "a # b"' --tap -- "$actor" --events
check_equal "$(cat out)" 'TAP version 13
1..3
ok 1 - script:1 wait window app_id=actor
ok 2 - script:2 settle
ok 3 - script:3 echo "a \# b"'
check_contains err 'size ' # the program's output
script 'exec echo "not ok"' --tap -- true
check_equal "$(grep -c '^not ok' out)" 0
check_lines err 'not ok'
script -123 'echo one
wait window app_id=nobody timeout=100ms
echo three' --tap
check_lines out '1..3' 'ok 1 - script:1 echo one' \
	'not ok 2 - script:2 wait window app_id=nobody timeout=100ms'
check_contains out '  message: "not done after 0.1 s'
run -124 run --tap --timeout 0.3 -- sleep 1000
check_contains out 'Bail out! timed out after 0.3 s'

xml() { # EXPRESSION of r, the root
	python3 -c 'import sys, xml.etree.ElementTree as e
r = e.parse(sys.argv[1]).getroot()
s = r[0]
print(eval(sys.argv[2]))' report.xml "$1"
}
script -123 'echo "<&>"
wait window app_id="\"" timeout=100ms
echo three' --junit report.xml
check_equal "$(xml '[s.get(k) for k in ("name", "tests", "failures", "errors", "skipped")]')" \
	"['script', '2', '1', '0', '1']"
check_equal "$(xml '[c.get("name") for c in s]')" \
	"['script:1 echo <&>', 'script:2 wait window \"app_id=\\\\\"\" timeout=100ms']"
check_equal "$(xml '"not done after" in s[1][0].get("message")')" True
run run --junit report.xml --shot a.png -- "$actor"
check_equal "$(xml '[s.get("name"), s.get("tests"), s.get("failures")]')" "['actor', '2', '0']"
run -127 run --junit report.xml --shot a.png -- /nonexistent
check_equal "$(xml 's.get("failures")')" 1
script -7 'wait exit' --junit report.xml -- sh -c 'exit 7'
check_equal "$(xml 's[1][0].get("message")')" 'the program ended with status 7'
# a path that cannot be written is reported before the program starts
run -125 run --junit /nonexistent/x.xml -- touch started
check_contains err '/nonexistent/x.xml: No such file or directory'
run -125 run --shot /nonexistent/a.png -- touch started
check_contains err '/nonexistent/a.png: No such file or directory'
run -125 run --shot . -- touch started
check_contains err '.: Is a directory'
mkfifo pipe
run -125 run --wire-log pipe -- touch started
check_success test ! -e started

# a protocol error fails a run that checks something, and is in its report
script -123 'wait window app_id=actor
wait exit' --junit report.xml -- sh -c "'$actor' --error; true"
check_equal "$(xml 's.get("failures")')" 1
check_equal "$(xml '"caused a protocol error: xdg_" in s[2][0].get("message")')" True
script -123 'wait exit' --tap -- sh -c "'$actor' --error; true"
check_contains out 'Bail out! client actor (pid'
run -123 run --tap -- sh -c "'$actor' --error; true"
# a program that expects it, and a status of the program's own
run run -- sh -c "'$actor' --error; true"
run -9 run --tap -- sh -c "'$actor' --error; exit 9"

# full disks
full() { # [-STATUS] ARGUMENT...: as run, with standard output on a full disk
	local want=0
	if [[ $1 =~ ^-([0-9]+)$ ]]; then
		want=${BASH_REMATCH[1]}
		shift
	fi
	"$oriel" "$@" >/dev/full 2>err
	check_equal $? "$want"
	[ "$want" = 0 ] || check_equal "$(grep -c ' No space left on device' err)" 1
}
for option in --wire-log --junit; do
	run -125 run --timeout 280 $option /dev/full --shot b.png -- "$actor"
	check_equal "$(grep -c '/dev/full: No space left on device' err)" 1
done
run -123 run --timeout 280 --shot /dev/full -- "$actor"
check_equal "$(grep -c '/dev/full: No space left on device' err)" 1
mkdir full
ln -s /dev/full full/events.log
run -125 run --record full --shot b.png -- "$actor"
check_equal "$(grep -c 'full/events.log: No space left on device' err)" 1
rm full/*
for i in 1 2 3 4; do ln -s /dev/full full/HEADLESS-1-00000$i.png; done
run -125 run --record full --shot b.png -- "$actor"
check_equal "$(grep -c 'HEADLESS-1-00000.*: No space left on device' err)" 1
script -7 'wait window app_id=actor
quit 7' --wire-log /dev/full
printf 'echo one\necho two\n' >script
full -125 run --script script
full -125 run --script script --tap
full -125 --version
full -125 info
full -2 compare a.png a.png
full run -- true
for i in {1..99}; do echo 'echo a line'; done >script
(
	ulimit -f 1 # KiB
	exec "$oriel" run --timeout 280 --script script --record small -- true 2>&1 >/dev/null
) | cat >err
check_equal ${PIPESTATUS[0]} 125
check_equal "$(grep -c 'small/events.log: File too large' err)" 1

# recordings
run run --clock virtual --size 300x200 --record deep/er --shot a.png -- "$actor" --animate --frames 5
check_equal "$(png_size deep/er/HEADLESS-1-000003.png)" 300x200
run compare a.png "$(find deep/er -name 'HEADLESS*' | sort | tail -n 1)"
check_contains deep/er/events.log 'window 1 app_id=actor title=Actor' 'frame HEADLESS-1-000001.png' 'shot a.png settle'
script -123 'wait window app_id=actor
exec false' --record failed
check_success test -s failed/failed.png

# wire logs
run run --wire-log wire.log --shot a.png -- "$actor"
check_contains wire.log '-> wl_display@1.get_registry(new id wl_registry@2)' \
	'<- wl_registry@2.global(' '"wl_compositor"' '-> xdg_toplevel@' '.set_app_id("actor")' \
	'.commit()' '.ack_configure('
finish
