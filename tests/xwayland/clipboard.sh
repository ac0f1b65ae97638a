#!/bin/bash
# SPDX-License-Identifier: MIT
# Both selections between programs of X and of Wayland: the tests of the X11 back end, with X
# programs under our own Xwayland.
export ORIEL=${1-$ORIEL} VIA=xwayland
exec "$(dirname "$0")/../x11/clipboard.sh"
