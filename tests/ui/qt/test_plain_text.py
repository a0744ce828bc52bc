"""Tooltips: what they say is plain text, and a short line of it is not broken."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from oomtray.ui.qt.plain_text import as_html


def height(qtbot, text):
    """Of what shows a tooltip as Qt does."""
    shown = QLabel(as_html(text))
    qtbot.addWidget(shown)
    shown.setWordWrap(True)
    return shown.sizeHint().height()


def test_a_short_line_is_not_broken_and_a_long_one_is(qtbot):
    short, long = "First to go · set by you · 6 processes", "a sentence of many words " * 6

    assert height(qtbot, short) == height(qtbot, "x")
    assert height(qtbot, f"firefox\n{short}") == height(qtbot, "x\nx")
    assert height(qtbot, long) > height(qtbot, "x")


def test_a_name_is_never_markup():
    assert "&lt;b&gt;x&lt;/b&gt; &amp;amp;" in as_html("<b>x</b> &amp;")
