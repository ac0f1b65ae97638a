# SPDX-License-Identifier: MIT
"""Starts compositors, Oriel and its peers, and measures the resources they use under load."""
import os
import re
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("BUILD", "build")
CACHE = os.path.abspath(BUILD + "/bench-cache")
ORIEL = os.path.abspath(os.environ.get("ORIEL", BUILD + "/oriel"))
LOAD = os.path.abspath(BUILD + "/tests/bench/load")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
FRAMES = int(os.environ.get("FRAMES", "120"))
PEERS = ("weston", "sway", "cage")
SIZE = (1920, 1080)

SWAY_CONFIG = """output %s resolution 1920x1080
default_border none
focus_on_window_activation none
for_window [app_id="load"] floating enable
"""

RUNNING = []  # processes that main() kills on every exit


def fail(text):
    sys.exit("bench: " + text)


def wait_for(what, test, seconds=10, pause=0.0002):
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            fail(what + " did not come")
        time.sleep(pause)


def cpu_ms(pid):
    """CPU time of all threads."""
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task)) as file:
            total += int(file.read().split()[0])
    return total / 1e6


class Compositor:
    """A running compositor with its own runtime directory. name: oriel, drawn (Oriel that draws
    every frame), weston or sway; x11: a window on this X display, otherwise headless; gl: draws
    with OpenGL."""

    def __init__(self, name, *extra, x11=None, gl=False):
        self.name, self.x11, self.gl = name, x11, gl
        self.folder = tempfile.mkdtemp(prefix="oriel-bench-")
        self.socket = "wayland-bench" if name != "sway" else "wayland-1"
        self.env = {k: v for k, v in os.environ.items() if not re.match("WAYLAND|DISPLAY|SWAY", k)}
        self.env["XDG_RUNTIME_DIR"] = self.folder
        # Not the user's configuration; shaders are cached between starts, but not in the home.
        self.env["XDG_CONFIG_HOME"] = "/nonexistent"
        self.env["XDG_CACHE_HOME"] = CACHE
        if x11:
            self.env["DISPLAY"] = x11
        command = getattr(self, "command_" + name)(*extra)
        self.started = time.monotonic()
        self.log = open(self.folder + "/log", "w+")
        self.process = subprocess.Popen(command, env=self.env, stdout=self.log, stderr=self.log)
        RUNNING.append(self.process)

    def command_oriel(self, *extra):
        return [ORIEL, "--size", "%dx%d" % SIZE, "--socket", self.socket,
                "--backend", "x11" if self.x11 else "headless",
                "--renderer", "gl" if self.gl else "pixman", *extra]

    def command_drawn(self, *extra):
        return self.command_oriel("--draw-always", *extra)

    def command_weston(self, *extra):
        return ["weston", "--backend=%s-backend.so" % ("x11" if self.x11 else "headless"),
                *([] if self.gl and self.x11 else ["--use-gl" if self.gl else "--use-pixman"]),
                "--width=%d" % SIZE[0], "--height=%d" % SIZE[1], "--socket=" + self.socket,
                "--idle-time=0", "--no-config"]

    def command_sway(self, *extra):
        with open(self.folder + "/config", "w") as file:
            file.write(SWAY_CONFIG % ("X11-1" if self.x11 else "HEADLESS-1"))
        self.env.update(WLR_BACKENDS="x11" if self.x11 else "headless",
                        WLR_RENDERER="gles2" if self.gl else "pixman",
                        WLR_RENDERER_ALLOW_SOFTWARE="1", WLR_LIBINPUT_NO_DEVICES="1")
        command = ["sway", "-c", self.folder + "/config"]
        if os.getuid() == 0:  # sway refuses to run as root
            shutil.chown(self.folder, "nobody", "nogroup")
            shutil.chown(self.folder + "/config", "nobody", "nogroup")
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
        return command

    def answers(self):
        """Connects and waits for the callback of a wl_display.sync."""
        path = os.path.join(self.folder, self.socket)
        def connect():
            self.connection = socket.socket(socket.AF_UNIX)
            try:
                self.connection.connect(path)
                return True
            except OSError:
                self.connection.close()
                if self.process.poll() is not None:
                    self.log.seek(0)
                    fail("%s ended: %s" % (self.name, self.log.read()[-500:]))
                return False
        wait_for("the socket of " + self.name, connect)
        self.connection.sendall(struct.pack("=III", 1, 12 << 16, 2))
        self.connection.recv(12)
        self.connection.close()
        return (time.monotonic() - self.started) * 1e3

    def cpu_ms(self):
        return cpu_ms(self.process.pid)

    def wakeups(self):
        total = 0
        for task in os.listdir("/proc/%d/task" % self.process.pid):
            with open("/proc/%d/task/%s/status" % (self.process.pid, task)) as file:
                total += sum(int(n) for n in re.findall(r"ctxt_switches:\s*(\d+)", file.read()))
        return total

    def pss_mb(self):
        with open("/proc/%d/smaps_rollup" % self.process.pid) as file:
            return int(re.search(r"^Pss:\s*(\d+)", file.read(), re.M).group(1)) / 1024

    def client(self, *args):
        env = dict(self.env, WAYLAND_DISPLAY=self.socket)
        client = subprocess.Popen([LOAD, *args], env=env, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        RUNNING.append(client)
        if client.stdout.readline() != "ready\n":
            fail("%s: the load %s did not begin" % (self.name, args[0]))
        return client

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def cost_of_load(name, mode, x11=None, gl=False):
    """CPU time of the compositor per frame of that load, in ms."""
    compositor = Compositor(name, x11=x11, gl=gl)
    compositor.answers()
    client = compositor.client(mode, str(FRAMES))
    before = compositor.cpu_ms()
    client.stdin.write("go\n")
    client.stdin.flush()
    done = client.stdout.readline()
    cost = (compositor.cpu_ms() - before) / FRAMES
    client.wait()
    compositor.end()
    if done != "done\n":
        fail("%s: the load %s broke off" % (name, mode))
    return cost


def yardstick(mode):
    return float(subprocess.check_output([LOAD, mode]))


def written(figure):
    return "-" if figure is None else "%.0f" % figure if figure >= 1000 else "%.3g" % figure


class Table:
    """Rows of figures, printed as they come; over counts the rows whose limit was not met."""

    def __init__(self, *names):
        missing = [name for name in PEERS if name in names and not shutil.which(name)]
        for name in missing:
            print("%s is not installed and left out" % name)
        self.names, self.missing, self.over = names, missing, 0
        print("%-34s" % "" + "".join("%10s" % name for name in (*names, "limit")))

    def row(self, what, unit, names, measure, limit=None, judged="oriel", rounds=None, each=None):
        """Prints the medians of measure(name), which is called in turn for every name. limit: as for
        show(); with each(), which is called in every round, a function of the median of each()."""
        names = [name for name in names if name not in self.missing]
        results, extra = {name: [] for name in names}, []
        for _ in range(max(1, ROUNDS if rounds is None else rounds)):
            for name in names:
                results[name].append(measure(name))
            if each:
                extra.append(each())
        if each:
            limit = limit(statistics.median(extra))
        self.show(what, unit, {name: statistics.median(values) for name, values in results.items()},
                  limit, judged)

    def show(self, what, unit, figures, limit=None, judged="oriel"):
        """Prints a row. figures: by name. limit: a number, or a function of the figures."""
        if callable(limit):
            limit = limit(figures)
        met = limit is None or figures[judged] <= limit
        self.over += not met
        ratios = " ".join("%.1fx %s" % (figures[name] / figures[judged], name)
                          for name in PEERS if name in figures and figures[judged])
        print("%-34s%s %9s %-3s%s  %s" % (
            what, "".join("%10s" % written(figures.get(name)) for name in self.names),
            written(limit), unit, " " if met else " OVER", ratios), flush=True)


def main(run):
    """Calls run() and kills all processes that are left afterwards."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        sys.exit(run(sys.argv[1:]))
    finally:
        for process in RUNNING:
            if process.poll() is None:
                process.kill()
