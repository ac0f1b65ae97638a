#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads every #include of the product and fails where a file reaches above its level.

Run in the root of the tree. The table is the law; ARCHITECTURE.md explains it.
"""
import pathlib
import re
import sys

INTERFACES = ['renderer/renderer.h', 'backends/backend.h', 'renderer/virgl/transport.h']
BASE = ['compositor/base/']
# what back ends have in common
BACKEND = ['backends/backend.h', 'backends/identity.h', 'backends/session.h']
# what renderers have in common
SHARED = ['renderer/convert.h', 'renderer/draws.h', 'renderer/video.h']
CORE = ['compositor/core/']
GENERATED = ['*-protocol.h']
OWN_FOLDER = ['.']
PROTOCOL = BASE + INTERFACES + CORE + GENERATED + ['protocols/protocols.h']

# Path of the file (the first row that fits counts), what it may include besides system headers. A
# path that ends in a slash stands for what lies directly in that folder; "." is the file's own
# folder.
TABLE = [
    # level 0
    ('compositor/base/', BASE),
    # level 1
    *((path, BASE) for path in INTERFACES),
    ('backends/', BASE + BACKEND),
    # level 2
    ('backends/virtio/', BASE + BACKEND + INTERFACES + OWN_FOLDER + ['backends/drm/kms.h']),
    ('backends/drm/', BASE + BACKEND + ['renderer/renderer.h'] + OWN_FOLDER +
     ['backends/agent/agent.h', 'backends/libinput/input.h']),
    ('backends/*/', BASE + BACKEND + ['renderer/renderer.h'] + OWN_FOLDER),
    ('renderer/', BASE + INTERFACES + OWN_FOLDER),
    ('renderer/*/', BASE + INTERFACES + SHARED + OWN_FOLDER),
    # level 3
    ('compositor/core/', BASE + INTERFACES + CORE + GENERATED),
    # level 4
    ('compositor/shell/', BASE + CORE + GENERATED + OWN_FOLDER),
    ('compositor/run/', BASE + CORE + GENERATED + OWN_FOLDER),
    # one protocol of several files
    *((f'protocols/xdg_{name}.c', PROTOCOL + ['protocols/xdg_shell.h'])
      for name in ('popup', 'positioner', 'shell', 'toplevel')),
    *((f'protocols/wl_data_{name}.c', PROTOCOL + ['protocols/wl_data_device.h'])
      for name in ('device', 'offer')),
    *((f'protocols/{name}.c', PROTOCOL + ['protocols/foreign_toplevel.h'])
      for name in ('foreign_toplevel', 'foreign_toplevel_handle')),
    *((f'protocols/{name}.c', PROTOCOL + ['protocols/linux_dmabuf.h'])
      for name in ('linux_dmabuf', 'linux_dmabuf_feedback')),
    ('protocols/', PROTOCOL),
    # level 5: may know everything
    ('compositor/', ['*']),
]

# They bring the system's own protocol headers, which are older than ours.
FORBIDDEN = re.compile(r'wayland-(server|client|server-protocol|client-protocol)\.h')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def fits(path, pattern, own_folder):
    if pattern == '*':
        return True
    if pattern == '.':
        return path.parent == own_folder
    if pattern == GENERATED[0]:
        return str(path.parent) == '.' and path.match(pattern)
    if pattern.endswith('/'):
        folder = pathlib.PurePath(pattern)
        return len(path.parent.parts) == len(folder.parts) and path.parent.match(pattern[:-1])
    return str(path) == pattern


def breaches(path):
    for row, allowed in TABLE:
        if fits(path, row, None):
            break
    else:
        yield 'lies in a folder without a level'
        return
    for kind, name in INCLUDE.findall(path.read_text()):
        included = pathlib.PurePath(name)
        if kind == '<':
            if FORBIDDEN.fullmatch(name):
                yield f'<{name}>: use "wayland-protocol.h" and the -core header'
        elif included.suffix != '.h':
            yield f'"{name}" is not a header'
        elif not fits(included, GENERATED[0], None) and not pathlib.Path(name).is_file():
            yield f'"{name}" is not a path from the root of the tree'
        elif not any(fits(included, pattern, path.parent) for pattern in allowed):
            yield f'"{name}" is out of reach'


def main():
    passed = failed = 0
    for top in ('backends', 'compositor', 'protocols', 'renderer'):
        for path in sorted(pathlib.Path(top).rglob('*.[ch]')):
            found = list(breaches(path))
            for text in found:
                print(f'{path}: {text}')
            passed += not found
            failed += bool(found)
    print(f'{passed} passed, {failed} failed')
    return failed > 0 or passed == 0


sys.exit(main())
