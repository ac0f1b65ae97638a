#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Acts as a host's clipboard over QEMU's D-Bus display. Lines on standard input: "copy N TEXT"
(N: 0 the clipboard, 1 the primary selection), "paste N MIME". Lines on standard output: "ready",
"grab N MIME...", "release N", "asked N", "data N SIZE SHA256", "none N".

usage: host_clipboard.py ADDRESS-OF-THE-BUS"""
import hashlib
import sys

import dbus
import dbus.bus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

INTERFACE = "org.qemu.Display1.Clipboard"
PATH = "/org/qemu/Display1/Clipboard"
TEXT = "text/plain;charset=utf-8"


def say(*words):
    print(*words, flush=True)


class Clipboard(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(bus, PATH)
        self.have = {}
        self.serial = 0
        self.qemu = dbus.Interface(bus.get_object("org.qemu", PATH, introspect=False), INTERFACE)
        self.qemu.Register(reply_handler=lambda: say("ready"), error_handler=self.failed)

    @staticmethod
    def failed(error):
        say("error", error)

    @dbus.service.method(INTERFACE, in_signature="uuas")
    def Grab(self, selection, serial, mimes):
        self.serial = max(self.serial, int(serial))
        say("grab", selection, *mimes)

    @dbus.service.method(INTERFACE, in_signature="u")
    def Release(self, selection):
        say("release", selection)

    @dbus.service.method(INTERFACE)
    def Register(self):
        pass

    @dbus.service.method(INTERFACE)
    def Unregister(self):
        pass

    @dbus.service.method(INTERFACE, in_signature="uas", out_signature="say")
    def Request(self, selection, mimes):
        say("asked", selection)
        mime, data = self.have[int(selection)]
        return mime, dbus.ByteArray(data)

    def offer(self, selection, mime, data):
        self.have[selection] = mime, data
        self.serial += 1
        self.qemu.Grab(dbus.UInt32(selection), dbus.UInt32(self.serial), [mime], reply_handler=lambda: None,
                       error_handler=self.failed)

    def paste(self, selection, mime):
        def got(mime, data):
            data = bytes(data)
            say("data", selection, len(data), hashlib.sha256(data).hexdigest())

        self.qemu.Request(dbus.UInt32(selection), [mime], reply_handler=got, byte_arrays=True, timeout=120,
                          error_handler=lambda error: say("none", selection))

    def obey(self, line):
        verb, selection, rest = (line.split(" ", 2) + [""])[:3]
        if verb == "copy":
            self.offer(int(selection), TEXT, rest.encode())
        elif verb == "paste":
            self.paste(int(selection), rest)


def main(address):
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    loop = GLib.MainLoop()
    clipboard = Clipboard(dbus.bus.BusConnection(address))

    def on_line(_file, _condition):
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        clipboard.obey(line.rstrip("\n"))
        return True

    GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, on_line)
    loop.run()


if __name__ == "__main__":
    main(sys.argv[1])
