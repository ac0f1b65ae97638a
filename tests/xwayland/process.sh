#!/bin/bash
# SPDX-License-Identifier: MIT
# The X display and the process behind it, from outside: when it starts and ends, and what remains.
. "$(dirname "$0")/../run/lib.sh" || exit

pid=''
trap '[ -z "$pid" ] || kill $pid 2>/dev/null; cd /; rm -rf "$folder"' EXIT

x_files() { # NUMBER: its lock file and socket, as far as they exist
	ls -d "/tmp/.X$1-lock" "/tmp/.X11-unix/X$1" 2>/dev/null
}
await() { # COMMAND...: until it succeeds, twenty seconds at most
	local until=$((SECONDS + 20))
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $until ]; then
			fail "never: $*"
			return 1
		fi
		sleep 0.02
	done
	pass
}
xwayland_of() { # prints the process of the server with the display $DISPLAY
	pgrep -f "^Xwayland $DISPLAY "
}
no_xwayland() { ! xwayland_of; }

# Off by default in a run, on request in both
run run -- sh -c 'echo "<${DISPLAY-}>"'
check_lines out '<>'
run run --xwayland=no -- sh -c 'echo "<${DISPLAY-}>"'
check_lines out '<>'
run -125 run --xwayland=perhaps -- true
check_contains err '--xwayland perhaps: expected yes or no'
run run --xwayland -- sh -c 'echo "$DISPLAY"; ls /tmp/.X11-unix/X"${DISPLAY#:}" /tmp/.X"${DISPLAY#:}"-lock; cat /tmp/.X"${DISPLAY#:}"-lock; echo $PPID'
display=$(head -n 1 out)
check_success test "${display#:}" -ge 100
check_lines out "/tmp/.X11-unix/X${display#:}" "/tmp/.X${display#:}-lock"
check_equal "$(x_files "${display#:}")" ''
check_empty err
run run --xwayland -- sh -c 'env' && check_lines out GDK_BACKEND=wayland,x11 'QT_QPA_PLATFORM=wayland;xcb'

# Without Xwayland: one line, and all else works
mkdir bin
for tool in sh timeout; do ln -s "$(command -v $tool)" bin; done
PATH=$folder/bin run run --xwayland -- sh -c 'echo "<${DISPLAY-}>"'
check_lines out '<>'
check_contains err 'Xwayland is not installed'
check_equal "$(wc -l <err)" 1

# It starts with the first program, serves it, and stays in a run
run run --xwayland -- bash -c 'pgrep -f "^Xwayland $DISPLAY " && exit 1
	xdpyinfo >info || exit 2; pgrep -f "^Xwayland $DISPLAY " || exit 3; xdpyinfo >info2 || exit 4'
check_contains info 'vendor string:'
check_empty err

# Hundreds of displays at once, and some servers
for i in {1..100}; do
	"$oriel" run --xwayland -- sh -c 'echo "$DISPLAY"' >>displays 2>>errors &
	[ $((i % 25)) != 0 ] || wait
done
wait
check_equal "$(wc -l <displays)" 100
check_empty errors
for i in {1..4}; do
	"$oriel" run --xwayland -- sh -c 'xdpyinfo >/dev/null && echo good' >>servers 2>>errors &
done
wait
check_equal "$(grep -c good servers)" 4
while read -r display; do x_files "${display#:}"; done <displays >left
check_empty left

# Killed: nothing is left
"$oriel" run --xwayland -- bash -c 'echo $DISPLAY >display; xdpyinfo >info; echo >>display; sleep 100' &
pid=$!
await sh -c '[ "$(wc -l <display)" = 2 ]'
DISPLAY=$(head -n 1 display)
export DISPLAY
check_success xwayland_of
kill -KILL $pid
wait $pid 2>/dev/null
await no_xwayland
await sh -c "! ls /tmp/.X${DISPLAY#:}-lock /tmp/.X11-unix/X${DISPLAY#:}"
unset DISPLAY

# A session: killed with its guard, it leaves a lock that the next one recognises
mkdir -m 700 runtime
export XDG_RUNTIME_DIR=$folder/runtime
start() { # OPTION...: starts a session with the socket inner
	rm -f display
	"$oriel" --backend headless --socket inner "$@" -- \
		sh -c 'echo $DISPLAY >display.new; mv display.new display; sleep 1000' 2>err &
	pid=$!
	await test -s display
	DISPLAY=$(cat display)
	export DISPLAY ORIEL_SOCKET=$XDG_RUNTIME_DIR/oriel-inner.sock
}
end() {
	kill $pid
	wait $pid
	check_equal $? 0
	check_equal "$(x_files "${DISPLAY#:}")" ''
}
start
first=$DISPLAY
guard=$(pgrep -P $pid)
kill -STOP "$guard"
kill -KILL $pid
kill -KILL "$guard"
wait $pid 2>/dev/null
check_differs "$(x_files "${first#:}")" ''
start
check_equal "$DISPLAY" "$first"

# Crashes end X programs only
xdpyinfo >info
check_success xwayland_of
check_success "$oriel" msg spawn "$actor"
check_success "$oriel" msg wait window app_id=actor
kill -SEGV "$(xwayland_of)"
await no_xwayland
await grep -q 'Xwayland was ended by signal' err
check_success xdpyinfo
check_success "$oriel" msg list windows app_id=actor
"$oriel" msg list windows >out
check_contains out actor

# Stopped: all others go on
xdpyinfo >info
server=$(xwayland_of)
kill -STOP "$server"
check_success "$oriel" msg click 5,5 in app_id=actor
check_success "$oriel" msg wait shown
check_success "$oriel" msg settle
kill -CONT "$server"
check_success xdpyinfo

# The verb, also while it is stopped
kill -STOP "$(xwayland_of)"
check_success "$oriel" msg xwayland restart
check_success no_xwayland
check_success xdpyinfo
check_equal "$(grep -c 'Xwayland' err)" 1

# Another user is refused
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	setpriv --reuid=65534 --regid=65534 --clear-groups xdpyinfo >out 2>refused
	check_equal $? 1
	check_contains refused 'unable to open display'
	check_success xdpyinfo
else
	skip 'only root can become another user'
fi

# Three crashes: programs get an error at once, until it is restarted
for i in {1..3}; do
	xdpyinfo >info 2>&1
	pids=$(xwayland_of) && kill -SEGV $pids
	await no_xwayland
done
await grep -q 'xwayland restart' err
timeout 5 xdpyinfo >out 2>&1
check_equal $? 1
check_success "$oriel" msg xwayland restart
check_success xdpyinfo
end

# Services that D-Bus starts find the display
cat >bin/dbus-update-activation-environment <<'TEXT'
#!/bin/sh
echo "$DISPLAY $*" >>calls
TEXT
chmod +x bin/dbus-update-activation-environment
PATH=$folder/bin:$PATH DBUS_SESSION_BUS_ADDRESS=unix:path=/x start --autostart
await grep -q ' DISPLAY ' calls
check_equal "$(cut -d ' ' -f 1-3 calls)" "$DISPLAY WAYLAND_DISPLAY DISPLAY"
end

# It ends after the last program, and starts again
printf '[xwayland]\nterminate = 1\n' >oriel.ini
start --config oriel.ini
xdpyinfo >info
check_success xwayland_of
await no_xwayland
check_success xdpyinfo
check_empty err
end
finish
