"""Extensions: data of the caller's own, attached to a record under a namespace and recorded byte for byte.

    "extensions": {"org.example.cms": {"version": 2, "story": 4711}}

A namespace is a dotted name that its owner controls ("org.example.cms"), or begins with "x-". Its data is a JSON object
with a "version", a whole number from 1. It may hold text, whole numbers, booleans, null, lists, and objects with ASCII
keys. A number with a fraction has to be given as text, because canonical JSON has none here. Extensions are no part of
a record's identity. They lie in the log unencrypted, and cannot be taken out again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from attrs import field, frozen

from provenance.errors import InvalidValue
from provenance.values.evolution import Fields, Step, Versions
from provenance.values.ids import canonical_json

MAX_EXTENSION = 100_000
"""Bytes of canonical JSON that one namespace may attach to one record. What is longer is a document."""

MAX_DEPTH = 32
"""Levels of objects and lists: more than any schema has that people make, and far below Python's recursion limit."""

MAX_VERSION = 999_999
_LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps."""

_NAMESPACE = re.compile(r"(?=.{3,100}\Z)(x-[a-z0-9_-]+|[a-z][a-z0-9-]*)(\.[a-z0-9_-]+)*\Z")


@frozen(repr=False)
class Extensions(Mapping[str, Fields]):
    """The extensions of a record: a read-only mapping from each namespace to its object, which includes "version".

    The namespaces come sorted. Each look-up returns a new dict: to change one changes nothing recorded.
    """

    _stated: tuple[tuple[str, bytes], ...]
    """Pairs of a namespace and the canonical JSON of its data, sorted by namespace."""

    def __getitem__(self, namespace: str) -> Fields:
        found: Fields = json.loads(dict(self._stated)[namespace])
        return found

    def __iter__(self) -> Iterator[str]:
        return (namespace for namespace, _ in self._stated)

    def __len__(self) -> int:
        return len(self._stated)

    def __repr__(self) -> str:
        return f"Extensions({', '.join(self)})"

    def __or__(self, others: Mapping[str, Mapping[str, Any]]) -> Extensions:
        """The namespaces of both. Of a namespace that both have, the data of `others` counts."""
        return extensions_of("extensions")({**self, **others}) or self


def extensions_of(name: str) -> Callable[[Any], Extensions | None]:
    """The converter of an extensions field: it takes a mapping of namespaces, and makes None of an empty one."""

    def convert(value: object) -> Extensions | None:
        if value is None or isinstance(value, Extensions):
            return value
        if not isinstance(value, Mapping):
            raise InvalidValue(name, f"a {type(value).__name__}", "a map from namespaces to objects")
        for namespace in value:
            check_namespace(name, namespace)
        return (
            Extensions(tuple((each, _canonical(f"{name}[{each}]", value[each])) for each in sorted(value)))
            if value
            else None
        )

    return convert


def check_namespace(name: str, namespace: object) -> None:
    if (
        not isinstance(namespace, str)
        or not _NAMESPACE.match(namespace)
        or not ("." in namespace or namespace.startswith("x-"))
    ):
        raise InvalidValue(name, "no namespace", 'a name that is yours, as "org.example.cms", or "x-…"')


def _canonical(name: str, value: object) -> bytes:
    if not isinstance(value, Mapping):
        raise InvalidValue(name, f"a {type(value).__name__}", 'an object with its "version"')
    version = value.get("version")
    if type(version) is not int or not 1 <= version <= MAX_VERSION:
        raise InvalidValue(f"{name}.version", "no version", f"a whole number from 1 to {MAX_VERSION}")
    made = canonical_json(_checked(name, value, 0))
    if len(made) > MAX_EXTENSION:
        raise InvalidValue(name, f"{len(made)} bytes", f"at most {MAX_EXTENSION}")
    return made


def _checked(name: str, value: object, depth: int) -> object:
    """The value in JSON's own types, if canonical JSON can hold it."""
    if depth > MAX_DEPTH:
        raise InvalidValue(name, "objects nested too deep", f"at most {MAX_DEPTH} within one another")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return int(value)
    if isinstance(value, str):
        return _valid_text(name, value)
    if isinstance(value, list | tuple):
        return [_checked(name, each, depth + 1) for each in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) and key.isascii() for key in value):
        return {str(key): _checked(name, each, depth + 1) for key, each in value.items()}
    raise InvalidValue(
        name, f"a {type(value).__name__}", "text, whole numbers, true, false, null, lists, and ASCII keys"
    )


def _valid_text(name: str, value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidValue(name, "a lone surrogate", "text that is valid Unicode") from None
    return str(value)


class Extended(Protocol):
    """Whatever can have extensions: a record or a source."""

    @property
    def extensions(self) -> Extensions | None: ...


def _own_namespace(value: str) -> str:
    check_namespace("namespace", value)
    return value


@frozen
class Extension:
    """An extension of your own: its namespace, and the steps from each version of its data to the next.

    A step is a pure function. It takes the fields of version n, without "version", and returns those of version n + 1.
    Without steps the newest version is 1. Raises `InvalidValue` for a namespace that is neither dotted nor begins with
    "x-".
    """

    namespace: str = field(converter=_own_namespace)
    steps: tuple[Step, ...] = ()

    @property
    def versions(self) -> Versions:
        """Its versions, as `provenance.testing.check_evolution` takes them."""
        return Versions(self.namespace, self.steps)

    def of(self, **fields: object) -> Extensions:
        """What to attach to a record, as the newest version: `desk.record(…, extensions=mine.of(story=4711))`.

        Raises `InvalidValue` for what canonical JSON cannot hold, such as a float, and beyond 100,000 bytes.
        """
        stated = extensions_of("extensions")({self.namespace: {**fields, "version": self.versions.newest}})
        assert stated is not None  # noqa: S101 - it holds one namespace
        return stated

    def read(self, extended: Extended) -> Fields | None:
        """The fields that a record or source has under this namespace, as the newest version and without "version".

        None where it has none. Raises `NewerThanLibrary` where they were recorded as a version beyond these steps.
        """
        stated = {} if extended.extensions is None else extended.extensions
        if self.namespace not in stated:
            return None
        fields = dict(stated[self.namespace])
        return self.versions.upcast(fields, fields.pop("version"))
