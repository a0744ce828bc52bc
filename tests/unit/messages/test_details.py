"""What is told of a process: each fact as a line, each unknown with its reason, all of it harmless."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from oomtray.kernel.process_facts import Command, Connection, Listing, ProcessFacts, Relative, Unread
from oomtray.messages.details import LABELS, Line, command, held, lines, who
from oomtray.messages.moments import when
from oomtray.messages.numbers import duration
from tests.facts import desktops
from tests.facts.process_facts import STARTED, hostile, process_facts, unread

NOW = STARTED + 2280


def told(facts: ProcessFacts, **options: Any) -> dict[str, Line]:
    return {line.topic: line for line in lines(facts, NOW, **({"user": "ana"} | options))}


def test_one_that_tells_all() -> None:
    said = told(process_facts(shares_memory=Listing(1, (Relative(4300, "helper"),))))
    assert list(said) == list(LABELS)
    assert {topic: line.text for topic, line in said.items()} == {
        "command": "/usr/bin/python3 train.py --data /home/user/lab/set1 --workers 4",
        "executable": "/usr/bin/python3.13",
        "directory": "/home/user/lab",
        "user": "ana",
        "started": f"{when(STARTED, NOW)}, 38 min ago",
        "parent": "bash (4200)",
        "children": "4",
        "memory": "With 1 other process: they are killed together, and have one oom_score_adj",
        "threads": "14",
        "files": "9 (42 descriptors in all)",
        "connections": "2",
        "cpu": "45 min 12 s",
        "storage": "5.2 GiB read, 12.0 MiB written",
    }
    assert said["children"].items == tuple(f"python3 ({pid})" for pid in (4243, 4244, 4245, 4246))
    assert said["memory"].items == ("helper (4300)",)
    assert said["files"].items[-2:] == ("/home/user/lab/set1/part-4.npy", "and 4 more")
    assert said["connections"].items == (
        "tcp 127.0.0.1:6006, waits for connections",
        "tcp 127.0.0.1:6006 to 127.0.0.1:50312, connected",
    )
    assert all(line.known for line in said.values())


@pytest.mark.parametrize("why", Unread)
def test_what_could_not_be_read_says_why_in_every_line(why: Unread) -> None:
    said = told(unread(why))
    assert len({line.text for line in said.values()}) == 1
    assert not any(line.known or line.items or line.text.isdigit() for line in said.values())


def test_of_memory_that_is_not_shared_nothing_is_said() -> None:
    assert "memory" not in told(process_facts(shares_memory=Listing(0)))


def test_none_and_unknown_are_told_apart() -> None:
    none = told(process_facts(children=Listing(0), connections=Listing(0), files=Listing(0), descriptors=0))
    unknown = told(process_facts(children=Unread.GONE, connections=Unread.ELSEWHERE, files=Unread.DENIED))
    for topic in ("children", "connections"):
        assert (none[topic].text, none[topic].known) == ("None", True)
        assert (unknown[topic].text == "None", unknown[topic].known) == (False, False)
    assert none["files"].text == "0 (0 descriptors in all)"
    assert unknown["files"].text == "No permission to read this; 42 descriptors"


@pytest.mark.parametrize(
    ("change", "topic", "text"),
    [
        ({"started": NOW - 59.9}, "started", f"{when(NOW - 59.9, NOW)}, 59 s ago"),
        ({"started": NOW - 7260}, "started", f"{when(NOW - 7260, NOW)}, 2 h 1 min ago"),
        ({"directory": "/tmp/x (deleted)"}, "directory", "/tmp/x (deleted)"),
        ({"parent": Relative(7, None)}, "parent", "process 7"),
        ({"files": Listing(0, exact=False), "descriptors": 9000}, "files", "9000 descriptors, too many to look through"),
        ({"files": Listing(0), "descriptors": 1}, "files", "0 (1 descriptor in all)"),
    ],
    ids=["seconds", "hours", "directory-deleted", "parent-without-name", "many-descriptors", "one-descriptor"],
)
def test_a_line(change: dict[str, Any], topic: str, text: str) -> None:
    assert told(process_facts(**change))[topic].text == text


def test_a_program_that_was_replaced_says_so() -> None:
    line = told(process_facts(executable="/usr/bin/x (deleted)"))["executable"]
    assert (line.text, line.items) == ("/usr/bin/x", ("replaced or deleted since the start",))


@pytest.mark.parametrize(("facts", "lived"), [(process_facts(), " · running for 38 min"), (None, "")])
def test_the_title_is_not_said_again_in_the_line_below_it(facts: ProcessFacts | None, lived: str) -> None:
    process = desktops.desktop().apps[0].members[0].process

    assert who(process, facts, NOW, "ana", "firefox") == f"Web Content · process {process.pid} · ana{lived}"
    assert who(process, facts, NOW, "ana", "Web Content") == f"Process {process.pid} · ana{lived}"


def test_two_amounts_share_their_unit_only_if_it_is_the_same() -> None:
    assert held([1 << 30, 3 << 30, 2 << 30]) == "1.0 to 3.0 GiB, now 2.0 GiB"
    assert held([700 << 20, 3 << 30, 2 << 30]) == "700 MiB to 3.0 GiB, now 2.0 GiB"


def test_a_user_without_a_name_is_a_number() -> None:
    assert told(process_facts(uid=4294967000), user=None)["user"].text == "uid 4294967000"


@pytest.mark.parametrize(
    ("connection", "text"),
    [
        (Connection("udp", "[::]:5353", None), "udp [::]:5353"),
        (Connection("udp", "10.0.0.5:68", "10.0.0.1:67"), "udp 10.0.0.5:68 to 10.0.0.1:67"),
        (Connection("tcp", None, None, "CLOSE"), "tcp unknown, closed"),
        (Connection("tcp", "[::1]:5", "[::1]:6", "FIN_WAIT2"), "tcp [::1]:5 to [::1]:6, closing"),
    ],
)
def test_a_connection(connection: Connection, text: str) -> None:
    assert told(process_facts(connections=Listing(1, (connection,))))["connections"].items == (text,)


@pytest.mark.parametrize(
    ("count", "shown"), [(1, 1), (5, 5), (6, 6), (7, 5 + 1)], ids=["one", "few", "one-more", "more"]
)
def test_a_long_list_ends_with_how_many_more_there_are(count: int, shown: int) -> None:
    children = tuple(Relative(n, "x") for n in range(count))
    items = told(process_facts(children=Listing(count, children)))["children"].items
    assert len(items) == shown
    assert items[-1].endswith("more") is (count > 6)


@pytest.mark.parametrize(
    ("arguments", "whole", "text"),
    [
        (("sh", "-c", "echo $HOME; exit"), True, "sh -c 'echo $HOME; exit'"),
        (("sh", "-c", "echo 'a b'"), True, """sh -c "echo 'a b'\""""),
        (("sh", "-c", "echo '$HOME'"), True, """sh -c 'echo '"'"'$HOME'"'"''"""),
        (("nginx: worker process",), True, "nginx: worker process"),
        (("x", ""), True, "x ''"),
        (("x", "a\nb\x1b[2J"), True, "x 'a\\nb\\x1b[2J'"),
        (("x", "yyy"), False, "x yyy… (longer than is shown)"),
    ],
    ids=["quoted", "single-quotes", "what-a-shell-expands", "a-title", "empty", "control-characters", "cut"],
)
def test_a_command_line_could_be_typed_again(arguments: tuple[str, ...], whole: bool, text: str) -> None:
    assert command(Command(arguments, whole)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (0.04, "0.0 s"),
        (4, "4 s"),
        (9.96, "10.0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (3659, "1 h"),
        (3660, "1 h 1 min"),
        (86399, "23 h 59 min"),
        (86400, "1 d"),
        (273600, "3 d 4 h"),
    ],
)
def test_a_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_hostile_process_writes_nothing_but_printable_text() -> None:
    said = lines(hostile(), NOW, user="a\x1b[2J")
    texts = [text for line in said for text in (line.label, line.text, *line.items)]
    assert all(text.isprintable() for text in texts)
    assert len(texts) > len(dataclasses.fields(ProcessFacts))
