# SPDX-License-Identifier: MIT
"""An X server without a screen (Xvfb), and a proxy that counts the bytes of requests."""
import os
import select
import socket
import subprocess
import threading

from compositor import RUNNING, cpu_ms, fail


class XServer:
    def __init__(self, size="1920x1200x24", *extra):
        read_end, write_end = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size, "-nolisten", "tcp",
             "-noreset", *extra], pass_fds=[write_end], stderr=subprocess.DEVNULL)
        RUNNING.append(self.process)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()
        if not number:
            fail("Xvfb did not start")
        self.display = ":" + number
        self.path = "/tmp/.X11-unix/X" + number

    def cpu_ms(self):
        return cpu_ms(self.process.pid)

    def end(self):
        self.process.terminate()
        self.process.wait()


class Wire:
    """A proxy with its own display, which forwards everything to the server, descriptors included;
    sent counts the bytes of requests."""

    def __init__(self, server):
        self.server, self.sent = server, 0
        for number in range(200, 300):
            self.listener = socket.socket(socket.AF_UNIX)
            try:
                self.listener.bind("\0/tmp/.X11-unix/X%d" % number)
                break
            except OSError:
                self.listener.close()
        else:
            fail("no free display number")
        self.display = ":%d" % number
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.forward, args=(client,), daemon=True).start()

    def forward(self, client):
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.server.path)
        other = {client: server, server: client}
        while True:
            for ready in select.select([client, server], [], [])[0]:
                try:
                    data, fds, _, _ = socket.recv_fds(ready, 1 << 20, 64)
                    if not data:
                        raise OSError
                    if ready is client:
                        self.sent += len(data)
                    sent = socket.send_fds(other[ready], [data], fds)
                    other[ready].sendall(data[sent:])
                except OSError:
                    client.close()
                    server.close()
                    return
                for fd in fds:
                    os.close(fd)

    def end(self):
        self.listener.close()
