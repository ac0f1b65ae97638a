#!/bin/bash
# SPDX-License-Identifier: MIT
# Where oriel runs: without any environment, as somebody else, without a writable disk, in crowds.
. "$(dirname "$0")/lib.sh" || exit

# nothing from outside reaches the program
export DISPLAY=:7 DBUS_SESSION_BUS_ADDRESS=unix:path=/x XDG_CURRENT_DESKTOP=Other
run run -- sh -c 'echo "${DISPLAY-none} $DBUS_SESSION_BUS_ADDRESS ${XDG_CURRENT_DESKTOP-none}
$WAYLAND_DISPLAY $XDG_SESSION_TYPE"; stat -c %a "$XDG_RUNTIME_DIR"; ls "$XDG_RUNTIME_DIR"'
is "$(cat out)" 'none disabled: none
wayland-0 wayland
700
oriel-wayland-0.sock
wayland-0'
unset DISPLAY DBUS_SESSION_BUS_ADDRESS XDG_CURRENT_DESKTOP
env -i "$oriel" run --timeout 20 --shot bare.png -- "$actor" 2>err
is $? 0

# a name that is too long for sockets is not tried; one that is unsafe is not used
long=$folder/$(printf 'x%.0s' {1..120})
mkdir "$long"
TMPDIR=$long run run -- true
mkdir open
chmod 777 open
TMPDIR=$folder/open run run -- sh -c 'echo "$XDG_RUNTIME_DIR"'
is_not "$(dirname "$(cat out)")" "$folder/open"

# any user
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1 && command -v setpriv >/dev/null; then
	chmod 755 "$folder"
	mkdir theirs
	chown nobody theirs
	nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs)
	if "${nobody[@]}" test -x "$oriel" -a -x "$actor"; then
		(cd theirs && env -i "${nobody[@]}" "$oriel" run --timeout 20 --shot a.png -- "$actor") 2>err
		is $? 0
		is "$(sum theirs/a.png)" "$(sum bare.png)"
	else
		skip 'nobody may not read the build folder'
	fi
else
	skip 'only root can become somebody else'
fi

# a read-only root with one writable folder, no network, processes of its own as in a container
cat >inside <<'TEXT'
mount -t tmpfs none box && cp "$1" box/oriel && cp "$2" box/actor && cd box && mkdir tmp || exit 77
mount -o remount,bind,ro / 2>/dev/null || exit 77
touch "$OLDPWD/x" 2>/dev/null && exit 77
TMPDIR=$PWD/tmp ./oriel run --timeout 20 --shot a.png -- ./actor && cat a.png
TEXT
mkdir box
unshare -rmnpf --mount-proc sh inside "$oriel" "$actor" >box.png 2>err
status=$?
if [ $status = 77 ] || grep -q ^unshare: err; then
	skip 'no namespaces here, or the root cannot be made read-only'
else
	is $status 0
	is "$(sum box.png)" "$(sum bare.png)"
fi

# a crowd
for i in {1..60}; do
	"$oriel" run --timeout 50 --shot "crowd$i.png" -- "$actor" 2>>err &
done
failed_runs=0
for job in $(jobs -p); do wait "$job" || failed_runs=$((failed_runs + 1)); done
is $failed_runs 0
is "$(sha256sum crowd*.png | cut -d ' ' -f 1 | uniq | wc -l)" 1
finish
