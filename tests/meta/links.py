#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the relative links of all Markdown files name files of the tree.

Run in the root of the tree.
"""
import pathlib
import re
import sys

LINK = re.compile(r'\]\(([^)#]+)(?:#[^)]*)?\)')


def main():
    passed = failed = 0
    pages = [page for folder in ('.', '.github', 'docs')
             for page in pathlib.Path(folder).glob('*.md')]
    for page in sorted(pages):
        for target in LINK.findall(page.read_text(encoding='utf-8')):
            if re.match(r'[a-z]+:', target):
                continue
            if (page.parent / target).exists():
                passed += 1
            else:
                print(f'{page}: there is no {target}')
                failed += 1
    print(f'{passed} passed, {failed} failed')
    return failed > 0 or passed == 0


sys.exit(main())
