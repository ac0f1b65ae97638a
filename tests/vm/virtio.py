#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests Oriel's virgl renderer on a virtio-gpu: its picture, its commands on the queues, and
recovery from a lost context. Without virgl on the host, Oriel has to draw on the CPU.

usage: virtio.py [desktop|clients|survival|plain|heads]...   tests the build in $BUILD (default:
build-gcc); saves pictures of the window in $PICTURES, if set"""
import os
import random
import re
import shutil
import subprocess
import time

import checks
from guest import Failed, Guest, wait_for
from kms_gl import check_programs
from session import BUILD, Heads, Session, same_picture, switch_terminal, window_of

# Sizes of commands by the specification, without the data that follows some of them
BYTES = {"ctx_submit": 32, "set_scanout": 48, "res_flush": 48, "res_create_3d": 72,
         "res_create_2d": 40, "res_back_attach": 32, "res_back_detach": 32, "ctx_res_attach": 32,
         "ctx_res_detach": 32, "res_unref": 32, "res_xfer_toh_3d": 72, "res_xfer_fromh_3d": 72,
         "res_xfer_toh_2d": 56, "ctx_create": 96, "ctx_destroy": 24}
FOREIGN = re.compile("libEGL|libGLES|libgallium|libLLVM|swrast|virtio_gpu_dri|libgbm|libX11|libxcb")


class Queues:
    """Records the commands on the queues from here on."""

    def __init__(self, guest):
        self.path = guest.trace
        self.start = os.path.getsize(self.path)

    def lines(self):
        with open(self.path, errors="replace") as file:
            file.seek(self.start)
            for line in file:
                name = line.partition("virtio_gpu_")[2]
                if name and "fence" not in name:
                    yield name.strip()

    def counts(self):
        counts = {}
        for line in self.lines():
            name = line.split(" ")[0].removeprefix("cmd_")
            counts[name] = counts.get(name, 0) + 1
        return counts

    def submits(self):
        """Sizes of submitted streams, as a list per context."""
        sizes = {}
        for line in self.lines():
            match = re.match(r"cmd_ctx_submit ctx (\S+), size (\d+)", line)
            if match:
                sizes.setdefault(match[1].rstrip(","), []).append(int(match[2]))
        return sizes

    def control_bytes(self):
        total = sum(BYTES.get(name, 24) * count for name, count in self.counts().items()
                    if name != "update_cursor")
        return total + sum(sum(sizes) for sizes in self.submits().values())


def process_of(guest):
    return guest.must("pgrep -o -x oriel").strip()


def memory(guest):
    text = guest.must("cat /proc/%s/smaps_rollup" % process_of(guest))
    return int(re.search(r"^Pss: *(\d+)", text, re.M)[1])


def largest(guest):
    """The largest mappings of the process, by file."""
    sums, name = {}, ""
    for line in guest.must("cat /proc/%s/smaps" % process_of(guest)).splitlines():
        words = line.split()
        if re.match(r"[0-9a-f]+-[0-9a-f]+$", words[0]):
            name = " ".join(words[5:]) or "anonymous"
        elif words[0] == "Pss:":
            sums[name] = sums.get(name, 0) + int(words[1])
    return "\n".join("# %6d kB %s" % (size, name) for name, size in
                     sorted(sums.items(), key=lambda item: -item[1])[:16])


def libraries(guest):
    text = guest.must("cat /proc/%s/maps" % process_of(guest))
    return {os.path.basename(path) for path in re.findall(r"\S+\.so\S*$", text, re.M)}


def picture(guest, name):
    """Saves a picture of the window for inspection."""
    folder = os.environ.get("PICTURES")
    if folder:
        guest.screenshot(guest.share + "/picture.xwd")
        subprocess.run(["convert", "xwd:" + guest.share + "/picture.xwd",
                        "%s/%s.png" % (folder, name)], check=True)


def start(guest, arguments="", environment=""):
    session = Session(guest, arguments=arguments, environment=environment)
    session.settle()
    return session


def check_desktop(check):
    with Guest("gl", trace=True) as guest:
        window_of(guest)
        session = start(guest)
        check("virgl was chosen", lambda: "drawing by virtio-gpu" in session.log())
        check("neither GL nor X11 is mapped", lambda: not list(
            filter(FOREIGN.search, libraries(guest))))
        pss = memory(guest)
        check("%d kB of memory are its share" % pss, lambda: pss < 8192)
        if pss >= 8192:
            print(largest(guest))
        check("the host shows our picture", lambda: same_picture(session))
        guest.type("seq 40\n")
        wait_for("output", lambda: not time.sleep(2), 10)
        session.settle()
        check("what is typed is seen", lambda: same_picture(session))
        picture(guest, "desktop")

        queues = Queues(guest)
        time.sleep(10)
        check("nothing is sent while nothing happens", lambda: queues.counts() == {})

        session.message("move 100,700")
        session.settle()
        queues = Queues(guest)
        for step in range(200):
            guest.move(0.1 + step * 0.004, 0.9)
        time.sleep(1)
        moves = queues.counts()
        check("200 motions of the pointer are %s" % moves,
              lambda: list(moves) == ["update_cursor"] and moves["update_cursor"] <= 200)

        queues = Queues(guest)
        guest.type("x")
        time.sleep(1)
        counts, size = queues.counts(), queues.control_bytes()
        frames = max(counts.get("res_flush", 1), 1)
        check("a letter is %s, %d bytes a frame" % (counts, size / frames),
              lambda: counts["ctx_submit"] == frames and size / frames < 1000)
        check("no complaint", session.quiet)

        for width, height in ((1000, 700), (1111, 777), (640, 480), (1280, 800)):
            guest.x("xdotool", "windowsize", guest.window(), str(width), str(height))
            check("%dx%d follows" % (width, height), lambda: wait_for(
                "the mode", lambda: session.modes()["Virtual-1"] == "%dx%d" % (width, height), 60))
        session.settle()
        check("the host shows it", lambda: same_picture(session))

        for _ in range(5):
            switch_terminal(guest, 2)
            switch_terminal(guest, 1)
        check("the session is back after 5 other terminals",
              lambda: session.log().count("is active") == 6)
        session.settle()
        check("after other terminals the host shows it", lambda: same_picture(session))
        guest.must("kill %s" % process_of(guest))
        wait_for("the end", lambda: guest.run("pgrep -x oriel")[0] != 0, 60)


def check_client(check, guest, session, program):
    """Tests one client beside the terminal."""
    session.message("spawn " + program)
    app = program.split()[0].removeprefix("weston-")
    wait_for(app, lambda: app.removeprefix("simple-") in session.message("list windows")
             .replace("simple-", ""), 180)
    time.sleep(4)
    queues = Queues(guest)
    time.sleep(10)
    counts, submits = queues.counts(), queues.submits()
    frames = max(counts.get("res_flush", 1), 1)
    # Oriel's context is the first one.
    ours = submits.get(min(submits, key=lambda name: int(name, 0)), []) if submits else []
    theirs = sum(sum(sizes) + 32 * len(sizes) for sizes in submits.values()) - sum(ours) - \
        32 * len(ours)
    own = (queues.control_bytes() - theirs) / frames
    print("# %s: %d frames in 10 s, %s" % (program, frames, counts))
    check("%s: %.0f bytes a frame are ours, %.0f the client's" % (program, own, theirs / frames),
          lambda: own <= 700 + (300 if "shm" in program else 0))
    check("%s: one submission a frame, %.0f bytes" % (program, sum(ours) / max(len(ours), 1)),
          lambda: len(ours) <= frames + 1)
    check("%s: no cursor commands" % program, lambda: "update_cursor" not in counts)
    picture(guest, app)
    guest.must("pkill -STOP -f %s" % program.split()[0])
    time.sleep(2)
    check("%s: the host shows our picture" % program, lambda: wait_for(
        "it", lambda: same_picture(session), 60))
    guest.must("pkill -KILL -f %s" % program.split()[0])
    wait_for("its end", lambda: len(session.message("list windows").splitlines()) <= 2, 60)


def check_video(check, guest, session):
    """Tests the colours of a two-plane buffer in memory that the GPU cannot import."""
    guest.must("modprobe vgem; udevadm settle")
    shutil.copy(BUILD + "/tests/vm/vm-video", guest.share + "/bin")
    session.message("spawn /run/share/bin/vm-video")
    wait_for("video", lambda: "video" in session.message("list windows"), 60)
    session.settle()
    guest.must("rm -f /run/share/video.png")
    session.message("shot /run/share/video.png window=app_id=video")
    colors = [int(subprocess.run(
        ["convert", guest.share + "/video.png", "-format", "%%[fx:round(255*p{%s}.%s)]" % (at, name),
         "info:"], check=True, capture_output=True, text=True).stdout)
              for at in ("40,40", "200,120") for name in "rgb"]
    check("video of another device is red and green: %s" % colors, lambda: all(
        abs(a - b) <= 2 for a, b in zip(colors, [254, 0, 0, 0, 255, 1])))
    check("video: the host shows our picture", lambda: wait_for(
        "it", lambda: same_picture(session), 60))
    picture(guest, "video")
    guest.must("pkill -KILL -f vm-video")
    wait_for("its end", lambda: len(session.message("list windows").splitlines()) <= 2, 60)


def check_clients(check):
    with Guest("gl", trace=True) as guest:
        window_of(guest)
        session = start(guest, "--backend virtio")
        for program in ("weston-simple-shm", "weston-simple-egl", "weston-simple-dmabuf-egl"):
            try:
                check_client(check, guest, session, program)
            except Failed as error:
                check("%s: %s" % (program, error), lambda: False)
                guest.run("pkill -KILL -f " + program)
        check_video(check, guest, session)
        check_programs(check, session)
        session.message("spawn weston-simple-egl -f -o")
        wait_for("full screen", lambda: "simple-egl" in session.message("list windows"), 120)
        time.sleep(5)
        queues = Queues(guest)
        time.sleep(5)
        submits = queues.submits()
        check("a client on the whole screen is shown as it is, %s" % queues.counts(),
              lambda: len(submits) == 1 and queues.counts()["set_scanout"] > 5)
        picture(guest, "full")
        guest.must("pkill -KILL -f weston-simple-egl")
        check("no complaint", session.quiet)


def check_survival(check):
    """Loses the context every few frames, a hundred times."""
    with Guest("gl", trace=True) as guest:
        window_of(guest)
        session = start(guest, "--backend virtio", "ORIEL_VIRGL_DEBUG=kill=20")
        check("the host shows our picture", lambda: same_picture(session))
        before = memory(guest)
        session.message("spawn weston-simple-shm")
        session.message("spawn weston-simple-egl")

        def deaths():
            return session.log().count("the renderer was recreated")
        try:
            wait_for("100 deaths", lambda: time.sleep(2) or deaths() >= 100, 900)
        except Failed:
            pass
        count = deaths()
        check("%d deaths are survived" % count, lambda: count >= 100)
        check("all clients live", lambda: len(session.message("list windows").splitlines()) == 3)
        guest.must("pkill -KILL -f weston-simple")
        wait_for("their end", lambda: len(session.message("list windows").splitlines()) == 1, 60)
        # Frames drawn with the lost context are drawn again once the loss is detected.
        wait_for("the picture", lambda: session.message("move 300,300") is not None and
                 same_picture(session), 120)
        check("the host shows our picture", lambda: same_picture(session))
        picture(guest, "survival")
        grown = memory(guest) - before
        check("its memory has grown by %d kB" % grown, lambda: grown < 2048)


def check_plain(check):
    with Guest("2d", trace=True) as guest:
        window_of(guest)
        session = start(guest, "--backend virtio")
        check("the host shows our picture", lambda: same_picture(session))
        check("no GL is mapped", lambda: not list(filter(FOREIGN.search, libraries(guest))))
        queues = Queues(guest)
        guest.type("x")
        time.sleep(1)
        counts = queues.counts()
        check("a letter is %s" % counts, lambda: set(counts) <= {
            "res_xfer_toh_2d", "res_flush", "update_cursor"} and counts["res_flush"] <= 4)
        check("no complaint", session.quiet)



class Scanouts:
    """The picture that each head of a guest shows, read from files that QEMU writes."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {"LD_PRELOAD": BUILD + "/tests/vm/qemu-surfaceless.so", "SCANOUTS": folder,
                            "LIBGL_ALWAYS_SOFTWARE": "1"}
        os.makedirs(folder, exist_ok=True)

    def last(self, guest, head):
        """Returns resource, width and height; nothing if the head is powered off."""
        with open(guest.trace, errors="replace") as file:
            found = re.findall(r"set_scanout id %d, res 0x(\w+), w (\d+), h (\d+)" % head, file.read())
        return (int(found[-1][0], 16), *map(int, found[-1][1:])) if found else (0, 0, 0)

    def same(self, session, head):
        """Compares the head's picture with Oriel's screenshot of the output."""
        guest = session.guest
        resource, width, height = self.last(guest, head)
        if not resource:
            return False
        raw, seen = "%s/%d" % (self.folder, resource), "%s/head%d.png" % (self.folder, head)
        guest.must("rm -f /run/share/own.png")
        session.message("shot /run/share/own.png settle output=Virtual-%d" % (head + 1))
        if not os.path.exists(raw) or os.path.getsize(raw) != width * height * 4:
            return False
        subprocess.run(["convert", "-size", "%dx%d" % (width, height), "-depth", "8", "bgra:" + raw,
                        "-alpha", "off", seen], check=True)
        return subprocess.run([BUILD + "/oriel", "compare", seen, guest.share + "/own.png"],
                              check=False).returncode == 0


def check_heads(check):
    if not os.path.exists(BUILD + "/tests/vm/qemu-surfaceless.so"):
        print("# heads: not without what lets QEMU draw for them, which is built with GL")
        return
    heads = Heads()
    scanouts = Scanouts(heads.scratch + "/scanouts")
    wanted = {0: (1280, 800)}
    try:
        with Guest("virtio-gpu-gl-pci,id=gpu,max_outputs=2,xres=1280,yres=800", trace=True,
                   ui="dbus,addr=unix:path=" + heads.path,
                   environment=scanouts.environment) as guest:
            session = start(guest, "--backend virtio")
            check("virgl was chosen", lambda: "drawing by virtio-gpu" in session.log())
            chance = random.Random(7)
            for step in range(15):
                head = chance.randrange(2)
                if head in wanted and len(wanted) > 1 and chance.random() < 0.4:
                    del wanted[head]
                    heads.set(head, 0, 0)
                else:
                    wanted[head] = (chance.randrange(50, 160) * 8, chance.randrange(40, 120) * 8)
                    heads.set(head, *wanted[head])
                expected = {"Virtual-%d" % (i + 1): "%dx%d" % size for i, size in wanted.items()}
                check("step %d: %s" % (step, expected), lambda: wait_for(
                    "the heads", lambda: session.modes() == expected, 60))
                for i in wanted:
                    check("head %d shows our picture" % i, lambda i=i: wait_for(
                        "it", lambda: scanouts.same(session, i), 60))
                gone = {0, 1} - set(wanted)
                check("dark: %s" % (gone or "none"), lambda: all(
                    scanouts.last(guest, i)[0] == 0 for i in gone))
            for i in {0, 1} - set(wanted):
                wanted[i] = (800, 600)
                heads.set(i, *wanted[i])
            wait_for("both heads", lambda: len(session.modes()) == 2, 60)
            session.message("spawn foot --app-id=second")
            wait_for("it", lambda: "second" in session.message("list windows"), 120)
            for name, place in zip(("foot", "second"), session.places().values()):
                session.message("place %d,%d app_id=%s" % (place[0] + 60, place[1] + 50, name))
            for i in wanted:
                check("head %d shows its window" % i, lambda i=i: wait_for(
                    "it", lambda: scanouts.same(session, i), 60))
            folder = os.environ.get("PICTURES")
            for i in wanted if folder else ():
                shutil.copy("%s/head%d.png" % (scanouts.folder, i), "%s/head%d.png" % (folder, i))
            check("the window is still there", lambda: "foot" in session.message("list windows"))
            check("no complaint", session.quiet)
            session.message("quit")
    finally:
        heads.end()


if __name__ == "__main__":
    checks.run({"desktop": check_desktop, "clients": check_clients, "survival": check_survival,
                "plain": check_plain, "heads": check_heads})
