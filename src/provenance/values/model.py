"""The record model: what each field of a record declares, and the functions that read these declarations.

A field is declared once, where it stands in `records`:

    mood: Mood | None = field(default=None, converter=…, metadata=describes(since=3))

- Its type says what it holds: whether it may be left out, may be sealed, is a list, a time, a reference.
- Its metadata says what it is to its record: `identifies`, `describes` or `said_once`; which types of record a
  reference may name; and since which version of the record's form it exists.

The form in the log, the walk over references, what can be said again, the sentence form, the JSON Schemas and the test
strategies are derived from these declarations.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, cast, get_args, get_origin

import attrs
from attrs import frozen

from provenance.values.sealed import Sealed

_P = ParamSpec("_P")
_T = TypeVar("_T")

_DECLARED = "provenance"
"""The key under which a field's metadata holds its declaration."""

ANY_RECORD = "record"
"""What a field declares in the place of types where it may refer to a record of any type."""


class Role(enum.Enum):
    """What a field is to its record."""

    IDENTITY = "identity"
    DESCRIPTION = "description"
    SAID_ONCE = "said once"


@frozen
class Declaration:
    role: Role
    refers_to: tuple[str, ...]
    """The types of record that the field may name; none where it holds no reference."""
    withdrawn_with: bool
    """Whether the record counts as withdrawn as soon as the one is that this field refers to."""
    since: int
    """The first version of the record's form that has the field."""


Metadata = Mapping[str, Declaration]


def identifies(*refers_to: str, withdrawn_with: bool = False, since: int = 1) -> Metadata:
    """The field makes the record what it is: its id depends on it. One that comes later enters the identity only where
    it is stated: the ids of records without it stay what they were."""
    return {_DECLARED: Declaration(Role.IDENTITY, refers_to, withdrawn_with, since)}


def describes(*refers_to: str, since: int = 1) -> Metadata:
    """The field can be said again when the record is recorded again: the latest statement counts."""
    return {_DECLARED: Declaration(Role.DESCRIPTION, refers_to, withdrawn_with=False, since=since)}


def said_once(*refers_to: str, since: int = 1) -> Metadata:
    """The field is said with the record and never again, and is no part of its identity."""
    return {_DECLARED: Declaration(Role.SAID_ONCE, refers_to, withdrawn_with=False, since=since)}


def derived_once(derive: Callable[_P, _T]) -> Callable[_P, _T]:
    """Caches a function of classes: what follows from a class is derived once, when it is first asked for.

    `functools.cache` does that; the cast is there because mypy takes `type[Record]` to be unhashable.
    """
    return cast("Callable[_P, _T]", cache(derive))


# What was declared ------------------------------------------------------------------------------------------------


@derived_once
def fields_of(record_type: type) -> dict[str, Declaration]:
    """What each field of the record declares, by its name and in the order of the class."""
    found = {}
    for field in attrs.fields(cast("type[attrs.AttrsInstance]", record_type)):
        if _DECLARED not in field.metadata:
            raise TypeError(
                f"{record_type.__name__}.{field.name} declares nothing: give it metadata=describes(since=…)"
            )
        found[field.name] = field.metadata[_DECLARED]
    return found


@derived_once
def reference_fields(record_type: type) -> tuple[str, ...]:
    """The fields that hold a reference, may hold one, or hold a list of them."""
    return tuple(name for name, declared in fields_of(record_type).items() if declared.refers_to)


@derived_once
def plain_fields(record_type: type) -> frozenset[str]:
    """The fields that hold no reference."""
    return frozenset(name for name, declared in fields_of(record_type).items() if not declared.refers_to)


@derived_once
def descriptive_fields(record_type: type) -> frozenset[str]:
    """The fields that a later recording can say anew."""
    return frozenset(
        name for name, declared in fields_of(record_type).items() if declared.role is Role.DESCRIPTION
    )


@derived_once
def newest_version(record_type: type) -> int:
    """The newest version of the record's form that one of its fields declares by `since`."""
    return max(declared.since for declared in fields_of(record_type).values())


@derived_once
def added_in(record_type: type, version: int) -> frozenset[str]:
    """The fields that came with this version of the record's form."""
    return frozenset(name for name, declared in fields_of(record_type).items() if declared.since == version)


# What the types say -----------------------------------------------------------------------------------------------


@derived_once
def attributes_of(kind: type) -> tuple[attrs.Attribute[Any], ...]:
    """The fields of an attrs class with resolved types: until then the class has its annotations as text."""
    resolved = attrs.resolve_types(cast("type[attrs.AttrsInstance]", kind))
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(resolved)
    return found


def kinds_of(type_: object) -> tuple[Any, ...]:
    """The types that a field of this type can hold, without None: str and Sealed for `str | Sealed | None`."""
    members = get_args(type_) if isinstance(type_, UnionType) else (type_,)
    return tuple(member for member in members if member is not NoneType)


@derived_once
def fields_holding(kind: type, held: type) -> tuple[str, ...]:
    """The fields of an attrs class that hold nothing but this type, or None."""
    return tuple(field.name for field in attributes_of(kind) if kinds_of(field.type) == (held,))


@derived_once
def list_fields(kind: type) -> frozenset[str]:
    """The fields of an attrs class that hold a list, as a tuple."""
    return frozenset(
        field.name
        for field in attributes_of(kind)
        if any(get_origin(held) is tuple for held in kinds_of(field.type))
    )


@derived_once
def sealable_fields(kind: type) -> tuple[str, ...]:
    """The fields of an attrs class that may hold something sealed."""
    return tuple(field.name for field in attributes_of(kind) if Sealed in kinds_of(field.type))
