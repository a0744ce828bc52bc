"""The image from which the virtual machine starts, built once.

`guest_image()` returns a directory with

    vmlinuz, initramfs  Debian's cloud kernel; the initramfs puts the executor and the hog over the disk
    root.img            an ext4 disk with debian_tree.py's tree

Another kernel is tried with OOMTRAY_GUEST_KERNEL=DIR: a directory with its `vmlinuz`, and those of MODULES, as NAME.ko, that
aren't built into it.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.rigs.cache import built
from tests.rigs.debian.debian_tree import MODULES, debian_tree
from tests.rigs.processes.hog import hog_binary
from tests.rigs.processes.programs import RigUnavailable, find_program, need_programs

HERE = Path(__file__).parent
INIT, BARE_INIT, EXECUTOR = HERE / "initramfs/init", HERE / "initramfs/bare-init", HERE / "executor.py"

SESSION_ENVIRONMENT = "XDG_VTNR=1\n"
"""A seat with consoles gives a session only on one of them; console 1 is the active one."""
DISK_MB = 1024
PACKAGES = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "busybox": "busybox-static",
    "/usr/sbin/mkfs.ext4": "e2fsprogs",
}


def guest_image() -> Path:
    if platform.machine() != "x86_64":
        raise RigUnavailable("the virtual machine is built on x86-64 alone")
    need_programs(PACKAGES)
    if os.geteuid() != 0:
        raise RigUnavailable("building the virtual machine's disk needs root")
    tree = debian_tree()
    kernel = Path(os.environ.get("OOMTRAY_GUEST_KERNEL") or tree / "boot")
    inputs: list[str | Path] = [
        tree.name,
        *([] if kernel.is_relative_to(tree) else sorted(kernel.iterdir())),
        hog_binary(),
        INIT,
        BARE_INIT,
        EXECUTOR,
        SESSION_ENVIRONMENT,
        f"{DISK_MB}",
        *MODULES,
    ]
    return built("guest", inputs, lambda to: _build(tree, kernel, to))


def _build(tree: Path, kernel: Path, to: Path) -> None:
    to.mkdir()
    shutil.copy(kernel / "vmlinuz", to / "vmlinuz")
    _make_initramfs(kernel, to / "initramfs")
    disk = to / "root.img"
    with disk.open("wb") as file:
        file.truncate(DISK_MB << 20)
    # without a journal: nothing on it needs to survive a crash
    options = ["-O", "^has_journal", "-E", "lazy_itable_init=1,nodiscard"]
    subprocess.run(["/usr/sbin/mkfs.ext4", "-q", "-F", *options, "-d", tree, disk], check=True)


def _make_initramfs(kernel: Path, to: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for directory in ("bin", "dev", "root", "modules", "overlay/rig", "overlay/etc"):
            (root / directory).mkdir(parents=True)
        busybox = find_program("busybox")
        assert busybox is not None
        shutil.copy(busybox, root / "bin/busybox")
        for applet in ("sh", "mount", "umount", "insmod", "tr", "sleep", "cp", "switch_root"):
            (root / "bin" / applet).symlink_to("busybox")
        for module in MODULES:
            if (kernel / f"{module}.ko").exists():
                shutil.copy(kernel / f"{module}.ko", root / "modules")
        _install(INIT, root / "init")
        _install(EXECUTOR, root / "overlay/rig/executor.py")
        _install(BARE_INIT, root / "overlay/rig/bare-init")
        _install(hog_binary(), root / "overlay/rig/hog")
        (root / "overlay/etc/alice-session.env").write_text(SESSION_ENVIRONMENT)
        names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
        with to.open("wb") as archive:
            pack = [busybox, "cpio", "-o", "-H", "newc"]
            subprocess.run(
                pack, input=names.encode(), stdout=archive, stderr=subprocess.DEVNULL, cwd=root, check=True
            )


def _install(source: Path, to: Path) -> None:
    shutil.copy(source, to)
    to.chmod(0o755)
