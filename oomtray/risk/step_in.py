"""Decide when to end an app that its user marked as expendable: a pure state machine.

    watching -> asking      a kill is near or a stall lasts, and ending a marked app would help
    asking -> counting      the user can see that it will be ended, and can decline
    counting -> ending      the countdown is over, and the conditions still hold
    ending -> watching      it was asked to end, and forced if necessary

`asking` and `counting` go back to `watching` as soon as a condition no longer holds. All times are monotonic
seconds.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass
from oomtray.risk.levels import ORDER
from oomtray.risk.thresholds import has_plenty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.config.settings import StepIn, Thresholds
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import AppId
    from oomtray.risk.outlook import Level

COUNTDOWN = 15.0
"""How long the user can decline."""
REST = 60.0
"""Least time between two apps."""
_SHOW_TIMEOUT = 10.0
"""How long the desktop has to show the question."""
_PAUSE_ONCE_CALM = 30.0
"""Pause after a countdown that became unnecessary."""
_FRESH = 12.0
"""Age from which a reading no longer says what holds now."""
_READING_TIMEOUT = 30.0
"""How long a finished countdown waits for a fresh reading."""
_FALLING = 10.0
"""How long after a fall the level counts as falling."""
_STALL_HOLDS, _KILL_HOLDS = 0.5, 1.5
"""A countdown goes on down to half of the stall, or up to half as much time again, because numbers fluctuate."""
SPARED = 1800.0
"""How long an app is left alone after the user declined to end it."""

Phase = Literal["watching", "asking", "counting", "ending"]
Cause = Literal["kill", "stall"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A marked app whose end would help."""

    app: AppId
    processes: tuple[Process, ...]
    """The processes to end; never empty."""
    frees: int
    """Bytes that ending them frees, at most."""

    @property
    def key(self) -> tuple[str, int | None]:
        return self.app.key, self.app.uid

    def is_same(self, other: Candidate) -> bool:
        """Whether it is the same app, not restarted since."""
        mine = {process.identity for process in self.processes}
        return self.key == other.key and any(process.identity in mine for process in other.processes)


@dataclass(frozen=True, slots=True)
class StepInState:
    phase: Phase = "watching"
    since: float = -math.inf
    """When this phase began."""
    candidate: Candidate | None = None
    """The app to end; None while watching."""
    cause: Cause = "kill"
    read_at: float = -math.inf
    """When the last reading was made."""
    holds: bool = False
    """Whether that reading gives a cause to end an app, or still does."""
    level: Level | None = None
    fell_at: float = -math.inf
    stalled_since: float | None = None
    rests_until: float = -math.inf
    spared: tuple[tuple[tuple[str, int | None], float], ...] = ()
    """Apps that the user declined to end, and until when to leave them alone."""

    def left(self, now: float) -> float:
        return max(self.since + COUNTDOWN - now, 0.0) if self.phase == "counting" else COUNTDOWN

    @property
    def may_force(self) -> bool:
        """Whether remaining processes may be ended by force: not once memory recovers."""
        return self.phase == "ending" and self.holds


def observe(
    state: StepInState,
    assessment: Assessment,
    settings: StepIn,
    thresholds: Thresholds,
    find: Callable[[], Sequence[Candidate]],
) -> StepInState:
    """Return the state after a reading.

    `find` returns the marked apps whose end would help, best first; it is only called if needed.
    """
    now = assessment.snapshot.at
    state = _updated(state, assessment, settings, thresholds)
    cause = _cause(state, assessment, settings)
    state = replace(state, holds=cause is not None)
    if state.phase == "watching":
        if cause is None or now < state.rests_until:
            return state
        spared = {key for key, until in state.spared if now < until}
        chosen = next((one for one in find() if one.key not in spared), None)
        return state if chosen is None else replace(state, phase="asking", since=now, candidate=chosen, cause=cause)
    if state.phase == "ending":
        return state
    meant = state.candidate
    again = next((one for one in find() if meant is not None and meant.is_same(one)), None)
    if cause is None or again is None:
        return _rest(state, now + _PAUSE_ONCE_CALM)
    return replace(state, candidate=again)


def tick(state: StepInState, now: float, *, shown: bool) -> StepInState:
    """Return the state after time has passed; `shown` says that the user can see the question and decline."""
    if state.phase == "asking":
        if shown:
            return replace(state, phase="counting", since=now)
        return _rest(state, now + REST) if now - state.since >= _SHOW_TIMEOUT else state
    if state.phase != "counting":
        return state
    if not shown:
        return _rest(state, now + REST)
    if now - state.since < COUNTDOWN:
        return state
    if now - state.read_at <= _FRESH:
        return _ending(state, now)
    return _rest(state, now + REST) if now - state.since >= COUNTDOWN + _READING_TIMEOUT else state


def hurry(state: StepInState, now: float) -> StepInState:
    """End the app now, because the user doesn't want to wait."""
    return _ending(state, now) if state.phase in ("asking", "counting") else state


def decline(state: StepInState, now: float) -> StepInState:
    """Leave the app alone for a while, and any other for a minute, because the user declined."""
    if state.candidate is None or state.phase == "ending":
        return state
    spared = tuple((key, until) for key, until in state.spared if now < until)
    return _rest(replace(state, spared=(*spared, (state.candidate.key, now + SPARED))), now + REST)


def finish(state: StepInState) -> StepInState:
    """Return the state after the app was ended, or ending it by force was given up."""
    return _rest(state, state.rests_until) if state.phase == "ending" else state


def _ending(state: StepInState, now: float) -> StepInState:
    return replace(state, phase="ending", since=now, rests_until=now + REST)


def _rest(state: StepInState, until: float) -> StepInState:
    return replace(state, phase="watching", candidate=None, rests_until=max(state.rests_until, until))


def _updated(
    state: StepInState, assessment: Assessment, settings: StepIn, thresholds: Thresholds
) -> StepInState:
    """Update what takes more than one reading to know."""
    now, level, memory = assessment.snapshot.at, assessment.level, assessment.snapshot.memory
    fell = state.level is not None and ORDER.index(level.name) < ORDER.index(state.level.name)
    least = settings.stall * (_STALL_HOLDS if state.phase != "watching" else 1.0)
    stall = memory.psi_full_avg10
    stalls = bool(settings.stall) and stall is not None and stall >= least and not has_plenty(memory, thresholds)
    since = None if not stalls else now if state.stalled_since is None else state.stalled_since
    return replace(
        state, read_at=now, level=level, fell_at=now if fell else state.fell_at, stalled_since=since
    )


def _cause(state: StepInState, assessment: Assessment, settings: StepIn) -> Cause | None:
    """Return why an app should be ended now; None if there is no reason or the level falls."""
    now, level = assessment.snapshot.at, assessment.level
    if not settings.enabled or level.name == "normal":
        return None
    if level.calmer_since is not None or now - state.fell_at < _FALLING:
        return None
    kill, least = assessment.forecast.seconds, settings.kill_seconds
    if kill is not None and kill < least * (_KILL_HOLDS if state.phase != "watching" else 1.0):
        return "kill"
    if state.stalled_since is not None and now - state.stalled_since >= settings.stall_seconds:
        return "stall"
    return None
