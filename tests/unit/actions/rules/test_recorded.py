"""What a rule has changed is handed to the record once, for as many scans as it then holds."""

from __future__ import annotations

from oomtray.actions.change_record import ChangeRecord
from oomtray.actions.journal import Journal
from oomtray.actions.rules.service import RulesService
from oomtray.config import Presets


def test_a_change_by_a_rule_is_recorded_once(tree, snapshot, tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nprocess = "hog"\nset = 111\n')
    events = []
    service = RulesService(Presets(), str(path), proc=str(tree))
    record = ChangeRecord(Journal(str(tmp_path)), service, events.append, wall=lambda: 5.0)
    tree.add(7, name=b"hog")
    for _ in range(3):
        record.apply(snapshot())
    assert tree.adj(7) == 111
    (event,) = events
    assert (event.kind, event.data["by"], event.time) == ("change", "rule", 5.0)
    assert [(one["pid"], one["to"]) for one in event.data["changes"]] == [(7, 111)]
    tree.add(8, name=b"hog")
    record.apply(snapshot())
    assert [one["pid"] for one in events[1].data["changes"]] == [8]
