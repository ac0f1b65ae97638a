#!/bin/bash
# SPDX-License-Identifier: MIT
# oriel msg and oriel shot with a running compositor.
. "$(dirname "$0")/lib.sh" || exit

mkdir runtime
chmod 700 runtime
export XDG_RUNTIME_DIR=$folder/runtime
"$oriel" --backend headless --size 640x480 --socket test -- "$actor" 2>session.err &
session=$!
trap 'kill $session 2>/dev/null; cd /; rm -rf "$folder"' EXIT
for _ in {1..5000}; do
	[ -S runtime/oriel-test.sock ] && break
	sleep 0.02
done
check_equal "$(stat -c %a runtime/oriel-test.sock)" 600

run msg --socket test wait window app_id=actor
check_contains out '1 actor "Actor"'
export WAYLAND_DISPLAY=test
run msg settle
check_empty out err
run msg echo one 'two  three'
check_equal "$(cat out)" 'one two  three'
run msg --json list windows
check_equal "$(json_eval out 'j[0]["title"]')" Actor
run msg --json echo 'say "x" \ é'
check_equal "$(json_eval out j)" 'say "x" \ é'
run msg --json clock
check_success json_eval out 'float(j)'
run -123 msg wobble
check_contains err "there is no verb 'wobble'"
run -123 msg --json wait window app_id=nobody timeout=50ms
check_equal "$(json_eval out 'j["ok"]')" False
run msg help
check_contains out 'wait window SELECTOR'
run msg help settle
printf 'echo first\n\n# nothing\necho second\n' >lines
run msg - <lines
check_equal "$(cat out)" $'first\nsecond'
printf 'echo first\nwobble\necho second\n' >lines
run -123 msg - <lines
check_equal "$(cat out)" first

# relative paths are relative to the directory of msg
mkdir elsewhere
(cd elsewhere && "$oriel" msg shot there.png && "$oriel" msg clip set file=../lines)
check_equal "$(png_size elsewhere/there.png)" 640x480
run msg clip get
check_equal "$(checksum out)" "$(checksum lines)"
run shot whole.png
run compare whole.png elsewhere/there.png
run shot --window app_id=actor window.png
check_equal "$(png_size window.png)" 200x100
run shot --output HEADLESS-1 --cursor output.png
run shot --region 0,0,50,40 --scale 2 region.png
check_equal "$(png_size region.png)" 100x80
run -125 shot --output HEADLESS-1 --region 0,0,50,40 x.png
run -123 shot --output NONE x.png
run -123 shot /nonexistent/x.png

# several connections at once, one of which is closed early
"$oriel" msg wait window app_id=later timeout=200s >later &
waiting=$!
timeout 0.2 "$oriel" msg wait window app_id=never timeout=20s
run msg spawn "$actor" --app-id later
wait $waiting
check_equal $? 0
check_contains later later

# raw connections: bad lines, half-closed sides, no newline, too long a line
python3 - runtime/oriel-test.sock >raw <<'TEXT'
import json, socket, sys
def talk(data, end=True):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(200)
    s.connect(sys.argv[1])
    s.sendall(data)
    if end:
        s.shutdown(socket.SHUT_WR)
    got = b''
    try:
        while chunk := s.recv(65536):
            got += chunk
    except ConnectionResetError: # not all input was read
        pass
    return [json.loads(line) for line in got.splitlines()]
print([a['ok'] for a in talk(b'echo a\necho b\nsettle\n')])
print(talk(b'text "open\n')[0]['error'])
print(talk(b'echo \0\n')[0]['error'])
print(talk(b'echo unfinished'))
print(talk(b'x' * 70000, False)[0]['error'])
print(talk(b'echo ' + b'y' * 60000 + b'\n')[0]['result'] == 'y' * 60000)
TEXT
check_equal "$(cat raw)" "[True, True, True]
a quote is not closed
the line contains a NUL byte
[]
the line is too long
True"

# idle connections do not keep others out; busy ones do, with the reason
python3 - runtime/oriel-test.sock "$oriel" >raw <<'TEXT'
import socket, subprocess, sys
def connect():
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.settimeout(200)
    return s
def msg():
    r = subprocess.run([sys.argv[2], 'msg', '--socket', sys.argv[1], 'echo', 'served'],
                       capture_output=True, text=True)
    print(r.returncode, r.stdout.strip() + r.stderr.strip())
idle = [connect() for _ in range(64)]
idle[0].sendall(b'echo used\n') # the second one is idle for longest now
print(idle[0].recv(4096).decode().strip())
msg()
print(idle[1].recv(4096).decode().strip())
idle[0].sendall(b'echo again\n')
print(idle[0].recv(4096).decode().strip())
for s in idle: s.close()
busy = []
while True: # until a fresh one is refused
    s = connect()
    busy.append(s)
    s.settimeout(0.2 if len(busy) >= 64 else 0.001)
    try:
        s.sendall(b'wait window app_id=never\n')
        if b'busy' in s.recv(4096): break
    except TimeoutError: continue # it is served
    except BrokenPipeError: break
msg()
TEXT
check_equal "$(cat raw)" '{"ok":true,"text":"used\n","result":"used"}
0 served
{"ok":false,"error":"the connection was idle, and was closed for a new one"}
{"ok":true,"text":"again\n","result":"again"}
123 oriel: too many connections are busy'

# without descriptors
(
	ulimit -n 40
	exec "$oriel" --backend headless --socket small 2>small.err
) &
small=$!
# msg waits until a compositor that has just been started listens; a busy machine needs more than once
for _ in {1..50}; do "$oriel" msg --socket small echo started >out 2>err && break; done
run msg --socket small echo started
python3 - runtime/oriel-small.sock "$oriel" >raw <<'TEXT'
import socket, subprocess, sys
sockets = []
for _ in range(60):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    sockets.append(s)
r = subprocess.run([sys.argv[2], 'msg', '--socket', sys.argv[1], 'echo', 'served'],
                   capture_output=True, text=True)
print(r.returncode, r.stdout.strip() + r.stderr.strip())
for _ in range(60):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    try: s.sendall(b'wait window app_id=never\n')
    except BrokenPipeError: pass # refused
    sockets.append(s)
r = subprocess.run([sys.argv[2], 'msg', '--socket', sys.argv[1], 'echo', 'served'],
                   capture_output=True, text=True)
print(r.returncode, r.stdout.strip() + r.stderr.strip())
TEXT
check_equal "$(cat raw)" '0 served
123 oriel: too many files are open in oriel'
kill $small
wait $small

# a verb that ends the program still gets its answer
for _ in {1..5}; do
	: >where
	"$oriel" run -- sh -c 'echo "$ORIEL_SOCKET" >where; exec "$0" --exit 3' "$actor" 2>err &
	program=$!
	for _ in {1..5000}; do
		[ -s where ] && break
		sleep 0.02
	done
	run msg --socket "$(cat where)" wait window app_id=actor
	run msg --socket "$(cat where)" close
	wait $program
	check_equal $? 3
done

# a socket name in use is refused
run -125 --backend headless --socket test
check_contains err 'is another compositor using it?'
run msg quit 9
wait $session
check_equal $? 9
check_equal "$(ls runtime)" ''
check_empty session.err
run -125 msg echo
check_contains err 'is oriel running?'

# a session with the kiosk shell ends with its program
run -4 --backend headless --shell kiosk -- sh -c 'exit 4'
check_empty out err
# without a command the display name is printed; a signal ends it with status 0
"$oriel" --backend headless --xwayland=no 2>session.err &
session=$!
for _ in {1..5000}; do
	[ -s session.err ] && break
	sleep 0.02
done
check_equal "$(cat session.err)" 'oriel: WAYLAND_DISPLAY=wayland-0'
kill $session
wait $session
check_equal $? 0
unset XDG_RUNTIME_DIR
run -125 --backend headless
check_contains err 'XDG_RUNTIME_DIR is not set'
run -125 --backend holographic
finish
