"""The settings that judging needs, by shape: this room knows no file of settings."""

from __future__ import annotations

from typing import Protocol


class LevelMarks(Protocol):
    """Per cent of memory used and of PSI full avg10; seconds."""

    @property
    def warning_percent(self) -> float: ...
    @property
    def critical_percent(self) -> float: ...
    @property
    def hysteresis_percent(self) -> float: ...
    @property
    def dwell_seconds(self) -> float: ...
    @property
    def warning_stall(self) -> float: ...
    @property
    def critical_stall(self) -> float: ...


class RowMarks(Protocol):
    """Per mille of the scope's memory."""

    @property
    def elevated_share(self) -> float: ...
    @property
    def high_share(self) -> float: ...
