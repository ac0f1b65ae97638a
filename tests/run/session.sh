#!/bin/bash
# SPDX-License-Identifier: MIT
# The session of a desktop: who is told of it, what starts with it, and how it ends.
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

begin() { # OPTION...: a session whose program has started
	rm -f calls up agent
	"$oriel" --backend headless -v "$@" -- sh -c 'echo >up; exec sleep 1000' 2>err >out &
	session=$!
	file_comes up
}

end() {
	kill -TERM $session
	wait $session
	is $? 0
}

file_comes() { # FILE
	local i
	for i in {1..1000}; do
		[ ! -s "$1" ] || return 0
		sleep 0.02
	done
	fail "$1 does not come"
}

calls_are() { # LINES
	is "$(cat calls 2>/dev/null)" "$1"
}

own='WAYLAND_DISPLAY ORIEL_SOCKET XDG_CURRENT_DESKTOP XDG_SESSION_DESKTOP XDG_SESSION_TYPE'

# without a screen of its own it is nobody's desktop
begin
end
calls_are ''
holds [ ! -e agent ]
is "$(grep -c 'is started' err)" 0

# nobody there to be told: what starts with a session does, and ends with it
begin --autostart
file_comes agent
is "$(cat agent)" "wayland-0 Oriel:wlroots $folder"
has err 'agent.desktop is started'
sleeper=$(pgrep -n -x sleep -P $session)
end
calls_are ''
holds [ ! -e "/proc/$sleeper" ]
begin --autostart=no
end
holds [ ! -e agent ]

# a login screen has said what desktop it is
XDG_CURRENT_DESKTOP=Mine begin --autostart
file_comes agent
is "$(cat agent)" "wayland-0 Mine $folder"
end

# a bus without systemd
DBUS_SESSION_BUS_ADDRESS=unix:path=/x begin --autostart
file_comes agent
end
calls_are "dbus-update-activation-environment $own"

# systemd starts what it has a target for
mkdir runtime/systemd
true >runtime/systemd/private
true >runtime/bus
begin --autostart
end
is "$(grep -c 'is started' err)" 0
calls_are "dbus-update-activation-environment --systemd $own
systemctl --user --quiet restart oriel-session.target oriel-autostart.target
systemctl --user --quiet stop oriel-session.target
systemctl --user unset-environment $own"

# the pointer's looks
printf '[cursor]\ntheme = Some\nsize = 32\n' >config/oriel/oriel.ini
rm runtime/bus
begin --autostart
end
calls_are "systemctl --user import-environment $own XCURSOR_THEME XCURSOR_SIZE
systemctl --user --quiet restart oriel-session.target oriel-autostart.target
systemctl --user --quiet stop oriel-session.target
systemctl --user unset-environment $own"

# the user's choices
printf '[session]\nautostart = no\n' >config/oriel/oriel.ini
begin --autostart
end
has calls 'systemctl --user --quiet restart oriel-session.target'
is "$(grep -c 'oriel-autostart.target' calls)" 0
printf '[session]\nenvironment = no\n' >config/oriel/oriel.ini
begin --autostart
file_comes agent
end
calls_are ''
rm config/oriel/oriel.ini

# units that are not installed, programs that are not, and one that never answers
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
has err 'do not answer'
end
rm -r runtime/bus runtime/systemd bin

# the service manager that started it hears when it is ready, and its programs do not
python3 -c 'import socket
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind("notify")
print(server.recv(100).decode(), server.recv(100).decode(), flush=True)' >told &
listener=$!
until [ -S notify ]; do sleep 0.02; done
NOTIFY_SOCKET=$folder/notify begin
end
wait $listener
is "$(cat told)" 'READY=1 STOPPING=1'
rm notify

# programs may put their things away; those that do not want to end are ended
cat >slow <<'TEXT'
trap 'sleep 0.3; echo good >bye; exit' TERM
echo >up
while :; do sleep 0.1; done
TEXT
rm -f up
"$oriel" --backend headless -- bash slow 2>err &
session=$!
file_comes up
end
is "$(cat bye)" good
rm -f up
"$oriel" --backend headless -- sh -c 'trap "" TERM; echo >up; while :; do sleep 0.1; done' 2>err &
session=$!
file_comes up
stubborn=$(pgrep -P $session)
end
holds [ ! -e "/proc/$stubborn" ]
# or at once, by a second signal
rm -f up
"$oriel" --backend headless -- sh -c 'trap "echo again >up" TERM; echo >up; while :; do sleep 0.1; done' \
	2>err &
session=$!
file_comes up
kill -HUP $session
until [ "$(cat up)" = again ]; do sleep 0.02; done
kill -INT $session
wait $session
is $? 0

# the end of a child that it was given by whoever it was before hides nobody else's
timeout 20 bash -c 'sleep 0.1 & exec "$@"' bash "$oriel" --backend headless --shell kiosk -- \
	sh -c 'sleep 0.5; exit 3' >out 2>err
is $? 3

# what it dies of is told
begin
kill -SEGV $session
wait $session 2>/dev/null
is_not $? 0
holds grep -qE 'ended by SIGSEGV|AddressSanitizer.*SEGV' err
holds [ "$(wc -l <err)" -gt 3 ]
is_empty out
finish
