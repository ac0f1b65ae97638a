#!/bin/bash
# SPDX-License-Identifier: MIT
# Environments of oriel run: no variables, another user, a read-only root, many runs at once.
. "$(dirname "$0")/lib.sh" || exit

# the program does not see variables of the outer session
export DISPLAY=:7 DBUS_SESSION_BUS_ADDRESS=unix:path=/x XDG_CURRENT_DESKTOP=Other XCURSOR_SIZE=100
run run -- sh -c 'echo "${DISPLAY-none} $DBUS_SESSION_BUS_ADDRESS $XDG_CURRENT_DESKTOP ${XCURSOR_SIZE-none}
$WAYLAND_DISPLAY $XDG_SESSION_TYPE"; stat -c %a "$XDG_RUNTIME_DIR"; ls "$XDG_RUNTIME_DIR"'
check_equal "$(cat out)" 'none disabled: Oriel:wlroots none
wayland-0 wayland
700
oriel-wayland-0.sock
wayland-0'
script 'wait shown
move 100,100' --cursor --shot cursor.png
large=$(checksum cursor.png)
unset DISPLAY DBUS_SESSION_BUS_ADDRESS XDG_CURRENT_DESKTOP XCURSOR_SIZE
script 'wait shown
move 100,100' --cursor --shot cursor.png
check_equal "$(checksum cursor.png)" "$large" # the user's size of the pointer does not matter

# the cursor of the configuration reaches programs: those of runs and sessions, and of bindings
mkdir -m 700 runtime
print='echo "${XCURSOR_THEME-none} ${XCURSOR_SIZE-none}"'
cursor() { # SECTION: prints what a run, a session and a binding print
	printf '[cursor]\n%s\n[bindings]\nF9 = exec %s >bound\n' "$1" "$print" >cursor.ini
	"$oriel" run --config cursor.ini -- sh -c "$print"
	XDG_RUNTIME_DIR=$folder/runtime "$oriel" --backend headless --shell kiosk --config cursor.ini -- \
		sh -c "$print"
	rm -f bound
	XDG_RUNTIME_DIR=$folder/runtime "$oriel" --backend headless --config cursor.ini -- sh -c \
		"'$oriel' msg key F9; until [ -s bound ]; do sleep 0.02; done; '$oriel' msg quit" 2>err
	cat bound
}
check_equal "$(cursor 'theme = Some
size = 48')" "$(printf 'Some 48\n%.0s' 1 2 3)"
check_equal "$(cursor 'theme = builtin')" "$(printf 'none none\n%.0s' 1 2 3)"
check_equal "$(XCURSOR_SIZE=31 cursor 'size = 30')" "$(printf 'none 30\n%.0s' 1 2 3)"
check_equal "$(XCURSOR_SIZE=31 cursor "")" "$(printf '%s\n' 'none none' 'none 31' 'none 31')"
env -i "$oriel" run --timeout 280 --shot bare.png -- "$actor" 2>err
check_equal $? 0

# directories whose path is too long for sockets, or that others may write to, are not used
long=$folder/$(printf 'x%.0s' {1..120})
mkdir "$long"
TMPDIR=$long run run -- true
mkdir open
chmod 777 open
TMPDIR=$folder/open run run -- sh -c 'echo "$XDG_RUNTIME_DIR"'
check_differs "$(dirname "$(cat out)")" "$folder/open"

# a run that others find, and one that replaces the links of another that was killed
"$oriel" run --socket "$folder/look" -v -- "$actor" 2>err &
pid=$!
for _ in {1..5000}; do [ ! -S "$folder/oriel-look.sock" ] || break; sleep 0.02; done
WAYLAND_DISPLAY=$folder/look "$oriel" msg wait window app_id=actor >out 2>>err ||
	ORIEL_SOCKET=$folder/oriel-look.sock "$oriel" msg wait window app_id=actor >out
check_contains out actor
check_success grep -q "WAYLAND_DISPLAY=/.*/oriel-.*/wayland-0 ORIEL_SOCKET=/" err
run -125 run --socket "$folder/look" -- true # is in use
check_contains err "$folder/look: File exists"
echo kept >file
ln -s file link
run -125 run --socket "$folder/link" -- true # is something else
check_contains err "$folder/link: File exists"
check_equal "$(cat link)" kept
kill -KILL $pid
wait $pid 2>/dev/null
for _ in {1..5000}; do
	[ -e look ] || break
	sleep 0.02
done
XDG_RUNTIME_DIR=$folder run run --socket look -- sh -c 'test -S "$0"' "$folder/look"
check_success [ ! -L look ]
check_success [ ! -L oriel-look.sock ]
run -125 run --socket look -- true
check_contains err 'XDG_RUNTIME_DIR is not set'

# another user
if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1 && command -v setpriv >/dev/null; then
	chmod 755 "$folder"
	mkdir theirs
	chown nobody theirs
	nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs)
	if "${nobody[@]}" test -x "$oriel" -a -x "$actor"; then
		(cd theirs && env -i "${nobody[@]}" "$oriel" run --timeout 280 --shot a.png -- "$actor") 2>err
		check_equal $? 0
		check_equal "$(checksum theirs/a.png)" "$(checksum bare.png)"
	else
		skip 'the user nobody cannot read the build folder'
	fi
else
	skip 'needs root to change the user'
fi

# a container: read-only root with one writable folder, no network, a PID namespace
cat >inside <<'TEXT'
mount -t tmpfs none box && cp "$1" box/oriel && cp "$2" box/actor && cd box && mkdir tmp || exit 77
mount -o remount,bind,ro / 2>/dev/null || exit 77
touch "$OLDPWD/x" 2>/dev/null && exit 77
TMPDIR=$PWD/tmp ./oriel run --timeout 280 --shot a.png -- ./actor && cat a.png
TEXT
mkdir box
unshare -rmnpf --mount-proc sh inside "$oriel" "$actor" >box.png 2>err
status=$?
if [ $status = 77 ] || grep -q ^unshare: err; then
	skip 'cannot create namespaces or remount the root read-only'
else
	check_equal $status 0
	check_equal "$(checksum box.png)" "$(checksum bare.png)"
fi

# many runs at once; each has its limits, so that few processors get fewer
for ((i = 0; i < 8 + 4 * $(nproc); i++)); do
	"$oriel" run --timeout 280 --shot "parallel$i.png" -- "$actor" 2>>err &
done
failed_runs=0
for job in $(jobs -p); do wait "$job" || failed_runs=$((failed_runs + 1)); done
check_equal $failed_runs 0
check_equal "$(sha256sum parallel*.png | cut -d ' ' -f 1 | uniq | wc -l)" 1
finish
