"""A report's offers as a person meets them: by the label of the button."""

from __future__ import annotations

from oomtray.ui.controllers.report import Offer, Report

UNDO, PASSWORD = "Undo", "Use a password…"


def labels(report: Report) -> list[str]:
    return [offer.label for offer in report.offers]


def press(report: Report, label: str) -> None:
    next(offer for offer in report.offers if offer.label == label).act()


def offers(*names: str, pressed: list[str] | None = None) -> tuple[Offer, ...]:
    """Buttons that note in `pressed` that they were."""
    noted = [] if pressed is None else pressed
    return tuple(Offer(name, lambda name=name: noted.append(name), asks_password=name == PASSWORD) for name in names)
