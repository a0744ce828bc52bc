"""The cached oom_scores: each row keeps its own answer while rows come, go and take each other's place."""

from __future__ import annotations

import os
from pathlib import Path

from oomtray.kernel.oom_scores import NO_DESCRIPTOR, Roster
from tests.facts.processes import process


def enrolled(roster: Roster, directory: Path, pid: int, score: int = 666) -> Path:
    file = directory / str(pid)
    file.write_text(f"{score}\n")
    roster.add(process(pid, oom_score=score), os.open(file, os.O_RDONLY))
    return file


def test_an_answer_that_was_taken_back_before_the_row_was_read_is_asked_for_again(tmp_path: Path) -> None:
    roster = Roster()
    file = enrolled(roster, tmp_path, 42)
    roster.read_scores()
    file.write_text("866\n")
    assert roster.read_scores() == ({42}, [])
    roster.replace(0, process(42, oom_score=666))  # so it read between two changes
    assert roster.read_scores() == ({42}, []), "the row says 666, the file 866"
    roster.replace(0, process(42, oom_score=866))
    assert roster.read_scores() == (set(), [])
    roster.close()


def test_the_last_takes_the_place_of_whom_is_removed(tmp_path: Path) -> None:
    roster = Roster()
    files = {pid: enrolled(roster, tmp_path, pid, score) for pid, score in [(1, 10), (2, 20), (3, 30), (4, 40)]}
    roster.add(process(5, oom_score=50), NO_DESCRIPTOR)
    roster.read_scores()
    before = len(os.listdir("/proc/self/fd"))
    for pid in (1, 4, 5):
        roster.remove(pid)
    assert len(os.listdir("/proc/self/fd")) == before - 2
    assert {pid: roster.rows[place].pid for pid, place in roster.place.items()} == {2: 2, 3: 3}
    assert {pid: roster.score(place) for pid, place in roster.place.items()} == {2: 20, 3: 30}
    assert (roster.descriptors, roster.by_path) == (2, set())
    files[3].write_text("31\n")
    assert roster.read_scores() == ({3}, [])
    roster.close()
    assert len(roster) == 0


def test_without_a_descriptor_the_last_answer_stands_and_others_are_read(tmp_path: Path) -> None:
    roster = Roster()
    roster.add(process(7, oom_score=70), NO_DESCRIPTOR)
    file = enrolled(roster, tmp_path, 8)
    roster.read_scores()
    file.write_text("668\n")
    assert roster.read_scores() == ({8}, [])
    assert (roster.score(0), roster.by_path) == (70, {7})
    roster.close()


def test_the_highest_are_those_that_share_the_highest_score_and_of_these_the_largest(tmp_path: Path) -> None:
    roster = Roster()
    for pid, score, rss in [(1, 700, 10), (2, 900, 20), (3, 899, 50), (4, 900, 40), (5, 898, 99)]:
        roster.add(process(pid, oom_score=score, rss=rss << 20), NO_DESCRIPTOR)
    assert set(roster.highest(9)) == {2, 3, 4}
    assert set(roster.highest(2)) == {3, 4}
