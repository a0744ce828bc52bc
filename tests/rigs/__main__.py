"""Run a command in a rig, to look around by hand: `python -m tests.rigs RIG COMMAND...`; README.md lists the rigs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.rigs.processes.programs import RigUnavailable

USAGE = """usage: python -m tests.rigs RIG COMMAND...

  bus        COMMAND   with a session bus on which nothing runs
  desktop    COMMAND   on an X desktop: panel, tray, notifications
  wayland    COMMAND   the same under sway
  polkit     COMMAND   as a user at the screen, with a real polkitd; the password is typed
  memory MIB COMMAND   in a memory cgroup of so many MiB, at most 256
  systemd    COMMAND   in a container with a real systemd
  guest      COMMAND   in a virtual machine"""


def on_bus(command: list[str]) -> int:
    from tests.rigs.bus.daemon import bus_daemon
    from tests.rigs.bus.peers import PrivateBus

    with tempfile.TemporaryDirectory(prefix="oomtray-bus-") as here:
        socket = Path(here, "bus")
        bus = PrivateBus(socket, bus_daemon(socket, dict(os.environ), Path(here, "log")))
        bus.start()
        try:
            return subprocess.run(command, env=os.environ | {"DBUS_SESSION_BUS_ADDRESS": bus.address}).returncode
        finally:
            bus.close()


def on_desktop(command: list[str]) -> int:
    from tests.rigs.desktop.command import main

    return main(["run", *command])


def under_sway(command: list[str]) -> int:
    from tests.rigs.desktop.wayland import WaylandDesktop

    with WaylandDesktop() as desk:
        return subprocess.run(command, env=desk.env).returncode


def with_polkit(command: list[str]) -> int:
    from tests.rigs.polkit.rig import PolkitRig, Seat

    with PolkitRig() as rig:
        done = rig.run("ben", command, seat=Seat())
    return shown(done.returncode, done.stdout, done.stderr)


def in_memory_cgroup(command: list[str]) -> int:
    from tests.rigs.processes.memcg import MIB, MemoryCgroup

    with MemoryCgroup(int(command[0]) * MIB) as group:
        return group.spawn(command[1:]).wait()


def in_container(command: list[str]) -> int:
    from tests.rigs.systemd.box import Box

    with Box() as box:
        return shown(*box.run(command))


def in_guest(command: list[str]) -> int:
    from tests.rigs.guest import Guest

    with Guest() as guest:
        return shown(*guest.run(command))


def shown(status: int, out: str, err: str) -> int:
    print(out, end="")
    print(err, end="", file=sys.stderr)
    return status


RIGS: dict[str, Callable[[list[str]], int]] = {
    "bus": on_bus,
    "desktop": on_desktop,
    "wayland": under_sway,
    "polkit": with_polkit,
    "memory": in_memory_cgroup,
    "systemd": in_container,
    "guest": in_guest,
}


def main(arguments: list[str]) -> int:
    rig, command = RIGS.get(arguments[0] if arguments else ""), arguments[1:]
    if rig is None or not command or (rig is in_memory_cgroup and not (command[0].isdigit() and command[1:])):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        return rig(command)
    except RigUnavailable as missing:
        print(missing, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
