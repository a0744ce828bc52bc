"""Rules: what they are for, what they cost, and what they do to a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.messages.changes import why
from oomtray.messages.i18n import joined, mark, tr, tr_c, tr_n
from oomtray.messages.names import app_name, process_name
from oomtray.text import adjustment, name_shown, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oomtray.actions.rules.engine import Applied, State
    from oomtray.actions.rules.model import Rule
    from oomtray.config import Presets
    from oomtray.risk.judged import App

NAMED = 6
"""How many rules or processes a list names."""

# -- a rule

_CONDITIONS = {
    "app": mark("the app {name}"),
    "exe": mark("the program {name}"),
    "process": mark("the name {name}"),
    "command": mark("a command line with {name}"),
    "unit": mark("the unit {name}"),
    "user": mark("the user {name}"),
}

_CONDITIONS_ALONE = {
    "app": mark("App {name}"),
    "exe": mark("Program {name}"),
    "process": mark("Process {name}"),
    "command": mark("Command line with {name}"),
    "unit": mark("Unit {name}"),
    "user": mark("User {name}"),
}


def conditions(rule: Rule) -> str:
    """Return the conditions, all of which must hold: `the app firefox and the user ana`."""
    return joined([tr(_CONDITIONS[key], name=printable(value)) for key, value in rule.conditions.items()])


def title_of_row(rule: Rule) -> str:
    """Return the rule's label, or the conditions in a form that stands alone."""
    if rule.label:
        return printable(rule.label)
    (key, value), *more = rule.conditions.items()
    first = tr(_CONDITIONS_ALONE[key], name=printable(value))
    return joined([first, *(tr(_CONDITIONS[key], name=printable(value)) for key, value in more)])


def title(rule: Rule) -> str:
    """Return the rule's label, or else its conditions."""
    return printable(rule.label) or conditions(rule)


def value(rule: Rule, presets: Presets) -> str:
    """Return the value as `-500 (protect)`, or the number."""
    number = adjustment(rule.value(presets))
    return number if isinstance(rule.set, int) else f"{number} ({rule.set})"


def value_in_window(rule: Rule, presets: Presets) -> str:
    """Return the value as `Protect, -500`, or the number."""
    from oomtray.messages.actions import label

    number = adjustment(rule.value(presets))
    return number if isinstance(rule.set, int) else tr("{action}, {value}", action=label(rule.set), value=number)


def entry(rule: Rule) -> str:
    """Return a line of a list of rules."""
    wanted = adjustment(rule.set) if isinstance(rule.set, int) else rule.set
    if rule.ask:
        return tr("{rule}: {value}", rule=title(rule), value=wanted)
    return tr("{rule}: {value}, never asks for permission", rule=title(rule), value=wanted)


def purpose(rule: Rule, presets: Presets) -> str:
    """Say what a rule would do, for its dialog."""
    return tr(
        "Sets {value} for processes that match {conditions}: those that are running now and those that start while OOM Tray runs.",
        value=adjustment(rule.value(presets)),
        conditions=conditions(rule),
    )


def cost(rule: Rule, presets: Presets) -> str | None:
    """Say what a rule below 0 costs if no unit has the value; None if it costs nothing."""
    if rule.value(presets) >= 0:
        return None
    if not rule.may_ask:
        return tr("It goes only as low as it can without a password, because any program can have that name.")
    if rule.unit is not None:
        return tr("Set for the unit itself, it would need an administrator's password only once.")
    return tr(
        "Going below 0 needs an administrator's password, and again for processes that start more than about five minutes"
        " later. Without it, each is lowered as far as is allowed."
    )


def cost_in_terminal(rule: Rule, presets: Presets) -> str | None:
    """Say what a permanent rule costs, with the commands that help."""
    if rule.value(presets) >= 0:
        return None
    if not rule.may_ask:
        return tr("It goes only as low as it can without a password, because any program can have that name. Add --unit or --user to go lower.")
    if rule.unit is not None:
        return tr("`oomtray unit protect` sets the same for good, without asking again at each start.")
    return tr(
        "Going below 0 needs an administrator's password, and again for processes that start more than about five minutes later."
    )


def costs_password() -> str:
    """Said of several rules, some of them below 0."""
    return tr("Going below 0 needs an administrator's password. Rules that wait for it are gathered in one line of the popup.")


# -- what it does to a process

_STEPS: dict[State | Literal["own-unit"], str] = {
    "kept": mark("{process}: {wanted} instead of {now}"),
    "waiting": mark("{process}: {wanted} instead of {now}, needs a password"),
    "declined": mark("{process}: {wanted} instead of {now}, needs a password, which was declined for good"),
    "name-only": mark("{process}: {wanted} instead of {now}, needs a password, but a name alone is not enough; add a unit or a user to the rule"),
    "own-unit": mark("{process}: {wanted} instead of {now}, needs a password, but the unit isn't the system's; add a user to the rule"),
    "set-back": mark("{process}: was changed since and is left alone"),
    "not-yours": mark("{process}: belongs to another user, who alone may raise it"),
    "failed": mark("{process}: {wanted} instead of {now} is not possible: {reason}"),
}
_STEPS_IN_TERMINAL: dict[State | Literal["own-unit"], str] = {
    "kept": mark("{process} {now} -> {wanted}"),
    "waiting": mark("{process} {now} -> {wanted}: needs a password (oomtray rules apply)"),
    "declined": mark("{process} {now} -> {wanted}: needs a password, which was declined for good"),
    "name-only": mark("{process} {now} -> {wanted}: needs a password, but a name alone is not enough; add a unit or a user to the rule"),
    "own-unit": mark("{process} {now} -> {wanted}: needs a password, but the unit isn't the system's; add a user to the rule"),
    "set-back": mark("{process} {now}: was set to {wanted} by the rule and changed since; it is left alone"),
    "not-yours": mark("{process} {now}: belongs to another user, who alone may raise it"),
    "failed": mark("{process} {now} -> {wanted}: not possible: {reason}"),
}


_STAYS = mark("{process}: stays at {now}")


def step(one: Applied) -> str:
    """Return a line of a preview: `mysqld (123): -500 instead of 0, needs a password`."""
    return _step(one, _STEPS, _STAYS)


def steps(found: Sequence[Applied], apps: Iterable[App], most: int) -> list[str]:
    """Return the lines of a preview, at most `most`, with one line for an app whose processes get the same result.

    Such a line is `firefox, 12 processes: +300 instead of values from 0 to +233`. `apps` are all that run.
    """
    if not found:
        return [nothing_runs()]
    named = {member.process.pid: app_name(app) for app in apps for member in app.members}
    groups: dict[tuple[object, ...], list[Applied]] = {}
    for one in found:
        process = one.process
        name = named.get(process.pid, name_shown(process.name))
        error = None if one.change is None else one.change.error
        stays = process.oom_score_adj == one.wanted
        groups.setdefault((name, one.wanted, one.state, error, stays), []).append(one)
    shown = list(groups.items())[:most]
    lines = [_steps(str(key[0]), ones) for key, ones in shown]
    left = len(found) - sum(len(ones) for _, ones in shown)
    return [*lines, and_more(left)] if left else lines


def _steps(name: str, ones: Sequence[Applied]) -> str:
    if len(ones) == 1:
        return step(ones[0])
    several = tr_n("{name}, {count} process", "{name}, {count} processes", len(ones), name=name)
    values = [one.process.oom_score_adj for one in ones if one.process.oom_score_adj is not None]
    low, high = adjustment(min(values, default=None)), adjustment(max(values, default=None))
    # Translators: several values, in the place of {now} in “{process}: {wanted} instead of {now}”
    now = low if low == high else tr("values from {low} to {high}", low=low, high=high)
    return _step(ones[0], _STEPS, _STAYS, several, now)


def step_in_terminal(one: Applied) -> str:
    return _step(one, _STEPS_IN_TERMINAL, mark("{process} {now}"))


def _step(one: Applied, templates: Mapping[State | Literal["own-unit"], str], stays: str, name: str = "", now: str = "") -> str:
    """Return a step; `name` and `now` replace the process's own."""
    process, error = one.process, None if one.change is None else one.change.error
    template = stays if process.oom_score_adj == one.wanted else templates[held_by(one)]
    return tr(
        template,
        process=name or process_name(process.name, process.pid),
        now=now or adjustment(process.oom_score_adj),
        wanted=adjustment(one.wanted),
        reason=why(error or "failed"),
    )


def held_by(one: Applied) -> State | Literal["own-unit"]:
    """Return the state, `own-unit` where the rule names a unit, but one that anyone can make."""
    return "own-unit" if one.state == "name-only" and one.rule.unit is not None else one.state


def set_back(one: Applied) -> str:
    """Say that a process has another value than its rule gave it."""
    return tr(
        "A rule set it to {wanted}. It was set to {now} since and is left alone.",
        wanted=adjustment(one.wanted),
        now=adjustment(one.process.oom_score_adj),
    )


def overruled(others: Sequence[Applied]) -> str:
    """Say that an earlier rule in the file applies to these processes, at least one."""
    first = others[0]
    if len(others) == 1:
        process = process_name(first.process.name, first.process.pid)
        return tr("An earlier rule counts for {process}: {rule}.", process=process, rule=title(first.rule))
    return tr_n(
        "An earlier rule counts for {count} of its processes: {rule}.",
        "An earlier rule counts for {count} of its processes: {rule}.",
        len(others),
        rule=title(first.rule),
    )


def covered(others: Sequence[Applied]) -> str:
    """Say that a rule does nothing, because earlier ones apply to all of these processes, at least one."""
    return tr_n(
        "It would change nothing: an earlier rule counts for the process that it matches.",
        "It would change nothing: an earlier rule counts for all {count} processes that it matches.",
        len(others),
    )


def move_up() -> str:
    """Said of a rule that is in the list already, after `overruled`."""
    return tr("Move this rule above that one in the list to let it count first.")


def goes_above(other: Rule) -> str:
    """Say that a new rule is placed above one that applies to its processes, since the first match counts."""
    return tr("This rule goes above the one that counts now: {rule}.", rule=title(other))


def and_more(count: int) -> str:
    """Return the last line of a shortened list."""
    return tr_n("and {count} more", "and {count} more", count)


def taken_out(rule: Rule) -> str:
    """Said beside the button that puts it back."""
    return tr("Removed: {rule}.", rule=title(rule))


def added(rule: Rule) -> str:
    """Said beside the button that removes it again, like the next two."""
    return tr("Added: {rule}.", rule=title(rule))


def changed(rule: Rule) -> str:
    return tr("Changed: {rule}.", rule=title(rule))


def moved(rule: Rule) -> str:
    return tr("Moved: {rule}.", rule=title(rule))


UNSET: frozenset[State] = frozenset(("waiting", "declined", "name-only", "not-yours"))
"""Not `failed`: what fails before it is tried has mostly ended since the scan."""


def matches(does: Sequence[Applied]) -> str:
    """Return a cell: how many processes a rule applies to now, and how many it can't give its value."""
    unset = sum(one.state in UNSET for one in does)
    if not does:
        return tr_c("processes", "none")
    if not unset:
        return tr_n("{count} process", "{count} processes", len(does))
    if unset == len(does):
        return tr_n("{count} process, not set", "{count} processes, not set", unset)
    # Translators: of all processes that a rule matches, how many it can't give its value
    return tr_n("{count} process, {unset} not set", "{count} processes, {unset} not set", len(does), unset=unset)


def nothing_runs() -> str:
    return tr("It matches nothing that is running now.")


def matches_later() -> str:
    """Say of a new rule what `nothing_runs` says, and what it is still good for."""
    return tr("It matches nothing that is running now, only what may start later.")


def nothing_matches() -> str:
    """Say of all rules what `nothing_runs` says of one."""
    return tr("No rule matches anything that is running now.")


# -- what waits for permission


def waiting(count: int) -> str:
    return tr_n("{count} rule needs your permission", "{count} rules need your permission", count)


def waiting_rules(by_rule: Mapping[Rule, Sequence[Applied]], presets: Presets) -> str:
    """List the waiting rules and their processes, one rule per line."""
    lines = [_waiting_rule(rule, ones, presets) for rule, ones in list(by_rule.items())[:NAMED]]
    return "\n".join([*lines, and_more(len(by_rule) - NAMED)] if len(by_rule) > NAMED else lines)


def _waiting_rule(rule: Rule, ones: Sequence[Applied], presets: Presets) -> str:
    if len(ones) == 1:
        process = process_name(ones[0].process.name, ones[0].process.pid)
        return tr("{rule}: {value} for {process}", rule=title(rule), value=value(rule, presets), process=process)
    return tr_n(
        "{rule}: {value} for {count} process",
        "{rule}: {value} for {count} processes",
        len(ones),
        rule=title(rule),
        value=value(rule, presets),
    )


def never_asks(count: int, file: str) -> str:
    """Said after a person has declined for good."""
    return tr_n(
        "{count} rule never asks for permission again and goes as low as it can without: see ask = false in {file}.",
        "{count} rules never ask for permission again and go as low as they can without: see ask = false in {file}.",
        count,
        file=file,
    )


# -- changes of the file


def in_force(rule: Rule, presets: Presets) -> str:
    return tr("From now on: {value} for processes that match {conditions}.", value=value(rule, presets), conditions=conditions(rule))


def all_in_force(name: str, count: int) -> str:
    return tr_n("{name}: {count} rule applies from now on.", "{name}: {count} rules apply from now on.", count, name=name)


def there_already(name: str, file: str) -> str:
    return tr("{name}: these rules are in {file} already.", name=name, file=file)


def added_in_terminal(rule: Rule, *, new: bool, really: bool = True) -> str:
    if new and not really:
        return tr("Would be added: {rule}.", rule=entry(rule))
    if new:
        return tr("Added: {rule}. The tray applies it at its next scan.", rule=entry(rule))
    return tr("Already there: {rule}.", rule=entry(rule))


def added_to_file(count: int, path: str, *, really: bool = True) -> str:
    if not really:
        return tr_n("{count} rule would be added to {path}.", "{count} rules would be added to {path}.", count, path=printable(path))
    return tr_n(
        "Added {count} rule to {path}. `oomtray rules apply` applies it now.",
        "Added {count} rules to {path}. `oomtray rules apply` applies them now.",
        count,
        path=printable(path),
    )


def removed(count: int, *, really: bool) -> str:
    if not really:
        return tr_n("{count} rule would be removed.", "{count} rules would be removed.", count)
    return tr_n(
        "{count} rule was removed. What it set stays until it is reset.",
        "{count} rules were removed. What they set stays until it is reset.",
        count,
    )


def taken_back(rules: int, values: int, *, replaced: bool) -> str:
    """Say what an undo did: rules removed or restored, and how many processes got their value back."""
    if replaced:
        said = tr("The rule is as it was before.")
    else:
        said = tr_n("The rule was removed again.", "The rules were removed again.", rules)
    if not values:
        return said
    back = tr_n("{count} process has its earlier value again.", "{count} processes have their earlier values again.", values)
    return f"{said} {back}"
