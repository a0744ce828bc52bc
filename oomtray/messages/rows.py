"""What a row of a table says of its process or app, in a few words each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr, tr_n
from oomtray.risk.certainty import candidacy
from oomtray.text import adjustment, printable

if TYPE_CHECKING:
    from oomtray.risk.assessment import Reason, Risk, WarningMark, WhyNot
    from oomtray.risk.certainty import Candidacy, Certainty

_STATUS: dict[Candidacy, str] = {"next": mark("next to be killed"), "maybe": mark("may be next")}
_NEVER: dict[WhyNot, str] = {
    "pid-1": mark("never killed: pid 1"),
    "kernel-thread": mark("never killed: part of the kernel"),
    "zombie": mark("ended already"),
    "adj-minimum": mark("never killed: set to -1000"),
    "no-memory": mark("holds no memory"),
    "not-eligible": mark("not chosen right now"),
}
_SHARE: dict[WarningMark, str] = {"elevated": mark("elevated"), "high": mark("high")}

# for the terminal, where a column is narrow
_TAG_STATUS: dict[Candidacy, str] = {"next": mark("next victim"), "maybe": mark("maybe next")}
_TAG_NEVER: dict[WhyNot, str] = {
    "pid-1": mark("never: pid 1"),
    "kernel-thread": mark("never: kernel thread"),
    "zombie": mark("never: zombie"),
    "adj-minimum": mark("never: adj -1000"),
    "no-memory": mark("never: no memory"),
    "not-eligible": mark("not now"),
}
_TAG_REASONS: dict[Reason, str] = {
    "small-but-first": mark("by its adj, not its size"),
    "adj-set-by-app": mark("adj not inherited"),
    "adj-set-by-unit": mark("adj set by its unit"),
    "adj-set-by-hand": mark("adj set by you"),
    "unit-dies-whole": mark("ends its unit"),
    "group-dies-whole": mark("ends its cgroup"),
}
"""The other reasons show in a column of their own."""


def tags(risk: Risk, order: Certainty = "sure") -> list[str]:
    """The words of a row's warning column in the terminal, the most important first.

    The next victim is marked whatever its share: elevated is said only where the share is that large.
    """
    if risk.why_not is not None:
        return [tr(_TAG_NEVER[risk.why_not])]
    said, who = [], candidacy(risk.reasons, order)
    if who is not None:
        said.append(tr(_TAG_STATUS[who]))
    if risk.warning == "high" or "large-share" in risk.reasons:
        said.append(share_word(risk.warning))
    return said + [tr(_TAG_REASONS[reason]) for reason in risk.reasons if reason in _TAG_REASONS]


def status(who: Candidacy) -> str:
    return tr(_STATUS[who])


def never(why_not: WhyNot) -> str:
    """Why it is not chosen."""
    return tr(_NEVER[why_not])


def share_word(warning: WarningMark) -> str:
    """The word for a large share; empty for an ordinary one."""
    return tr(_SHARE[warning]) if warning in _SHARE else ""


def processes(count: int) -> str:
    return tr_n("{count} process", "{count} processes", count)


def reason(which: Reason, risk: Risk, app: str | None = None) -> str:
    """What is odd about a row; `app` is its app's name. Empty for what the row shows in another place."""
    adj, unit = adjustment(risk.process.oom_score_adj), risk.unit and printable(risk.unit)
    match which:
        case "adj-set-by-app":
            name = app or risk.app
            return tr("{adj} set by {name}", adj=adj, name=printable(name)) if name else tr("{adj} set by itself", adj=adj)
        case "adj-set-by-unit":
            return tr("{adj} set by {name}", adj=adj, name=unit) if unit else tr("{adj} set by its unit", adj=adj)
        case "adj-set-by-hand":
            return tr("{adj} set by you", adj=adj)
        case "adj-inherited":
            return tr("{adj} inherited", adj=adj)
        case "adj-protected":
            return tr("protected")
        case "unit-dies-whole":
            if unit and unit.startswith("session-"):
                return tr("the whole session would end")
            return tr("all of {unit} would end", unit=unit) if unit else tr("its whole unit would end")
        case "group-dies-whole":
            return tr("its whole control group would end")
        case "small-but-first":
            return tr("first by its adjustment, not its size")
        case _:
            return ""


def adjustment_word(span: tuple[int, int]) -> str:
    """Lowest and highest oom_score_adj of a row, beside the highest as a number; empty where nothing was set."""
    lowest, highest = span
    if span == (0, 0):
        return ""
    if highest < 0:
        return tr("protected")
    return tr("raised") if lowest == highest else tr("from {adj}", adj=adjustment(lowest))


def spoken_adjustment(span: tuple[int, int] | None) -> str:
    lowest, highest = span or (None, None)
    if lowest != highest:
        values = {"lowest": adjustment(lowest), "highest": adjustment(highest)}
        if highest is not None and highest < 0:
            return tr("oom_score_adj: {lowest} to {highest}, protected", **values)
        return tr("oom_score_adj: {lowest} to {highest}", **values)
    adj = adjustment(highest)
    if not highest:
        return tr("oom_score_adj: {adj}", adj=adj)
    return tr("oom_score_adj: {adj}, protected", adj=adj) if highest < 0 else tr("oom_score_adj: {adj}, raised", adj=adj)


def place(risk: Risk) -> str:
    """A process's number in the table."""
    if risk.rank is None:
        return tr("It can't be chosen.")
    return tr("Number {number} in the kernel's order.", number=risk.rank)


def place_of_app(number: int | None, first: Risk, *, several: bool) -> str:
    """Apps are numbered among apps, processes in the kernel's order. `first` is the member that would be killed first."""
    if number is None or first.rank is None:
        return place(first)
    if several:
        return tr("App number {number}. Its first process is number {rank} in the kernel's order.",
                  number=number, rank=first.rank)  # fmt: skip
    return tr("App number {number}. Its process is number {rank} in the kernel's order.", number=number, rank=first.rank)


def nothing_found(text: str, *, mine: bool, by_app: bool) -> str:
    """Why the list is empty; `text` is what the names were filtered by."""
    if not text:
        return tr("None of these is yours")
    if text.isdecimal():
        if mine:
            return tr('None of yours is called "{text}" or has this pid', text=text)
        if by_app:
            return tr('No app or process is called "{text}" or has this pid', text=text)
        return tr('No process is called "{text}" or has this pid', text=text)
    if mine:
        return tr('None of yours is called "{text}"', text=text)
    return tr('No app or process is called "{text}"', text=text) if by_app else tr('No process is called "{text}"', text=text)
