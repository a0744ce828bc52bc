"""Drop-ins of system services: what is written and removed, and the reload that follows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from binascii import crc32
from pathlib import Path
from types import ModuleType

import pytest

from tests.helper.support import ANA, answers_of, lines, start_helper
from tests.helper.units import DROP_IN, OURS, PROTECT, REMOVE, Ask, System
from tests.rigs.processes.programs import need_programs


def test_written(system: System, ask: Ask) -> None:
    served = ask({
        "unit": "nginx.service",
        "set": {"ManagedOOMPreference": "avoid", "OOMPolicy": "continue", "OOMScoreAdjust": -500},
    })  # fmt: skip
    assert served.answers == [
        {"unit": "nginx.service", "path": f"{system.units}/{DROP_IN}", "ok": True, "error": None}
    ]
    text = OURS + "OOMPolicy=continue\nManagedOOMPreference=avoid\n"
    assert system.files() == {"nginx.service.d": "1755", DROP_IN: text}
    assert (system.units / DROP_IN).stat().st_mode & 0o777 == 0o644
    assert system.reloaded() == ["daemon-reload"]


@pytest.mark.parametrize("mask", [0o000, 0o077, 0o777], ids=oct)
def test_modes_are_not_the_callers(system: System, mask: int, tmp_path: Path) -> None:
    """Through the program itself, as the mask is set when it starts."""
    need_programs({"unshare": "util-linux"})
    script = f'mount --bind {system.units} /etc/systemd/system && umask {mask:o} && exec "$@"'
    start_helper("unit", data=lines(PROTECT), before=("unshare", "--mount", "sh", "-c", script, "sh"))
    assert system.files()["nginx.service.d"] == "1755"
    assert (system.units / DROP_IN).stat().st_mode & 0o777 == 0o644


def test_replaced_whole(system: System, ask: Ask) -> None:
    ask({"unit": "nginx.service", "set": {"OOMPolicy": "kill"}})
    ask(PROTECT)
    assert system.files() == {"nginx.service.d": "1755", DROP_IN: OURS}


def test_removed_with_its_directory(system: System, ask: Ask) -> None:
    ask(PROTECT)
    assert ask(REMOVE).errors == [None]
    assert system.files() == {}
    assert system.reloaded() == ["daemon-reload", "daemon-reload"]


def test_removed_beside_another_file(system: System, ask: Ask) -> None:
    ask(PROTECT)
    (system.units / "nginx.service.d/10-admin.conf").write_text("[Service]\nNice=5\n")
    assert ask(REMOVE).errors == [None]
    assert system.files() == {
        "nginx.service.d": "1755",
        "nginx.service.d/10-admin.conf": "[Service]\nNice=5\n",
    }


@pytest.mark.parametrize("line", [PROTECT, REMOVE], ids=["written", "removed"])
@pytest.mark.parametrize(
    ("there", "was"),
    [
        pytest.param(OURS + "Nice=5\n", OURS, id="edited"),
        pytest.param(OURS, "", id="made meanwhile"),
    ],
)
def test_what_was_edited_while_the_dialog_was_open_stays(
    system: System, ask: Ask, line: dict[str, object], there: str, was: str
) -> None:
    ask(PROTECT)
    (system.units / DROP_IN).write_text(there)
    served = ask(line | {"was": crc32(was.encode())})
    assert (served.errors, system.files()) == (["changed-since"], {"nginx.service.d": "1755", DROP_IN: there})
    assert system.reloaded() == ["daemon-reload"], "and systemd is not asked to read it"
    assert ask(line | {"was": crc32(there.encode())}).errors == [None]


def test_what_was_removed_while_the_dialog_was_open_is_not_written_again(system: System, ask: Ask) -> None:
    assert ask(PROTECT | {"was": crc32(OURS.encode())}).errors == ["changed-since"]
    assert system.files() == {}
    assert ask(PROTECT | {"was": 0}).errors == [None], "where there was none"


def test_an_edit_at_the_last_moment_is_seen_too(
    system: System, ask: Ask, helper: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the new text is already on the disk under another name."""
    ask(PROTECT)
    synced = os.fsync

    def edited(fd: int) -> None:
        monkeypatch.setattr(helper.os, "fsync", synced)
        (system.units / DROP_IN).write_text(OURS + "Nice=5\n")
        synced(fd)

    monkeypatch.setattr(helper.os, "fsync", edited)
    assert ask(PROTECT | {"was": crc32(OURS.encode())}).errors == ["changed-since"]
    assert system.files() == {"nginx.service.d": "1755", DROP_IN: OURS + "Nice=5\n"}


def test_removing_what_is_not_there(system: System, ask: Ask) -> None:
    assert ask(REMOVE).errors == [None]
    assert system.files() == {}


def test_an_administrators_own_empty_directory_stays(system: System, ask: Ask) -> None:
    """What we made has the sticky bit, which does nothing there."""
    (system.units / "nginx.service.d").mkdir(mode=0o755)
    assert [ask(PROTECT).errors, ask(REMOVE).errors] == [[None], [None]]
    assert system.files() == {"nginx.service.d": "755"}


def test_what_a_killed_helper_left_is_cleaned(system: System, ask: Ask) -> None:
    """And keeps no directory alive; one that runs still is left its own."""
    ask(PROTECT)
    with subprocess.Popen(["sleep", "600"]) as gone:
        gone.kill()
    for pid in (gone.pid, os.getppid()):
        (system.units / f"nginx.service.d/.50-oomtray.conf.{pid}").write_text("[Serv")
    ask(PROTECT)
    left = f"nginx.service.d/.50-oomtray.conf.{os.getppid()}"
    assert system.files() == {"nginx.service.d": "1755", left: "[Serv", DROP_IN: OURS}
    (system.units / left).rename(system.units / f"nginx.service.d/.50-oomtray.conf.{gone.pid}")
    assert ask(REMOVE).errors == [None]
    assert system.files() == {}


def test_a_user_manager_is_no_service(system: System, ask: Ask) -> None:
    served = ask({**PROTECT, "unit": "user@1000.service"})
    assert served.errors == ["user-manager"]
    assert (system.files(), system.reloaded()) == ({}, [])


@pytest.mark.parametrize("status", [1, 127])
def test_a_reload_that_fails_is_said(system: System, ask: Ask, status: int) -> None:
    system.answer_reloads_with(status)
    served = ask(PROTECT)
    assert served.errors == ["reload-failed"]
    assert served.status == 1
    assert system.files()[DROP_IN] == OURS


def test_a_reload_that_cannot_start_is_said(system: System, ask: Ask) -> None:
    system.systemctl.unlink()
    assert ask(PROTECT).errors == ["reload-failed"]


AS_PROGRAM = """
import signal, sys
sys.path.insert(0, sys.argv[1])
from tests.helper.support import load_helper
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
helper = load_helper()
sys.exit(helper.main(["helper", "unit", "nginx.service"], helper.Roots(units=sys.argv[2], systemctl=sys.argv[3])))
"""


def as_program(system: System, data: bytes) -> subprocess.CompletedProcess[bytes]:
    """With all of main(), started by a caller that ignores its children and SIGTERM."""
    checkout = str(Path(__file__).parents[2])
    argv = [sys.executable, "-c", AS_PROGRAM, checkout, str(system.units), str(system.systemctl)]
    return subprocess.run(argv, input=data, capture_output=True, env={"PKEXEC_UID": "0"}, check=False)


@pytest.mark.parametrize(("status", "error"), [(0, None), (1, "reload-failed")])
def test_a_reload_is_judged_though_the_caller_ignores_its_children(
    system: System, status: int, error: str | None
) -> None:
    system.answer_reloads_with(status)
    done = as_program(system, lines(PROTECT))
    assert [answer["error"] for answer in answers_of(done)] == [error]
    assert b"noise" not in done.stdout + done.stderr


def test_the_reload_gets_no_stream_of_the_callers(system: System) -> None:
    """Root would wait for whoever doesn't read what it complains of, and read what was meant for the helper."""
    script = 'cd /proc/$$/fd; seen=$(readlink 0 1 2); echo "$seen" >${0%/*}/reloads'
    system.systemctl.write_text(f"#!/bin/sh\n{script}\n")
    as_program(system, lines(PROTECT))
    assert system.reloaded() == ["/dev/null"] * 3


def test_what_is_begun_is_finished(system: System) -> None:
    """A signal to stop in the middle: here from the reload itself."""
    system.systemctl.write_text("#!/bin/sh\nkill -TERM $PPID; kill -INT $PPID; kill -HUP $PPID\n")
    done = as_program(system, lines(PROTECT))
    assert (done.returncode, [answer["error"] for answer in answers_of(done)]) == (0, [None])


def test_the_reload_itself_can_be_stopped(system: System) -> None:
    system.systemctl.write_text("#!/bin/sh\nkill -TERM $$\n")
    assert [answer["error"] for answer in answers_of(as_program(system, lines(PROTECT)))] == ["reload-failed"]


def test_on_disk_before_it_has_its_name(system: System, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a machine that dies may have the name with nothing in it."""
    done: list[str] = []
    for name in ("write", "fsync", "rename"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, n=name, real=real, **k: (done.append(n), real(*a, **k))[1])
    assert ask(PROTECT).errors == [None]
    assert done == ["write", "fsync", "rename", "fsync", "fsync"]


def test_the_log_has_the_unit_though_nobody_reads_the_answers(system: System, helper: ModuleType) -> None:
    log: list[str] = []

    def note(_: int, text: str) -> None:
        log.append(text)

    def nobody(_: object) -> None:
        raise BrokenPipeError

    asked = helper.parse(["unit", "nginx.service"], lines(PROTECT))
    with pytest.raises(BrokenPipeError):
        helper.serve(asked, ANA, helper.Roots(log=note, **system.roots), nobody)
    assert sorted(system.files()) == ["nginx.service.d", DROP_IN]
    start = f"asked by uid {ANA}, unit: "
    told = [json.loads(text.removeprefix(start)) for text in log if text.startswith(start)]
    assert told == [{"name": "nginx.service", "text": OURS, "was": None}]


def test_a_file_whose_name_is_a_number_is_nobodys_leftover(system: System, ask: Ask) -> None:
    other = system.units / "nginx.service.d/4194304"
    other.parent.mkdir()
    other.touch()
    assert ask(PROTECT).errors == [None]
    assert other.exists()


def test_what_was_written_in_part_is_not_installed(system: System, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a disk that has just filled up."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:10]))
    assert ask(PROTECT).errors == ["disk-full"]
    assert system.files() == {}
