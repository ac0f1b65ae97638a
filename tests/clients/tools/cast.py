#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Receives what the user shares, as a browser does: by the portal, PipeWire and GStreamer.

usage: cast.py receive          shares a screen until it is ended; frames go to the file "frames"
       cast.py like PICTURE     waits until the newest frame has these pixels; saves cast.png
       cast.py idle             checks that no frame arrives for two seconds
"""
import os
import pathlib
import signal
import subprocess
import sys
import time

PORTAL = 'org.freedesktop.portal.Desktop'
OBJECT = '/org/freedesktop/portal/desktop'
CAST = 'org.freedesktop.portal.ScreenCast'
REQUEST = 'org.freedesktop.portal.Request'
MONITOR, EMBEDDED_CURSOR = 1, 2
FRAMES, SIZE = pathlib.Path('frames'), pathlib.Path('frame-size')
PATIENCE = 20


class Portal:
    def __init__(self):
        from gi.repository import Gio, GLib
        self.Gio, self.GLib = Gio, GLib
        self.bus = Gio.DBusConnection.new_for_address_sync(
            pathlib.Path('bus').read_text().strip(),
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
            Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.requests = 0

    def request(self, method, signature, arguments, **options):
        """Calls a method of the portal and returns the results of its request."""
        self.requests += 1
        token = f'request{self.requests}'
        sender = self.bus.get_unique_name()[1:].replace('.', '_')
        loop, response = self.GLib.MainLoop(), []

        def on_response(_bus, _sender, _path, _interface, _signal, parameters):
            response.append(parameters.unpack())
            loop.quit()

        self.bus.signal_subscribe(PORTAL, REQUEST, 'Response',
                                  f'{OBJECT}/request/{sender}/{token}', None,
                                  self.Gio.DBusSignalFlags.NONE, on_response)
        variants = {name: self.GLib.Variant(kind, value)
                    for name, (kind, value) in options.items()}
        variants['handle_token'] = self.GLib.Variant('s', token)
        self.bus.call_sync(PORTAL, OBJECT, CAST, method,
                           self.GLib.Variant(signature, (*arguments, variants)), None,
                           self.Gio.DBusCallFlags.NONE, PATIENCE * 1000, None)
        self.GLib.timeout_add_seconds(PATIENCE, loop.quit)
        if not response:
            loop.run()
        if not response or response[0][0] != 0:
            sys.exit(f'{method}: {response or "no response"}')
        return response[0][1]

    def open_remote(self, session):
        """A connection to PipeWire that sees the shared screen only, as a file descriptor."""
        reply, files = self.bus.call_with_unix_fd_list_sync(
            PORTAL, OBJECT, CAST, 'OpenPipeWireRemote',
            self.GLib.Variant('(oa{sv})', (session, {})), None,
            self.Gio.DBusCallFlags.NONE, -1, None, None)
        return files.get(reply.unpack()[0])


def receive():
    portal = Portal()
    session = portal.request('CreateSession', '(a{sv})', (),
                             session_handle_token=('s', 'cast'))['session_handle']
    portal.request('SelectSources', '(oa{sv})', (session,), types=('u', MONITOR),
                   cursor_mode=('u', EMBEDDED_CURSOR))
    streams = portal.request('Start', '(osa{sv})', (session, ''))['streams']
    node, properties = streams[0]
    width, height = properties['size']
    remote = portal.open_remote(session)
    SIZE.write_text(f'{width}x{height}')
    FRAMES.write_bytes(b'')
    receiver = subprocess.Popen(
        ['gst-launch-1.0', '-q', 'pipewiresrc', f'fd={remote}', f'path={node}', '!',
         'videoconvert', '!', 'video/x-raw,format=BGRx', '!',
         'filesink', 'append=true', 'buffer-mode=unbuffered', f'location={FRAMES}'],
        pass_fds=[remote])
    signal.signal(signal.SIGTERM, lambda *_: receiver.terminate())
    sys.exit(receiver.wait())


def frame_count():
    width, height = map(int, SIZE.read_text().split('x'))
    return FRAMES.stat().st_size // (width * height * 4), width, height


def newest_frame():
    """Pixels of the newest complete frame, BGRx; None: there is none."""
    if not SIZE.exists() or not FRAMES.exists():
        return None
    count, width, height = frame_count()
    size = width * height * 4
    with FRAMES.open('rb') as frames:
        frames.seek((count - 1) * size if count else 0)
        return frames.read(size) if count else None


def like(picture):
    deadline = time.monotonic() + PATIENCE
    wanted = subprocess.run(['convert', picture, '-depth', '8', 'rgb:-'], check=True,
                            stdout=subprocess.PIPE).stdout
    while time.monotonic() < deadline:
        frame = newest_frame()
        pixels = bytearray(len(wanted))
        if frame and len(frame) // 4 * 3 == len(wanted):
            for channel in range(3):
                pixels[channel::3] = frame[2 - channel::4]
            if pixels == wanted:
                break
        time.sleep(0.05)
    if frame:
        subprocess.run(['convert', '-size', SIZE.read_text(), '-depth', '8', 'bgra:-', '-alpha',
                        'off', 'cast.png'], check=True, input=frame)
    sys.exit(None if frame and pixels == wanted else
             f'{picture}: no such frame after {PATIENCE} s; cast.png is the newest')


def idle():
    before = frame_count()[0]
    time.sleep(2)
    after = frame_count()[0]
    sys.exit(f'{after - before} frames of a screen at rest' if after != before else None)


commands = {'receive': receive, 'like': like, 'idle': idle}
if len(sys.argv) < 2 or sys.argv[1] not in commands:
    sys.exit(__doc__)
commands[sys.argv[1]](*sys.argv[2:])
