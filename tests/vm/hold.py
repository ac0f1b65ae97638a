#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds uinput devices for a test on the host: executes Python statements from a fifo, one per
line, with the names of devices.py in scope. Runs in a guest as root: hold.py FIFO"""
import os
import sys

import devices


def main(path):
    os.mkfifo(path)
    known = vars(devices)
    while True:
        with open(path, encoding="utf-8") as fifo:
            for line in fifo:
                exec(line, known)


if __name__ == "__main__":
    main(*sys.argv[1:])
