#!/bin/bash
# SPDX-License-Identifier: MIT
# Desktop sessions: announcement to D-Bus and systemd, autostart, shutdown.
. "$(dirname "$0")/lib.sh" || exit

export XDG_RUNTIME_DIR=$folder/runtime XDG_CONFIG_HOME=$folder/config XDG_CONFIG_DIRS=$folder/system
export CALLS=$folder/calls HOME=$folder PATH=$folder/bin:$PATH
unset DBUS_SESSION_BUS_ADDRESS XDG_CURRENT_DESKTOP NOTIFY_SOCKET XCURSOR_THEME XCURSOR_SIZE
mkdir -m 700 runtime
mkdir -p bin config/autostart config/oriel system/autostart
for name in systemctl dbus-update-activation-environment; do
	printf '#!/bin/sh\necho "${0##*/} $*" >>"$CALLS"\n' >bin/$name
	chmod +x bin/$name
done
cat >system/autostart/agent.desktop <<'TEXT'
[Desktop Entry]
Type=Application
Exec=sh -c 'echo "$WAYLAND_DISPLAY $XDG_CURRENT_DESKTOP $PWD" >agent; exec sleep 1000'
Path=/tmp/../tmp
TEXT
sed -i "s|^Path=.*|Path=$folder|" system/autostart/agent.desktop

begin() { # OPTION...: starts a session and waits until its command runs
	rm -f calls up agent
	"$oriel" --backend headless --xwayland=no -v "$@" -- sh -c 'echo >up; exec sleep 1000' 2>err >out &
	session=$!
	file_comes up
}

end() {
	kill -TERM $session
	wait $session
	check_equal $? 0
}

file_comes() { # FILE
	local i
	for i in {1..5000}; do
		[ ! -s "$1" ] || return 0
		sleep 0.02
	done
	fail "$1 does not appear"
}

line_comes() { # TEXT in the file err
	local i
	for i in {1..5000}; do
		! grep -qF -e "$1" err || return 0
		sleep 0.02
	done
	fail "err does not contain: $1"
}

calls_are() { # LINES
	check_equal "$(cat calls 2>/dev/null)" "$1"
}

own='WAYLAND_DISPLAY ORIEL_SOCKET XDG_CURRENT_DESKTOP XDG_SESSION_DESKTOP XDG_SESSION_TYPE'

# by default a session without a console is no desktop
begin
end
calls_are ''
check_success [ ! -e agent ]
check_equal "$(grep -c 'started agent' err)" 0

# without D-Bus and systemd, autostart programs are started, and end with the session
begin --autostart
file_comes agent
check_equal "$(cat agent)" "wayland-0 Oriel:wlroots $folder"
line_comes 'started agent.desktop'
# the shells of both programs become sleep
until [ "$(pgrep -c -x sleep -P "$(pgrep -P $session)")" = 2 ]; do sleep 0.02; done
sleeper=$(pgrep -n -x sleep -P "$(pgrep -P $session)")
end
calls_are ''
check_success [ ! -e "/proc/$sleeper" ]
begin --autostart=no
end
check_success [ ! -e agent ]

# a desktop name set by the display manager is kept
XDG_CURRENT_DESKTOP=Mine begin --autostart
file_comes agent
check_equal "$(cat agent)" "wayland-0 Mine $folder"
end

# D-Bus without systemd
DBUS_SESSION_BUS_ADDRESS=unix:path=/x begin --autostart
file_comes agent
end
calls_are "dbus-update-activation-environment $own"

# with systemd, its target starts the autostart programs
mkdir runtime/systemd
true >runtime/systemd/private
true >runtime/bus
begin --autostart
end
check_equal "$(grep -c 'started agent' err)" 0
calls_are "dbus-update-activation-environment --systemd $own
systemctl --user --quiet restart oriel-session.target oriel-autostart.target
systemctl --user --quiet stop oriel-session.target
systemctl --user unset-environment $own"

# the cursor theme is exported; systemd without D-Bus
printf '[cursor]\ntheme = Some\nsize = 32\n' >config/oriel/oriel.ini
rm runtime/bus
begin --autostart
end
calls_are "systemctl --user import-environment $own XCURSOR_THEME XCURSOR_SIZE
systemctl --user --quiet restart oriel-session.target oriel-autostart.target
systemctl --user --quiet stop oriel-session.target
systemctl --user unset-environment $own"

# switched off by the configuration
printf '[session]\nautostart = no\n' >config/oriel/oriel.ini
begin --autostart
end
check_contains calls 'systemctl --user --quiet restart oriel-session.target'
check_equal "$(grep -c 'oriel-autostart.target' calls)" 0
printf '[session]\nenvironment = no\n' >config/oriel/oriel.ini
begin --autostart
file_comes agent
end
calls_are ''
rm config/oriel/oriel.ini

# units that are not installed, programs that are not installed, services that hang
printf '#!/bin/sh\nexit 5\n' >bin/systemctl
begin --autostart
file_comes agent
end
mkdir bare
for name in sh rm sleep; do ln -s "$(command -v $name)" bare/$name; done
PATH=$folder/bare begin --autostart
file_comes agent
end
printf '#!/bin/sh\nexec sleep 1000\n' >bin/systemctl
chmod +x bin/systemctl
rm runtime/systemd/private
true >runtime/bus
cp bin/systemctl bin/dbus-update-activation-environment
begin --autostart
file_comes agent
check_contains err 'no reply from'
end
rm -r runtime/bus runtime/systemd bin

# NOTIFY_SOCKET: the service manager is notified, and programs do not inherit the variable
python3 -c 'import socket
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind("notify")
print(server.recv(100).decode(), server.recv(100).decode(), flush=True)' >notified &
listener=$!
until [ -S notify ]; do sleep 0.02; done
NOTIFY_SOCKET=$folder/notify begin
end
wait $listener
check_equal "$(cat notified)" 'READY=1 STOPPING=1'
rm notify

# programs get a grace period after SIGTERM; those that ignore it are killed
cat >slow <<'TEXT'
trap 'sleep 0.1; echo good >bye; exit' TERM
echo >up
while :; do sleep 0.1; done
TEXT
rm -f up
"$oriel" --backend headless -- bash slow 2>err &
session=$!
file_comes up
end
check_equal "$(cat bye)" good
rm -f up
"$oriel" --backend headless -- sh -c 'trap "" TERM; echo >up; while :; do sleep 0.1; done' 2>err &
session=$!
file_comes up
child=$(pgrep -P "$(pgrep -P $session)")
end
check_success [ ! -e "/proc/$child" ]
# a second signal ends the grace period
rm -f up
"$oriel" --backend headless -- sh -c 'trap "echo again >up" TERM; echo >up; while :; do sleep 0.1; done' \
	2>err &
session=$!
file_comes up
kill -HUP $session
until [ "$(cat up)" = again ]; do sleep 0.02; done
kill -INT $session
wait $session
check_equal $? 0

# a child inherited through exec does not hide the end of the command
timeout 300 bash -c 'sleep 0.1 & exec "$@"' bash "$oriel" --backend headless --shell kiosk -- \
	sh -c 'sleep 0.5; exit 3' >out 2>err
check_equal $? 3

# in a session, new windows leave the focus where the user types
cat >type.sh <<'TEXT'
"$actor" --color 0000ff &
"$oriel" msg wait window app_id=actor
"$oriel" msg key a
"$actor" --app-id second &
"$oriel" msg wait window app_id=second
"$oriel" msg --json list windows >windows.json
"$oriel" msg spawn "$actor" --app-id third
"$oriel" msg wait window app_id=third
"$oriel" msg --json list windows focused >spawned.json
"$oriel" msg quit
TEXT
export oriel actor
timeout 300 "$oriel" --backend headless -- sh type.sh >out 2>err
check_equal $? 0
check_equal "$(json_eval windows.json \
	'sorted((w["app_id"], "activated" in w["states"], "urgent" in w["states"]) for w in j)')" \
	"[('actor', True, False), ('second', False, True)]"
check_equal "$(json_eval spawned.json '[w["app_id"] for w in j]')" "['third']"

# a crash prints a backtrace
begin
kill -SEGV $session
wait $session 2>/dev/null
check_differs $? 0
check_success grep -qE 'ended by SIGSEGV|AddressSanitizer.*SEGV' err
check_success [ "$(wc -l <err)" -gt 3 ]
check_empty out

# after a crash, programs get the grace period too
rm -f up bye
setsid "$oriel" --backend headless -- setsid bash slow 2>err &
session=$!
file_comes up
kill -KILL $session
wait $session 2>/dev/null
file_comes bye
check_equal "$(cat bye)" good

# the clipboard of a VM host: for the user of the seat, and no group
rule=$(grep -v '^#' "$(dirname "${BASH_SOURCE[0]}")/../../share/70-oriel-agent.rules")
check_equal "${rule##*, }" 'TAG+="uaccess"'
check_equal "$(grep -cE 'GROUP|MODE|OWNER' <<<"$rule")" 0

finish
