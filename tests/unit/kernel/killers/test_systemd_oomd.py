"""What systemd-oomd is set to and watches: by its own account over D-Bus, else by its files and by systemd's units."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.kernel.killer_facts import OomRule, SystemdOomd, Watched
from oomtray.kernel.killers import Places, systemd_oomd
from oomtray.kernel.killers.oomd_dump import Dump, parse, percent, seconds
from oomtray.kernel.killers.oomd_groups import Groups
from oomtray.kernel.killers.systemd_oomd import ASK_EVERY, READ_EVERY, SystemdOomdSource
from tests.rigs.bus.peers import Peer, PrivateBus, serving
from tests.unit.kernel.killers.running import daemon

USER = "/user.slice/user-1000.slice/user@1000.service"
HEAD = """Dry Run: no
Swap Used Limit: 90.00%
Default Memory Pressure Limit: 60.00%
Default Memory Pressure Duration: 20s
System Context:
\tMemory: Used: 2.3G, Total: 15.5G
\tSwap: Used: 0B, Total: 8.0G
"""
ACCOUNT = HEAD + f"""Swap Monitored CGroups:
\tPath: /
\t\tSwap Usage: (see System Context)
Memory Pressure Monitored CGroups:
\tPath: {USER}
\t\tMemory Pressure Limit: 50.00%
\t\tPressure: Avg10: 0.00, Avg60: 0.00, Avg300: 0.00, Total: 0
\t\tCurrent Memory Usage: 1.5G
\t\tMemory Min: 0B
\t\tMemory Low: 0B
\t\tPgscan: 0
\t\tLast Pgscan: 0
"""
NOTHING = HEAD + "Swap Monitored CGroups:\nMemory Pressure Monitored CGroups:\n"
OOMD = daemon("systemd-oomd", uid=995)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(ACCOUNT, Dump((Watched("/"),), (Watched(USER, limit=50.0),), 90.0, 60.0, 20.0), id="252"),
        pytest.param(
            ACCOUNT + "\tPath: /a.slice\n\t\tMemory Pressure Limit: 70.00%\n",
            Dump((Watched("/"),), (Watched(USER, limit=50.0), Watched("/a.slice", limit=70.0)), 90.0, 60.0, 20.0), id="each with a limit of its own",
        ),
        pytest.param(NOTHING, Dump((), (), 90.0, 60.0, 20.0), id="nothing enrolled"),
        pytest.param(NOTHING.replace("Dry Run: no", "Dry Run: yes"), Dump((), (), 90.0, 60.0, 20.0, dry_run=True), id="a dry run"),
        pytest.param(NOTHING.replace("20s", "1min 30s"), Dump((), (), 90.0, 60.0, 90.0), id="a longer time"),
        pytest.param("Swap Monitored CGroups:\n", Dump((), ()), id="without limits"),
        pytest.param("", None, id="empty"),
        pytest.param("\0\xff garbage: of: some: kind\n" * 9, None, id="garbage"),
    ],
)  # fmt: skip
def test_its_account(text: str, expected: Dump | None) -> None:
    assert parse(text) == expected


def test_shares_and_times_as_systemd_writes_them() -> None:
    assert [percent(text) for text in ("90%", "905‰", "9050‱", "0.5", "x%", "")] == [90, 90.5, 90.5, None, None, None]
    assert [seconds(text) for text in ("20s", "30", "2min", "500ms", "1min 5s", "soon", "")] == [20, 30, 120, 0.5, 65, None, None]


@pytest.fixture
def cgroups(tmp_path: Path) -> Path:
    tree = tmp_path / "cgroup"
    tree.mkdir()
    return tree


def group(cgroups: Path, path: str, *, memory: int = 1, swap: int = 0, pgscan: int = 0, whole: bool = False) -> None:
    place = cgroups / path.lstrip("/")
    place.mkdir(parents=True, exist_ok=True)
    for one in (place, *place.parents):
        if one == cgroups:
            break
        (one / "memory.oom.group").exists() or (one / "memory.oom.group").write_text("0\n")
    (place / "memory.current").write_text(f"{memory}\n")
    (place / "memory.swap.current").write_text(f"{swap}\n")
    (place / "memory.stat").write_text(f"anon {memory}\nfile 7\nshmem 2\npgscan {pgscan}\npgsteal 0\n")
    (place / "memory.oom.group").write_text(f"{int(whole)}\n")
    (place / "memory.pressure").write_text("some avg10=9.00 avg60=0.00\nfull avg10=7.50 avg60=0.00 avg300=0.00 total=0\n")


def test_it_can_kill_the_lowest_groups_and_those_that_die_whole(cgroups: Path) -> None:
    group(cgroups, "/system.slice/db.service", memory=5, swap=3, pgscan=7)
    group(cgroups, f"{USER}/app.slice/web.scope")
    group(cgroups, f"{USER}/app.slice/vte.scope/tab")
    group(cgroups, f"{USER}/app.slice/box.scope", whole=True)
    group(cgroups, f"{USER}/app.slice/box.scope/inner")
    (cgroups / "unaccounted.slice").mkdir()
    read = Groups(str(cgroups)).read(["/", USER])
    assert sorted(one.path for one in read) == sorted(
        ["/system.slice/db.service"] + [f"{USER}/app.slice/{name}" for name in ("web.scope", "vte.scope/tab", "box.scope")]
    )
    (db,) = [one for one in read if one.path.endswith("db.service")]
    assert (db.memory, db.swap, db.scanned, db.scanned_before, db.uid) == (5, 3, 7, None, os.geteuid())


def test_reclaim_is_told_from_reading_to_reading(cgroups: Path) -> None:
    groups = Groups(str(cgroups))
    for pgscan, before in ((100, None), (150, 100), (20, 0)):
        group(cgroups, "/a.slice", pgscan=pgscan)
        (read,) = groups.read(["/"])
        assert (read.scanned, read.scanned_before) == (pgscan, before), "one that was made anew begins at 0"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, "none"),
        ({"user.oomd_avoid": b"1"}, "avoid"),
        ({"user.oomd_avoid": b"1", "user.oomd_omit": b"1"}, "omit"),
        ({"user.oomd_avoid": b"0"}, "none"),
    ],
)
def test_preferences_lie_in_extended_attributes(cgroups: Path, attributes: dict[str, bytes], expected: str) -> None:
    group(cgroups, "/a.slice")
    for name, value in attributes.items():
        try:
            os.setxattr(cgroups / "a.slice", name, value)
        except OSError as error:
            pytest.skip(f"no extended attributes in this file system: {error}")
    (read,) = Groups(str(cgroups)).read(["/"])
    assert read.preference == expected


def write(root: Path, path: str, content: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(content)


def test_files_and_drop_ins(root: Path) -> None:
    write(root, "usr/lib/systemd/oomd.conf", "[OOM]\nSwapUsedLimit=1%\n")
    write(root, "etc/systemd/oomd.conf", "# a comment\n[OOM]\n#SwapUsedLimit=80%\nDefaultMemoryPressureLimit=70%\n[Other]\nSwapUsedLimit=5%\n")
    write(root, "usr/lib/systemd/oomd.conf.d/10-oomd-defaults.conf", "[OOM]\nDefaultMemoryPressureDurationSec=20s\n")
    write(root, "usr/lib/systemd/oomd.conf.d/20-hidden.conf", "[OOM]\nSwapUsedLimit=2%\n")
    (root / "etc/systemd/oomd.conf.d").mkdir()
    (root / "etc/systemd/oomd.conf.d/20-hidden.conf").symlink_to("/dev/null")
    write(root, "run/systemd/oomd.conf.d/30-mine.conf", "[OOM]\nSwapUsedLimit = 85%\n")
    assert systemd_oomd.settings(str(root)) == {
        "DefaultMemoryPressureLimit": "70%", "DefaultMemoryPressureDurationSec": "20s", "SwapUsedLimit": "85%",
    }  # fmt: skip


def test_rules_of_261(root: Path) -> None:
    place = "systemd/oomd/rules.d"
    write(root, f"etc/{place}/stall.oomrule", "[Rule]\nMemoryPressureAbove=50%\nLastingSec=15s\nAction=kill-by-pgscan\n")
    write(root, f"usr/lib/{place}/swap.oomrule", "[Rule]\nMemoryPressureAbove=25%\nSwapUsageMax=90%\nAction=kill-by-swap\n")
    write(root, f"usr/lib/{place}/stall.oomrule", "[Rule]\nMemoryPressureAbove=1%\nAction=kill-all\n")
    write(root, f"etc/{place}/idle.oomrule", "[Rule]\nAction=kill-all\n")
    write(root, f"etc/{place}/none.oomrule", "[Rule]\nSwapUsageMax=9%\nAction=shout\n")
    assert systemd_oomd.oom_rules(str(root)) == {
        "stall": OomRule("kill-by-pgscan", 50.0, None),
        "swap": OomRule("kill-by-swap", 25.0, 90.0),
    }


def handed_over(text: str) -> object:
    """As systemd-oomd does it: a file in memory."""
    file = os.memfd_create("dump")
    os.write(file, text.encode())
    os.lseek(file, 0, os.SEEK_SET)
    return "h", (file,)


@pytest.fixture
def oomd(private_bus: PrivateBus) -> Iterator[Peer]:
    peer = private_bus.peer("org.freedesktop.oom1", files=True)
    peer.answers = {"DumpByFileDescriptor": lambda: handed_over(ACCOUNT)}  # type: ignore[dict-item, return-value]
    with serving(peer):
        yield peer


def source(private_bus: PrivateBus | None, cgroups: Path, root: Path, **options: object) -> SystemdOomdSource:
    given: dict[str, object] = {"oomd": lambda: private_bus and private_bus.address, "managers": lambda _uid: None}
    return SystemdOomdSource(OOMD, Places("/proc", str(cgroups), "/sys", str(root)), **(given | options))  # type: ignore[arg-type]


def test_it_is_asked_seldom_and_the_groups_are_read_often(
    private_bus: PrivateBus, oomd: Peer, cgroups: Path, root: Path
) -> None:
    group(cgroups, USER, memory=1, swap=4)
    reader = source(private_bus, cgroups, root)
    facts = reader.read((), 100.0)
    assert facts.swap == (Watched("/", uid=os.geteuid()),)
    assert facts.pressure == (Watched(USER, uid=os.geteuid(), limit=50.0, stall=7.5, holds=1 + 2 + 4),)
    assert facts.duration == 20
    group(cgroups, f"{USER}/web.scope")
    again = reader.read((), 100.0 + READ_EVERY)
    assert [one.path for one in again.groups] == [f"{USER}/web.scope"]
    assert reader.read((), 100.5 + READ_EVERY) is again
    assert len(oomd.called("DumpByFileDescriptor")) == 1
    reader.read((), 100.0 + ASK_EVERY)
    assert len(oomd.called("DumpByFileDescriptor")) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("org.freedesktop.DBus.Error.AccessDenied", id="refused"),
        pytest.param(("s", ("Swap Monitored CGroups:",)), id="no file"),
        pytest.param(lambda: handed_over("what?"), id="no account"),
    ],
)
def test_else_its_files_and_systemd_tell(
    private_bus: PrivateBus, oomd: Peer, cgroups: Path, root: Path, answer: object
) -> None:
    oomd.answers["DumpByFileDescriptor"] = answer  # type: ignore[assignment]
    write(root, "etc/systemd/oomd.conf.d/x.conf", "[OOM]\nSwapUsedLimit=80%\nDefaultMemoryPressureDurationSec=2min\n")
    group(cgroups, USER)
    name = "org.freedesktop.systemd1"
    manager = private_bus.peer(name)
    units = {
        "-.slice": {"ControlGroup": ("s", ""), "ManagedOOMSwap": ("s", "kill"), "ManagedOOMMemoryPressure": ("s", "auto")},
        f"user@{os.geteuid()}.service": {
            "ControlGroup": ("s", USER), "ManagedOOMSwap": ("s", "auto"), "ManagedOOMMemoryPressure": ("s", "kill"),
            "ManagedOOMMemoryPressureLimit": ("u", (2**32 - 1) // 2), "OOMRules": ("as", ["stall"]),
        },
    }  # fmt: skip
    asked: list[str] = []

    def get_unit(unit: str) -> object:
        if unit not in units:
            return f"{name}.NoSuchUnit"
        return "o", ("/root" if unit == "-.slice" else "/user",)

    def get(interface: str, member: str) -> object:
        asked.append(interface)
        unit = units["-.slice"] if interface.endswith(".Slice") else units[f"user@{os.geteuid()}.service"]
        return ("v", (unit[member],)) if member in unit else "org.freedesktop.DBus.Error.UnknownProperty"

    manager.answers = {"GetUnit": get_unit, "Get": get}  # type: ignore[dict-item]
    addresses = lambda uid: private_bus.address if uid is None else None  # noqa: E731
    with serving(manager):
        facts = source(private_bus, cgroups, root, managers=addresses).read((), 0.0)
    assert (facts.swap_limit, facts.duration, facts.pressure_limit) == (80, 120, 60)
    assert facts.swap == (Watched("/", uid=os.geteuid()),)
    assert facts.pressure is not None
    assert [(one.path, one.limit) for one in facts.pressure] == [(USER, pytest.approx(50, abs=0.01))]
    assert [(one.path, one.rules) for one in facts.ruled] == [(USER, ("stall",))]


def test_without_any_bus_what_it_watches_is_unknown(cgroups: Path, root: Path) -> None:
    facts = source(None, cgroups, root).read((), 0.0)
    assert facts == SystemdOomd(daemon=OOMD)
    assert (facts.swap, facts.pressure) == (None, None)
