#!/bin/bash
# SPDX-License-Identifier: MIT
# X programs in scripts: input is acknowledged, pictures are complete, runs end with the program.
. "$(dirname "$0")/../run/lib.sh" || exit

x_script() { # LINES COMMAND...: oriel run with an X display
	printf '%s\n' "$1" >script
	run run --xwayland --timeout 100 --script script -- "${@:2}"
}

# What is typed has arrived when the verb is done and all has settled
x_script 'wait window app_id=XTerm timeout=60s
text "echo typed >file; exit\n"
wait exit timeout=60s
exec grep -x typed file' xterm -e sh
check_empty err

# The first picture has the window's contents
run run --xwayland --timeout 100 --size 200x100 --shot one.png -- xlogo
run run --xwayland --timeout 100 --size 200x100 --expect one.png -- xlogo
run run --xwayland --timeout 100 --size 200x100 --clock virtual --expect one.png -- xlogo
run -123 run --xwayland --timeout 100 --size 200x100 --expect one.png -- xlogo -reverse

# Xwayland alone does not keep a run waiting
run -123 run --xwayland --timeout 100 --shot none.png -- xdpyinfo
check_contains err 'the program ended with status 0'
run -1 run --xwayland -- sh -c 'xdpyinfo >/dev/null; exit 1'

# Without X programs, nothing waits for them
x_script 'wait window app_id=actor
settle
xwayland restart
settle' "$actor"
run -123 run --script - -- "$actor" <<<'xwayland restart'
check_contains err 'there is no X display'

# A program that ends takes its window along; a restart takes all of them
x_script 'wait window app_id=XLogo timeout=60s
settle timeout=60s
close app_id=XLogo
wait gone app_id=XLogo
spawn xlogo
wait window app_id=XLogo timeout=60s
settle timeout=60s
xwayland restart
wait gone app_id=XLogo
spawn xlogo
wait window app_id=XLogo timeout=60s' sh -c 'xlogo; sleep 100'
finish
