"""Who would be killed next, by whom, and what makes that uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.messages.conditions import condition
from oomtray.messages.i18n import joined, mark, tr, tr_n
from oomtray.messages.killers import ends, group_ends, unit_ends
from oomtray.messages.names import alike, app_name, called, full_name, told_name
from oomtray.messages.numbers import freed
from oomtray.records import dataclass
from oomtray.risk.certainty import certainty, is_forestalled, void_by
from oomtray.risk.following import sole_app
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from oomtray.kernel.killer_names import KillerName
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Risk
    from oomtray.risk.killer import Also, Override, Victim

    Named = Callable[[Assessment, Risk], str]

_NEAR_SHOWN = 3
"""How many others that it may be as well are named; the rest are counted."""
_INSTEAD: dict[Override, str] = {
    "panic_on_oom": mark("If memory ran out now, the kernel would panic and the whole machine would stop."),
    "oom_kill_allocating_task": mark(
        "If memory ran out now, the kernel would kill whichever process asked for memory at that moment."
    ),
}
_INSTEAD_IN_CGROUP: dict[Override, str] = _INSTEAD | {
    "panic_on_oom": mark("If {cgroup} ran out of memory now, the kernel would panic and the whole machine would stop.")
}
"""vm.oom_kill_allocating_task has no effect there."""
_TIP_INSTEAD: dict[Override, str] = {
    "panic_on_oom": mark("{memory}; if it ran out now, the kernel would panic and the whole machine would stop"),
    "oom_kill_allocating_task": mark(
        "{memory}; if it ran out now, the kernel would kill whichever process asked for memory at that moment"
    ),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A whole sentence; its shape shows how serious it is."""

    shape: Literal["info", "warning"]
    text: str


def killer_name(name: KillerName) -> str:
    return tr("the kernel") if name == "kernel" else name


def sentences(assessment: Assessment) -> list[str]:
    """Say who is next, for the terminal."""
    return [outcome(assessment), *(note.text for note in notes(assessment))]


def outcome(assessment: Assessment, named: Named = full_name) -> str:
    """Say what would happen if memory ran out now; `named` returns a process's name."""
    victim = assessment.victim
    if void_by(assessment) is not None:
        return instead(assessment)
    return nobody(assessment) if victim is None else _would_kill(assessment, victim, named)


def _would_kill(assessment: Assessment, victim: Victim, named: Named) -> str:
    scope, frees = assessment.snapshot.scope, victim.risk.frees
    values = {"killer": killer_name(victim.killer), "name": named(assessment, victim.risk), "size": freed(victim.risk)}
    if scope.kind == "system":
        if frees is None:
            return tr("If memory ran out now, {killer} would kill {name}.", **values)
        return tr("If memory ran out now, {killer} would kill {name}, which would free {size}.", **values)
    values["cgroup"] = printable(scope.path or "/")
    if frees is None:
        return tr("If {cgroup} ran out of memory now, {killer} would kill {name}.", **values)
    return tr("If {cgroup} ran out of memory now, {killer} would kill {name}, which would free {size}.", **values)


def instead(assessment: Assessment) -> str:
    """Say what the kernel would do if its order is void."""
    scope, void = assessment.snapshot.scope, void_by(assessment)
    if void is None:
        return ""
    if scope.kind == "system":
        return tr(_INSTEAD[void])
    return tr(_INSTEAD_IN_CGROUP[void], cgroup=printable(scope.path or "/"))


def nobody_at_all() -> str:
    """Said about the whole machine."""
    return tr("There is no process that the kernel could kill.")


def order_is_void(sysctl: str) -> str:
    """Say that the order is void; `sysctl` is the cause, a `killer.Override`."""
    return tr("The order below doesn't count, because vm.{sysctl} is set.", sysctl=sysctl)


def nobody(assessment: Assessment) -> str:
    scope = assessment.snapshot.scope
    if scope.kind == "system":
        return nobody_at_all()
    if scope.waits:
        return tr(
            "If {cgroup} ran out of memory now, the kernel would kill nobody: its processes would wait until memory is freed (memory.oom_control).",
            cgroup=printable(scope.path or "/"),
        )
    return tr("There is no process in {cgroup} that the kernel could kill.", cgroup=printable(scope.path or "/"))


def only_visible() -> str:
    """Say what an incomplete snapshot means for whom it names."""
    return tr("Only processes that you can see are counted. Others may be hidden from you.")


def notes(assessment: Assessment, *, numbered: bool = True) -> tuple[Note, ...]:
    """Return notes on the next victim; with `numbered`, processes are given with their PIDs."""
    void, victim = void_by(assessment), assessment.victim
    found = list(conditions(assessment))
    if void is not None:
        found.append(Note("warning", order_is_void(void)))
        return tuple(found)
    if not assessment.snapshot.complete:
        found.append(Note("info", only_visible()))
    killer = assessment.killer
    whole = None if killer is None or victim is None else ends(killer)
    if whole is not None:
        found.append(Note("warning", whole))
    if victim is not None and victim.also is not None:
        found.append(Note("warning", together(victim.also)))
    if victim is not None and victim.near:
        names = others(victim.near) if numbered else _told_others(assessment, victim)
        if names:
            found.append(Note("info", tr("It could also be {names}: too close to tell apart.", names=names)))
        else:
            found.append(Note("info", tr("It could also be another of its processes: too close to tell apart.")))
    return tuple(found)


def conditions(assessment: Assessment) -> tuple[Note, ...]:
    return tuple(Note("warning" if one.serious else "info", condition(one, assessment)) for one in assessment.conditions)


def together(also: Also) -> str:
    """Say what ends together with the victim."""
    if also.cause == "oom-policy-stop":
        return unit_ends(also.unit, len(also.pids))
    return group_ends(also.unit, len(also.pids))


def others(risks: Sequence[Risk]) -> str:
    """List processes that may be killed instead of another."""
    return joined([called(risk) for risk in risks[:_NEAR_SHOWN]], max(len(risks) - _NEAR_SHOWN, 0))


def _told_others(assessment: Assessment, victim: Victim) -> str:
    """List them without PIDs unless another app is called the same, each name once; empty if all have the victim's name."""
    apart = alike(assessment, (risk.process for risk in (victim.risk, *victim.near)))
    names = dict.fromkeys(told_name(assessment, risk, apart) for risk in victim.near)
    names.pop(told_name(assessment, victim.risk, apart), None)
    return joined([*names], most=_NEAR_SHOWN) if names else ""


def tooltip(assessment: Assessment, state: str) -> str:
    """Return the icon's tooltip, in one sentence; `state` is the clause about memory, as `memory.in_short`."""
    victim, void = assessment.victim, void_by(assessment)
    if void is not None:
        return tr(_TIP_INSTEAD[void], memory=state)
    if victim is None:
        return state
    name = told_name(assessment, victim.risk)
    app = sole_app(assessment) if victim.near else None
    if app is not None and any(told_name(assessment, risk) != name for risk in victim.near):
        name = app_name(app)
    if app is not None or not victim.near:
        return tr("{memory}; next to be killed: {name}", memory=state, name=name)
    return tr_n(
        "{memory}; next to be killed: {count} process, {name}",
        "{memory}; next to be killed: one of {count}, such as {name}",
        len(victim.near) + 1,
        memory=state,
        name=name,
    )


def caption(assessment: Assessment, risks: Collection[Risk]) -> str:
    """Return the caption above the names of these, which are in the kernel's order."""
    order, victim = certainty(assessment), assessment.victim
    if order == "void" or is_forestalled(assessment):
        return tr("Highest badness:")
    if order == "sure" or victim is None:
        return tr("Would be killed first:")
    near = {victim.risk.process.identity, *(risk.process.identity for risk in victim.near)}
    close = sum(risk.process.identity in near for risk in risks)
    if close < 2:  # those that are near have the same name
        return tr("Would be killed first:")
    if close == len(risks):
        return tr("Would be killed first (too close to tell):")
    return tr_n(
        "Would be killed first ({count} too close to tell):",
        "Would be killed first ({count} too close to tell):",
        close,
    )
