"""What a dry run says that a lowering needs, on each kind of machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.hurdle import hurdle
from oomtray.messages.permission import needs

ALL, NONE, NO_RESOURCE = 0x1FFFFFFFFFF, 0, 0x1FFFEFFFFFF
FIRST, ANOTHER = "user:[4026531837]", "user:[4026532601]"


def change(before: int | None, after: int, error: str | None = None) -> Change:
    return Change(pid=7, start_time=1, name="mysqld", before=before, after=after, done=False, error=error, wanted=after)


def machine(root: Path, *, effective: int, bounding: int = ALL, namespace: str = FIRST) -> str:
    (root / "self/ns").mkdir(parents=True)
    (root / "self/ns/user").symlink_to(namespace)
    (root / "self/status").write_text(f"Name:\tx\nCapEff:\t{effective:016x}\nCapBnd:\t{bounding:016x}\n")
    return str(root)


@pytest.mark.parametrize(
    ("as_root", "facts", "installed", "told"),
    [
        pytest.param(True, {"effective": ALL}, "", None, id="root"),
        pytest.param(True, {"effective": NO_RESOURCE}, "", "refused-by-kernel", id="root without the capability"),
        pytest.param(True, {"effective": ALL, "namespace": ANOTHER}, "", "refused-by-kernel", id="root of a container"),
        pytest.param(False, {"effective": NONE}, "helper pkexec", "permission", id="a user with the helper"),
        pytest.param(False, {"effective": NONE}, "pkexec", "no-helper", id="a user without"),
        pytest.param(False, {"effective": NONE}, "helper", "no-pkexec", id="a user without pkexec"),
        pytest.param(False, {"effective": NONE, "bounding": NO_RESOURCE}, "helper pkexec", "refused-by-kernel", id="a user whom even the helper can't help"),
        pytest.param(False, {"effective": NONE, "bounding": NO_RESOURCE}, "pkexec", "no-helper", id="that user without the helper"),
    ],
)
def test_what_a_lowering_needs(tmp_path: Path, as_root: bool, facts: dict[str, object], installed: str, told: str | None) -> None:
    for name in installed.split():
        (tmp_path / name).touch(0o755)
    proc = machine(tmp_path / "proc", **facts)  # type: ignore[arg-type]
    found = hurdle([change(0, -500)], helper=str(tmp_path / "helper"), pkexec=str(tmp_path / "pkexec"), proc=proc, as_root=as_root)
    assert found == told
    if found is not None:
        assert needs(found).startswith("Note: ")


@pytest.mark.parametrize(
    "foretold",
    [
        pytest.param(change(0, 300), id="a raise"),
        pytest.param(change(-500, -500), id="no change"),
        pytest.param(change(0, -500, "gone"), id="what is refused anyway"),
        pytest.param(change(None, -500, "hidden"), id="what can't be read"),
    ],
)
def test_what_lowers_nothing_needs_nothing(tmp_path: Path, foretold: Change) -> None:
    assert hurdle([foretold], helper=str(tmp_path), proc=machine(tmp_path / "proc", effective=NONE, bounding=NONE), as_root=False) is None
