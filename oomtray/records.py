"""`dataclass` as in the standard library, except that all classes share the generated methods.

The standard one compiles comparing, hashing, printing and refusing changes for each class anew, 7 KB of the
15 KB that a frozen class with slots takes, and the idle tray holds a hundred such classes. Parameters and
behavior are the standard's; `order` is not offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Never

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from operator import attrgetter
    from reprlib import recursive_repr

    def dataclass(cls: type | None = None, /, *, eq: bool = True, repr: bool = True, frozen: bool = False, **options: Any) -> Any:  # noqa: A002
        """Make a data class, like `dataclasses.dataclass`."""

        def made(plain: Any) -> Any:
            own = set(plain.__dict__)
            cls = dataclasses.dataclass(plain, eq=False, repr=False, frozen=frozen, **options)
            shared: dict[str, Any] = {"__repr__": _repr} if repr else {}
            if eq:
                compared = [field.name for field in dataclasses.fields(cls) if field.compare]
                cls.__compared__ = attrgetter(*compared) if compared else staticmethod(_nothing)
                shared |= {"__eq__": _equal, "__hash__": _hash if frozen else None}
            for name in shared.keys() - own:
                setattr(cls, name, shared[name])
            if frozen:
                cls.__setattr__, cls.__delattr__ = _refuse_to_set, _refuse_to_delete
            if cls is not plain:  # with slots it is another class, and what the first one holds would stay forever
                for name in [name for name in plain.__dict__ if name not in _ITS_OWN]:
                    delattr(plain, name)
            return cls

        return made if cls is None else made(cls)

    _ITS_OWN = {"__dict__", "__weakref__", "__doc__", "__module__"}

    def _nothing(_self: object) -> None:
        """Compare objects of a class without fields as equal."""

    def _equal(self: Any, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = self.__compared__
        return values(self) == values(other)

    def _hash(self: Any) -> int:
        return hash(self.__compared__(self))

    @recursive_repr()
    def _repr(self: Any) -> str:
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
        return f"{self.__class__.__qualname__}({', '.join(shown)})"

    def _refuse_to_set(_self: object, name: str, _value: object) -> Never:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_to_delete(_self: object, name: str) -> Never:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


__all__ = ["dataclass"]
