"""Parse log lines from a column of a table (CSV), as exported by Kibana, Splunk, Datadog and others."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.lines import Line, decoded
from oomtray.kernel.kill_log.shipped import of_fields

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.dates import Dates

_NAMES = {
    "_raw": "line", "message": "line", "@message": "line", "msg": "line", "content": "line", "line": "line", "log": "line",
    "textpayload": "line", "syslogmessage": "line", "jsonpayload.message": "line", "eventtime [utc]": "time", "timegenerated [utc]": "time", "processname": "program",
    "_time": "time", "@timestamp": "time", "timestamp": "time", "time": "time", "date": "time",
    "service": "program", "program": "program", "programname": "program", "appname": "program", "ident": "program",
}  # fmt: skip
_LONGEST_HEAD = 2000


class Columns:
    def __init__(self, names: list[str | None], delimiter: str) -> None:
        self._names, self._delimiter = names, delimiter

    def line(self, raw: bytes, dates: Dates) -> Line | None:
        """Return None if the row has no log line or its cell count differs from the header's."""
        try:
            cells = next(csv.reader([decoded(raw)], delimiter=self._delimiter), [])
        except csv.Error:
            return None
        if len(cells) != len(self._names):
            return None
        return of_fields({name: cell for name, cell in zip(self._names, cells, strict=True) if name is not None and cell}, dates)


def columns(first: bytes) -> Columns | None:
    """Return the columns of a log that begins with column names, if one is known to hold log lines."""
    end = first.find(b"\n", 0, _LONGEST_HEAD)
    head = decoded(first[: max(end, 0)]).removeprefix("\ufeff").strip()
    for delimiter in (",", "\t", ";"):
        if delimiter in head:
            try:
                cells = next(csv.reader([head], delimiter=delimiter))
            except csv.Error:
                continue
            names: list[str | None] = []
            for cell in cells:
                name = _NAMES.get(cell.strip().lower())
                names.append(None if name in names else name)
            if "line" in names:
                return Columns(names, delimiter)
    return None
