"""The preview of the icon says in words what its pictures mean, where there is room for them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRect

from oomtray.config import Settings
from oomtray.ui.settings.icon_preview import IconPreview


@pytest.mark.parametrize(("width", "named"), [(700, True), (345, True), (160, False)])
def test_each_state_is_named_below_its_icon(qtbot: Any, width: int, named: bool) -> None:
    preview = IconPreview()
    qtbot.addWidget(preview)
    preview.show_look(Settings().icon)
    preview.resize(width, preview.sizeHint().height())
    assert preview.accessibleDescription() == "Normal, Warning, Critical and Paused"
    picture = preview.grab().toImage()
    below = QRect(12, 12 + 48 + 4, width - 24, preview.height() - (12 + 48 + 4))
    colors = {picture.pixel(x, y) for x in range(below.left(), below.right()) for y in range(below.top(), below.bottom())}
    assert (len(colors) > 1) is named
