"""Where the session bus is: its address, and the sockets that an address names."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.dbus.connection import session_address, socket_paths


@pytest.mark.parametrize(
    ("address", "paths"),
    [
        ("unix:path=/run/user/1/bus", ["/run/user/1/bus"]),
        ("unix:path=/tmp/a%20b,guid=12", ["/tmp/a b"]),
        ("unix:abstract=/tmp/x", ["\0/tmp/x"]),
        ("unix:guid=1,path=/a;unix:path=/b", ["/a", "/b"]),
        ("autolaunch:;tcp:host=localhost,port=1;unix:path=/c", ["/c"]),
        ("unix:runtime=yes", ["/run/user/7/bus"]),
        ("unix:path=/h%C3%A4", ["/hä"]),
        ("unix:tmpdir=/tmp", []),
        ("", []),
        ("rubbish", []),
    ],
)
def test_an_address_names_sockets(address: str, paths: list[str]) -> None:
    assert socket_paths(address, {"XDG_RUNTIME_DIR": "/run/user/7"}) == paths


def test_the_session_bus_is_found_without_the_variable(tmp_path: Path) -> None:
    assert session_address({"XDG_RUNTIME_DIR": str(tmp_path)}) is None
    (tmp_path / "bus").touch()
    assert session_address({"XDG_RUNTIME_DIR": str(tmp_path)}) == f"unix:path={tmp_path}/bus"
    assert (
        session_address({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x", "XDG_RUNTIME_DIR": str(tmp_path)})
        == "unix:path=/x"
    )
    assert session_address({}) is None
