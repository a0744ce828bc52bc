"""One measured number beside its bar, and the table of them all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    what: str
    value: float
    bar: float
    unit: str = ""
    at_least: bool = False
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.value >= self.bar if self.at_least else self.value <= self.bar


def table(rows: list[Row]) -> str:
    lines = [("what", "measured", "bar", "", "how")]
    for row in rows:
        bar = f"{'at least' if row.at_least else 'at most'} {row.bar:g} {row.unit}".rstrip()
        lines.append((row.what, f"{row.value:.4g} {row.unit}".rstrip(), bar, "holds" if row.holds else "MISSED", row.note))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[4]]).rstrip()
        for line in lines
    )
