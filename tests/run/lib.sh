# SPDX-License-Identifier: MIT
# What the tests of the runner share. Each script begins with `. lib.sh`, checks, ends with `finish`.
# Arguments of the scripts: the program oriel, and the client tests/tools/actor.c.
# shellcheck shell=bash
set -u
oriel=$(readlink -f "$1") actor=$(readlink -f "$2")
passed=0 failed=0 skipped=0
folder=$(mktemp -d)
trap 'cd /; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
ln -s "$actor" actor # whatever the build calls it
actor=$folder/actor
# As on a bare machine.
unset XDG_RUNTIME_DIR WAYLAND_DISPLAY WAYLAND_SOCKET ORIEL_SOCKET DISPLAY TMPDIR
export LC_ALL=C.UTF-8

pass() { passed=$((passed + 1)); }

fail() { # TEXT...
	failed=$((failed + 1))
	echo "line ${BASH_LINENO[1]}: $*"
	if [ -s err ]; then echo 'standard error:'; head -n 20 err; fi
	if [ -s out ]; then echo 'standard output:'; head -n 60 out; fi
}

skip() { # WHY
	skipped=$((skipped + 1))
	echo "skipped: $*"
}

# run [-STATUS] ARGUMENT...: oriel with its output in the files out and err, and that exit status.
run() {
	local want=0 status
	if [[ $1 =~ ^-([0-9]+)$ ]]; then
		want=${BASH_REMATCH[1]}
		shift
	fi
	timeout 60 "$oriel" "$@" >out 2>err
	status=$?
	if [ $status = "$want" ]; then pass; else fail "oriel $*: status $status, not $want"; fi
}

# script [-STATUS] LINES [OPTION...] [-- COMMAND...]: runs such a script, by default with the actor.
script() {
	local want=-0
	if [[ $1 =~ ^-[0-9]+$ ]]; then
		want=$1
		shift
	fi
	printf '%s\n' "$1" >script
	shift
	case " $* " in
	*' -- '*) run "$want" run --timeout 50 --script script "$@" ;;
	*) run "$want" run --timeout 50 --script script "$@" -- "$actor" ;;
	esac
}

is() { # GOT WANTED
	if [ "$1" = "$2" ]; then pass; else fail "'$1' is not '$2'"; fi
}

is_not() {
	if [ "$1" != "$2" ]; then pass; else fail "'$1' is what it should not be"; fi
}

holds() { # COMMAND...
	if "$@" >/dev/null 2>&1; then pass; else fail "not so: $*"; fi
}

has() { # FILE TEXT...: a line holds that text
	local file=$1 text
	shift
	for text in "$@"; do
		if grep -qF -e "$text" "$file"; then pass; else fail "$file lacks: $text"; fi
	done
}

has_line() { # FILE LINE...
	local file=$1 line
	shift
	for line in "$@"; do
		if grep -qxF -e "$line" "$file"; then pass; else fail "$file lacks the line: $line"; fi
	done
}

is_empty() { # FILE...
	local file
	for file in "$@"; do
		if [ ! -s "$file" ]; then pass; else fail "$file is not empty"; fi
	done
}

sum() { sha256sum "$1" | cut -d ' ' -f 1; }

size_of() { # PICTURE: WxH
	python3 -c 'import struct, sys
print("%dx%d" % struct.unpack(">II", open(sys.argv[1], "rb").read()[16:24]))' "$1"
}

json() { # FILE EXPRESSION, of the value j
	python3 -c 'import json, sys
j = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1" "$2"
}

finish() {
	if [ $skipped = 0 ]; then
		echo "$passed passed, $failed failed"
	else
		echo "$passed passed, $failed failed, $skipped skipped"
	fi
	[ $failed = 0 ]
	exit
}
