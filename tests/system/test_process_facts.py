"""The facts of real processes: whose they are, what may not be read, and that a hostile process costs little."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oomtray.kernel import descriptors, facts_reader
from oomtray.kernel.facts_reader import read_facts
from oomtray.kernel.process_facts import (
    MOST_LISTED,
    Command,
    Connection,
    Listing,
    ProcessFacts,
    Relative,
    Unread,
)
from oomtray.kernel.process_handle import ProcessGone, open_process
from tests.rigs.processes import pid_reuse
from tests.rigs.processes.proc import start_time
from tests.rigs.processes.programs import need_programs, wait_for
from tests.rigs.processes.users import as_nobody, need_root, sleeper

pytestmark = pytest.mark.system

TREE = str(Path(__file__).parents[2])


class Started:
    """A Python program that says one line once all is as the test wants it."""

    def __init__(self, code: str, *arguments: str | bytes, wrap: list[str] | None = None, **options: Any) -> None:
        self.process = subprocess.Popen(
            [*(wrap or []), sys.executable, "-c", code, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the test run's own is a file
            **options,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the program has ended"
        self.says = json.loads(line)
        self.pid = self.says["pid"]

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


SAYS = "import json, os, sys\ndef say(**more): print(json.dumps({'pid': os.getpid(), **more}), flush=True); sys.stdin.read()\n"
BUSY = (
    SAYS
    + """
import socket, subprocess, threading
held = [open(path) for path in sys.argv[1:3]] + [open("/dev/null"), open(sys.argv[1])]
listening = socket.create_server(("127.0.0.1", 0))
calling = socket.create_connection(listening.getsockname())
answered = listening.accept()[0]
datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
datagrams.bind(("::1", 0))
for _ in range(5):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
children = [subprocess.Popen(["sleep", "600"]) for _ in range(3)]
until = os.times()[0] + 0.2
while os.times()[0] < until: pass
try:
    say(children=[child.pid for child in children], listens=listening.getsockname()[1],
        calls=calling.getsockname()[1], takes=datagrams.getsockname()[1])
finally:
    for child in children: child.kill()
"""
)


@pytest.fixture
def start() -> Iterator[Callable[..., Started]]:
    made: list[Started] = []

    def begin(code: str, *arguments: str | bytes, **options: Any) -> Started:
        made.append(Started(code, *arguments, **options))
        return made[-1]

    yield begin
    for one in made:
        assert one.process.stdin is not None
        one.process.stdin.close()  # it ends by itself, with what it has started
        try:
            one.process.wait(5)
        except subprocess.TimeoutExpired:
            one.end()
        assert one.process.stdout is not None
        one.process.stdout.close()


def test_a_process_of_ones_own_tells_all(start: Callable[..., Started], tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two words\n"]
    for file in files:
        file.touch()
    busy = start(BUSY, *map(str, files), b"\xff", cwd=tmp_path)
    facts = read_facts(busy.pid)

    assert facts.name == Path(sys.executable).resolve().name[:15] or facts.name.startswith("python")
    assert facts.command == Command((sys.executable, "-c", BUSY, *map(str, files), "\\xff"))
    assert (facts.executable, facts.directory) == (str(Path(sys.executable).resolve()), str(tmp_path))
    assert facts.uid == os.geteuid()
    assert isinstance(facts.started, float)
    assert time.time() - 60 < facts.started < time.time() + 2
    assert isinstance(facts.parent, Relative)
    assert facts.parent.pid == os.getpid()
    with open_process(os.getpid()) as me:
        assert facts.parent.name == me.name
    assert facts.children == Listing(3, tuple(Relative(pid, "sleep") for pid in busy.says["children"]))
    assert facts.threads == 6
    assert facts.files == Listing(2, tuple(map(str, files)))
    # standard input, output and error, the three files and one twice, four sockets
    assert facts.descriptors == 3 + 4 + 4
    here = "127.0.0.1:{}"
    assert isinstance(facts.connections, Listing)
    assert facts.connections.first[0] == Connection("tcp", here.format(busy.says["listens"]), None, "LISTEN")
    assert set(facts.connections.first[1:]) == {
        Connection("tcp", here.format(busy.says["calls"]), here.format(busy.says["listens"]), "ESTABLISHED"),
        Connection("tcp", here.format(busy.says["listens"]), here.format(busy.says["calls"]), "ESTABLISHED"),
        Connection("udp", f"[::1]:{busy.says['takes']}", None),
    }
    assert isinstance(facts.cpu_seconds, float)
    assert 0.1 < facts.cpu_seconds < 60
    assert isinstance(facts.bytes_read, int)
    assert isinstance(facts.bytes_written, int)


def nobody_reads(pid: int) -> dict[str, Any]:
    """Facts as nobody has them, each by its repr; nobody may list every directory here, and trace nobody's process."""
    code = (
        "import dataclasses, json, sys; from oomtray.kernel.facts_reader import read_facts\n"
        "facts = read_facts(int(sys.argv[1]))\n"
        "print(json.dumps({one.name: repr(getattr(facts, one.name)) for one in dataclasses.fields(facts)}))"
    )
    argv = as_nobody([sys.executable, "-c", code, str(pid)])
    done = subprocess.run(argv, cwd=TREE, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


REFUSED = ("executable", "directory", "files", "connections", "bytes_read", "bytes_written")
TOLD = ("name", "command", "uid", "started", "parent", "children", "threads", "cpu_seconds")


def test_what_another_users_process_keeps_to_itself_is_said_to_be_refused() -> None:
    need_root()
    process = sleeper()
    try:
        facts = nobody_reads(process.pid)
    finally:
        process.kill()
        process.wait()
    assert {name: facts[name] for name in REFUSED} == dict.fromkeys(REFUSED, repr(Unread.DENIED))
    assert [name for name in TOLD if "Unread" in facts[name]] == []
    assert facts["children"] == repr(Listing(0)), "none is known to be none"


def test_a_process_of_ones_own_that_can_not_be_traced_refuses_as_well(start: Callable[..., Started]) -> None:
    code = f"{SAYS}import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); say()"
    hidden = start(code, wrap=as_nobody([]))
    facts = nobody_reads(hidden.pid)
    assert {name: facts[name] for name in REFUSED} == dict.fromkeys(REFUSED, repr(Unread.DENIED))


def test_thousands_of_descriptors_are_counted_and_not_looked_through(start: Callable[..., Started]) -> None:
    code = (
        f"{SAYS}import resource, socket; most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))\n"
        "held = [socket.socket()]\n"
        "for _ in range(6000): os.dup(0)\n"
        "say()"
    )
    facts = in_little_time(start(code).pid)
    assert facts.descriptors in (6004, Unread.MANY)
    assert facts.files == Listing(0, exact=False)
    assert facts.connections is Unread.MANY


def test_long_lists_are_counted_and_named_from_their_beginning(
    start: Callable[..., Started], tmp_path: Path
) -> None:
    names = [str(tmp_path / f"{number}") for number in range(50)]
    code = (
        f"{SAYS}import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "held = [open(name, 'w') for name in sys.argv[1:]]\n"
        "children = []\n"
        "for _ in range(50):\n"
        "    child = os.fork()\n"
        "    if not child: signal.pause()\n"
        "    children.append(child)\n"
        "try: say()\n"
        "finally: [os.kill(child, 9) for child in children]"
    )
    facts = in_little_time(start(code, *names).pid)
    assert facts.files == Listing(50, tuple(names[:MOST_LISTED]))
    assert isinstance(facts.children, Listing)
    assert (facts.children.count, len(facts.children.first)) == (50, MOST_LISTED)


def test_a_huge_command_line_is_cut_and_said_to_be(start: Callable[..., Started]) -> None:
    facts = in_little_time(start(f"{SAYS}say()", *["\x1b[31m\n" * 10_000] * 25).pid)
    assert isinstance(facts.command, Command)
    assert not facts.command.whole
    assert sum(map(len, facts.command.arguments)) <= facts_reader.MOST_COMMAND


def in_little_time(pid: int) -> ProcessFacts:
    import psutil  # noqa: F401 - its import is not what is measured

    before = time.process_time()
    facts = read_facts(pid)
    assert time.process_time() - before < 0.5
    return facts


def test_a_command_line_that_is_held_up_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_reader, "read_in_time", lambda descriptor, *_: os.close(descriptor))
    facts = read_facts(os.getpid())
    assert facts.command is Unread.SLOW
    assert facts.executable == str(Path(sys.executable).resolve())


def test_connections_in_another_network_are_unknown_and_not_none(start: Callable[..., Started]) -> None:
    need_root()
    need_programs({"unshare": "util-linux"})
    code = f"{SAYS}import socket; held = socket.create_server(('', 0)); say()"
    inside = start(code, wrap=["unshare", "--net"])
    assert read_facts(inside.pid).connections is Unread.ELSEWHERE


def test_a_zombie_has_no_command_and_no_program() -> None:
    process = sleeper()
    process.kill()
    stat = Path(f"/proc/{process.pid}/stat")
    wait_for(lambda: stat.read_text().rpartition(")")[2].split()[0] == "Z", "a zombie")
    facts = read_facts(process.pid)
    process.wait()
    assert (facts.command, facts.executable, facts.directory) == (Unread.NONE,) * 3
    assert (facts.name, facts.threads, facts.children) == ("sleep", 1, Listing(0))


def test_pid_1_has_no_parent() -> None:
    assert read_facts(1).parent is Unread.NONE


def test_another_process_with_the_same_pid_is_not_read_at_all() -> None:
    with pytest.raises(ProcessGone) as gone:
        read_facts(os.getpid(), start_time(os.getpid()) + 1)
    assert gone.value.reused


def test_one_that_ends_in_between_keeps_what_was_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    process = sleeper()

    def ends(asked: int) -> descriptors.Descriptors:
        process.kill()
        process.wait()
        raise ProcessLookupError

    monkeypatch.setattr(facts_reader, "read_descriptors", ends)
    facts = read_facts(process.pid)
    assert facts.name == "sleep"
    unread = {getattr(facts, name) for name in (*REFUSED, *TOLD) if name != "name"}
    assert unread == {Unread.GONE}


def test_what_is_asked_by_number_is_never_anothers() -> None:
    told = pid_reuse.outcomes()["facts_across_the_swap"]
    assert told["outcome"] == ["gone"] * 6


def test_a_replaced_program_is_still_named(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(Path("/bin/sleep").read_bytes())
    program.chmod(0o755)
    process = sleeper(program=str(program))
    try:
        wait_for(lambda: read_facts(process.pid).executable == str(program), "exec")
        program.unlink()
        assert read_facts(process.pid).executable == f"{program} (deleted)"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
