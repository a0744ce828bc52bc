"""`Guest`: a Debian 12 of its own kernel under QEMU's emulation (no KVM needed), whose memory may really run out."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.rigs.cache import built, cache_dir
from tests.rigs.debian.debian_tree import ALICE, MODULES
from tests.rigs.guest.image import guest_image
from tests.rigs.guest.link import Link, Machine
from tests.rigs.processes.programs import Program, wait_for

MEMORY_MB = 512
CORES = 1
"""Two emulated processors wait for each other more than they help, and all the more on a busy machine."""
CPU = "max,-erms,-la57"
"""Emulated, a copy of a page byte by byte costs several times what it costs word by word."""
BOOT_SECONDS = 180.0
READY = "ready"
"""The saved state of a systemd guest that has just booted, with alice logged in."""

OUT_OF_MEMORY_SECONDS = 120.0

_REPORT = re.compile(
    r"oom-kill:constraint=(\w+),.*?Killed process (\d+) \((.*?)\) .*?anon-rss:(\d+)kB,.*?oom_score_adj:(-?\d+)",
    re.DOTALL,
)

Mode = Literal["systemd", "bare"]


@dataclass(frozen=True, slots=True)
class Kill:
    pid: int
    name: str
    oom_score_adj: int
    anonymous: int
    """bytes"""
    constraint: str
    """CONSTRAINT_NONE: the whole machine was out of memory; CONSTRAINT_MEMCG: a cgroup."""


class Guest(Machine):
    """`bare` has no systemd, no alice's session and no cgroups but the root one: it boots in a third of the time.

    A systemd guest of MEMORY_MB goes on from a state saved once a machine (in about a second); others boot.
    """

    def __init__(self, mode: Mode = "systemd", memory_mb: int = MEMORY_MB) -> None:
        super().__init__()
        self.mode: Mode = mode
        self.memory_mb = memory_mb

    def __enter__(self) -> Self:
        image = guest_image()
        if (self.mode, self.memory_mb) == ("systemd", MEMORY_MB):
            self._start(image, saved_state(image))
            self._settle_clock()
        else:
            self._start(image, None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            error.add_note("the guest's console:\n" + self.serial()[-3000:])
        self.off()

    def save(self, name: str) -> None:
        """Keep this very moment, memory and disk, to be come back to with `restore(name)` while this guest lives."""
        self._monitor(f"savevm {name}")

    def restore(self, name: str = READY) -> None:
        """Back to a saved moment: every process, file and counter as it was; the console's text starts anew."""
        self._monitor(f"loadvm {name}")
        self._console_from = self._console.stat().st_size
        self._settle_clock()

    def limit_disk(self, reads: int) -> None:
        """Let the disk do at most `reads` a second, as a rotating one does; 0 for no limit."""
        self._monitor(f"block_set_io_throttle disk 0 0 0 0 {reads} 0")

    def serial(self) -> str:
        """What the kernel said on its console since the start or the last `restore`."""
        with self._console.open("rb") as file:
            file.seek(self._console_from)
            return file.read().decode(errors="replace").replace("\r", "")

    def run_out_of_memory(self) -> list[Kill]:
        """Really: something unkillable grows until the kernel has killed somebody, and gives all back then.

        The kernel kills one, where that was enough.
        """
        before = len(self.kills())
        # else the kernel gives up and reads back the same pages of files for long, and all the longer on a busy machine
        self.sh("cd /sys/kernel/mm/lru_gen && echo y >enabled && echo 1000 >min_ttl_ms")
        # in large steps: in small ones the kernel gives up file pages and reads them back for long before it kills
        grower = self.hog(1, adj=-1000, name="grower", step_kb=8192)
        grower.grow_until_a_kill()
        assert grower.settle(timeout=OUT_OF_MEMORY_SECONDS), self.serial()
        grower.end()
        # the kernel counts a kill a moment before it reports it
        return wait_for(lambda: self.kills()[before:], "the kernel's report")

    def kills(self) -> list[Kill]:
        """From the kernel's own reports, since the start or the last `restore`."""
        return [
            Kill(int(pid), name, int(adj), int(anon) * 1024, constraint)
            for constraint, pid, name, anon, adj in _REPORT.findall(self.serial())
        ]

    def off(self) -> None:
        """At once, as by pulling the plug."""
        for link in self.links.values():
            link.close()
        self._replies.close()
        self._qmp.close()
        self._qemu.stop()
        shutil.rmtree(self._scratch)

    def boot_to_image(self, image: Path, disk: Path) -> None:
        """Boot, and save the state READY into `disk`, which is made."""
        backing = ["-b", str(image / "root.img"), "-F", "raw"]
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *backing, str(disk)], check=True)
        self._start(image, disk, fresh=True)
        self.save(READY)

    def _start(self, image: Path, disk: Path | None, *, fresh: bool = False) -> None:
        """From a disk with a saved state; a `fresh` one or None is booted from, None keeps nothing."""
        self._scratch = Path(tempfile.mkdtemp(prefix="run-", dir=cache_dir()))
        self._console = self._scratch / "console"
        self._console_from = 0
        if disk is None:
            drive = f"file={image / 'root.img'},format=raw,snapshot=on"
        elif fresh:
            drive = f"file={disk},format=qcow2"
        else:
            own = shutil.copy(disk, self._scratch / "disk.qcow2")
            drive = f"file={own},format=qcow2"
        argv = [*self._command(image), "-drive", f"if=none,id=disk,cache=unsafe,{drive}"]
        if disk is not None and not fresh:
            argv += ["-loadvm", READY]
        self._qemu = Program(argv, {"PATH": "/usr/bin:/bin"}, self._scratch / "qemu.log", name="QEMU")
        self._qemu.start()
        try:
            self._qmp = wait_for(self._connect_monitor, "QEMU's monitor")
            for user in self._users():
                self.links[user] = Link(self._scratch / user)
                wait_for(self.links[user].connect, f"the port of {user}'s executor")
            for user in self._users():
                self.run(["true"], user=user, timeout=BOOT_SECONDS)
            if self.mode == "systemd":
                state = self.run_as(
                    "root", "systemctl is-system-running --wait", timeout=BOOT_SECONDS
                ).out.strip()
                assert state == "running", (
                    state + "\n" + self.sh("systemctl --failed; journalctl -b -p warning")
                )
            # the kernel's report of a kill goes to the console whole
            self.sh("echo 7 >/proc/sys/kernel/printk")
        except BaseException as error:
            error.add_note(self._qemu.output() + self.serial()[-3000:])
            self._qemu.stop()
            shutil.rmtree(self._scratch)
            raise

    def _users(self) -> tuple[str, ...]:
        return ("root", ALICE) if self.mode == "systemd" else ("root",)

    def _command(self, image: Path) -> list[str]:
        init = "/sbin/init" if self.mode == "systemd" else "/rig/bare-init"
        kernel = f"console=ttyS0 quiet panic=-1 mitigations=off modules={','.join(MODULES)} rig_init={init} systemd.show_status=0"
        # a restored guest's clock leaps ahead, and systemd would take its daemons for hung and end them
        kernel += " systemd.service_watchdogs=no"
        command = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
        command += ["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", CPU]
        command += ["-smp", f"{CORES}", "-m", f"{self.memory_mb}"]
        command += ["-kernel", str(image / "vmlinuz"), "-initrd", str(image / "initramfs"), "-append", kernel]
        command += ["-device", "virtio-blk-pci,drive=disk", "-device", "virtio-serial-pci"]
        command += ["-chardev", f"file,id=console,path={self._console}", "-serial", "chardev:console"]
        for user in ("root", ALICE):
            command += ["-chardev", f"socket,id={user},path={self._scratch / user},server=on,wait=off"]
            command += ["-device", f"virtserialport,chardev={user},name={user}"]
        return [*command, "-qmp", f"unix:{self._scratch / 'qmp'},server=on,wait=off"]

    def _connect_monitor(self) -> socket.socket | None:
        assert self._qemu.alive, self._qemu.output()
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(self._scratch / "qmp"))
        except OSError:
            connection.close()
            return None
        connection.settimeout(BOOT_SECONDS)
        self._replies = connection.makefile("rb")
        self._reply("QMP")
        connection.sendall(b'{"execute": "qmp_capabilities"}\n')
        self._reply("return")
        return connection

    def _monitor(self, line: str) -> None:
        request = {"execute": "human-monitor-command", "arguments": {"command-line": line}}
        self._qmp.sendall(json.dumps(request).encode() + b"\n")
        said = self._reply("return")
        assert said == "", f"{line}: {said}"

    def _reply(self, key: str) -> object:
        for line in self._replies:
            message = json.loads(line)
            assert "error" not in message, message
            if key in message:  # the others are events
                return message[key]
        raise AssertionError(f"QEMU is gone: {self._qemu.output()}")

    def _settle_clock(self) -> None:
        self.sh(f"date --set=@{time.time():.3f}")


def saved_state(image: Path) -> Path:
    """A disk with the state READY, made once for each image and version of QEMU."""
    version = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, check=True).stdout
    return built("guest-ready", [image.name, version, Path(__file__)], lambda to: _boot_once(image, to))


def _boot_once(image: Path, disk: Path) -> None:
    guest = Guest()
    guest.boot_to_image(image, disk)
    guest.off()
