"""Which cgroups have a limit of their own, what counts as used in them, and that the others cost nothing."""

from __future__ import annotations

import os

import pytest

from oomtray.kernel.cgroup_limits import MOST_FOLLOWED, REFRESH_SECONDS, LimitedCgroups, Limits
from oomtray.kernel.cgroups import MemoryCgroups
from tests.facts import GIB, MIB
from tests.unit.kernel.test_cgroups import Tree, groups, limit, tree  # noqa: F401

RAM = 16 * GIB
NO_SWAP = (0, 0)
UNLIMITED_V1 = 9223372036854771712


def charged(tree, size):  # noqa: F811
    return {"memory_current" if tree.version == 2 else "memory_usage_in_bytes": size}


def stat(tree, **lines):  # noqa: F811
    if tree.version == 1:
        lines = {f"total_{name.removeprefix('file_')}": value for name, value in lines.items()}
    return {"memory_stat": "\n".join(f"{name} {value}" for name, value in lines.items())}


def unlimited(tree):  # noqa: F811
    return {"memory_max": "max", "memory_high": "max"} if tree.version == 2 else {"memory_limit_in_bytes": UNLIMITED_V1}


def open_below(root):
    """Descriptors that this process has open below a directory."""
    links = []
    for fd in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{fd}"))
        except OSError:
            continue
    return [link for link in links if link.startswith(f"{root}/")]


@pytest.fixture
def limited(groups):  # noqa: F811
    limited = LimitedCgroups(groups)
    yield limited
    limited.close()


def test_a_limit_anywhere_above_a_process_is_found(tree, limited):  # noqa: F811
    tree.group("/user.slice", **limit(tree, 100 * MIB), **charged(tree, 90 * MIB))
    tree.group("/user.slice/app.scope", **unlimited(tree), **charged(tree, 90 * MIB))
    tree.group("/empty.slice", **limit(tree, MIB), **charged(tree, MIB))
    limited.find(["/user.slice/app.scope", None, "/", "/../elsewhere"], RAM, 0.0)
    assert (len(limited), limited.near(), limited.most) == (1, ["/user.slice"], {"/user.slice": 100 * MIB})


def test_a_containers_own_limit_is_found_at_its_root(tree, limited):  # noqa: F811
    tree.write("memory.max" if tree.version == 2 else "memory/memory.limit_in_bytes", 100 * MIB)
    tree.write("memory.current" if tree.version == 2 else "memory/memory.usage_in_bytes", 90 * MIB)
    tree.group("/a", **unlimited(tree))
    limited.find(["/../elsewhere"], RAM, 0.0)
    assert len(limited) == 0, "whoever is outside the container says nothing of it"
    limited.find(["/a"], RAM, 0.0)
    assert (limited.near(), limited.most) == (["/"], {"/": 100 * MIB})
    assert limited.read("/", NO_SWAP, 60).charged == 90 * MIB


@pytest.mark.parametrize(
    ("size", "of", "near"),
    [
        pytest.param(60 * MIB, 100 * MIB, False, id="far from it"),
        pytest.param(75 * MIB, 100 * MIB, True, id="near it"),
        pytest.param(15 * GIB, RAM, False, id="a limit of all memory is none"),
    ],
)
def test_only_who_is_near_a_limit_is_read_whole(tree, limited, size, of, near):  # noqa: F811
    tree.group("/a", **limit(tree, of), **charged(tree, size))
    limited.find(["/a"], RAM, 0.0)
    assert bool(limited.near()) == near


def test_a_page_cache_that_fills_a_limit_is_not_used_memory(tree, limited):  # noqa: F811
    files = stat(tree, inactive_file=40 * MIB, active_file=30 * MIB, file_dirty=4 * MIB, file_writeback=MIB)
    tree.group("/a", **limit(tree, 100 * MIB), **charged(tree, 99 * MIB), **files)
    usage = limited.read("/a", NO_SWAP, 60)
    assert (usage.charged, usage.cache, usage.used) == (99 * MIB, 65 * MIB, 34 * MIB)
    assert usage.limits == Limits(100 * MIB)


@pytest.mark.parametrize(
    ("version", "files", "swappiness", "swap"),
    [
        pytest.param(2, {}, 60, (8 * GIB, 6 * GIB), id="v2-no-swap-limit"),
        pytest.param(2, {"memory_swap.max": 32 * MIB, "memory_swap.current": 20 * MIB}, 60, (32 * MIB, 12 * MIB), id="v2-part"),
        pytest.param(2, {"memory_swap.max": 0}, 60, (0, 0), id="v2-none"),
        pytest.param(2, {}, 0, (0, 0), id="v2-swappiness-0"),
        pytest.param(1, {}, 60, (8 * GIB, 6 * GIB), id="v1-not-accounted"),
        pytest.param(
            1,
            {"memory_memsw.limit_in_bytes": 132 * MIB, "memory_memsw.usage_in_bytes": 100 * MIB},
            60,
            (32 * MIB, 22 * MIB),
            id="v1-memsw",
        ),
        pytest.param(
            1,
            {"memory_memsw.limit_in_bytes": 100 * MIB, "memory_memsw.usage_in_bytes": 90 * MIB},
            60,
            (0, 0),
            id="v1-memsw-like-the-limit",
        ),
        pytest.param(1, {"memory_swappiness": 0}, 60, (0, 0), id="v1-swappiness-0"),
    ],
)
def test_the_swap_that_it_may_still_take(tmp_path, version, files, swappiness, swap):
    tree = Tree(tmp_path, version)  # noqa: F811
    tree.group("/a", **limit(tree, 100 * MIB), **charged(tree, 90 * MIB), **files)
    usage = LimitedCgroups(MemoryCgroups(str(tmp_path))).read("/a", (8 * GIB, 6 * GIB), swappiness)
    assert (usage.swap_total, usage.swap_free) == swap


@pytest.mark.parametrize(
    ("above", "swap"),
    [
        pytest.param({"memory_swap.max": 0}, (0, 0), id="the slice may not swap"),
        pytest.param({"memory_swap.max": 64 * MIB, "memory_swap.current": 60 * MIB}, (32 * MIB, 4 * MIB), id="the slice has used its swap up"),
        pytest.param({"memory_swap.max": "max", "memory_swap.current": 60 * MIB}, (32 * MIB, 12 * MIB), id="the slice has no limit"),
    ],
)  # fmt: skip
def test_a_limit_on_swap_above_it_counts_as_well(tmp_path, above, swap):
    tree = Tree(tmp_path, 2)  # noqa: F811
    tree.group("/s", **above)
    own = {"memory_swap.max": 32 * MIB, "memory_swap.current": 20 * MIB}
    tree.group("/s/a", **limit(tree, 100 * MIB), **charged(tree, 90 * MIB), **own)
    usage = LimitedCgroups(MemoryCgroups(str(tmp_path))).read("/s/a", (8 * GIB, 6 * GIB), 60)
    assert (usage.swap_total, usage.swap_free) == swap


@pytest.mark.parametrize("waits", [False, True])
def test_whether_processes_wait_at_the_limit_instead_of_being_killed(tmp_path, waits):
    tree = Tree(tmp_path, 1)  # noqa: F811
    control = f"oom_kill_disable {waits:d}\nunder_oom 1\noom_kill 3"
    tree.group("/a", **limit(tree, 100 * MIB), **charged(tree, 90 * MIB), memory_oom_control=control)
    usage = LimitedCgroups(MemoryCgroups(str(tmp_path))).read("/a", NO_SWAP, 60)
    assert (usage.oom_kills, usage.waits) == (3, waits)


def test_what_memory_high_did_to_it_and_its_pressure(tmp_path):
    tree = Tree(tmp_path, 2)  # noqa: F811
    events = "low 0\nhigh {}\nmax {}\noom 0\noom_kill {}\noom_group_kill 0"
    tree.group("/a", memory_max="max", memory_high=100 * MIB, memory_current=99 * MIB,
               memory_events=events.format(900, 90, 3), memory_pressure="some avg10=41.50 avg60=0\nfull avg10=7.25 avg60=0")  # fmt: skip
    tree.write("a/memory.events.local", events.format(7, 2, 0))
    usage = LimitedCgroups(MemoryCgroups(str(tmp_path))).read("/a", NO_SWAP, 60)
    assert usage.limits == Limits(None, 100 * MIB)
    assert (usage.hits, usage.oom_kills) == (9, 3), "what befell the cgroups below doesn't hold this one back"
    assert (usage.psi_some_avg10, usage.psi_full_avg10) == (41.5, 7.25)
    (tmp_path / "a/memory.events.local").unlink()
    usage = LimitedCgroups(MemoryCgroups(str(tmp_path))).read("/a", NO_SWAP, 60)
    assert usage.hits == 990, "before Linux 5.2 there is no other count"


def test_a_new_limit_is_seen_once_in_a_while_or_when_asked(tree, limited):  # noqa: F811
    tree.group("/a", **unlimited(tree), **charged(tree, 90 * MIB))
    limited.find(["/a"], RAM, 0.0)
    tree.group("/a", **limit(tree, 100 * MIB))
    limited.find(["/a"], RAM, REFRESH_SECONDS - 1)
    assert not limited
    limited.find(["/a"], RAM, REFRESH_SECONDS)
    assert limited.near() == ["/a"]
    tree.group("/a", **unlimited(tree))
    limited.find(["/a"], RAM, REFRESH_SECONDS + 1, afresh=True)
    assert not limited


def test_a_limit_that_was_raised_or_taken_away_counts_at_once(tree, limited):  # noqa: F811
    tree.group("/a", **limit(tree, 100 * MIB), **charged(tree, 90 * MIB))
    limited.find(["/a"], RAM, 0.0)
    tree.group("/a", **limit(tree, 200 * MIB))
    assert limited.read("/a", NO_SWAP, 60).limits.most == 200 * MIB
    tree.group("/a", **unlimited(tree))
    assert limited.read("/a", NO_SWAP, 60) is None
    assert limited.near() == []


def test_without_a_limit_nothing_stays_open(tree, limited):  # noqa: F811
    for n in range(20):
        tree.group(f"/unit{n}", **unlimited(tree), **charged(tree, 90 * MIB))
    limited.find([f"/unit{n}" for n in range(20)], RAM, 0.0)
    assert (len(limited), limited.near(), open_below(tree.root)) == (0, [], [])


def test_of_very_many_only_the_fullest_are_kept_open(tree, limited):  # noqa: F811
    paths = [f"/unit{n:03}" for n in range(2 * MOST_FOLLOWED)]
    for n, path in enumerate(paths):
        tree.group(path, **limit(tree, 100 * MIB), **charged(tree, n * MIB // 2))
    tree.group("/late", **limit(tree, 100 * MIB), **charged(tree, 90 * MIB))
    limited.find(paths, RAM, 0.0)
    limited.find(["/late"], RAM, 1.0)
    assert limited.near() == ["/late"]
    assert len(open_below(tree.root)) == MOST_FOLLOWED
    limited.close()
    assert open_below(tree.root) == []


def test_a_group_that_is_gone_is_forgotten(tree, limited):  # noqa: F811
    tree.group("/a", **limit(tree, 100 * MIB), **charged(tree, 90 * MIB))
    limited.find(["/a"], RAM, 0.0)
    (tree.root / ("a" if tree.version == 2 else "memory/a") / next(iter(charged(tree, 0))).replace("_", ".", 1)).unlink()
    assert limited.read("/a", NO_SWAP, 60) is None
    assert not limited


def removed(tree, path):  # noqa: F811
    """Its files are gone, and what has one of them open reads no more of it."""
    directory = tree.root / (path.lstrip("/") if tree.version == 2 else "memory" + path)
    for file in directory.glob("memory.*"):
        file.write_text("")
        file.unlink()


@pytest.mark.parametrize("noticed", [False, True], ids=["between two looks", "after it was missed"])
def test_one_made_anew_at_its_path_is_another_one(tree, limited, noticed):  # noqa: F811
    """As a service's at its restart, with a limit that may have changed meanwhile."""
    tree.group("/a", **limit(tree, 100 * MIB), **charged(tree, 90 * MIB))
    tree.group("/a/b", **unlimited(tree))
    limited.find(["/a/b"], RAM, 0.0)
    assert limited.near() == ["/a"]
    removed(tree, "/a")
    if noticed:
        assert limited.near() == []
        assert not limited
    tree.group("/a", **limit(tree, 50 * MIB), **charged(tree, 45 * MIB))
    if noticed:
        limited.find(["/a/b"], RAM, 2.0)
    assert limited.near() == ["/a"]
    assert limited.most == {"/a": 50 * MIB}
