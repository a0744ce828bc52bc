"""The root directory of a small Debian 12 with systemd, polkit and Python, built once per machine.

The container (systemd/box.py) boots it directly, the virtual machine (guest/) from a disk made of it, with
the kernel and the few modules in its /boot. It has a user `alice` (uid 1000, in the group sudo, so that
polkit considers her an administrator; password PASSWORD; her user manager starts at boot) and Python 3.11
with the imports of the text commands.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from tests.rigs.cache import built
from tests.rigs.processes.programs import RigUnavailable, need_programs

SUITE = "bookworm"
ALICE, ALICE_UID, PASSWORD = "alice", 1000, "wonderland"

PACKAGES = (
    *("systemd", "systemd-sysv", "systemd-oomd", "libpam-systemd", "dbus", "dbus-user-session"),
    *("polkitd", "pkexec"),
    *("python3", "python3-psutil", "python3-jeepney", "python3-platformdirs", "python3-tomlkit"),
    *("procps", "util-linux", "mount", "passwd", "login"),
    *("earlyoom", "nohang", "low-memory-monitor"),
)
"""earlyoom, nohang and low-memory-monitor only run if a test starts them; systemd-oomd runs because user
managers need it, and watches nothing.
"""
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")

KERNEL = "linux-image-cloud-amd64"
MODULES = (
    "virtio_ring",
    "virtio",
    "virtio_pci_legacy_dev",
    "virtio_pci_modern_dev",
    "virtio_pci",
    "virtio_blk",
    "virtio_console",
)
"""In loading order."""

HERE = Path(__file__).parent
SETUP = HERE / "debian_tree.sh"
UNITS = HERE.parent / "guest/units"


def debian_tree() -> Path:
    need_programs({"mmdebstrap": "mmdebstrap"})
    if os.geteuid() != 0:
        raise RigUnavailable("building a Debian root directory needs root")
    constants = [SUITE, *PACKAGES, *LEFT_OUT, *MODULES, KERNEL, ALICE, f"{ALICE_UID}", PASSWORD]
    return built("debian", [*constants, SETUP, *sorted(UNITS.glob("*.service"))], _build)


def _build(to: Path) -> None:
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", "--format=directory"]
    command += ["--include=" + ",".join(PACKAGES), "--aptopt=APT::Install-Recommends false"]
    command += [f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT]
    command += [f'--customize-hook={shlex.quote(str(SETUP))} "$1"', SUITE, str(to), *package_sources()]
    given = {"user": ALICE, "uid": f"{ALICE_UID}", "password": PASSWORD, "units": str(UNITS)}
    given |= {"kernel": KERNEL, "modules": " ".join(MODULES)}
    done = subprocess.run(
        command, env=os.environ | given, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(f"mmdebstrap failed ({done.returncode}):\n{done.stderr[-3000:]}")


def package_sources() -> list[str]:
    """Return this machine's package sources if it is a Debian 12; otherwise none, for mmdebstrap's default mirror."""
    here = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    files = [path for path in here if path.suffix in (".list", ".sources") and path.is_file()]
    return [str(path) for path in files if SUITE in path.read_text()]
