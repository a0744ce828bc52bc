"""The window of an authentication agent: prints the typed password, and fails when dismissed.

    python -m tests.rigs.polkit.dialog MESSAGE
"""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit

TITLE = "Authenticate"


def main() -> int:
    app = QApplication(sys.argv[:1])
    app.setApplicationName("polkit-dialog")
    password, given = QInputDialog.getText(None, TITLE, sys.argv[-1], QLineEdit.EchoMode.Password)
    if given:
        print(password)
    return 0 if given else 1


if __name__ == "__main__":
    sys.exit(main())
