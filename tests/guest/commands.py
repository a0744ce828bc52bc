"""The project's commands, as somebody in the guest gives them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from tests.guest.loaded import ANSWER, ASKED
from tests.rigs.debian.debian_tree import ALICE, PASSWORD
from tests.rigs.guest import Guest
from tests.rigs.guest.link import Done

DIALOGS = "/tmp/dialogs.jsonl"
PYTHON = ("env", "PYTHONPATH=/src", "/usr/bin/python3")


def oomtray(guest: Guest, *words: str | int, user: str = "root") -> Done:
    return guest.run([*PYTHON, "-m", "oomtray", *map(str, words)], user=user)


def listed(guest: Guest, *options: str, user: str = "root") -> dict[str, Any]:
    """`list --json`, of every process where no option says otherwise."""
    return answer(oomtray(guest, "list", "--json", *(options or ("--all",)), user=user))


def load(guest: Guest) -> None:
    """Have the program ready there, for `said_at_once`; nothing ends it, so that it changes nobody's fate."""
    guest.push({"/rig/loaded.py": Path(__file__).with_name("loaded.py")})
    options = "--unit=loaded --quiet -p OOMScoreAdjust=-1000 -p ManagedOOMPreference=omit -p StandardOutput=file:/run/loaded.out"
    guest.sh(f"systemd-run {options} /usr/bin/python3 /rig/loaded.py && until grep -q READY /run/loaded.out; do sleep 0.2; done")


def said_at_once(guest: Guest, *words: str | int) -> list[dict[str, Any]]:
    """What a command of root's prints in JSON, object by object, without loading the program first."""
    asked = shlex.quote(json.dumps([*map(str, words)]))
    return [json.loads(line) for line in guest.sh(f"echo {asked} >{ASKED} && cat {ANSWER}").splitlines()]


def answer(done: Done) -> dict[str, Any]:
    """What a command that went well said in JSON."""
    assert done.rc == 0, done
    report = json.loads(done.out)
    assert isinstance(report, dict)
    return report


def at_the_screen(guest: Guest, *argv: str, given: str = "", password: str | None = PASSWORD) -> Done:
    """By alice, who answers the dialogs that it brings up (dismisses them with None)."""
    plan = json.dumps({"password": password, "locale": "C", "log": DIALOGS})
    return guest.run(["/usr/bin/python3", "/rig/polkit_seat.py", plan, *argv], user=ALICE, given=given)


def oomtray_at_the_screen(guest: Guest, *words: str | int, password: str | None = PASSWORD) -> Done:
    return at_the_screen(guest, *PYTHON, "-m", "oomtray", *map(str, words), password=password)


def dialogs(guest: Guest) -> list[tuple[str, str]]:
    """Which polkit actions were asked for so far, and what became of each."""
    text = guest.sh(f"cat {DIALOGS} 2>/dev/null || true")
    seen = [json.loads(line) for line in text.splitlines()]
    return [(dialog["action"].rpartition(".")[2], dialog["outcome"]) for dialog in seen]
