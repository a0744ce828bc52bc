"""Signals of systemd-oomd on the system bus about killed control groups (org.freedesktop.oom1(5), Killed)."""

from __future__ import annotations

from jeepney import Header, HeaderFields, MatchRule, Message, MessageType, message_bus

from oomtray.dbus.connection import Connection, error_of, system_address

_NAME = "org.freedesktop.oom1"
_PATH, _INTERFACE, _MEMBER = "/org/freedesktop/oom1", "org.freedesktop.oom1.Manager", "Killed"


class OomdSignals:
    """A connection that becomes readable only when systemd-oomd has killed. Not thread-safe."""

    def __init__(self, address: str | None = None) -> None:
        """Raises OSError if there is no bus, or it doesn't answer."""
        self._connection = Connection(system_address() if address is None else address, wants=_is_kill)
        rule = MatchRule(type="signal", sender=_NAME, interface=_INTERFACE, member=_MEMBER, path=_PATH)
        answer = self._connection.call(message_bus.AddMatch(rule.serialise()))
        if error_of(answer) is not None:
            self._connection.close()
            raise OSError(error_of(answer))
        self.lost = False
        """Whether the bus has gone: no further signals will arrive."""

    def fileno(self) -> int:
        return self._connection.fileno()

    def read(self) -> list[str]:
        """Return the paths of control groups killed since the last call; waits only for the bus, and briefly."""
        told: list[Message] = []
        self._take_backlog(told)
        try:
            told += self._connection.receive()
        except OSError:
            self.lost = True
        if not any(_is_kill(message.header) for message in told):
            return []
        owner = self._owner()
        # the wait for the answer may have read further signals, for which the descriptor doesn't become
        # readable again
        self._take_backlog(told)
        return [message.body[0] for message in told if _is_kill(message.header) and _sender(message) == owner]

    def _take_backlog(self, told: list[Message]) -> None:
        told += self._connection.backlog
        self._connection.backlog.clear()

    def _owner(self) -> str:
        """Return the name's owner, or "": anybody may send any signal, so only those of the owner are believed."""
        try:
            owner = self._connection.call(message_bus.GetNameOwner(_NAME))
        except OSError:
            return ""
        return "" if error_of(owner) is not None else str(owner.body[0])

    def close(self) -> None:
        self._connection.close()


def connect() -> OomdSignals | None:
    """Connect to the system bus; None if there is none, or it refuses."""
    try:
        return OomdSignals()
    except OSError:
        return None


def _sender(message: Message) -> str | None:
    sender: str | None = message.header.fields.get(HeaderFields.sender)
    return sender


def _is_kill(header: Header) -> bool:
    fields = header.fields
    return (
        header.message_type is MessageType.signal
        and fields.get(HeaderFields.interface) == _INTERFACE
        and fields.get(HeaderFields.member) == _MEMBER
        and fields.get(HeaderFields.path) == _PATH
        and fields.get(HeaderFields.signature) == "ss"
    )
