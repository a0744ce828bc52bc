"""Specifies that a class of data made by oomtray.records behaves as one made by the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, replace

import pytest

from oomtray.records import dataclass


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
    note: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class One:
    value: object


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(slots=True)
class Changing:
    value: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Ours):
    more: int = 0


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
    assert asdict(one) == {"name": "a", "sizes": (1,), "note": "note", "secret": "secret"}
    assert [each.name for each in fields(one)] == ["name", "sizes", "note", "secret"]
    assert replace(one, name="b") == Ours("b", (1,), "note", "secret")
    assert copy.deepcopy(one) == one == pickle.loads(pickle.dumps(one))
    assert Ours.__match_args__ == Theirs.__match_args__
    assert not hasattr(one, "__dict__")


def test_the_methods_are_shared() -> None:
    for name in ("__eq__", "__hash__", "__repr__", "__setattr__", "__delattr__"):
        assert getattr(Ours, name) is getattr(One, name) is getattr(Named, name)
