#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the date of the manual pages as seconds since 1970: SOURCE_DATE_EPOCH, or else the newest
release in CHANGELOG.md, so that pages do not depend on the day of the build.

usage: date.py CHANGELOG.md
"""
import datetime
import os
import re
import sys

epoch = os.environ.get('SOURCE_DATE_EPOCH')
if not epoch:
    with open(sys.argv[1], encoding='utf-8') as file:
        day = re.search(r'^## \[[0-9.]+\] - ([0-9-]+)$', file.read(), re.MULTILINE)[1]
    epoch = int(datetime.datetime.fromisoformat(day + 'T00:00+00:00').timestamp())
print(epoch)
