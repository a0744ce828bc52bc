"""Synthetic facts and judgments: each builder gives an ordinary value to what a test doesn't name.

A builder takes at most what identifies its subject by position (a pid, an app's key) and all else by keyword, so that
only these modules know the order of a dataclass's fields.

processes    `Process`, sized in bytes
in_pages     `Process` and `Snapshot` for the kernel's arithmetic: sized in pages, one step of oom_score_adj is 2000 of them
memory       `Memory`
snapshots    `Snapshot`
assessments  `Risk`, `App`, `Victim`, `Killer`, `Assessment`, put together by hand
desktops     whole desktops, judged by the real judges
"""

MIB = 1 << 20
GIB = 1 << 30
