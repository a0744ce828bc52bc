"""Whom the kernel chose to kill, as its log says. It is a separate module because reading the record needs no other fact of a log."""

from __future__ import annotations

from typing import NamedTuple


class Chosen(NamedTuple):
    """The process that the kernel chose; whether that was killed, other lines tell."""

    pid: int
    name: str
    """Empty if the log lacks a part of it."""
    or_child: bool
    """Whether a child may be killed in its place, as before Linux 5.1."""
