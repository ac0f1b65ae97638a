#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks comments, manuals and documents for words of an idiom that readers must translate.

Comment lines of C must fit into 100 columns, too: clang-format leaves them as they are.

usage: words.py [--count | --words] [FILE...]    in the root of the tree

--count prints totals per folder, --words per word. CONTRIBUTING.md has the rule; what is between
backquotes or in a code block is not looked at.
"""
import ast
import collections
import io
import pathlib
import re
import sys
import tokenize

WORDS = [
    # use: send, notify, pass, report
    'told', 'tells', 'telling',
    # use: receive, be notified of
    'hears', 'heard', 'hearing',
    # processes, files and protocols do not speak, know or want; use: send, contain, require
    'says', 'knows', 'wants',
    # name the client, the process, the caller
    'whoever', 'whosoever', 'somebody', 'nobody', 'everybody', 'anybody',
    # use: request; entry point; refresh cycle; powered off
    'wish', 'wishes', 'wished', 'doors?', 'the beat', 'dark (?:outputs?|screens?)',
    'lit (?:outputs?|screens?)',
    # use a plain verb, or the number and the noun
    r'goes(?! to\b)', 'another one', 'is there for', 'what is left', 'what there is', 'have a look',
    'a look at',
]
BANNED = re.compile(r'\b(%s)\b' % '|'.join(WORDS), re.IGNORECASE)
TOPS = ('.ci', 'backends', 'completions', 'compositor', 'docs', 'examples', 'man', 'protocols',
        'renderer', 'share', 'tests')
COLUMNS = 100  # of a comment line in C, with tabs of eight
SKIPPED = ('protocols/xml/', 'tests/meta/words.py', 'LICENSE')
QUOTED = re.compile(r'`[^`]*`')
C_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
SHELL_COMMENT = re.compile(r'(?:^|[\s;])#(?![!{])(.*)')


def c_comments(text):
    for match in C_TOKEN.finditer(text):
        if match.group().startswith('/'):
            first = text.count('\n', 0, match.start()) + 1
            for number, line in enumerate(match.group().split('\n')):
                yield first + number, line


def shell_comments(text):
    for number, line in enumerate(text.split('\n'), 1):
        match = SHELL_COMMENT.search(line)
        if match and all(line[:match.start()].count(quote) % 2 == 0 for quote in '"\''):
            yield number, match.group(1)


def python_comments(text):
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            continue
        if ast.get_docstring(node):
            first = node.body[0].value.lineno
            for number, line in enumerate(node.body[0].value.value.split('\n')):
                yield first + number, line


def prose(text):
    fenced = False
    for number, line in enumerate(text.split('\n'), 1):
        if line.lstrip().startswith('```'):
            fenced = not fenced
        elif not fenced:
            yield number, line


def reader_of(path, text):
    if path.suffix in ('.c', '.h'):
        return c_comments
    first = text.partition('\n')[0] if text.startswith('#!') else ''
    if path.suffix == '.py' or 'python' in first:
        return python_comments
    if path.suffix in ('.sh', '.lib', '.oriel', '.conf') or path.name in (
            'meson.build', 'meson_options.txt') or 'sh' in first:
        return shell_comments
    if path.suffix == '.md' or re.fullmatch(r'\.[1-8]', path.suffix):
        return prose
    return None


def found_in(path):
    """(line, fault) of each; None: no file of a kind that is read."""
    text = path.read_text(errors='replace')
    reader = reader_of(path, text)
    if not reader:
        return None
    found = [(number, f'"{match.group(1).lower()}"')
             for number, line in reader(text) for match in BANNED.finditer(QUOTED.sub('', line))]
    if reader == c_comments:
        lines = text.split('\n')
        found += [(number, f'over {COLUMNS} columns')
                  for number in sorted({number for number, _ in c_comments(text)})
                  if len(lines[number - 1].expandtabs(8)) > COLUMNS]
    return found


def files_of_the_tree():
    for path in sorted(pathlib.Path('.').iterdir()):
        if path.is_file():
            yield path
        elif path.name in TOPS:
            yield from sorted(path.rglob('*'))


def main():
    arguments = sys.argv[1:]
    option = arguments.pop(0) if arguments and arguments[0].startswith('--') else ''
    names = arguments or [str(path) for path in files_of_the_tree()]
    passed = failed = 0
    totals = collections.Counter()
    for name in names:
        path = pathlib.Path(name)
        if name.startswith(SKIPPED) or not path.is_file() or path.is_symlink():
            continue
        found = found_in(path)
        if found is None:
            continue
        failed += bool(found)
        passed += not found
        for number, fault in found:
            totals[fault if option == '--words' else str(path.parent)] += 1
            if not option:
                print(f'{name}:{number}: {fault}')
    for key, number in totals.most_common() if option == '--words' else sorted(totals.items()):
        if option:
            print(f'{number:4} {key}')
    print(f'{passed} passed, {failed} failed')
    return failed > 0 or not passed


sys.exit(main())
