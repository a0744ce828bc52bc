"""Shows one page of the help: Markdown in the desktop's fonts and colors, at a readable width."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QRegularExpression, QUrl, Signal, Slot
from PySide6.QtGui import QBrush, QDesktopServices, QResizeEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from oomtray.help_pages import Page, topic_of
from oomtray.messages.i18n import tr
from oomtray.ui.help.page_style import INDENT, KEEPS, apply_style, fit_tables
from oomtray.ui.qt import colors
from oomtray.ui.qt.focus import FocusRing
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars

_LETTERS = 78
"""Characters of average width in a line, at most."""
_MARGIN = 20
_ROUNDING = 1
"""Pixels by which a table of many columns may be wider than the page: no scroll bar is worth them."""
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|[KMGT]i?B|s|min)(?![A-Za-z0-9_]))")
"""The space between a number and its unit, which may be followed by a Korean particle; no line breaks there."""
_CODE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_CODE_LINE = re.compile(r"^ {4}[^\n]*$", re.MULTILINE)
_HYPHEN = re.compile(r"-(?=[\w-])")
_FIRST_CELL = re.compile(r"^\| [^|\n]*", re.MULTILINE)
_PROGRAM = re.compile(r"(?<![\w/`.-])(?:systemd-oomd|low-memory-monitor)(?![\w/.`-]*[/`])")
"""A program whose name has hyphens, outside code and addresses."""
_PER_SECOND = re.compile(r"[KMGT]i?B/(?=s\b)")
_APOSTROPHE = re.compile(r"(?<=[a-z])'(?=[a-z ])")
_OOM = re.compile(r"\bOOM (?=[A-Za-z])", re.IGNORECASE)
"""A name of two words, which a line break must not split; also matched as typed into the search."""
_QUOTED = re.compile(r'(?<!\w)"([^"\n]+)"(?!\w)')
_MINUS = re.compile(r"(?<![\w.-])-(?=\d)")
_ANY_CODE = re.compile(r"(^ {4}[^\n]*$|```.*?```|`[^`\n]+`)", re.DOTALL | re.MULTILINE)


def in_print(text: str) -> str:
    """Use typographic quotes and minus signs as elsewhere in the window, and keep numbers with their units."""
    parts = _ANY_CODE.split(text)
    parts[::2] = (_MINUS.sub("\u2212", _QUOTED.sub("\u201c\\1\u201d", words)) for words in parts[::2])
    text = _OOM.sub(lambda name: name[0].replace(" ", "\u00a0"), "".join(parts))
    return _APOSTROPHE.sub("\u2019", _BEFORE_UNIT.sub("\u00a0", text))


def unbroken(markdown: str) -> str:
    """Prevent line breaks within an option, a hyphenated word of code or program, or MB/s, after a path's first slash, or in
    a command that a table begins with.
    """
    markdown = _FIRST_CELL.sub(lambda cell: _CODE.sub(lambda code: code[0].replace(" ", "\u00a0"), cell[0]), markdown)
    text = _CODE.sub(lambda code: code[0].replace("-", f"-{KEEPS}").replace("`/", f"`/{KEEPS}"), markdown)
    text = _CODE_LINE.sub(lambda line: _HYPHEN.sub(f"-{KEEPS}", line[0]), text)
    text = _PROGRAM.sub(lambda name: name[0].replace("-", f"-{KEEPS}"), text)
    return _PER_SECOND.sub(lambda unit: unit[0] + KEEPS, text)


class PageView(QTextBrowser):
    """A page of the help; `topic_wanted` carries a link's target.

    Nothing is ever fetched: pages have no images.
    """

    topic_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page: Page | None = None
        self._words: list[str] = []
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        use_thin_scroll_bars(self)
        self.setAccessibleName(tr("Page"))
        FocusRing(self)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.anchorClicked.connect(self._follow)

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:
        return None

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        topic = topic_of(link.toString())
        if topic is not None:
            self.topic_wanted.emit(topic)
        elif link.scheme() in ("https", "http"):
            QDesktopServices.openUrl(link)

    def show_page(self, page: Page) -> None:
        self._page = page
        self._draw()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)

    def _draw(self) -> None:
        if self._page is None:
            return
        document = self.document()
        text = unbroken(in_print(f"# {self._page.title}\n\n{self._page.text}"))
        document.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        document.setDocumentMargin(_MARGIN)
        document.setIndentWidth(INDENT)
        apply_style(document, self.palette())
        self._fit()
        self.moveCursor(QTextCursor.MoveOperation.Start)  # Qt scrolls to the cursor when the page is first shown
        self._mark()

    # search

    def find_words(self, words: list[str]) -> int:
        """Highlight all occurrences of these words, go to the first, and return how many there are."""
        self._words = [in_print(word) for word in words if word]
        places = self._mark()
        if places:
            self._go_to(places[0])
        return len(places)

    def find_next(self) -> None:
        """Go to the next occurrence, and from the last to the first."""
        places = self._places()
        here = self.textCursor().position()
        if places:
            self._go_to(next((place for place in places if place.selectionEnd() > here), places[0]))

    def _go_to(self, place: QTextCursor) -> None:
        cursor = self.textCursor()
        cursor.setPosition(place.selectionEnd())
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self._mark(place)

    def _mark(self, chosen: QTextCursor | None = None) -> list[QTextCursor]:
        places, marks = self._places(), []
        found = colors.of(self.palette(), on_base=True)
        for place in places:
            mark = QTextEdit.ExtraSelection()
            is_chosen = chosen is not None and place.position() == chosen.position()
            mark_format = QTextCharFormat()
            mark_format.setBackground(QBrush(found.amber_wash))
            mark_format.setForeground(QBrush(found.text))
            mark_format.setFontUnderline(found.stark and not is_chosen)  # high contrast has no tint
            if is_chosen:  # like selected text, not like a link
                mark_format.setBackground(self.palette().highlight())
                mark_format.setForeground(self.palette().highlightedText())
            mark.format, mark.cursor = mark_format, place
            marks.append(mark)
        self.setExtraSelections(marks)
        return places

    def _places(self) -> list[QTextCursor]:
        document, found = self.document(), []
        for word in self._words:
            # where code has a hyphen, prose has a minus sign
            letters = f"{KEEPS}?".join("[\u2212-]" if letter == "\u2212" else QRegularExpression.escape(letter) for letter in word)
            wanted = QRegularExpression(letters, QRegularExpression.PatternOption.CaseInsensitiveOption)
            place = document.find(wanted)
            while not place.isNull():
                found.append(place)
                place = document.find(wanted, place)
        return sorted(found, key=QTextCursor.selectionStart)

    # appearance

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_page"):
            top = self.verticalScrollBar().value()
            self._draw()
            self.verticalScrollBar().setValue(top)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """Use the window's width, up to a readable one."""
        most = _LETTERS * self.fontMetrics().averageCharWidth() + 2 * _MARGIN
        wide = max(min(self.viewport().width() - _ROUNDING, most), 2 * _MARGIN + 1)  # no table fits in no room
        self.setLineWrapColumnOrWidth(wide)
        fit_tables(self.document(), wide - 2 * _MARGIN)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy plain text without word joiners and with hyphens, so that it can be pasted into a terminal."""
        copied = super().createMimeDataFromSelection()
        plain = QMimeData()
        plain.setText(copied.text().replace(KEEPS, "").replace("\u2212", "-"))
        return plain
