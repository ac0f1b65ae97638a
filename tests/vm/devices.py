#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Creates input devices of every kind with uinput and checks the events that the back end reports
for them. Runs in a guest as root: devices.py PROGRAM, where the program is test-devices."""
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

SYN, KEY, REL, ABS, MSC, SW, LED = 0, 1, 2, 3, 4, 5, 17
CONFIG = """
[input:touchpad]
tap = yes
natural-scroll = yes
click-method = fingers
[input:Fast Mouse]
acceleration = flat
scroll-speed = 2
left-handed = yes
[input:Second Screen]
output = DP-2
[input:Dead Keyboard]
enabled = no
"""
# code: minimum, maximum, units per millimetre
PAD_AXES = {0: (0, 4000, 40), 1: (0, 2400, 40), 47: (0, 4, 0), 53: (0, 4000, 40),
            54: (0, 2400, 40), 57: (0, 65535, 0)}
MOUSE_KEYS = (0x110, 0x111, 0x112, 0x113)
FINGERS = {1: 0x145, 2: 0x14d, 3: 0x14e}


class Failed(Exception):
    pass


def request(number, size):
    return 1 << 30 | size << 16 | 0x55 << 8 | number


class Device:
    def __init__(self, name, keys=(), axes=None, wheels=(), switches=(), lamps=(), properties=(),
                 bus=3, vendor=0x1234, product=0x5678, scan_codes=False):
        self.fd = os.open("/dev/uinput", os.O_RDWR | os.O_NONBLOCK)
        self.name = name
        for event_type, set_bit, codes in ((KEY, 101, keys), (REL, 102, wheels), (LED, 105, lamps),
                                           (SW, 109, switches), (ABS, 103, axes or ()),
                                           (MSC, 104, (4,) if scan_codes else ())):
            if codes:
                fcntl.ioctl(self.fd, request(100, 4), event_type)
            for code in codes:
                fcntl.ioctl(self.fd, request(set_bit, 4), code)
        for code in properties:
            fcntl.ioctl(self.fd, request(110, 4), code)
        for code, (least, most, resolution) in (axes or {}).items():
            fcntl.ioctl(self.fd, request(4, 28), struct.pack(
                "HxxiiiiiI", code, 0, least, most, 0, 0, resolution))
        fcntl.ioctl(self.fd, request(3, 92), struct.pack(
            "HHHH80sI", bus, vendor, product, 1, name.encode(), 0))
        fcntl.ioctl(self.fd, 0x5501)

    def send(self, *events):
        for event_type, code, value in (*events, (SYN, 0, 0)):
            os.write(self.fd, struct.pack("llHHi", 0, 0, event_type, code, value))

    def lamps(self, seconds=5):
        """Returns the LEDs that were switched, as (code, value)."""
        found, end = [], time.monotonic() + seconds
        while not found and time.monotonic() < end:
            if not select.select([self.fd], [], [], 0.5)[0]:
                continue
            data = os.read(self.fd, 24 * 64)
            for _, _, event_type, code, value in struct.iter_unpack("llHHi", data):
                if event_type == LED:
                    found.append((code, value))
        return found

    def remove(self):
        fcntl.ioctl(self.fd, 0x5502)
        os.close(self.fd)


class Program:
    def __init__(self, path, config):
        self.process = subprocess.Popen([path, config], stdin=subprocess.PIPE, text=True, bufsize=1,
                                        stdout=subprocess.PIPE)
        self.fd = self.process.stdout.fileno()
        os.set_blocking(self.fd, False)
        self.text = ""
        self.lines = []  # read but not yet matched

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def read(self, seconds):
        if select.select([self.fd], [], [], seconds)[0]:
            data = os.read(self.fd, 65536).decode()
            if not data:
                raise Failed("the program has ended")
            self.text += data
            *lines, self.text = self.text.split("\n")
            self.lines += lines

    def until(self, *wanted, seconds=20):
        """Reads lines until one with each of these beginnings has arrived, in this order. Other
        lines in between are ignored. Returns the matched lines."""
        taken, left, end = [], list(wanted), time.monotonic() + seconds
        while left:
            while self.lines and left:
                taken.append(self.lines.pop(0))
                if taken[-1].startswith(left[0]):
                    left.pop(0)
            if left and time.monotonic() > end:
                raise Failed("%r did not come, but\n    %s" % (left[0], "\n    ".join(taken)))
            if left:
                self.read(0.5)
        return taken


class Stage:
    def __init__(self, path):
        with open("/tmp/oriel.ini", "w", encoding="utf-8") as file:
            file.write(CONFIG)
        self.program = Program(path, "/tmp/oriel.ini")
        self.program.until("ready")

    def plug(self, kind, name, **what):
        device = Device(name, **what)
        self.program.until('added %s "%s"' % (kind, name))
        return device

    def unplug(self, device):
        device.remove()
        self.program.until("removed ")


def keyboard(stage):
    # udev needs this many keys to classify a device as a keyboard.
    device = stage.plug("keyboard", "Test Keyboard", keys=range(1, 120), lamps=(0, 1, 2))
    device.send((KEY, 30, 1))
    device.send((KEY, 30, 0))
    stage.program.until("key 30 down", "key 30 up")
    second = stage.plug("keyboard", "Second Keyboard", keys=range(1, 120))
    device.send((KEY, 30, 1))
    second.send((KEY, 30, 1))
    second.send((KEY, 31, 1))
    lines = stage.program.until("key 31 down")
    if lines.count("key 30 down") != 1:
        raise Failed("a key that two keyboards hold is pressed %r" % lines)
    stage.unplug(second)  # releases 31; 30 is still held by the first
    device.send((KEY, 30, 0))
    stage.program.until("key 30 up")
    stage.unplug(device)


def held_when_unplugged(stage):
    device = stage.plug("keyboard", "Test Keyboard", keys=range(1, 120))
    device.send((KEY, 44, 1))
    stage.program.until("key 44 down")
    device.remove()
    stage.program.until("key 44 up", "removed keyboard")


def lamps(stage):
    device = stage.plug("keyboard", "Test Keyboard", keys=range(1, 120), lamps=(0, 1, 2))
    stage.program.tell("leds 2")
    found = device.lamps()
    if (1, 1) not in found:
        raise Failed("caps lock is not lit: %r" % found)
    later = stage.plug("keyboard", "Later Keyboard", keys=range(1, 120), lamps=(0, 1, 2))
    found = later.lamps()
    if (1, 1) not in found:
        raise Failed("caps lock of a later keyboard is not lit: %r" % found)
    stage.program.tell("leds 0")
    stage.program.until("did leds 0")
    stage.unplug(device)
    stage.unplug(later)


def switched_off(stage):
    device = stage.plug("keyboard", "Dead Keyboard", keys=range(1, 120))
    device.send((KEY, 30, 1))
    device.send((KEY, 30, 0))
    other = stage.plug("keyboard", "Test Keyboard", keys=range(1, 120))
    other.send((KEY, 48, 1))
    lines = stage.program.until("key 48 down")
    if "key 30 down" in lines:
        raise Failed("a device that is not enabled says something")
    stage.unplug(device)
    stage.unplug(other)


def mouse(stage):
    device = stage.plug("mouse", "Test Mouse", keys=MOUSE_KEYS, wheels=(0, 1, 6, 8, 11, 12))
    device.send((REL, 0, 3), (REL, 1, -2))
    stage.program.until("motion ", "frame")
    device.send((KEY, 0x110, 1))
    device.send((KEY, 0x110, 0))
    stage.program.until("button 0x110 down", "frame", "button 0x110 up", "frame")
    device.send((REL, 8, -1), (REL, 11, -120))
    stage.program.until("axis vertical source 0 15.0 v120 120", "frame")
    device.send((REL, 8, -1), (REL, 11, -120))
    device.send((REL, 11, -60))
    stage.program.until("axis vertical source 0 7.5 v120 60", "frame")
    device.send((REL, 6, 1), (REL, 12, 120))
    stage.program.until("axis horizontal source 0 15.0 v120 120", "frame")
    stage.unplug(device)


def mouse_with_settings(stage):
    device = stage.plug("mouse", "Fast Mouse", keys=MOUSE_KEYS, wheels=(0, 1, 8, 11))
    device.send((REL, 0, 3), (REL, 1, -2))
    stage.program.until("motion 3.0,-2.0 raw 3.0,-2.0")
    device.send((KEY, 0x110, 1))
    device.send((KEY, 0x110, 0))
    stage.program.until("button 0x111 down", "button 0x111 up")
    device.send((REL, 8, 1), (REL, 11, 120))
    stage.program.until("axis vertical source 0 -30.0 v120 -240")
    stage.unplug(device)


def trackpoint(stage):
    device = stage.plug("trackpoint", "Test Stick", keys=MOUSE_KEYS[:3], wheels=(0, 1),
                        properties=(0, 5), bus=0x11)
    device.send((REL, 0, 9))
    stage.program.until("motion ")
    stage.unplug(device)


def touch(device, points, lift=False, before=0):
    """Sends one frame of touch points. points: (x, y) of slots 0, 1, ..."""
    events = []
    if before != len(points) or lift:
        for count, key in FINGERS.items():
            events.append((KEY, key, int(count == len(points) and not lift)))
        events.append((KEY, 0x14a, int(not lift)))
    for slot, (x, y) in enumerate(points):
        events.append((ABS, 47, slot))
        if slot >= before:
            events.append((ABS, 57, 100 + slot))
        if lift:
            events.append((ABS, 57, -1))
        else:
            events += [(ABS, 53, x), (ABS, 54, y)]
            events += [(ABS, 0, x), (ABS, 1, y)] if slot == 0 else []
    device.send(*events)
    time.sleep(0.012)  # as a touchpad reports


def stroke(device, count, step, places):
    def at(i):
        return places(i) if places else [
            (1200 + 500 * n + step[0] * i, 1200 + step[1] * i) for n in range(count)]
    touch(device, at(0))
    for i in range(1, 25):
        touch(device, at(i), before=count)
    touch(device, at(24), lift=True, before=count)


def touchpad(stage):
    device = stage.plug("touchpad", "Test Touchpad", keys=(0x110, 0x14a, 0x145, 0x14d, 0x14e),
                        axes=PAD_AXES, properties=(0, 2), bus=0x18)
    touch(device, [(2000, 1200)])
    touch(device, [(2000, 1200)], lift=True, before=1)
    stage.program.until("button 0x110 down", "button 0x110 up")  # a tap
    stroke(device, 1, (40, 10), None)
    stage.program.until("motion ", "frame")
    time.sleep(0.4)
    stroke(device, 2, (0, 40), None)
    # A two-finger scroll, with natural scrolling, that ends when the fingers are lifted.
    stage.program.until("axis vertical source 1 -", "axis vertical source 1 0.0 v120 0 inverted")
    time.sleep(0.4)
    stroke(device, 3, (40, 0), None)
    stage.program.until("swipe of 3", "swipe by ", "swipe ended")
    time.sleep(0.4)
    stroke(device, 2, None, lambda i: [(1900 - 50 * i, 1200 - 20 * i), (2100 + 50 * i, 1200 + 20 * i)])
    stage.program.until("pinch of 2", "pinch by ", "pinch ended")
    time.sleep(0.4)
    touch(device, [(1500, 1200), (2200, 1200), (2600, 1200)])
    time.sleep(0.6)
    touch(device, [(1500, 1200), (2200, 1200), (2600, 1200)], lift=True, before=3)
    stage.program.until("hold of 3", "hold ended")
    stage.unplug(device)


def touchscreen(stage):
    for name, output in (("First Screen", ""), ("Second Screen", " on DP-2")):
        device = Device(name, keys=(0x14a,), axes=PAD_AXES, properties=(1,))
        if stage.program.until('added touchscreen "%s"' % name)[-1] != \
                'added touchscreen "%s"%s' % (name, output):
            raise Failed("%s is not%s" % (name, output))
        touch(device, [(2000, 1200)])
        touch(device, [(3000, 1200)], before=1)
        touch(device, [(3000, 1200)], lift=True, before=1)
        stage.program.until("touch 0 down 0.500,0.500", "touch frame", "touch 0 moves 0.750,0.500",
                            "touch frame", "touch 0 up", "touch frame")
        stage.unplug(device)


def tablet(stage):
    device = stage.plug("tablet", "Test Tablet Pen", keys=(0x140, 0x141, 0x14a, 0x14b, 0x14c),
                        axes={0: (0, 20000, 100), 1: (0, 10000, 100), 24: (0, 1023, 0),
                              26: (-60, 60, 57), 27: (-60, 60, 57)}, properties=(1,))
    # libinput watches this first pair to learn that the device reports proximity out.
    device.send((KEY, 0x140, 1), (ABS, 0, 100), (ABS, 1, 100))
    device.send((KEY, 0x140, 0))
    stage.program.until("tool ", "tool frame", "tool ", "tool frame")
    device.send((KEY, 0x140, 1), (ABS, 0, 5000), (ABS, 1, 5000), (ABS, 26, 30))
    near = stage.program.until("tool ")[-1]
    if " type 0x140 serial 0 near at 0.250,0.500" not in near or " tilt 30,0" not in near:
        raise Failed("the pen comes as %r" % near)
    pen = near.split(" type")[0]
    for x in range(5000, 10001, 500):  # libinput smooths positions
        device.send((ABS, 0, x))
    stage.program.until("tool frame", pen + " type 0x140 serial 0 moves at 0.4", "tool frame")
    device.send((KEY, 0x14a, 1), (ABS, 24, 900))
    stage.program.until(pen + " type 0x140 serial 0 down", "tool frame")
    device.send((KEY, 0x14b, 1))
    device.send((KEY, 0x14b, 0))
    stage.program.until(pen + " type 0x140 serial 0 presses 0x14b",
                        pen + " type 0x140 serial 0 releases 0x14b")
    device.send((KEY, 0x14a, 0), (ABS, 24, 0))
    device.send((KEY, 0x140, 0))
    stage.program.until(pen + " type 0x140 serial 0 up", pen + " type 0x140 serial 0 away",
                        "tool frame")
    device.send((KEY, 0x141, 1), (ABS, 0, 5001))
    eraser = stage.program.until("tool ")[-1]
    if " type 0x141 " not in eraser or eraser.startswith(pen + " "):
        raise Failed("the eraser comes as %r" % eraser)
    device.remove()
    stage.program.until(eraser.split(" near")[0] + " away", "removed tablet")


def pad(stage):
    # A pad in libwacom's database
    device = Device("Wacom Intuos5 touch M Pad", keys=(*range(0x100, 0x109), 0x14b),
                    axes={0: (0, 1, 0), 1: (0, 1, 0), 8: (0, 71, 0), 40: (0, 0, 0)}, vendor=0x56a,
                    product=0x27)
    line = stage.program.until("added pad")[-1]
    if " buttons 9 groups 1 [1ff rings 1 strips 0 modes " not in line:
        raise Failed("the pad is %r" % line)
    device.send((KEY, 0x101, 1), (ABS, 40, 15))
    device.send((KEY, 0x101, 0), (ABS, 40, 0))
    stage.program.until("pad button 1 down group 0 mode 0", "pad button 1 up group 0 mode 0")
    device.send((ABS, 8, 36), (ABS, 40, 15))
    device.send((ABS, 8, 0), (ABS, 40, 0))
    stage.program.until("pad ring 0 ", "pad ring 0 -1")
    stage.unplug(device)


def switch(stage):
    device = stage.plug("switch", "Lid Switch", switches=(0,), bus=0x19)
    device.send((SW, 0, 1))
    stage.program.until("lid on")
    device.send((SW, 0, 0))
    stage.program.until("lid off")
    stage.unplug(device)


def session(stage):
    device = stage.plug("keyboard", "Test Keyboard", keys=range(1, 120))
    device.send((KEY, 29, 1))
    stage.program.until("key 29 down")
    stage.program.tell("suspend")
    stage.program.until("key 29 up", 'removed keyboard "Test Keyboard"', "did suspend")
    device.send((KEY, 29, 0))
    device.send((KEY, 30, 1))
    device.send((KEY, 30, 0))
    stage.program.tell("resume")
    lines = stage.program.until('added keyboard "Test Keyboard"', "did resume")
    if any(line.startswith("key 30") for line in lines):
        raise Failed("keys of another session come")
    device.send((KEY, 31, 1))
    device.send((KEY, 31, 0))
    stage.program.until("key 31 down", "key 31 up")
    stage.unplug(device)


def absolute_pointers(stage):
    """A single device is mapped to all outputs; of several, one per head, each to its own."""
    def make(number):
        return Device("Head %d" % number, keys=(0x110,), bus=6,
                      axes={0: (0, 32767, 0), 1: (0, 32767, 0)})
    # The guest has QEMU's tablet already.
    first = make(1)
    if not stage.program.until('added mouse "Head 1"')[-1].endswith(" on Virtual-2"):
        raise Failed("a second absolute pointer is not on the second head")
    first.send((ABS, 0, 16384), (ABS, 1, 8192))
    stage.program.until('absolute 0.5000,0.2500 "Head 1"', "frame")
    stage.unplug(first)


def main(path):
    stage = Stage(path)
    failed = 0
    for test in (keyboard, held_when_unplugged, lamps, switched_off, mouse, mouse_with_settings,
                 trackpoint, touchpad, touchscreen, tablet, pad, switch, session,
                 absolute_pointers):
        try:
            test(stage)
            print("ok", test.__name__, flush=True)
        except (Failed, OSError) as error:
            failed += 1
            print("not ok %s: %s" % (test.__name__, error), flush=True)
    stage.program.tell("quit")
    status = stage.program.process.wait(20)
    if status:
        print("the program ends with status", status)
    return 1 if failed or status else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
