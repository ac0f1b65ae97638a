#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that every function in a header has a sentence above it or at the end of its line.

usage: prototypes.py [--count] [HEADER...]    in the root of the tree

--count prints totals per folder. A sentence belongs to one prototype. The second of a pair on
adjacent lines, create and destroy or init and finish of one object, shares that of the first.
"""
import collections
import pathlib
import re
import sys

TOPS = ('backends', 'compositor', 'protocols', 'renderer', 'tests')
PAIRS = {'destroy': 'create', 'finish': 'init'}
SENTENCE = re.compile(r'//\s*\S+\s+\S+')
NAME = re.compile(r'\b(\w+)\s*\(')


def code(line):
    """The line without its comment and without what strings contain."""
    line = re.sub(r'"(\\.|[^"\\])*"', '""', line)
    return re.sub(r'//.*|/\*.*?\*/', '', line)


def functions(lines):
    """(first line, last line, name) of each function that is declared or defined at file level."""
    depth = 0
    first, text = None, ''
    continued = False
    for number, line in enumerate(lines):
        bare = code(line)
        if continued or bare.lstrip().startswith('#'):
            continued = bare.rstrip().endswith('\\')
            continue
        if depth == 0:
            if first is None and bare.strip():
                first, text = number, ''
            text += ' ' + bare.partition('{')[0].strip()
        depth += bare.count('{') - bare.count('}')
        if depth or first is None or not bare.rstrip().endswith((';', '}')):
            continue
        signature = re.sub(r'__attribute__\s*\(\(.*\)\)', '', text)
        name = NAME.search(signature)
        is_data = '=' in signature.partition('(')[0] or signature.strip().startswith('typedef')
        if name and not is_data:
            yield first, number, name.group(1)
        first = None


def is_pair(first, second):
    for ending, partner in PAIRS.items():
        if second.endswith('_' + ending) and first == second[:-len(ending)] + partner:
            return True
    return False


def bare_functions(path):
    lines = path.read_text().split('\n')
    previous = None  # (last line, name) of the one before, if it has a sentence of its own
    for first, last, name in functions(lines):
        above = lines[first - 1].strip() if first else ''
        own = above.startswith('//') and not above.startswith('// SPDX') or above.endswith('*/')
        if own and above.startswith('//'):
            start = first - 1
            while start and lines[start - 1].strip().startswith('//'):
                start -= 1
            own = SENTENCE.search(' '.join(line.strip() for line in lines[start:first]))
        own = own or any(SENTENCE.search(line) for line in lines[first:last + 1])
        if own or previous and previous[0] == first - 1 and is_pair(previous[1], name):
            yield first, name, True
        else:
            yield first, name, False
        previous = (last, name) if own else None


def main():
    arguments = sys.argv[1:]
    count = '--count' in arguments
    headers = [pathlib.Path(name) for name in arguments if name != '--count']
    if not headers:
        headers = [path for top in TOPS for path in sorted(pathlib.Path(top).rglob('*.h'))]
    passed = failed = 0
    folders = collections.Counter()
    for path in headers:
        for line, name, good in bare_functions(path):
            if good:
                passed += 1
                continue
            failed += 1
            folders[str(path.parent)] += 1
            if not count:
                print(f'{path}:{line + 1}: {name} has no sentence')
    if count:
        for folder, number in sorted(folders.items()):
            print(f'{number:4} {folder}')
    print(f'{passed} passed, {failed} failed')
    return failed > 0 or not passed


sys.exit(main())
