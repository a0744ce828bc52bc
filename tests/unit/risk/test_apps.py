"""Processes become apps that a person knows, each with a memory that says where it comes from and how old it is."""

from __future__ import annotations

import pytest

from oomtray.config import Rows
from oomtray.kernel.snapshot import CgroupMemory, Process
from oomtray.risk.apps import app_of, group, sort_into_apps
from oomtray.risk.assess import assess
from oomtray.risk.judged import App
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from tests.facts import MIB
from tests.facts.in_pages import PAGE_SIZE, process, snapshot

LOGIN = "/user.slice/user-1000.slice/session-2.scope"
APPS = "/user.slice/user-1000.slice/user@1000.service/app.slice"


def named(
    pid: int, exe: str | None, ppid: int = 1, session: int | None = None, cgroup: str = LOGIN, **facts
) -> Process:
    return process(
        pid,
        ppid=ppid,
        session=pid if session is None else session,
        exe=exe,
        cgroup=cgroup,
        unit_cgroup=cgroup,
        **{"name": (exe or "comm").rpartition("/")[2]} | facts,
    )


TERMINAL = [
    named(10, "/usr/bin/bash"),
    named(11, "/usr/bin/make", 10, 10),
    named(12, "/usr/bin/dash", 11, 10),
    named(13, "/usr/lib/gcc/cc1plus", 12, 10),
    named(14, "/usr/bin/timeout", 10, 10),
    named(15, "/usr/bin/python3.11", 14, 10),
    named(16, "/usr/bin/bash", 10, 10),
    named(17, "/usr/bin/sleep", 9999, 10),
    named(18, "/usr/bin/dbus-run-session", 11, 10),
    named(19, "/usr/bin/pytest", 18, 10),
]
DESKTOP = [
    named(20, "/usr/bin/xfce4-session"),
    named(21, "/usr/lib/firefox/firefox", 20, 20),
    named(22, "/usr/lib/firefox/firefox (deleted)", 21, 20, name="Web Content"),
    named(23, "/usr/bin/xfwm4", 20, 20),
]
PLASMA = [
    named(50, "/usr/lib/sddm/sddm-helper"),
    named(51, "/usr/bin/startplasma-x11", 50, 50),
    named(52, "/usr/bin/plasma_session", 51, 50),
    named(53, "/usr/bin/plasmashell", 52, 50),
    named(54, "/usr/bin/kwin_x11", 52, 50),
    named(55, "/usr/bin/dolphin", 53, 50),
    named(56, "/usr/bin/kioworker", 55, 50),
]
CINNAMON = [
    named(60, "/usr/bin/dbus-run-session"),
    named(61, "/usr/lib/x86_64-linux-gnu/cinnamon-session/cinnamon-session-binary", 60, 60),
    named(62, "/usr/bin/python3.13", 61, 60, name="cinnamon-launch"),
    named(63, "/usr/bin/cinnamon", 62, 60),
    named(64, "/usr/bin/gimp", 63, 60),
    named(65, "/usr/bin/csd-power", 61, 60),
]
XFCE = [
    named(70, "/usr/bin/xfce4-session"),
    named(71, "/usr/bin/xfce4-panel", 70, 70),
    named(72, "/usr/lib/x86_64-linux-gnu/xfce4/panel/wrapper-2.0", 71, 70),
    named(73, "/usr/bin/gimp", 72, 70),
    named(74, "/usr/bin/thunar", 70, 70),
    named(75, "/usr/bin/evince", 74, 70),
]
ANOTHER_USERS = [
    named(80, None, name="dbus-run-sessio"),
    named(81, None, 80, 80, name="mate-session"),
    named(82, None, 81, 80, name="mate-settings-d"),
    named(83, None, 82, 80, name="gimp"),
]
DWM = [
    named(90, "/usr/bin/dwm"),
    named(91, "/usr/bin/thunar", 90),
    named(92, "/usr/bin/evince", 91, 91),
]
DAEMON = [
    named(30, "/usr/share/code/code", cgroup="/"),
    named(31, "/home/ana/.vscode/cpptools", 30, 30, cgroup="/"),
    named(32, "/home/ana/.vscode/gopls", 9999, 30, cgroup="/"),
]
MIXED = [
    named(40, None, name="secret"),
    named(41, "/memfd:runc (deleted)", name="runc"),
    named(42, "/gone/x", 41, 4141),
    process(43, pages=None, kernel_thread=True),
]


@pytest.mark.parametrize(
    ("table", "pid", "key", "kind"),
    [
        pytest.param(TERMINAL, 10, "bash", "session", id="a shell is itself"),
        pytest.param(TERMINAL, 11, "make", "executable", id="a job in it"),
        pytest.param(TERMINAL, 13, "make", "executable", id="the job's job, through a shell"),
        pytest.param(TERMINAL, 15, "python3.11", "executable", id="what a wrapper runs"),
        pytest.param(TERMINAL, 16, "bash", "executable", id="a script belongs to its shell"),
        pytest.param(TERMINAL, 19, "make", "executable", id="the job's job, with a session bus of its own"),
        pytest.param(TERMINAL, 17, "sleep", "executable", id="orphaned in its session"),
        pytest.param(DESKTOP, 22, "firefox", "executable", id="a desktop's program, updated meanwhile"),
        pytest.param(DESKTOP, 23, "xfwm4", "executable", id="a desktop's other program"),
        pytest.param(PLASMA, 53, "plasmashell", "executable", id="Plasma without systemd"),
        pytest.param(PLASMA, 54, "kwin_x11", "executable", id="which once was one app with all in it"),
        pytest.param(PLASMA, 55, "dolphin", "executable", id="what was started from its panel"),
        pytest.param(PLASMA, 56, "dolphin", "executable", id="and what that has started"),
        pytest.param(CINNAMON, 63, "cinnamon", "executable", id="Cinnamon without systemd, below its launcher"),
        pytest.param(CINNAMON, 64, "gimp", "executable", id="what was started from its menu"),
        pytest.param(CINNAMON, 65, "csd-power", "executable", id="a part of its session"),
        pytest.param(XFCE, 72, "xfce4-panel", "executable", id="a panel's plugin"),
        pytest.param(XFCE, 73, "gimp", "executable", id="what was started from it"),
        pytest.param(XFCE, 75, "evince", "executable", id="what was opened in a file manager"),
        pytest.param(ANOTHER_USERS, 81, "mate-session", "executable", id="a session of which only cut names are known"),
        pytest.param(ANOTHER_USERS, 83, "gimp", "executable", id="a program in it"),
        pytest.param(DWM, 90, "dwm", "session", id="what a session was begun with"),
        pytest.param(DWM, 91, "thunar", "executable", id="a file manager that was started by keys, in a session of its own"),
        pytest.param(DWM, 92, "evince", "executable", id="what was opened in it"),
        pytest.param(DAEMON, 31, "code", "executable", id="any other session leader names its session"),
        pytest.param(DAEMON, 32, "code", "executable", id="orphans included"),
        pytest.param(MIXED, 40, "secret", "executable", id="executable unreadable: comm"),
        pytest.param(MIXED, 41, "runc", "executable", id="run from memory: comm"),
        pytest.param(MIXED, 42, "x", "executable", id="session leader gone"),
    ],
)
def test_app_of_what_no_unit_names(table: list[Process], pid: int, key: str, kind: str) -> None:
    by_pid = {p.pid: p for p in table}
    app = app_of(by_pid[pid], by_pid)
    assert app is not None
    assert (app.key, app.name, app.kind) == (key, key, kind)


def test_kernel_threads_belong_to_no_app() -> None:
    assert app_of(process(2, pages=None, kernel_thread=True), {}) is None


def test_a_unit_names_all_that_is_in_it() -> None:
    p = named(5, "/usr/bin/anything", cgroup=f"{APPS}/app-firefox-1234.scope", uid=0)
    app = app_of(p, {5: p})
    assert app == ("firefox", "firefox", "app", "app-firefox-1234.scope", 1000)


def test_systemds_hierarchy_counts_not_the_memory_controllers() -> None:
    p = process(5, cgroup="/user.slice", unit_cgroup="/system.slice/nginx.service")
    app = app_of(p, {5: p})
    assert app is not None
    assert app.key == "nginx.service"


def test_a_loop_of_parents_ends() -> None:
    table = {
        p.pid: p for p in [named(50, "/bin/bash"), named(51, "/bin/a", 52, 50), named(52, "/bin/b", 51, 50)]
    }
    app = app_of(table[51], table)
    assert app is not None
    assert app.key in {"a", "b"}


def apps(
    *processes: Process, memory: dict[str, CgroupMemory] | None = None, at: float = 100.0
) -> dict[str, App]:
    view = snapshot(*processes, at=at)
    found = assess(rank(view), level=Level(), rows=Rows(), grouping=sort_into_apps(processes), charged=memory or {}).apps
    return {f"{a.key}:{a.uid}": a for a in found}


def test_an_app_of_several_scopes_is_one_row() -> None:
    found = apps(
        named(5, None, cgroup=f"{APPS}/app-firefox-1.scope"),
        named(6, None, cgroup=f"{APPS}/app-gnome-firefox-2.scope", pages=2000),
        named(7, "/usr/bin/firefox", pages=3000),
    )
    assert list(found) == ["firefox:1000"]
    firefox = found["firefox:1000"]
    assert [m.process.pid for m in firefox.members] == [7, 6, 5]
    assert (firefox.rank, firefox.kind) == (1, "app")


def test_two_users_same_program_are_two_rows() -> None:
    assert list(apps(named(5, "/bin/x", uid=1000), named(6, "/bin/x", uid=1001))) == ["x:1001", "x:1000"]


def test_a_service_is_one_row_whatever_users_it_runs_as() -> None:
    nginx = "/system.slice/nginx.service"
    found = apps(named(5, None, cgroup=nginx, uid=0), named(6, None, cgroup=nginx, uid=33))
    assert [*found] == ["nginx.service:None"]


def test_memory_is_what_the_apps_own_cgroup_is_charged() -> None:
    path = f"{APPS}/app-firefox-1.scope"
    memory = {path: CgroupMemory(700 * MIB, 93.0)}
    firefox = apps(named(5, None, cgroup=path), named(6, None, cgroup=path), memory=memory)["firefox:1000"]
    assert (firefox.memory, firefox.memory_from, firefox.age) == (700 * MIB, "cgroup", 7.0)


def test_memory_of_two_scopes_adds_up_and_is_as_old_as_the_older() -> None:
    one, two = f"{APPS}/app-firefox-1.scope", f"{APPS}/app-firefox-2.scope"
    memory = {one: CgroupMemory(300, 99.0), two: CgroupMemory(400, 95.0)}
    firefox = apps(named(5, None, cgroup=one), named(6, None, cgroup=two), memory=memory)["firefox:1000"]
    assert (firefox.memory, firefox.memory_from, firefox.age) == (700, "cgroup", 5.0)


def test_without_a_cgroup_memory_is_what_the_deaths_would_give_back() -> None:
    shared = named(5, "/bin/x", rss=90 * PAGE_SIZE, rss_anon=20 * PAGE_SIZE, swap=3 * PAGE_SIZE, page_tables=PAGE_SIZE,
                   read_at=60.0)  # fmt: skip
    other = named(
        6, "/bin/x", rss=90 * PAGE_SIZE, rss_anon=10 * PAGE_SIZE, swap=0, page_tables=PAGE_SIZE, read_at=90.0
    )
    app = apps(shared, other)["x:1000"]
    assert (app.memory, app.memory_from, app.age) == (35 * PAGE_SIZE, "sum", 40.0)


@pytest.mark.parametrize(
    ("processes", "own"),
    [
        pytest.param([named(5, None, cgroup=f"{APPS}/app-a-1.scope")], {"a": (f"{APPS}/app-a-1.scope",)}, id="a scope"),
        pytest.param(
            [named(5, None, cgroup="/system.slice/pg.service/main"), named(6, None, cgroup="/system.slice/pg.service/x")],
            {"pg.service": ("/system.slice/pg.service",)},
            id="a delegated service is read once, at its top",
        ),
        pytest.param(
            [named(5, "/bin/a"), named(6, "/bin/b")],
            {},
            id="a login session holds several apps",
        ),
        pytest.param(
            [named(5, None, cgroup=f"{APPS}/app-a-1.scope"), named(6, "/bin/a")],
            {},
            id="one of it runs elsewhere, among others",
        ),
        pytest.param(
            [named(5, None, cgroup=f"{APPS}/app-org.kde.konsole-7.scope/main.scope"),
             named(6, "/bin/x", cgroup=f"{APPS}/app-org.kde.konsole-7.scope/tab(9).scope")],
            {"x": (f"{APPS}/app-org.kde.konsole-7.scope/tab(9).scope",)},
            id="another app below it",
        ),
        pytest.param(
            [process(5, cgroup="/", unit_cgroup="/system.slice/a.service")], {}, id="v1 without a memory cgroup of its own"
        ),
        pytest.param(
            [named(5, None, cgroup=f"{APPS}/app-a-1.scope"), named(6, None, cgroup=f"{APPS}/app-a-2.scope")],
            {"a": (f"{APPS}/app-a-1.scope", f"{APPS}/app-a-2.scope")},
            id="two scopes",
        ),
        pytest.param(
            [named(5, None, cgroup=f"{APPS}/app-a-1.scope"), named(6, None, cgroup=f"{APPS}/app-a-1.scope/main.scope")],
            {"a": (f"{APPS}/app-a-1.scope",)},
            id="a scope and a part of it are counted once",
        ),
        pytest.param([named(5, "/bin/x", cgroup="/box")], {"x": ("/box",)}, id="any cgroup that is its alone"),
        pytest.param(
            [named(5, "/bin/x", cgroup="/box"), process(7, pages=None, state="Z", cgroup="/box", unit_cgroup="/box")],
            {"x": ("/box",)},
            id="a zombie holds nothing",
        ),
    ],
)  # fmt: skip
def test_own_cgroups(processes: list[Process], own: dict[str, tuple[str, ...]]) -> None:
    others = [named(98, "/bin/b"), named(99, "/bin/c")]
    grouping = sort_into_apps([*others, *processes])
    assert {key: paths for (key, _), paths in grouping.own_cgroups.items()} == own
    assert grouping.paths == {path for paths in own.values() for path in paths}


def test_a_cgroup_that_could_not_be_read_leaves_the_sum() -> None:
    one, two = f"{APPS}/app-a-1.scope", f"{APPS}/app-a-2.scope"
    memory = {one: CgroupMemory(300, 99.0)}
    app = apps(named(5, None, pages=10, cgroup=one), named(6, None, pages=5, cgroup=two), memory=memory)[
        "a:1000"
    ]
    assert (app.memory, app.memory_from) == (15 * PAGE_SIZE, "sum")


def test_apps_stand_by_their_most_endangered_member() -> None:
    found = apps(
        named(5, "/bin/large", pages=9000),
        named(6, "/bin/tab", pages=10, adj=300),
        named(7, "/bin/safe", pages=50_000, adj=-1000),
        named(8, "/bin/ghost", pages=None, state="Z"),
        named(9, "/bin/large", pages=90_000, adj=-1000),
    )
    assert [(a.key, a.rank, a.warning) for a in found.values()] == [
        ("tab", 1, "elevated"),
        ("large", 2, "none"),
        ("safe", None, "none"),
    ]
    assert found["tab:1000"].share == pytest.approx(300.005)
    assert [m.process.pid for m in found["large:1000"].members] == [5, 9]


def test_a_change_is_the_sum_of_those_that_are_known() -> None:
    view = snapshot(named(5, "/bin/x"), named(6, "/bin/x"), named(7, "/bin/x"), named(8, "/bin/y"))
    changes = {(5, 50): 100.0, (6, 60): -30.0}
    found = {
        a.key: a.change
        for a in assess(rank(view), level=Level(), rows=Rows(), changes=changes, grouping=sort_into_apps(view.processes)).apps
    }
    assert found == {"x": 70.0, "y": None}


def test_grouping_of_a_part_says_only_what_it_has() -> None:
    assert group([], {}, 0.0, sort_into_apps([])) == ()


SCRIPTS = [
    named(60, "/usr/bin/bash"),
    named(61, "/usr/bin/python3.11", 60, 60),
    named(62, "/usr/bin/python3.11", 61, 60),
    named(63, "/usr/bin/ffmpeg", 61, 60),
    named(64, "/usr/bin/python3.11", 60, 60),
    named(65, "/usr/bin/python3.11", 60, 60),
    named(66, "/usr/bin/python3.11", cgroup="/system.slice/shop.service"),
]


def test_what_an_interpreter_runs_is_an_app_with_all_that_it_started() -> None:
    runs = {61: "train.py", 62: "worker.py", 65: "oomtray", 66: "shop"}
    scripts = {one.identity: runs[one.pid] for one in SCRIPTS if one.pid in runs}

    ids = sort_into_apps(SCRIPTS, scripts).ids

    assert {pid: (app.name, app.kind) for pid, app in ids.items()} == {
        60: ("bash", "session"),
        61: ("train.py", "executable"),
        62: ("train.py", "executable"),
        63: ("train.py", "executable"),
        64: ("python3.11", "executable"),
        65: ("oomtray", "executable"),
        66: ("shop", "service"),
    }
    assert len({app.key for app in ids.values()}) == 5


def test_without_the_scripts_they_are_one_app_of_the_interpreter() -> None:
    ids = sort_into_apps(SCRIPTS).ids

    assert {ids[pid].key for pid in (61, 62, 63, 64, 65)} == {"python3.11"}
