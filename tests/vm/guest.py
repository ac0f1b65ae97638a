# SPDX-License-Identifier: MIT
"""A virtual machine whose root is this host's, for tests and for looking at: boots in some fifteen
seconds without KVM, takes commands, keys and pointer motion, and shows its screen in a window."""
import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from prepare import HERE, prepare

FOLDER = os.path.abspath(os.environ.get("VM", HERE + "/../../build-vm"))
# Names for devices of the screen; anything else is given to QEMU as it is.
GPUS = {
    "gl": "virtio-gpu-gl-pci,id=gpu,xres=1280,yres=800",
    "2d": "virtio-gpu-pci,id=gpu,xres=1280,yres=800",
    "bochs": "bochs-display,id=gpu,xres=1280,yres=800",
    "qxl": "qxl-vga,id=gpu,xres=1280,yres=800",
    "std": "VGA,id=gpu,xres=1280,yres=800",
}
MODULES = {"bochs": "bochs", "std": "bochs", "qxl": "qxl"}
KEYS = {" ": "spc", "\n": "ret", "-": "minus", "=": "equal", "/": "slash", ".": "dot",
        ",": "comma", ";": "semicolon", "'": "apostrophe", "\\": "backslash",
        "[": "bracket_left", "]": "bracket_right", "`": "grave_accent"}
SHIFTED = dict(zip('_+?><:"|!@#$%^&*(){}~', ("minus", "equal", "slash", "dot", "comma",
               "semicolon", "apostrophe", "backslash", *"1234567890", "bracket_left",
               "bracket_right", "grave_accent")))


class Failed(Exception):
    pass


def wait_for(what, test, seconds):
    end = time.monotonic() + seconds
    while not (found := test()):
        if time.monotonic() > end:
            raise Failed(what + " did not come")
        time.sleep(0.02)
    return found


class XServer:
    """Where QEMU's window is when there is no display to use."""

    def __init__(self, size="1600x1000"):
        read_end, write_end = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size + "x24", "-nolisten",
             "tcp", "-noreset"], pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            self.display = ":" + pipe.readline().strip()

    def end(self):
        self.process.terminate()
        self.process.wait()


class Lines:
    """Lines to and from a socket that QEMU listens on."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rw", encoding="utf-8", newline="\n")

    def write(self, line):
        self.file.write(line + "\n")
        self.file.flush()

    def read(self, seconds):
        self.socket.settimeout(seconds)
        try:
            line = self.file.readline()
        except TimeoutError as error:
            raise Failed("no answer within %d s" % seconds) from error
        if not line:
            raise Failed("the guest has ended")
        return line.rstrip("\n")


class Guest:
    """gpu: a name of GPUS, "none", or a device for QEMU. display: an X display, None: an Xvfb of its
    own. trace: a file for QEMU's virtio_gpu trace, True: one of its own. icount: time is counted
    instructions (2 ns each), so that CPU times repeat. share: the folder that is /run/share in the
    guest. systemd: it is the first program, with logind, as on a machine that somebody logs in on;
    else little but udev. environment: of QEMU, beside the usual."""

    def __init__(self, gpu="gl", display=None, trace=None, icount=False, memory=3072,
                 kernel_arguments="", arguments=(), share=None, ui="sdl", systemd=False,
                 environment=None):
        prepare(FOLDER)
        self.scratch = tempfile.mkdtemp(prefix="oriel-vm-")
        self.share = share or self.scratch + "/share"
        os.makedirs(self.share, exist_ok=True)
        for name in ("boot.sh", "boot.service"):
            shutil.copy(HERE + "/" + name, self.share)
        if systemd:
            kernel_arguments += " oriel.init=systemd"
        self.trace = trace = self.scratch + "/trace" if trace is True else trace
        self.xserver = None if display else XServer()
        self.display = display or self.xserver.display
        self.environment = environment or {}
        self.process = None
        modules = MODULES.get(gpu, "")
        command = [
            "qemu-system-x86_64", "-name", "oriel", "-machine", "q35",
            "-accel", "tcg,thread=%s,tb-size=1024" % ("single" if icount else "multi"),
            "-cpu", "max", "-smp", "1" if icount else "2", "-m", str(memory), "-nodefaults",
            "-no-user-config", "-no-reboot", "-kernel", FOLDER + "/vmlinuz", "-initrd",
            FOLDER + "/initrd", "-append",
            "console=ttyS0 quiet panic=-1 tsc=reliable no_timer_check mitigations=off vt.global_cursor_default=0 "
            + "oriel.modules=%s %s" % (modules, kernel_arguments),
            "-chardev", "file,id=console,path=" + self.scratch + "/console",
            "-serial", "chardev:console",
            "-qmp", "unix:" + self.scratch + "/qmp,server=on,wait=off",
            "-device", "virtio-serial-pci",
            "-chardev", "socket,id=commands,path=" + self.scratch + "/commands,server=on,wait=off",
            "-device", "virtserialport,chardev=commands,name=oriel.commands",
            "-device", "virtio-keyboard-pci", "-device", "virtio-tablet-pci"]
        for tag, path, how in (("root", "/", ",readonly=on"), ("extra", FOLDER + "/extra",
                               ",readonly=on"), ("share", self.share, "")):
            command += ["-virtfs", "local,path=%s,mount_tag=%s,security_model=none,multidevs=remap%s"
                        % (path, tag, how)]
        if gpu != "none":
            command += ["-device", GPUS.get(gpu, gpu)]
        command += ["-display", "%s,gl=%s" % (ui, "on" if "-gl" in GPUS.get(gpu, gpu) else "off")]
        if icount:
            command += ["-icount", "shift=1,sleep=on"]
        if trace:
            command += ["-trace", "virtio_gpu_*", "-D", trace, "-msg", "timestamp=on"]
        self.command = [*command, *arguments]

    def boot(self, seconds=600):
        """Until it takes commands."""
        self.log = open(self.scratch + "/qemu", "w+")
        self.process = subprocess.Popen(
            self.command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
            env=dict(os.environ, DISPLAY=self.display, SDL_VIDEODRIVER="x11", GDK_BACKEND="x11",
                     **self.environment))
        try:
            wait_for("QEMU", lambda: self.ended() or os.path.exists(self.scratch + "/commands"), 20)
            self.commands = Lines(self.scratch + "/commands")
            self.monitor = Lines(self.scratch + "/qmp")
            self.monitor.read(20)
            self.qmp("qmp_capabilities")
            while self.commands.read(seconds) != "ready":
                pass
        except (Failed, OSError) as error:
            raise Failed("%s\n%s%s" % (error, self.tail("qemu"), self.tail("console"))) from error
        return self

    def ended(self):
        return self.process.poll() is not None

    def tail(self, name):
        with open(self.scratch + "/" + name, errors="replace") as file:
            return file.read()[-3000:]

    def run(self, command, seconds=120):
        """Status and what it printed. Background jobs have to let go of standard output."""
        self.commands.write(base64.b64encode(command.encode()).decode())
        status = int(self.commands.read(seconds).split()[1])
        with open(self.share + "/output", errors="replace") as file:
            return status, file.read()

    def must(self, command, seconds=120):
        status, output = self.run(command, seconds)
        if status:
            raise Failed("in the guest: %s: status %d\n%s" % (command, status, output))
        return output

    def qmp(self, name, **arguments):
        self.monitor.write(json.dumps({"execute": name, "arguments": arguments}))
        while True:
            answer = json.loads(self.monitor.read(60))
            if "error" in answer:
                raise Failed("QEMU: " + answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def send(self, *events):
        self.qmp("input-send-event", events=list(events))

    def key(self, *names):
        """A chord, by QEMU's names of keys: key("ctrl", "c")."""
        for down, order in ((True, names), (False, names[::-1])):
            for name in order:
                self.send({"type": "key",
                           "data": {"key": {"type": "qcode", "data": name}, "down": down}})

    def type(self, text):
        """Not faster than people do: slow guests would lose some."""
        for letter in text:
            time.sleep(0.04)
            if letter in SHIFTED:
                self.key("shift", SHIFTED[letter])
            elif letter.isupper():
                self.key("shift", letter.lower())
            else:
                self.key(KEYS.get(letter, letter))

    def move(self, x, y):
        """The tablet, each 0 to 1 of the screen."""
        self.send(*({"type": "abs", "data": {"axis": axis, "value": int(value * 32767)}}
                    for axis, value in (("x", x), ("y", y))))

    def button(self, down, name="left"):
        self.send({"type": "btn", "data": {"button": name, "down": down}})

    def click(self, x, y, name="left"):
        """Nor faster than a switch that bounces, which libinput overlooks."""
        self.move(x, y)
        self.button(True, name)
        time.sleep(0.06)
        self.button(False, name)
        time.sleep(0.06)

    def x(self, *command):
        """A program on the display of QEMU's window."""
        return subprocess.run(command, env=dict(os.environ, DISPLAY=self.display), check=True,
                              text=True, capture_output=True).stdout

    def window(self):
        return wait_for("QEMU's window", lambda: self.x(
            "sh", "-c", "xdotool search --onlyvisible --name QEMU || :").split(), 20)[0]

    def screenshot(self, path):
        """What the window shows, as a picture of xwd's format turned into PNG by the caller."""
        with open(path, "wb") as file:
            subprocess.run(["xwd", "-silent", "-id", self.window()], stdout=file, check=True,
                           env=dict(os.environ, DISPLAY=self.display))

    def quit(self):
        if self.process and not self.ended():
            try:
                self.commands.write("quit")
                self.process.wait(30)
            except (AttributeError, OSError, subprocess.TimeoutExpired):  # it may not listen yet
                self.process.kill()
                self.process.wait()
        if self.xserver:
            self.xserver.end()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def __enter__(self):
        try:
            return self.boot()
        except BaseException:
            self.quit()
            raise

    def __exit__(self, *_):
        self.quit()


def main(arguments):
    """./dev guest: see --help."""
    import argparse
    parser = argparse.ArgumentParser(prog="./dev guest", description="""A virtual machine
        with a virtio-gpu. Its files are this machine's; what it changes is lost.""")
    parser.add_argument("--gpu", default="gl", help="gl (the default), 2d, bochs, qxl, std, none, "
                        "or a device as QEMU names it")
    parser.add_argument("--run", metavar="COMMAND", help="run that as root and power off")
    parser.add_argument("--shell", action="store_true", help="commands from this terminal")
    parser.add_argument("--trace", metavar="FILE", help="what goes over virtio-gpu's queues")
    parser.add_argument("--icount", action="store_true", help="time is counted instructions")
    parser.add_argument("--share", metavar="FOLDER", help="is /run/share in the guest")
    parser.add_argument("--kernel", default="", metavar="WORDS", help="kernel arguments")
    parser.add_argument("--ui", default="sdl", choices=("sdl", "gtk"), help="QEMU's window")
    parser.add_argument("qemu", nargs="*", help="after --: arguments of QEMU")
    options = parser.parse_args(arguments)
    guest = Guest(options.gpu, os.environ.get("DISPLAY"), options.trace, options.icount,
                  kernel_arguments=options.kernel, arguments=options.qemu, share=options.share,
                  ui=options.ui)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        print("The guest boots", flush=True)
        start = time.monotonic()
        guest.boot()
        print("It is up after %.1f s, its window on the %s %s" %
              (time.monotonic() - start, "X display" if not guest.xserver else "invisible display",
               guest.display), flush=True)
        if options.run:
            status, output = guest.run(options.run, 3600)
            print(output, end="")
            return status
        print("Commands, each a line; an empty one or end of file powers it off.", flush=True)
        while line := input("guest# ").strip():
            status, output = guest.run(line, 3600)
            print(output, end="" if output.endswith("\n") or not output else "\n")
            if status:
                print("status %d" % status)
        return 0
    except EOFError:
        return 0
    except Failed as error:
        print("guest: %s" % error, file=sys.stderr)
        return 1
    finally:
        guest.quit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
