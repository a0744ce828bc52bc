"""A real system bus, polkitd and pkexec, with our helper and policy installed, without touching the machine's files.

    with PolkitRig() as rig:
        rig.run("ben", ["pkexec", ...])                                  nobody answers a dialog
        rig.run("ben", [rig.python, "-m", "oomtray", ...], seat=Seat())  the administrator's password is typed
        rig.run("ben", ..., seat=Seat(password=None))                    the dialog is dismissed
        rig.calls("ben", [Call("own", lines), ...], seat=Seat())         pkexec several times by one program

Everything runs in a mount namespace of its own (root only); processes, network and /tmp are the machine's, so pids are
the same inside and outside. Dialogs are answered for the command and its direct children, because polkit finds an agent
by pkexec's parent. There is no logind: USERS defines who counts as sitting at the screen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.rigs.polkit.inside import BASE, HELPER, POLKITD, RELOADS
from tests.rigs.processes.mount_namespace import MountNamespace
from tests.rigs.processes.programs import DEADLINE, RigUnavailable, need_programs

CHECKOUT = Path(__file__).resolve().parents[3]
PACKAGES = {
    "dbus-daemon": "dbus-daemon",
    "dbus-uuidgen": "dbus-bin",
    "nsenter": "util-linux",
    "pkexec": "pkexec",
    "systemctl": "systemd",
    "useradd": "passwd",
    POLKITD: "polkitd",
}
PKEXEC = ("/usr/bin/pkexec", "--disable-internal-agent", str(HELPER))


@dataclass(frozen=True, slots=True)
class User:
    name: str
    uid: int
    password: str
    admin: bool = False
    seated: bool = True
    trusted: bool = False
    """Whether polkit allows our actions without a dialog."""


USERS = {
    user.name: user
    for user in (
        User("ana", 61001, "quince-and-rye", admin=True),
        User("ben", 61002, "larch"),
        User("cay", 61003, "heron", trusted=True),
        User("dan", 61004, "moss", seated=False),
    )
}


@dataclass(frozen=True, slots=True)
class Seat:
    """The person who answers the dialogs. `password` None dismisses them; the default is the administrator's."""

    password: str | None = USERS["ana"].password
    locale: str = "C"
    window: Sequence[str] = ()
    """A program like tests.rigs.polkit.dialog: it asks on the screen, and the password is what is typed there."""


@dataclass(frozen=True, slots=True)
class Call:
    """One pkexec of the helper."""

    verb: str
    lines: Sequence[Mapping[str, object]]
    kind: str = "protect"

    def as_plan(self) -> dict[str, object]:
        named = [str(line["unit"]) for line in self.lines if "unit" in line] or ["oomtray-rig.service"]
        asked = [named[0]] if self.verb == "unit" else [self.kind, str(len(self.lines))] if self.lines else [self.kind]
        return {
            "argv": [*PKEXEC, self.verb, *asked],
            "input": "".join(json.dumps(line) + "\n" for line in self.lines),
        }


@dataclass(frozen=True, slots=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str
    dialogs: list[dict[str, Any]] = field(default_factory=list)
    """Dialogs that were shown: action, message, icon, details, users, outcome."""

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.splitlines()]


CALLER = """
import json, subprocess, sys
plan = json.load(sys.stdin)
def start(call):
    pipe = subprocess.PIPE
    return subprocess.Popen(call["argv"], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
def end(program, call):
    out, err = program.communicate(call["input"])
    return [program.returncode, out, err]
if plan["at_once"]:
    programs = [start(call) for call in plan["calls"]]
    print(json.dumps([end(*pair) for pair in zip(programs, plan["calls"])]))
else:
    print(json.dumps([end(start(call), call) for call in plan["calls"]]))
"""
"""One program that calls pkexec itself, because polkit keeps an authorization for the parent of pkexec."""


class PolkitRig:
    python = str(BASE / "venv/bin/python")
    """An interpreter with the project's dependencies that every user of the rig may run; `oomtray` is importable."""

    def __init__(
        self,
        helper: Path = CHECKOUT / "oomtray/helper/oomtray_helper.py",
        policy: Path = CHECKOUT / "packaging/io.github.oomtray.policy",
    ) -> None:
        if os.geteuid() != 0:
            raise RigUnavailable("polkit's rig needs root, for a mount namespace and users of its own")
        need_programs(PACKAGES)
        self._helper = helper
        self._policy = policy
        self._count = 0

    def __enter__(self) -> Self:
        plan = {
            "checkout": str(CHECKOUT),
            "helper": str(self._helper),
            "policy": str(self._policy),
            "users": [asdict(user) for user in USERS.values()],
        }
        inside = [sys.executable, "-m", "tests.rigs.polkit.inside", json.dumps(plan)]
        self._inside = MountNamespace(inside, CHECKOUT)
        return self

    def __exit__(self, *_: object) -> None:
        self._inside.close()

    def path(self, inside: str | Path) -> Path:
        """Return where a file of the rig is visible from outside."""
        return self._inside.path(inside)

    def command(self, user: str, argv: Sequence[str], seat: Seat | None = None) -> tuple[list[str], Path]:
        """Return the command that runs `argv` in the rig as `user`, and the file to which its dialogs are logged.

        The started process becomes the command itself, or with a seat its parent, which ends when the command
        does.
        """
        self._count += 1
        log = BASE / f"prompts/{self._count}.jsonl"
        enter = ["nsenter", f"--mount={self._inside.proc}/ns/mnt", f"--wd={BASE}"]
        # changing the user clears the parent-death signal
        become = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--pdeathsig", "KILL", "--"]
        if seat is not None:
            plan = json.dumps({**asdict(seat), "log": str(log)})
            argv = [self.python, str(BASE / "checkout/tests/rigs/polkit/seat.py"), plan, *argv]
        return [*enter, *become, *argv], self.path(log)

    @staticmethod
    def environment(user: str) -> dict[str, str]:
        return {
            "HOME": str(BASE / f"home-{user}"),
            "LANG": "C.UTF-8",
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(BASE / "checkout"),
            "USER": user,
        }

    def run(
        self,
        user: str,
        argv: Sequence[str],
        *,
        seat: Seat | None = None,
        text: str = "",
        env: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run `argv` to its end, with `text` on its standard input."""
        whole, dialogs = self.command(user, argv, seat)
        environment = {**self.environment(user), **(env or {})}
        done = subprocess.run(
            whole,
            input=text,
            text=True,
            capture_output=True,
            env=environment,
            timeout=4 * DEADLINE,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr, read_dialogs(dialogs))

    def calls(
        self, user: str, calls: Sequence[Call], *, seat: Seat | None = None, at_once: bool = False
    ) -> tuple[list[Ended], list[dict[str, Any]]]:
        """Run pkexec for each call from one program: one after the other, or all at once.

        Return the results and the dialogs.
        """
        plan = {"at_once": at_once, "calls": [call.as_plan() for call in calls]}
        done = self.run(user, [self.python, "-c", CALLER], seat=seat, text=json.dumps(plan))
        assert done.returncode == 0, done.stderr
        return [Ended(*end) for end in json.loads(done.stdout)], done.dialogs

    def call(self, user: str, call: Call, *, seat: Seat | None = None) -> Ended:
        (ended,), dialogs = self.calls(user, [call], seat=seat)
        return Ended(ended.returncode, ended.stdout, ended.stderr, dialogs)

    def reloads(self) -> str:
        """Return arguments and environment of each systemctl that the helper has started."""
        path = self.path(RELOADS)
        return path.read_text() if path.exists() else ""

    @contextmanager
    def without_helper(self) -> Iterator[None]:
        path = self.path(HELPER)
        path.rename(path.with_suffix(".away"))
        try:
            yield
        finally:
            path.with_suffix(".away").rename(path)


def read_dialogs(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
