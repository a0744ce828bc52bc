"""`replay`: feed recorded readings through the levels, the forecast and the notifications with the current settings."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Any, BinaryIO, TypeGuard

from oomtray.cli import DONE, Failure, add_json_option, warn
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.replay import ReplayEvent

_MOST = 64 << 20
"""Longest line in bytes: a bundle is one line, a reading has some hundred bytes."""
_BACK = 60.0
"""Seconds by which time must go back for a new recording: clock set, computer restarted, or another file appended."""
_SIZES = ("swap_total", "swap_free", "oom_kills", "floor", "huge_pages", "reclaimable")
_LARGEST = 1 << 62


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "replay",
        help=tr("show when recorded readings would have warned"),
        description=tr(
            "Feed recorded readings through the levels, the forecast and the notifications with your settings, and show each event with its time."
        ),
    )
    parser.add_argument(
        "file", metavar="FILE", help=tr("what watch --json, history --json or kills --bundle has printed; - is standard input")
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    from oomtray.cli.input import name_of, opened

    with opened(arguments.file) as stream:
        return _replay(stream, name_of(arguments.file), as_json=arguments.json)


def _replay(stream: BinaryIO, name: str, *, as_json: bool) -> int:
    from oomtray.cli.monitoring import user_settings
    from oomtray.messages.replay import event as sentence
    from oomtray.messages.replay import nothing
    from oomtray.risk.replay import Replay

    settings, readings, events = user_settings(), 0, 0
    replay, unread = Replay(settings), Unread()
    for at, memory, anew in in_order(read_lines(iter(lambda: stream.readline(_MOST), b""), unread), unread):
        if anew:
            replay = Replay(settings)
        readings += 1
        for event in replay.add(at, memory):
            events += 1
            print(_as_json(event) if as_json else sentence(event))
    if not readings:  # then nothing need be said of each line: an error is one line
        raise Failure(tr("{file}: there is no reading in it: a line is an object with at or time, and memory", file=name))
    unread.tell()
    if not events and not as_json and sys.stdout.isatty():  # a script gets no line if there is no event
        print(nothing(readings))
    return DONE


class Unread:
    """Counts of the lines that were skipped."""

    def __init__(self) -> None:
        self.broken = 0
        self.first_broken = 0
        self.out_of_order = 0
        self.begun_anew = 0

    def add(self, line: int) -> None:
        self.broken += 1
        self.first_broken = self.first_broken or line

    def tell(self) -> None:
        from oomtray.messages import replay as words

        if self.broken:
            warn(words.broken(self.broken, self.first_broken))
        if self.out_of_order:
            warn(words.out_of_order(self.out_of_order))
        if self.begun_anew:
            warn(words.begun_anew(self.begun_anew))


def read_lines(lines: Iterable[bytes], unread: Unread | None = None) -> Iterator[tuple[float, Memory]]:
    """Yield each reading with its time; lines without `memory` are skipped silently.

    Invalid ones are counted in `unread`.
    """
    unread = unread or Unread()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            unread.add(number)
            continue
        for one in _objects(told):
            reading = _reading(one)
            if reading is None:
                unread.add(number)
            else:
                yield reading


def in_order(readings: Iterable[tuple[float, Memory]], unread: Unread) -> Iterator[tuple[float, Memory, bool]]:
    """Yield readings that are later than the previous one, and whether each begins a new recording.

    A new recording begins more than a minute earlier, and the next reading continues it: a single one is an
    error.
    """
    last, earlier = -math.inf, None
    for at, memory in readings:
        if earlier is not None and earlier[0] < at <= last:
            unread.begun_anew += 1
            yield *earlier, True
            yield at, memory, False
            last, earlier = at, None
            continue
        unread.out_of_order += earlier is not None
        earlier = None
        if at > last:
            yield at, memory, False
            last = at
        elif last - at > _BACK:
            earlier = at, memory
        else:
            unread.out_of_order += 1
    unread.out_of_order += earlier is not None


def _objects(told: object) -> list[dict[str, Any]]:
    if not isinstance(told, dict):
        return []
    if isinstance(told.get("readings"), list):
        return [one for one in told["readings"] if isinstance(one, dict) and "memory" in one]
    return [told] if "memory" in told else []


def _reading(told: dict[str, Any]) -> tuple[float, Memory] | None:
    """Parse a reading; None if a value is invalid."""
    from oomtray.kernel.snapshot import Memory

    at: object = told.get("at", told.get("time"))
    memory = told["memory"]
    if not isinstance(memory, dict) or not _is_number(at, -_LARGEST, _LARGEST):
        return None
    total: object = memory.get("total")
    available: object = memory.get("available")
    if "available" not in memory or not _is_number(total, 1, _LARGEST):
        return None
    if available is not None and not _is_number(available, 0, total):
        return None
    sizes = {name: memory[name] for name in _SIZES if memory.get(name) is not None}
    if not all(_is_number(value, 0, _LARGEST) for value in sizes.values()):
        return None
    worth: object = memory.get("swap_worth")
    psi: object = memory.get("psi") or {}
    if not isinstance(psi, dict) or (worth is not None and not _is_number(worth, 0, 1)):
        return None
    some, full = psi.get("some_avg10"), psi.get("full_avg10")
    if not all(value is None or _is_number(value, 0, 100) for value in (some, full)):
        return None
    whole: dict[str, Any] = {name: int(value) for name, value in sizes.items()}
    whole = {"swap_total": None, "swap_free": None, "oom_kills": None} | whole
    free, swap = whole["swap_free"], whole["swap_total"]
    if free is not None and (swap is None or free > swap):
        whole["swap_free"] = None
    return float(at), Memory(
        total=int(total),
        available=None if available is None else int(available),
        swap_worth=None if worth is None else float(worth),
        psi_some_avg10=some,
        psi_full_avg10=full,
        **whole,
    )


def _is_number(value: object, least: float, most: float) -> TypeGuard[float]:
    # NaN compares as neither less nor more; an integer of many digits can't be a float
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _as_json(event: ReplayEvent) -> str:
    from oomtray.cli.as_json import dumps

    return dumps(
        {
            "at": round(event.at, 3),
            "event": event.event,
            "level": event.level,
            "cause": event.cause,
            "clock": event.clock,
            "seconds": None if event.seconds is None else [round(end, 1) for end in event.seconds],
        }
    )
