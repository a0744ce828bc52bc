"""Which process the helper changes, and which it refuses to: told with real processes of other users."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.helper.support import ANA, BEN, Served, Target, lines, load_helper, need_root
from tests.rigs.processes.proc import adj_of, start_time
from tests.rigs.processes.programs import RigUnavailable, need_programs, wait_for

Serve = Callable[..., Served]
Make = Callable[..., Target]
SLEEP = "/usr/bin/sleep"


def test_own_process_is_lowered(serve: Serve, target: Make) -> None:
    process = target(ANA)
    served = serve("own", ANA, process.ask(300))
    assert served.status == 0
    assert served.answers == [
        {
            "pid": process.pid,
            "start_time": process.start_time,
            "from": 500,
            "to": 300,
            "floor": None,
            "ok": True,
            "error": None,
        }
    ]
    assert process.adj == 300


@pytest.mark.parametrize(
    ("verb", "uids", "change", "error"),
    [
        pytest.param("own", (BEN,), {}, "not-yours", id="another's as own"),
        pytest.param("own", (0,), {}, "not-yours", id="root's as own"),
        pytest.param("own", (BEN, ANA, ANA, ANA), {}, "not-yours", id="real uid another's"),
        pytest.param("own", (ANA, BEN, ANA, ANA), {}, "not-yours", id="effective uid another's"),
        pytest.param("own", (ANA, ANA, 0, ANA), {}, "not-yours", id="saved uid root's, as in a set-uid program"),
        pytest.param("own", (ANA, 0, 0, ANA), {}, "not-yours", id="file system uid alone is the asker's"),
        pytest.param("own", (ANA, 0, 0, 0), {}, "not-yours", id="set-uid root program started by the asker"),
        pytest.param("own", (ANA,), {"uid": BEN}, "wrong-owner", id="owner other than expected"),
        pytest.param("other", (BEN,), {"uid": ANA}, "wrong-owner", id="another owner than expected"),
        pytest.param("other", (BEN, ANA, ANA, ANA), {"uid": ANA}, "wrong-owner", id="expected owner only in part"),
        pytest.param("other", (BEN,), {"exe": "/usr/bin/true"}, "wrong-exe", id="another program"),
        pytest.param("other", (BEN,), {"exe": "/no/such/file"}, "wrong-exe", id="program that doesn't exist"),
        pytest.param("other", (BEN,), {"start_time": 7}, "pid-reused", id="start time long ago"),
        pytest.param("other", (BEN,), {"adj": -1000}, "out-of-range", id="exempt for good"),
        pytest.param("other", (BEN,), {"adj": 1001}, "out-of-range", id="above the kernel's range"),
        pytest.param("other", (BEN,), {"adj": 501}, "is-raise", id="raise of another's"),
        pytest.param("own", (ANA,), {"adj": 1000}, "is-raise", id="raise of one's own"),
    ],
)  # fmt: skip
def test_refused_and_left_alone(
    serve: Serve, target: Make, verb: str, uids: tuple[int, ...], change: dict[str, object], error: str
) -> None:
    process = target(*uids)
    served = serve(verb, ANA, process.ask(300) | change)
    assert served.errors == [error]
    assert served.status == 1
    assert process.adj == 500


def test_start_time_one_tick_off(serve: Serve, target: Make) -> None:
    process = target(BEN)
    for start in (process.start_time - 1, process.start_time + 1):
        assert serve("other", ANA, process.ask(300) | {"start_time": start}).errors == ["pid-reused"]
    assert process.adj == 500


def test_other_may_be_anyones(serve: Serve, target: Make) -> None:
    processes = [target(uid) for uid in (ANA, BEN, 0)]
    assert serve("other", ANA, *(process.ask(100) for process in processes)).errors == [None] * 3
    assert [process.adj for process in processes] == [100] * 3


def test_expected_owner_and_program_met(serve: Serve, target: Make) -> None:
    process = target(BEN)
    exe = str(Path(f"/proc/{process.pid}/exe").readlink())
    assert serve("other", ANA, process.ask(300, uid=BEN, exe=exe)).errors == [None]
    assert process.adj == 300


def test_one_refused_line_stops_no_other(serve: Serve, target: Make) -> None:
    mine, hers = target(ANA), target(BEN)
    served = serve("own", ANA, hers.ask(300), mine.ask(300))
    assert served.errors == ["not-yours", None]
    assert (served.status, hers.adj, mine.adj) == (1, 500, 300)


def test_nothing_stays_open(serve: Serve, target: Make) -> None:
    """A request may name a thousand processes, and a program may have open little more than that."""
    one, two = target(ANA), target(ANA)
    before = os.listdir("/proc/self/fd")
    assert serve("own", ANA, one.ask(300), two.ask(1000)).errors == [None, "is-raise"]
    assert os.listdir("/proc/self/fd") == before


def test_an_equal_value_is_done_without_a_write(serve: Serve, target: Make) -> None:
    """A write by root would be the owner's new floor: the way back to 200 would be closed."""
    process = target(ANA, adj=200)
    as_ana = ["setpriv", f"--reuid={ANA}", f"--regid={ANA}", "--clear-groups", "sh", "-c"]

    def owner_writes(value: int) -> int:
        return subprocess.run(
            [*as_ana, f"echo {value} >/proc/{shell.pid}/oom_score_adj"], check=False
        ).returncode

    with subprocess.Popen([*as_ana, "echo; exec sleep 600"], stdout=subprocess.PIPE) as shell:
        assert shell.stdout
        shell.stdout.readline()
        try:
            assert owner_writes(400) == 0
            ask = {"pid": shell.pid, "start_time": start_time(shell.pid), "adj": 400}
            assert serve("own", ANA, ask).answers[0]["from"] == 400
            assert owner_writes(200) == 0
            assert adj_of(shell.pid) == 200
        finally:
            shell.kill()
    assert process.adj == 200


def test_an_equal_value_is_not_written(serve: Serve, target: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """As before, but also where root itself has no floor to move."""
    process = target(ANA)
    monkeypatch.setattr(os, "write", lambda *_: pytest.fail("written"))
    assert serve("own", ANA, process.ask(500)).errors == [None]


def test_a_value_that_another_program_has_set_meanwhile(serve: Serve, target: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    values = iter([b"500\n", b"400\n"])
    monkeypatch.setattr(os, "pread", lambda *_: next(values))
    assert serve("own", ANA, target(ANA).ask(300)).errors == ["changed-meanwhile"]


def test_a_value_that_can_not_be_reached_is_left_as_it_was(serve: Serve, target: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for the floor, here 400, has lowered it by then."""
    process, write = target(ANA), os.write

    def floored(fd: int, data: bytes) -> int:
        if os.geteuid() == 0 or int(data) < 400:
            raise PermissionError
        return write(fd, data)

    monkeypatch.setattr(os, "write", floored)
    assert serve("own", ANA, process.ask(300)).errors == ["refused-by-kernel"]
    assert process.adj == 500


def test_no_alarm_is_left_from_reading_or_writing(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would end the helper while it waits for systemd."""
    monkeypatch.setattr(os, "read", lambda *_: b"")
    helper.read_input()
    assert signal.alarm(0) == 0
    helper.write(b"")
    assert signal.alarm(0) == 0


def test_one_byte_too_many_is_read_too(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe may give just what is allowed first: the rest must not go unseen."""
    chunks = iter([b" " * helper.MAX_INPUT, b"x", b""])
    monkeypatch.setattr(os, "read", lambda *_: next(chunks))
    assert len(helper.read_input()) == helper.MAX_INPUT + 1


def test_a_programs_path_is_not_logged(serve: Serve, target: Make) -> None:
    served = serve("other", ANA, target(BEN).ask(300, exe="/no/such"))
    assert served.errors == ["wrong-exe"]
    assert not any("/no/such" in text for _, text in served.log)


def test_pid_1(serve: Serve) -> None:
    need_root()
    before = adj_of(1)
    assert serve("other", ANA, {"pid": 1, "start_time": start_time(1), "adj": before}).errors == ["pid-1"]
    assert adj_of(1) == before


def test_kernel_thread(serve: Serve) -> None:
    need_root()
    kthreadd = Path("/proc/2/status")
    if not kthreadd.exists() or "Kthread:\t1" not in kthreadd.read_text():
        raise RigUnavailable("no kernel threads can be seen here")
    assert serve("other", ANA, {"pid": 2, "start_time": start_time(2), "adj": 0}).errors == ["kernel-thread"]


def test_thread_id_is_no_process(serve: Serve, target: Make) -> None:
    process = target(ANA)
    ask = {"pid": process.thread, "start_time": start_time(process.thread), "adj": 300}
    assert serve("own", ANA, ask).errors == ["is-thread"]
    assert process.adj == 500


def test_zombie_and_nobody(serve: Serve, target: Make) -> None:
    process = target(ANA)
    process.kill()
    zombie = process.ask(300)
    assert serve("other", ANA, zombie).errors == ["gone"]
    process.close()
    assert serve("other", ANA, zombie).errors == ["gone"]


@pytest.mark.parametrize(
    "comm",
    [
        pytest.param(f"\rUid:\t{ANA}", id="a line that only some splitters see"),
        pytest.param(f"x\nUid:\t{ANA}", id="a line in the name"),
        pytest.param("a) S 1 (b", id="an end of the name in the name"),
        pytest.param(") 0 0 0 0 0 0", id="fields in the name"),
        pytest.param("\x1b[2J\udcff\udc80", id="an escape sequence and no UTF-8"),
    ],
)
def test_a_hostile_name_changes_no_check(serve: Serve, target: Make, comm: str) -> None:
    hers, mine = target(BEN, comm=comm), target(ANA, comm=comm)
    served = serve("own", ANA, hers.ask(300), mine.ask(300))
    assert served.errors == ["not-yours", None]
    assert (hers.adj, mine.adj) == (500, 300)
    assert all(text.isprintable() and text.isascii() for _, text in served.log)


def test_the_log_says_who_changed_what(serve: Serve, target: Make) -> None:
    mine, hers = target(ANA), target(BEN)
    (asked, _, done, refused) = serve("own", ANA, mine.ask(300), hers.ask(300)).log
    assert asked[0] == done[0] == 5  # notice
    assert f'asked by uid {ANA}, own: {{"pid": {mine.pid}, ' in asked[1]
    assert '"adj": 300' in asked[1]
    assert f'answered to uid {ANA}, own: {{"pid": {mine.pid}, ' in done[1]
    assert '"from": 500, "to": 300, "floor": null, "ok": true' in done[1]
    assert refused[0] == 4  # warning
    assert '"error": "not-yours"' in refused[1]


def test_nothing_is_changed_before_it_stands_in_the_log(serve: Serve, target: Make) -> None:
    """The asker may end the helper between a change and what is said of it."""
    process = target(ANA)
    seen: list[tuple[str, int]] = []
    log = lambda _, text: seen.append((text.partition(" ")[0], process.adj))  # noqa: E731
    helper = load_helper()
    asked = helper.parse(["own", "protect", "1"], lines(process.ask(300)))
    helper.serve(asked, ANA, helper.Roots(log=log), lambda _: None)
    assert seen == [("asked", 500), ("answered", 300)]


# --- the program that runs ---


@pytest.fixture
def disguised() -> Iterator[subprocess.Popen[bytes]]:
    """A user's own `sleep` that shows up as /usr/bin/true, by a mount in a namespace that needs no rights."""
    need_root()
    need_programs({"unshare": "util-linux", "setpriv": "util-linux"})
    script = (
        f"mount --bind {SLEEP} /usr/bin/true && echo 500 >/proc/self/oom_score_adj && exec /usr/bin/true 600"
    )
    as_ben = ["setpriv", f"--reuid={BEN}", f"--regid={BEN}", "--clear-groups"]
    alone = ["unshare", "--user", "--map-root-user", "--mount"]
    process = subprocess.Popen([*as_ben, *alone, "sh", "-c", script], stderr=subprocess.PIPE)
    try:
        wait_for(
            lambda: process.poll() is not None or exe_of(process.pid) == "/usr/bin/true",
            "the disguise to be put on",
        )
        if process.poll() is not None:
            raise RigUnavailable("users may make no namespaces here")
        yield process
    finally:
        process.kill()
        process.communicate()


def exe_of(pid: int) -> str:
    return str(Path(f"/proc/{pid}/exe").readlink())


def test_a_program_mounted_over_another_is_not_that_program(
    serve: Serve, disguised: subprocess.Popen[bytes]
) -> None:
    ask = {"pid": disguised.pid, "start_time": start_time(disguised.pid), "adj": 100, "uid": BEN}
    assert serve("other", ANA, ask | {"exe": "/usr/bin/true"}).errors == ["wrong-exe"]
    assert serve("other", ANA, ask | {"exe": SLEEP}).errors == ["wrong-exe"]
    assert adj_of(disguised.pid) == 500


@pytest.mark.parametrize("named", ["", " (deleted)"], ids=["by its old name", "by the kernel's word for it"])
def test_a_deleted_program_is_none(serve: Serve, tmp_path: Path, named: str) -> None:
    need_root()
    program = tmp_path / "program"
    program.write_bytes(Path(SLEEP).read_bytes())
    program.chmod(0o755)
    with subprocess.Popen([program, "600"]) as process:
        try:
            wait_for(lambda: exe_of(process.pid) == str(program), "the program to run")
            program.rename(tmp_path / "other")
            program.with_name("program (deleted)").write_bytes(b"")
            (tmp_path / "other").unlink()
            ask = {
                "pid": process.pid,
                "start_time": start_time(process.pid),
                "adj": 0,
                "exe": f"{program}{named}",
            }
            assert serve("other", ANA, ask).errors == ["wrong-exe"]
        finally:
            process.kill()


# --- what cannot be made to happen with a real process ---

STAT = "42 (x) S 1 1 1 0 -1 {flags} 0 0 0 0 0 0 0 0 20 0 1 0 777 0 0\n"
STATUS = f"Name:\tx\nTgid:\t42\nUid:\t{ANA}\t{ANA}\t{ANA}\t{ANA}\n"


@pytest.mark.parametrize(
    ("stat", "status", "error"),
    [
        pytest.param(STAT.format(flags=4194304), STATUS, None, id="as it should be"),
        pytest.param(STAT.format(flags=2129984), STATUS, "kernel-thread", id="kernel thread"),
        pytest.param(STAT.format(flags=0).replace(") S", ") X"), STATUS, "gone", id="dead"),
        pytest.param("", STATUS, "unreadable", id="empty stat"),
        pytest.param("42 (x) S 1 1", STATUS, "unreadable", id="short stat"),
        pytest.param(STAT.format(flags="x"), STATUS, "unreadable", id="no number"),
        pytest.param(STAT.format(flags=0), "", "unreadable", id="empty status"),
        pytest.param(STAT.format(flags=0), STATUS + STATUS, "unreadable", id="two owners"),
        pytest.param(STAT.format(flags=0), STATUS.replace(f"{ANA}\n", "\n"), "not-yours", id="three uids"),
        pytest.param(STAT.format(flags=0), STATUS.replace(f"{ANA}\n", f"{ANA}\t{ANA}\n"), "not-yours", id="five uids"),
    ],
)  # fmt: skip
def test_a_process_as_the_kernel_shows_it(
    helper: ModuleType, tmp_path: Path, stat: str, status: str, error: str | None
) -> None:
    for name, text in (("stat", stat), ("status", status), ("cgroup", "0::/\n"), ("oom_score_adj", "500\n")):
        (tmp_path / name).write_text(text)
    want = helper.Process(42, 777, 300, None, None)
    answer: dict[str, object] = {}

    def check(_: dict[str, object], want: object) -> None:
        with helper.opened(str(tmp_path), helper.FOLDER) as task:
            helper.check_process(task, want, "own", ANA, [])

    helper.attempt(answer, check, want)
    assert answer["error"] == error


@pytest.mark.parametrize(
    ("cgroup", "units"),
    [
        pytest.param("0::/system.slice/nginx.service", {"nginx.service"}, id="service"),
        pytest.param("0::/system.slice/nginx.service/worker/1", {"nginx.service"}, id="below it, if delegated"),
        pytest.param("0::/system.slice/system-getty.slice/getty@tty1.service", {"getty@tty1.service"}, id="instance"),
        pytest.param("0::/a.slice/a-b.slice/x.service", {"x.service"}, id="slices of its own"),
        pytest.param("0::/system.slice/_cpu.service", {"cpu.service"}, id="a name that systemd escapes"),
        pytest.param("0::/system.slice/__x.service", {"_x.service"}, id="a name with a _ of its own"),
        pytest.param("0::/user.slice/user-1000.slice/user@1000.service/app.slice/nginx.service", {"user@1000.service"},
                     id="a user's own unit of that name"),
        pytest.param("0::/user.slice/user-1000.slice/session-3.scope/nginx.service", {"session-3.scope"},
                     id="below a session"),
        pytest.param("0::/system.slice/docker-0.scope/system.slice/nginx.service", {"docker-0.scope"}, id="container"),
        pytest.param("0::/lxc.payload.a/system.slice/nginx.service", {"lxc.payload.a"}, id="container without slice"),
        pytest.param("0::/../system.slice/nginx.service", {".."}, id="outside of our cgroup namespace"),
        pytest.param("0::/user.slice/x\r0::/system.slice/nginx.service", {"x\r0::"}, id="a line in a cgroup's name"),
        pytest.param("0::/system.slice", {""}, id="a slice itself"),
        pytest.param("0::/", set(), id="root"),
        pytest.param("1:name=systemd:/system.slice/a.service\n0::/", {"a.service"}, id="v1"),
        pytest.param("4:memory:/system.slice/a.service\n1:name=systemd:/\n0::/", set(), id="only v1 memory"),
        pytest.param("1:name=systemd:/system.slice/a.service\n0::/system.slice/a.service", {"a.service"}, id="hybrid"),
        pytest.param("1:name=systemd:/system.slice/a.service\n0::/system.slice/b.service", {"a.service", "b.service"},
                     id="hierarchies that differ"),
        pytest.param("1:name=systemd,x:/system.slice/a.service", set(), id="another v1 hierarchy"),
        pytest.param("garbage", set(), id="garbage"),
        pytest.param("", set(), id="nothing"),
    ],
)  # fmt: skip
def test_unit_of_a_cgroup(helper: ModuleType, cgroup: str, units: set[str]) -> None:
    assert helper.units_of(cgroup.encode()) == units


MANAGER = "0::/user.slice/user-1000.slice/user@1000.service"


@pytest.mark.parametrize(
    ("cgroup", "parent", "manager"),
    [
        pytest.param(MANAGER + "/init.scope", 1, True, id="the manager"),
        pytest.param(MANAGER + "/init.scope", 900, True, id="sd-pam"),
        pytest.param(MANAGER + "/app.slice/x.service", 1, True, id="moved by its user"),
        pytest.param("1:name=systemd:/user.slice/user@1000.service/init.scope\n0::/", 1, True, id="v1"),
        pytest.param(MANAGER + "/app.slice/x.service", 900, False, id="what it has started"),
        pytest.param("0::/init.scope", 0, False, id="PID 1 itself"),
        pytest.param("0::/user.slice/user-1000.slice/session-2.scope", 1, False, id="a session"),
        pytest.param("0::/system.slice/nginx.service", 1, False, id="a service of the system"),
        pytest.param("0::/user.slice/user@1000.scope", 1, False, id="a scope of that name"),
    ],
)
def test_a_users_manager_is_known_wherever_its_user_puts_it(
    helper: ModuleType, cgroup: str, parent: int, manager: bool
) -> None:
    assert helper.is_manager(cgroup.encode(), parent) is manager


@pytest.mark.parametrize(
    ("adj", "floor"),
    [(499, None), (499, 0), (600, 601), (-999, -999)],
    ids=["without a floor", "with a floor", "a floor above the value", "to the lowest"],
)
def test_undo_lowers_nothing(serve: Serve, target: Make, adj: int, floor: int | None) -> None:
    process = target(ANA)
    assert serve("own", ANA, process.ask(adj, floor=floor), kind="undo").errors == ["is-lowering"]
    assert process.adj == 500


def test_undo_raises_anothers_process_with_permission(serve: Serve, target: Make) -> None:
    process = target(BEN)
    assert serve("own", ANA, process.ask(600, floor=None), kind="undo").errors == ["not-yours"]
    assert serve("other", ANA, process.ask(600, floor=None), kind="undo").errors == [None]
    assert process.adj == 600


def test_what_its_owner_could_do_alone_moves_no_floor(serve: Serve, target: Make) -> None:
    process = target(ANA)
    assert serve("own", ANA, process.ask(300)).answers[0]["floor"] is None
    assert serve("own", ANA, process.ask(600, floor=None), kind="undo").errors == [None]
