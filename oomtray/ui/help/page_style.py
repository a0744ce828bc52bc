"""Styles a Markdown page: sizes, spacing and colors that Qt's Markdown reader doesn't set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextListFormat,
    QTextTable,
)

from oomtray.ui.help.table_columns import share_out
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.fonts import scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QPalette, QTextBlock, QTextDocument, QTextTableCell

_CELL = 6
"""Padding of a cell in pixels."""
_AROUND, _BELOW_HEADING = 12, 8
"""Pixels above and below a table, and above it where a heading precedes."""
_SLACK = 4
"""Pixels of a column for its border and Qt's rounding."""
INDENT = 24
"""Pixels by which a list is indented."""
_BESIDE_BULLET = 200
"""Width of the space between a bullet and its text, in percent."""
_BULLETS = {QTextListFormat.Style.ListDisc, QTextListFormat.Style.ListCircle, QTextListFormat.Style.ListSquare}
_LINE_HEIGHT, _CELL_LINE_HEIGHT = 1.3, 1.2
"""Multiples of the font height.

Fixed for all lines, since text in another font, such as code, would make its line higher.
"""
KEEPS = "\u2060"
"""Prevents a line break where it is placed (U+2060 WORD JOINER)."""
_HEADINGS = {1: (1.45, 0, 12), 2: (1.18, 20, 6), 3: (1.05, 14, 4)}
"""Font scale, and space above and below, by heading level."""
_FENCE = QTextFormat.Property.BlockCodeFence
_LANGUAGE = QTextFormat.Property.BlockCodeLanguage


def apply_style(document: QTextDocument, palette: QPalette) -> None:
    """Style headings, code, tables and links like the rest of the app."""
    found = contrast.of(palette, on_base=True)
    cursor = QTextCursor(document)
    for block in list(_blocks(document)):
        cursor.setPosition(block.position())
        cursor.setPosition(block.position() + block.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        _style_block(block, cursor, document)
        _style_words(block, cursor, found)
    _flatten(document)
    for first, last in reversed(_code(document)):
        _frame(cursor, first, last, found)
    _close_gaps(document, cursor)
    for table in document.rootFrame().childFrames():
        if isinstance(table, QTextTable):
            _style_table(table, document.findBlock(table.firstPosition() - 1), found)


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _code(document: QTextDocument) -> list[tuple[QTextBlock, QTextBlock]]:
    """Return the first and last line of each code block."""
    lines = [block for block in _blocks(document) if _is_code(block)]
    firsts = [block for block in lines if not _is_code(block.previous())]
    return [(first, next(line for line in lines[lines.index(first) :] if not _is_code(line.next()))) for first in firsts]


def _flatten(document: QTextDocument) -> None:
    """Shrink word joiners: many fonts lack them, and a fallback font would shift their lines up."""
    form = QTextCharFormat()
    form.setFontPointSize(1)
    place = document.find(KEEPS)
    while not place.isNull():
        place.mergeCharFormat(form)
        place = document.find(KEEPS, place)


def _frame(cursor: QTextCursor, first: QTextBlock, last: QTextBlock, found: colors.Colors) -> None:
    """Give a code block a background."""
    form = QTextFrameFormat()
    form.setBackground(QBrush(found.hover))
    form.setPadding(10)
    form.setTopMargin(2)
    form.setBottomMargin(12)
    form.setLeftMargin(INDENT if first.previous().textList() is not None else 0)
    cursor.setPosition(first.position())
    cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertFrame(form)


def _close_gaps(document: QTextDocument, cursor: QTextCursor) -> None:
    """Collapse the empty lines that Qt keeps around frames and tables, which would be as high as any other."""
    form = QTextBlockFormat()
    form.setLineHeight(2.0, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    form.setTopMargin(0)
    form.setBottomMargin(0)
    for block in _blocks(document):
        cursor.setPosition(block.position())
        if block.length() == 1 and cursor.currentFrame() == document.rootFrame():
            cursor.mergeBlockFormat(form)


def _style_block(block: QTextBlock, cursor: QTextCursor, document: QTextDocument) -> None:
    form, level = QTextBlockFormat(), block.blockFormat().headingLevel()
    high = QFontMetricsF(document.defaultFont()).height()
    fixed = QTextBlockFormat.LineHeightTypes.FixedHeight.value
    if level:
        by, above, below = _HEADINGS[min(level, 3)]
        form.setTopMargin(above)
        form.setBottomMargin(below)
        letters = QTextCharFormat()  # replaces the one from the Markdown reader, which has a size of its own
        letters.setFont(scaled(document.defaultFont(), by, bold=True))
        cursor.setCharFormat(letters)
    elif _is_code(block):
        form.setTopMargin(0)
        form.setBottomMargin(0)
        form.setIndent(0)
        form.setLeftMargin(0)
    elif cursor.currentTable() is not None:
        form.setLineHeight(round(_CELL_LINE_HEIGHT * high), fixed)
    else:
        form.setLineHeight(round(_LINE_HEIGHT * high), fixed)
        form.setTopMargin(0)
        form.setBottomMargin(4 if block.textList() is not None else 10)
        listed = block.textList()
        if listed is not None and (not block.next().isValid() or block.next().textList() is None):
            form.setBottomMargin(10)
        if listed is not None and listed.format().style() in _BULLETS:  # numbers would be widened too
            _part_bullet(cursor, document)
    cursor.mergeBlockFormat(form)


def _part_bullet(cursor: QTextCursor, document: QTextDocument) -> None:
    """Widen the space after a bullet.

    Qt draws it in the font of the paragraph itself, which none of the paragraph's text uses.
    """
    font = QFont(document.defaultFont())
    font.setStretch(_BESIDE_BULLET)
    form = QTextCharFormat()
    form.setFont(font)
    at = QTextCursor(cursor)
    at.setPosition(cursor.selectionStart())
    at.mergeBlockCharFormat(form)


def _style_words(block: QTextBlock, cursor: QTextCursor, found: colors.Colors) -> None:
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    parts = []
    it = block.begin()
    while not it.atEnd():
        part = it.fragment()
        parts.append((part.position(), part.length(), part.charFormat()))
        it += 1
    for position, length, was in parts:
        form = QTextCharFormat()
        if was.isAnchor():
            form.setForeground(QBrush(found.calm))
            form.setFontUnderline(True)
        elif was.fontFixedPitch():
            form.setFontFamilies([fixed.family()])
            if not _is_code(block):
                form.setBackground(QBrush(found.hover))
        else:
            continue
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(form)


def _style_table(table: QTextTable, before: QTextBlock, found: colors.Colors) -> None:
    """Style a table; Qt leaves out the space below what is `before` it."""
    form = table.format()
    form.setBorder(1)
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBorderBrush(QBrush(found.line))
    form.setBorderCollapse(True)
    form.setCellPadding(_CELL)
    form.setCellSpacing(0)
    form.setTopMargin(_BELOW_HEADING if before.blockFormat().headingLevel() else _AROUND)
    form.setBottomMargin(_AROUND)
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(form)
    for column in range(table.columns()):
        cell = table.cellAt(0, column)
        below = table.cellAt(min(1, table.rows() - 1), column).firstCursorPosition().blockFormat().alignment()
        cursor = cell.firstCursorPosition()
        cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
        letters = QTextCharFormat()
        letters.setFontWeight(700)
        letters.setForeground(QBrush(found.muted))
        cursor.mergeCharFormat(letters)
        side = QTextBlockFormat()
        numbers = bool(below & Qt.AlignmentFlag.AlignRight)
        side.setAlignment(Qt.AlignmentFlag.AlignRight if numbers else Qt.AlignmentFlag.AlignLeading)
        cursor.mergeBlockFormat(side)


def fit_tables(document: QTextDocument, room: float) -> None:
    """Set the column widths of all tables to fit a page that is `room` pixels wide."""
    for table in document.rootFrame().childFrames():
        if not isinstance(table, QTextTable):
            continue
        beside = 2 * _CELL + _SLACK
        rows = [[_words(table.cellAt(row, column)) for column in range(table.columns())] for row in range(table.rows())]
        widths = share_out(rows, room - table.columns() * beside)
        whole = sum(widths) + table.columns() * beside
        form = table.format()
        shares = [QTextLength(QTextLength.Type.PercentageLength, 100 * (wide + beside) / whole) for wide in widths]
        if form.columnWidthConstraints() != shares:
            form.setColumnWidthConstraints(shares)
            table.setFormat(form)


def _words(cell: QTextTableCell) -> list[float]:
    """Return the width of each word in pixels, with the space after it."""
    found: list[float] = []
    it = cell.begin()
    while not it.atEnd():
        block = it.currentBlock()
        piece, open_word = block.begin(), False
        while not piece.atEnd():
            fragment = piece.fragment()
            metrics = QFontMetricsF(fragment.charFormat().font())
            for number, word in enumerate(fragment.text().split(" ")):
                wide = metrics.horizontalAdvance(word)
                if number == 0 and open_word:  # the word continues in another format
                    found[-1] += wide
                else:
                    if found:
                        found[-1] += metrics.horizontalAdvance(" ")
                    found.append(wide)
            open_word = True
            piece += 1
        it += 1
    return [wide for wide in found if wide]


def _is_code(block: QTextBlock) -> bool:
    form = block.blockFormat()
    return block.isValid() and (form.hasProperty(_FENCE) or form.hasProperty(_LANGUAGE) or form.nonBreakableLines())
