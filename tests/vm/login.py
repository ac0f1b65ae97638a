#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests Oriel as the session of a console login: as an ordinary user with seatd or logind, as root
with neither; what it starts, switching to other sessions, and the state of the console afterwards.

usage: login.py [user|logind|systemd|root]...   tests the build in $BUILD (default: build-gcc)"""
import os
import shutil

import checks
from guest import HERE, Failed, Guest, wait_for
from session import BUILD, PATIENCE, switch_terminal, terminal_comes

ORIEL = "/run/share/bin/oriel"
LOG = ".local/state/oriel/log"
# Prints the console's mode (0: text) and its keyboard mode (3: Unicode).
CONSOLE = """python3 -c 'import array, fcntl
file, answer = open("/dev/tty%d", "rb"), array.array("i", [0, 0])
for request in (0x4b3b, 0x4b44):
    fcntl.ioctl(file, request, answer)
    print(answer[0] & 255, end=" ")'"""
AGENT = """[Desktop Entry]
Type=Application
Exec=sh -c "printenv XDG_CURRENT_DESKTOP >~/agent; exec sleep 100000"
"""


def install(guest):
    """Creates a user in seatd's group and installs the program below /run/share."""
    os.makedirs(guest.share + "/bin", exist_ok=True)
    for name in os.listdir(BUILD):
        if name in ("oriel", "oriel-kms.so"):
            shutil.copy(f"{BUILD}/{name}", guest.share + "/bin")
    guest.must("chmod 755 /run/share; useradd -m -s /bin/bash -G video tester")
    guest.must("mkdir -p ~tester/.config/autostart; cat >~tester/.config/autostart/agent.desktop "
               "<<'TEXT'\n%sTEXT\nchown -R tester: ~tester" % AGENT)


def log_in(guest, user, terminal=1):
    """Logs in as getty and login do; the shell becomes the session."""
    guest.must("echo '[ \"$(tty)\" != /dev/tty%d ] || exec %s --renderer pixman' "
               ">~%s/.profile; chown %s: ~%s/.profile" % (terminal, ORIEL, user, user, user))
    guest.must("setsid agetty --autologin %s tty%d linux >/dev/null 2>&1 </dev/null &"
               % (user, terminal))


def message(guest, socket, verb):
    return guest.run("%s msg --socket %s %s" % (ORIEL, socket, verb))


def socket_of(guest, user):
    """Returns the user's control socket once it responds."""
    def look():
        _, found = guest.run("ls -t /proc/$(pgrep -n -x -u %s oriel)/cwd/. >/dev/null && "
                             "ls -t /tmp/oriel-*/oriel-wayland-*.sock /run/user/$(id -u %s)/"
                             "oriel-wayland-*.sock 2>/dev/null" % (user, user))
        for path in found.split():
            if message(guest, path, "list outputs")[0] == 0:
                return path
        return None
    return wait_for("the session of " + user, look, PATIENCE)


def type_into_foot(guest, socket, what):
    """Opens a terminal by its key binding and types into it."""
    guest.key("meta_l", "ret")
    wait_for("the terminal", lambda: "foot" in message(guest, socket, "list windows")[1], PATIENCE)
    message(guest, socket, "settle")
    guest.type(what + "\n")


def contents(guest, path, wanted):
    return wait_for("%r in %s" % (wanted, path),
                    lambda: guest.run("cat " + path)[1].strip() == wanted, PATIENCE)


def console_is_back(guest, terminal=1):
    return wait_for("the console", lambda: guest.must(CONSOLE % terminal).split() == ["0", "3"],
                    PATIENCE)


def nobody_left(guest, user):
    return wait_for("the end of all", lambda: guest.run("pgrep -u %s" % user)[0] != 0, PATIENCE)


def check_sessions(check, guest):
    """Tests sessions of two users who share the seat."""
    log_in(guest, "tester")
    socket = socket_of(guest, "tester")
    check("a login on a console shows the session", lambda: "Virtual-1" in
          message(guest, socket, "list outputs")[1])
    check("what starts by itself is there",
          lambda: contents(guest, "~tester/agent", "Oriel:wlroots"))
    type_into_foot(guest, socket, "echo $USER $WAYLAND_DISPLAY >typed")
    check("keys reach the terminal",
          lambda: contents(guest, "~tester/typed", "tester wayland-0"))

    status, said = guest.run("su - tester -c '%s --backend drm' </dev/null" % ORIEL)
    check("a second one on the same terminal is refused: %s" % said.strip(),
          lambda: status == 125 and "another session" in said)
    check("and the first goes on", lambda: message(guest, socket, "settle")[0] == 0)

    guest.must("useradd -m -s /bin/bash -G video other")
    guest.key("ctrl", "alt", "f2")
    check("Ctrl+Alt+F2 goes to another terminal", lambda: terminal_comes(guest, "tty2"))
    log_in(guest, "other", 2)
    second = socket_of(guest, "other")
    type_into_foot(guest, second, "echo $USER >typed")
    check("where somebody else has a session, too",
          lambda: contents(guest, "~other/typed", "other"))
    guest.key("ctrl", "alt", "f1")
    terminal_comes(guest, "tty1")
    message(guest, socket, "settle")
    guest.type("echo again >typed\n")
    check("the first has its keys back", lambda: contents(guest, "~tester/typed", "again"))
    guest.must("kill -TERM $(pgrep -u other -x oriel)")
    check("the end of the one that is away takes nothing from the other",
          lambda: nobody_left(guest, "other") and
          terminal_comes(guest, "tty1") and
          message(guest, socket, "settle")[0] == 0)

    guest.must("kill -TERM $(pgrep -u tester -x oriel)")
    check("a signal ends it and all its programs", lambda: nobody_left(guest, "tester"))
    check("the console is back", lambda: console_is_back(guest))
    guest.key("ctrl", "alt", "f2")
    check("its keys, too", lambda: terminal_comes(guest, "tty2"))
    switch_terminal(guest, 1)
    check("its own folder is gone", lambda: guest.run("ls -d /tmp/oriel-*")[0] != 0)
    log = guest.must("cat ~tester/" + LOG)
    check("the log says where it was, and nothing bad",
          lambda: "WAYLAND_DISPLAY=wayland-0" in log and "error:" not in log)

    log_in(guest, "tester")
    socket = socket_of(guest, "tester")
    guest.must("kill -SEGV $(pgrep -u tester -x oriel)")
    check("after a crash nobody is left", lambda: nobody_left(guest, "tester"))
    check("after a crash the console is back", lambda: console_is_back(guest))
    log = guest.must("cat ~tester/" + LOG)
    check("the log says of what", lambda: "ended by SIGSEGV" in log)
    check("the log before it is kept",
          lambda: guest.run("test -s ~tester/%s.old" % LOG)[0] == 0)


def check_user(check):
    with Guest("2d") as guest:
        install(guest)
        status, said = guest.run("su - tester -c '%s --backend drm' </dev/tty1" % ORIEL)
        check("without seatd and logind a user hears what to do: %s" % said.strip(),
              lambda: status == 125 and "of seatd's group" in said)
        guest.must("setsid seatd -g video >/tmp/seatd 2>&1 </dev/null & "
                   "until [ -S /run/seatd.sock ]; do sleep 0.1; done")
        check_sessions(check, guest)

        log_in(guest, "tester")
        socket_of(guest, "tester")
        guest.must("kill -KILL $(pgrep -x seatd)")
        check("without its seat it ends", lambda: nobody_left(guest, "tester"))
        check("and gives the console back", lambda: console_is_back(guest))
        check("and the log says so",
              lambda: "the seat is lost" in guest.must("cat ~tester/" + LOG))


def check_logind(check):
    with Guest("2d", systemd=True) as guest:
        install(guest)
        check_sessions(check, guest)
        log_in(guest, "tester")
        socket_of(guest, "tester")
        sessions = guest.must("loginctl list-sessions --no-legend | awk '{print $1}' | "
                              "xargs -n1 loginctl show-session")
        check("logind knows it as the session of the seat", lambda: all(
            word in sessions for word in ("Seat=seat0", "Type=wayland", "Active=yes")))
        guest.must("loginctl terminate-user tester")
        check("logind may end it", lambda: nobody_left(guest, "tester"))
        check("which gives the console back", lambda: console_is_back(guest))


def check_root(check):
    with Guest("2d") as guest:
        install(guest)
        guest.must("mkdir -p ~/.config; setsid --ctty sh -c '%s -- foot; echo $? >/tmp/status' "
                   "</dev/tty1 >/dev/tty1 2>&1 &" % ORIEL)
        socket = socket_of(guest, "root")
        wait_for("the window", lambda: "foot" in message(guest, socket, "list windows")[1],
                 PATIENCE)
        message(guest, socket, "settle")
        guest.type("echo $XDG_SESSION_TYPE >/tmp/typed\n")
        check("keys reach the terminal", lambda: contents(guest, "/tmp/typed", "wayland"))
        status, said = guest.run("timeout 60 %s --backend drm </dev/null" % ORIEL)
        check("a second one is refused: %s" % said.strip(),
              lambda: status == 125 and "another session" in said)
        check("and the first goes on", lambda: message(guest, socket, "settle")[0] == 0)
        message(guest, socket, "quit")
        check("it ends with a good status", lambda: contents(guest, "/tmp/status", "0"))
        check("the console is back", lambda: console_is_back(guest))
        check("no program is left", lambda: guest.run("pgrep -x foot")[0] != 0)


def units(guest, *names):
    return guest.run("systemctl --user is-active " + " ".join(names))[1].split()


def check_systemd(check):
    """Tests the units with a user instance of systemd; a folder stands in for the system's."""
    with Guest("2d") as guest:
        install(guest)
        for name in os.listdir(HERE + "/../../share"):
            if name.endswith(".target"):
                shutil.copy(HERE + "/../../share/" + name, guest.share)
        with open(HERE + "/../../share/oriel.service.in", encoding="utf-8") as file:
            text = file.read().replace("@bindir@", "/usr/local/bin")
        with open(guest.share + "/oriel.service", "w", encoding="utf-8") as file:
            file.write(text)
        guest.must("mkdir -p /etc/systemd/user ~/.config /usr/local/bin /run/systemd/system; "
                   "rm -f /etc/systemd/user/graphical-session.target.wants/*; "  # the host's own
                   "cp /run/share/*.target /run/share/*.service /etc/systemd/user; "
                   "ln -s %s /usr/local/bin/oriel; cp -r ~tester/.config/autostart ~/.config; "
                   "mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup; "
                   "setsid /lib/systemd/systemd --user >/tmp/systemd 2>&1 </dev/null &" % ORIEL)
        try:
            wait_for("systemd", lambda: units(guest, "default.target") == ["active"], PATIENCE)
        except Failed as error:
            raise Failed("%s\n%s" % (error, guest.run("cat /tmp/systemd")[1])) from error
        names = ("oriel-session.target", "graphical-session.target", "oriel-autostart.target")
        guest.must("setsid --ctty %s --renderer pixman </dev/tty1 >/dev/tty1 2>&1 &" % ORIEL)
        check("its targets are reached",
              lambda: wait_for("them", lambda: units(guest, *names) == ["active"] * 3, PATIENCE))
        check("systemd knows the display", lambda: "WAYLAND_DISPLAY=wayland-0" in
              guest.must("systemctl --user show-environment"))
        check("what starts by itself systemd starts", lambda: contents(
            guest, "~/agent", "Oriel:wlroots") and
            guest.must("systemctl --user list-units --plain 'app-*agent*'").count("running") == 1)
        guest.must("kill -TERM $(pgrep -o -x oriel)")
        check("its end ends them", lambda: wait_for(
            "that", lambda: units(guest, *names) == ["inactive"] * 3 and
            guest.run("pgrep -x oriel")[0] != 0, PATIENCE))
        check("and its programs", lambda: "running" not in guest.must(
            "systemctl --user list-units --plain 'app-*agent*'"))
        check("and takes the display back",
              lambda: "WAYLAND" not in guest.must("systemctl --user show-environment"))

        status, said = guest.run("systemctl --user start oriel")
        check("systemd starts the compositor, too %s" % said, lambda: status == 0)
        check("with its targets",
              lambda: wait_for("them", lambda: units(guest, *names) == ["active"] * 3, PATIENCE))
        guest.must("kill -SEGV $(pgrep -o -x oriel)")
        check("a crash ends them", lambda: wait_for(
            "that", lambda: units(guest, *names) == ["inactive"] * 3, PATIENCE))
        check("and leaves the console", lambda: console_is_back(guest))
        guest.must("systemctl --user reset-failed; systemctl --user start oriel")
        wait_for("the targets", lambda: units(guest, *names) == ["active"] * 3, PATIENCE)
        guest.must("systemctl --user stop graphical-session.target")
        check("the end of its target ends the compositor", lambda: wait_for(
            "that", lambda: units(guest, "oriel.service") == ["inactive"], PATIENCE))


if __name__ == "__main__":
    checks.run({"user": check_user, "logind": check_logind, "systemd": check_systemd, "root": check_root})
