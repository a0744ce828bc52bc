"""The part of xdg-desktop-portal that toolkits ask at startup: light or dark, and high contrast?

python -m tests.rigs.bus.portal light|dark|contrast   serves org.freedesktop.portal.Settings on the session
bus
"""

from __future__ import annotations

import sys

from jeepney import Message, MessageType, message_bus, new_error, new_method_return
from jeepney.io.blocking import open_dbus_connection

NAME = "org.freedesktop.portal.Desktop"
APPEARANCE = "org.freedesktop.appearance"
SETTINGS = {
    "dark": {"color-scheme": 1, "contrast": 0},
    "light": {"color-scheme": 2, "contrast": 0},
    "contrast": {"color-scheme": 1, "contrast": 1},
}
NOT_FOUND = "org.freedesktop.portal.Error.NotFound"


def answer(call: Message, settings: dict[str, int]) -> Message:
    values = {name: ("u", value) for name, value in settings.items()}
    member, body = call.header.fields.get(3), call.body
    if member == "ReadAll":
        return new_method_return(call, "a{sa{sv}}", ({APPEARANCE: values},))
    if member in ("Read", "ReadOne") and body[0] == APPEARANCE and body[1] in values:
        value = values[body[1]]
        # the older Read wraps its answer twice
        return new_method_return(call, "v", (value if member == "ReadOne" else ("v", value),))
    if member == "Get" and body == ("org.freedesktop.portal.Settings", "version"):
        return new_method_return(call, "v", (("u", 2),))
    if member == "Register":
        return new_method_return(call)  # an app outside of a sandbox registers its ID
    return new_error(call, NOT_FOUND, "s", ("no such setting",))


def main() -> None:
    settings = SETTINGS[sys.argv[1]]
    with open_dbus_connection() as connection:
        connection.send_and_get_reply(message_bus.RequestName(NAME))
        while True:
            message = connection.receive()
            if message.header.message_type is MessageType.method_call:
                connection.send(answer(message, settings))


if __name__ == "__main__":
    try:
        main()
    except EOFError:
        sys.exit("the bus is gone")
