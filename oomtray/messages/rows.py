"""What a table row says about its process or app, in a few words each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.messages.actions import set_by_rule
from oomtray.messages.i18n import mark, tr, tr_c, tr_n
from oomtray.risk.app_names import application_id
from oomtray.risk.certainty import Candidacy, Certainty, candidacy
from oomtray.text import adjustment as plain_adjustment
from oomtray.text import printable

if TYPE_CHECKING:
    from oomtray.risk.judged import Reason, Risk, WarningMark, WhyNot

Standing = Literal["first", "maybe", "early", "protected", "never", "normal"]
"""A row's status; "early" means that it was deprioritized here, but another goes first."""

_STANDING: dict[Standing, str] = {
    "first": mark("First to go"),
    "maybe": mark("May be first to go"),
    "early": mark("Deprioritized"),
    "protected": mark("Protected"),
    "never": mark("Never killed"),
}
_NEVER: dict[WhyNot, str] = {
    "pid-1": mark("Never killed: PID 1"),
    "kernel-thread": mark("Never killed: part of the kernel"),
    "zombie": mark("Ended already"),
    "adj-minimum": mark("Never killed: set to -1000"),
    "no-memory": mark("Holds no memory"),
    "not-eligible": mark("Not chosen right now"),
}
_TERMINALS = ("vte-spawn-", "ptyxis-spawn-", "kitty-", "tmux-spawn-")
"""Prefixes of scopes that terminals create for what runs in them."""
_SHARE: dict[WarningMark, str] = {"elevated": mark("elevated"), "high": mark("high")}

# for the terminal, where columns are narrow
_TAG_STATUS: dict[Candidacy, str] = {"next": mark("next victim"), "maybe": mark("maybe next")}
_TAG_NEVER: dict[WhyNot, str] = {
    "pid-1": mark("never: PID 1"),
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
    "adj-set-by-rule": mark("adj set by your rule"),
    "unit-dies-whole": mark("ends its unit"),
    "group-dies-whole": mark("ends its cgroup"),
}
"""Other reasons have columns of their own."""


def tags(risk: Risk, order: Certainty = "sure") -> list[str]:
    """Return the texts of a row's warning column in the terminal, the most important first.

    The next victim is marked whatever its share; elevated is said only if the share is that large.
    """
    if risk.why_not is not None:
        return [tr(_TAG_NEVER[risk.why_not])]
    said, who = [], candidacy(risk.reasons, order)
    if who is not None:
        said.append(tr(_TAG_STATUS[who]))
    if risk.warning == "high" or "large-share" in risk.reasons:
        said.append(share_word(risk.warning))
    return said + [tr(_TAG_REASONS[reason]) for reason in risk.reasons if reason in _TAG_REASONS]


def standing(which: Standing) -> str:
    return tr_c("to be killed", "Normal") if which == "normal" else tr(_STANDING[which])


def never(why_not: WhyNot) -> str:
    return tr(_NEVER[why_not])


def share_word(warning: WarningMark) -> str:
    """Return the word for a large share; empty for an ordinary one."""
    return tr(_SHARE[warning]) if warning in _SHARE else ""


def processes(count: int) -> str:
    return tr_n("{count} process", "{count} processes", count)


def reason(which: Reason, risk: Risk, app: str | None = None, *, own: bool = False) -> str:
    """Describe a peculiarity of a row; empty for one shown elsewhere.

    `app` is its app's name, `own` means that the row has that name.
    """
    unit = risk.unit and printable(risk.unit)
    match which:
        case "adj-set-by-app":
            name = "" if own else app or risk.app
            return tr("set by {name}", name=printable(name)) if name else tr("set by itself")
        case "adj-set-by-unit":
            return _set_by_unit(risk.unit, app or risk.app, own=own)
        case "adj-set-by-hand":
            return tr("set by you")
        case "adj-set-by-rule":
            return set_by_rule()
        case "adj-inherited":
            return tr("inherited")
        case "unit-dies-whole":
            if unit and unit.startswith("session-"):
                return tr("the whole session would end")
            return tr("all of {unit} would end", unit=unit) if unit else tr("its whole unit would end")
        case "group-dies-whole":
            return tr("its whole control group would end")
        case _:
            return ""


def _set_by_unit(unit: str | None, app: str | None, *, own: bool) -> str:
    """Say what set the adjustment, in words if the unit's name is generated; `app` is whose processes they are."""
    if not unit:
        return tr("set by its unit")
    if unit.startswith("session-") and unit.endswith(".scope"):
        return tr("set by its session")
    if unit.startswith(_TERMINALS) and unit.endswith(".scope"):
        return tr("set by its terminal")
    if app and application_id(unit) is not None:
        return tr("set by its unit") if own else tr("set by {name}", name=printable(app))
    return tr("set by {name}", name=printable(unit))


def smaller_apps(count: int) -> str:
    """Return the name of the row that summarizes the quiet tail of the list."""
    return tr_n("{count} smaller app", "{count} smaller apps", count)


def adjustment(lowest: int, highest: int) -> str:
    """Format the oom_score_adj of a row's processes: +300, or 0 to +233."""
    if lowest == highest:
        return plain_adjustment(highest)
    return tr("{lowest} to {highest}", lowest=plain_adjustment(lowest), highest=plain_adjustment(highest))


def adjustment_figure(lowest: int, highest: int) -> str:
    """Format an adjustment or a range where nothing else says what the number is."""
    return tr("adj {value}", value=adjustment(lowest, highest))


def spoken_status(which: Standing, span: tuple[int, int] | None) -> str:
    """Return the status and its number for screen readers."""
    adj = plain_adjustment(None) if span is None else adjustment(*span)
    return tr("{status}. oom_score_adj: {adj}", status=standing(which), adj=adj)


def place(risk: Risk) -> str:
    """Give a process's number in the table."""
    if risk.rank is None:
        return tr("It can't be chosen.")
    return tr("Number {number} in the kernel's order.", number=risk.rank)


def place_of_app(number: int | None, first: Risk, *, several: bool) -> str:
    """Give an app's number among apps and a process's in the kernel's order; `first` would be killed first."""
    if number is None or first.rank is None:
        return place(first)
    if several:
        return tr("App number {number}. Its first process is number {rank} in the kernel's order.",
                  number=number, rank=first.rank)  # fmt: skip
    return tr("App number {number}. Its process is number {rank} in the kernel's order.", number=number, rank=first.rank)


def nothing_found(text: str, *, mine: bool, by_app: bool) -> str:
    """Say why the list is empty; `text` is the filter."""
    if not text:
        return tr("None of these is yours")
    if text.isdecimal():
        if mine:
            return tr("None of yours is called “{text}” or has this PID", text=text)
        if by_app:
            return tr("No app or process is called “{text}” or has this PID", text=text)
        return tr("No process is called “{text}” or has this PID", text=text)
    if mine:
        return tr("None of yours is called “{text}”", text=text)
    return tr("No app or process is called “{text}”", text=text) if by_app else tr("No process is called “{text}”", text=text)
