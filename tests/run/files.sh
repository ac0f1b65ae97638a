#!/bin/bash
# SPDX-License-Identifier: MIT
# Every file that a command line or a script names, as a FIFO, an endless device, a folder, a socket
# and a file that is too large: a message, and never a program that waits.
. "$(dirname "$0")/lib.sh" || exit

export XDG_RUNTIME_DIR=$folder/runtime
mkdir -m 700 runtime odd odd/folder
mkfifo odd/fifo odd/held
exec 9<>odd/held # a writer that writes nothing, and a reader that does not read
ln -s loop odd/loop
truncate -s 1T odd/huge
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("odd/socket")'

# refused NAME MESSAGE COMMAND...: the command ends soon, with the message. NAME replaces @, also in
# the script.
refused() {
	local name=$1 message=$2 status
	shift 2
	[ ! -e template ] || sed "s|@|$name|" template >script
	timeout 300 "$oriel" "${@//@/$name}" >out 2>err </dev/null
	status=$?
	case $status in
	123 | 125 | 2) pass ;;
	*) fail "oriel ${*//@/$name}: status $status" ;;
	esac
	check_contains err "$name: $message"
}

readers() { # COMMAND...: reads the file @
	rm -f template
	[ -z "$lines" ] || echo "$lines" >template
	refused odd/fifo 'is a FIFO, not a file' "$@"
	refused odd/held 'is a FIFO, not a file' "$@"
	refused odd/socket 'is a socket, not a file' "$@"
	refused odd/folder 'Is a directory' "$@"
	refused odd/loop 'Too many levels of symbolic links' "$@"
	refused odd/huge 'larger than' "$@"
	refused /dev/zero 'larger than' "$@"
}

writers() { # COMMAND...: writes the file @
	rm -f template
	[ -z "$lines" ] || echo "$lines" >template
	refused odd/fifo 'is a FIFO, not a file' "$@"
	refused odd/held 'is a FIFO, not a file' "$@"
	refused odd/socket 'is a socket, not a file' "$@"
	refused odd/folder 'Is a directory' "$@"
	refused odd/loop 'Too many levels of symbolic links' "$@"
}

lines=
"$oriel" run --shot good.png -- "$actor" 2>/dev/null
readers --backend headless --config @ -- true
readers run --script @ -- "$actor"
readers compare @ good.png
readers compare good.png @
writers run --shot @ -- "$actor"
writers run --wire-log @ -- "$actor"
echo 'wait window app_id=actor' >script
writers run --script script --junit @ -- "$actor"
for kind in fifo held socket folder loop; do
	mkdir record-$kind
	ln -s ../odd/$kind record-$kind/events.log
done
refused record-fifo/events.log 'is a FIFO, not a file' run --record record-fifo -- "$actor"
refused record-held/events.log 'is a FIFO, not a file' run --record record-held -- "$actor"
refused record-socket/events.log 'is a socket, not a file' run --record record-socket -- "$actor"
refused record-loop/events.log 'Too many levels of symbolic links' run --record record-loop -- "$actor"
refused record-folder/events.log 'Is a directory' run --record record-folder -- "$actor"
lines='shot @ timeout=200s'
writers run --script script -- "$actor"
lines='expect @ now timeout=200s'
readers run --script script -- "$actor"
lines='clip set file=@ timeout=200s'
readers run --script script -- "$actor"
lines='clip set primary file=@ timeout=200s'
readers run --script script -- "$actor"
lines='drop file=@ at 10,10 timeout=200s'
readers run --script script -- "$actor"

# what stays: an empty configuration, a full disk, a script from a pipe, output to a pipe
run run --config /dev/null --shot empty.png -- "$actor"
check_success "$oriel" info --config /dev/null
check_success "$oriel" run --script <(printf 'wait window app_id=actor\n') -- "$actor"
check_equal "$("$oriel" run --shot /dev/stdout -- "$actor" 2>err | head -c 4 | tail -c 3)" PNG

# wallpaper, cursor and autostart of a session: it starts, and logs what it leaves out
mkdir -p icons/odd/cursors config/autostart
ln -s "$folder/odd/held" icons/odd/cursors/default
ln -s "$folder/odd/held" icons/odd/index.theme
ln -s "$folder/odd/held" config/autostart/held.desktop
truncate -s 1T config/autostart/huge.desktop
printf '[desktop]\nimage = %s\n[cursor]\ntheme = odd\n' "$folder/odd/held" >session.ini
XCURSOR_PATH=$folder/icons XDG_CONFIG_HOME=$folder/config XDG_CONFIG_DIRS=$folder/none timeout 300 \
	"$oriel" --backend headless --config session.ini --autostart --socket files \
	-- sh -c "'$oriel' msg shot session.png && '$oriel' msg quit" 2>err
check_equal $? 0
check_equal "$(png_size session.png)" 1280x720
check_contains err "$folder/odd/held: is a FIFO, not a file" 'held.desktop: is a FIFO, not a file' \
	'huge.desktop: larger than'

# a file system that never answers: the session serves others meanwhile, and the verb ends by its limit
mkdir stuck
cat >stuck.sh <<'TEXT'
#!/bin/bash
# usage: stuck.sh ORIEL ACTOR
printf '[desktop]\nimage = %s\n[cursor]\ntheme = slow\n' "$PWD/stuck/wallpaper.png" >stuck.ini
mkdir -p stuck-config/autostart stuck-icons/slow/cursors
ln -s "$PWD/stuck/default" stuck-icons/slow/cursors
ln -s "$PWD/stuck/program.desktop" stuck-config/autostart
XCURSOR_PATH=$PWD/stuck-icons XDG_CONFIG_HOME=$PWD/stuck-config "$1" --backend headless --config stuck.ini --socket stuck \
	--autostart -- "$2" 2>stuck.err &
session=$!
export WAYLAND_DISPLAY=stuck
for _ in {1..5000}; do [ ! -S runtime/oriel-stuck.sock ] || break; sleep 0.02; done
"$1" msg wait window app_id=actor
for verb in 'shot stuck/a.png' 'expect stuck/b.png now' 'clip set file=stuck/c' \
	'drop file=stuck/d at 10,10' 'expect good.png now diff=stuck/e.png'; do
	"$1" msg $verb timeout=3s 2>>verbs.err && echo "done: $verb"
done &
for _ in {1..10}; do
	timeout 30 "$1" msg echo alive
	sleep 0.1
done
wait $!
"$1" msg shot after.png
"$1" msg quit
wait $session
TEXT
timeout 300 unshare -Urm "$(dirname "$0")/stuck_fs.py" stuck bash stuck.sh "$oriel" "$actor" >out 2>err
case $? in
0)
	check_equal "$(grep -c alive out)" 10
	check_equal "$(grep -c 'not done after 3 s: the file system does not answer' verbs.err)" 5
	check_equal "$(grep -c done: out)" 0
	check_equal "$(png_size after.png)" 1280x720
	;;
77) skip 'no file system of its own can be mounted' ;;
*) unshare -Urm true && fail 'the session did not end' || skip 'there are no user namespaces' ;;
esac
finish
