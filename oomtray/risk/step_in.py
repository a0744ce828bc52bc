"""When an app that its user marked as expendable is to be ended, and when not: a state machine, pure.

    watching -> asking      a kill is near or a stall lasts, and a marked app's end would help
    asking -> counting      the user can see that it will be ended, and say no
    counting -> ending      the countdown is over, and all of it still holds
    ending -> watching      it was asked to end, and forced where it had to be

From `asking` and `counting` it goes back to `watching` as soon as anything of this no longer holds. All times are monotonic
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
"""For which the user can say no."""
REST = 60.0
"""At least so long from one app to the next."""
_ANSWER = 10.0
"""For which the desktop is given time to show the question."""
_CALMED = 30.0
"""Between a countdown that was no longer needed and the next."""
_FRESH = 12.0
"""A reading older than this says nothing of what holds now."""
_WAITS = 30.0
"""For which a countdown that is over waits for a fresh reading."""
_FALLING = 10.0
"""After the level fell it counts as falling for so long."""
_STALL_HOLDS, _KILL_HOLDS = 0.5, 1.5
"""A countdown goes on until half of the stall, or half as much time again: numbers move."""
SPARED = 1800.0
"""An app whose end was declined is left alone for so long."""

Phase = Literal["watching", "asking", "counting", "ending"]
Cause = Literal["kill", "stall"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A marked app whose end would help."""

    app: AppId
    processes: tuple[Process, ...]
    """Those that would be ended; never empty."""
    frees: int
    """Bytes that this gives back at most."""

    @property
    def key(self) -> tuple[str, int | None]:
        return self.app.key, self.app.uid

    def is_same(self, other: Candidate) -> bool:
        """Whether it is the same app, and not one that was started anew since."""
        mine = {process.identity for process in self.processes}
        return self.key == other.key and any(process.identity in mine for process in other.processes)


@dataclass(frozen=True, slots=True)
class StepInState:
    phase: Phase = "watching"
    since: float = -math.inf
    """When this phase began."""
    candidate: Candidate | None = None
    """Who is meant; None while watching."""
    cause: Cause = "kill"
    read_at: float = -math.inf
    """When the last reading was made."""
    holds: bool = False
    """Whether by that reading there is a cause, or still is."""
    level: Level | None = None
    fell_at: float = -math.inf
    stalled_since: float | None = None
    rests_until: float = -math.inf
    spared: tuple[tuple[tuple[str, int | None], float], ...] = ()
    """Apps whose end was declined, and until when."""

    def left(self, now: float) -> float:
        """Seconds of the countdown."""
        return max(self.since + COUNTDOWN - now, 0.0) if self.phase == "counting" else COUNTDOWN

    @property
    def may_force(self) -> bool:
        """Whether what stayed may be ended by force: not once memory recovers."""
        return self.phase == "ending" and self.holds


def observe(
    state: StepInState,
    assessment: Assessment,
    settings: StepIn,
    thresholds: Thresholds,
    find: Callable[[], Sequence[Candidate]],
) -> StepInState:
    """After a reading. `find` gives the marked apps whose end would help, best first; it is asked only where need is."""
    now = assessment.snapshot.at
    state = _followed(state, assessment, settings, thresholds)
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
        return _rest(state, now + _CALMED)
    return replace(state, candidate=again)


def tick(state: StepInState, now: float, *, shown: bool) -> StepInState:
    """The state after time has passed. `shown`: the user can see who will be ended, and say no."""
    if state.phase == "asking":
        if shown:
            return replace(state, phase="counting", since=now)
        return _rest(state, now + REST) if now - state.since >= _ANSWER else state
    if state.phase != "counting":
        return state
    if not shown:
        return _rest(state, now + REST)
    if now - state.since < COUNTDOWN:
        return state
    if now - state.read_at <= _FRESH:
        return _ending(state, now)
    return _rest(state, now + REST) if now - state.since >= COUNTDOWN + _WAITS else state


def hurry(state: StepInState, now: float) -> StepInState:
    """The user doesn't want to wait."""
    return _ending(state, now) if state.phase in ("asking", "counting") else state


def decline(state: StepInState, now: float) -> StepInState:
    """The user says no: that app is left alone for a while, and any other for a minute."""
    if state.candidate is None or state.phase == "ending":
        return state
    spared = tuple((key, until) for key, until in state.spared if now < until)
    return _rest(replace(state, spared=(*spared, (state.candidate.key, now + SPARED))), now + REST)


def finish(state: StepInState) -> StepInState:
    """The state after the candidate was ended, or forcing it was given up."""
    return _rest(state, state.rests_until) if state.phase == "ending" else state


def _ending(state: StepInState, now: float) -> StepInState:
    return replace(state, phase="ending", since=now, rests_until=now + REST)


def _rest(state: StepInState, until: float) -> StepInState:
    return replace(state, phase="watching", candidate=None, rests_until=max(state.rests_until, until))


def _followed(
    state: StepInState, assessment: Assessment, settings: StepIn, thresholds: Thresholds
) -> StepInState:
    """What has to be known of more than one reading."""
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
    """Why an app should be ended now; None where there is no reason, or the level falls."""
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
