#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests Oriel as the session of a virtual machine: its picture, its cost, and changes of the host's
window, the monitors and the virtual terminal.

usage: kms.py [2d|gl|blob|heads|options|matrix]...   tests the build in $BUILD (default: build-gcc);
heads the one in $BUILD_ASAN (default: build-asan), if it exists"""
import random
import time

import checks
from guest import Guest, wait_for
from kms_blob import check_blob
from kms_cost import check_idle, check_motion, check_pace
from kms_gl import check_gl
from kms_matrix import check_matrix
from kms_options import check_options
from session import (SANITIZED, Heads, Session, Trace, same_picture, switch_terminal,
                     window_of)



def check_2d(check):
    with Guest("2d", trace=True) as guest:
        window = window_of(guest)
        session = Session(guest)
        session.settle()
        check("the host shows our picture", lambda: same_picture(session))

        trace = Trace(guest)
        time.sleep(5)
        check("nothing is sent while nothing happens", lambda: trace.count() == {})
        check_idle(check, session)
        check_motion(check, session)

        session.message("move 100,400")
        trace = Trace(guest)
        guest.must("(for i in $(seq 50); do echo move $((100 + i * 4)),400; echo step 20ms; done) "
                   "| /run/share/bin/oriel msg --socket wayland-7 -")
        time.sleep(1)
        moves = trace.count()
        check("motion is 50 moves of the cursor, %s" % moves,
              lambda: list(moves) == ["virtio_gpu_update_cursor"] and
              moves["virtio_gpu_update_cursor"] <= 50)

        trace = Trace(guest)
        session.message("text x")
        session.settle()
        time.sleep(1)
        counts = trace.count()
        check("a letter is uploads and flushes, %s" % counts, lambda: set(counts) <= {
            "virtio_gpu_cmd_res_xfer_toh_2d", "virtio_gpu_cmd_res_flush",
            "virtio_gpu_update_cursor"})

        session.message("maximise")
        chance = random.Random(3)
        sizes = [(chance.randrange(640, 1400), chance.randrange(480, 900)) for _ in range(18)]
        for width, height in (*sizes, (640, 480), (1280, 800)):
            trace = Trace(guest)
            guest.x("xdotool", "windowsize", window, str(width), str(height))
            check("%dx%d follows" % (width, height), lambda: wait_for(
                "the mode", lambda: session.modes()["Virtual-1"] == "%dx%d" % (width, height), 60))
            check("by one look", lambda: trace.count()["virtio_gpu_cmd_get_edid"] == 1)
        session.settle()
        check("the host shows it", lambda: same_picture(session))

        session.message("spawn weston-simple-shm")
        check_pace(check, session)
        for _ in range(20):
            switch_terminal(guest, 2)
            switch_terminal(guest, 1)
        wait_for("the session", lambda: session.log().count("is active") == 21, 60)
        trace = Trace(guest)
        time.sleep(2)
        check("it goes on after 20 terminals",
              lambda: trace.count().get("virtio_gpu_cmd_res_flush", 0) > 5)
        check("without a complaint", session.quiet)

        guest.must("kill -SEGV $(pgrep -o -x oriel)")
        wait_for("the end", lambda: guest.run("pgrep -x oriel")[0] != 0, 60)
        trace = Trace(guest)
        guest.must("seq 20 >/dev/tty1; sleep 2")
        check("after a crash the console is seen",
              lambda: trace.count().get("virtio_gpu_cmd_res_flush", 0) > 0)


def check_heads(check):
    heads = Heads()
    wanted = {0: (1280, 800)}
    try:
        with Guest("virtio-gpu-pci,id=gpu,max_outputs=2,xres=1280,yres=800",
                   trace=True,
                   ui="dbus,addr=unix:path=" + heads.path) as guest:
            session = Session(guest, build=SANITIZED)
            chance = random.Random(5)
            for step in range(50):
                head = chance.randrange(2)
                if head in wanted and len(wanted) > 1 and chance.random() < 0.4:
                    del wanted[head]
                    heads.set(head, 0, 0)
                else:
                    wanted[head] = (chance.randrange(50, 160) * 8, chance.randrange(40, 120) * 8)
                    heads.set(head, *wanted[head])
                expected = {"Virtual-%d" % (i + 1): "%dx%d" % size for i, size in wanted.items()}
                check("step %d: %s" % (step, expected), lambda: wait_for(
                    "the heads", lambda: session.modes() == expected, 60))
            check("the window is still there", lambda: "foot" in session.message("list windows"))
            session.end()
            check("without a complaint, up to its end", session.quiet)
    finally:
        heads.end()


if __name__ == "__main__":
    checks.run({"2d": check_2d, "gl": check_gl, "blob": check_blob, "heads": check_heads,
                "options": check_options, "matrix": check_matrix})
