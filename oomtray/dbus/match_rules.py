"""Deliver D-Bus signals to their listeners, and track the owners of the names that must have sent them."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, Protocol

from jeepney import HeaderFields, MatchRule, Message, message_bus

from oomtray.dbus.connection import signature_of
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

BUS = "org.freedesktop.DBus"
_FIELDS = {"path": HeaderFields.path, "interface": HeaderFields.interface, "member": HeaderFields.member}


@dataclass(frozen=True, slots=True)
class _Listener:
    rule: MatchRule
    sender: str
    signature: str
    handler: Callable[..., None]

    def wants(self, message: Message) -> bool:
        fields, expected = message.header.fields, self.rule.header_fields
        return all(fields.get(field) == expected[name] for name, field in _FIELDS.items())

    def argument_matches(self, message: Message) -> bool:
        return all(message.body[n] == value for n, (value, _kind) in self.rule.arg_conditions.items())


class Bus(Protocol):
    """What the rules need from their connection, `SessionBus`."""

    @property
    def connected(self) -> bool: ...
    def ask(self, *call: Any, **more: Any) -> None: ...


class MatchRules:
    """The match rules of one bus; they are sent again at each connection."""

    def __init__(self, bus: Bus) -> None:
        self.owners: dict[str, str | None] = {}
        """Unique name of the owner of each watched name, once known."""
        self._bus = bus
        self._listeners: list[_Listener] = []
        self._watchers: dict[str, list[Callable[[str | None], None]]] = {}

    def listen(
        self, rule: MatchRule, sender: str, signature: str, handler: Callable[..., None]
    ) -> Callable[[], None]:
        """Add a listener; return a function that removes it, which may be called twice."""
        listener = _Listener(rule, sender, signature, handler)
        self._listeners.append(listener)
        if self._bus.connected:
            self._add_match(rule)

        def unlisten() -> None:
            if any(one is listener for one in self._listeners):
                self._listeners = [one for one in self._listeners if one is not listener]
                if self._bus.connected:  # the bus counts equal rules, so another listener's stays
                    self._bus.ask(message_bus, "RemoveMatch", "s", (rule.serialise(),))

        return unlisten

    def watch(self, name: str, changed: Callable[[str | None], None] | None) -> Callable[[], None]:
        """Report the owner of `name` to `changed`; return a function that stops it, which may be called twice."""
        known = name in self._watchers
        watchers = self._watchers.setdefault(name, [])
        if changed is not None:
            watchers.append(changed)
            if name in self.owners:
                guarded(changed, self.owners[name])
        if not known:
            self._follow(name)

        def unwatch() -> None:
            if changed in watchers:
                watchers.remove(changed)

        return unwatch

    def _follow(self, name: str) -> None:
        rule = MatchRule(
            type="signal", sender=BUS, interface=BUS, member="NameOwnerChanged", path="/org/freedesktop/DBus"
        )
        rule.add_arg_condition(0, name)
        self.listen(rule, BUS, "sss", self._owner_changed)
        if self._bus.connected:
            self._ask_owner(name)

    def connected(self) -> None:
        for listener in self._listeners:
            self._add_match(listener.rule)
        for name in self._watchers:
            self._ask_owner(name)

    def lost(self) -> None:
        for name in tuple(self.owners):
            self._set_owner(name, None)
        self.owners.clear()

    def deliver(self, message: Message) -> None:
        sender = message.header.fields.get(HeaderFields.sender)
        for listener in tuple(self._listeners):
            # any peer may send us any signal: only the name's current owner is believed
            expected = BUS if listener.sender == BUS else self.owners.get(listener.sender)
            if sender is None or sender != expected or not listener.wants(message):
                continue
            if signature_of(message) != listener.signature:
                log.warning(
                    "%s sent %s with %r",
                    listener.sender,
                    listener.rule.header_fields["member"],
                    signature_of(message),
                )
            elif listener.argument_matches(message):
                guarded(listener.handler, *message.body)

    def _add_match(self, rule: MatchRule) -> None:
        self._bus.ask(message_bus, "AddMatch", "s", (rule.serialise(),))

    def _ask_owner(self, name: str) -> None:
        self._bus.ask(
            message_bus, "GetNameOwner", "s", (name,), expect="s",
            then=lambda reply: self._set_owner(name, reply.body[0] if reply.body else None),
        )  # fmt: skip

    def _owner_changed(self, name: str, _old: str, new: str) -> None:
        self._set_owner(name, new or None)

    def _set_owner(self, name: str, owner: str | None) -> None:
        if name in self.owners and self.owners[name] == owner:
            return
        self.owners[name] = owner
        for changed in tuple(self._watchers[name]):
            guarded(changed, owner)


def guarded(handler: Callable[..., None] | None, *arguments: Any) -> None:
    """Call the handler; its exceptions go to `sys.excepthook`, so that the next message still reaches its own
    handler.
    """
    if handler is None:
        return
    try:
        handler(*arguments)
    except Exception:  # whatever it is
        sys.excepthook(*sys.exc_info())
