"""Run a command as an ordinary user if only root is available, as in a container or in CI.

    python -m tests.rigs.processes.ordinary COMMAND...

Root becomes Ana, user 1000, in a user namespace: the app then considers itself an ordinary user's, no
directory needs another owner, and root's own files stay readable. Programs that share a bus must all be in
the namespace: start the whole desktop inside. Ordinary users stay as they are.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.rigs.processes.programs import RigUnavailable

NAME, UID = "ana", 1000

# passwd and group are covered only for this command and its children
_COVER = 'for name in passwd group; do mount --bind "$1/$name" "/etc/$name" || exit; done; shift; exec "$@"'


def need_user_namespace() -> None:
    """Raise RigUnavailable if the kernel gives root no namespace, as in a chroot or under a container's filter."""
    probe = ["unshare", "--mount", "--propagation", "private", "unshare", "--user", "true"]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RigUnavailable(f"root can't become an ordinary user here: {done.stderr.strip()}")


def main(command: list[str]) -> int:
    if not command:
        print("python -m tests.rigs.processes.ordinary COMMAND...", file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        return subprocess.run(command, check=False).returncode
    try:
        need_user_namespace()
    except RigUnavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="oomtray-ana-") as directory:
        for name, line in (
            ("passwd", f"{NAME}:x:{UID}:{UID}:Ana:/nonexistent:/bin/sh"),
            ("group", f"{NAME}:x:{UID}:"),
        ):
            others = [
                old for old in Path("/etc", name).read_text().splitlines() if old.split(":")[2] != str(UID)
            ]
            Path(directory, name).write_text("\n".join([*others, line, ""]))
        covered = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _COVER, "sh", directory]
        as_ana = ["unshare", "--user", f"--map-user={UID}", f"--map-group={UID}"]
        env = os.environ | {"USER": NAME, "LOGNAME": NAME}
        return subprocess.run([*covered, *as_ana, *command], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
