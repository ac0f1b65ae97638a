#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs tests/gl and tests/pixels on a GPU, the virtio-gpu of a guest: through Mesa, and through
Oriel's virgl renderer.

usage: drawing.py [gl|pictures|virgl]...   tests the build in $BUILD (default: build-gcc)"""
import os
import shutil

import checks
from guest import Guest
from session import BUILD

PATIENCE = 900  # seconds; machines may be busy


def run(check, *commands):
    """Runs the commands, each a test program with words before and after it, in a guest."""
    with Guest("gl") as guest:
        os.makedirs(guest.share + "/bin")
        for name in os.listdir(BUILD):
            if name == "oriel" or name.startswith("oriel-") and name.endswith(".so"):
                shutil.copy(f"{BUILD}/{name}", guest.share + "/bin")
        for environment, program, words in commands:
            shutil.copy(f"{BUILD}/tests/{program}", guest.share + "/bin")
            status, output = guest.run(
                f"cd /run/share/bin && {environment} ./{program} {words}", PATIENCE)
            report(check, program, status, output.splitlines())


def report(check, program, status, lines):
    """Checks every result of a test program, and that it ran to its end."""
    for line in lines:
        if line.startswith("ok ") and "# SKIP" not in line:
            check("%s: %s" % (program, line.partition(" - ")[2]), lambda: True)
        elif line.startswith("not ok "):
            check("%s: %s" % (program, line.partition(" - ")[2]), lambda: False)
        elif line.startswith("# "):
            print(line)
    check("%s: all of it ran" % program, lambda: status == 0 and lines)


def check_gl(check):
    # Also the unit tests of DRM devices, which skip without one.
    run(check, ("", "test-gl", ""), ("", "test-unit", "dmabuf"))


def check_pictures(check):
    run(check, ("TEST_RENDERER=gl", "test-pixels", ""))


def check_virgl(check):
    run(check, ("TEST_RENDERER=virgl TEST_VIRGL=virtgpu:/dev/dri/renderD128", "test-pixels", ""))


if __name__ == "__main__":
    checks.run({"gl": check_gl, "pictures": check_pictures, "virgl": check_virgl})
