# SPDX-License-Identifier: MIT
"""What a guest is booted with: Debian's kernel and udev, downloaded but not installed, and an
initramfs that mounts the host's own files, read-only, as the guest's root.

    FOLDER/vmlinuz   the kernel
    FOLDER/initrd    busybox, the modules to mount a root with, tests/vm/init
    FOLDER/extra/    laid over the host's files: kernel modules, udev"""
import glob
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# Needed before there is a root; udev and modprobe load the rest from there.
EARLY_MODULES = ("virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay")
# Rules that only cost time in a guest without disks, sound and network.
UNWANTED_RULES = ("75-net", "80-net", "60-persistent-storage", "64-btrfs", "60-cdrom", "60-fido",
                  "78-sound", "60-persistent-alsa")


def quietly(*command, **keywords):
    return subprocess.run(command, check=True, text=True, capture_output=True, **keywords).stdout


def download(package, folder):
    """Path of its .deb."""
    if os.getuid() == 0:
        os.chmod(folder, 0o755)  # apt downloads as a user of its own
    quietly("apt-get", "download", package, cwd=folder)
    return glob.glob(f"{folder}/{package}_*.deb")[0]


def kernel_package():
    for line in quietly("apt-cache", "depends", "linux-image-amd64").splitlines():
        if "Depends: linux-image-" in line:
            return line.split()[-1]
    raise RuntimeError("apt knows no linux-image-amd64: apt-get update")


def unpack_kernel(folder, scratch):
    quietly("dpkg-deb", "-x", download(kernel_package(), scratch), scratch + "/kernel")
    shutil.copy(glob.glob(scratch + "/kernel/boot/vmlinuz-*")[0], folder + "/vmlinuz")
    modules = glob.glob(scratch + "/kernel/lib/modules/*")[0]
    version = os.path.basename(modules)
    # A real folder extra/lib would hide the link from lib to usr/lib.
    os.makedirs(folder + "/extra/usr/lib/modules")
    shutil.move(modules, folder + "/extra/usr/lib/modules/" + version)
    depmod(folder, version)


def depmod(folder, version):
    """Which module needs which."""
    with tempfile.TemporaryDirectory() as root:
        os.symlink(os.path.abspath(folder + "/extra/usr/lib"), root + "/lib")
        quietly("depmod", "-b", root, version)


def unpack_udev(folder, scratch):
    udev = scratch + "/udev"
    quietly("dpkg-deb", "-x", download("udev", scratch), udev)
    for part in ("lib", "bin", "sbin", "usr"):
        if os.path.isdir(f"{udev}/{part}"):
            target = folder + "/extra/usr" + ("" if part == "usr" else "/" + part)
            shutil.copytree(f"{udev}/{part}", target, symlinks=True, dirs_exist_ok=True)
    for rule in glob.glob(folder + "/extra/usr/lib/udev/rules.d/*"):
        if os.path.basename(rule).startswith(UNWANTED_RULES):
            os.remove(rule)


def with_dependencies(modules):
    """Paths of the early modules below that folder, each after those that it needs."""
    needs, paths, order = {}, {}, []
    with open(modules + "/modules.dep") as file:
        for line in file:
            path, _, others = line.partition(":")
            needs[path] = others.split()
            paths[os.path.basename(path).split(".")[0].replace("-", "_")] = path

    def add(path):
        for other in reversed(needs[path]):
            add(other)
        if path not in order:
            order.append(path)

    for name in EARLY_MODULES:
        if name in paths:  # others are built in
            add(paths[name])
    return order


def make_initramfs(folder, modules):
    with tempfile.TemporaryDirectory() as root:
        for name in ("bin", "modules", "proc", "sys", "dev", "lower", "extra", "upper", "root"):
            os.mkdir(f"{root}/{name}")
        shutil.copy("/bin/busybox", root + "/bin/busybox")
        shutil.copy(HERE + "/init", root + "/init")
        os.chmod(root + "/init", 0o755)
        with open(root + "/modules/order", "w") as order:
            for path in with_dependencies(modules):
                shutil.copy(f"{modules}/{path}", root + "/modules/")
                order.write(os.path.basename(path) + "\n")
        pack(root, folder + "/initrd.new")
    os.rename(folder + "/initrd.new", folder + "/initrd")


def pack(root, path):
    script = 'cd "$1" && find . | cpio -o -H newc --quiet | zstd -q -3 -f -o "$2"'
    quietly("sh", "-c", script, "sh", root, os.path.abspath(path))


def stale(folder):
    """The initramfs has to be made (again)."""
    made = folder + "/initrd"
    return not os.path.exists(made) or os.path.getmtime(made) < os.path.getmtime(HERE + "/init")


def prepare(folder):
    """Makes what is missing in the folder."""
    ready = folder + "/extra.ready"
    if not os.path.exists(ready):
        print("Downloading a kernel and udev for the guest", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        with tempfile.TemporaryDirectory() as scratch:
            unpack_kernel(folder, scratch)
            unpack_udev(folder, scratch)
        open(ready, "w").close()
    if stale(folder):
        make_initramfs(folder, glob.glob(folder + "/extra/usr/lib/modules/*")[0])
