"""Work out a lasting change of a service: the drop-in, and which running processes change with it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.actions.adjust import Change
from oomtray.actions.journal_file import Batch, UnitChange
from oomtray.actions.units.dropin import render
from oomtray.actions.units.settings import Oomd, UnitSettings
from oomtray.records import dataclass
from oomtray.risk.badness import ADJ_MIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.actions.units.state import Member, UnitState
    from oomtray.config import Presets

UnitAction = Literal["protect", "deprioritize", "reset"]


@dataclass(frozen=True, slots=True)
class Move:
    """A running process whose value changes with the unit's."""

    member: Member
    to: int

    @property
    def foretold(self) -> Change:
        """The change as it would be."""
        member = self.member
        return Change(member.pid, member.start_time, member.name, member.adj, self.to, done=False, wanted=self.to)


@dataclass(frozen=True, slots=True)
class UnitPlan:
    action: UnitAction | Literal["undo", "prefer"]
    state: UnitState
    settings: UnitSettings | None
    """What our drop-in will hold; None: it is removed."""
    value: int | None
    """The value for the unit's processes."""
    moves: tuple[Move, ...]
    stays: int | None = None
    """The value that the unit keeps, if the action alone would have set another."""
    checked: bool = True
    """Whether systemd has checked the drop-in beforehand; False if it could not be asked."""
    undoes: Batch | None = None
    """What an undo takes back; None for any other action."""

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def text(self) -> str | None:
        """The text that our drop-in will have; None: no file."""
        return None if self.settings is None else render(self.settings)

    @property
    def nothing(self) -> bool:
        """Whether everything already is as planned."""
        return self.settings == self.state.ours and not self.moves

    def began_meanwhile(self, now: UnitState) -> tuple[Move, ...]:
        """Return moves for processes that began after planning and have inherited the value of a moved process."""
        known = {member.target for member in self.state.members}
        inherited = {move.member.adj for move in self.moves}
        return tuple(
            Move(member, move_to)
            for member in now.members
            if (move_to := self.value) is not None
            and member.target not in known
            and member.adj in inherited
            and member.adj != move_to
        )

    @property
    def counts_as(self) -> int | None:
        """The value in effect if the user manager doesn't allow one as low as planned; None: the planned one."""
        floor, wanted = self.state.floor, None if self.settings is None else self.settings.oom_score_adjust
        return floor if floor is not None and wanted is not None and wanted < floor else None


def to_set(action: UnitAction, asked: UnitSettings, presets: Presets, state: UnitState) -> UnitPlan:
    """Plan protect or deprioritize. Our earlier settings stay unless `asked` replaces them.

    Without a value in `asked`, the action's own is used, unless the unit already goes further in that
    direction, or other settings are asked for and our drop-in has a value.
    """
    earlier = state.ours or UnitSettings()
    down = action == "protect"
    own = presets.protect if down else presets.deprioritize
    adj, stays = asked.oom_score_adjust, None
    if adj is None:
        held, had = state.status.oom_score_adjust, earlier.oom_score_adjust
        elsewhere = asked.oom_policy is not None or asked.oomd is not None
        if had is not None and elsewhere:
            adj, stays = had, None if had == own else had
        elif held is not None and (held < own if down else held > own):
            adj, stays = had, held
        else:
            adj = own
    settings = UnitSettings(adj, asked.oom_policy, asked.oomd).over(earlier)
    if not settings.directives:
        return UnitPlan(action, state, None, stays, (), stays)
    value = stays if settings.oom_score_adjust is None else settings.oom_score_adjust
    exact = asked.oom_score_adjust is not None
    moving = [m for m in state.members if value is not None and _goes_along(m.adj, value, down=down, exact=exact)]
    return UnitPlan(action, state, settings, value, _moves(moving, value), stays)


def to_prefer(oomd: Oomd, state: UnitState) -> UnitPlan:
    """Plan how systemd-oomd is to treat the service; the other settings of our drop-in stay."""
    return UnitPlan("prefer", state, UnitSettings(oomd=oomd).over(state.ours or UnitSettings()), None, ())


def to_remove(state: UnitState, original: int | None) -> UnitPlan:
    """Plan a reset. `original`: the unit's value without our drop-in; None if unknown.

    Processes that have our value go back to it; in the user manager also those that got only part of the way.
    """
    if state.ours is None:
        return UnitPlan("reset", state, None, state.status.oom_score_adjust, ())
    given = state.ours.oom_score_adjust
    if given is None or original is None:
        return UnitPlan("reset", state, None, original, ())
    way = range(min(given, original), max(given, original) + 1) if state.user else (given,)
    return UnitPlan("reset", state, None, original, _moves([m for m in state.members if m.adj in way], original))


def recorded(done: UnitPlan, changes: Iterable[Change]) -> UnitChange:
    """Describe `done` for a later undo; `changes`: the results for its processes."""
    moved = tuple(change for change in changes if change.moved and change.before is not None)
    given = {done.value, done.counts_as, *(change.after for change in moved)}
    earlier = done.state.ours
    return UnitChange(
        name=done.name,
        user=done.state.user,
        before=None if earlier is None else earlier.directives or None,
        after=None if done.settings is None else done.settings.directives,
        exact=done.state.exact,
        inherited=tuple(sorted(value for value in given if value is not None)),
        newest=max((member.start_time for member in done.state.members), default=0),
        moved=moved,
    )


def to_restore(done: UnitChange, now: UnitState, original: int | None) -> UnitPlan:
    """Plan an undo: the drop-in as it was before `done`, and the changed processes with their earlier values.

    A process that has another value now keeps it. One that began since and inherited the unit's value gets
    what it would have had; `original` is the unit's value without our drop-in, None if unknown.
    """
    settings = None if done.before is None else UnitSettings.of(done.before)
    value = original if settings is None or settings.oom_score_adjust is None else settings.oom_score_adjust
    changed = {change.target: change for change in done.moved}
    moves = []
    for member in now.members:
        change = changed.get(member.target)
        if change is not None:
            back = change.before if member.adj == change.after else None
        else:
            back = value if member.start_time > done.newest and member.adj in done.inherited else None
        if back is not None and back != member.adj:
            moves.append(Move(member, back))
    return UnitPlan("undo", now, settings, value, tuple(moves))


def _goes_along(adj: int, value: int, *, down: bool, exact: bool) -> bool:
    if adj in (ADJ_MIN, value):  # some programs set the minimum for themselves, such as sshd
        return False
    return exact or (adj > value if down else adj < value)


def _moves(members: list[Member], value: int | None) -> tuple[Move, ...]:
    return () if value is None else tuple(Move(member, value) for member in members if member.adj != value)
