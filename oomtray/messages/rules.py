"""Rules, what they cost and what became of them, as words for the desktop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.changes import why
from oomtray.text import adjustment, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.actions.rules.engine import Applied, State
    from oomtray.actions.rules.model import Mistake, Rule
    from oomtray.config import Actions

STATES: dict[State, str] = {
    "kept": "",
    "waiting": "needs a password",
    "declined": "needs a password, which was declined for good",
    "name-only": "needs a password, which is never asked for a name alone",
    "set-back": "was changed since, and is left alone",
    "not-yours": "belongs to another user, who alone may raise it",
    "failed": "could not be changed",
}
_NAMES = {
    "app": "the app {}",
    "exe": "the program {}",
    "process": "processes named {}",
    "command": "a command line with {}",
    "unit": "the unit {}",
    "user": "the user {}",
}


def conditions(rule: Rule) -> str:
    """`the app firefox, of the user ana`."""
    named = [_NAMES[key].format(printable(value)) for key, value in rule.conditions.items()]
    return ", of ".join([", ".join(named[:-1]), named[-1]]) if rule.user and len(named) > 1 else ", ".join(named)


def value(rule: Rule, levels: Actions) -> str:
    """`-500 (protect)`, or the number."""
    number = adjustment(rule.value(levels))
    return number if isinstance(rule.set, int) else f"{number} ({rule.set})"


def cost(rule: Rule, levels: Actions) -> str | None:
    """What a rule below 0 costs where no unit carries it, in whole sentences; None where it costs nothing."""
    if rule.value(levels) >= 0:
        return None
    if not rule.may_ask:
        return (
            "It goes only as low as needs no password, which is never asked for a name alone: anyone can name a"
            " program so."
        )
    if rule.unit is not None:
        return "Set for the unit itself, it would need an administrator's password only once."
    return (
        "Going below 0 needs an administrator's password, and again for new processes from about five minutes after the"
        " last time. Without it each is lowered as far as is allowed."
    )


def waiting(rules: Iterable[Rule]) -> str:
    count = len(tuple(rules))
    return "1 rule needs your permission" if count == 1 else f"{count} rules need your permission"


def mistake(file: str, wrong: Mistake) -> str:
    """`rules.toml, line 3, rule 1: ...`."""
    place = [file, *([f"line {wrong.line}"] if wrong.line else []), *([f"rule {wrong.rule}"] if wrong.rule else [])]
    return printable(f"{', '.join(place)}: {wrong.says}")


def step(one: Applied) -> str:
    """`mysqld (123): +0 to -500, needs your permission`."""
    now, wanted = adjustment(one.process.oom_score_adj), adjustment(one.wanted)
    said = [f"stays at {wanted}" if now == wanted else f"{now} to {wanted}"]
    if STATES[one.state] and now != wanted:
        error = one.change.error if one.state == "failed" and one.change is not None else None
        said.append(why(error) if error is not None else STATES[one.state])
    return f"{printable(one.process.name)} ({one.process.pid}): {', '.join(said)}"
