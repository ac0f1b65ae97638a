# SPDX-License-Identifier: MIT
"""Shared by the cases here: counts checks, and runs the parts named on the command line."""
import signal
import subprocess
import sys

from guest import Failed


class Checks:
    """Called with a description and a function that returns whether the check holds."""

    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, what, test):
        try:
            good = test()
        except (Failed, KeyError, subprocess.CalledProcessError) as error:
            good, what = False, "%s: %s" % (what, error)
        self.passed += bool(good)
        self.failed += not good
        print("%s %s" % ("ok" if good else "not ok", what), flush=True)


def run(parts):
    """Runs the parts that the command line names, or all of them, and exits. parts: functions that
    take a Checks, by name."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no guest keeps running
    names = sys.argv[1:] or list(parts)
    unknown = [name for name in names if name not in parts]
    if unknown:
        sys.exit("There is no part %s, but %s" % (unknown[0], ", ".join(parts)))
    checks = Checks()
    for name in names:
        try:
            parts[name](checks)
        except Failed as error:
            print("not ok %s: %s" % (name, error), flush=True)
            checks.failed += 1
    print("%d passed, %d failed" % (checks.passed, checks.failed))
    sys.exit(checks.failed > 0)
