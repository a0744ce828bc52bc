"""`dataclass` and its functions as in the standard library, for the many classes of data that an idle tray holds and never makes.

The standard one compiles methods for each class and describes each field by an object: 15 KB for a frozen class with slots.
Here all methods are shared but `__init__`, which is compiled when the first object is made. Parameters and behavior are the
standard's, whose own functions take these for their own; `order`, `unsafe_hash`, InitVar, KW_ONLY and `__post_init__` are not offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Never

if TYPE_CHECKING:
    from dataclasses import asdict, dataclass, field, replace
else:
    from operator import attrgetter
    from reprlib import recursive_repr

    class _Unset:
        """Stands for a default that there is none of."""

    class _Given:
        """What `field` says of a field."""

        __slots__ = ("compare", "default", "default_factory", "repr")

        def __init__(self, default: Any = _Unset, default_factory: Any = _Unset, *, repr: bool = True, compare: bool = True) -> None:  # noqa: A002
            self.default, self.default_factory, self.repr, self.compare = default, default_factory, repr, compare

    def field(*, hash: bool | None = None, **said: Any) -> Any:  # noqa: A002, ARG001
        """Say of a field what its annotation can't: `dataclasses.field`."""
        return _Given(**said)

    def dataclass(
        cls: type | None = None, /, *, eq: bool = True, repr: bool = True, frozen: bool = False, slots: bool = False, kw_only: bool = False  # noqa: A002
    ) -> Any:
        """Make a class of data: `dataclasses.dataclass`."""

        def made(plain: Any) -> Any:
            given: dict[str, _Given] = {}
            keywords: set[str] = set()
            for base in plain.__mro__[:0:-1]:
                if "__given__" in base.__dict__:
                    given |= base.__given__
                    keywords |= base.__keywords__
            own = [name for name, kind in plain.__annotations__.items() if not kind.startswith("ClassVar")]
            given |= {name: _given(plain.__dict__.get(name, _Unset)) for name in own}
            if kw_only:
                keywords |= set(own)
            new = {"__given__": given, "__keywords__": keywords or _NO_KEYWORDS, "__dataclass_fields__": _STANDARD_FIELDS}
            new["__match_args__"] = tuple(name for name in given if name not in keywords)
            methods = {"__init__": _init}
            if repr:
                methods["__repr__"] = _repr
            if eq:
                compared = [name for name, its in given.items() if its.compare]
                new["__compared__"] = attrgetter(*compared) if compared else staticmethod(_nothing)
                methods |= {"__eq__": _equal, "__hash__": _hash if frozen else None}
            new |= {name: method for name, method in methods.items() if name not in _OWN_FIRST & plain.__dict__.keys()}
            if frozen:
                new |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
            return (_with_slots if slots else _without_slots)(plain, own, new)

        return made if cls is None else made(cls)

    def asdict(one: Any) -> dict[str, Any]:
        """The fields by name, with records in them too as dicts: `dataclasses.asdict`, without copies of what else is in them."""
        return {name: _as_plain(getattr(one, name)) for name in one.__given__}

    def replace(one: Any, /, **changes: Any) -> Any:
        """Make another object with these values in place of its own: `dataclasses.replace`."""
        return one.__class__(**{name: getattr(one, name) for name in one.__given__ if name not in changes}, **changes)

    _OWN_FIRST = {"__init__", "__repr__", "__eq__", "__hash__"}
    _ITS_OWN = {"__dict__", "__weakref__", "__doc__", "__module__"}
    _NO_KEYWORDS: frozenset[str] = frozenset()
    _REQUIRED = _Given()

    def _given(value: Any) -> _Given:
        if value is _Unset:
            return _REQUIRED
        if value.__class__.__hash__ is None:
            raise ValueError(f"mutable default {value!r}: use default_factory")
        return value if isinstance(value, _Given) else _Given(value)

    def _without_slots(plain: Any, own: list[str], new: dict[str, Any]) -> Any:
        for name in own:
            default = new["__given__"][name].default
            if default is not _Unset:
                setattr(plain, name, default)
            elif name in plain.__dict__:
                delattr(plain, name)
        for name, value in new.items():
            setattr(plain, name, value)
        return plain

    def _with_slots(plain: Any, own: list[str], new: dict[str, Any]) -> Any:
        body = {name: value for name, value in plain.__dict__.items() if name not in {*own, "__dict__", "__weakref__"}}
        inherited = {name for base in plain.__mro__[1:] for name in base.__dict__.get("__slots__", ())}
        body["__slots__"] = tuple(name for name in own if name not in inherited)
        if "__setattr__" in new:  # or copies and pickles of it would be filled by an assignment
            body |= {"__getstate__": _get_state, "__setstate__": _set_state}
        made = type(plain)(plain.__name__, plain.__bases__, body | new)
        made.__qualname__ = plain.__qualname__
        # what the first class holds would stay for good
        for name in [name for name in plain.__dict__ if name not in _ITS_OWN]:
            delattr(plain, name)
        return made

    def _init(self: Any, *values: Any, **named: Any) -> None:
        cls = next(one for one in self.__class__.__mro__ if one.__dict__.get("__init__") is _init)
        cls.__init__ = _compiled_init(cls)
        cls.__init__(self, *values, **named)

    def _compiled_init(cls: Any) -> Any:
        known: dict[str, Any] = {"unset_": _Unset, "set_": object.__setattr__}
        parameters: dict[bool, list[str]] = {False: [], True: []}
        lines = ["def __init__(self{}):"]
        for name, its in cls.__given__.items():
            default = value = name
            if its.default_factory is not _Unset:
                known[f"make_{name}"] = its.default_factory
                default, value = f"{name}=unset_", f"make_{name}() if {name} is unset_ else {name}"
            elif its.default is not _Unset:
                known[f"default_{name}"] = its.default
                default = f"{name}=default_{name}"
            parameters[name in cls.__keywords__].append(default)
            lines.append(f" set_(self, {name!r}, {value})" if cls.__setattr__ is _refuse_to_set else f" self.{name} = {value}")
        named = ["*", *parameters[True]] if parameters[True] else []
        lines[0] = lines[0].format("".join(f", {one}" for one in (*parameters[False], *named)))
        exec("\n".join((*lines, " pass")), known)  # noqa: S102
        made = known.pop("__init__")
        made.__qualname__ = f"{cls.__qualname__}.__init__"
        return made

    class _StandardFields:
        """Makes the standard library's description of the fields when that asks for it."""

        def __get__(self, _one: object, cls: Any) -> Any:
            import dataclasses as standard
            from inspect import get_annotations

            kinds = {name: kind for base in cls.__mro__[::-1] for name, kind in get_annotations(base).items()}
            said = []
            for name, its in cls.__given__.items():
                values = {key: getattr(its, key) for key in its.__slots__ if getattr(its, key) is not _Unset}
                said.append((name, kinds[name], standard.field(**values, kw_only=name in cls.__keywords__)))
            return standard.make_dataclass(cls.__name__, said, init=False).__dataclass_fields__

    _STANDARD_FIELDS = _StandardFields()

    def _as_plain(value: Any) -> Any:
        kind = value.__class__
        if hasattr(kind, "__given__"):
            return asdict(value)
        if isinstance(value, tuple | list):
            return kind(*map(_as_plain, value)) if hasattr(kind, "_fields") else kind(map(_as_plain, value))
        if isinstance(value, dict):
            return kind((_as_plain(key), _as_plain(one)) for key, one in value.items())
        return value

    def _nothing(_self: object) -> None:
        """Objects of a class without fields are all equal."""

    def _equal(self: Any, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = self.__compared__
        return values(self) == values(other)

    def _hash(self: Any) -> int:
        return hash(self.__compared__(self))

    @recursive_repr()
    def _repr(self: Any) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name, its in self.__given__.items() if its.repr)
        return f"{self.__class__.__qualname__}({', '.join(shown)})"

    def _get_state(self: Any) -> list[Any]:
        return [getattr(self, name) for name in self.__given__]

    def _set_state(self: Any, state: list[Any]) -> None:
        for name, value in zip(self.__given__, state, strict=True):
            object.__setattr__(self, name, value)

    def _refuse_to_set(_self: object, name: str, _value: object) -> Never:
        _refuse(f"cannot assign to field {name!r}")

    def _refuse_to_delete(_self: object, name: str) -> Never:
        _refuse(f"cannot delete field {name!r}")

    def _refuse(says: str) -> Never:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(says)


__all__ = ["asdict", "dataclass", "field", "replace"]
