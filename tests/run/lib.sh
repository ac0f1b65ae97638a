# SPDX-License-Identifier: MIT
# Helpers of the tests that run the program from outside. Each test sources this file, runs checks
# and ends with `finish`. Its arguments are the program oriel and the client tests/tools/actor.c.
# shellcheck shell=bash
set -u
oriel=$(readlink -f "$1") actor=$(readlink -f "$2")
passed=0 failed=0 skipped=0
# A misspelt helper is a failure, not a check that never runs.
trap '[ $? != 127 ] || fail "command not found: $BASH_COMMAND"' ERR
folder=$(mktemp -d)
trap 'cd /; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
ln -s "$actor" actor # the name that error messages contain
actor=$folder/actor
# The environment of a machine without a session.
unset XDG_RUNTIME_DIR WAYLAND_DISPLAY WAYLAND_SOCKET ORIEL_SOCKET DISPLAY TMPDIR
export LC_ALL=C.UTF-8
export LSAN_OPTIONS=suppressions=$(readlink -f "${BASH_SOURCE[0]%/*}")/leaks.txt:print_suppressions=0

pass() { passed=$((passed + 1)); }

fail() { # TEXT...
	failed=$((failed + 1))
	echo "line ${BASH_LINENO[1]}: $*"
	if [ -s err ]; then echo 'standard error:'; head -n 20 err; fi
	if [ -s out ]; then echo 'standard output:'; head -n 60 out; fi
}

skip() { # REASON
	skipped=$((skipped + 1))
	echo "skipped: $*"
}

# Limits of time are for what hangs: they are far beyond what a busy machine needs.

# run [-STATUS] ARGUMENT...: runs oriel, with its output in the files out and err, and checks its
# exit status (default 0).
run() {
	local want=0 status
	if [[ $1 =~ ^-([0-9]+)$ ]]; then
		want=${BASH_REMATCH[1]}
		shift
	fi
	timeout 300 "$oriel" "$@" >out 2>err
	status=$?
	if [ $status = "$want" ]; then pass; else fail "oriel $*: status $status, not $want"; fi
}

# script [-STATUS] LINES [OPTION...] [-- COMMAND...]: the same for `oriel run` with a script of
# these lines; the default command is the actor.
script() {
	local want=-0
	if [[ $1 =~ ^-[0-9]+$ ]]; then
		want=$1
		shift
	fi
	printf '%s\n' "$1" >script
	shift
	case " $* " in
	*' -- '*) run "$want" run --timeout 280 --script script "$@" ;;
	*) run "$want" run --timeout 280 --script script "$@" -- "$actor" ;;
	esac
}

check_equal() { # ACTUAL EXPECTED
	if [ "$1" = "$2" ]; then pass; else fail "'$1' is not '$2'"; fi
}

check_differs() { # ACTUAL UNEXPECTED
	if [ "$1" != "$2" ]; then pass; else fail "both are '$1'"; fi
}

check_success() { # COMMAND...
	if "$@" >/dev/null 2>&1; then pass; else fail "failed: $*"; fi
}

check_contains() { # FILE TEXT...: some line contains TEXT
	local file=$1 text
	shift
	for text in "$@"; do
		if grep -qF -e "$text" "$file"; then pass; else fail "$file does not contain: $text"; fi
	done
}

check_lines() { # FILE LINE...: some line is LINE
	local file=$1 line
	shift
	for line in "$@"; do
		if grep -qxF -e "$line" "$file"; then pass; else fail "$file does not contain the line: $line"; fi
	done
}

check_empty() { # FILE...
	local file
	for file in "$@"; do
		if [ ! -s "$file" ]; then pass; else fail "$file is not empty"; fi
	done
}

checksum() { sha256sum "$1" | cut -d ' ' -f 1; }

png_size() { # FILE: prints WxH
	python3 -c 'import struct, sys
print("%dx%d" % struct.unpack(">II", open(sys.argv[1], "rb").read()[16:24]))' "$1"
}

json_eval() { # FILE EXPRESSION: evaluates a Python expression over the file's value j
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
