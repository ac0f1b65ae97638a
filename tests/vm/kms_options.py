# SPDX-License-Identifier: MIT
"""Tests options of the KMS back end: a composited pointer, outputs that are powered off, and a mode
from the kernel's command line."""
import shutil
import time

from guest import HERE, Guest, wait_for
from kms_gl import still
from session import Session, Trace, same_picture, window_of

FLUSH, CURSOR = "virtio_gpu_cmd_res_flush", "virtio_gpu_update_cursor"


def check_cursor(check, guest, plane):
    with open(guest.share + "/oriel.ini", "w", encoding="utf-8") as file:
        file.write("[cursor]\nplane = %s\n" % plane)
    session = Session(guest, arguments="--renderer pixman --config /run/share/oriel.ini")
    session.settle()
    session.message("move 1000,700")
    session.settle()
    trace = Trace(guest)
    guest.move(0.9, 0.9)
    time.sleep(1)
    counts = trace.count()
    check("%s: the card moves no pointer, %s" % (plane, counts), lambda: CURSOR not in counts and
          (FLUSH in counts) == (plane == "software"))
    check("%s: the host shows it so" % plane, lambda: same_picture(session, plane == "software"))
    check("%s: without a complaint" % plane, session.quiet)
    session.end()


def check_power(check, guest):
    session = Session(guest, "weston-simple-shm")
    shutil.copy(HERE + "/power.py", guest.share + "/bin")
    power = "WAYLAND_DISPLAY=wayland-7 /run/share/bin/power.py "
    guest.must(power + "off")
    trace = Trace(guest)
    time.sleep(3)
    check("nothing goes to a dark screen", lambda: trace.count() == {})
    trace = Trace(guest)
    guest.must(power + "on")
    wait_for("frames", lambda: trace.count().get(FLUSH, 0) > 10, 30)
    check("it is lit again",
          lambda: still(session, "weston-simple-shm", lambda: same_picture(session)))
    check("power: without a complaint", session.quiet)
    session.end()


def check_options(check):
    with Guest("2d", trace=True, kernel_arguments="video=Virtual-1:1024x768") as guest:
        window_of(guest)
        session = Session(guest)
        check("the mode is the kernel's", lambda: session.modes() == {"Virtual-1": "1024x768"})
        session.settle()
        check("and the host shows our picture", lambda: same_picture(session))
        session.end()
    with Guest("2d", trace=True) as guest:
        window_of(guest)
        for plane in ("software", "none"):
            check_cursor(check, guest, plane)
        check_power(check, guest)
