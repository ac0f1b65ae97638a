#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Finds global functions and tables of the program that it does not use.

usage: dead.py BUILD    in the root of the tree; BUILD has the objects of the program and the tests

A symbol is in use if another object of the program or of a module refers to it, or its own source
names it again. One that only its own source names could be static; one that only tests refer to is
in FOR_TESTS or should be removed.
"""
import pathlib
import re
import subprocess
import sys

TOPS = ('backends', 'compositor', 'protocols', 'renderer')
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.DOTALL)
# Called by the C library, or looked up with dlsym().
ENTRY_POINTS = {'main', 'backend_module', 'font_module', 'renderer_module', 'virtio_module',
                'xwm_impl'}
# Only tests call these, for the reason given.
FOR_TESTS = {
    'layer_surface_from_surface': 'WLCS moves any surface',
    'node_visible': 'which nodes were drawn cannot be observed without surfaces',
}


def symbols(objects):
    """Object name -> (defined symbols, undefined symbols)."""
    found = {}
    lines = subprocess.run(['nm', '--extern-only', '--print-file-name', *map(str, objects)],
                           check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()
    for line in lines:
        place, _, rest = line.rpartition(':')
        letter, name = rest.split()[-2:]
        name_of_object = place.rpartition(':')[2].rpartition('/')[2]
        defined, undefined = found.setdefault(name_of_object, (set(), set()))
        if letter in 'TDRBV':
            defined.add(name)
        elif letter in 'Uw':
            undefined.add(name)
    return found


def source_of(name, sources):
    """The source of an object by its name, which has the path with underscores."""
    flat = re.sub(r'^(\.\._)+', '', name)[:-2]
    return sources.get(flat)


def main():
    build = pathlib.Path(sys.argv[1])
    sources = {str(path).replace('/', '_'): path
               for top in TOPS for path in pathlib.Path(top).rglob('*.c')}
    program = symbols([*build.glob('liboriel-core.a.p/*.o'), *build.glob('oriel*.p/*.o')])
    program = {source_of(name, sources): pair for name, pair in program.items()
               if source_of(name, sources)}
    tests = symbols([*build.glob('tests/**/*.o')])
    for_tests = set().union(*(undefined for name, (_, undefined) in tests.items()
                              if not source_of(name, sources)))
    users = {}
    for source, (_, undefined) in program.items():
        for name in undefined:
            users.setdefault(name, set()).add(source)
    passed = failed = 0
    for source, (defined, _) in sorted(program.items()):
        text = COMMENT.sub(' ', source.read_text())
        for name in sorted(defined - ENTRY_POINTS):
            if name in users:
                passed += 1
                continue
            own_uses = len(re.findall(r'\b%s\b' % re.escape(name), text)) - 1
            if name in for_tests and (own_uses > 0 or name in FOR_TESTS):
                passed += 1
                continue
            failed += 1
            what = ('is used in this file only: make it static' if own_uses > 0 else
                    'is used by tests only' if name in for_tests else 'is not used')
            print(f'{source}: {name} {what}')
    everything = set().union(*(defined for defined, _ in program.values()))
    for name in sorted(FOR_TESTS):
        if name in users or name not in everything or name not in for_tests:
            failed += 1
            print(f'FOR_TESTS: {name} does not belong there any more')
    print(f'{passed} passed, {failed} failed')
    return failed > 0 or not passed


sys.exit(main())
