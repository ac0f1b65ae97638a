#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Powers the first output off or on, as power-saving programs do: a client of
wlr-output-power-management without libwayland. The state persists when it exits.

usage: WAYLAND_DISPLAY=... power.py off|on"""
import os
import socket
import struct
import sys

REGISTRY, CALLBACK, OUTPUT, MANAGER, POWER = range(2, 7)  # object ids; wl_display is 1


def text(string):
    data = string.encode() + b"\0"
    return struct.pack("=I", len(data)) + data + b"\0" * (-len(data) % 4)


def request(server, target, opcode, body):
    server.sendall(struct.pack("=II", target, (len(body) + 8) << 16 | opcode) + body)


def events(server):
    """Yields events up to the callback of a wl_display.sync."""
    request(server, 1, 0, struct.pack("=I", CALLBACK))
    while True:
        sender, word = struct.unpack("=II", server.recv(8, socket.MSG_WAITALL))
        body = server.recv((word >> 16) - 8, socket.MSG_WAITALL) if word >> 16 > 8 else b""
        if sender == 1 and word & 0xffff == 0:
            sys.exit("power.py: %r" % body[12:])
        if sender == CALLBACK:
            return
        yield sender, word & 0xffff, body


def main(on):
    server = socket.socket(socket.AF_UNIX)
    server.connect(os.path.join(os.environ["XDG_RUNTIME_DIR"], os.environ["WAYLAND_DISPLAY"]))
    request(server, 1, 1, struct.pack("=I", REGISTRY))
    globals_ = {}
    for sender, opcode, body in events(server):
        if sender == REGISTRY and opcode == 0:
            name, size = struct.unpack_from("=II", body)
            globals_.setdefault(body[8:7 + size].decode(), name)
    for interface, number in (("wl_output", OUTPUT), ("zwlr_output_power_manager_v1", MANAGER)):
        request(server, REGISTRY, 0, struct.pack("=I", globals_[interface]) + text(interface) +
                struct.pack("=II", 1, number))
    request(server, MANAGER, 0, struct.pack("=II", POWER, OUTPUT))
    request(server, POWER, 0, struct.pack("=I", on))
    mode = None
    for sender, opcode, body in events(server):
        if sender == POWER:
            mode = struct.unpack("=I", body)[0] if opcode == 0 else "failed"
    if mode != on:
        sys.exit("power.py: the screen is %s" % mode)


if __name__ == "__main__":
    main({"off": 0, "on": 1}[sys.argv[1]])
