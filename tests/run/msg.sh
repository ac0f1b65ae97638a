#!/bin/bash
# SPDX-License-Identifier: MIT
# oriel msg and oriel shot: a running compositor from outside.
. "$(dirname "$0")/lib.sh" || exit

mkdir runtime
chmod 700 runtime
export XDG_RUNTIME_DIR=$folder/runtime
"$oriel" --backend headless --size 640x480 --socket test -- "$actor" 2>session.err &
session=$!
trap 'kill $session 2>/dev/null; cd /; rm -rf "$folder"' EXIT
for _ in {1..500}; do
	[ -S runtime/oriel-test.sock ] && break
	sleep 0.02
done
is "$(stat -c %a runtime/oriel-test.sock)" 600

run msg --socket test wait window app_id=actor
has out '1 actor "Actor"'
export WAYLAND_DISPLAY=test
run msg settle
is_empty out err
run msg echo one 'two  three'
is "$(cat out)" 'one two  three'
run msg --json list windows
is "$(json out 'j[0]["title"]')" Actor
run msg --json echo 'say "x" \ é'
is "$(json out j)" 'say "x" \ é'
run msg --json clock
holds json out 'float(j)'
run -123 msg wobble
has err "there is no verb 'wobble'"
run -123 msg --json wait window app_id=nobody timeout=50ms
is "$(json out 'j["ok"]')" False
run msg help
has out 'wait window SELECTOR'
run msg help settle
printf 'echo first\n\n# nothing\necho second\n' >lines
run msg - <lines
is "$(cat out)" $'first\nsecond'
printf 'echo first\nwobble\necho second\n' >lines
run -123 msg - <lines
is "$(cat out)" first

# files are named from where msg is called
mkdir elsewhere
(cd elsewhere && "$oriel" msg shot there.png && "$oriel" msg clip set file=../lines)
is "$(size_of elsewhere/there.png)" 640x480
run msg clip get
is "$(sum out)" "$(sum lines)"
run shot whole.png
run compare whole.png elsewhere/there.png
run shot --window app_id=actor window.png
is "$(size_of window.png)" 200x100
run shot --output HEADLESS-1 --cursor output.png
run shot --region 0,0,50,40 --scale 2 region.png
is "$(size_of region.png)" 100x80
run -125 shot --output HEADLESS-1 --region 0,0,50,40 x.png
run -123 shot --output NONE x.png
run -123 shot /nonexistent/x.png

# several at once, and those who leave in the middle
"$oriel" msg wait window app_id=later timeout=20s >later &
waiting=$!
timeout 0.2 "$oriel" msg wait window app_id=never timeout=20s
run msg spawn "$actor" --app-id later
wait $waiting
is $? 0
has later later

# raw connections: bad lines, half-closed sides, no newline, too long a line
python3 - runtime/oriel-test.sock >raw <<'TEXT'
import json, socket, sys
def talk(data, end=True):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(10)
    s.connect(sys.argv[1])
    s.sendall(data)
    if end:
        s.shutdown(socket.SHUT_WR)
    got = b''
    try:
        while chunk := s.recv(65536):
            got += chunk
    except ConnectionResetError: # it did not want to read all of it
        pass
    return [json.loads(line) for line in got.splitlines()]
print([a['ok'] for a in talk(b'echo a\necho b\nsettle\n')])
print(talk(b'text "open\n')[0]['error'])
print(talk(b'echo \0\n')[0]['error'])
print(talk(b'echo unfinished'))
print(talk(b'x' * 70000, False)[0]['error'])
print(talk(b'echo ' + b'y' * 60000 + b'\n')[0]['result'] == 'y' * 60000)
TEXT
is "$(cat raw)" "[True, True, True]
a quote is not closed
the line holds a zero byte
[]
the line is too long
True"

# whoever asks for the end of the program hears of it
for _ in {1..5}; do
	: >where
	"$oriel" run -- sh -c 'echo "$ORIEL_SOCKET" >where; exec "$0" --exit 3' "$actor" 2>err &
	program=$!
	for _ in {1..500}; do
		[ -s where ] && break
		sleep 0.02
	done
	run msg --socket "$(cat where)" wait window app_id=actor
	run msg --socket "$(cat where)" close
	wait $program
	is $? 3
done

# a second one finds another name; a name in use is refused
run -125 --backend headless --socket test
has err 'is another compositor using it?'
run msg quit 9
wait $session
is $? 9
is "$(ls runtime)" ''
is_empty session.err
run -125 msg echo
has err 'is oriel running?'

# a session with the kiosk shell ends with its program
run -4 --backend headless --shell kiosk -- sh -c 'exit 4'
is_empty out err
# without a program it says where it is; a signal is a good end
"$oriel" --backend headless 2>session.err &
session=$!
for _ in {1..500}; do
	[ -s session.err ] && break
	sleep 0.02
done
is "$(cat session.err)" 'oriel: WAYLAND_DISPLAY=wayland-0'
kill $session
wait $session
is $? 0
unset XDG_RUNTIME_DIR
run -125 --backend headless
has err 'XDG_RUNTIME_DIR is not set'
run -125 --backend holographic
finish
