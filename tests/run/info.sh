#!/bin/bash
# SPDX-License-Identifier: MIT
# `oriel info` and --version: complete, without private data, and a check of the configuration.
. "$(dirname "$0")/lib.sh" || exit

matches() { # FILE REGEX
	if grep -qE -e "$2" "$1"; then pass; else fail "$1 has no line that matches $2"; fi
}

lacks() { # FILE REGEX
	if grep -qE -e "$2" "$1"; then fail "$1 has a line that matches $2"; else pass; fi
}

export LIBGL_ALWAYS_SOFTWARE=1 HOME=$folder/somebody XDG_CONFIG_HOME=
mkdir -p "$HOME/.config/oriel"

run --version
check_empty err
matches out '^oriel [0-9]+\.[0-9]+\.[0-9]+(-dev)? \([-+]font [-+]gl [-+]kms [-+]x11 [-+]xwayland\)$'
version=$(cat out)

run info
check_empty err
check_equal "oriel ${version#oriel }" "$(sed -n '1s/  */ /p' out)"
for line in system session seat config modules libraries; do matches out "^$line "; done
matches out '^config +defaults, no file$'
matches out 'libwayland-server\.so'

# Neither names of the user and the host nor windows; values that may have them are only "set".
export DISPLAY=host.example:7 WAYLAND_DISPLAY=secret-socket USER=somebody
run info
matches out 'DISPLAY set, WAYLAND_DISPLAY set'
lacks out 'somebody|host\.example|secret-socket'
unset DISPLAY WAYLAND_DISPLAY

# Errors of the configuration, with the home directory as ~
printf '[keyboard]\nrepeat-rate = fast\nlayot = us\n' >"$HOME/.config/oriel/oriel.ini"
run -1 info
matches out '^config +~/\.config/oriel/oriel\.ini, 2 errors$'
matches out '~/\.config/oriel/oriel\.ini:2: repeat-rate: "fast"'
lacks out 'somebody'
printf '[keyboard]\nrepeat-rate = 30\n' >good.ini
run info --config good.ini
matches out '^config +good\.ini$'
run -1 info --config /nonexistent
matches out 'No such file or directory'

# Without modules: each is named with the reason, and nothing fails.
mkdir alone
cp "$oriel" alone/
all=$oriel oriel=$folder/alone/$(basename "$oriel")
run info --config good.ini
check_empty err
matches out '^modules +font +oriel-font\.so: cannot open shared object file'
matches out '^ +gl +oriel-gl\.so: cannot open'
lacks out '^opengl'
oriel=$all

run -125 info now
run -125 info --nonsense
run info --help
matches out 'oriel info'

finish
