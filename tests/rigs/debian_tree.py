"""`debian_tree()`: the root directory of a small Debian 12 with systemd, polkit and Python, built once a machine.

The container (systemd_box.py) boots it as it is, the virtual machine (guest/) from a disk made of it. In it live
`alice` (uid 1000, in the group sudo, so that polkit takes her as an administrator; password PASSWORD; her user
manager starts at boot) and Python 3.11 with what the text commands import.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.rigs.cache import built
from tests.rigs.processes import RigUnavailable, need_programs

SUITE = "bookworm"
ALICE, ALICE_UID, PASSWORD = "alice", 1000, "wonderland"

PACKAGES = (
    *("systemd", "systemd-sysv", "systemd-oomd", "libpam-systemd", "dbus", "dbus-user-session"),
    *("polkitd", "pkexec"),
    *("python3", "python3-psutil", "python3-jeepney", "python3-platformdirs", "python3-tomlkit"),
    *("procps", "util-linux", "mount", "passwd", "login"),
)
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")

UNITS = Path(__file__).parent / "guest/units"
SETUP = f"""
set -e
echo oomtray-rig >etc/hostname
chroot . useradd --create-home --shell /bin/bash --uid {ALICE_UID} --groups sudo {ALICE}
echo {ALICE}:{PASSWORD} | chroot . chpasswd
mkdir -p var/lib/systemd/linger
touch var/lib/systemd/linger/{ALICE}
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \\
    fstrim.timer systemd-tmpfiles-clean.timer getty@tty1.service serial-getty@ttyS0.service console-getty.service \\
    systemd-update-utmp.service systemd-timesyncd.service remote-fs.target
do ln -sf /dev/null etc/systemd/system/$unit; done
cp "$units"/*.service etc/systemd/system/
systemctl --root=. --quiet enable rig-executor.service alice-session.service
mkdir rig src
"""


def debian_tree() -> Path:
    need_programs({"mmdebstrap": "mmdebstrap"})
    if os.geteuid() != 0:
        raise RigUnavailable("building a Debian root directory needs root")
    return built("debian", [SUITE, *PACKAGES, *LEFT_OUT, SETUP, *sorted(UNITS.glob("*.service"))], _build)


def _build(to: Path) -> None:
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", "--format=directory"]
    command += ["--include=" + ",".join(PACKAGES), "--aptopt=APT::Install-Recommends false"]
    command += [f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT]
    command += [f'--customize-hook=units={UNITS}; cd "$1" && {SETUP}', SUITE, str(to), *package_sources()]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"mmdebstrap failed ({done.returncode}):\n{done.stderr[-3000:]}")


def package_sources() -> list[str]:
    """This machine's own package sources where it is a Debian 12; mmdebstrap's default mirror otherwise."""
    here = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    files = [path for path in here if path.suffix in (".list", ".sources") and path.is_file()]
    return [str(path) for path in files if SUITE in path.read_text()]
