#!/bin/bash
# SPDX-License-Identifier: MIT
# A program that is typed into: the terminal is its own while it runs, and job control works.
. "$(dirname "$0")/lib.sh" || exit

cat >talk.py <<'TEXT'
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ['PS1'] = 'prompt> '
    os.execvp('bash', ['bash', '--norc', '--noediting', '-i'])
def expect(pattern):
    got, end = '', time.time() + 10
    while time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                got += os.read(fd, 4096).decode(errors='replace')
            except OSError:
                break
        if re.search(pattern, got, re.DOTALL):
            return
    sys.exit(f'{pattern!r} does not come, but {got!r}')
def say(text):
    os.write(fd, text.encode())
expect('prompt> ')
# One process: a second one that is about to stop could still read what is typed next.
say(sys.argv[1] + ' run -- sh -c "echo ready; exec cat"\n')
expect(r'\nready')
say('first\n')
expect(r'first\s+first')
say('\x1a')
expect('Stopped.*prompt> ')
say('fg\n')
say('second\n')
expect(r'second.*second')
say('\x03')
expect(r'\^C.*prompt> ')
say('echo "status=$?"\n')
expect('status=130')
say(sys.argv[1] + ' run -- true; echo "again=$?"\n')
expect('again=0')
say('exit\n')
TEXT
timeout 60 python3 talk.py "$oriel" >out 2>err
is_empty out err
finish
