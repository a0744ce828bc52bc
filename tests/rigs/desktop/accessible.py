"""What a screen reader finds in a desktop: widgets by role and name, and where they are on the screen.

    with Desktop(accessible=True) as desk:
        button = desk.accessible.wait_for("push button", "Pause")       # a Node: role, name, box, states
        desk.click_on(button.box)
        print(desk.accessible.tree("oomtray"))                          # everything, to look at

It uses AT-SPI, so it sees Qt's windows and GTK's alike: the app's rows, the panel's menus, a notification's buttons.
A blind user hears the names that are found here. An open Qt menu is not in the tree: use keys to choose from it.

The actions of a screen reader's user are possible too, without pointer and keys:

        desk.accessible.do(button)                                      # presses; do(item, "Toggle") chooses a row
        desk.accessible.set_value(field, 70)                            # of a spin box; set_text of a field
        with desk.accessible.changes(field, "TextChanged") as heard:
            ...
            heard.next()                                                # the app reported the change
        with desk.accessible.announcements() as heard:
            ...
            _, politeness, _, (_, text), *_ = heard.next()              # said at once
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.rigs.bus.daemon import Client, DBusError, Signals
from tests.rigs.desktop.screen import Box
from tests.rigs.processes.programs import DEADLINE, wait_for

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
A11Y_BUS = "org.a11y.Bus"

_ACCESSIBLE = "org.a11y.atspi.Accessible"
_ACTION, _VALUE = "org.a11y.atspi.Action", "org.a11y.atspi.Value"
_EVENTS = ("org.a11y.atspi.Registry", "/org/a11y/atspi/registry", "org.a11y.atspi.Registry")
_KINDS = {"TextChanged": "object:text-changed", "PropertyChange": "object:property-change", "StateChanged": "object:state-changed"}
_LABELLED_BY = 2
"""A value of AtspiRelationType."""
_REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
# AtspiStateType (at-spi2-core, atspi-constants.h) by bit
_STATES = {
    4: "checked",
    8: "enabled",
    10: "expanded",
    11: "focusable",
    12: "focused",
    23: "selected",
    25: "showing",
    30: "visible",
}
_MOST_CHILDREN = 300
_WITH_VALUE = {"progress bar", "slider", "spin box"}


@dataclass(frozen=True, slots=True)
class Node:
    """One widget; `box` is None for objects without a place, such as an application."""

    role: str
    name: str
    box: Box | None
    states: frozenset[str]
    depth: int
    description: str = ""
    value: float | None = None
    """For widgets with a number, such as a bar."""
    at: tuple[str, str] = ("", "")
    """Owner and path on the accessibility bus."""

    @property
    def showing(self) -> bool:
        return "showing" in self.states and self.box is not None and self.box.width > 0


class Accessible:
    """Queries on the accessibility bus, whose address the session bus knows."""

    def __init__(self, session: Client) -> None:
        address = session.call(A11Y_BUS, "/org/a11y/bus", A11Y_BUS, "GetAddress")
        self._bus = Client(str(address))

    def close(self) -> None:
        self._bus.close()

    def nodes(self, app: str = "") -> Iterator[Node]:
        """Yield every widget, parents before children, of apps whose name contains `app`."""
        for reference in self._children(*_REGISTRY):
            name = self._name(*reference)
            if name is not None and app in name:
                yield from self._below(*reference, depth=0)

    def find(self, role: str = "", name: str | None = None, *, app: str = "") -> list[Node]:
        """Return what is visible on the screen with this role and, if given, exactly this name."""
        return [
            node
            for node in self.nodes(app)
            if node.showing and role in ("", node.role) and (name is None or node.name == name)
        ]

    def wait_for(
        self, role: str, name: str | None = None, *, app: str = "", timeout: float = DEADLINE
    ) -> Node:
        what = f"a {role} {name!r}" if name is not None else f"a {role}"
        return wait_for(lambda: self.find(role, name, app=app), f"{what} to be heard of", timeout)[0]

    # what a screen reader's user does and asks

    def do(self, node: Node, action: str = "Press") -> None:
        """Invoke one of its actions, by the toolkit's name for it."""
        names = self.actions(node)
        assert action in names, f"{node.role} {node.name!r} can {names}"
        assert self._bus.call(*node.at, _ACTION, "DoAction", "i", (names.index(action),))

    def actions(self, node: Node) -> list[str]:
        return [str(one[0]) for one in self._bus.call(*node.at, _ACTION, "GetActions")]

    def set_value(self, node: Node, value: float) -> None:
        arguments = (_VALUE, "CurrentValue", ("d", float(value)))
        self._bus.call(*node.at, "org.freedesktop.DBus.Properties", "Set", "ssv", arguments)

    def set_text(self, node: Node, text: str) -> None:
        assert self._bus.call(*node.at, "org.a11y.atspi.EditableText", "SetTextContents", "s", (text,))

    def text(self, node: Node) -> str:
        """Return the text in a field."""
        return str(self._bus.call(*node.at, "org.a11y.atspi.Text", "GetText", "ii", (0, -1)))

    def labels(self, node: Node) -> list[str]:
        """Return the names of its labels, which a reader says before its own."""
        found = self._bus.call(*node.at, _ACCESSIBLE, "GetRelationSet")
        return [self._name(*target) or "" for kind, targets in found if kind == _LABELLED_BY for target in targets]

    @contextmanager
    def changes(self, node: Node, kind: str, *also: str) -> Iterator[Signals]:
        """Yield the events of a widget from now on: TextChanged, PropertyChange or StateChanged.

        `also` has events of that kind that Qt sends only to who asks for them by their whole names.
        """
        events = (_KINDS[kind], *also)
        for event in events:
            self._bus.call(*_EVENTS, "RegisterEvent", "sass", (event, [], ""))
        with self._bus.listen(interface="org.a11y.atspi.Event.Object", member=kind, path=node.at[1]) as heard:
            yield heard
        for event in events:
            self._bus.call(*_EVENTS, "DeregisterEvent", "s", (event,))

    @contextmanager
    def announcements(self) -> Iterator[Signals]:
        """Yield what programs have a reader say from now on, wherever the focus is."""
        self._bus.call(*_EVENTS, "RegisterEvent", "sass", ("object:announcement", [], ""))
        with self._bus.listen(interface="org.a11y.atspi.Event.Object", member="Announcement") as heard:
            yield heard
        self._bus.call(*_EVENTS, "DeregisterEvent", "s", ("object:announcement",))

    def tree(self, app: str = "") -> str:
        lines = (
            f"{'  ' * node.depth}{node.role} {node.name!r} {sorted(node.states)}" for node in self.nodes(app)
        )
        return "\n".join(lines)

    def _below(self, owner: str, path: str, depth: int) -> Iterator[Node]:
        node = self._node(owner, path, depth)
        if node is None:
            return
        yield node
        for child in self._children(owner, path)[:_MOST_CHILDREN]:
            yield from self._below(*child, depth=depth + 1)

    def _node(self, owner: str, path: str, depth: int) -> Node | None:
        name = self._name(owner, path)
        try:
            role = self._bus.call(owner, path, _ACCESSIBLE, "GetRoleName")
            low, _high = self._bus.call(owner, path, _ACCESSIBLE, "GetState")
            description = self._bus.get(owner, path, _ACCESSIBLE, "Description")
        except DBusError:
            return None  # it disappeared meanwhile
        states = frozenset(word for bit, word in _STATES.items() if low >> bit & 1)
        # an application has no place, and GTK's print a warning when asked for it
        box = self._box(owner, path) if role != "application" else None
        value = self._value(owner, path) if role in _WITH_VALUE else None
        return Node(role, name or "", box, states, depth, description, value, (owner, path))

    def _name(self, owner: str, path: str) -> str | None:
        try:
            return str(self._bus.get(owner, path, _ACCESSIBLE, "Name"))
        except DBusError:
            return None

    def _box(self, owner: str, path: str) -> Box | None:
        on_screen = 0
        try:
            extents = self._bus.call(owner, path, "org.a11y.atspi.Component", "GetExtents", "u", (on_screen,))
        except DBusError:
            return None
        return Box(*extents)

    def _value(self, owner: str, path: str) -> float | None:
        try:
            return float(self._bus.get(owner, path, _VALUE, "CurrentValue"))
        except DBusError:
            return None

    def _children(self, owner: str, path: str) -> list[tuple[str, str]]:
        try:
            found = self._bus.call(owner, path, _ACCESSIBLE, "GetChildren")
        except DBusError:
            return []
        return [(str(name), str(where)) for name, where in found]
