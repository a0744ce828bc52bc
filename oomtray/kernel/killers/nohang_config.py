"""Parse nohang's configuration file: `key = value`, and lines with `@` that may be repeated (nohang.conf of 0.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from oomtray.kernel.killer_facts import Adjustment, Least, Nohang, NohangLimit, Property, SoftAction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oomtray.kernel.killer_facts import Daemon

_COMMENTS = ("#", "\t", " ")
"""Lines that begin with one of these are ignored."""
_ADJUST, _ACT = "@BADNESS_ADJ_RE_", "@SOFT_ACTION_RE_"
_SEPARATOR = "///"
_BY_KEYWORD: dict[str, Property] = {one.upper(): one for one in get_args(Property)}
_MOST = 1000
"""How many lines of one kind are kept."""


def parse(daemon: Daemon, text: str) -> Nohang:
    """Parse the settings; missing and invalid ones are as in nohang's own file, without which it would not run."""
    lines = [line for line in text.splitlines() if line and not line.startswith(_COMMENTS)]
    given = {key.strip(): value.strip() for key, equals, value in (line.partition("=") for line in lines) if equals}
    facts = Nohang(daemon=daemon)
    return replace(
        facts,
        soft=_limit(given, "soft_threshold_", facts.soft),
        hard=_limit(given, "hard_threshold_", facts.hard),
        zram_checked=given.get("zram_checking_enabled") == "True",
        pressure_checked=given.get("psi_checking_enabled") == "True",
        ignore_positive_adj=given.get("ignore_positive_oom_score_adj") == "True",
        least_badness=int(_number(given.get("min_badness", "")) or facts.least_badness),
        adjustments=tuple(_adjustments(lines))[:_MOST],
        soft_actions=tuple(_soft_actions(lines))[:_MOST],
    )


def pressure_source(text: str) -> tuple[str, str]:
    """Return the pressure file that it reads, and which of its averages, such as `full_avg10`."""
    given = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in text.splitlines())}
    return given.get("psi_path") or "/proc/pressure/memory", given.get("psi_metrics") or "full_avg10"


def _limit(given: dict[str, str], prefix: str, usual: NohangLimit) -> NohangLimit:
    pressure = _number(given.get(f"{prefix}max_psi", ""))
    return NohangLimit(
        memory=_least(given.get(f"{prefix}min_mem", ""), 1 << 20) or usual.memory,
        # 0.2.0 takes the number before M as KiB here (get_swap_threshold_tuple)
        swap=_least(given.get(f"{prefix}min_swap", ""), 1 << 10) or usual.swap,
        zram=_least(given.get(f"{prefix}max_zram", ""), 1 << 20) or usual.zram,
        pressure=usual.pressure if pressure is None else pressure,
    )


def _least(text: str, unit: int) -> Least | None:
    """Parse `5 %` of the whole, or `100 M`."""
    number = _number(text[:-1])
    if number is None or text[-1:] not in ("%", "M"):
        return None
    return Least(number) if text.endswith("%") else Least(None, int(number * unit))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < 1 << 53 else None


def _adjustments(lines: list[str]) -> Iterator[Adjustment]:
    for keyword, before, pattern in _optional(lines, _ADJUST):
        try:
            yield Adjustment(keyword, int(before), pattern)
        except ValueError:
            continue


def _soft_actions(lines: list[str]) -> Iterator[SoftAction]:
    for keyword, pattern, command in _optional(lines, _ACT):
        yield SoftAction(keyword, pattern, command)


def _optional(lines: list[str], prefix: str) -> Iterator[tuple[Property, str, str]]:
    """Yield what stands before and after the separator."""
    for line in lines:
        if line.startswith(prefix):
            keyword, _, rest = line.removeprefix(prefix).partition(" ")
            before, separator, after = rest.partition(_SEPARATOR)
            if keyword in _BY_KEYWORD and separator:
                yield _BY_KEYWORD[keyword], before.strip(), after.strip()
