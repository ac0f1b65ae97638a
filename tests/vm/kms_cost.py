# SPDX-License-Identifier: MIT
"""Tests the cost of a session: wake-ups, commands, frames."""
import time

from session import Trace


def switches(guest):
    """Number of wake-ups of the compositor's process."""
    text = guest.must("cat /proc/$(pgrep -o -x oriel)/status")
    return int(text.partition("\nvoluntary_ctxt_switches:")[2].split()[0])


def check_idle(check, session):
    trace, before = Trace(session.guest), switches(session.guest)
    time.sleep(10)
    wakes = switches(session.guest) - before
    check("ten idle seconds: %d wake-ups, %s" % (wakes, trace.count()),
          lambda: wakes == 0 and trace.count() == {})


def check_motion(check, session):
    """Moves QEMU's tablet over the background, where the pointer keeps its image."""
    guest = session.guest
    guest.move(0.1, 0.8)
    time.sleep(1)
    trace = Trace(guest)
    for i in range(200):
        guest.move(0.1 + i * 0.004, 0.8)
        time.sleep(0.02)
    time.sleep(1)
    counts = trace.count()
    check("200 motions of the tablet are %s" % counts,
          lambda: set(counts) == {"virtio_gpu_update_cursor"} and
          counts["virtio_gpu_update_cursor"] <= 200 and
          counts["virtio_gpu_update_cursor"] == trace.moves())


def check_pace(check, session):
    """Checks that no more frames are drawn than the mode's 75 refreshes a second."""
    time.sleep(2)
    trace, start = Trace(session.guest), time.monotonic()
    time.sleep(4)
    frames, seconds = trace.count().get("virtio_gpu_cmd_res_flush", 0), time.monotonic() - start
    check("%d frames in %.1f s" % (frames, seconds), lambda: 10 < frames <= seconds * 75 + 2)
