"""Exports the visible history for other programs. Sizes are bytes, times ISO 8601, unknown values empty."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from oomtray.ui.history import chart_data

if TYPE_CHECKING:
    from oomtray.history.chart_apps import Look
    from oomtray.history.chart_columns import Column
    from oomtray.history.period import Period
    from oomtray.ui.history.time_range import TimeRange

_HEAD = ("time", "level", "used", "used_most", "total", "swap_used", "swap_total", "stall_percent")


def as_csv(period: Period, shown: TimeRange) -> str:
    """Return CSV with a line per column of the chart, the apps following the readings."""
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow([*_HEAD, *map(_harmless, period.apps.names)])
    for column, look in _rows(period, shown):
        values = _values(column)
        held = look.held if look is not None else (None,) * len(period.apps.names)
        writer.writerow([*(values[name] for name in _HEAD), *held])
    return told.getvalue()


def as_json(period: Period, shown: TimeRange) -> str:
    readings = []
    for column, look in _rows(period, shown):
        apps = {} if look is None else dict(zip(period.apps.keys, look.held, strict=True))
        readings.append(_values(column) | {"apps": {key: held for key, held in apps.items() if held is not None}})
    events = [
        {"id": event.id, "kind": event.kind, "time": _iso(event.time), "data": event.data}
        for event in period.events
        if shown.holds(event.time)
    ]
    told = {
        "since": _iso(shown.since),
        "until": _iso(shown.until),
        "apps": dict(zip(period.apps.keys, period.apps.names, strict=True)),
        "readings": readings,
        "events": events,
    }
    return json.dumps(told, indent=1) + "\n"


def _rows(period: Period, shown: TimeRange) -> list[tuple[Column, Look | None]]:
    return [
        (column, chart_data.look_at(period.apps, column.at, period.columns, period.width))
        for column in chart_data.seen_in(period.columns, shown, period.width)
    ]


def _values(column: Column) -> dict[str, Any]:
    return {
        "time": _iso(column.at),
        "level": column.level,
        "used": None if column.used is None else column.used.mean,
        "used_most": None if column.used is None else column.used.high,
        "total": column.usable,
        "swap_used": None if column.swap is None else column.swap.mean,
        "swap_total": column.swap_total,
        "stall_percent": column.stall,
    }


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _harmless(name: str) -> str:
    """Prefix a name that a spreadsheet would take for a formula, since any program may choose such a name."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@", "\t", "\r") else name
