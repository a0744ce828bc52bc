"""A root directory for programs whose changes are discarded, and don't affect the machine's own.

    with Root(trixie()) as root:
        shutil.copy(deb, root.path("/root/x.deb"))
        root.run(["apt-get", "install", "-y", "/root/x.deb"])
        root.run(["oomtray", "list"], user=True)

It is below an in-memory overlay, in a mount namespace of its own. Processes, network and /tmp are the
machine's, so that a desktop running on it can be used from inside. Needs root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.rigs.processes.mount_namespace import MountNamespace, NotReady
from tests.rigs.processes.programs import RigUnavailable

USER, UID = "ben", 61234
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

_MOUNT = r"""
set -e
mount -t tmpfs -o mode=755 oomtray-test "$1"
mkdir "$1/changes" "$1/work" "$1/root"
mount -t overlay -o lowerdir="$2",upperdir="$1/changes",workdir="$1/work" oomtray-test "$1/root"
for place in proc sys dev tmp; do mount --rbind "/$place" "$1/root/$place"; done
mount -t tmpfs -o mode=755 oomtray-test "$1/root/run"
exec chroot "$1/root" /bin/sh -c "$3"
"""
_PREPARE = f"""
set -e
echo {USER}:x:{UID}:{UID}::/home/{USER}:/bin/sh >>/etc/passwd
echo {USER}:x:{UID}: >>/etc/group
mkdir /home/{USER}
chown {UID}:{UID} /home/{USER}
echo ready
exec cat
"""


class Root:
    def __init__(self, tree: Path) -> None:
        if os.geteuid() != 0:
            raise RigUnavailable("a root directory of one's own needs root")
        self._tree = tree

    def __enter__(self) -> Self:
        self._scratch = tempfile.mkdtemp(prefix="oomtray-root-", dir="/var/tmp")
        try:  # until it is ready, the root would still be the machine's
            self._inside = MountNamespace(["sh", "-c", _MOUNT, "sh", self._scratch, str(self._tree), _PREPARE])
        except NotReady as says:
            raise RigUnavailable(f"no overlay can be mounted here: {says}") from None
        return self

    def __exit__(self, *_: object) -> None:
        self._inside.close()
        shutil.rmtree(self._scratch)

    def path(self, inside: str) -> Path:
        """Return where a file of it is visible from outside."""
        return self._inside.path(inside)

    def command(self, argv: Sequence[str], *, user: bool = False) -> list[str]:
        """Return the command that runs `argv` inside, as root or as the user; the process becomes it."""
        place = self._inside.proc
        become = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--"] if user else []
        return ["nsenter", f"--mount={place}/ns/mnt", f"--root={place}/root", "--wd=/", *become, *argv]

    def run(
        self,
        argv: Sequence[str],
        *,
        user: bool = False,
        env: Mapping[str, str] | None = None,
        fails: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run `argv` to its end; a status other than 0 is an error, unless it may fail."""
        environment = {
            "PATH": PATH,
            "HOME": f"/home/{USER}" if user else "/root",
            "LC_ALL": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        done = subprocess.run(
            self.command(argv, user=user),
            env=environment | dict(env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        assert fails or done.returncode == 0, f"{argv}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def files(self) -> set[str]:
        """Return all files in it, except those that package tools keep about their own work."""
        prune = [
            "/proc",
            "/sys",
            "/dev",
            "/tmp",
            "/run",
            "/var/log",
            "/var/cache",
            "/var/lib/dpkg",
            "/var/lib/apt",
        ]
        words = [word for place in prune for word in ("-path", place, "-prune", "-o")]
        return set(self.run(["find", "/", *words, "-print"]).stdout.splitlines())
