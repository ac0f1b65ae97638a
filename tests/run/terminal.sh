#!/bin/bash
# SPDX-License-Identifier: MIT
# Interactive programs: the program has the terminal while it runs, and job control works.
. "$(dirname "$0")/lib.sh" || exit

cat >dialogue.py <<'TEXT'
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ['PS1'] = 'prompt> '
    os.execvp('bash', ['bash', '--norc', '--noediting', '-i'])
def expect(pattern):
    got, end = '', time.time() + 200
    while time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                got += os.read(fd, 4096).decode(errors='replace')
            except OSError:
                break
        if re.search(pattern, got, re.DOTALL):
            return
    sys.exit(f'expected {pattern!r}, got {got!r}')
def send(text):
    os.write(fd, text.encode())
expect('prompt> ')
# A single process: a second one that is still stopping could read the next line.
send(sys.argv[1] + ' run -- sh -c "echo ready; exec cat"\n')
expect(r'\nready')
send('first\n')
expect(r'first\s+first')
send('\x1a')
expect('Stopped.*prompt> ')
send('fg\n')
send('second\n')
expect(r'second.*second')
send('\x03')
expect(r'\^C.*prompt> ')
send('echo "status=$?"\n')
expect('status=130')
send(sys.argv[1] + ' run -- true; echo "again=$?"\n')
expect('again=0')
send('exit\n')
TEXT
timeout 300 python3 dialogue.py "$oriel" >out 2>err
check_empty out err
finish
