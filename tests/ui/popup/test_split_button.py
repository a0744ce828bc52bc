"""The button of the likely next victim shows the names of programs as they are, whatever those are called."""

from __future__ import annotations

from PySide6.QtGui import QTextDocument

from oomtray.ui.popup.split_button import SplitButton


def test_a_name_is_no_markup_and_no_key(qtbot):
    button = SplitButton("more")
    qtbot.addWidget(button)
    name = '<img src="file:///dev/zero"> &x'
    button.say(f"Let {name} go", f"Let {name} go first", f"Then {name} is killed first.")
    hint = QTextDocument()
    hint.setHtml(button.main.toolTip())
    assert hint.toPlainText() == f"Then {name} is killed first."
    assert button.main.shortcut().isEmpty()
    assert button.main.text().replace("&&", "&") == f"Let {name} go"
