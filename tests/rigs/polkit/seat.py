"""A person at the screen, in one program: run a command and answer its authentication dialogs.

    python3 tests/rigs/polkit/seat.py PLAN COMMAND...      PLAN: {"password": str | null, "locale": str, "log": path}

It is a real polkit authentication agent, for itself and for the command, and proves the password to the real
polkit-agent-helper-1. A null password dismisses the dialog. Each dialog is one JSON line in the log. Exits with the
command's status. With {"session": ID} it is the agent of that logind session, like a desktop's. With {"window":
[COMMAND...]} in the plan it shows that window, which prints what is typed, or fails when dismissed.
"""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, Message, MessageType, new_error, new_method_call, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

AGENT_HELPER = "/usr/lib/polkit-1/polkit-agent-helper-1"
OBJECT = "/io/github/oomtray/rig/agent"
AUTHORITY = DBusAddress(
    "/org/freedesktop/PolicyKit1/Authority",
    bus_name="org.freedesktop.PolicyKit1",
    interface="org.freedesktop.PolicyKit1.Authority",
)


def process(pid: int) -> tuple[str, dict[str, Any]]:
    stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    start_time = int(stat.rpartition(")")[2].split()[19])
    return "unix-process", {"pid": ("u", pid), "start-time": ("t", start_time), "uid": ("i", os.getuid())}


def register(connection: DBusConnection, subject: tuple[str, dict[str, Any]], locale: str) -> None:
    body = (subject, locale, OBJECT)
    reply = connection.send_and_get_reply(
        new_method_call(AUTHORITY, "RegisterAuthenticationAgent", "(sa{sv})ss", body)
    )
    if reply.header.message_type is MessageType.error:
        raise SystemExit(f"polkit takes no agent: {reply.body}")


def prove(user: str, password: str, cookie: str) -> str:
    """Prove the password through PAM, as any agent does; return SUCCESS or FAILURE."""
    with subprocess.Popen(
        [AGENT_HELPER, user], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as helper:
        assert helper.stdin
        assert helper.stdout
        helper.stdin.write(cookie + "\n")
        for line in helper.stdout:
            if line.startswith("PAM_PROMPT_ECHO_OFF"):
                helper.stdin.write(password + "\n")
            elif line.startswith(("SUCCESS", "FAILURE")):
                return line.strip()
    return "FAILURE"


def typed(window: list[str], message: str) -> str | None:
    done = subprocess.run([*window, message], stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.rstrip("\n") if done.returncode == 0 else None


def answer(call: Message, plan: dict[str, Any]) -> Message:
    action, message, icon, details, cookie, identities = call.body
    users = [pwd.getpwuid(fields["uid"][1]).pw_name for kind, fields in identities if kind == "unix-user"]
    password = typed(plan["window"], message) if plan.get("window") else plan["password"]
    outcome = "dismissed" if password is None else prove(users[0], password, cookie)
    dialog = {"action": action, "message": message, "icon": icon, "details": details, "users": users}
    with Path(str(plan["log"])).open("a") as log:
        log.write(json.dumps({**dialog, "outcome": outcome}) + "\n")
    if outcome == "dismissed":
        return new_error(call, "org.freedesktop.PolicyKit1.Error.Cancelled", "s", ("dismissed",))
    return new_method_return(call)


def attend(connection: DBusConnection, plan: dict[str, Any]) -> None:
    while True:
        message = connection.receive()
        if message.header.message_type is not MessageType.method_call:
            continue
        name = message.header.fields.get(3)  # HeaderFields.member
        connection.send(
            answer(message, plan) if name == "BeginAuthentication" else new_method_return(message)
        )


def main() -> int:
    plan, argv = json.loads(sys.argv[1]), sys.argv[2:]
    held, release = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(release)
        os.read(held, 1)
        os.execvp(argv[0], argv)
    os.close(held)
    with open_dbus_connection(bus="unix:path=/run/dbus/system_bus_socket") as connection:
        session = plan.get("session")
        subjects = [process(os.getpid()), process(child)] if session is None else [
            ("unix-session", {"session-id": ("s", session)})
        ]
        for subject in subjects:
            register(connection, subject, plan["locale"])
        threading.Thread(target=attend, args=(connection, plan), daemon=True).start()
        os.close(release)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
