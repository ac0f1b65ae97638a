# SPDX-License-Identifier: MIT
"""The compositors that bench.py measures as sessions of a guest: Oriel with each renderer and its
peers, each configured for the least work."""
import os
import shutil
import time
from typing import NamedTuple

from guest import Failed, wait_for

FOLDER = "/run/bench"  # in the guest, owned by an ordinary user: sway and cage refuse root
ORIEL = FOLDER + "/bin/oriel --socket wayland-7 "
USER = "setpriv --reuid 1000 --regid 1000 --clear-groups "
WESTON = "weston --backend=drm-backend.so --tty=1 --config=%s/weston.ini " % FOLDER
SWAY = "sway -c %s/sway.conf" % FOLDER
SHELL = "sh -c 'touch %s/shell; exec cat'" % FOLDER
CAGE = "cage -- foot " + SHELL
TERMINAL = "foot --maximized " + SHELL

WESTON_INI = """[core]
idle-time=0
require-input=false
[shell]
panel-position=none
locking=false
animation=none
startup-animation=none
close-animation=none
"""
SWAY_CONF = """for_window [title="simple-.*"] floating enable
"""
# Waits for the socket, makes it accessible to all users and prints its name.
SOCKET = """for i in $(seq 600); do
	for s in %s/wayland-?; do
		[ ! -S $s ] || { chmod 777 $s; echo ${s##*/}; exit; }
	done
	sleep 0.1
done; exit 1""" % FOLDER


class Subject(NamedTuple):
    name: str
    gpu: str  # a name of guest.GPUS
    command: str
    environment: str = ""
    root: bool = False
    terminal: bool = True  # bench.py starts a terminal

    def label(self):
        return self.gpu + " " + self.name

    def process(self):
        return os.path.basename(self.command.split()[0])

    def is_oriel(self):
        return self.process() == "oriel"


SUBJECTS = (
    Subject("virgl", "gl", ORIEL + "--backend virtio"),
    Subject("gl", "gl", ORIEL + "--backend drm --autostart=no --renderer gl"),
    Subject("weston", "gl", WESTON, root=True),
    Subject("sway", "gl", SWAY),
    Subject("cage", "gl", CAGE, terminal=False),
    Subject("oriel", "2d", ORIEL + "--backend drm --autostart=no --renderer pixman"),
    Subject("weston", "2d", WESTON + "--use-pixman", root=True),
    Subject("sway", "2d", SWAY, "WLR_RENDERER=pixman"),
    Subject("cage", "2d", CAGE, "WLR_RENDERER=pixman", terminal=False),
)


def set_up(guest, build):
    """Installs what all of them need, once per guest."""
    os.makedirs(guest.share + "/bin", exist_ok=True)
    for name in os.listdir(build):
        if name == "oriel" or name.startswith("oriel-") and name.endswith(".so"):
            shutil.copy(f"{build}/{name}", guest.share + "/bin")
    for name, text in (("weston.ini", WESTON_INI), ("sway.conf", SWAY_CONF)):
        with open(f"{guest.share}/{name}", "w") as file:
            file.write(text)
    guest.must(f"""mkdir -m 700 {FOLDER} && cp -r /run/share/bin /run/share/*.ini \
/run/share/*.conf {FOLDER}
chmod 666 /dev/dri/*
chown -R 1000:1000 {FOLDER}
SEATD_VTBOUND=1 setsid seatd >/run/seatd.log 2>&1 </dev/null &
until [ -S /run/seatd.sock ]; do sleep 0.05; done
chmod 666 /run/seatd.sock""")


class Peer:
    """A running compositor; it is up once the host has received its first frame. started: the time
    of that frame, in seconds from exec. trace: the device's."""

    def __init__(self, guest, trace, subject):
        self.guest, self.trace, self.subject = guest, trace, subject
        mark = trace.read()
        self.pid = int(guest.must(f"""rm -f {FOLDER}/wayland-* {FOLDER}/client {FOLDER}/shell
cd {FOLDER}
(echo $EPOCHREALTIME >/run/share/started
exec setsid {self.words(subject.root)} {subject.environment} {subject.command} \
>{FOLDER}/log 2>&1 </dev/null) &
echo $!"""))
        try:
            first = wait_for("the first frame", lambda: self.alive() and
                             trace.since(mark).first_frame(), 120)
            with open(guest.share + "/started") as file:
                self.started = first - float(file.read()) - self.offset()
            self.socket = guest.must(SOCKET).strip()
        except Failed as error:
            self.end()
            raise Failed("%s\n%s" % (error, self.log())) from error

    def words(self, root):
        return ("" if root else USER) + f"env HOME={FOLDER} XDG_RUNTIME_DIR={FOLDER} " + \
            "LIBSEAT_BACKEND=" + ("builtin" if root else "seatd")

    def alive(self):
        if self.guest.run("[ -e /proc/%d ]" % self.pid)[0]:
            raise Failed("it has ended")
        return True

    def offset(self):
        """Offset of the guest's clock to the host's, by the fastest of several round trips."""
        best = None
        for _ in range(10):
            before = time.time()
            there = float(self.guest.must("echo $EPOCHREALTIME"))
            after = time.time()
            if best is None or after - before < best[0]:
                best = after - before, (before + after) / 2 - there
        return best[1]

    def log(self):
        try:
            return self.guest.run("cd %s; tail -n 30 log client 2>/dev/null" % FOLDER)[1]
        except (Failed, OSError):
            return "the guest answers no more"

    def client(self, command):
        """Starts a client. Returns its process."""
        return int(self.guest.must(f"""cd {FOLDER}
{self.words(False)} WAYLAND_DISPLAY={self.socket} {command} >{FOLDER}/client 2>&1 </dev/null &
echo $!"""))

    def terminal(self):
        """Starts a terminal and waits until its shell runs; its window follows."""
        if self.subject.terminal:
            self.client(TERMINAL)
        wait_for("the terminal", lambda: not self.guest.run("[ -e %s/shell ]" % FOLDER)[0], 120)

    def used(self):
        """CPU time in ms and number of sleeps, of all threads."""
        text = self.guest.must("""awk 'FILENAME ~ /schedstat/ { cpu += $1 }
/^voluntary/ { sleeps += $2 } END { printf "%%.0f %%d\\n", cpu, sleeps }' \
/proc/%d/task/*/schedstat /proc/%d/task/*/status""" % (self.pid, self.pid))
        nanoseconds, sleeps = text.split()
        return int(nanoseconds) / 1e6, int(sleeps)

    def pss_mb(self):
        return int(self.guest.must("awk '/^Pss:/ { print $2 }' /proc/%d/smaps_rollup" %
                                   self.pid)) / 1024

    def kill(self, pid):
        """Ends a process. A guest that no longer responds is ignored; it has been reported."""
        try:
            self.guest.run(f"""kill {pid}
for i in $(seq 50); do [ -e /proc/{pid} ] || exit 0; sleep 0.1; done
kill -9 {pid}; sleep 0.5""")
        except (Failed, OSError):
            pass

    def end(self):
        self.kill(self.pid)
