"""The text commands on this machine's own processes, as the public contract says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from pathlib import Path
from queue import Queue

import pytest

from oomtray.kernel.snapshot import PAGE_SIZE
from tests.rigs.commands import contract
from tests.rigs.commands.program import TREE, command, environment, oomtray
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.programs import RigUnavailable
from tests.rigs.processes.users import in_own_pids
from tests.system.reading import report, row

pytestmark = pytest.mark.system


def test_list_has_every_field_and_ranks_by_badness() -> None:
    got = report("list", "-n", "5")
    rows = got["processes"]
    assert [process["rank"] for process in rows] == [1, 2, 3, 4, 5]
    badness = [process["badness"] for process in rows]
    assert badness == sorted(badness, reverse=True)
    assert got["next_victim"]["pid"] == rows[0]["pid"] == got["killers"][0]["next"][0]
    assert "next-victim" in rows[0]["reasons"]
    for process in rows:
        assert process["share"] == pytest.approx(
            process["badness"] * 1000 / got["scope"]["total_pages"], abs=0.001
        )
        parts = (process["rss"] + process["swap"] + process["page_tables"]) // PAGE_SIZE
        adjustment = process["oom_score_adj"] * (got["scope"]["total_pages"] // 1000)
        assert process["badness"] == parts + adjustment


def test_the_memory_is_the_kernels_own() -> None:
    fields = dict(re.findall(r"^(\w+):\s+(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE))
    total, swap = int(fields["MemTotal"]) << 10, int(fields["SwapTotal"]) << 10
    got = report("list")
    memory = got["memory"]
    assert (memory["total"], memory["swap_total"]) == (total, swap)
    assert got["scope"] == {"kind": "system", "total_pages": (total + swap) // PAGE_SIZE}
    assert 0 < memory["available"] < total
    assert memory["used_percent"] == pytest.approx(100 * (1 - memory["available"] / total), abs=0.001)
    assert (memory["psi"]["some_avg10"] is None) == (not Path("/proc/pressure/memory").exists())


def test_all_lists_every_process_once() -> None:
    before = {int(name) for name in os.listdir("/proc") if name.isdecimal()}
    got = report("list", "--all")
    after = {int(name) for name in os.listdir("/proc") if name.isdecimal()}
    pids = [process["pid"] for process in got["processes"]]
    assert len(pids) == len(set(pids))
    assert before & after <= set(pids)
    ranks = [process["rank"] for process in got["processes"]]
    killable = [rank for rank in ranks if rank is not None]
    assert ranks == list(range(1, len(killable) + 1)) + [None] * (len(ranks) - len(killable))
    assert all(process["killable"] == (process["rank"] is not None) for process in got["processes"])


def test_what_can_never_be_killed_is_listed_without_a_rank(zombie: int) -> None:
    got = report("list", "--all")
    dead = row(got, zombie)
    assert [dead[key] for key in ("rank", "killable", "badness", "share", "rss")] == [
        None,
        False,
        None,
        None,
        None,
    ]
    assert dead["reasons"] == ["zombie"]
    init = row(got, 1)
    assert (init["rank"], init["killable"], init["reasons"]) == (None, False, ["pid-1"])
    assert init["badness"] is not None
    threads = [process for process in got["processes"] if process["rss"] is None and process["pid"] != zombie]
    assert all(
        (process["badness"], process["share"], process["rank"]) == (None, None, None) for process in threads
    )


def test_kernel_threads_are_listed_under_all() -> None:
    if "kthreadd" not in Path("/proc/2/comm").read_text():
        raise RigUnavailable("no kernel thread is visible here")
    thread = row(report("list", "--all"), 2)
    assert (thread["name"], thread["killable"], thread["badness"], thread["rss"]) == (
        "kthreadd",
        False,
        None,
        None,
    )
    assert thread["app"] is None


@pytest.mark.parametrize(("argv", "count"), [((), 10), (("-n", "0"), 0), (("-n", "1"), 1), (("-n", "3"), 3)])
def test_n_says_how_many_rows(argv: tuple[str, ...], count: int) -> None:
    for got in (report("list", *argv), report("watch", "-c", "1", *argv, shape=contract.WATCH)):
        assert len(got["processes"]) == count
        assert got["next_victim"] is not None, "who is next doesn't hang on how many are shown"
        assert got["killers"][0]["next"][0] == got["next_victim"]["pid"]


def test_more_rows_than_there_are_processes_lists_them_all() -> None:
    got = report("list", "-n", "999999999")
    assert row(got, 1)["rank"] is None


def test_a_hostile_name_stays_one_harmless_name(hostile: tuple[int, bytes]) -> None:
    pid, comm = hostile
    name = comm.decode(errors="backslashreplace")
    assert row(report("list", "--all"), pid)["name"] == name
    assert row(report("explain", str(pid), shape=contract.EXPLAIN), pid)["name"] == name
    for argv in (("list", "--all"), ("list", "--all", "--apps"), ("explain", str(pid))):
        done = oomtray(*argv)
        assert done.returncode == 0
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", done.stdout)
        assert not [line for line in done.stdout.splitlines() if line.startswith(("b c", "red"))]


@pytest.mark.parametrize("closed", ["1", "2", "0", "0 1 2"])
def test_with_standard_streams_closed_nothing_is_written_elsewhere(closed: str, sleeper: int, tmp_path: Path) -> None:
    """What was opened next would have their numbers: the journal would get what is meant for the terminal."""
    shut = " ".join(f"{number}>&-" for number in closed.split())
    script = f'exec "$@" {shut}'
    env = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    (tmp_path / "oomtray").mkdir()
    (tmp_path / "oomtray/config.toml").write_text("[levels]\nbogus = 1\n")
    change = ["sh", "-c", script, "sh", *command("deprioritize", str(sleeper), "--json")]
    done = subprocess.run(change, capture_output=True, text=True, cwd=TREE, env=environment(env), timeout=60, check=False)
    made = Path(f"/proc/{sleeper}/oom_score_adj").read_text() == "300\n"
    if "1" in closed.split():
        assert (done.returncode, made, done.stdout) == (1, False, "")
        assert ("standard output is closed" in done.stderr) is ("2" not in closed)
    else:
        assert (done.returncode, made) == (0, True)
        assert json.loads(done.stdout)["changes"][0]["to"] == 300
        assert ("levels.bogus" in done.stderr) is ("2" not in closed)


def test_an_empty_name_means_nobody_and_raw_bytes_mean_themselves(hostile: tuple[int, bytes]) -> None:
    pid, comm = hostile
    assert oomtray("deprioritize", "").returncode == 1
    assert Path(f"/proc/{pid}/oom_score_adj").read_text() == "0\n"
    done = subprocess.run(
        [*command("deprioritize", "--json"), comm], capture_output=True, cwd=TREE, env=environment(), timeout=60, check=False
    )
    assert [change["pid"] for change in json.loads(done.stdout)["changes"]] == [pid]


def test_apps_hold_every_process_with_memory_once() -> None:
    listed = report("list", "--all")
    got = report("list", "--all", "--apps", shape=contract.APPS)
    members = [pid for app in got["apps"] for pid in app["processes"]]
    assert len(members) == len(set(members))
    # a process may start or end between the two commands
    living = {
        p["pid"] for p in listed["processes"] if p["rss"] is not None and os.path.exists(f"/proc/{p['pid']}")
    }
    assert living <= set(members)
    assert got["apps"][0]["rank"] == 1
    assert got["next_victim"]["pid"] in got["apps"][0]["processes"]
    for app in got["apps"]:
        assert app["oom_score_adj"] is None or app["oom_score_adj"] == sorted(app["oom_score_adj"])


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        pytest.param(["list", "--cgroup", "/no/such"], "there is no memory cgroup /no/such", id="no-cgroup"),
        pytest.param(["list", "--cgroup", "/a\n\x1b[31m"], "/a\\n\\x1b[31m", id="hostile-cgroup"),
        pytest.param(["list", "--cgroup", "/"], "has a memory limit", id="no-limit"),
        pytest.param(["watch", "--cgroup", "../../.."], "there is no memory cgroup ../../..", id="above-the-root"),
        pytest.param(["explain", "4194304"], "there is no process 4194304", id="no-process"),
        pytest.param(["explain", "4194304", "--json"], "there is no process 4194304", id="no-process-json"),
    ],
)
def test_what_is_not_there_is_one_line_and_status_1(argv: list[str], says: str) -> None:
    done = oomtray(*argv)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("oomtray: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.removesuffix("\n").isprintable()


def test_explain_sums_up_to_the_badness(group: MemoryCgroup) -> None:
    hog = group.hog(30, adj=200, name="hog")
    got = report("explain", str(hog.pid), shape=contract.EXPLAIN)
    (process,) = got["processes"]
    parts = got["parts"]
    assert parts["adjustment"] == 200 * (got["scope"]["total_pages"] // 1000)
    assert sum(parts.values()) == process["badness"]
    assert parts["rss"] * PAGE_SIZE == process["rss"] >= 30 * MIB
    assert got["without"]["pid"] != hog.pid
    if process["rank"] == 1:
        assert got["next_victim"]["pid"] == hog.pid
    told = oomtray("explain", str(hog.pid)).stdout
    assert f"hog ({hog.pid})" in told
    assert str(process["badness"]) in told


def test_explain_has_the_facts_of_a_process(tmp_path: Path) -> None:
    child = subprocess.Popen(["sleep", "601"], cwd=tmp_path)
    try:
        facts = report("explain", str(child.pid), shape=contract.EXPLAIN)["process"]
        told = oomtray("explain", str(child.pid)).stdout
    finally:
        child.kill()
        child.wait()
    assert facts["command"] == {"arguments": ["sleep", "601"], "whole": True}
    assert (facts["directory"], facts["parent"]["pid"], facts["uid"]) == (str(tmp_path), os.getpid(), os.geteuid())
    assert (facts["threads"], facts["children"]["count"], facts["unread"]) == (1, 0, {})
    assert re.search(r"^Command +sleep 601$", told, re.MULTILINE)
    assert re.search(rf"^Directory +{re.escape(str(tmp_path))}$", told, re.MULTILINE)


def test_explain_takes_the_id_of_a_thread_for_its_process() -> None:
    """As the commands that change something do: top -H and ps -L show these."""
    ids, done = Queue[int](), threading.Event()

    def tells_its_id() -> None:
        ids.put(threading.get_native_id())
        done.wait()

    thread = threading.Thread(target=tells_its_id)
    thread.start()
    try:
        got = report("explain", str(ids.get()), shape=contract.EXPLAIN)
    finally:
        done.set()
        thread.join()
    assert [process["pid"] for process in got["processes"]] == [os.getpid()]


@pytest.mark.parametrize("which", ["zombie", "init"])
def test_explain_says_why_something_is_never_killed(which: str, zombie: int) -> None:
    pid = zombie if which == "zombie" else 1
    got = report("explain", str(pid), shape=contract.EXPLAIN)
    assert row(got, pid)["killable"] is False
    assert got["without"] == got["next_victim"] or got["without"]["pid"] == got["next_victim"]["pid"]
    assert {"zombie": "zombie", "init": "PID 1"}[which] in oomtray("explain", str(pid)).stdout


def test_in_a_pid_namespace_the_answer_says_that_it_is_not_complete() -> None:
    told = subprocess.run(in_own_pids(*command("list"), "--json"), env=environment(), capture_output=True, text=True, timeout=60, check=True)
    got = contract.read(told.stdout, contract.LIST)
    assert got["complete"] is False
    beside = in_own_pids("sh", "-c", 'sleep 60 & "$@"; kill $!', "sh", *command("list"))
    sentences = subprocess.run(beside, env=environment(), capture_output=True, text=True, timeout=60, check=True)
    assert "Only processes that you can see are counted." in sentences.stdout


def test_doctor_answers_in_the_contracts_shape() -> None:
    got = report("doctor", shape=contract.DOCTOR, statuses=(0, 1))
    assert len({check["id"] for check in got["checks"]}) == len(got["checks"]) > 5
