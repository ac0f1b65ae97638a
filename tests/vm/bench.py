#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares Oriel as the session of a virtual machine with weston, sway and cage: virtio-gpu
traffic, memory, start-up time, wake-ups, and CPU time in counted instructions (2 ns each). Each
device is measured in two guests: one in real time, and one where instructions are counted.

usage: bench.py [--icount|--real] [WORD...]   only subjects with one of these words: gl weston, ..."""
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from guest import HERE, Failed, Guest, wait_for
from peers import SUBJECTS, Peer, set_up
from trace import UPLOADS, Trace

sys.path.insert(0, HERE + "/../bench")
from compositor import Table  # noqa: E402

BUILD = os.path.abspath(os.environ.get("BUILD", HERE + "/../../build"))
PICTURES = HERE + "/../../build-log/guest"
CLIENTS = {"egl": "weston-simple-egl", "shm": "weston-simple-shm"}
# A host without a GPU draws one of these frames in about 100 ms. Larger ones block all of QEMU.
BUSY = "glmark2-es2-wayland -s 200x150 -b terrain:duration=600"
MOTIONS = 200
STARTS = 3
SECONDS = 5  # of frames
PATIENCE = 120  # seconds; the machine may be busy


def least(figures):
    """A limit that makes Oriel the best of all."""
    return min((figures[name] for name in figures if name != "oriel"), default=None)


# What is written, unit, figure, and limits: of Oriel that sends virgl itself, and of any other.
ROWS = (
    ("start to first frame", "s", "start", 0.4, least),
    ("PSS with a terminal", "MB", "pss", 8, least),
    ("10 s idle: commands", "", "idle commands", 0, 0),
    ("10 s idle: wake-ups", "", "idle wake-ups", 0, 0),
    ("200 motions: control commands", "", "motion commands", 0, 0),
    ("200 motions: cursor commands", "", "motion cursor", MOTIONS, MOTIONS),
    ("egl client, a frame: commands", "", "egl commands", least, least),
    ("  bytes", "B", "egl bytes", "egl others", least),
    ("  own SUBMIT_3D", "", "egl submits", 1, least),
    ("  bytes of those", "B", "egl stream", 600, least),
    ("shm client, a frame: commands", "", "shm commands", least, least),
    ("  bytes", "B", "shm bytes", "shm uploads", least),
    ("  own SUBMIT_3D", "", "shm submits", 1, least),
    ("  bytes of those", "B", "shm stream", 600, least),
    ("  SET_SCANOUT", "", "shm scanouts", 1, 1),
    ("  of those without a change", "", "shm idle scanouts", 0, 0),
    ("  cursor commands", "", "shm cursor", 0, 0),
    ("motion to cursor, GPU busy", "ms", "latency", 3, None),
    ("CPU until the first frame", "ms", "start cpu", least, least),
    ("CPU of a frame, egl client", "ms", "egl cpu", 0.2, least),
    ("CPU of a frame, shm client", "ms", "shm cpu", 0.2, least),
    ("CPU of a motion", "ms", "motion cpu", 0.05, least),
)
BEYOND = 700  # bytes a frame may cost more than what it cannot do without


def say(text):
    print("  " + text, flush=True)


def picture(guest, subject, what):
    """Saves a picture of the host's window for inspection."""
    os.makedirs(PICTURES, exist_ok=True)
    path = "%s/%s-%s.png" % (PICTURES, subject.label().replace(" ", "-"), what)
    guest.screenshot(guest.share + "/seen.xwd")
    subprocess.run(["convert", "xwd:" + guest.share + "/seen.xwd", path], check=True)


def measure_start(guest, trace, subject, figures):
    """Starts the subject several times and leaves the last instance running."""
    times = []
    for _ in range(STARTS):
        if times:
            peer.end()
        peer = Peer(guest, trace, subject)
        times.append(peer.started)
        trace.calm()
    figures["start"] = statistics.median(times)
    say("first frame after " + ", ".join("%.2f s" % t for t in times))
    return peer


def measure_idle(peer, figures):
    _, before = peer.used()
    mark = peer.trace.read()
    peer.guest.must("sleep 10")
    window = peer.trace.since(mark)
    figures["idle commands"] = len(list(window.commands())) + window.cursor()
    figures["idle wake-ups"] = peer.used()[1] - before
    say("idle: %(idle commands)d commands, %(idle wake-ups)d wake-ups" % figures)


def measure_motion(peer, figures, icount):
    cpu, _ = peer.used()
    mark = peer.trace.read()
    for step in range(MOTIONS):
        peer.guest.move(0.4 + step / 1000, 0.4 + step / 2000)
        time.sleep(0.02)
    peer.trace.calm()
    window = peer.trace.since(mark)
    if icount:
        figures["motion cpu"] = (peer.used()[0] - cpu) / MOTIONS
        say("motion: %.3f ms" % figures["motion cpu"])
        return
    figures["motion commands"] = len(list(window.commands()))
    figures["motion cursor"] = window.cursor()
    say("motion: %(motion commands)d control commands, %(motion cursor)d cursor commands" % figures)


def measure_frames(peer, kind, figures, icount):
    """Measures an animated client in front of the terminal."""
    trace, mark = peer.trace, peer.trace.read()
    client = peer.client(CLIENTS[kind])
    try:
        wait_for("30 frames of " + CLIENTS[kind], lambda: trace.since(mark).frames() > 30,
                 PATIENCE)
        picture(peer.guest, peer.subject, kind)
        cpu, _ = peer.used()
        mark = trace.read()
        time.sleep(SECONDS)
        window = trace.since(mark)
        cpu = peer.used()[0] - cpu
    finally:
        peer.kill(client)
    frames = window.frames()
    if not frames:
        raise Failed("no frames")
    if icount:
        figures[kind + " cpu"] = cpu / frames
        say("%s: %.3f ms in each of %d frames" % (kind, cpu / frames, frames))
        return
    commands = list(window.commands())
    own = [size for name, size, owner in commands
           if name == "ctx_submit" and owner == peer.subject.process()]
    totals = {
        "commands": len(commands),
        "bytes": sum(size for _, size, _ in commands),
        "others": sum(size for _, size, owner in commands
                      if owner not in (None, peer.subject.process())),
        "uploads": sum(size for name, size, _ in commands if name in UPLOADS),
        "submits": len(own),
        "stream": sum(own),
        "scanouts": sum(name.startswith("set_scanout") for name, _, _ in commands),
        "idle scanouts": window.idle_scanouts(),
        "cursor": window.cursor()}
    for name, total in totals.items():
        figures["%s %s" % (kind, name)] = total / frames
    counts = {}
    for name, _, owner in commands:
        counts[name, owner] = counts.get((name, owner), 0) + 1
    say("%s: %d frames, %.0f bytes each: %s" % (
        kind, frames, totals["bytes"] / frames,
        ", ".join("%.2f %s%s" % (n / frames, name, " of " + owner if owner else "")
                  for (name, owner), n in sorted(counts.items(), key=lambda c: -c[1]))))


def measure_latency(peer, figures):
    """Measures the time from a motion in QEMU to its cursor command while the host draws for a
    client."""
    trace, mark = peer.trace, peer.trace.read()
    client = peer.client(BUSY)
    try:
        wait_for("frames of " + BUSY, lambda: trace.since(mark).frames() > 10, PATIENCE)
        mark = trace.read()
        for step in range(30):
            peer.guest.move(0.4 + step / 100, 0.5)
            time.sleep(0.2)
        window = trace.since(mark)
    finally:
        peer.kill(client)
    times = sorted(1e3 * t for t in window.cursor_latencies())
    queued = [1e3 * t for t in window.fence_times()]
    if not times or not queued:
        raise Failed("no cursor or no fences")
    figures["latency"] = statistics.median(times)
    say("motion to cursor: %.1f ms, at most %.1f; fences in the meantime %.0f ms, at most %.0f" % (
        figures["latency"], times[-1], statistics.median(queued), max(queued)))


def measure(guest, trace, subject, figures, icount):
    rest = 3 if icount else 1.5
    if icount:
        peer = Peer(guest, trace, subject)
    else:
        peer = measure_start(guest, trace, subject, figures)
    try:
        trace.calm(rest)
        if icount:
            figures["start cpu"], _ = peer.used()
            say("CPU until it rests: %.0f ms" % figures["start cpu"])
        peer.terminal()
        guest.move(0.3, 0.3)
        trace.calm(2 * rest)
        guest.move(0.31, 0.31)
        trace.calm(rest)
        picture(guest, subject, "terminal")
        if not icount:
            figures["pss"] = peer.pss_mb()
            say("PSS %.1f MB" % figures["pss"])
            measure_idle(peer, figures)
        measure_motion(peer, figures, icount)
        for kind in CLIENTS:
            measure_frames(peer, kind, figures, icount)
            trace.calm(rest)
        if subject.gpu == "gl" and not icount:
            measure_latency(peer, figures)
    except Failed as error:
        raise Failed("%s\n%s" % (error, peer.log())) from error
    finally:
        peer.end()


def answers(guest):
    try:
        return guest.run("true")[0] == 0
    except (Failed, OSError):
        return False


def measure_some(left, icount, figures):
    """Measures subjects in one guest for as long as it responds; removes those tried from left."""
    with tempfile.NamedTemporaryFile() as log, \
            Guest(left[0].gpu, trace=log.name, icount=icount,
                  arguments=("-trace", "input_event_sync")) as guest:
        trace = Trace(log.name)
        set_up(guest, BUILD)
        guest.x("xdotool", "windowmove", guest.window(), "0", "0")
        while left:
            subject = left.pop(0)
            print(subject.label(), flush=True)
            try:
                measure(guest, trace, subject, figures[subject], icount)
            except (Failed, OSError) as error:
                say("FAILED: %s" % str(error).strip().replace("\n", "\n    "))
                if not answers(guest):
                    return


def measure_all(subjects, icount, figures):
    """Measures all subjects; failures are reported and skipped."""
    left = list(subjects)
    while left:
        print("A guest with virtio-gpu%s boots%s" % (
            "-gl" if left[0].gpu == "gl" else "", ", instructions counted" if icount else ""),
            flush=True)
        before = len(left)
        try:
            measure_some(left, icount, figures)
        except (Failed, OSError) as error:
            say("FAILED: %s" % str(error).strip().replace("\n", "\n    "))
            if len(left) == before:  # the guest did not boot
                return


def limit_of(judged, figures, wanted):
    """Converts a key of the limits in ROWS to what Table takes."""
    if not isinstance(wanted, str):
        return wanted
    return figures[judged].get(wanted, 0) + BEYOND


def print_table(judged, figures):
    """Prints one Oriel beside its peers on the same device. Returns how many rows exceed limits."""
    print("\n%s, %s" % (judged.label(), judged.command.partition(" ")[2]))
    beside = {"oriel": judged}
    beside.update((s.name, s) for s in figures if s.gpu == judged.gpu and not s.is_oriel())
    table = Table(*beside)
    for what, unit, key, virgl, other in ROWS:
        cells = {name: figures[s][key] for name, s in beside.items() if key in figures[s]}
        limit = limit_of(judged, figures, virgl if judged.name == "virgl" else other)
        if "oriel" in cells:
            table.show(what, unit, cells, limit)
    return table.over


def main(words):
    kinds = [kind for kind in (False, True)
             if not {"--icount", "--real"} & set(words) or
             ("--icount" if kind else "--real") in words]
    words = [word for word in words if not word.startswith("--")]
    subjects = [s for s in SUBJECTS
                if not words or any(word in s.label() for word in words)]
    figures = {s: {} for s in subjects}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for gpu in ("gl", "2d"):
            for icount in kinds:
                measure_all([s for s in subjects if s.gpu == gpu], icount, figures)
    except KeyboardInterrupt:
        print("Enough: what is known so far")
    over = sum(print_table(s, figures) for s in figures if s.is_oriel() and figures[s])
    failed = [s.label() for s in figures if not figures[s]]
    if failed:
        print("\nnot measured: " + ", ".join(failed))
    return bool(over or failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
