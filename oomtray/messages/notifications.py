"""What a notification says when memory gets short, and the labels of its buttons."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from oomtray.messages import memory, victim
from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.names import alike, app_name, brief_name, set_apart, told_name, told_process
from oomtray.messages.numbers import age, freed
from oomtray.messages.ranges import in_a_sentence
from oomtray.risk.certainty import void_by
from oomtray.risk.conditions import OF_THE_SETUP
from oomtray.text import size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.growing_apps import GrowingApp
    from oomtray.risk.judged import AppId, Risk

_MINUTE = 60.0
_NAME_LENGTH = 24
"""Characters of a process's name on a button."""
Apart = frozenset[tuple[int, int]]
"""Identities of processes whose PIDs tell them apart."""
_NONE: Apart = frozenset()


def summary(assessment: Assessment) -> str:
    left = memory.left(assessment.snapshot.memory)
    return tr("{state}: {left}", state=memory.headline(assessment), left=left)


class Named(Protocol):
    """What a button acts on."""

    @property
    def name(self) -> str: ...

    @property
    def risks(self) -> tuple[Risk, ...]: ...


def told_apart(assessment: Assessment, subjects: Iterable[Named]) -> Apart:
    """Return the processes that need a PID beside what else is told: the victim, what grows, and what buttons act on."""
    told = [process for grown in assessment.growing[:1] for process in grown.growing[:1]]
    told += [risk.process for subject in subjects for risk in subject.risks[:1]]
    dies = assessment.victim
    if dies is None:
        return alike(assessment, told, scripts=True)
    near = alike(assessment, (risk.process for risk in (dies.risk, *dies.near)))
    return alike(assessment, (dies.risk.process, *told), scripts=True) | near


def body(assessment: Assessment, apart: Apart = _NONE) -> str:
    """Say how long memory lasts, what grows, who would be killed, and the uncertainty, one sentence a line."""
    both = _stall_then_kill(assessment, apart)
    lasts = both or memory.lasts_sentence(assessment)
    lines = [*([lasts] if lasts else []), *grows(assessment, apart)]
    if not both:
        lines.append(victim.outcome(assessment, partial(told_name, apart=apart)))
    if void_by(assessment) is None:
        urgent = tuple(one for one in assessment.conditions if one.id not in OF_THE_SETUP)
        lines += [note.text for note in victim.notes(replace(assessment, conditions=urgent), numbered=False)]
    return "\n".join(lines)


def _stall_then_kill(assessment: Assessment, apart: Apart) -> str:
    """Give both clocks and the victim in one sentence; empty if the stall isn't first or nobody is next."""
    stall, kill = memory.clocks(assessment.forecast)
    dies = assessment.victim
    if stall is None or kill is None or dies is None or void_by(assessment) is not None:
        return ""
    values = {
        "stall": in_a_sentence(stall),
        "kill": in_a_sentence(kill),
        "killer": victim.killer_name(dies.killer),
        "name": told_name(assessment, dies.risk, apart),
    }
    if dies.risk.frees is None:
        return tr("At this rate apps get slow in {stall}; in {kill} {killer} kills {name}.", **values)
    return tr(
        "At this rate apps get slow in {stall}; in {kill} {killer} kills {name}, which frees {size}.", **values, size=freed(dies.risk)
    )


def grows(assessment: Assessment, apart: Apart = _NONE) -> list[str]:
    """Name what takes memory fastest, in a sentence; empty if unknown."""
    return [
        tr("{name} grows by {size} a minute.", name=_grower(one, apart), size=size(one.rate * _MINUTE))
        for one in assessment.growing[:1]
    ]


def takes_most(assessment: Assessment, app: AppId) -> str:
    """Say which app caused a warning."""
    if assessment.growing:
        return grows(assessment)[0]
    return tr("{name} holds most memory.", name=app_name(app))


def do_not_warn(app: AppId) -> str:
    """Return a button's label in the window."""
    return tr("Don't warn about {name}", name=_cut(app_name(app)))


def still_critical() -> str:
    return tr("You are still told when memory is nearly gone.")


def _grower(grown: GrowingApp, apart: Apart) -> str:
    """Name the growing app, with its process if that grows most, so that the button's name is recognized."""
    main = grown.growing[0]
    return app_name(grown.app) if grown.main is None else set_apart(told_process(main, grown.app), main, apart)


def protect(assessment: Assessment, subject: Named, apart: Apart = _NONE) -> str:
    """Return a button's label; an app is protected whole."""
    return tr("Protect {name}", name=_brief(assessment, subject, apart))


def end(assessment: Assessment, subject: Named, apart: Apart = _NONE) -> str:
    """Return a button's label; for an app, only its growing processes are meant."""
    count, name = len(subject.risks), _brief(assessment, subject, apart)
    if count == 1:
        return tr("End {name}", name=name)
    return tr_n("End {count} process of {name}", "End {count} processes of {name}", count, name=name)


def let_go_first(assessment: Assessment, subject: Named, apart: Apart = _NONE) -> str:
    """Return the label of the button that has the kernel kill this process before others."""
    return tr("Let {name} go first", name=_brief(assessment, subject, apart))


def show() -> str:
    return tr("Show")


def snooze(minutes: float) -> str:
    return tr("Snooze for {time}", time=age(60 * minutes))


def needs_password() -> str:
    """Said because a notification must not open a password dialog."""
    return tr("Open OOM Tray to continue with a password.")


def _brief(assessment: Assessment, subject: Named, apart: Apart) -> str:
    """Name what a button acts on as the sentences above it do, as far as there is room."""
    if len(subject.risks) > 1:
        return _cut(subject.name)
    risk = subject.risks[0]
    return set_apart(_cut(brief_name(assessment, risk)), risk.process, apart)


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…"
