#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests the clipboard between a host and Oriel in its guest, through QEMU's vdagent, which supports
text only.

usage: clipboard.py   tests the build in $BUILD (default: build-gcc)"""
import hashlib
import os
import queue
import subprocess
import threading

import checks
from guest import HERE, Failed, Guest
from session import Heads, Session

AGENT = ("-chardev", "qemu-vdagent,id=agent,clipboard=on",
         "-device", "virtserialport,chardev=agent,name=com.redhat.spice.0")
TEXT = "text/plain;charset=utf-8"


class Host:
    """Runs host_clipboard.py, which owns the host's clipboard."""

    def __init__(self, bus):
        self.process = subprocess.Popen(
            ["/usr/bin/python3", HERE + "/host_clipboard.py", "unix:path=" + bus],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self, beginning, seconds=60):
        """Returns the next line with this beginning."""
        while True:
            try:
                line = self.lines.get(timeout=seconds)
            except queue.Empty as error:
                raise Failed("the host did not hear '%s'" % beginning) from error
            if line.startswith(beginning):
                return line

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def client(guest, command, seconds=120):
    return guest.run("export XDG_RUNTIME_DIR=/run/user/0 WAYLAND_DISPLAY=wayland-7; " + command,
                     seconds)


def check_clipboard(check):
    bus = Heads()
    host = None
    try:
        with Guest("2d", arguments=AGENT, ui="dbus,addr=unix:path=" + bus.path) as guest:
            host = Host(bus.path)
            host.hear("ready")
            session = Session(guest)
            session.settle()

            for which, option in ((0, ""), (1, "--primary")):
                host.tell("copy %d from the host %d" % (which, which))
                check("clipboard %d: a client pastes what the host has copied" % which,
                      lambda: client(guest, "for i in $(seq 100); do wl-paste -n %s 2>/dev/null | "
                                     "grep -x 'from the host %d' && break; sleep 0.1; done"
                                     % (option, which))[1].strip() == "from the host %d" % which)
                client(guest, "wl-copy %s 'from the guest %d' >/dev/null 2>&1" % (option, which))
                check("clipboard %d: the host hears of a copy" % which,
                      lambda: host.hear("grab %d" % which))
                host.tell("paste %d %s" % (which, TEXT))
                digest = hashlib.sha256(b"from the guest %d" % which).hexdigest()
                check("clipboard %d: and pastes it" % which,
                      lambda: host.hear("data %d" % which) ==
                      "data %d 16 %s" % (which, digest))

            big = os.urandom(3 << 20).hex()
            with open(guest.share + "/big", "w") as file:
                file.write(big)
            digest = hashlib.sha256(big.encode()).hexdigest()
            client(guest, "wl-copy -t '%s' </run/share/big >/dev/null 2>&1" % TEXT)
            host.hear("grab 0")
            host.tell("paste 0 " + TEXT)
            check("6 MB to the host",
                  lambda: host.hear("data 0", 120) == "data 0 %d %s" % (len(big), digest))
            client(guest, "wl-copy --clear")
            check("what is cleared here is cleared there", lambda: host.hear("release 0"))
            check("without a complaint", session.quiet)
    finally:
        if host:
            host.end()
        bus.end()


if __name__ == "__main__":
    checks.run({"clipboard": check_clipboard})
