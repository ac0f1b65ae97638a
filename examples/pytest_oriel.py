# SPDX-License-Identifier: MIT
"""A pytest plug-in: runs each program in its own Oriel; tests send it input and compare pictures.

Copy this file next to your tests and list it in conftest.py:

    pytest_plugins = ['pytest_oriel']

Then:

    def test_greeting(oriel):
        app = oriel('./app', '--greet')
        app.wait_window(app_id='org.example.App')
        app('click', '40,30', 'in', 'app_id=org.example.App')
        app.text('Grüße\n')
        app.expect('pictures/greeting.png', fuzz=2)
        assert app.windows()[0]['title'] == 'Greeting'

pytest --oriel-update writes the reference pictures instead of comparing with them.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess

import pytest


class OrielError(AssertionError):
    """A verb failed; the text is its error message."""


def _quoted(word):
    word = str(word)
    for char, escape in (('\\', '\\\\'), ('"', '\\"'), ('\n', '\\n'), ('\t', '\\t'), ('\r', '\\x0d')):
        word = word.replace(char, escape)
    return f'"{word}"'


class Oriel:
    """A program in its own compositor. Calling the object runs a verb of oriel-script(5)."""

    def __init__(self, command, *, size='1280x720', shell='kiosk', clock='real', cwd=None,
                 env=None, record=None, update=False, timeout=60):
        oriel = os.environ.get('ORIEL', 'oriel')
        self.update = update
        self.record = record
        # The shell writes the path of the control socket to a pipe, then executes the program, so
        # that there is no need to poll for the socket.
        script = 'echo "$ORIEL_SOCKET" >"/proc/self/fd/$ORIEL_READY" && exec "$@"'
        ready, told = os.pipe()
        options = ['--size', size, '--shell', shell, '--clock', clock, '--timeout', str(timeout)]
        if record:
            pathlib.Path(record).mkdir(parents=True, exist_ok=True)
            options += ['--record', str(record)]
        self.process = subprocess.Popen(
            [oriel, 'run', *options, '--', 'sh', '-c', script, 'sh', *map(str, command)],
            cwd=cwd, pass_fds=[told], stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {}), 'ORIEL_READY': str(told)})
        os.close(told)
        with os.fdopen(ready) as stream:
            path = stream.readline().rstrip('\n')
        if not path:
            raise OrielError(f'oriel ended with status {self.process.wait()}')
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._answers = self._socket.makefile('rb')

    def __call__(self, verb, *words, **options):
        """Runs a verb, e.g. app('resize', '400x300', 'focused', timeout='2s')."""
        line = ' '.join([verb, *map(_quoted, words),
                         *(_quoted(f'{name.replace("_", "-")}={value}')
                           for name, value in options.items() if value is not None)])
        try:
            self._socket.sendall(line.encode() + b'\n')
            answer = self._answers.readline()
        except OSError:
            answer = b''
        if not answer:
            raise OrielError(f'{line}: oriel has ended with status {self.process.wait()}')
        answer = json.loads(answer)
        if not answer['ok']:
            raise OrielError(answer['error'])
        return answer['result']

    def wait_window(self, timeout='30s', **selector):
        """Waits for a window, e.g. wait_window(app_id='foot'). Returns its properties, a dict."""
        words = [f'{name}={value}' for name, value in selector.items()] or ['any']
        return self('wait', 'window', *words, timeout=timeout)

    def settle(self, **options):
        self('settle', **options)

    def text(self, text):
        self('text', text)

    def shot(self, path, **options):
        return self('shot', os.path.abspath(path), **options)

    def expect(self, path, **options):
        """Settles and compares; pictures of a failure are saved in the record's folder."""
        path = pathlib.Path(path).absolute()
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            self('settle')
            return self.shot(path, **{key: value for key, value in options.items()
                                      if key in ('output', 'window', 'region', 'scale')})
        return self('expect', path, **options)

    def windows(self):
        return self('list', 'windows')

    def wait(self, timeout=10):
        """Waits for the program to exit. Returns its exit status."""
        self._socket.close()
        return self.process.wait(timeout)

    def close(self):
        """Terminates the program and all processes it started."""
        self._answers.close()
        self._socket.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def pytest_addoption(parser):
    group = parser.getgroup('oriel')
    group.addoption('--oriel-update', action='store_true', help='write reference pictures')
    group.addoption('--oriel-record', metavar='DIR', help='save frames and failures in DIR')


@pytest.fixture
def oriel(request):
    """A function that starts a program; programs are terminated at the end of the test."""
    if not shutil.which(os.environ.get('ORIEL', 'oriel')):
        pytest.skip('oriel is not installed')
    started = []

    def start(*command, **options):
        record = request.config.getoption('--oriel-record')
        if record:
            name = ''.join(c if c.isalnum() or c in '._-' else '_' for c in request.node.name)
            options.setdefault('record', pathlib.Path(record) / name / str(len(started)))
        options.setdefault('update', request.config.getoption('--oriel-update'))
        options.setdefault('cwd', request.path.parent)
        started.append(Oriel(command, **options))
        return started[-1]

    yield start
    for program in started:
        program.close()
