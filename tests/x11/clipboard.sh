#!/bin/bash
# SPDX-License-Identifier: MIT
# Both selections between X clients and Oriel's clients, with correct and misbehaving ones on each
# side.
# usage: clipboard.sh
# Environment: ORIEL is the program, BUILD has xpeer; MEGABYTES of the large transfers (20);
# VIA=xwayland: the X clients run under Oriel's Xwayland instead of around it.
set -u
ORIEL=$(readlink -f "$ORIEL") BUILD=$(readlink -f "$BUILD")
megabytes=${MEGABYTES-20}
folder=$(mktemp -d)
cd "$folder" || exit 1
unset WAYLAND_DISPLAY WAYLAND_SOCKET ORIEL_SOCKET DISPLAY
export ASAN_OPTIONS=${ASAN_OPTIONS-}:quarantine_size_mb=1 # memory is measured
export LC_ALL=C.UTF-8 XDG_RUNTIME_DIR=$folder/run XDG_CONFIG_HOME=/nonexistent
mkdir -m 700 run
printf '[clipboard]\nkeep-limit = 1\n' >oriel.ini # memory is measured
via=${VIA-x11}
[ "$via" = x11 ] || printf '[xwayland]\nenabled = yes\n' >>oriel.ini
passed=0 failed=0 server='' oriel='' peer='' shown='' turn=0 mark='' limit=20

stop() { # PID...
	kill "$@" 2>/dev/null
	wait "$@" 2>/dev/null
}

cleanup() {
	[ -z "$peer" ] || stop $peer
	[ -z "$shown" ] || stop $shown
	[ -z "$oriel" ] || stop "$oriel"
	[ -z "$server" ] || stop "$server"
	cd / && rm -rf "$folder"
}
trap cleanup EXIT

pass() { passed=$((passed + 1)); }

fail() { # TEXT...
	failed=$((failed + 1))
	echo "line ${BASH_LINENO[1]}: $*"
}

is() { # GOT WANTED
	if [ "$1" = "$2" ]; then pass; else fail "'$1' is not '$2'"; fi
}

holds() { # COMMAND...
	if "$@" >/dev/null 2>&1; then pass; else fail "not so: $*"; fi
}

await() { # COMMAND...: until it succeeds, $limit seconds at most
	local until=$((SECONDS + limit))
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $until ]; then
			fail "never: $*"
			return 1
		fi
		read -rt 0.02 <> <(:)
	done
	pass
}

paste() { timeout 60 wl-paste -n "$@" 2>/dev/null; }
copy() { timeout 10 wl-copy "$@" 2>/dev/null; }
ask() { "$BUILD/tests/tools/xpeer" "$@"; }
owner() { ask owner "$1"; }
types() { [ "$(timeout 5 wl-paste -l "${@:2}" 2>/dev/null | tr '\n' ' ')" = "$1" ]; }
pasted() { [ "$(paste "${@:2}")" = "$1" ]; }
in_x() { [ "$(ask ask "$1" "$2" 2>/dev/null)" = "$3" ]; }
peer_said() { grep -qxF -e "$1" said; }

# own SELECTION BEHAVIOUR [N]: starts an X client, $peer, that owns it and offers $mark as well
own() {
	[ -z "$peer" ] || stop $peer
	rm -f said
	turn=$((turn + 1))
	MARK=x-turn/$turn "$BUILD/tests/tools/xpeer" own "$@" >said 2>&1 &
	peer=$!
	await peer_said owns
	mark="x-turn/$turn "
}

pipes() { find "/proc/$oriel/fd" -lname 'pipe:*' | wc -l; }
pipes_closed() { [ "$(pipes)" = "$before" ]; }
peak_kb() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$oriel/status"; }
cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$oriel/stat"; }
xwayland_of() { # PID: the server of this Oriel, a child of its guard
	pgrep -P "$(pgrep -d , -P "$1")" Xwayland
}
listening() { [ -S "$XDG_RUNTIME_DIR/$1" ]; }

start_x() {
	local number
	[ "$via" = x11 ] || return
	mkfifo number
	Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp -noreset 3>number >/dev/null 2>&1 &
	server=$!
	read -rt 20 number <number || { echo 'There is no Xvfb.'; exit 1; }
	rm number
	export DISPLAY=:$number
}

# Their Xwayland starts with a window that has the focus, so that X clients may read.
start_xwayland() { # SOCKET
	"$ORIEL" --backend headless --renderer pixman --size 300x200 --socket "$1" \
		--config "$folder/oriel.ini" -- \
		sh -c 'echo "$DISPLAY" >display.new; mv display.new display; sleep 1000' >log 2>&1 &
	oriel=$!
	await test -s display || { cat log; exit 1; }
	DISPLAY=$(cat display)
	export DISPLAY WAYLAND_DISPLAY=$1 ORIEL_SOCKET=$XDG_RUNTIME_DIR/oriel-$1.sock
	"$BUILD/tests/tools/xpeer" show xpeer >focus &
	shown=$!
	await grep -qx focus focus
}

start_oriel() { # SOCKET
	if [ "$via" = xwayland ]; then
		start_xwayland "$1"
		return
	fi
	"$ORIEL" --backend x11 --renderer pixman --size 300x200 --socket "$1" --config "$folder/oriel.ini" \
		>log 2>&1 &
	oriel=$!
	await listening "$1" || { cat log; exit 1; }
	export WAYLAND_DISPLAY=$1
}

# Peers that do not reply, or stall, time out after half a minute. Runs beside the other tests and
# appends the result of each check to the file results.
timeouts() {
	pass() { echo pass >>results; }
	fail() {
		echo fail >>results
		echo "line ${BASH_LINENO[1]}: $*"
	}
	mkdir timeouts && cd timeouts || return
	trap '[ -z "$peer" ] || stop $peer; stop "$oriel" $server $shown' EXIT
	start_x
	start_oriel oriel-timeouts
	before=$(pipes)
	own PRIMARY silent
	head -c 3M /dev/zero | copy -t application/x-data
	await in_x CLIPBOARD text/plain refused
	"$BUILD/tests/tools/xpeer" keep CLIPBOARD application/x-data >kept &
	local keeping=$! began=$SECONDS pasting stalled
	await grep -q has kept
	await peer_said asked
	own PRIMARY mute
	await types "application/x-data $mark" --primary
	timeout 60 wl-paste --primary -n -t application/x-data >nothing 2>/dev/null &
	pasting=$!
	await peer_said asked
	stop $peer # destroying the owner ends the paste
	wait $pasting
	holds [ ! -s nothing ]
	own PRIMARY stall
	await types "application/x-data $mark" --primary
	timeout 60 wl-paste --primary -n -t application/x-data >something 2>/dev/null &
	stalled=$!
	await peer_said sent
	limit=60
	holds [ "$(pipes)" -gt "$before" ]
	await pipes_closed
	holds [ $((SECONDS - began)) -ge 25 ]
	wait $stalled
	is $? 0
	is "$(wc -c <something)" 65536
	stop $keeping
	own PRIMARY silent # replaces the previous selection with an empty one
	await types '' --primary
	if grep -q Sanitizer log; then fail "$(cat log)"; fi
}

timeouts >timeouts.out 2>&1 &
timeouts=$!

start_x
none=0x0

# A selection that exists at startup
[ "$via" = x11 ] || start_oriel oriel-0
own CLIPBOARD text
[ "$via" != x11 ] || start_oriel oriel-0
all_text='text/plain;charset=utf-8 UTF8_STRING text/plain TEXT STRING '
await types "$all_text$mark"
is "$(paste)" 'grüße €'
is "$(paste -t STRING)" 'grüße €'
before=$(pipes)

# is not claimed by Oriel when it is read
mine=$(owner CLIPBOARD)
is "$(paste)" 'grüße €'
is "$(owner CLIPBOARD)" "$mine"
stop $peer
await types ''
is "$(owner CLIPBOARD)" "$none"

# Text in other encodings
own CLIPBOARD latin1
await types "$all_text$mark"
is "$(paste)" 'grüße'
own CLIPBOARD compound
await pasted 'grüß€e ??.'

# Our text in each encoding
printf 'grüße € ☺' | copy
await in_x CLIPBOARD UTF8_STRING 'grüße € ☺'
await peer_said lost
is "$(ask ask CLIPBOARD 'text/plain;charset=utf-8')" 'grüße € ☺'
is "$(ask ask CLIPBOARD text/plain)" 'grüße € ☺'
is "$(ask ask CLIPBOARD STRING | iconv -f latin1)" 'grüße ? ?'
is "$(ask ask CLIPBOARD COMPOUND_TEXT | tr '\033' ! | iconv -f latin1)" \
	"$(printf 'grüße !%%G\xc3\xa2\xc2\x82\xc2\xac!%%@ !%%G\xc3\xa2\xc2\x98\xc2\xba!%%@')"
is "$(ask types CLIPBOARD TEXT)" COMPOUND_TEXT
is "$(ask types CLIPBOARD STRING)" STRING
is "$(ask types CLIPBOARD TIMESTAMP)" INTEGER
is "$(ask types CLIPBOARD TARGETS)" ATOM
is "$(ask ask CLIPBOARD DELETE)" refused
is "$(ask ask CLIPBOARD SAVE_TARGETS)" refused
is "$(ask ask CLIPBOARD image/png)" refused
printf '' | copy -t text/plain
await in_x CLIPBOARD STRING ''

# MULTIPLE
printf 'äöü' | copy
await in_x CLIPBOARD UTF8_STRING 'äöü'
is "$(ask several CLIPBOARD UTF8_STRING STRING DELETE MULTIPLE TIMESTAMP TARGETS | tr '\n' ' ')" \
	'UTF8_STRING: 6 STRING: 3 DELETE: refused MULTIPLE: refused TIMESTAMP: 4 TARGETS: 36 '

# The primary selection is independent
printf 'the primary one' | copy --primary
await in_x PRIMARY UTF8_STRING 'the primary one'
is "$(ask ask CLIPBOARD UTF8_STRING)" 'äöü'
own PRIMARY latin1
await pasted 'grüße' --primary
is "$(paste)" 'äöü'

# The owner among our clients changes, or ends
copy 'another'
await in_x CLIPBOARD UTF8_STRING another
copy --clear
await in_x CLIPBOARD UTF8_STRING refused
is "$(owner CLIPBOARD)" "$none"

# Other programs: an image, a list of files
head -c 200000 /dev/urandom >image
printf 'file:///tmp/a%%20b\r\nfile:///tmp/c\r\n' >list
if command -v xclip >/dev/null; then
	timeout 10 xclip -selection clipboard -t image/png -i image
	await types 'image/png '
	holds cmp image <(paste -t image/png)
	timeout 10 xclip -selection clipboard -t text/uri-list -i list
	await types 'text/uri-list '
	holds cmp list <(paste -t text/uri-list)
	copy -t image/png <image
	await in_x CLIPBOARD text/uri-list refused
	holds cmp image <(timeout 10 xclip -selection clipboard -t image/png -o)
	copy -t text/uri-list <list
	await in_x CLIPBOARD image/png refused
	holds cmp list <(timeout 10 xclip -selection clipboard -t text/uri-list -o)
fi

if command -v xsel >/dev/null; then
	base64 image >letters
	timeout 10 xsel --clipboard --input <letters
	await types "$all_text"
	holds cmp letters <(paste)
	copy <letters
	await in_x CLIPBOARD STRING "$(cat letters)"
	holds cmp letters <(timeout 10 xsel --clipboard --output)
	printf 'marked' | timeout 10 xsel --primary --input
	await pasted marked --primary
	copy --primary 'marked again'
	await in_x PRIMARY UTF8_STRING 'marked again'
	is "$(timeout 10 xsel --primary --output)" 'marked again'
fi

# Large transfers in each direction: checksum, time and memory
sum() { sha256sum | cut -d ' ' -f 1; }
timed() { # WHAT COMMAND...: prints the checksum of its output
	local began=${EPOCHREALTIME/./} got
	got=$("${@:2}" | sum)
	printf '%s MB %s: %d ms\n' "$megabytes" "$1" $(((${EPOCHREALTIME/./} - began) / 1000)) >&2
	echo "$got"
}
at_first=$(peak_kb)
head -c "${megabytes}M" /dev/urandom >much
want=$(sum <much)
copy -t application/x-data <much
await in_x CLIPBOARD text/plain refused
is "$(timed 'to X' ask ask CLIPBOARD application/x-data)" "$want"
own CLIPBOARD data $((megabytes << 20))
await types "application/x-data $mark"
first=$(timed 'from X, in increments' paste -t application/x-data)
own CLIPBOARD large $((megabytes << 20))
await types "application/x-data $mark"
is "$(timed 'from X, in one property' paste -t application/x-data)" "$first"
echo "peak memory: $at_first kB before, $(peak_kb) kB after"
holds [ "$(peak_kb)" -lt $((at_first + 4096)) ]

# Ten concurrent transfers in each direction
own CLIPBOARD large 3000000
await types "application/x-data $mark"
first=$(paste -t application/x-data | sum)
pids=()
for i in 1 2 3 4 5 6 7 8 9 10; do
	paste -t application/x-data | sum >"sum-$i" &
	pids+=($!)
done
wait "${pids[@]}"
is "$(cat sum-* | sort -u)" "$first"
head -c 3M much >some
copy -t application/x-data <some
await peer_said lost
pids=()
for i in 1 2 3 4 5 6 7 8 9 10; do
	ask ask CLIPBOARD application/x-data | sum >"sum-$i" &
	pids+=($!)
done
wait "${pids[@]}"
is "$(cat sum-* | sort -u)" "$(sum <some)"
await pipes_closed

# The owner changes during a paste
mkfifo pipe
copy -t application/x-data <much
await in_x CLIPBOARD text/plain refused
"$BUILD/tests/tools/xpeer" ask CLIPBOARD application/x-data >pipe &
asking=$!
exec 5<pipe
head -c 100000 <&5 >begun # the transfer has begun and waits for the reader
copy other
await in_x CLIPBOARD UTF8_STRING other
is "$(cat begun - <&5 | sum)" "$want"
wait $asking
exec 5<&-

# Misbehaving owners
for behaviour in letters silent; do
	own CLIPBOARD $behaviour
	await peer_said owns
	is "$(paste)" ''
done
own CLIPBOARD names
await types 'image/png '
own CLIPBOARD many 100000
await types "$all_text"
is "$(paste)" 'grüße €'
own CLIPBOARD refuse
await types "application/x-data $mark"
is "$(paste -t application/x-data)" ''
own CLIPBOARD numbers
await types "application/x-data $mark"
is "$(paste -t application/x-data)" ''
own CLIPBOARD die
await types "application/x-data $mark"
# its first chunk may have been read before it exited
holds [ "$(($(paste -t application/x-data | wc -c) % 65536))" = 0 ]
own CLIPBOARD mute
await types "application/x-data $mark"
timeout 60 wl-paste -t application/x-data >got 2>/dev/null &
pasting=$!
await peer_said asked
stop $peer # destroying the owner ends the query
peer=''
wait $pasting
is "$(wc -c <got)" 0
own CLIPBOARD stall
await types "application/x-data $mark"
timeout 60 wl-paste -t application/x-data >got 2>/dev/null &
pasting=$!
await peer_said sent
stop $peer
peer=''
wait $pasting
is "$(wc -c <got)" 65536

# Misbehaving requestors
copy -t application/x-data <much
await in_x CLIPBOARD text/plain refused
ask leave CLIPBOARD application/x-data
await pipes_closed
"$BUILD/tests/tools/xpeer" keep CLIPBOARD application/x-data >kept &
keeping=$!
await grep -q has kept
began=$(cpu_ticks)
read -rt 0.5 <> <(:) # waiting must cost no CPU time
holds [ $(($(cpu_ticks) - began)) -lt 10 ]
stop $keeping
await pipes_closed
ask forge CLIPBOARD
ask forge PRIMARY
is "$(ask ask CLIPBOARD application/x-data | sum)" "$want"
await pipes_closed
# A client of ours closes its pipe
own CLIPBOARD data 5000000
await types "application/x-data $mark"
is "$(paste -t application/x-data | head -c 1000 | wc -c)" 1000
await pipes_closed

# Rapidly changing owners
ask storm CLIPBOARD 3000
ask storm PRIMARY 3000
for i in $(seq 20); do copy "turn $i"; done
await in_x CLIPBOARD UTF8_STRING 'turn 20'
own CLIPBOARD text
await pasted 'grüße €'

if [ "$via" = xwayland ]; then
	# In the background X clients get nothing, however often they ask
	copy secret
	await in_x CLIPBOARD UTF8_STRING secret
	"$BUILD/tests/tools/test-actor" &
	other=$!
	await grep -qx 'no focus' focus
	is "$(ask ask CLIPBOARD UTF8_STRING)" refused
	is "$(ask ask CLIPBOARD TARGETS)" refused
	ask flood CLIPBOARD 3000
	is "$(paste)" secret
	# They can still copy
	own CLIPBOARD text
	await pasted 'grüße €'
	copy secret
	await peer_said lost
	stop $other
	await in_x CLIPBOARD UTF8_STRING secret

	# A server that is stopped holds up no other program
	xwayland=$(xwayland_of "$oriel")
	head -c 5M much >some
	copy -t application/x-data <some
	await in_x CLIPBOARD text/plain refused
	for i in 1 2 3 4; do ask ask CLIPBOARD application/x-data | sum >"sum-$i" & done
	ask flood CLIPBOARD 20000 &
	flooding=$!
	read -rt 0.3 <> <(:)
	kill -STOP "$xwayland"
	for i in $(seq 60); do timeout 10 wl-copy "turn $i" 2>/dev/null || fail "turn $i"; done
	is "$(paste)" 'turn 60'
	holds timeout 5 "$ORIEL" msg list windows
	kill -CONT "$xwayland"
	await in_x CLIPBOARD UTF8_STRING 'turn 60'
	stop $flooding
	await pipes_closed
fi

# When Oriel exits, its selections have no owner
copy -- 'the last'
await in_x CLIPBOARD UTF8_STRING 'the last'
kill "$oriel"
wait "$oriel"
is $? 0
oriel=''
[ "$via" != x11 ] || is "$(owner CLIPBOARD)" "$none"
if grep -q Sanitizer log; then fail "$(cat log)"; fi

wait $timeouts
cat timeouts.out
while read -r result; do if [ "$result" = pass ]; then pass; else failed=$((failed + 1)); fi; done \
	<timeouts/results

if [ $failed = 0 ]; then echo "$passed passed, 0 failed"; else echo "$passed passed, $failed failed"; fi
[ $failed = 0 ]
