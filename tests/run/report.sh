#!/bin/bash
# SPDX-License-Identifier: MIT
# What is left for others to read: TAP, JUnit, recordings, logs of the wire.
. "$(dirname "$0")/lib.sh" || exit

script 'wait window app_id=actor
settle # quiet
echo "a # b"' --tap -- "$actor" --events
is "$(cat out)" 'TAP version 13
1..3
ok 1 - script:1 wait window app_id=actor
ok 2 - script:2 settle
ok 3 - script:3 echo "a \# b"'
has err 'size ' # the program's output
script -123 'echo one
wait window app_id=nobody timeout=100ms
echo three' --tap
has_line out '1..3' 'ok 1 - script:1 echo one' \
	'not ok 2 - script:2 wait window app_id=nobody timeout=100ms'
has out '  message: "not done after 0.1 s'
run -124 run --tap --timeout 0.3 -- sleep 5
has out 'Bail out! timed out after 0.3 s'

xml() { # EXPRESSION of r, the root
	python3 -c 'import sys, xml.etree.ElementTree as e
r = e.parse(sys.argv[1]).getroot()
s = r[0]
print(eval(sys.argv[2]))' report.xml "$1"
}
script -123 'echo "<&>"
wait window app_id="\"" timeout=100ms
echo three' --junit report.xml
is "$(xml '[s.get(k) for k in ("name", "tests", "failures", "errors", "skipped")]')" \
	"['script', '2', '1', '0', '1']"
is "$(xml '[c.get("name") for c in s]')" \
	"['script:1 echo <&>', 'script:2 wait window \"app_id=\\\\\"\" timeout=100ms']"
is "$(xml '"not done after" in s[1][0].get("message")')" True
run run --junit report.xml --shot a.png -- "$actor"
is "$(xml '[s.get("name"), s.get("tests"), s.get("failures")]')" "['actor', '2', '0']"
run -127 run --junit report.xml --shot a.png -- /nonexistent
is "$(xml 's.get("failures")')" 1
script -7 'wait exit' --junit report.xml -- sh -c 'exit 7'
is "$(xml 's[1][0].get("message")')" 'the program ended with status 7'
run -125 run --junit /nonexistent/x.xml --shot a.png -- "$actor"

# recordings
run run --clock virtual --size 300x200 --record deep/er --shot a.png -- "$actor" --animate --frames 5
is "$(size_of deep/er/HEADLESS-1-000003.png)" 300x200
run compare a.png "$(find deep/er -name 'HEADLESS*' | sort | tail -n 1)"
has deep/er/events.log 'window 1 app_id=actor title=Actor' 'frame HEADLESS-1-000001.png' 'shot a.png settle'
script -123 'wait window app_id=actor
exec false' --record failed
holds test -s failed/failed.png

# the wire
run run --wire-log wire.log --shot a.png -- "$actor"
has wire.log '-> wl_display@1.get_registry(new id wl_registry@2)' \
	'<- wl_registry@2.global(' '"wl_compositor"' '-> xdg_toplevel@' '.set_app_id("actor")' \
	'.commit()' '.ack_configure('
finish
