"""earlyoom's options, as it takes them from its command line, and what its program tells of its version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.kernel.killer_facts import Earlyoom, Least
from oomtray.kernel.killers import KillerReader
from oomtray.kernel.killers.earlyoom import parse, read
from tests.rigs.processes.proc_tree import ProcTree
from tests.unit.kernel.killers.running import daemon, rows, run

DEFAULT = Earlyoom(daemon=daemon())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param([], {}, id="as it comes"),
        pytest.param(["-r", "3600"], {}, id="as Debian starts it"),
        pytest.param(["-m", "5", "-s", "40"], {"memory": Least(5.0), "swap": Least(40.0)}, id="shares"),
        pytest.param(["-m5,3", "-s", "100,50"], {"memory": Least(5.0), "swap": Least(100.0)}, id="with those of SIGKILL"),
        pytest.param(["-m", "2.5"], {"memory": Least(2.5)}, id="a fraction"),
        pytest.param(["-M", "1048576"], {"memory": Least(None, 1 << 30)}, id="a size alone replaces the share"),
        pytest.param(["-m", "10", "-M", "1048576,524288"], {"memory": Least(10.0, 1 << 30)}, id="size and share"),
        pytest.param(["-S", "1024"], {"swap": Least(None, 1 << 20)}, id="a size of swap"),
        pytest.param(["-m", "4", "-m", "6"], {"memory": Least(6.0)}, id="the last one counts"),
        pytest.param(["-np", "-r", "60", "-dm", "7"], {"memory": Least(7.0)}, id="letters in one word"),
        pytest.param(
            ["--avoid", "(^|/)(init|Xorg|sshd)$", "--prefer=^Web Content$", "--ignore", "^qemu"],
            {"avoid": "(^|/)(init|Xorg|sshd)$", "prefer": "^Web Content$", "ignore": "^qemu"},
            id="expressions",
        ),
        pytest.param(["--pref", "java"], {"prefer": "java"}, id="a shortened name"),
        pytest.param(["-g", "--ignore-root-user", "--sort-by-rss"], {"whole_group": True, "ignore_root": True, "by_rss": True}, id="how it chooses"),
        pytest.param(["--dryrun"], {"dry_run": True}, id="a dry run"),
        pytest.param(["-N", "/usr/bin/tell", "-P", "/usr/bin/before", "-w", "20", "-i"], {}, id="what makes no difference"),
        pytest.param(["-m", "3", "--of-tomorrow"], {"memory": Least(3.0)}, id="an option of tomorrow"),
        pytest.param(["-m", "many"], {}, id="no number"),
    ],
)  # fmt: skip
def test_options(given: list[str], expected: dict[str, object]) -> None:
    assert parse(daemon(), given) == replace(DEFAULT, **expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("program", "of_user_memory", "obeys_i"),
    [
        pytest.param(b"\0Option -i is ignored since earlyoom v1.7\0", False, False, id="1.7"),
        pytest.param(b"\0Option -i is ignored since earlyoom v1.7\0mem total: %4lld MiB, user mem total: %4lld\0", True, False, id="1.8"),
        pytest.param(b"\0earlyoom v1.2\0", False, True, id="1.2"),
        pytest.param(None, False, False, id="not to be read"),
    ],
)
def test_its_version_is_seen_in_its_program(
    proc: ProcTree, root: Path, program: bytes | None, of_user_memory: bool, obeys_i: bool
) -> None:
    if program is not None:
        (root / "usr/bin").mkdir(parents=True)
        (root / "usr/bin/earlyoom").write_bytes(program)
    for command in ("/usr/bin/earlyoom", "earlyoom"):
        run(proc, "earlyoom", command, "-i")
        facts = read(daemon(), proc=str(proc), root=str(root))
        assert (facts.of_user_memory, facts.ignore_positive_adj) == (of_user_memory, obeys_i)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("# EARLYOOM_ARGS=\"-m 1\"\nEARLYOOM_ARGS=\"-m 7 --avoid '^(sshd|X)$'\"\n", (7.0, "^(sshd|X)$"), id="Debian's file"),
        pytest.param("EARLYOOM_ARGS=-m4\n", (4.0, None), id="without quotes"),
        pytest.param("EARLYOOM_ARGS='-m 4\n", (10.0, None), id="a quote that never ends"),
        pytest.param(None, (10.0, None), id="no file"),
    ],
)  # fmt: skip
def test_where_its_command_line_is_hidden_the_file_of_its_service_tells(
    proc: ProcTree, root: Path, content: str | None, expected: tuple[float, str | None]
) -> None:
    run(proc, "earlyoom")
    (proc.root / "300/cmdline").unlink()
    if content is not None:
        (root / "etc/default").mkdir(parents=True)
        (root / "etc/default/earlyoom").write_text(content)
    facts = read(daemon(), proc=str(proc), root=str(root))
    assert (facts.memory.percent, facts.avoid) == expected


def test_process_groups_are_read_where_it_kills_them_whole(proc: ProcTree) -> None:
    proc.add(500, name=b"odd) R 1 (2")
    run(proc, "earlyoom", "earlyoom", "-g")
    (facts,) = KillerReader(str(proc)).read(rows(proc), 0.0)
    assert isinstance(facts, Earlyoom)
    assert facts.groups == {1: 1, 300: 300, 500: 500}
