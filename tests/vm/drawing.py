#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/gl and tests/pixels where there is a GPU, the virtio-gpu of a guest: through Mesa, and
through our own commands.

usage: drawing.py [gl|pictures|virgl]...   in $BUILD lies what is tested (default: build-gcc)"""
import os
import shutil

import checks
from guest import Guest
from session import BUILD

PATIENCE = 900  # seconds; machines may be busy


def run(check, program, environment=""):
    with Guest("gl") as guest:
        os.makedirs(guest.share + "/bin")
        for name in os.listdir(BUILD):
            if name in (program, "oriel") or name.startswith("oriel-") and name.endswith(".so"):
                shutil.copy(f"{BUILD}/{name}", guest.share + "/bin")
        status, output = guest.run("cd /run/share/bin && %s ./%s" % (environment, program), PATIENCE)
        lines = output.splitlines()
        for line in lines:
            if line.startswith("ok ") and "# SKIP" not in line:
                check("%s: %s" % (program, line.partition(" - ")[2]), lambda: True)
            elif line.startswith("not ok "):
                check("%s: %s" % (program, line.partition(" - ")[2]), lambda: False)
            elif line.startswith("# "):
                print(line)
        check("%s: all of it ran" % program, lambda: status == 0 and lines)


def check_gl(check):
    run(check, "test-gl")


def check_pictures(check):
    run(check, "test-pixels", "TEST_RENDERER=gl")


def check_virgl(check):
    run(check, "test-pixels", "TEST_RENDERER=virgl TEST_VIRGL=virtgpu:/dev/dri/renderD128")


if __name__ == "__main__":
    checks.run({"gl": check_gl, "pictures": check_pictures, "virgl": check_virgl})
