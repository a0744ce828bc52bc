"""Names of containers, from what podman and docker keep; whatever else lies there is no name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oomtray.desktop.container_names import names
from tests.unit.hostile_files import content

SHOP, OTHER = "4f3a" * 16, "0b1c" * 16


def podman(home: Path, content_: bytes, name: str = "overlay-containers/containers.json") -> dict[str, str]:
    path = home / "containers/storage" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content_)
    return {"XDG_DATA_HOME": str(home)}


LISTED = json.dumps([{"id": SHOP, "names": ["shop-db"]}, {"id": OTHER, "names": []}]).encode()


@pytest.mark.parametrize("name", ["overlay-containers/containers.json", "vfs-containers/containers.json", "overlay-containers/volatile-containers.json"])
def test_podmans_names(tmp_path: Path, name: str) -> None:
    assert names([SHOP, OTHER], podman(tmp_path, LISTED, name), docker=str(tmp_path)) == {SHOP: "shop-db"}


def test_dockers_names_where_they_may_be_read(tmp_path: Path) -> None:
    (tmp_path / SHOP).mkdir()
    (tmp_path / SHOP / "config.v2.json").write_text('{"ID": "x", "Name": "/shop-db"}')
    assert names([SHOP, OTHER], {"XDG_DATA_HOME": str(tmp_path / "none")}, docker=str(tmp_path)) == {SHOP: "shop-db"}


def test_what_is_no_id_is_looked_for_nowhere(tmp_path: Path) -> None:
    (tmp_path / "config.v2.json").write_text('{"Name": "/x"}')
    assert names([".", "../..", ""], {"XDG_DATA_HOME": str(tmp_path / "none")}, docker=str(tmp_path)) == {}


def test_no_content_stops_it(tmp_path: Path) -> None:
    for number in range(200):
        found = names([SHOP], podman(tmp_path, content([LISTED], number)), docker=str(tmp_path / "none"))
        assert found.keys() <= {SHOP}
        assert all(isinstance(name, str) and name for name in found.values())
