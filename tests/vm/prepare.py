# SPDX-License-Identifier: MIT
"""Prepares the files that a guest boots from: Debian's kernel and udev, downloaded but not
installed, and an initramfs that mounts the host's own files, read-only, as the guest's root. The
kernel is that of the host's release, or of the Debian release in VM_RELEASE (trixie: 6.12).

    FOLDER/vmlinuz   the kernel
    FOLDER/initrd    busybox, the modules to mount a root with, tests/vm/init
    FOLDER/extra/    laid over the host's files: kernel modules, udev"""
import glob
import lzma
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# Modules needed to mount the root; udev and modprobe load the others from it.
EARLY_MODULES = ("virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay")
# udev rules without use in a guest that has no disks, sound or network
UNWANTED_RULES = ("75-net", "80-net", "60-persistent-storage", "64-btrfs", "60-cdrom", "60-fido",
                  "78-sound", "60-persistent-alsa")


def quietly(*command, **keywords):
    return subprocess.run(command, check=True, text=True, capture_output=True, **keywords).stdout


def download(package, folder, apt=()):
    """Downloads a package. Returns the path of its .deb. apt: options of apt."""
    if os.getuid() == 0:
        os.chmod(folder, 0o755)  # apt downloads as a user of its own
    quietly("apt-get", *apt, "download", package, cwd=folder)
    return glob.glob(f"{folder}/{package}_*.deb")[0]


def other_release(release, scratch):
    """Returns options that make apt use this release, from the configured mirror."""
    mirror = quietly(HERE + "/../debian13/mirror").strip()
    lists = scratch + "/apt"
    os.makedirs(lists + "/lists/partial")
    with open(lists + "/sources.list", "w") as file:
        file.write("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n" %
                   (mirror, release))
    options = ("-o", "Dir::State::Lists=" + lists + "/lists", "-o", "Dir::Cache=" + lists, "-o",
               "Dir::Etc::SourceList=" + lists + "/sources.list", "-o", "Dir::Etc::SourceParts=/dev/null")
    os.chmod(scratch, 0o755)
    quietly("apt-get", *options, "update")
    return options


def kernel_package(apt):
    for line in quietly("apt-cache", *apt, "depends", "linux-image-amd64").splitlines():
        if "Depends: linux-image-" in line:
            return line.split()[-1]
    raise RuntimeError("apt knows no linux-image-amd64: apt-get update")


def unpack_kernel(folder, scratch):
    release = os.environ.get("VM_RELEASE")
    apt = other_release(release, scratch) if release else ()
    quietly("dpkg-deb", "-x", download(kernel_package(apt), scratch, apt), scratch + "/kernel")
    shutil.copy(glob.glob(scratch + "/kernel/boot/vmlinuz-*")[0], folder + "/vmlinuz")
    modules = glob.glob(scratch + "/kernel/lib/modules/*") + \
        glob.glob(scratch + "/kernel/usr/lib/modules/*")  # since Debian 13
    modules = modules[0]
    version = os.path.basename(modules)
    # A real folder extra/lib would hide the host's link lib -> usr/lib.
    os.makedirs(folder + "/extra/usr/lib/modules")
    shutil.move(modules, folder + "/extra/usr/lib/modules/" + version)
    depmod(folder, version)


def depmod(folder, version):
    """Generates the modules' dependencies."""
    with tempfile.TemporaryDirectory() as root:
        os.mkdir(root + "/usr")
        for name in ("lib", "usr/lib"):  # depends on the release
            os.symlink(os.path.abspath(folder + "/extra/usr/lib"), f"{root}/{name}")
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
    """Returns the paths of the early modules below the folder, each after its dependencies."""
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


def unpack_module(path, folder):
    """Copies a module, uncompressed as busybox needs it, to the folder. Returns the file's name."""
    name = os.path.basename(path)
    if not name.endswith(".xz"):
        shutil.copy(path, folder)
        return name
    name = name[:-3]
    with lzma.open(path) as packed, open(f"{folder}/{name}", "wb") as plain:
        shutil.copyfileobj(packed, plain)
    return name


def kernel_release(folder):
    """Version of the kernel in the folder, such as (6, 12)."""
    name = os.path.basename(glob.glob(folder + "/extra/usr/lib/modules/*")[0])
    return tuple(int(number) for number in name.split(".")[:2])


def make_initramfs(folder, modules):
    with tempfile.TemporaryDirectory() as root:
        for name in ("bin", "modules", "proc", "sys", "dev", "lower", "extra", "upper", "root"):
            os.mkdir(f"{root}/{name}")
        shutil.copy("/bin/busybox", root + "/bin/busybox")
        shutil.copy(HERE + "/init", root + "/init")
        os.chmod(root + "/init", 0o755)
        with open(root + "/modules/order", "w") as order:
            for path in with_dependencies(modules):
                order.write(unpack_module(f"{modules}/{path}", root + "/modules") + "\n")
        pack(root, folder + "/initrd.new")
    os.rename(folder + "/initrd.new", folder + "/initrd")


def pack(root, path):
    script = 'cd "$1" && find . | cpio -o -H newc --quiet | zstd -q -3 -f -o "$2"'
    quietly("sh", "-c", script, "sh", root, os.path.abspath(path))


def wanted_kernel():
    return os.environ.get("VM_RELEASE", "the host's") + "\n"


def has_kernel(folder):
    """Whether the folder is complete and has the requested kernel."""
    try:
        with open(folder + "/extra.ready") as file:
            return file.read() == wanted_kernel()
    except FileNotFoundError:
        return False


def stale(folder):
    """Whether the initramfs has to be built (again)."""
    made = folder + "/initrd"
    return not os.path.exists(made) or os.path.getmtime(made) < os.path.getmtime(HERE + "/init")


def prepare(folder):
    """Creates the files that are missing in the folder."""
    if not has_kernel(folder):
        print("Downloading a kernel and udev for the guest", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        with tempfile.TemporaryDirectory() as scratch:
            unpack_kernel(folder, scratch)
            unpack_udev(folder, scratch)
        with open(folder + "/extra.ready", "w") as file:
            file.write(wanted_kernel())
    if stale(folder):
        make_initramfs(folder, glob.glob(folder + "/extra/usr/lib/modules/*")[0])
