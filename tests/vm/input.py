#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests input in a guest. devices: what the back end reports for uinput devices and QEMU's own.
session: the events that Oriel's clients receive for them, with a configuration. heads: the pointers
of a machine with several heads.

usage: input.py [devices|session|heads]...   tests the build in $BUILD (default: build-gcc)"""
import os
import re
import shutil
import time

import checks
from guest import HERE, Failed, Guest, wait_for
from session import BUILD, PATIENCE, Heads, switch_terminal, terminal_comes

CONFIG = """
[keyboard]
layout = de
repeat-rate = 40
repeat-delay = 300
[bindings]
Ctrl+Alt+e = exec touch /tmp/bound
[input:Plain Keyboard]
layout = us
[input:touchpad]
tap = yes
natural-scroll = yes
click-method = fingers
[input:Flat Mouse]
acceleration = flat
"""


def copy(guest, *paths):
    os.makedirs(guest.share + "/bin", exist_ok=True)
    for path in paths:
        shutil.copy(path, guest.share + "/bin")


class Held:
    """Creates uinput devices in the guest through hold.py."""

    def __init__(self, guest):
        self.guest = guest
        copy(guest, HERE + "/devices.py", HERE + "/hold.py")
        guest.must("cd /run/share/bin; (python3 hold.py /tmp/hold >../held 2>&1 </dev/null &); "
                   "until [ -p /tmp/hold ]; do sleep 0.1; done")

    def do(self, line):
        self.guest.must("cat >/tmp/hold <<'TEXT'\n%s\nTEXT" % line)


class Lines:
    """Reads a file in the shared folder that a program in the guest writes."""

    def __init__(self, path):
        self.path = path
        self.at = 0  # everything before has been matched

    def new(self):
        with open(self.path, errors="replace") as file:
            file.seek(self.at)
            return file.read()

    def skip(self):
        self.at = os.path.getsize(self.path)

    def until(self, *patterns, seconds=PATIENCE):
        """Waits for a match of each pattern, in this order; other text in between is ignored. The
        next search starts behind the last match."""
        def look():
            at, text = 0, self.new()
            for pattern in patterns:
                found = re.compile(pattern, re.MULTILINE).search(text, at)
                if not found:
                    return None
                at = found.end()
            return at, text
        try:
            at, text = wait_for("", look, seconds)
        except Failed as error:
            raise Failed("%r did not come, but\n%s" % (patterns, self.new()[-2000:])) from error
        self.at += len(text[:at].encode())
        return text[:at]


class Session:
    """Runs Oriel on the guest's screens, with one program."""

    def __init__(self, guest, shell, program, config=""):
        self.guest = guest
        copy(guest, BUILD + "/oriel", BUILD + "/oriel-kms.so", BUILD + "/tests/tools/test-actor")
        with open(guest.share + "/oriel.ini", "w", encoding="utf-8") as file:
            file.write(config)
        guest.must("cd /root; setsid /run/share/bin/oriel --backend drm --renderer pixman "
                   "--autostart=no -v --config /run/share/oriel.ini --shell %s --socket wayland-7 "
                   "-- sh -c '%s' >/run/share/log 2>&1 </dev/null &" % (shell, program))
        self.log = Lines(guest.share + "/log")
        wait_for("the window", lambda: (windows := self.run("list windows"))[0] == 0 and
                 windows[1].strip(), PATIENCE)
        self.settle()

    def run(self, verb):
        return self.guest.run("/run/share/bin/oriel msg --socket wayland-7 " + verb)

    def message(self, verb):
        status, text = self.run(verb)
        if status:
            raise Failed("oriel msg %s: %s" % (verb, text))
        return text

    def settle(self):
        wait_for("rest", lambda: self.run("settle")[0] == 0, PATIENCE)

    def end(self):
        self.guest.must("kill -TERM $(pgrep -x oriel); while pgrep -x oriel; do sleep 0.1; done")


def actor(guest):
    """The command of the test's client, the events that it reports, and its WAYLAND_DEBUG log."""
    program = "cd /run/share; WAYLAND_DEBUG=1 bin/test-actor --events >events 2>wire"
    return program, Lines(guest.share + "/events"), Lines(guest.share + "/wire")


def check_devices(check):
    with Guest("2d") as guest:
        copy(guest, BUILD + "/tests/tools/test-devices", HERE + "/devices.py")
        guest.must("cd /run/share; mkfifo /tmp/in; (sleep 100000 >/tmp/in 2>&1 </dev/null &) "
                   ">/dev/null 2>&1; (bin/test-devices </tmp/in >lines 2>&1 &)")
        lines = Lines(guest.share + "/lines")
        wait_for("the program", lambda: os.path.exists(lines.path), PATIENCE)
        lines.until("ready")
        guest.key("a")
        guest.key("ctrl", "b")
        check("keys of QEMU", lambda: lines.until(
            "key 30 down", "key 30 up", "key 29 down", "key 48 down", "key 48 up", "key 29 up"))
        guest.click(0.5, 0.25)
        check("its tablet", lambda: lines.until(
            "absolute 0.5", "frame", "button 0x110 down", "frame", "button 0x110 up"))
        guest.must("pkill sleep; pkill test-devices; rm /tmp/in")
        _, output = guest.run("cd /run/share/bin; python3 devices.py ./test-devices", 900)
        for line in output.splitlines():
            if line.startswith(("ok ", "not ok ")):
                check(line.split(" ", 2 if line.startswith("not") else 1)[-1],
                      lambda: line.startswith("ok "))
            else:
                print(line)
        check("all kinds of devices were tried", lambda: output.count("ok ") == 14)


def check_typing(check, guest):
    session = Session(guest, "desktop", "foot")
    session.message("focus app_id=foot")
    text = "Aa0 ~!@#$%^&*()_+{}|:\"<>? `-=[]\\;,./"
    guest.type("cat >/run/share/typed\n")
    guest.type(text + "\n")
    check("what is typed reaches the terminal", lambda: wait_for(
        "the text", lambda: os.path.exists(guest.share + "/typed") and
        open(guest.share + "/typed").read() == text + "\n", PATIENCE))
    typed = Lines(guest.share + "/typed")
    typed.skip()
    guest.send({"type": "key", "data": {"key": {"type": "qcode", "data": "x"}, "down": True}})
    time.sleep(2)
    guest.send({"type": "key", "data": {"key": {"type": "qcode", "data": "x"}, "down": False}})
    guest.type("\n")
    # Key repeat: 25 a second after 0.6 s; the machine may be busy.
    check("a held key repeats", lambda: 15 < len(typed.until("x+\n")) < 60)
    guest.key("ctrl", "alt", "backspace")
    guest.type("on\n")
    check("Ctrl+Alt+BackSpace is no key of ours", lambda: typed.until("on\n"))
    session.end()


def check_keyboard(check, guest, held):
    program, events, wire = actor(guest)
    session = Session(guest, "kiosk", program, CONFIG)
    check("the rate of repetition is told", lambda: wire.until(r"repeat_info\(40, 300\)"))
    guest.key("y")
    check("the layout is the configured one", lambda: events.until("key z z"))
    held.do("plain = Device('Plain Keyboard', keys=range(1, 120), lamps=(0, 1, 2))")
    session.log.until("Plain Keyboard")
    held.do("plain.send((KEY, 21, 1)); plain.send((KEY, 21, 0))")
    check("a keyboard may have one of its own", lambda: events.until("key y y"))
    guest.key("y")
    check("and the others keep theirs", lambda: events.until("key z z"))

    lamp = "cat $(grep -l 'QEMU Virtio Keyboard' /sys/class/leds/*capslock/device/name | "  \
           "sed 's|device/name|brightness|')"
    other = lamp.replace("QEMU Virtio", "Plain")
    check("no lamp is lit", lambda: guest.must(lamp).strip() == "0")
    guest.key("caps_lock")
    check("Caps Lock lights its lamps", lambda: wait_for("the light", lambda: (
        guest.must(lamp).strip(), guest.must(other).strip()) == ("1", "1"), PATIENCE))
    guest.key("a")
    check("and means capitals", lambda: events.until("key A A"))
    guest.key("caps_lock")
    check("and goes out", lambda: wait_for("darkness", lambda: (
        guest.must(lamp).strip(), guest.must(other).strip()) == ("0", "0"), PATIENCE))
    held.do("plain.send((KEY, 31, 1)); plain.remove()")
    check("a key that is held when its keyboard goes is let go",
          lambda: wire.until(r"key\(\d+, \d+, 31, 1\)", r"key\(\d+, \d+, 31, 0\)"))

    # The user switches to another terminal with keys held.
    for name in ("ctrl", "alt", "f2"):
        guest.send({"type": "key", "data": {"key": {"type": "qcode", "data": name}, "down": True}})
    check("Ctrl+Alt+F2 goes to another terminal", lambda: terminal_comes(guest, "tty2"))
    check("what was held is let go", lambda: wire.until(r"key\(\d+, \d+, (29|56), 0\)",
                                                       r"key\(\d+, \d+, (29|56), 0\)"))
    for name in ("f2", "alt", "ctrl"):
        guest.send({"type": "key", "data": {"key": {"type": "qcode", "data": name}, "down": False}})
    events.skip()
    guest.type("secret")
    guest.click(0.5, 0.5)
    switch_terminal(guest, 1)
    session.log.until("is inactive", "is active", "QEMU Virtio Keyboard")
    guest.key("b")
    came = events.until("key b b")
    check("nothing of what was done there comes", lambda: "secret"[0] not in re.findall(
        r"key (\w+)", came) and "button" not in came)
    check("and the next key is as it should be", lambda: "ctrl" not in came and "alt" not in came)
    for _ in range(5):
        guest.key("ctrl", "alt", "f2")
        terminal_comes(guest, "tty2")
        switch_terminal(guest, 1)
        session.log.until("is active", "QEMU Virtio Keyboard")
    events.skip()
    guest.key("c")
    check("nor after 5 times", lambda: events.until("^key c c$"))
    session.end()


def check_pointers(check, guest, held):
    program, events, wire = actor(guest)
    session = Session(guest, "kiosk", program, CONFIG)
    guest.click(0.25, 0.75)
    check("the tablet clicks where it is", lambda: events.until(
        "(motion|enter window) 3(19|20),(599|600)", "button left down", "button left up"))
    guest.click(0.999, 0.0, "right")
    check("up to the corners", lambda: events.until(
        "motion 127[89],0", "button right down", "button right up"))
    guest.button(True, "wheel-down")
    guest.button(False, "wheel-down")
    check("its wheel scrolls", lambda: wire.until(
        r"axis_source\(0\)", r"axis_discrete\(0, 1\)", r"axis\(\d+, 0, 15"))
    guest.button(True, "wheel-up")
    guest.button(False, "wheel-up")
    check("both ways", lambda: wire.until(r"axis_discrete\(0, -1\)", r"axis\(\d+, 0, -15"))

    guest.move(0.5, 0.5)
    events.until("motion 6(39|40),(399|400)")
    held.do("mouse = Device('Flat Mouse', keys=MOUSE_KEYS, wheels=(0, 1, 8, 11))")
    session.log.until("Flat Mouse")
    held.do("mouse.send((REL, 0, 30), (REL, 1, -20))")
    check("a mouse moves it from there", lambda: events.until("motion 6(69|70),3(79|80)"))
    held.do("mouse.send((KEY, 0x110, 1)); mouse.remove()")
    check("a button that is held when its mouse goes is let go",
          lambda: events.until("button left down", "button left up"))

    held.do("pad = Device('Test Touchpad', keys=(0x110, 0x14a, 0x145, 0x14d, 0x14e), "
            "axes=PAD_AXES, properties=(0, 2), bus=0x18)")
    session.log.until("Test Touchpad")
    held.do("touch(pad, [(2000, 1200)]); touch(pad, [(2000, 1200)], lift=True, before=1)")
    check("a tap is a click", lambda: events.until("button left down", "button left up"))
    held.do("time.sleep(0.5); stroke(pad, 2, (0, 40), None)")
    check("content follows two fingers, which are lifted",
          lambda: wire.until(r"axis_source\(1\)", r"axis\(\d+, 0, -", r"axis_stop\(\d+, 0\)"))
    held.do("time.sleep(0.5); touch(pad, [(1500, 1200), (2200, 1200)]); "
            "pad.send((KEY, 0x110, 1)); pad.send((KEY, 0x110, 0)); "
            "touch(pad, [(1500, 1200), (2200, 1200)], lift=True, before=2)")
    check("a press with two fingers is the right button",
          lambda: events.until("button right down", "button right up"))
    held.do("pad.remove()")

    held.do("screen = Device('Test Screen', keys=(0x14a,), axes=PAD_AXES, properties=(1,))")
    session.log.until("Test Screen")
    held.do("touch(screen, [(2000, 1200)]); touch(screen, [(3000, 600)], before=1); "
            "touch(screen, [(3000, 600)], lift=True, before=1)")
    check("a finger on a screen touches there", lambda: events.until(
        "touch 0 down 6(39|40),(399|400)", "touch 0 motion 9(59|60),(199|200)", "touch 0 up"))
    held.do("touch(screen, [(2000, 1200)])")
    events.until("touch 0 down")
    held.do("screen.remove()")
    check("and lets go where its screen goes", lambda: events.until("touch (0 up|cancel)"))

    held.do("lid = Device('Lid Switch', switches=(0,), bus=0x19)")
    session.log.until("Lid Switch")
    held.do("lid.send((SW, 0, 1))")
    guest.click(0.5, 0.5)
    events.until("button left up")
    check("a lid darkens no screen of another kind",
          lambda: "off" not in session.message("list outputs"))
    held.do("lid.remove()")
    session.end()


def check_plugs(check, guest):
    program, events, _ = actor(guest)
    session = Session(guest, "kiosk", program)
    guest.must("modprobe -a xhci_pci usbhid hid_generic")
    for kind, name, use in (
            ("usb-kbd", "QEMU QEMU USB Keyboard", lambda: guest.key("k")),
            ("usb-mouse", "QEMU QEMU USB Mouse", lambda: guest.send(
                *({"type": "rel", "data": {"axis": axis, "value": 5}} for axis in "xy")))):
        for _ in range(2):
            guest.qmp("device_add", driver=kind, id="plugged", bus="usb.0")
            check("%s is found" % kind, lambda: session.log.until(name))
            events.skip()
            # QEMU sends events to it only once the guest has set it up.
            check("and speaks", lambda: wait_for(
                "something", lambda: use() or events.new(), PATIENCE))
            guest.qmp("device_del", id="plugged")
            wait_for("its end", lambda: name not in guest.run(  # it may disappear while it is read
                "cat /sys/class/input/*/name")[1], PATIENCE)
    session.settle()
    events.skip()
    guest.key("k")
    check("the first keyboard is as it was", lambda: events.until("key k k"))
    check("without a complaint", lambda: not re.search(
        "warning:|error:", open(session.log.path).read()))
    session.end()


def check_toolkit(check, guest, held):
    """Tests requests that only toolkits send."""
    session = Session(guest, "kiosk", "WAYLAND_DEBUG=1 gtk3-demo-application 2>/run/share/wire")
    wire = Lines(guest.share + "/wire")
    guest.move(0.4, 0.4)
    guest.move(0.5, 0.5)
    wire.until(r"wl_pointer@\d+.(enter|motion)")
    held.do("pad = Device('Test Touchpad', keys=(0x110, 0x14a, 0x145, 0x14d, 0x14e), "
            "axes=PAD_AXES, properties=(0, 2), bus=0x18)")
    session.log.until("Test Touchpad")
    held.do("time.sleep(0.5); stroke(pad, 3, (40, 0), None)")
    check("three fingers swipe", lambda: wire.until(
        r"swipe_v1@\d+.begin\(.*, 3\)", r"swipe_v1@\d+.update\(\d+, \d+\.", r"swipe_v1@\d+.end\("))
    held.do("time.sleep(0.5); stroke(pad, 2, None, lambda i: "
            "[(1900 - 50 * i, 1200 - 20 * i), (2100 + 50 * i, 1200 + 20 * i)])")
    check("two pinch", lambda: wire.until(
        r"pinch_v1@\d+.begin\(.*, 2\)", r"pinch_v1@\d+.update\(", r"pinch_v1@\d+.end\("))
    held.do("pad.remove()")
    held.do("pen = Device('Test Pen', keys=(0x140, 0x14a, 0x14b), properties=(1,), axes="
            "{0: (0, 20000, 100), 1: (0, 10000, 100), 24: (0, 1023, 0), 26: (-60, 60, 57), "
            "27: (-60, 60, 57)})")
    check("a tablet is told of", lambda: wire.until(r"tablet_v2@\d+.name\(\"Test Pen\"\)"))
    held.do("pen.send((KEY, 0x140, 1), (ABS, 0, 100), (ABS, 1, 100)); pen.send((KEY, 0x140, 0))")
    held.do("pen.send((KEY, 0x140, 1), (ABS, 0, 10000), (ABS, 1, 5000), (ABS, 26, 30))")
    check("its pen comes near", lambda: wire.until(
        r"tool_v2@\d+.type\(320\)", r"tool_v2@\d+.proximity_in\(",
        r"tool_v2@\d+.motion\((639|640)\.\d+, (399|400)\.\d+\)", r"tool_v2@\d+.tilt\(30\."))
    held.do("pen.send((KEY, 0x14a, 1), (ABS, 24, 900))")
    check("and touches", lambda: wire.until(r"tool_v2@\d+.pressure\([1-9]", r"tool_v2@\d+.down\("))
    held.do("pen.send((KEY, 0x14a, 0), (ABS, 24, 0)); pen.send((KEY, 0x140, 0)); pen.remove()")
    check("and goes, with its tablet", lambda: wire.until(
        r"tool_v2@\d+.up\(", r"tool_v2@\d+.proximity_out\(", r"tablet_v2@\d+.removed\("))
    session.end()


def check_session(check):
    with Guest("2d", arguments=("-device", "qemu-xhci,id=usb")) as guest:
        held = Held(guest)
        check_typing(check, guest)
        check_keyboard(check, guest, held)
        check_pointers(check, guest, held)
        check_plugs(check, guest)
        check_toolkit(check, guest, held)


def move_on(guest, head, x, y):
    """Moves the tablet of one head."""
    guest.qmp("input-send-event", device="gpu", head=head, events=[
        {"type": "abs", "data": {"axis": axis, "value": int(value * 32767)}}
        for axis, value in (("x", x), ("y", y))])


HEADS_CONFIG = """
[rule:one]
app-id = one
output = Virtual-1
position = 0,0
decorated = no
[rule:two]
app-id = two
output = Virtual-2
position = 0,0
decorated = no
"""


def check_heads(check):
    monitors = Heads()
    try:
        with Guest("virtio-gpu-pci,id=gpu,max_outputs=2", ui="dbus,addr=unix:path=" + monitors.path,
                   arguments=("-device", "qemu-xhci,id=usb")) as guest:
            guest.must("modprobe -a xhci_pci usbhid hid_generic")
            monitors.set(1, 800, 600)
            client = "/run/share/bin/test-actor --events --app-id %s --size %s >/run/share/%s"
            session = Session(guest, "desktop", client % ("one", "1280x800", "one"), HEADS_CONFIG)
            wait_for("two heads", lambda: session.message("list outputs").count("Virtual-") == 2,
                     PATIENCE)
            print(session.message("list outputs"), end="", flush=True)
            session.message("spawn sh -c '%s'" % (client % ("two", "800x600", "two")))
            session.message("wait window app_id=two")
            session.settle()
            one, two = Lines(guest.share + "/one"), Lines(guest.share + "/two")
            # 2080 pixels
            guest.click(0.1, 0.5)
            check("one tablet lies over both heads, here the first", lambda: one.until(
                "(enter window|motion) 20[78],", "button left down"))
            guest.click(0.9, 0.5)
            check("and here the second", lambda: two.until(
                "(enter window|motion) 59[123],", "button left down"))

            guest.qmp("device_add", driver="usb-tablet", id="plugged", bus="usb.0", display="gpu",
                      head=1)
            session.log.until("QEMU USB Tablet")
            # QEMU may send events to it while the guest is still setting it up.
            check("of two the first has the first head", lambda: wait_for(
                "a motion", lambda: guest.move(0.7, 0.5) or guest.move(0.8, 0.5) or
                re.search("(enter window|motion) 102[34],", one.new()), PATIENCE))
            check("the second has the second", lambda: wait_for("a motion", lambda: move_on(
                guest, 1, 0.4, 0.4) or move_on(guest, 1, 0.5, 0.5) or re.search(
                    "(enter window|motion) (399|400),(299|300)", two.new()), PATIENCE))
            guest.qmp("device_del", id="plugged")
            two.skip()
            check("without it the first has both again", lambda: wait_for(
                "a motion", lambda: guest.move(0.1, 0.5) or guest.move(0.9, 0.5) or
                re.search("(enter window|motion) 59[123],", two.new()), PATIENCE))
            session.end()

            session = Session(guest, "desktop", client % ("two", "800x600", "two"),
                              HEADS_CONFIG + "[input:QEMU * Tablet]\noutput = Virtual-2\n")
            two = Lines(guest.share + "/two")
            guest.click(0.5, 0.5)
            check("the configuration may name a head", lambda: two.until(
                "(enter window|motion) (399|400),", "button left down"))
            session.end()
    finally:
        monitors.end()


if __name__ == "__main__":
    checks.run({"devices": check_devices, "session": check_session, "heads": check_heads})
