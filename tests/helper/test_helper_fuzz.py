"""Under a seeded slice of hostile input the helper changes only the right target; `make proof` runs a million."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helper.alone import alone
from tests.helper.support import HELPER as HELPER_FILE
from tests.helper.support import arguments_for, load_helper

HELPER: ModuleType = load_helper()
KEYS = st.sampled_from(
    ["pid", "start_time", "adj", "uid", "exe", "floor", "unit", "set", "remove", "OOMPolicy", ""]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
LINES = st.lists(JSON.map(json.dumps), max_size=4).map(lambda lines: "\n".join(lines).encode())
KINDS = st.sampled_from(["protect", "undo"])
VERBS = st.sampled_from(["own", "other", "unit"])


@settings(derandomize=True, max_examples=150, deadline=None, database=None)
@given(verb=VERBS, kind=KINDS, data=st.binary(max_size=300) | LINES)
def test_any_input_is_a_request_or_refused(verb: str, kind: str, data: bytes) -> None:
    try:
        _, requests = HELPER.parse(arguments_for(verb, data, kind), data)
    except HELPER.RefusedError:
        return
    assert requests
    assert all(isinstance(request, HELPER.Process) or verb == "unit" for request in requests)


@settings(derandomize=True, max_examples=150, deadline=None, database=None)
@given(text=st.binary(max_size=300))
def test_any_cgroup_text_names_units_or_none(text: bytes) -> None:
    assert all(isinstance(unit, str) for unit in HELPER.units_of(text))


def fuzz(*options: str, timeout: float = 100) -> subprocess.CompletedProcess[str]:
    command = alone("tests.helper.fuzz", "--inside", *options)
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


def test_a_slice_of_the_million() -> None:
    done = fuzz("--count", "3000", "--seed", "7", "--program-every", "300")
    assert done.returncode == 0, done.stderr[-3000:]
    counts = json.loads(done.stdout.splitlines()[-1])
    for what in ("refused as a whole", "changed a process", "changed a unit", "as a program"):
        assert counts[what] >= 10, f"the inputs hardly reach it: {what}, {counts}"


@pytest.mark.proof
def test_a_million() -> None:
    done = fuzz("--count", "1000000", "--seed", "1", timeout=4 * 3600)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize(
    ("check", "said"),
    [
        pytest.param('verb == "own" and uids != [asker] * 4', "became", id="owner"),
        pytest.param("int(fields[19]) != want.start_time,", "became", id="start time"),
        pytest.param("want.uid is not None and uids != [want.uid] * 4", "became", id="expected owner"),
        pytest.param("want.exe is not None and not runs(task, want.exe)", "became", id="program"),
        pytest.param('want.adj > before and verb != "unit"', "became", id="raise"),
        pytest.param("want.adj < max(before, LOWEST if want.floor is None else want.floor)", "became", id="lowering"),
        pytest.param("len(requests) != int(count)", "than said", id="count"),
        pytest.param("units != [named]", "than said", id="unit's name"),
        pytest.param("not (regular and (text := read_all(DROP_IN, folder)).startswith(HEADER.encode()))", "not ours", id="header"),
    ],
)  # fmt: skip
def test_the_fuzzing_finds_a_helper_that_lacks(tmp_path: Path, check: str, said: str) -> None:
    """It can fail: a helper with one check taken out is found out."""
    text = HELPER_FILE.read_text()
    assert text.count(check) == 1
    weak = tmp_path / "weak.py"
    weak.write_text(text.replace(check, "False," if check.endswith(",") else "False"))
    weak.chmod(0o755)
    done = fuzz("--count", "3000", "--seed", "7", "--helper", str(weak))
    assert done.returncode != 0
    assert said in done.stderr
