"""A large log is read by several processes, which find together what one alone would, whatever befalls them."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from oomtray.kernel.kill_log import log_reader, parts
from oomtray.kernel.kill_log.parts import tell_in_parts
from oomtray.kernel.kill_log.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oomtray.kernel.kill_log.facts import KillReport

NOW = 1_790_000_000.0
REPORT = (Path(__file__).parent / "data/report-memcg-v2-6.1.txt").read_text("ascii").replace("\r", "").splitlines()
SENT = 'Mar  3 10:00:00 shop-1 earlyoom[7]: sending SIGTERM to process 711 "shop": badness 900, VmRSS 100 MiB\n'


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log needn't be large to be read in parts."""
    for module in (log_reader, parts):
        monkeypatch.setattr(module, "CHUNK", 1 << 14)
    monkeypatch.setattr(parts, "_LEAST", 1 << 18)


def log(count: int = 200) -> str:
    return "".join(
        f"Mar  3 {10 + number // 60:02}:{number % 60:02}:12 shop-1 kernel: [{60 * number + 100}.{at:06}] {line.partition('] ')[2]}\n"
        for number in range(count)
        for at, line in enumerate(REPORT)
    )


def told(reports: Iterable[KillReport]) -> Iterator[str]:
    return map(repr, reports)


def in_one(path: Path) -> list[str]:
    return [*told(read(io.BytesIO(path.read_bytes()), NOW))]


def in_parts(path: Path, processes: int = 3) -> list[str]:
    with path.open("rb") as stream:
        return [*tell_in_parts(stream, NOW, None, told, processes)]


def no_child_is_left() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that were started."""
    started: list[int] = []
    fork = os.fork

    def counted() -> int:
        pid = fork()
        if pid:
            started.append(pid)
        return pid

    monkeypatch.setattr(parts.os, "fork", counted)
    return started


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_several_find_what_one_finds(tmp_path: Path, processes: int, forks: list[int]) -> None:
    path = tmp_path / "log"
    path.write_text(log(), "ascii")
    assert in_parts(path, processes) == in_one(path) != []
    assert len(forks) == processes - 1
    assert no_child_is_left()


def test_copies_in_several_parts_are_one(tmp_path: Path, forks: list[int]) -> None:
    path = tmp_path / "log"
    path.write_text(log(60), "ascii")
    once = in_one(path)
    path.write_text(log(60) * 4, "ascii")
    assert in_parts(path) == in_one(path) == once
    assert len(forks) == 2


def test_no_text_is_made_of_a_copy_that_the_same_process_has_read(tmp_path: Path, forks: list[int]) -> None:
    path = tmp_path / "log"
    path.write_text(log(60), "ascii")
    once, made = in_one(path), []

    def noted(reports: Iterable[KillReport]) -> Iterator[str]:
        for text in told(reports):
            made.append(text)
            yield text

    path.write_text(log(60) * 4, "ascii")
    with path.open("rb") as stream:
        assert [*tell_in_parts(stream, NOW, None, noted, 2)] == once
    assert made == once  # the first half has each kill twice
    assert len(forks) == 1


def test_each_hands_on_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log"
    path.write_text(log(), "ascii")
    readers: list[parts._PartReader] = []
    monkeypatch.setattr(parts, "_PartReader", lambda log, number: readers.append(kind(log, number)) or readers[-1])
    assert in_parts(path, 2) == in_one(path)
    assert readers[0].successor == 1


kind = parts._PartReader


def test_what_was_long_before_a_part_is_not_forgotten(tmp_path: Path, forks: list[int]) -> None:
    path = tmp_path / "log"
    path.write_text(SENT + log(), "ascii")  # from here on the lines of earlyoom matter, and who begins later doesn't know
    assert in_parts(path) == in_one(path)
    assert len(forks) == 2
    assert no_child_is_left()


def test_what_systemd_says_of_slices_is_the_same_wherever_the_parts_begin(tmp_path: Path, forks: list[int]) -> None:
    told_by_unit = "A process of this unit has been killed by the OOM killer."
    said = [f"user.slice: {told_by_unit}", f"app.slice: {told_by_unit}", f"x.scope: {told_by_unit}", "Reloading finished in 214 ms."]
    path = tmp_path / "log"
    for seed in range(6):
        chance, lines = random.Random(seed), log(120).splitlines(keepends=True)
        for _ in range(60):
            at = chance.randrange(len(lines))
            stamp = lines[at].partition(" kernel: ")[0]
            lines[at:at] = [f"{stamp} systemd[1]: {one}\n" for one in chance.choices(said, k=3)]
        path.write_text("".join(lines), "ascii")
        assert in_parts(path, 2 + seed % 2) == in_one(path) != []
    assert len(forks) == 9


@pytest.mark.parametrize(("processes", "failing"), [(2, slice(None)), (3, slice(-1, None))], ids=["the only other", "the last"])
def test_what_another_process_fails_to_read_is_read_again(
    tmp_path: Path, forks: list[int], processes: int, failing: slice
) -> None:
    path = tmp_path / "log"
    path.write_text(log(), "ascii")
    this, failed = os.getpid(), in_one(path)[failing]

    def told_here(reports: Iterable[KillReport]) -> Iterator[str]:
        for one in reports:
            if os.getpid() != this and repr(one) in failed:
                raise MemoryError
            yield repr(one)

    with path.open("rb") as stream:
        assert [*tell_in_parts(stream, NOW, None, told_here, processes)] == in_one(path)
    assert len(forks) == processes - 1
    assert no_child_is_left()


def test_who_wants_no_more_leaves_no_process(tmp_path: Path, forks: list[int]) -> None:
    path = tmp_path / "log"
    path.write_text(log(), "ascii")
    with path.open("rb") as stream:
        texts = tell_in_parts(stream, NOW, None, told, 3)
        next(texts)
        texts.close()  # type: ignore[attr-defined]
    assert len(forks) == 2
    assert no_child_is_left()


@pytest.mark.parametrize(
    "begins",
    [
        pytest.param(b"\x1f\x8b\x08\x00\x00\x00\x00\x00", id="packed"),
        pytest.param(b"\xff\xfeM\x00", id="UTF-16"),
        pytest.param(b"__CURSOR=1\n", id="the journal's own format"),
        pytest.param(b'{"status":"success","data":{"resultType":"streams","result":[\n', id="Loki's answer"),
    ],
)
def test_what_can_not_be_read_from_the_middle_is_read_by_one(tmp_path: Path, begins: bytes, forks: list[int]) -> None:
    path = tmp_path / "log"
    path.write_bytes(begins + log().encode())
    in_parts(path)
    assert forks == []


def test_a_log_with_few_reports_is_read_by_one(tmp_path: Path, forks: list[int]) -> None:
    path = tmp_path / "log"
    path.write_text(log(4) + "Mar  3 10:11:12 shop-1 kernel: [1.000000] usb 1-1: new device\n" * 40_000, "ascii")
    assert in_parts(path) == in_one(path) != []
    assert forks == []
