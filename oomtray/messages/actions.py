"""The labels of row actions, and what each would change, before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr, tr_n
from oomtray.messages.names import called, title
from oomtray.messages.numbers import freed
from oomtray.risk.certainty import void_by
from oomtray.text import adjustment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from oomtray.actions.preview import Caution
    from oomtray.actions.reset import Origin
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Risk
    from oomtray.risk.killer import Override, Victim

_LABELS = {
    "protect": mark("Protect"),
    "protect-strongly": mark("Protect strongly"),
    "deprioritize": mark("Deprioritize"),
    "first": mark("Deprioritize strongly"),
    "value": mark("Set a value…"),
    "reset": mark("Reset"),
    "always-protect": mark("Always protect…"),
    "always-deprioritize": mark("Always deprioritize…"),
    "unit": mark("Set for the unit…"),
    "expendable": mark("Mark as expendable"),
    "end": mark("End"),
    "kill": mark("Force kill…"),
    "explain": mark("Explain"),
    "details": mark("Details"),
    "copy": mark("Copy"),
}


def label(action: str) -> str:
    return tr(_LABELS[action])


# who is next

_STILL = {
    "panic_on_oom": mark("The kernel would still panic and stop the whole machine, because vm.panic_on_oom is set."),
    "oom_kill_allocating_task": mark(
        "The kernel would still kill whichever process asks for memory then, because vm.oom_kill_allocating_task is set."
    ),
}


def next_then(
    victim: Victim | None, void: Override | None = None, named: Callable[[Risk], str] = called, *, unsure: bool = False
) -> str:
    """Say who would be next after a change; `void` is what makes the order irrelevant. `unsure`: it may not succeed."""
    if void is not None:
        return tr(_STILL[void])
    if victim is not None and unsure:
        who, frees = named(victim.risk), victim.risk.frees
        if frees is None:
            return tr("If that succeeds, the next victim is {process}.", process=who)
        return tr("If that succeeds, the next victim is {process}, which would free {size}.", process=who, size=freed(victim.risk))
    if victim is None:
        return tr("Then nothing is left that the kernel could kill.")
    who, frees = named(victim.risk), victim.risk.frees
    if frees is None:
        return tr("Then the next victim is {process}.", process=who)
    return tr("Then the next victim is {process}, which would free {size}.", process=who, size=freed(victim.risk))


def next_now(
    before: Victim | None,
    after: Victim | None,
    void: Override | None = None,
    named: Callable[[Risk], str] = called,
    *,
    sized: bool = True,
) -> str:
    """Say who is next after a change was made, and if `sized` what that would free."""
    if void is not None:
        return tr(_STILL[void])
    if after is None:
        return tr("Nothing is left that the kernel could kill.")
    who, frees = named(after.risk), after.risk.frees if sized else None
    same = before is not None and before.risk.process.identity == after.risk.process.identity
    if frees is None and same:
        return tr("The next victim is still {process}.", process=who)
    if frees is None:
        return tr("The next victim is now {process}.", process=who)
    if same:
        return tr("The next victim is still {process}, which would free {size}.", process=who, size=freed(after.risk))
    return tr("The next victim is now {process}, which would free {size}.", process=who, size=freed(after.risk))


def effect(
    assessment: Assessment,
    then: Victim | None,
    ours: Collection[tuple[int, int]],
    *,
    raises: bool = False,
    titled: Callable[[Assessment, Risk], str] = title,
) -> str:
    """Describe an action's effect in a few words, to be shown beside it.

    `then` is the next victim after it, `ours` are the processes it applies to. `raises` means that it is
    meant to let them go first. `titled` returns the name of a process's app.
    """
    if void_by(assessment) is not None:
        return tr("has no effect here")
    if then is None:
        return tr("nothing left to kill")
    now, next_ = assessment.victim, then.risk.process.identity
    if next_ in ours:
        was = now is not None and now.risk.process.identity in ours
        if was and raises:
            return tr("already first")
        return tr("still goes first") if was else tr("goes first")
    name = titled(assessment, then.risk)
    if now is not None and now.risk.process.identity == next_:
        return tr("next: still {name}", name=name)
    return tr("next: {name}", name=name)


def with_effect(action: str, effect: str) -> str:
    """Join an action and its effect, as in a menu."""
    return tr("{action} — {effect}", action=action, effect=effect)


def shared_by(count: int) -> str:
    """Say to how many other processes the kernel applies an oom_score_adj because they share memory."""
    return tr_n(
        "Sets it for {count} more process too, which runs in the same memory.",
        "Sets it for {count} more processes too, which run in the same memory.",
        count,
    )


# hints

_CAUTIONS: dict[Caution, str] = {
    "children-inherit": mark("Note: what it starts from now on inherits this value."),
    "session-exposed": mark("Note: the next victim would be a part of your session itself, which may end with it."),
    "nothing-large-left": mark(
        "Note: no single death would then free much memory, so the kernel would kill one process after another."
    ),
    "nothing-left": mark("Note: nothing would then be left to kill, and the kernel would panic."),
    "root-takes-back": mark(
        "Note: it belongs to another user, so taking this back needs an administrator's permission too."
    ),
    "right-given": mark(
        "Note: with permission given, it and what it starts may be set as low again without a password, until undo takes"
        " that back with permission too."
    ),
    "no-way-back": mark("Note: it is at -1000 now, which OOM Tray never sets, so this can't be undone."),
}


def caution(identifier: Caution) -> str:
    return tr(_CAUTIONS[identifier])


def lowers(value: int) -> str:
    return tr("Lowers oom_score_adj to {value}.", value=adjustment(value))


def raises(value: int) -> str:
    return tr("Raises oom_score_adj to {value}.", value=adjustment(value))


def is_at(value: int) -> str:
    return tr("It is at {value} already.", value=adjustment(value))


def is_beyond(value: int, *, down: bool) -> str:
    if down:
        return tr("It is at {value} or below already.", value=adjustment(value))
    return tr("It is at {value} or above already.", value=adjustment(value))


def asks_before_more() -> str:
    return tr("It goes as far as it can without a password, then asks before going further.")


def already() -> str:
    """Said beside an action that would change nothing."""
    return tr("already so")


def never_changed() -> str:
    """Said beside Reset where there is nothing to go back to."""
    return tr("never changed")


def set_by_rule() -> str:
    """Said of a row whose value a rule set, and beside Reset, which then has nothing to go back to."""
    return tr("set by your rule")


def unchangeable() -> str:
    """Said beside an action that can't reach the kernel's threads, PID 1, or what has ended."""
    return tr("can't be changed")


def of_another_user(*, ends: bool = False) -> tuple[str, str]:
    """Said beside an action that would raise another user's process, or end it, and as its hint."""
    beside, raised = tr("not yours"), tr("It belongs to another user, who alone may raise it.")
    return beside, tr("It belongs to another user, who alone may end it.") if ends else raised


def unendable() -> str:
    """Said beside an action that can't end such a process."""
    return tr("can't be ended")


def goes_back(origins: Sequence[Origin]) -> str:
    value, sources = _values(origin.value for origin in origins), {origin.source for origin in origins}
    if sources == {"inherited"}:
        return tr("Goes back to {value}, as before OOM Tray changed what started it.", value=value)
    if sources == {"unit"}:
        return tr("Goes back to {value}, which its unit sets.", value=value)
    if "unit" in sources:
        return tr("Goes back to {value}, as before OOM Tray changed it, or as its unit sets it.", value=value)
    return tr("Goes back to {value}, as before OOM Tray changed it.", value=value)


def is_back(origins: Sequence[Origin]) -> str:
    value, sources = _values(origin.value for origin in origins), {origin.source for origin in origins}
    if sources == {"unit"}:
        return tr("It is at {value}, which its unit sets.", value=value)
    if "unit" in sources:
        return tr("It is at {value}, as before OOM Tray changed it, or as its unit sets it.", value=value)
    return tr("It is at {value}, as before OOM Tray changed it.", value=value)


def no_way_back() -> str:
    from oomtray.messages.changes import (
        why,  # the tray's menu, which is filled while idle, never says it
    )

    return tr("There is nothing to go back to: {reason}.", reason=why("nothing-known"))


def no_way_back_from_rule() -> str:
    return tr("There is nothing to go back to: your rule set it.")


def _values(values: Iterable[int]) -> str:
    seen = list(values)
    low, high = adjustment(min(seen)), adjustment(max(seen))
    return low if low == high else tr("{low} to {high}", low=low, high=high)


def asks_to_end(name: str, count: int, *, app: bool) -> str:
    if not app:
        return tr("Asks {process} to end, as if you closed it.", process=name)
    return tr_n(
        "Asks the one process of {app} to end, as if you closed it.",
        "Asks the {count} processes of {app} to end, as if you closed it.",
        count,
        app=name,
    )


def ends_at_once(name: str, count: int, *, app: bool) -> str:
    if not app:
        return tr("Ends {process} at once. What is not saved is lost.", process=name)
    return tr_n(
        "Ends the one process of {app} at once. What is not saved is lost.",
        "Ends the {count} processes of {app} at once. What is not saved is lost.",
        count,
        app=name,
    )


def sets_unit(name: str, *, user: bool) -> str:
    if user:
        return tr("Sets it for {unit} of your user manager, now and at each start.", unit=name)
    return tr("Sets it for {unit} of the system, now and at each start.", unit=name)


def answer_the_other_first() -> str:
    """Say why no password is asked for."""
    return tr("Another password dialog is open. Answer that one first.")
