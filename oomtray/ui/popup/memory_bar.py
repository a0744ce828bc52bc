"""The bars of memory and swap with marks: where warnings begin, and where a killer acts on swap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages import memory as memory_words
from oomtray.messages import outlook as words
from oomtray.messages.i18n import tr
from oomtray.messages.numbers import percent
from oomtray.risk.thresholds import marks
from oomtray.ui.popup.fill_bar import FillBar, FillMark
from oomtray.ui.qt.plain_text import as_html

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from oomtray.config import Thresholds
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.popup.warning_shape import Shape


_SHAPES: tuple[Shape, Shape] = ("triangle", "octagon")
"""The icon's shapes at the levels that begin at the marks."""


class MemoryBar(FillBar):
    """Shows memory used, with marks where the levels begin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Memory used"))

    def show_assessment(self, assessment: Assessment, thresholds: Thresholds) -> None:
        memory = assessment.snapshot.memory
        found = marks(thresholds, memory)
        shown = tuple(
            FillMark(mark.used, memory_words.mark_of(mark), shape)
            for mark, shape in zip(found, _SHAPES, strict=True)
            if mark.used <= 100
        )
        self.fill(memory.used_percent, assessment.level.name, words.used_caption(memory), shown)
        begins = words.levels_begin(found)
        self.setAccessibleDescription(tr(", ").join((memory_words.used(memory), words.stall_now(memory), *begins)))
        self.setToolTip(as_html("\n".join((words.used_caption(memory)[0], *begins))))


class SwapBar(FillBar):
    """Shows swap used, with a mark at the swap use that the killer acting first waits for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Swap used"))

    def show_assessment(self, assessment: Assessment) -> None:
        memory, killer = assessment.snapshot.memory, assessment.killer
        acts_at = None if killer is None or killer.idle_because is not None else killer.swap_at
        found = () if acts_at is None else (FillMark(acts_at, percent(acts_at), "octagon"),)
        level = assessment.level.name
        if acts_at is None or (memory.swap_percent or 0.0) < acts_at / 2:
            level = "normal"  # hardly used swap isn't shown as raised
        captions = words.swap_caption(memory)
        self.fill(memory.swap_percent, level, captions, found, absent=memory.swap_total == 0)
        told = captions[0]
        if acts_at is not None and killer is not None:
            told = tr("{swap}; {killer} acts at {percent}", swap=told, killer=killer.name, percent=percent(acts_at))
        self.setAccessibleDescription(told)
        self.setToolTip(as_html(told))
