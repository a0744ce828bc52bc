"""What is said about an expendable app that is ended to keep the computer responsive, before and after."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from oomtray.messages.ending import ended
from oomtray.messages.i18n import joined, tr, tr_n
from oomtray.messages.names import app_name
from oomtray.messages.numbers import at_most
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.actions.ending import EndingResult
    from oomtray.risk.step_in import Candidate


def summary(candidate: Candidate, seconds: float) -> str:
    return tr_n("Ending {name} in {count} s", "Ending {name} in {count} s", math.ceil(seconds), name=_name(candidate))


def body(candidate: Candidate) -> str:
    return tr(
        "To keep the computer responsive, it is asked to end. That gives back {size}.", size=at_most(candidate.frees)
    )


def do_not() -> str:
    return tr("Don't")


def now() -> str:
    return tr("End now")


def do_not_end(name: str) -> str:
    """Return the accessible name of the button that refuses."""
    return tr("Don't end {name}", name=name)


def end_now(name: str) -> str:
    """Return the accessible name of the button that doesn't wait."""
    return tr("End {name} now", name=name)


def left_alone(candidate: Candidate) -> str:
    """Said after the user has refused."""
    return tr("{name} is left alone for half an hour.", name=_name(candidate))


def outcome(candidate: Candidate, asked: EndingResult, forced: EndingResult | None) -> str:
    name = _name(candidate)
    if asked.refused and not any(one.done for one in asked.endings):
        return ended(asked.refused[0])
    if forced is None and asked.stayed:
        return tr("{name} was asked to end and is still running.", name=name)
    if forced is None:
        return tr("{name} was ended to keep the computer responsive.", name=name)
    if forced.stayed:
        return tr("{name} was ended by force and is still running: the kernel has not let go of it.", name=name)
    return tr("{name} did not end when asked, and was ended by force to keep the computer responsive.", name=name)


def outcome_title(candidate: Candidate, asked: EndingResult, forced: EndingResult | None) -> str:
    if is_over(asked, forced):
        return tr("{name} was ended", name=_name(candidate))
    return tr("{name} is still running", name=_name(candidate))


def outcome_body(candidate: Candidate, asked: EndingResult, forced: EndingResult | None) -> str:
    """Return the text below that title."""
    if not is_over(asked, forced):
        return outcome(candidate, asked, forced)
    if forced is None:
        return tr("This keeps the computer responsive.")
    return tr("It did not end when asked. This keeps the computer responsive.")


def is_over(asked: EndingResult, forced: EndingResult | None) -> bool:
    return not asked.refused and not (asked if forced is None else forced).stayed


# marking


def may_be_ended(name: str, *, on: bool) -> str:
    """Return the hint of the entry in a row's menu."""
    if on:
        return tr("{name} may be ended when the computer is about to stop responding, after 15 s in which you can say no.", name=name)
    return tr("{name} is never ended for this: OOM Tray doesn't step in unless you switch it on.", name=name)


def marked(name: str, *, on: bool) -> str:
    if on:
        return tr("{name} is marked as expendable: it is ended first when the computer is about to stop responding.", name=name)
    return tr("{name} is marked as expendable. It is only ended if you let OOM Tray step in.", name=name)


def marks_changed(added: Sequence[str], gone: Sequence[str], *, on: bool) -> str:
    """Say which marks were changed; one of the two must be empty."""
    names = joined([printable(name) for name in added or gone])
    return marked(names, on=on) if added else unmarked(names)


def unmarked(name: str) -> str:
    return tr("{name} is no longer marked as expendable.", name=name)


def switch_on() -> str:
    """Return the label of the button that allows ending expendable apps."""
    return tr("Let it step in")


def switch_off() -> str:
    return tr("Never step in")


def what_it_does() -> str:
    return tr(
        "When memory is nearly gone, an app that you marked is ended after a countdown of 15 s in which you can say no."
    )


def switched(*, on: bool) -> str:
    if on:
        return tr("OOM Tray steps in: when memory is nearly gone, it ends an expendable app after 15 s in which you can say no.")
    return tr("OOM Tray doesn't step in: no app is ended for you.")


def _name(candidate: Candidate) -> str:
    return app_name(candidate.app)
