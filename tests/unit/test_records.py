"""Specifies that a class of data made by oomtray.records behaves as one made by the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, fields
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import pytest

from oomtray.records import asdict, dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Ours:
    name: str
    sizes: tuple[int, ...] = ()
    note: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    name: str
    sizes: tuple[int, ...] = ()
    note: str = dataclasses.field(default="", compare=False)
    secret: str = dataclasses.field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class One:
    value: object


@dataclass
class Nobody:
    value: int


class Place(NamedTuple):
    x: object
    y: object


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(slots=True)
class Changing:
    value: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Ours):
    more: int = 0


@dataclass
class Filled:
    first: int
    items: list[int] = field(default_factory=list)
    kind: ClassVar[str] = "plain"
    last: str = "end"


@dataclass(frozen=True)
class WithOwn:
    value: int

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 7

    def __repr__(self) -> str:
        return "own"


VALUES = [("a",), ("a", (1, 2)), ("b", (), "note"), ("b", (), "another note", "secret")]


@pytest.mark.parametrize("first", VALUES)
@pytest.mark.parametrize("second", VALUES)
def test_equal_and_unequal_as_the_standard_one(first: tuple[object, ...], second: tuple[object, ...]) -> None:
    assert (Ours(*first) == Ours(*second)) == (Theirs(*first) == Theirs(*second))
    assert (Ours(*first) != Ours(*second)) == (Theirs(*first) != Theirs(*second))
    if Ours(*first) == Ours(*second):
        assert hash(Ours(*first)) == hash(Ours(*second))


@pytest.mark.parametrize("values", VALUES)
def test_printed_as_the_standard_one(values: tuple[object, ...]) -> None:
    assert repr(Ours(*values)) == repr(Theirs(*values)).replace("Theirs", "Ours")


def test_what_holds_itself_is_printed_once() -> None:
    held: list[object] = []
    one = One(held)
    held.append(one)
    assert repr(one) == "One(value=[...])"


def test_nothing_equals_an_object_of_another_class() -> None:
    assert Ours("a") != Theirs("a")
    assert Ours("a") != Named(name="a")
    assert Ours("a").__eq__("a") is NotImplemented
    assert One(1) != 1


def test_a_class_without_fields_has_equal_objects() -> None:
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1
    assert repr(Nothing()) == "Nothing()"


def test_a_frozen_object_refuses_changes() -> None:
    one = Ours("a")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
        one.name = "b"
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
        del one.name
    with pytest.raises(FrozenInstanceError):
        one.unknown = 1
    assert one == Ours("a")


def test_an_object_that_changes_has_no_hash() -> None:
    one = Changing()
    one.value = 3
    assert one == Changing(3)
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


def test_the_classs_own_methods_stay() -> None:
    assert WithOwn(1) == WithOwn(2)
    assert (hash(WithOwn(1)), repr(WithOwn(1))) == (7, "own")
    with pytest.raises(FrozenInstanceError):
        WithOwn(1).value = 2


def test_a_subclass_compares_its_own_fields_too() -> None:
    assert Named(name="a", more=1) != Named(name="a", more=2)
    assert hash(Named(name="a", more=1)) == hash(Named(name="a", more=1))
    assert repr(Named(name="a")) == "Named(name='a', sizes=(), note='', more=0)"


def test_the_standard_library_takes_it_for_its_own() -> None:
    one = Ours("a", (1,), "note", "secret")
    assert dataclasses.is_dataclass(Ours)
    assert dataclasses.asdict(one) == {"name": "a", "sizes": (1,), "note": "note", "secret": "secret"}
    assert [each.name for each in fields(one)] == ["name", "sizes", "note", "secret"]
    assert [(each.type, each.default, each.compare, each.repr) for each in fields(Ours)] == [
        (each.type, each.default, each.compare, each.repr) for each in fields(Theirs)
    ]
    assert dataclasses.replace(one, name="b") == Ours("b", (1,), "note", "secret")
    assert dataclasses.replace(Named(name="a"), more=2) == Named(name="a", more=2)
    assert copy.deepcopy(one) == one == pickle.loads(pickle.dumps(one))
    assert Ours.__match_args__ == Theirs.__match_args__
    assert not hasattr(one, "__dict__")


def test_another_one_is_made_and_the_rest_stays() -> None:
    assert replace(Ours("a", (1,), "note", "secret"), name="b") == Ours("b", (1,), "note", "secret")
    assert replace(Named(name="a", more=1), more=2) == Named(name="a", more=2)
    with pytest.raises(TypeError, match="unknown"):
        replace(Ours("a"), unknown=1)


def test_a_dict_of_it_has_dicts_for_the_records_within() -> None:
    one = One((Changing(1), [Changing(2)], {"key": Changing(3)}, Place(Changing(4), 5)))
    assert asdict(one) == dataclasses.asdict(one)
    assert asdict(one)["value"] == ({"value": 1}, [{"value": 2}], {"key": {"value": 3}}, Place({"value": 4}, 5))


def test_each_object_has_its_own_default() -> None:
    one = Filled(1)
    one.items.append(2)
    assert (Filled(1), Filled(1, [3], "x")) == (Filled(1, [], "end"), Filled(first=1, items=[3], last="x"))
    assert (Filled.kind, Filled.last, [each.name for each in fields(Filled)]) == ("plain", "end", ["first", "items", "last"])
    with pytest.raises(ValueError, match="mutable default"):
        dataclass(type("Shared", (), {"__annotations__": {"items": "list[int]"}, "items": []}))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda: Ours(), r"Ours.__init__\(\) missing 1 required positional argument: 'name'", id="too-few"),
        pytest.param(lambda: Ours("a", 2, 3, 4, 5), "takes from 2 to 5 positional arguments", id="too-many"),
        pytest.param(lambda: Ours("a", other=1), "unexpected keyword argument 'other'", id="unknown"),
        pytest.param(lambda: Named("a", (), "", "", 1), "positional", id="keyword-only"),
    ],
)
def test_arguments_are_refused_as_by_any_function(make: Callable[[], object], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        make()


def test_nothing_is_compiled_for_a_class_of_which_there_is_no_object() -> None:
    @dataclass(frozen=True, slots=True)
    class Late(Ours):
        more: int = 0

    assert Late.__init__ is Nobody.__init__
    assert (Late("a"), Late("a", more=1).more, Ours("a").name) == (Late("a", more=0), 1, "a")
    assert Late.__init__ is not Nobody.__init__


def test_the_methods_are_shared() -> None:
    for name in ("__eq__", "__hash__", "__repr__", "__setattr__", "__delattr__"):
        assert getattr(Ours, name) is getattr(One, name) is getattr(Named, name)
