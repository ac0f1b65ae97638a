# SPDX-License-Identifier: MIT
"""Tests a virtio-gpu with blob resources, host memory that the guest maps. QEMU offers them without
udmabuf since version 9.1."""
import re
import subprocess

from guest import Guest
from kms_cost import check_idle, check_motion
from kms_gl import check_programs
from session import Session, same_picture, window_of


def offered():
    text = subprocess.run(["qemu-system-x86_64", "--version"], check=True, text=True,
                          capture_output=True).stdout
    return tuple(map(int, re.search(r"version (\d+)\.(\d+)", text).groups())) >= (9, 1)


def check_blob(check):
    if not offered():
        print("skipped: this QEMU has no blob resources of a GPU")
        return
    with Guest("virtio-gpu-gl-pci,id=gpu,xres=1280,yres=800,blob=on,hostmem=256M",
               trace=True) as guest:
        window_of(guest)
        features = guest.must("mount -t debugfs debug /sys/kernel/debug 2>/dev/null; "
                              "cat /sys/kernel/debug/dri/0/virtio-gpu-features")
        check("the guest has blob resources", lambda: "blob resources   : yes" in features)
        for renderer in "gl", "virgl":
            session = Session(guest, arguments="--renderer " + renderer)
            session.settle()
            check(renderer + ": the host shows our picture", lambda: same_picture(session))
            check_idle(check, session)
            check_motion(check, session)
            check_programs(check, session)
            check(renderer + ": without a complaint", session.quiet)
            session.end()
