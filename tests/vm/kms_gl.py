# SPDX-License-Identifier: MIT
"""Tests clients that draw with OpenGL, and Oriel's GL renderer, on a virtio-gpu with virgl."""
import shutil
import time

from guest import Guest, wait_for
from kms_cost import check_idle, check_motion
from session import Session, Trace, keep_picture, same_picture, window_of

# Titles of their windows, and commands. They are stopped while their pictures are taken.
PROGRAMS = (
    ("weston-simple-egl", "weston-simple-egl"),
    ("weston-simple-dmabuf-egl", "weston-simple-dmabuf-egl"),
    ("gtk4-demo", "gtk4-demo"),
    ("mpv", "mpv --no-config --ao=null --loop=inf --vo=gpu --gpu-context=wayland --hwdec=no "
     "av://lavfi:testsrc=size=320x240:rate=10"),
)


def still(session, program, test):
    """Returns the result of test, run while the program is stopped."""
    guest = session.guest
    guest.must("pkill -STOP -x -f '%s.*'" % program)
    try:
        time.sleep(1)  # until its last frame is on the screen
        return test()
    finally:
        guest.must("pkill -CONT -x -f '%s.*'" % program)


def windows(session):
    return len(session.message("list windows").splitlines())


def start(session, program, command):
    before = windows(session)
    session.message("spawn " + command)
    wait_for("the window of " + program, lambda: windows(session) > before, 90)


def stop(session, program):
    session.guest.must("pkill -x -f '%s.*'" % program)
    wait_for("the end of " + program, lambda: session.guest.run(
        "pgrep -x -f '%s.*'" % program)[0] != 0, 60)


def flushes(counts):
    return counts.get("virtio_gpu_cmd_res_flush", 0)


def check_programs(check, session):
    for program, command in PROGRAMS:
        if not shutil.which(program):
            print("skipped: %s is not installed" % program)
            continue
        start(session, program, command)
        time.sleep(2)
        check("%s is seen as we say" % program,
              lambda: still(session, program, lambda: same_picture(session)))
        keep_picture(session, "gl-" + program)
        stop(session, program)


def check_scanout(check, session, command):
    """Tests that a client's buffer that covers the screen is scanned out without composing."""
    program = command.split()[0]
    start(session, program, command)
    time.sleep(3)
    trace = Trace(session.guest)
    time.sleep(4)
    counts = trace.count()
    frames, drawn = flushes(counts), counts.get("virtio_gpu_cmd_ctx_submit", 0)
    check("%s: %d frames, %d submissions, which are all its own" % (command, frames, drawn),
          lambda: frames > 5 and drawn < frames * 1.3)
    check("and its picture is the screen's",
          lambda: still(session, program, lambda: same_picture(session)))
    keep_picture(session, "scanout-" + program)
    # With another client's window above it, it is composed again.
    session.message("spawn weston-simple-shm")
    wait_for("the other window", lambda: windows(session) >= 3, 60)
    check("with another window above it", lambda: still(
        session, "weston-simple-shm", lambda: still(session, program,
                                                    lambda: same_picture(session))))
    stop(session, "weston-simple-shm")
    stop(session, program)


def check_feedback(check, session):
    """The client chooses a format the screen can scan out, draws some frames in it, and exits."""
    session.message("spawn weston-simple-dmabuf-feedback")
    time.sleep(2)
    wait_for("its end", lambda: session.guest.run("pgrep -f simple-dmabuf-feedback")[0] != 0, 120)
    # of weston 10, of weston 14
    words = ("scanout tranche? yes", "Presenting in zero-copy mode")
    check("it was told what the screen could show", lambda: any(
        word in session.log() for word in words) and "Assertion" not in session.log())


def check_gl(check):
    with Guest("gl", trace=True) as guest:
        window_of(guest)
        session = Session(guest, arguments="--renderer gl")
        session.settle()
        check("GL is what it draws with", lambda: "egl: virgl" in session.log())
        check("the host shows our picture", lambda: same_picture(session))
        trace = Trace(guest)
        time.sleep(5)
        check("nothing is sent while nothing happens", lambda: trace.count() == {})
        check_idle(check, session)
        check_motion(check, session)
        guest.type("echo typed\n")
        session.settle()
        check("what is typed is seen", lambda: same_picture(session))
        keep_picture(session, "gl-foot")
        if shutil.which("weston-simple-egl"):
            check_scanout(check, session, "weston-simple-egl -f -o")
        if shutil.which("weston-simple-dmabuf-feedback"):
            check_feedback(check, session)
        check_programs(check, session)
        check("without a complaint", session.quiet)
