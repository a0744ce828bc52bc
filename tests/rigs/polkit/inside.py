"""The inside of PolkitRig: mounts, users, system bus and polkitd, in a mount namespace of its own.

Started by tests/rigs/polkit/rig.py as root; prints `ready`, and ends when its standard input is closed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection

from tests.rigs.processes.programs import wait_for

BASE = Path("/opt")
"""Covered by an in-memory file system with everything that the rig creates, readable by its users."""
HELPER = Path("/usr/libexec/oomtray/oomtray-helper")
RELOADS = BASE / "reloads"
POLKITD = "/usr/lib/polkit-1/polkitd"


def command(*argv: object, text: str | None = None) -> None:
    subprocess.run([str(part) for part in argv], check=True, input=text, text=True, stdout=subprocess.DEVNULL)


def cover(path: Path) -> None:
    """Replace `path` by a copy that may be changed."""
    copy = BASE / "copies" / str(path).strip("/").replace("/", "_")
    copy.parent.mkdir(exist_ok=True)
    command("cp", "-a", path, copy)
    command("mount", "--bind", copy, path)


def show(path: Path, name: str) -> None:
    """Make `path`, which may be in a private directory, readable for everyone at /opt/NAME."""
    (BASE / name).mkdir()
    command("mount", "--bind", path, BASE / name)


def open_the_way_to_python() -> None:
    """Make the interpreter accessible if it is below a private /root, without anything else in that directory."""
    python = Path(sys.base_prefix)
    closed = next((parent for parent in reversed(python.parents) if not parent.stat().st_mode & 0o001), None)
    if closed is None:
        return
    show(python, "python")
    command("mount", "-t", "tmpfs", "-o", "mode=755", "rig", closed)
    python.mkdir(parents=True)
    command("mount", "--bind", BASE / "python", python)


def add_users(users: list[dict[str, object]]) -> None:
    for user in users:
        command("useradd", "--create-home", "--home-dir", BASE / f"home-{user['name']}", "--shell", "/bin/sh",
                "--uid", user["uid"], user["name"])  # fmt: skip
    passwords = "".join(f"{user['name']}:{user['password']}\n" for user in users)
    command("chpasswd", "--crypt-method", "SHA256", "--sha-rounds", "1000", text=passwords)


def rules(policy: Path, users: list[dict[str, object]]) -> str:
    """Write rules that replace logind, which polkit can't ask here: seated users get the policy's own allow_active."""
    active = {
        action.get("id"): action.findtext("defaults/allow_active")
        for action in ET.parse(policy).iter("action")
    }
    names = {role: [user["name"] for user in users if user[role]] for role in ("seated", "trusted", "admin")}
    admins = json.dumps([f"unix-user:{name}" for name in names["admin"]])
    return f"""
        polkit.addAdminRule(function() {{ return {admins}; }});
        polkit.addRule(function(action, subject) {{
            var active = {json.dumps(active)};
            if (!(action.id in active)) return polkit.Result.NOT_HANDLED;
            if ({json.dumps(names["trusted"])}.indexOf(subject.user) >= 0) return polkit.Result.YES;
            if ({json.dumps(names["seated"])}.indexOf(subject.user) >= 0) return active[action.id];
        }});
    """


def install(helper: Path, policy: Path, users: list[dict[str, object]]) -> None:
    HELPER.parent.mkdir(exist_ok=True)
    shutil.copyfile(helper, HELPER)
    HELPER.chmod(0o755)
    shutil.copyfile(policy, Path("/usr/share/polkit-1/actions") / policy.name)
    Path("/etc/polkit-1/rules.d/10-rig.rules").write_text(rules(policy, users))
    # No manager runs here: what the helper asks of it is written to a file.
    stand_in = BASE / "systemctl"
    stand_in.write_text(f'#!/bin/sh\necho "$@" >>{RELOADS}\nenv >>{RELOADS}\n')
    stand_in.chmod(0o755)
    command("mount", "--bind", stand_in, "/usr/bin/systemctl")


def owned(name: str) -> bool:
    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    try:
        with open_dbus_connection(bus="unix:path=/run/dbus/system_bus_socket") as connection:
            return bool(
                connection.send_and_get_reply(new_method_call(bus, "NameHasOwner", "s", (name,))).body[0]
            )
    except (FileNotFoundError, ConnectionError):
        return False


def main() -> None:
    plan = json.loads(sys.argv[1])
    command("mount", "-t", "tmpfs", "-o", "mode=755", "rig", BASE)
    for path in ("/etc", "/usr/libexec", "/usr/share/polkit-1"):
        cover(Path(path))
    Path("/run/dbus").mkdir(exist_ok=True)
    command("mount", "-t", "tmpfs", "-o", "mode=755", "rig", "/run/dbus")
    show(Path(sys.prefix), "venv")
    show(Path(plan["checkout"]), "checkout")
    (BASE / "prompts").mkdir()
    (BASE / "prompts").chmod(0o1777)
    add_users(plan["users"])
    install(Path(plan["helper"]), Path(plan["policy"]), plan["users"])
    open_the_way_to_python()  # from here on the rest of root's home is hidden
    if not Path("/etc/machine-id").exists() or not Path("/etc/machine-id").read_text():
        command("dbus-uuidgen", "--ensure=/etc/machine-id")
    daemons = []
    try:
        for name, argv in (
            ("org.freedesktop.DBus", ["dbus-daemon", "--system", "--nofork", "--nopidfile", "--nosyslog"]),
            ("org.freedesktop.PolicyKit1", [POLKITD]),
        ):
            log = (BASE / f"{Path(argv[0]).name}.log").open("wb")
            daemons.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
            wait_for(lambda name=name: owned(name), f"{name} on the rig's system bus")
        print("ready", flush=True)
        sys.stdin.read()
    finally:
        for daemon in reversed(daemons):
            daemon.terminate()
            daemon.wait()


if __name__ == "__main__":
    os.umask(0o022)
    main()
