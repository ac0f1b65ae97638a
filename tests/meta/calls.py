#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the program calls no function for which the tree has a replacement.

usage: calls.py [FILE...]    in the root of the tree
"""
import pathlib
import re
import sys

TOPS = ('backends', 'compositor', 'protocols', 'renderer')
REPLACEMENTS = {
    'wl_fixed_from_double': 'fixed_from_double() rounds; this one truncates since libwayland 1.23',
}
CALL = re.compile(r'\b(%s)\b' % '|'.join(REPLACEMENTS))
# Comments and strings, which may name them
IGNORED = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)


def main():
    paths = ([pathlib.Path(name) for name in sys.argv[1:]] or
             [path for top in TOPS for path in sorted(pathlib.Path(top).rglob('*.[ch]'))])
    passed = failed = 0
    for path in paths:
        text = IGNORED.sub(lambda match: '\n' * match.group().count('\n'), path.read_text())
        found = list(CALL.finditer(text))
        failed += bool(found)
        passed += not found
        for match in found:
            line = text.count('\n', 0, match.start()) + 1
            print(f'{path}:{line}: {match.group()}: {REPLACEMENTS[match.group()]}')
    print(f'{passed} passed, {failed} failed')
    return failed > 0 or not passed


sys.exit(main())
