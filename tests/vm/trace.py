# SPDX-License-Identifier: MIT
"""Parses QEMU's trace of a guest's virtio-gpu: commands on the queues, their size, and the process
that sent them."""
import os
import re
import time

from guest import Failed

# Sizes of requests in bytes, without the page lists and streams that follow some of them
SIZES = {
    "get_display_info": 24, "get_edid": 32, "res_create_2d": 40, "res_unref": 32,
    "set_scanout": 48, "res_flush": 48, "res_xfer_toh_2d": 56, "res_back_attach": 32,
    "res_back_detach": 32, "ctx_create": 96, "ctx_destroy": 24, "ctx_res_attach": 32,
    "ctx_res_detach": 32, "res_create_3d": 72, "res_xfer_toh_3d": 72, "res_xfer_fromh_3d": 72,
    "ctx_submit": 32, "res_create_blob": 56, "set_scanout_blob": 96}
UPLOADS = ("res_xfer_toh_2d", "res_xfer_toh_3d")
LINE = re.compile(r"^(?:\d+@([\d.]+):)?(?:virtio_gpu_)?(\w+) ?(.*)$")


def value(name, rest):
    """The number after name, such as 92 for size in "ctx 0x3, size 92"; else None."""
    match = re.search(r"\b%s (\w+)" % name, rest)
    return int(match.group(1), 0) if match else None


class Window:
    """Events of a period. owners: name of the process that created each context, by number.
    holders: the context that each resource was first attached to."""

    def __init__(self, events, owners, holders):
        self.events, self.owners, self.holders = events, owners, holders

    def named(self, name):
        return [(when, rest) for when, what, rest in self.events if what == name]

    def commands(self):
        """Commands on the control queue: (name, bytes, name of the process it is for, or None)."""
        for _, what, rest in self.events:
            name = what.removeprefix("cmd_")
            if name == what:
                continue
            context = value("ctx", rest)
            if context is None:
                context = self.holders.get(value("res", rest))
            size = SIZES[name] + (value("size", rest) if name == "ctx_submit" else 0)
            yield name, size, self.owners.get(context)

    def frames(self):
        return len(self.named("cmd_res_flush"))

    def cursor(self, kind=None):
        return sum(kind is None or kind in rest.split(", ")
                   for _, rest in self.named("update_cursor"))

    def first_frame(self):
        """Time of the first frame that a screen showed from a resource of this period, or None."""
        made, shown = set(), set()
        for when, what, rest in self.events:
            if what in ("cmd_res_create_2d", "cmd_res_create_3d", "cmd_res_create_blob"):
                made.add(value("res", rest))
            elif what.startswith("cmd_set_scanout"):
                shown.add(value("res", rest))
            elif what == "cmd_res_flush" and value("res", rest) in made & shown:
                return when
        return None

    def cursor_latencies(self):
        """Seconds from each input event to the first cursor command after it, without the time in
        which QEMU executed a stream: the whole machine is stopped then."""
        asked, drawing, drawn = None, None, 0
        for when, what, _ in self.events:
            if drawing:
                drawn += when - drawing
            drawing = when if what == "cmd_ctx_submit" else None
            if what == "input_event_sync" and not asked:
                asked, drawn = when, 0
            elif what == "update_cursor" and asked:
                yield when - asked - drawn
                asked = None

    def fence_times(self):
        """Seconds until the fence of each fenced command signalled."""
        begun = {}
        for when, what, rest in self.events:
            if what == "fence_ctrl":
                begun[value("fence", rest)] = when
            elif what == "fence_resp" and value("fence", rest) in begun:
                yield when - begun[value("fence", rest)]

    def idle_scanouts(self):
        """Scan-out commands that set a screen to the resource it shows already."""
        last, count = {}, 0
        for _, what, rest in self.events:
            if what.startswith("cmd_set_scanout"):
                screen = value("id", rest)
                count += last.get(screen) == rest
                last[screen] = rest
        return count


class Trace:
    """Reads the trace while QEMU writes it."""

    def __init__(self, path):
        self.path, self.rest = path, ""
        self.events, self.owners, self.holders = [], {}, {}
        self.file = open(path, errors="replace")

    def read(self):
        """Reads new events. Returns the number of all events."""
        lines = (self.rest + self.file.read()).split("\n")
        self.rest = lines.pop()
        for line in lines:
            match = LINE.match(line)
            if not match:
                continue
            when, what, rest = match.groups()
            if what == "cmd_ctx_create":
                self.owners[value("ctx", rest)] = rest.partition("name ")[2]
            elif what == "cmd_ctx_res_attach":
                self.holders.setdefault(value("res", rest), value("ctx", rest))
            elif what == "cmd_res_unref":
                self.holders.pop(value("res", rest), None)
            self.events.append((float(when or 0), what, rest))
        return len(self.events)

    def since(self, mark):
        self.read()
        return Window(self.events[mark:], dict(self.owners), dict(self.holders))

    def calm(self, seconds=1.5, limit=60):
        """Waits until nothing has been sent for this many seconds."""
        end, last, size = time.monotonic() + limit, time.monotonic(), -1
        while time.monotonic() - last < seconds:
            if os.path.getsize(self.path) != size:
                size, last = os.path.getsize(self.path), time.monotonic()
            if time.monotonic() > end:
                raise Failed("the device does not come to rest")
            time.sleep(0.05)
        return self.read()
