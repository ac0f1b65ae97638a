#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that each source uses something of every header of the tree that it includes.

usage: includes.py    in the root of the tree

It is a search by name: a header counts as used if the source contains a function, macro, type,
enumerator or variable that the header declares, or accesses a field of one of its structs. Fields
that a header used by name has, too, prove nothing. A struct that is only declared ("struct x;") is
no reason to include a header. A source's own header, and generated ones, are not checked.
"""
import pathlib
import re
import sys

FOLDERS = ['backends', 'compositor', 'protocols', 'renderer', 'tests']
# Included for other headers or for what the preprocessor does.
IGNORED = {
    'tests/harness/test.h',  # registers tests and checks for leaks
}
# Used only by fields whose names another header has, too
KEPT = {
    ('compositor/script/verbs_picture.c', 'compositor/script/client_watch.h'),
    ('compositor/shell/layers.c', 'compositor/window/window.h'),
}
NAME = re.compile(r'[A-Za-z_]\w*')


def strip(text):
    """Removes comments and the contents of strings."""
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                  lambda match: '""' if match[0][0] == '"' else ' ', text, flags=re.DOTALL)


def bodies(text):
    """The text outside of all braces, and a list of (head, contents) of each outermost block."""
    outside, blocks, depth, start = '', [], 0, 0
    for at, char in enumerate(text):
        if char == '{':
            if depth == 0:
                head, start = outside.rsplit(';', 1)[-1], at + 1
            depth += 1
        elif char == '}':
            depth -= 1
            if depth == 0:
                blocks.append((head, text[start:at]))
                outside += '{}'
        elif depth == 0:
            outside += char
    return outside, blocks


def enumerators(contents):
    return {match[1] for match in re.finditer(r'(?:^|,)\s*([A-Za-z_]\w*)', contents)}


def fields(contents):
    """Names of fields, and enumerators of enums inside."""
    inner, blocks = bodies(contents)
    names, found = set(), set()
    for head, body in blocks:
        if re.search(r'\benum\b', head):
            names |= enumerators(body)
        else:
            more, deeper = fields(body)
            names |= more
            found |= deeper
    for declaration in inner.split(';'):
        pointer = re.search(r'\(\s*\*\s*(\w+)\s*\)\s*\(', declaration)
        if pointer:
            found.add(pointer[1])
            continue
        for part in re.sub(r'\[[^]]*\]|:\s*\w+', '', declaration).split(','):
            words = NAME.findall(part)
            if words:
                found.add(words[-1])
    return names, found


def declared(path):
    """What a header declares: names that stand alone, and names of fields."""
    text = strip(path.read_text())
    names = set(re.findall(r'^[ \t]*#[ \t]*define[ \t]+(\w+)', text, re.MULTILINE))
    text = re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*$', '', text, flags=re.MULTILINE)
    text = re.sub(r'__attribute__\s*\(\(.*?\)\)', '', text, flags=re.DOTALL)
    members = set()
    outside, blocks = bodies(text)
    for head, contents in blocks:
        kind = re.search(r'\b(struct|union|enum)\s*(\w*)\s*$', head)
        if not kind:
            continue
        names |= {kind[2]} - {''}
        if kind[1] == 'enum':
            names |= enumerators(contents)
        else:
            more, inner = fields(contents)
            names |= more
            members |= inner
    for declaration in re.split(r';|\{\}', outside):
        function = re.search(r'([A-Za-z_]\w*)\s*\(', declaration)
        words = NAME.findall(declaration)
        if 'typedef' in words and function:
            pointer = re.search(r'\(\s*\*\s*(\w+)\s*\)', declaration)
            names.add(pointer[1] if pointer else function[1])
        elif function:
            names.add(function[1])
        elif len(words) > 2 or (words and words[0] == 'typedef'):
            names.add(words[-1])
    return names, members


def main():
    cache, unused, sources = {}, [], 0
    for path in sorted(path for folder in FOLDERS for path in pathlib.Path(folder).rglob('*.c')):
        sources += 1
        text = strip(re.sub(r'^#include.*$', '', path.read_text(), flags=re.MULTILINE))
        used = set(NAME.findall(text))
        accessed = set(re.findall(r'(?:->|\.)\s*(\w+)|(?<=,)\s*(\w+)(?=\s*[,)])', text))
        accessed = {name for pair in accessed for name in pair if name}
        headers = [header for header in
                   re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE)
                   if header not in IGNORED and pathlib.Path(header).exists()]
        for header in headers:
            if header not in cache:
                cache[header] = declared(pathlib.Path(header))
        by_name = [header for header in headers if cache[header][0] & used]
        accessed -= set().union(*(cache[header][1] for header in by_name))
        for header in headers:
            names, members = cache[header]
            if (str(path), header) in KEPT:
                continue
            if (header not in by_name and header != str(path.with_suffix('.h')) and
                    names | members and not members & accessed):
                unused.append(f'{path}: uses nothing of {header}')
    print('\n'.join(unused + [f'{sources} sources, {len(unused)} unused includes']))
    return 1 if unused or not sources else 0


if __name__ == '__main__':
    sys.exit(main())
