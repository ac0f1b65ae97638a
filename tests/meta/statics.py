#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Finds static functions whose name is one word, in files that implement more than one object.

usage: statics.py [--count | --names] [FILE...]    in the root of the tree

--count prints totals per folder, --names per name. A stack trace of `destroy <- destroy <- leave`
and a search for `start` lead nowhere; object_verb does. Files with one object may have short names.
"""
import collections
import pathlib
import re
import sys

TOPS = ('backends', 'compositor', 'protocols', 'renderer')
# A definition at the start of a line; the body's brace is on a line of its own.
FUNCTION = re.compile(r'^static (?!inline )[\w \t*]*?\b(\w+)\((?:[^;{}]|\n)*?\)\n\{', re.MULTILINE)
STRUCT = re.compile(r'^(?:static (?:const )?)?struct (\w+) \{', re.MULTILINE)
PARAMETER = re.compile(r'struct (\w+) \*')


def objects(text):
    """Structs that the file defines, and those that its static functions take first."""
    names = set(STRUCT.findall(text))
    for match in FUNCTION.finditer(text):
        first = PARAMETER.search(match.group().partition('(')[2].partition(',')[0])
        if first:
            names.add(first.group(1))
    return names


def main():
    arguments = sys.argv[1:]
    option = arguments.pop(0) if arguments and arguments[0].startswith('--') else ''
    paths = ([pathlib.Path(name) for name in arguments] or
             [path for top in TOPS for path in sorted(pathlib.Path(top).rglob('*.c'))])
    passed = failed = 0
    totals = collections.Counter()
    for path in paths:
        text = path.read_text()
        names = FUNCTION.findall(text)
        short = [name for name in names if '_' not in name]
        if len(objects(text)) < 2:
            short = []
        failed += len(short)
        passed += len(names) - len(short)
        for name in short:
            totals[name if option == '--names' else str(path.parent)] += 1
            if not option:
                print(f'{path}: {name}()')
    for key, number in totals.most_common() if option == '--names' else sorted(totals.items()):
        if option:
            print(f'{number:4} {key}')
    print(f'{passed} passed, {failed} failed')
    return failed > 0 or not passed


sys.exit(main())
