#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs tests again and again, and lets another allocation of the server fail each time.

usage: run.py [--seconds N | --all] [--verbose] PROGRAM [TEST...]

PROGRAM is test-alloc; TEST is a name, substring or pattern; default: all tests. Each stack by which
memory is allocated fails once. Without --all, a sample of them fails that takes about N seconds (40).

The client of such a test may see anything, so its failed checks do not count, except those that begin
with "witness". The server may end with "out of memory". It may not crash or leave descriptors open.
"""
import argparse
import concurrent.futures
import os
import random
import re
import subprocess
import sys
import tempfile
import time

# These go on to use windows of the server that belonged to the client that was lost.
EXCLUDED = {'wire.never_reads'}
SAMPLE = 8  # stacks of each test, without --all

FAULTS = re.compile(
    r'AddressSanitizer|LeakSanitizer|runtime error:|timed out|left open|of the harness was closed|'
    r'Assertion|corrupt|double free|invalid (pointer|size)|witness|killed by signal: (?!Aborted)')


def run(program, test, **variables):
    """Returns the output of one test."""
    environment = dict(os.environ, **variables)
    done = subprocess.run([program, '--exact', '--jobs', '1', '--timeout', '300', '--verbose', test],
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          errors='replace', check=False)
    return done.stdout


def list_tests(program, patterns):
    out = subprocess.run([program, '--list', *patterns], stdout=subprocess.PIPE, text=True, check=True)
    return out.stdout.split()


def record(program, test):
    """Returns the number of the first allocation of each stack, as {stack: number}."""
    with tempfile.NamedTemporaryFile('r') as file:
        run(program, test, ALLOC_RECORD=file.name)
        stacks = {}
        for line in file:
            number, stack = line.split()
            stacks.setdefault(stack, int(number))
    return stacks


def fault_of(output):
    """Why the test is at fault; None: it is not."""
    found = FAULTS.search(output)
    if found:
        return found.group()
    if 'killed by signal: Aborted' in output and 'out of memory' not in output:
        return 'aborted without a message'
    if 'fixture->server != NULL' in output and 'error:' not in output:
        return 'does not start, without a message'
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seconds', type=float, default=40)
    parser.add_argument('--all', action='store_true')
    parser.add_argument('--verbose', action='store_true')
    parser.add_argument('program')
    parser.add_argument('tests', nargs='*')
    options = parser.parse_args()
    random.seed(0)
    program = os.path.abspath(options.program)
    tests = [test for test in list_tests(program, options.tests) if test not in EXCLUDED]
    random.shuffle(tests)
    end = time.monotonic() + (float('inf') if options.all else options.seconds)
    seen, faults, runs = set(), [], 0

    def try_test(test):
        """Returns (number, output) of each allocation that was made to fail."""
        if time.monotonic() > end:
            return test, []
        new = {stack: number for stack, number in record(program, test).items() if stack not in seen}
        seen.update(new)
        numbers = list(new.values())
        if not options.all:
            random.shuffle(numbers)
            del numbers[SAMPLE:]
        return test, [(number, run(program, test, ALLOC_FAIL=str(number))) for number in numbers]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for test, results in pool.map(try_test, tests):
            runs += len(results)
            for number, output in results:
                why = fault_of(output)
                if not why:
                    continue
                faults.append(why)
                print(f'ALLOC_FAIL={number} {program} {test}: {why}')
                if options.verbose:
                    print(output)
                sys.stdout.flush()
    print(f'{runs - len(faults)} passed, {len(faults)} failed')
    return 1 if faults or not runs else 0


sys.exit(main())
