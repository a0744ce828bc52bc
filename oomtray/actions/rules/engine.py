"""Apply the rules on each scan: once per process, and again when it has become another program.

Changes that the user may make are made at once. Those that need permission wait until the user asks for the
dialog. If a program resets its own value, that is noticed and left alone, because Firefox rewrites its
children's values as tabs change and would do so again.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from oomtray.actions.adjust import Change, Target, Trouble, foretell, reach
from oomtray.actions.rules.match import Candidate, first_match
from oomtray.kernel.process import command_line
from oomtray.kernel.users import login_name
from oomtray.records import dataclass
from oomtray.risk.apps import app_of
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.actions.rules.model import Mistake, Rule
    from oomtray.actions.rules.parse import RuleSet
    from oomtray.config import Presets
    from oomtray.kernel.snapshot import Process, Snapshot

State = Literal[
    "kept",  # it has the value that the rule sets
    "waiting",  # needs permission, which one dialog can give
    "declined",  # needs permission, and the user has declined it for good
    "name-only",  # needs permission, but the rule only matches by a name that anyone can take
    "set-back",  # the program changed the value after the rule had set it: left alone
    "not-yours",  # raising another user's process is left to that user
    "failed",
]


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of one rule for one process."""

    rule: Rule
    process: Process
    wanted: int
    state: State
    change: Change | None = None
    """None if no change was attempted."""


@dataclass(frozen=True, slots=True)
class RulesStatus:
    """The state of the rules, as the tray shows it."""

    applied: tuple[Applied, ...] = ()
    """One entry for each process that a rule matches."""
    mistakes: tuple[Mistake, ...] = ()

    def of(self, state: State) -> tuple[Applied, ...]:
        return tuple(one for one in self.applied if one.state == state)

    @property
    def waiting(self) -> tuple[Applied, ...]:
        return self.of("waiting")

    @property
    def exes(self) -> dict[Target, str]:
        """Executables that the waiting processes must still run when permission is given."""
        return {
            one.change.target: one.process.exe  # the executable that matched, if the rule's path has a *
            for one in self.waiting
            if one.change is not None and one.rule.exe is not None and one.process.exe is not None
        }

    @property
    def owners(self) -> dict[Target, int]:
        """Uids that the waiting processes must fully have: a rule with a user only compared one of the four."""
        return {
            one.change.target: one.process.uid
            for one in self.waiting
            if one.change is not None and one.rule.user is not None
        }

    @property
    def waiting_rules(self) -> tuple[Rule, ...]:
        """Rules that wait for permission, without duplicates."""
        return tuple(dict.fromkeys(one.rule for one in self.waiting))


@dataclass(slots=True)
class _Known:
    row: Process
    applied: Applied | None
    undecided: bool = False
    """Just forked: it still looks like its parent and may exec another program at any moment."""


class RuleEngine:
    """Apply one set of rules. For one thread; with `dry` it only reports what it would do."""

    def __init__(self, rules: RuleSet, presets: Presets, *, proc: str = "/proc", dry: bool = False) -> None:
        self._rules = rules
        self._presets = presets
        self._proc = proc
        self._dry = dry
        self._known: dict[int, _Known] = {}
        self._ours: dict[Target, int] = {}
        """Values that the rules have set; another preset or rule may raise these again."""

    def replace(self, rules: RuleSet, presets: Presets) -> None:
        """Take changed rules or presets and decide anew for every process. An unusable file keeps the old rules."""
        if not rules.usable:
            self._rules = type(rules)(self._rules.rules, rules.mistakes)
            return
        self._rules, self._presets = rules, presets
        self._known.clear()

    def apply(self, snapshot: Snapshot) -> RulesStatus:
        """Apply the rules to what is new in this snapshot."""
        if not self._rules.rules:
            self._known.clear()
            return RulesStatus(mistakes=self._rules.mistakes)
        before, self._known = self._known, {}
        table: Mapping[int, Process] | None = None
        for process in snapshot.processes:
            known = before.get(process.pid)
            if known is None or (known.row is not process and not _same_program(known.row, process)):
                table = table or {p.pid: p for p in snapshot.processes}
                known = self._decide(process, table, first_sight=known is None)
            elif known.undecided:
                table = table or {p.pid: p for p in snapshot.processes}
                known = self._decide(process, table, first_sight=False)
            elif known.row is not process:
                known = _Known(process, self._updated(known.applied, process))
            self._known[process.pid] = known
        self._ours = {target: value for target, value in self._ours.items() if target.pid in self._known}
        applied = tuple(known.applied for known in self._known.values() if known.applied is not None)
        return RulesStatus(applied, self._rules.mistakes)

    def _decide(self, process: Process, table: Mapping[int, Process], *, first_sight: bool) -> _Known:
        parent = table.get(process.ppid)
        if first_sight and not self._dry and parent is not None and _looks_like(process, parent):
            return _Known(process, None, undecided=True)
        rule = first_match(
            self._rules.rules, candidate_of(process, table), partial(command_line, process.pid, self._proc)
        )
        return _Known(process, None if rule is None else self._try(rule, process))

    def _try(self, rule: Rule, process: Process) -> Applied:
        target, now = Target(process.pid, process.start_time), process.oom_score_adj
        wanted = rule.value(self._presets)
        if wanted < 0 and now is not None and now < wanted and self._ours.get(target) != now:
            wanted = now  # a protecting rule never raises: sshd sets itself to -1000, and -999 would protect it less
        if process.oom_score_adj == wanted:
            return Applied(rule, process, wanted, "kept")
        if wanted < 0 and os.geteuid() == 0 and not _earns_privilege(rule, process):
            # root is never refused, so hold back here what would need permission from other users
            return Applied(rule, process, wanted, "name-only")
        act = foretell if self._dry else reach
        change = act(target, wanted, "any", proc=self._proc)
        if change.moved:
            self._ours[target] = change.after
        if self._dry and change.error is None:
            change = replace(change, error=_expected_trouble(change, process))
        return Applied(rule, process, wanted, _state(rule, process, change, dry=self._dry), change)

    @staticmethod
    def _updated(applied: Applied | None, process: Process) -> Applied | None:
        """Update the state from a later scan: whether the process kept its value, or got it meanwhile."""
        if applied is None:
            return None
        adj, state = process.oom_score_adj, applied.state
        if adj == applied.wanted:
            state = "kept"
        elif state == "kept":
            state = "set-back"
        return Applied(applied.rule, process, applied.wanted, state, applied.change)


def candidate_of(process: Process, table: Mapping[int, Process]) -> Candidate:
    app = app_of(process, table)
    return Candidate(
        process,
        app.key if app else None,
        app.name if app else None,
        app.unit if app else None,
        login_name(process.uid),
    )


def _expected_trouble(change: Change, process: Process) -> Trouble | None:
    """Predict what will prevent the change, as far as that is known before trying."""
    me = os.geteuid()
    if me == 0 or change.before is None or change.after == change.before:
        return None
    if change.after > change.before:
        return "not-yours" if process.uid != me else None
    # lowering below 0 hardly ever works without privilege; lowering to 0 or above may
    return "needs-authorisation" if change.after < 0 or process.uid != me else None


def _state(rule: Rule, process: Process, change: Change, *, dry: bool) -> State:
    if change.error == "needs-authorisation":
        if not rule.ask:
            return "declined"
        return "waiting" if _earns_privilege(rule, process) else "name-only"
    if change.error == "not-yours":
        return "not-yours"
    return "kept" if change.error is None and (change.done or dry) else "failed"


def _earns_privilege(rule: Rule, process: Process) -> bool:
    """Whether the rule matches by something only root can name: a user, or a unit of the system manager."""
    if rule.user is not None:
        return True
    unit = unit_of(process.unit_cgroup if process.unit_cgroup is not None else process.cgroup)
    return rule.unit is not None and unit is not None and unit.named_by_root


def _same_program(before: Process, now: Process) -> bool:
    return (before.start_time, before.name, before.exe, before.unit_cgroup, before.uid) == (
        now.start_time,
        now.name,
        now.exe,
        now.unit_cgroup,
        now.uid,
    )


def _looks_like(process: Process, parent: Process) -> bool:
    return process.name == parent.name and process.exe == parent.exe
