"""The helper under random and structured input: nothing but the right target ever changes, nothing ever gets out.

    python -m tests.helper.fuzz [--count N] [--seed S]

Runs as root in a pid namespace of its own, with real processes and a real tree of units. What each input may change is
worked out by an oracle that shares no line with the helper. The first broken promise ends the run with the seed and
the input. Every so often the same input goes to the real program too, with the real descriptors.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.helper.support import ANA, BEN, HELPER, Target, arguments_for, load_helper
from tests.rigs.processes.proc import adj_of

ASKER = ANA
START_ADJ = 500
ERRORS = {
    "pid-1", "out-of-range", "pid-reused", "kernel-thread", "gone", "is-thread", "not-yours", "wrong-owner", "wrong-exe",
    "not-in-unit", "is-raise", "is-lowering", "refused-by-kernel", "user-manager", "not-ours", "changed-since", "unsafe-path", "reload-failed",
}  # fmt: skip
"""All that may happen here; `unreadable` and `changed-meanwhile` may not."""
FOREIGN = "[Service]\nOOMScoreAdjust=0\n"
WORDS = {"OOMPolicy": ("continue", "stop", "kill"), "ManagedOOMPreference": ("none", "avoid", "omit")}


class Broken(AssertionError):
    """The helper has broken a promise."""


class World:
    """Targets of three owners, their threads, the descriptors to watch them by, and a tree of units with what isn't ours."""

    def __init__(self, folder: Path) -> None:
        self.targets = {
            t.pid: t for t in (Target(*uids) for uids in ((ANA,), (ANA,), (BEN,), (0,), (ANA, 0, 0, 0)))
        }
        self.owners = dict(zip(self.targets, (ANA, ANA, BEN, 0, None), strict=True))
        self.exes = {pid: os.readlink(f"/proc/{pid}/exe") for pid in self.targets}
        self.fds = {pid: os.open(f"/proc/{pid}/oom_score_adj", os.O_RDWR) for pid in self.targets}
        self.init = adj_of(1)
        self.units = folder / "units"
        (self.units / "foreign.service.d").mkdir(parents=True)
        (self.units / "foreign.service.d/50-oomtray.conf").write_text(FOREIGN)
        (self.units / "linked.service.d").symlink_to(folder)
        self.still = self.tree()

    def adj(self, pid: int) -> int:
        return int(os.pread(self.fds[pid], 16, 0))

    def tree(self) -> dict[str, str]:
        found = {}
        for path in self.units.rglob("*"):
            if not path.is_dir() or path.is_symlink():
                found[str(path.relative_to(self.units))] = (
                    str(path.readlink()) if path.is_symlink() else path.read_text()
                )
        return found

    def reset(self) -> None:
        for pid, fd in self.fds.items():
            if self.adj(pid) != START_ADJ:
                os.write(fd, b"%d" % START_ADJ)
        for path in self.units.iterdir():
            if path.name not in ("foreign.service.d", "linked.service.d"):
                shutil.rmtree(path)

    def close(self) -> None:
        for target in self.targets.values():
            target.close()


# --- inputs ---

ODD: tuple[object, ...] = (
    None, True, False, -1, 0, 1, 2, 7.0, -0.0, 1e308, 2**31, 2**32 - 1, 2**63, 2**64, -(2**63), 10**4000, "", "0", "/", "\0",
    "\ud800", "\n", [], {}, [[]], {"pid": 1}, "a" * 5000, float("nan"), float("inf"),
)  # fmt: skip
NAMES = (
    "nginx.service", "a@b.service", "foreign.service", "linked.service", "user@1000.service", "x-.service", "x@.service",
    "../x.service", "x.slice", "x.service\n", ".service", "a" * 246 + ".service", "_.service", "\u00e9.service",
)  # fmt: skip


def process_line(chance: random.Random, world: World, *, undo: bool) -> dict[str, Any]:
    pid = chance.choice([*world.targets] * 4 + [1, 2, os.getpid(), chance.randrange(1 << 22)])
    target = world.targets.get(pid)
    start = target.start_time if target else chance.randrange(1 << 20)
    if target and chance.random() < 0.05:
        pid = target.thread
    if chance.random() < 0.1:
        start += chance.choice((-1, 1, 100, -start))
    adj = chance.randrange(START_ADJ)
    if chance.random() < 0.4:
        adj = chance.choice((START_ADJ, 501, 1000, 1001, -999, -1000, -1001, -1, chance.randint(-9999, 9999)))
    line: dict[str, Any] = {"pid": pid, "start_time": start, "adj": adj}
    if undo:
        if chance.random() < 0.7:
            line["adj"] = chance.randint(START_ADJ, 1000)
        line["floor"] = chance.choice((None, 0, 100, START_ADJ, chance.randint(-999, 1000)))
    if chance.random() < 0.3:
        line["uid"] = chance.choice((ANA, BEN, 0, chance.randrange(1 << 32)))
    if chance.random() < 0.2:
        line["exe"] = chance.choice(
            (world.exes.get(pid, "/x"), "/usr/bin/true", "/usr/bin/sleep", "/x (deleted)")
        )
    return line


def unit_line(chance: random.Random) -> dict[str, Any]:
    line: dict[str, Any] = {"unit": chance.choice(NAMES if chance.random() < 0.2 else NAMES[:5])}
    if chance.random() < 0.2:
        line["was"] = chance.choice((0, 0, chance.randrange(1 << 32), 1 << 32, chance.choice(ODD)))
    if chance.random() < 0.3:
        return line | {"remove": chance.choice((True, True, True, False, 1))}
    settings: dict[str, Any] = {"OOMScoreAdjust": chance.randint(-999, 1000)}
    if chance.random() < 0.1:
        settings["OOMScoreAdjust"] = chance.choice((-1000, 1001, True, "5", chance.choice(ODD)))
    for key, words in WORDS.items():
        if chance.random() < 0.3:
            settings[key] = chance.choice((*words * 4, "stop\nExecStart=/bin/sh", chance.choice(ODD)))
    if chance.random() < 0.2 and len(settings) > 1:
        del settings["OOMScoreAdjust"]
    if chance.random() < 0.05:
        settings["ExecStart"] = "/bin/sh"
    return line | {"set": settings}


def spoil(chance: random.Random, line: dict[str, Any]) -> dict[str, Any]:
    """One thing about it is wrong, or odd."""
    key = chance.choice(list(line))
    match chance.randrange(4):
        case 0:
            line.pop(key)
        case 1:
            line[key] = chance.choice(ODD)
        case 2:
            line[chance.choice(("exe", "uid", "name", "unit", "set", "remove", ""))] = chance.choice(ODD)
        case 3:
            line = {chance.choice((key, key.upper(), key + "\0")): line}
    return line


def make_input(chance: random.Random, world: World, verb: str, kind: str) -> bytes:
    form = chance.random()
    if form < 0.1:
        return chance.randbytes(chance.randrange(200))
    lines = []
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        line = (
            unit_line(chance)
            if verb == "unit" and chance.random() < 0.6
            else process_line(chance, world, undo=kind == "undo" and verb != "unit")
        )
        if chance.random() < 0.08:
            line = spoil(chance, line)
        lines.append(json.dumps(line, ensure_ascii=chance.random() < 0.9).encode("utf-8", "surrogatepass"))
    data = chance.choice((b"\n",) * 12 + (b"\r\n", b"\r", b"")).join(lines) + chance.choice((b"", b"\n"))
    if form < 0.2 and data:
        spoiled = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 8))):
            at = chance.randrange(len(spoiled))
            match chance.randrange(4):
                case 0:
                    spoiled[at] = chance.randrange(256)
                case 1:
                    spoiled[at:at] = chance.choice(
                        (b"\0", b'"', b"{", b"}", b",", b"\n", b"\xff", b"\\u0000", b"1" * 50)
                    )
                case 2:
                    del spoiled[at : at + chance.randrange(1, 9)]
                    spoiled = spoiled or bytearray(b"x")
                case 3:
                    spoiled += spoiled[at:]
        data = bytes(spoiled)
    return data


# --- the oracle ---


def as_asked(data: bytes) -> list[dict[str, Any]] | None:
    """The lines as any JSON reader sees them; None where one can't be read, so that nothing at all may change."""
    try:
        lines = [json.loads(line.decode()) for line in data.removesuffix(b"\n").split(b"\n")]
    except (ValueError, RecursionError):
        return None
    return lines if all(isinstance(line, dict) for line in lines) else None


def may_become(world: World, verb: str, kind: str, asked: list[dict[str, Any]] | None, pid: int) -> set[int]:
    """Values that this process may have afterwards: its own, and what lines that name it rightly ask for.

    No process here is in a cgroup of a unit, so with the verb `unit` none may change.
    """
    allowed = {START_ADJ}
    for line in asked or ():
        right = line.get("pid") == pid and line.get("start_time") == world.targets[pid].start_time
        mine = verb == "other" or (verb == "own" and world.owners[pid] == ASKER)
        owner = world.owners[pid]
        expected = "uid" not in line or (owner is not None and line["uid"] == owner)
        program = line.get("exe", world.exes[pid]) == world.exes[pid]
        adj = line.get("adj")
        if type(adj) is not int:
            continue
        if kind == "protect":
            way = -999 <= adj <= START_ADJ
        else:
            floor = line.get("floor")
            way = START_ADJ <= adj <= 1000 and (floor is None or floor <= adj)
        if right and mine and expected and program and way:
            allowed.add(adj)
    return allowed


def check_tree(world: World, verb: str, asked: list[dict[str, Any]] | None, tree: dict[str, str]) -> None:
    for path, text in tree.items():
        if path in world.still:
            if text != world.still[path]:
                raise Broken(f"{path} is not ours and has changed")
            continue
        name = path.removesuffix(".d/50-oomtray.conf")
        if verb != "unit" or name + ".d/50-oomtray.conf" != path or not name.endswith(".service"):
            raise Broken(f"{path} was made")
        comment, section, *settings = text.splitlines()
        values = dict(setting.split("=") for setting in settings)
        wanted = [line["set"] for line in asked or () if line.get("unit") == name and "set" in line]
        if not comment.startswith("# Written by OOM Tray") or section != "[Service]":
            raise Broken(f"{path} has {text!r}")
        if values not in [{key: str(value) for key, value in one.items()} for one in wanted]:
            raise Broken(f"{path} has {values}, asked was {wanted}")
        if not all(value in WORDS.get(key, value) for key, value in values.items()):
            raise Broken(f"{path} has {values}")
    if missing := set(world.still) - set(tree):
        raise Broken(f"{missing}: not ours and has gone")


# --- the run ---


class Fuzz:
    def __init__(self, world: World, file: Path, log: Callable[[str], object]) -> None:
        self.world = world
        self.file = file
        self.helper = load_helper(file)
        self.log = log
        self.counts = {
            "refused as a whole": 0,
            "served": 0,
            "changed a process": 0,
            "changed a unit": 0,
            "as a program": 0,
        }
        # A real reload for each would take hours, and is told elsewhere.
        self.helper.reload_manager = lambda _: True

    def in_process(self, arguments: list[str], data: bytes) -> None:
        answers: list[dict[str, Any]] = []
        roots = self.helper.Roots(units=str(self.world.units), log=self.seen_log)
        try:
            asked = self.helper.parse(arguments, data)
        except self.helper.RefusedError:
            self.counts["refused as a whole"] += 1
            return
        status = self.helper.serve(asked, ASKER, roots, answers.append)
        self.counts["served"] += 1
        said, wanted = arguments[-1], asked[1]
        units = [want.name for want in wanted if isinstance(want, self.helper.Unit)]
        if units != [said] if arguments[0] == "unit" else len(wanted) != int(said):
            raise Broken(f"served other than said: {arguments}")
        if len(answers) != len(asked[1]):
            raise Broken(f"{len(asked[1])} lines, {len(answers)} answers")
        if status != (0 if all(answer["ok"] for answer in answers) else 1):
            raise Broken(f"status {status} for {answers}")
        for answer in answers:
            if answer["ok"] == (answer["error"] is not None) or (answer["error"] or "gone") not in ERRORS:
                raise Broken(f"answer {answer}")

    @staticmethod
    def seen_log(_: int, text: str) -> None:
        if not (text.isascii() and text.isprintable()):
            raise Broken(f"log line {text!r}")

    def as_program(self, arguments: list[str], data: bytes) -> None:
        """Never with a right unit, as its tree is the machine's own."""
        done = subprocess.run(
            [self.file, *arguments],
            input=data,
            capture_output=True,
            env={"PKEXEC_UID": str(ASKER)},
            timeout=60,
            check=False,
        )
        self.counts["as a program"] += 1
        if done.returncode not in (0, 1, 2) or b"Traceback" in done.stderr or b"unexpected" in done.stderr:
            raise Broken(f"status {done.returncode}, {done.stderr!r}")
        if (done.returncode == 2) != bool(done.stderr) or (done.returncode == 2 and done.stdout):
            raise Broken(f"status {done.returncode}, {done.stderr!r}, {done.stdout!r}")

    def check(self, verb: str, kind: str, data: bytes) -> None:
        world, asked = self.world, as_asked(data)
        changed = False
        for pid in world.targets:
            adj = world.adj(pid)
            if adj != START_ADJ:
                changed = True
                self.counts["changed a process"] += 1
                if adj not in may_become(world, verb, kind, asked, pid):
                    raise Broken(f"pid {pid} became {adj}")
        if adj_of(1) != world.init:
            raise Broken("pid 1 has changed")
        tree = world.tree() if verb == "unit" else world.still
        if tree != world.still:
            changed = True
            self.counts["changed a unit"] += 1
            check_tree(world, verb, asked, tree)
        if changed:
            world.reset()

    def run(self, count: int, seed: int, *, program_every: int = 5000) -> None:
        for number in range(count):
            chance = random.Random(f"{seed}/{number}")
            verb = chance.choice(("own", "own", "other", "other", "unit"))
            kind = chance.choice(("protect", "protect", "undo"))
            data = make_input(chance, self.world, verb, kind)
            arguments = arguments_for(verb, data, kind)
            if chance.random() < 0.05:
                arguments[-1] = chance.choice((*NAMES, "0", "1", "2", "3"))
            try:
                self.in_process(arguments, data)
                self.check(verb, kind, data)
                if number % program_every == 0:
                    verb = verb if verb != "unit" else "own"
                    arguments = arguments_for(verb, data, kind)
                    self.as_program(arguments, data)
                    self.check(verb, kind, data)
            except BaseException as broken:
                raise Broken(f"seed {seed}, input {number}, {arguments} {data!r}: {broken!r}") from broken
            if number % 100_000 == 99_999:
                self.log(f"{number + 1} inputs")


def main() -> None:
    options = argparse.ArgumentParser(description="Fuzz the privileged helper.")
    options.add_argument("--count", type=int, default=1_000_000, help="inputs (default: a million)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--program-every", type=int, default=5000, help="each so many go to the real program too"
    )
    options.add_argument("--helper", type=Path, default=HELPER, help="another file to fuzz")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if not given.inside:
        from tests.helper.alone import alone

        os.execvp("unshare", alone("tests.helper.fuzz", "--inside", *sys.argv[1:]))
    with tempfile.TemporaryDirectory(prefix="oomtray-fuzz-") as folder:
        world = World(Path(folder))
        fuzz = Fuzz(world, given.helper, lambda text: print(text, flush=True))
        try:
            fuzz.run(given.count, given.seed, program_every=given.program_every)
        finally:
            world.close()
        print(json.dumps({"count": given.count, "seed": given.seed, **fuzz.counts}))


if __name__ == "__main__":
    main()
