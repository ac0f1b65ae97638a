# SPDX-License-Identifier: MIT
"""Implements ./dev guest: boots a virtual machine with Oriel's desktop and prompts for commands."""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import time

from guest import HERE, Failed, Guest, wait_for

BUILD = os.path.abspath(os.environ.get("BUILD", HERE + "/../../build"))
SOCKET = "wayland-1"
KEYS_TO_TRY = """Try, in that window (click into it; Ctrl+Alt+G releases mouse and keyboard):
  Super+Return   a terminal              Super+Left, Super+Right   half of the screen
  Alt+Tab        the next window         Super+Up, Super+Down      maximize, restore
  Super+q        close the window        Super+f                   full screen"""
DESKTOP_HELP = """Commands at the prompt run in the guest as root; programs start on its desktop:
  foot &                         another terminal
  oriel msg list windows         the windows; oriel msg help: more
  shot                           a picture of the guest's screen, to this machine
An empty line or the end of input powers the guest off."""
SHELL_HELP = """Commands at the prompt run in the guest as root, oriel among them.
An empty line or the end of input powers the guest off."""


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev guest", description="""Boots a virtual machine with
        a virtio-gpu, which shows Oriel's desktop. Its files are those of this machine; what it
        changes is lost. Without an X display, a picture of its screen is taken.""")
    parser.add_argument("--gpu", default="gl", help="gl (the default), 2d, bochs, qxl, std, none, "
                        "or a device as QEMU names it")
    parser.add_argument("--run", metavar="COMMAND", help="run that as root and power off")
    parser.add_argument("--shell", action="store_true", help="only a prompt, without a desktop")
    parser.add_argument("--trace", metavar="FILE", help="record the commands to the virtio-gpu")
    parser.add_argument("--icount", action="store_true", help="time is counted instructions")
    parser.add_argument("--share", metavar="FOLDER", help="is /run/share in the guest")
    parser.add_argument("--kernel", default="", metavar="WORDS", help="kernel arguments")
    parser.add_argument("--ui", default="sdl", choices=("sdl", "gtk"), help="QEMU's window")
    parser.add_argument("qemu", nargs="*", help="after --: arguments of QEMU")
    return parser.parse_args(arguments)


def install(guest):
    """Installs the program and its modules in the guest's PATH."""
    os.makedirs(guest.share + "/bin", exist_ok=True)
    for name in os.listdir(BUILD):
        if name == "oriel" or name.startswith("oriel-") and name.endswith(".so"):
            shutil.copy(f"{BUILD}/{name}", guest.share + "/bin")
    guest.must("mkdir -p /usr/local/bin && ln -sf /run/share/bin/oriel /usr/local/bin/oriel")


def start_desktop(guest):
    guest.must("cd ~ && setsid oriel --backend drm --autostart=no --socket %s -- "
               "foot sh -c 'echo This is foot, in Oriel.; exec bash' "
               ">/run/share/oriel.log 2>&1 </dev/null & sleep 1" % SOCKET)

    def shown():
        if guest.run("pgrep -x oriel")[0]:
            with open(guest.share + "/oriel.log", errors="replace") as log:
                raise Failed("oriel ended:\n" + log.read()[-3000:])
        status, text = guest.run("oriel msg --socket %s list windows" % SOCKET)
        return status == 0 and "foot" in text

    wait_for("the desktop", shown, 120)
    guest.run("oriel msg --socket %s settle" % SOCKET)


def take_picture(guest):
    """Saves a picture of QEMU's window. Returns its path on the host."""
    path = BUILD + "/guest.png"
    guest.screenshot(guest.share + "/screen.xwd")
    subprocess.run(["convert", "xwd:" + guest.share + "/screen.xwd", path], check=True)
    return path


def prompt(guest, desktop):
    """Runs commands until an empty line."""
    environment = "export WAYLAND_DISPLAY=%s; " % SOCKET if desktop else ""
    while line := input("guest# ").strip():
        if line == "shot":
            print(take_picture(guest))
            continue
        status, output = guest.run(environment + line, 3600)
        print(output, end="" if output.endswith("\n") or not output else "\n")
        if status:
            print("status %d" % status)


def use(guest, options):
    """Runs the desktop. Returns the exit status."""
    print("The guest boots, which takes some 20 seconds without KVM", flush=True)
    start = time.monotonic()
    guest.boot()
    print("It is up after %.1f s" % (time.monotonic() - start), flush=True)
    if os.path.exists(BUILD + "/oriel"):
        install(guest)
    if options.run:
        status, output = guest.run(options.run, 3600)
        print(output, end="")
        return status
    desktop = not options.shell and options.gpu != "none"
    if desktop:
        start_desktop(guest)
        if guest.xserver:
            guest.x("xdotool", "windowmove", guest.window(), "0", "0")  # so that all of it is visible
            print("It shows Oriel's desktop. There is no X display for a window; a picture of its\n"
                  "screen is " + take_picture(guest))
        else:
            print("It shows Oriel's desktop, in the window on display %s.\n%s" %
                  (guest.display, KEYS_TO_TRY))
    print(DESKTOP_HELP if desktop else SHELL_HELP, flush=True)
    prompt(guest, desktop)
    return 0


def main(arguments):
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    guest = None
    try:
        guest = Guest(options.gpu, os.environ.get("DISPLAY"), options.trace, options.icount,
                      kernel_arguments=options.kernel, arguments=options.qemu,
                      share=options.share, ui=options.ui)
        return use(guest, options)
    except (EOFError, KeyboardInterrupt):
        print()
        return 0
    except Failed as error:
        print("guest: %s" % error, file=sys.stderr)
        return 1
    finally:
        if guest:
            guest.quit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
