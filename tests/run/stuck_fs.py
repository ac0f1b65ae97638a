#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command with a file system whose files never answer when they are opened.

usage: unshare -Urm stuck_fs.py FOLDER COMMAND...    exits with 77 where FUSE cannot be mounted
"""
import ctypes
import os
import struct
import subprocess
import sys
import threading

LOOKUP, GETATTR, OPEN, INIT, CREATE, INTERRUPT = 1, 3, 14, 26, 35, 36


def attributes(node):
    folder = node == 1
    return struct.pack('<QQQQQQIIIIIIIIII', node, 0, 0, 0, 0, 0, 0, 0, 0,
                       0o40755 if folder else 0o100644, 1, 0, 0, 0, 4096, 0)


def serve(fd):
    while True:
        try:
            request = os.read(fd, 1 << 20)
        except OSError:
            return
        _, opcode, unique, node = struct.unpack_from('<IIQQ', request)
        error, body = 0, b''
        if opcode == INIT:
            body = struct.pack('<IIIIHHIIHHI28x', 7, 31, 0, 0, 12, 9, 65536, 1, 32, 0, 0)
        elif opcode == GETATTR:
            body = struct.pack('<QII', 0, 0, 0) + attributes(node)
        elif opcode == LOOKUP:
            body = struct.pack('<QQQQII', 2, 0, 0, 0, 0, 0) + attributes(2)
        elif opcode in (OPEN, CREATE):
            continue  # never answered
        elif opcode == INTERRUPT:
            # The caller is killed: the kernel waits for an answer even so.
            unique, error = struct.unpack_from('<Q', request, 40)[0], -4  # EINTR
        else:
            error = -38  # ENOSYS
        try:
            os.write(fd, struct.pack('<IiQ', 16 + len(body), error, unique) + body)
        except OSError:
            pass  # the request was interrupted


def main():
    folder, command = sys.argv[1], sys.argv[2:]
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        fd = os.open('/dev/fuse', os.O_RDWR)
    except OSError:
        return 77
    options = f'fd={fd},rootmode=40000,user_id=0,group_id=0'.encode()
    if libc.mount(b'stuck', folder.encode(), b'fuse', 0, options) != 0:
        return 77
    threading.Thread(target=serve, args=(fd,), daemon=True).start()
    status = subprocess.run(command, check=False).returncode
    libc.umount2(folder.encode(), 1)  # MNT_FORCE
    return status


if __name__ == '__main__':
    sys.stdout.flush()
    os._exit(main())
