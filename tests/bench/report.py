"""A measurement with its bar, and the table of all."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.other_load import Load


@dataclass(frozen=True)
class Row:
    """One measurement: a ratio to a peer of the same run, or an amount of memory; a time only if a person waits."""

    what: str
    value: float
    bar: float
    unit: str = ""
    at_least: bool = False
    note: str = ""
    load: Load | None = None
    """Other load on the machine meanwhile."""

    @property
    def holds(self) -> bool:
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    @property
    def verdict(self) -> str:
        alone = self.load is None or self.load.alone
        return ("holds" if self.holds else "MISSED") + ("" if alone else ", not alone")


def table(rows: list[Row]) -> str:
    lines = [("what", "measured", "bar", "", "how")]
    for row in rows:
        bar = f"{'at least' if row.at_least else 'at most'} {row.bar:g} {row.unit}".rstrip()
        lines.append((row.what, f"{row.value:.3g} {row.unit}".rstrip(), bar, row.verdict, row.note))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[4]]).rstrip()
        for line in lines
    )
