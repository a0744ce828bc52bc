"""Render a kill for a terminal. It is a separate module so that a long log doesn't repeat its imports for every kill."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from oomtray.cli.table import Column, Row, table
from oomtray.kernel.users import login_name
from oomtray.messages.i18n import tr
from oomtray.messages.kill_victims import about
from oomtray.messages.kills import details, headline, numbered
from oomtray.text import adjustment, printable, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.cli.terminal import Terminal
    from oomtray.risk.kill_event import KillEvent

RANKED = 5
"""Rows of a ranking; JSON has all."""


def kill_lines(event: KillEvent, numbers: Sequence[str], terminal: Terminal) -> list[str]:
    """Render a kill. `numbers` are its IDs in the record; several for an unseen group, none for a log's."""
    now = time.time()
    says = numbered(event, numbers, now) if numbers else headline(event, now)
    lines = terminal.wrapped(says, "bold")
    who = about(event, login_name)
    for sentence in [*([who] if who else []), *details(event)]:
        lines += terminal.wrapped(sentence)
    page, ranked = event.page_size, event.ranking
    if ranked and page is not None:
        rows = [
            Row((str(one.pid), size(one.rss + one.swap), adjustment(one.oom_score_adj), size(one.badness * page), printable(one.name)))
            for one in ranked[:RANKED]
        ]
        right = [Column(head, right=True) for head in (tr("PID"), tr("HELD"), tr("ADJ"), tr("COUNTED"))]
        lines += table((*right, Column(tr("NAME"), least=8)), rows, terminal)
    return lines
