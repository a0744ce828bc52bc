"""No text that a person could read stands in the code but in a template: what a command or a window rarely shows, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TREE = Path(__file__).parents[3]
TEMPLATES = {"tr", "tr_n", "tr_c", "mark"}
NOT_FOR_PEOPLE = {"compile", "debug", "info", "warning", "error", "exception", "Refusal", "ValueError", "RuntimeError", "FrozenInstanceError"}
"""Calls whose texts are patterns, or for a log and for programmers."""
PROSE = re.compile(r"[A-Za-z][a-z']+[,:;]? +[a-z]{2,}|[a-z]{2,} +[A-Za-z][a-z]+")
NAMES = re.compile(
    r"\b(OOM Tray|pip install|apt-get install|systemctl (?:start|enable|set-property)|service dbus start|chown|chmod|sysctl)\b.*"
    r"|^# (Rules of|Settings of|Written by) OOM Tray[\s\S]*|xfce notify daemon|protect, protect-strongly, deprioritize, first"
)
"""Names, commands, files that other programs read, comments in files that are written."""
OTHERS = {
    "oomtray/actions/units/verify.py": "what systemd-analyze says",
    "oomtray/cli/doctor.py": "a program for another Python",
    "oomtray/dbus/connection.py": "errors of a connection, beside those that the C library words",
    "oomtray/dbus/session.py": "answers to another program",
    "oomtray/desktop/app_entry.py": "the group of a desktop entry",
    "oomtray/desktop/icon_files.py": "the group of an icon theme",
    "oomtray/desktop/autostart.py": "the desktop entry that starts the tray",
    "oomtray/desktop/single_instance.py": "what the bus is told of the interface",
    "oomtray/drill.py": "a small program",
    "oomtray/ui/app/own_files.py": "a program for the new version",
    "oomtray/history/app_trail.py": "SQL",
    "oomtray/history/events.py": "SQL",
    "oomtray/history/period.py": "SQL",
    "oomtray/history/samples.py": "SQL",
    "oomtray/history/schema.py": "SQL",
    "oomtray/history/chart_columns.py": "SQL",
    "oomtray/history/chart_apps.py": "SQL",
    "oomtray/history/kills.py": "SQL",
    "oomtray/history/sound_rows.py": "SQL",
    "oomtray/kernel/kill_log/reading.py": "what the kernel writes",
    "oomtray/kernel/kill_log/months.py": "months as dmesg -T writes them",
    "oomtray/kernel/kill_log/open_report.py": "what the kernel writes",
    "oomtray/kernel/kill_log/kernel_words.py": "what the kernel writes",
    "oomtray/kernel/kill_log/report.py": "what the kernel writes",
    "oomtray/kernel/kill_log/report_body.py": "what the kernel writes",
    "oomtray/kernel/killers/oomd_dump.py": "what systemd-oomd writes",
    "oomtray/kernel/process_handle.py": "a program's error",
    "oomtray/ui/qt/background_task.py": "the name of a thread",
}
"""Modules whose texts of several words no person reads."""


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Texts of several words that are neither documentation nor handed to one of the functions above."""
    tree = ast.parse(path.read_text("utf-8"))
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or isinstance(above[node], ast.Expr):
            continue
        if PROSE.search(NAMES.sub("", node.value)) and not _taken(node, above):
            yield node.lineno, node.value


def _taken(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    while (node := above.get(node, ast.Module(body=[], type_ignores=[]))) and not isinstance(node, (ast.stmt, ast.Module)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in TEMPLATES | NOT_FOR_PEOPLE:
            return True
    return False


MODULES = sorted(path for path in (TREE / "oomtray").rglob("*.py") if "helper" not in path.parts)


def test_none_does() -> None:
    found = {str(path.relative_to(TREE)): list(prose(path)) for path in MODULES}
    assert {name: texts for name, texts in found.items() if texts and name not in OTHERS} == {}


def test_every_exception_is_one() -> None:
    assert [name for name in OTHERS if not list(prose(TREE / name))] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('f("the memory is gone")', True),
        ('f(f"{name} was ended")', True),
        ('"""The memory is gone."""', False),
        ('tr("the memory is gone")', False),
        ('f(tr("{name} was ended", name="by hand here"))', False),
        ('log.warning("the memory is gone")', False),
        ('f("oom_score_adj")', False),
    ],
)
def test_what_counts_as_a_sentence(tmp_path: Path, code: str, found: bool) -> None:
    path = tmp_path / "x.py"
    path.write_text(f"def g():\n    x = 1\n    {code}\n")
    assert bool(list(prose(path))) is found
