#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Input devices in a guest: those that uinput makes, and QEMU's own.
usage: tests/vm/input.py BUILD"""
import os
import shutil
import signal
import sys
import time

from guest import HERE, Failed, Guest


def wait_for_lines(guest, *wanted):
    """Until the program's output has these, in that order."""
    end, text = time.monotonic() + 30, ""
    while time.monotonic() < end:
        _, text = guest.run("cat /tmp/lines")
        at = 0
        for line in wanted:
            at = text.find(line, at)
            if at < 0:
                break
            at += len(line)
        else:
            return
        time.sleep(0.3)
    raise Failed("%r did not all come, but\n%s" % (wanted, text))


def by_qemu(guest):
    guest.must("cd /run/share; mkfifo /tmp/in; (sleep 100000 >/tmp/in 2>&1 </dev/null &) "
               ">/dev/null 2>&1; (./test-devices </tmp/in >/tmp/lines 2>&1 &)")
    wait_for_lines(guest, "ready")
    guest.key("a")
    guest.key("ctrl", "b")
    wait_for_lines(guest, "key 30 down", "key 30 up", "key 29 down", "key 48 down", "key 48 up",
                   "key 29 up")
    guest.click(0.5, 0.25)
    wait_for_lines(guest, "absolute 0.5", "frame", "button 0x110 down", "frame", "button 0x110 up")
    guest.must("pkill sleep; pkill test-devices; rm /tmp/in")


def main(build):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the guest is not left
    guest = Guest("2d")
    try:
        guest.boot(600)
        for path in (build + "/test-devices", HERE + "/devices.py"):
            shutil.copy(path, guest.share)
        by_qemu(guest)
        print("ok by_qemu", flush=True)
        status, output = guest.run("python3 /run/share/devices.py /run/share/test-devices", 900)
        print(output, end="")
        return status
    except Failed as error:
        print("not ok: %s" % error)
        return 1
    finally:
        guest.quit()


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
