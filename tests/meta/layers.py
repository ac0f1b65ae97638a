#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that files use nothing above their level, by #include and by symbol.

usage: layers.py BUILD    in the root of the tree; BUILD has the objects, or is left out

TABLE is the only list of levels. ARCHITECTURE.md explains it.
"""
import pathlib
import re
import subprocess
import sys

BASE = ['compositor/base/']
INTERFACES = ['renderer/renderer.h', 'backends/backend.h', 'renderer/virgl/transport.h']
# common to all back ends, and to all renderers
BACKEND = ['backends/backend.h', 'backends/monitor_name.h', 'backends/session.h',
           'backends/terminal.h']
RENDERER = ['renderer/convert.h', 'renderer/draws.h', 'renderer/video.h']
GENERATED = ['*-protocol.h']
OWN_FOLDER = ['.']

# The core, lowest folder first: each may use those before it.
CORE = ['config', 'client', 'scene', 'surface', 'cursor', 'output', 'seat', 'window', 'text', 'lock',
        'xwayland']
# What is built on it; none of them uses the shell or a protocol.
TOOLS = ['picture', 'script', 'run', 'session', 'cli']


def folders(names):
    return [f'compositor/{name}/' for name in names]


CONTEXT = BASE + INTERFACES + ['compositor/server.h', 'compositor/policy.h']
PROTOCOL = CONTEXT + folders(CORE) + GENERATED + ['protocols/protocols.h', 'protocols/resources.h']


def family(headers, *names):
    """Files of one protocol, or of several with common code, and the headers between them."""
    own = [f'protocols/{header}.h' for header in headers.split()]
    return [(f'protocols/{name}.c', PROTOCOL + own) for name in names]


# Path of a file (the first row that fits counts) and what it may use besides system headers. A path
# that ends in a slash stands for what lies directly in that folder; "." is the file's own folder.
TABLE = [
    # level 0
    ('compositor/base/', BASE),
    # level 1: interfaces
    *((path, BASE) for path in INTERFACES),
    ('compositor/server.h', BASE),
    ('compositor/policy.h', BASE),
    ('backends/', BASE + BACKEND),
    ('compositor/xclipboard/', BASE + OWN_FOLDER),
    # level 2
    ('backends/virtio/', BASE + BACKEND + INTERFACES + OWN_FOLDER + ['backends/drm/kms.h']),
    ('backends/vhost-user/', BASE + BACKEND + INTERFACES + OWN_FOLDER),
    ('backends/drm/', BASE + BACKEND + ['renderer/renderer.h'] + OWN_FOLDER +
     ['backends/vdagent/vdagent.h', 'backends/libinput/input.h']),
    ('backends/x11/input/', BASE + BACKEND + OWN_FOLDER + ['backends/x11/x11.h']),
    ('backends/x11/', BASE + BACKEND + ['renderer/renderer.h'] + OWN_FOLDER +
     ['backends/x11/input/', 'compositor/xclipboard/']),
    ('backends/*/', BASE + BACKEND + ['renderer/renderer.h'] + OWN_FOLDER),
    ('renderer/', BASE + INTERFACES + OWN_FOLDER),
    ('renderer/*/', BASE + INTERFACES + RENDERER + OWN_FOLDER),
    # level 3
    *((f'compositor/{name}/', CONTEXT + folders(CORE[:i + 1]) + GENERATED)
      for i, name in enumerate(CORE)),
    # level 4
    ('compositor/xwm/', CONTEXT + folders(CORE) + GENERATED + OWN_FOLDER +
     ['compositor/xclipboard/']),
    ('compositor/shell/', CONTEXT + folders(CORE) + GENERATED + OWN_FOLDER),
    *((f'compositor/{name}/', CONTEXT + folders(CORE + TOOLS[:i + 1]) + GENERATED)
      for i, name in enumerate(TOOLS)),
    *family('xdg_shell', 'xdg_popup', 'xdg_positioner', 'xdg_shell', 'xdg_toplevel'),
    *family('wl_data_device selection_device', 'wl_data_device', 'wl_data_offer'),
    *family('selection_device', 'selection_device', 'primary_selection', 'data_control'),
    *family('foreign_toplevel', 'foreign_toplevel', 'foreign_toplevel_handle'),
    *family('image_copy_session', 'image_copy_session', 'image_copy_capture'),
    *family('linux_dmabuf', 'linux_dmabuf', 'linux_dmabuf_feedback'),
    ('protocols/wl_data_device.h', PROTOCOL + ['protocols/selection_device.h']),
    ('protocols/', PROTOCOL),
    # level 5
    ('compositor/', ['*']),
]

# They bring the system's own protocol headers, which are older than ours.
FORBIDDEN = re.compile(r'wayland-(server|client|server-protocol|client-protocol)\.h')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
TOPS = ('backends', 'compositor', 'protocols', 'renderer')


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


def allowed_for(path):
    for row, allowed in TABLE:
        if fits(path, row, None):
            return allowed
    return None


def include_breaches(path):
    allowed = allowed_for(path)
    if allowed is None:
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


# By symbol

def objects(build):
    """Source file -> (defined symbols, undefined symbols), of the program and its modules."""
    sources = {str(path).replace('/', '_'): path
               for top in TOPS for path in pathlib.Path(top).rglob('*.c')}
    found = {}
    for archive in [build / 'liboriel-core.a', *build.glob('oriel*.p/*.o')]:
        lines = subprocess.run(['nm', '--extern-only', str(archive)], check=True, text=True,
                               stdout=subprocess.PIPE).stdout.splitlines()
        source = sources.get(archive.name[:-2]) if archive.suffix == '.o' else None
        for line in lines:
            if line.endswith('.o:'):
                source = sources.get(line[:-3].rpartition('/')[2])
            elif source and line.strip():
                letter, name = line.split()[-2:]
                defined, undefined = found.setdefault(source, (set(), set()))
                (undefined if letter == 'U' else defined).add(name)
    return found


def headers_by_name():
    """Identifier -> the headers it occurs in."""
    found = {}
    for top in TOPS:
        for path in pathlib.Path(top).rglob('*.h'):
            for name in set(re.findall(r'\w+', path.read_text())):
                found.setdefault(name, []).append(path)
    return found


def symbol_breaches(build):
    found = objects(build)
    home = {name: source for source, (defined, _) in found.items() for name in defined}
    headers = headers_by_name()
    for source, (_, undefined) in sorted(found.items()):
        allowed = allowed_for(source)
        texts = []
        for name in sorted(undefined & home.keys()):
            definer = home[name]
            if definer == source:
                continue
            if not any(fits(definer.with_suffix('.h'), pattern, source.parent) or
                       not pattern.endswith('/') and pathlib.PurePath(pattern).parent == definer.parent
                       and any(str(header) == pattern for header in headers.get(name, []))
                       for pattern in allowed):
                texts.append(f'{name} is defined out of reach, in {definer}')
            elif all(header.parent != definer.parent for header in headers.get(name, [])):
                texts.append(f'{name} is defined in {definer}, and declared elsewhere')
        yield source, texts


def main():
    results = []
    for top in TOPS:
        for path in sorted(pathlib.Path(top).rglob('*.[ch]')):
            results.append((path, list(include_breaches(path))))
    if len(sys.argv) > 1:
        results += symbol_breaches(pathlib.Path(sys.argv[1]))
    failed = 0
    for path, texts in results:
        failed += bool(texts)
        for text in texts:
            print(f'{path}: {text}')
    print(f'{len(results) - failed} passed, {failed} failed')
    return failed > 0 or not results


sys.exit(main())
