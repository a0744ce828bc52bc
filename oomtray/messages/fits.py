"""Whether more memory would fit, and who would be killed in which order until it does, in whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import joined, tr, tr_n
from oomtray.messages.names import title, told_process, with_pid
from oomtray.messages.numbers import at_most, bounded
from oomtray.messages.victim import killer_name, nobody, only_visible, order_is_void
from oomtray.records import dataclass
from oomtray.risk.fits import Deaths, Fit, voids
from oomtray.risk.following import shown_app
from oomtray.text import size

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Risk

_NAMED = 4
"""How many names a sentence has."""
_WORTH_SAYING = 1 << 20
"""Bytes below which what the kernel keeps isn't mentioned."""


def answer(assessment: Assessment, fit: Fit) -> str:
    values = {"size": size(fit.size), "left": size(fit.left)}
    if fit.fits == "yes":
        if not fit.stalls:
            return tr("{size} would fit, with {left} left.", **values)
        return tr("{size} would fit only with swap, so the computer would become slow. {left} would be left.", **values)
    if fit.askable is not None:
        limit = size(assessment.snapshot.memory.commit_limit)
        return tr(
            "{size} would be refused: of the {limit} that programs may ask for in all, only about {left} is left"
            " (vm.overcommit_memory is 2).",
            size=size(fit.size), limit=limit, left=size(fit.askable),
        )  # fmt: skip
    if fit.fits == "no":
        return tr("{size} would not fit, whatever is ended.", **values)
    if fit.itself_after is None:
        return _once_ended(assessment, fit)
    if not fit.itself_after:
        return tr("{size} would not fit: the kernel would kill the new program itself at about {held}.", held=size(fit.ram + fit.swap), **values)
    names = waterline(assessment, fit.deaths.first(fit.itself_after))
    return tr("{size} would not fit: the kernel would kill {names}, and then the new program itself.", names=names, **values)


def notes(assessment: Assessment, fit: Fit, *, listed: bool = False) -> list[str]:
    """Return further sentences, the most useful first; `listed` means that a list shows the order of deaths."""
    if fit.askable is not None:
        return []
    found = [_room(assessment, fit)]
    if fit.fits == "after":
        if fit.itself_after is not None:
            found.insert(0, _once_ended(assessment, fit))
        elif not listed and not voids(assessment):
            found.append(tr("Otherwise the kernel would kill them in this order as memory runs out."))
        found += uncertain(assessment, fit.deaths)
    elif fit.fits == "no" and not assessment.snapshot.complete:
        found.append(only_visible())
    return found


def caption(fit: Fit) -> str:
    """Return the heading of the list of deaths."""
    if fit.itself_after is not None:  # the kernel would not kill them all
        return tr("To make room, end these first:")
    return tr("Until it fits, the kernel would kill in this order:")


def _once_ended(assessment: Assessment, fit: Fit) -> str:
    names = waterline(assessment, fit.deaths)
    return tr("{size} would fit once these have ended: {names}.", size=size(fit.size), names=names)


def to_free(assessment: Assessment, deaths: Deaths) -> str:
    """Give the order of deaths in one sentence."""
    if deaths.wanted == 0:
        return tr("To free {size}, nothing has to be killed.", size=size(0))
    if not deaths.dead:
        return nobody(assessment)
    names, freed = waterline(assessment, deaths), size(deaths.freed)
    if deaths.reached:
        return tr("To free {size}, the kernel would kill {names}.", size=size(deaths.wanted), names=names)
    return tr(
        "Killing can't free {size}: all that can be killed would free {freed}.",
        size=size(deaths.wanted), freed=freed if deaths.exact else at_most(deaths.freed),
    )  # fmt: skip


def uncertain(assessment: Assessment, deaths: Deaths) -> list[str]:
    """Say what may make the order or its sum wrong."""
    found = [] if assessment.snapshot.complete else [only_visible()]
    if deaths.dead and not deaths.exact:
        found.append(tr("These may free less than is shown, so more may have to end."))
    if deaths.unknown:
        found.append(
            tr_n(
                "What {count} of them frees is unknown, and counts as nothing.",
                "What {count} of them free is unknown, and counts as nothing.",
                deaths.unknown,
            )
        )
    found += [order_is_void(sysctl) for sysctl in voids(assessment)]
    first = assessment.killer
    if first is not None and first.name != "kernel":
        found.append(
            tr("{killer} acts before the kernel, and may choose others.", killer=killer_name(first.name))
        )
    return found


def waterline(assessment: Assessment, deaths: Deaths) -> str:
    """Return each app once, in the order of their first deaths, such as `slack, firefox (2 of 3 processes) and java`."""
    dead: dict[str, list[Risk]] = {}
    for risk in deaths.dead:
        dead.setdefault(title(assessment, risk), []).append(risk)
    names = [_dead_of(assessment, app, risks) for app, risks in dead.items()]
    return joined(names, most=_NAMED)


def _dead_of(assessment: Assessment, name: str, dead: list[Risk]) -> str:
    """Return an app's name with how many of its processes are dead; a single one by its own name, if it has one."""
    if len(dead) == 1 and (alone := row_name(assessment, dead[0])) != name:
        return alone
    apps = [shown_app(assessment, one) for one in dead]  # several may have the same name
    count = apps.count(None) + sum(len(app.members) for app in {id(app): app for app in apps if app is not None}.values())
    if len(dead) < count:
        return tr_n("{name} ({dead} of {count} process)", "{name} ({dead} of {count} processes)", count, name=name, dead=len(dead))
    return name if count == 1 else tr_n("{name} ({count} process)", "{name} ({count} processes)", count, name=name)


def counts_as_bytes(number: str) -> str:
    """Explain the unit of a number that was typed without one."""
    return tr(
        "A number alone means bytes. For more, type {mebibytes} or {gibibytes}.",
        mebibytes=f"{number}M", gibibytes=f"{number}G",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeathRow:
    """A line of a list of deaths."""

    text: str
    """The line as one sentence."""
    name: str
    """Its number and who dies."""
    pid: str
    frees: str
    total: str
    """What is free by then; empty if what this one frees is unknown."""


def column_heads() -> tuple[str, str]:
    """Return what the two amounts of each line are."""
    # Translators: heads over amounts of memory in a list of processes to end: what the end of one frees, and what is free by then
    return tr("Frees"), tr("In all")


def order_rows(assessment: Assessment, deaths: Deaths, most: int) -> tuple[DeathRow, ...]:
    """Return the first deaths, each with what it frees and what is free by then."""
    rows, sum_, exact = [], 0, True
    for number, risk in enumerate(deaths.dead[:most], 1):
        shown, pid = row_name(assessment, risk), risk.process.pid
        head, name = tr("{number}. {name}", number=number, name=shown), with_pid(shown, pid)
        sum_ += risk.frees or 0
        exact = exact and (risk.frees is None or risk.frees_exact)
        if risk.frees is None:
            text = tr("{number}. {name}, frees an unknown amount", number=number, name=name)
            rows.append(DeathRow(text, head, str(pid), tr("unknown"), ""))
        else:
            # Translators: one line of a list of deaths: its number, who dies, what that frees, what is free
            # by then
            its, total = bounded(risk.frees, exact=risk.frees_exact), bounded(sum_, exact=exact)
            text = tr("{number}. {name}, frees {size}, in all {total}", number=number, name=name, size=its, total=total)
            rows.append(DeathRow(text, head, str(pid), its, total))
    return tuple(rows)


def _room(assessment: Assessment, fit: Fit) -> str:
    """Say how much can be used now, by the amount left that the popup shows."""
    left = assessment.snapshot.memory.left
    kept = 0 if left is None else left - fit.ram
    values = {"left": size(left), "kept": size(kept), "ram": size(fit.ram), "swap": size(fit.swap)}
    if kept >= _WORTH_SAYING:
        if fit.swap:
            return tr("{left} of RAM is left, of which the kernel keeps {kept}. {swap} of swap can be used, too.", **values)
        return tr("{left} of RAM is left, of which the kernel keeps {kept}.", **values)
    if fit.swap:
        return tr("{ram} of RAM and {swap} of swap can be used now.", **values)
    return tr("{ram} of RAM can be used now.", **values)


def row_name(assessment: Assessment, risk: Risk) -> str:
    """Return `Slack`, or `Firefox · Web Content` if the app has another name than the process."""
    return told_process(risk.process, shown_app(assessment, risk))
