"""The cached oom_scores: each row keeps its own answer while rows come, go and take each other's place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oomtray.kernel.oom_scores import NO_DESCRIPTOR, OomScores
from tests.facts.processes import process


def enrolled(scores: OomScores, directory: Path, pid: int, score: int = 666) -> Path:
    file = directory / str(pid)
    file.write_text(f"{score}\n")
    scores.add(process(pid, oom_score=score), os.open(file, os.O_RDONLY))
    return file


def test_an_answer_that_was_taken_back_before_the_row_was_read_is_asked_for_again(tmp_path: Path) -> None:
    scores = OomScores()
    file = enrolled(scores, tmp_path, 42)
    scores.read_scores()
    file.write_text("866\n")
    assert scores.read_scores() == ({42}, [])
    scores.replace(0, process(42, oom_score=666))  # so it read between two changes
    assert scores.read_scores() == ({42}, []), "the row says 666, the file 866"
    scores.replace(0, process(42, oom_score=866))
    assert scores.read_scores() == (set(), [])
    scores.close()


def test_the_last_takes_the_place_of_whom_is_removed(tmp_path: Path) -> None:
    scores = OomScores()
    files = {pid: enrolled(scores, tmp_path, pid, score) for pid, score in [(1, 10), (2, 20), (3, 30), (4, 40)]}
    scores.add(process(5, oom_score=50), NO_DESCRIPTOR)
    scores.read_scores()
    before = len(os.listdir("/proc/self/fd"))
    for pid in (1, 4, 5):
        scores.remove(pid)
    assert len(os.listdir("/proc/self/fd")) == before - 2
    assert {pid: scores.rows[place].pid for pid, place in scores.place.items()} == {2: 2, 3: 3}
    assert {pid: scores.score(place) for pid, place in scores.place.items()} == {2: 20, 3: 30}
    assert (scores.descriptors, scores.by_path) == (2, set())
    files[3].write_text("31\n")
    assert scores.read_scores() == ({3}, [])
    scores.close()
    assert len(scores) == 0


def test_without_a_descriptor_the_last_answer_stands_and_others_are_read(tmp_path: Path) -> None:
    scores = OomScores()
    scores.add(process(7, oom_score=70), NO_DESCRIPTOR)
    file = enrolled(scores, tmp_path, 8)
    scores.read_scores()
    file.write_text("668\n")
    assert scores.read_scores() == ({8}, [])
    assert (scores.score(0), scores.by_path) == (70, {7})
    scores.close()


def test_the_highest_are_those_that_share_the_highest_score_and_of_these_the_largest(tmp_path: Path) -> None:
    scores = OomScores()
    for pid, score, rss in [(1, 700, 10), (2, 900, 20), (3, 899, 50), (4, 900, 40), (5, 898, 99)]:
        scores.add(process(pid, oom_score=score, rss=rss << 20), NO_DESCRIPTOR)
    assert set(scores.highest(9)) == {2, 3, 4}
    assert set(scores.highest(2)) == {3, 4}


def test_a_signal_within_a_removal_leaves_nothing_to_close_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores, closed = OomScores(), os.close
    for pid in (1, 2):
        enrolled(scores, tmp_path, pid)
    before = len(os.listdir("/proc/self/fd"))

    def interrupted(fd: int) -> None:
        closed(fd)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "close", interrupted)
        with pytest.raises(KeyboardInterrupt):
            scores.remove(1)
    scores.close()
    assert (len(scores), len(os.listdir("/proc/self/fd"))) == (0, before - 2)
