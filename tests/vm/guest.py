# SPDX-License-Identifier: MIT
"""A virtual machine that uses the host's files as its root, for tests and interactive use. Boots in
about fifteen seconds without KVM, accepts commands, keys and pointer motion, and shows its screen
in a window."""
import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

from prepare import HERE, kernel_release, prepare

FOLDER = os.path.abspath(os.environ.get("VM", HERE + "/../../build-vm"))
# Names of display devices; anything else is passed to QEMU unchanged.
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
    """An Xvfb for QEMU's window when no display is given."""

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
    """Exchanges lines with QEMU over a socket that it listens on."""

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


def processors():
    """Number of a guest's processors. With QEMU 7.2, kernel 6.12 can die at boot by an int3 oops on
    more than one."""
    text = subprocess.run(["qemu-system-x86_64", "--version"], check=True, text=True,
                          capture_output=True).stdout
    old_qemu = int(text.split("version ")[1].split(".")[0]) < 8
    return 1 if old_qemu and kernel_release(FOLDER) >= (6, 12) else 2


class Guest:
    """gpu: a name of GPUS, "none", or a QEMU device. display: an X display; None: an Xvfb of its
    own. trace: a file for QEMU's virtio_gpu trace; True: a temporary one. icount: time advances by
    instructions (2 ns each), so that CPU times are reproducible. share: the folder mounted as
    /run/share in the guest. systemd: boot with systemd and logind, as for a console login;
    otherwise with little but udev. environment: additional variables for QEMU."""

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
            "-cpu", "max", "-smp", "1" if icount else str(processors()), "-m", str(memory), "-nodefaults",
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
        """Waits until the guest accepts commands."""
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
        """Returns the exit status and the output. Background jobs must close standard output."""
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
        """Presses a chord, in QEMU's key names: key("ctrl", "c")."""
        for down, order in ((True, names), (False, names[::-1])):
            for name in order:
                self.send({"type": "key",
                           "data": {"key": {"type": "qcode", "data": name}, "down": down}})

    def type(self, text):
        """Types at human speed: slow guests would drop faster keys."""
        for letter in text:
            time.sleep(0.04)
            if letter in SHIFTED:
                self.key("shift", SHIFTED[letter])
            elif letter.isupper():
                self.key("shift", letter.lower())
            else:
                self.key(KEYS.get(letter, letter))

    def move(self, x, y):
        """Moves QEMU's tablet. x, y: 0 to 1 across the screen."""
        self.send(*({"type": "abs", "data": {"axis": axis, "value": int(value * 32767)}}
                    for axis, value in (("x", x), ("y", y))))

    def button(self, down, name="left"):
        self.send({"type": "btn", "data": {"button": name, "down": down}})

    def click(self, x, y, name="left"):
        """Clicks slowly enough for libinput's debouncing not to drop the click."""
        self.move(x, y)
        self.button(True, name)
        time.sleep(0.06)
        self.button(False, name)
        time.sleep(0.06)

    def x(self, *command):
        """Runs a program on the display of QEMU's window."""
        return subprocess.run(command, env=dict(os.environ, DISPLAY=self.display), check=True,
                              text=True, capture_output=True).stdout

    def window(self):
        return wait_for("QEMU's window", lambda: self.x(
            "sh", "-c", "xdotool search --onlyvisible --name QEMU || :").split(), 20)[0]

    def screenshot(self, path):
        """Saves the window's contents in xwd format; the caller converts them to PNG."""
        with open(path, "wb") as file:
            subprocess.run(["xwd", "-silent", "-id", self.window()], stdout=file, check=True,
                           env=dict(os.environ, DISPLAY=self.display))

    def quit(self):
        if self.process and not self.ended():
            try:
                self.commands.write("quit")
                self.process.wait(30)
            except (AttributeError, OSError, subprocess.TimeoutExpired):  # QEMU may not be listening yet
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
