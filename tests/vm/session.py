# SPDX-License-Identifier: MIT
"""Helpers for tests of Oriel as the session of a guest: they start it, send it commands, compare
its pictures, count virtio-gpu commands, and connect and disconnect monitors."""
import os
import shutil
import subprocess
import tempfile

from guest import HERE, Failed, wait_for

BUILD = os.path.abspath(os.environ.get("BUILD", HERE + "/../../build-gcc"))
# The build with sanitizers, which detect memory errors; where it does not exist, the usual one.
SANITIZED = os.path.abspath(os.environ.get("BUILD_ASAN", HERE + "/../../build-asan"))
if not os.path.exists(SANITIZED + "/oriel-kms.so"):
    SANITIZED = BUILD
PATIENCE = 120  # seconds; machines may be busy


class Session:
    """Oriel in a guest. user: an existing user to run it as, with seatd; None: as root. build: its
    build folder."""

    def __init__(self, guest, program="foot", arguments="--renderer pixman", environment="",
                 user=None, build=BUILD):
        self.guest = guest
        self.environment = "XDG_RUNTIME_DIR=/run/user/%s" % user if user else ""
        if user:
            environment += " %s HOME=/home/%s LIBSEAT_BACKEND=seatd setpriv --reuid=%s --regid=%s " \
                "--clear-groups" % (self.environment, user, user, user)
        if build != BUILD:
            shutil.copy(HERE + "/../run/leaks.txt", guest.share)
            environment += " LSAN_OPTIONS=suppressions=/run/share/leaks.txt:print_suppressions=0"
        os.makedirs(guest.share + "/bin", exist_ok=True)
        for name in os.listdir(build):
            if name == "oriel" or name.startswith("oriel-") and name.endswith(".so"):
                shutil.copy(f"{build}/{name}", guest.share + "/bin")
        guest.must("echo below >/dev/tty1; cd / && env SHELL=/bin/sh %s setsid /run/share/bin/oriel "
                   "--backend drm --autostart=no %s -v --socket wayland-7 -- %s >/run/share/log 2>&1 "
                   "</dev/null & sleep 1" % (environment, arguments, program))
        wait_for("the session", lambda: self.try_message("list outputs")[0] == 0, 120)
        if program == "foot":
            wait_for("the window", lambda: "foot" in self.message("list windows"), 120)

    def try_message(self, verb):
        return self.guest.run("%s /run/share/bin/oriel msg --socket wayland-7 %s" %
                              (self.environment, verb))

    def message(self, verb):
        status, text = self.try_message(verb)
        if status:
            raise Failed("oriel msg %s: %s" % (verb, text))
        return text

    def settle(self):
        wait_for("rest", lambda: self.try_message("settle")[0] == 0, 120)

    def modes(self):
        """Returns WIDTHxHEIGHT by name of the output."""
        return {line.split()[0]: line.split()[2]
                for line in self.message("list outputs").splitlines()}

    def places(self):
        """Returns x and y by name of the output."""
        return {line.split()[0]: tuple(map(int, line.split()[1].split(",")))
                for line in self.message("list outputs").splitlines()}

    def end(self):
        self.message("quit")
        wait_for("the end", lambda: self.guest.run("pgrep -x oriel")[0] != 0, 60)

    def log(self):
        with open(self.guest.share + "/log", errors="replace") as file:
            return file.read()

    def quiet(self):
        """Whether Oriel logged no warning or error; its clients may have."""
        lines = self.log().splitlines()
        bad = [i for i, line in enumerate(lines) if line.startswith(("warning: ", "error: ")) or
               "Sanitizer" in line or "runtime error" in line]
        if bad:
            raise Failed("the log has\n" + "\n".join(lines[max(bad[0] - 20, 0):bad[-1] + 10]))
        return True


class Trace:
    """Counts commands on the queues of the virtio-gpu from here on."""

    def __init__(self, guest):
        self.path = guest.trace
        self.start = os.path.getsize(self.path)

    def moves(self):
        """Number of commands that move the pointer without changing its image or hot spot."""
        with open(self.path, errors="replace") as file:
            file.seek(self.start)
            return sum("virtio_gpu_update_cursor" in line and ", move," in line for line in file)

    def count(self):
        counts = {}
        with open(self.path, errors="replace") as file:
            file.seek(self.start)
            for line in file:
                name = line.partition(":")[2].split(" ")[0]
                if "fence" not in name:
                    counts[name] = counts.get(name, 0) + 1
        return counts


def window_of(guest):
    guest.x("xdotool", "windowmove", guest.window(), "0", "0")
    return guest.window()


def same_picture(session, cursor=False):
    """Compares the host's window with a screenshot by Oriel. cursor: the window includes the
    pointer, as on devices without a cursor plane."""
    guest = session.guest
    guest.screenshot(guest.share + "/seen.xwd")
    guest.must("rm -f /run/share/own.png")  # may belong to another user
    session.message("shot /run/share/own.png " + ("cursor" if cursor else ""))
    subprocess.run(["convert", "xwd:" + guest.share + "/seen.xwd", guest.share + "/seen.png"],
                   check=True)
    return subprocess.run([BUILD + "/oriel", "compare", guest.share + "/seen.png",
                           guest.share + "/own.png"], check=False).returncode == 0


def switch_terminal(guest, number):
    """Switches to a virtual terminal with VT_ACTIVATE and VT_WAITACTIVE."""
    guest.must("""python3 -c 'import fcntl
file = open("/dev/tty0", "rb")
[fcntl.ioctl(file, request, %d) for request in (0x5606, 0x5607)]'""" % number)


def terminal_comes(guest, name):
    return wait_for(name, lambda: guest.must("cat /sys/class/tty/tty0/active").strip() == name,
                    PATIENCE)


def keep_picture(session, name):
    """Saves the host's last picture for inspection, in the folder $PICTURES if set."""
    folder = os.environ.get("PICTURES")
    if folder and os.path.exists(session.guest.share + "/seen.png"):
        os.makedirs(folder, exist_ok=True)
        shutil.copy(session.guest.share + "/seen.png", "%s/%s.png" % (folder, name))


class Heads:
    """Connects and disconnects the guest's monitors over D-Bus, as a viewer does."""

    def __init__(self):
        self.scratch = tempfile.mkdtemp(prefix="oriel-bus-")
        self.path = self.scratch + "/bus"
        self.process = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--nopidfile",
                                         "--address=unix:path=" + self.path])
        wait_for("D-Bus", lambda: os.path.exists(self.path), 20)

    def set(self, head, width, height):
        """Sets the size of a head; 0 by 0 disconnects it."""
        subprocess.run(["gdbus", "call", "--address", "unix:path=" + self.path, "--dest",
                        "org.qemu", "--object-path", "/org/qemu/Display1/Console_%d" % head,
                        "--method", "org.qemu.Display1.Console.SetUIInfo", "300", "200", "0", "0",
                        str(width), str(height)], check=True, capture_output=True)

    def end(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)
