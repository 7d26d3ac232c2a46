"""check_evolution: whether the steps between the versions of your own data lose nothing of what was recorded."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from provenance.errors import InvalidValue
from provenance.testing.field_names import FieldNames
from provenance.values.evolution import Fields
from provenance.values.extensions import extensions_of

MAX_EXAMPLES = 50
"""Objects of each version that Hypothesis draws for a check."""


class Upcasting(Protocol):
    """The versions of a form, and the way from one to a later one, as `Extension.versions` has them."""

    @property
    def newest(self) -> int: ...

    def upcast(self, fields: Fields, version: int, *, to: int | None = None) -> Fields: ...


class EvolutionBroken(AssertionError):
    """A step between two versions breaks a rule of `check_evolution`, which `rule` names."""

    def __init__(self, rule: str, version: int, found: str) -> None:
        super().__init__(f"from version {version} on: {rule}: {found}")
        self.rule = rule
        self.version = version


def check_evolution(
    versions: Upcasting,
    recorded: Mapping[int, SearchStrategy[Fields]],
    *,
    identity: Iterable[str] = (),
    names: str | Path | None = None,
    freeze: bool = False,
    max_examples: int = MAX_EXAMPLES,
) -> None:
    """Checks the steps between versions on objects as each version recorded them. The rules are:

    - *total*: every object of every version has a form in every later version, which could be recorded
    - *deterministic*: a step gives the same for the same object
    - *pure*: a step does not change the object that it was given
    - *keeps identity*: the `identity` fields have the same values afterwards
    - *one jump is its steps*: from any version to any later one, a jump gives what the single steps give
    - *loses nothing*: two objects that differ in a field still differ afterwards. Where two examples have equal values
      in a field, the check varies it
    - *names are kept*, with `names`: the fields of each version are those that the file names, of the same JSON types;
      and a name that a version gave up is never used again

    `recorded` has a strategy for the objects of every version, without their "version"; for the newest version it is
    optional. `names` is a file to commit: with `freeze`, at a release, the fields of those versions are added that it
    does not have yet, as the examples show them. Raises `EvolutionBroken`; Hypothesis prints the object that shows it.
    """
    missing = set(range(1, versions.newest)) - recorded.keys()
    if missing:
        raise EvolutionBroken("is complete", min(missing), "there are no examples of this version")
    if freeze and names is None:
        raise InvalidValue("names", "nothing", "the file that is to be written, beside freeze=True")
    seen = None if names is None else FieldNames(Path(names))
    for version, strategy in sorted(recorded.items()):
        _check_version(versions, version, strategy, identity=tuple(identity), seen=seen, most=max_examples)
    if seen is not None:
        if freeze:
            seen.take()
        for version, found in seen.faults():
            raise EvolutionBroken("names are kept", version, found)
        if freeze:
            seen.write()


def _check_version(
    versions: Upcasting,
    version: int,
    strategy: SearchStrategy[Fields],
    *,
    identity: tuple[str, ...],
    seen: FieldNames | None,
    most: int,
) -> None:
    @settings(max_examples=most, deadline=None, suppress_health_check=list(HealthCheck))
    @given(fields=strategy, other=strategy)
    def check(fields: Fields, other: Fields) -> None:
        for later in range(version, versions.newest + 1):
            after = _Check(versions, version, later).run(fields, other, identity)
            if seen is not None:
                seen.see(later, after)

    check()


class _Check:
    """The rules, from one version to a later one."""

    def __init__(self, versions: Upcasting, version: int, later: int) -> None:
        self._versions = versions
        self._version = version
        self._later = later

    def run(self, fields: Fields, other: Fields, identity: tuple[str, ...]) -> Fields:
        """The object as the later version has it."""
        before = copy.deepcopy(fields)
        after = self._upcast(fields)
        self._hold("pure", fields == before, "it changed what it was given")
        self._hold("deterministic", self._upcast(copy.deepcopy(before)) == after, "it gave two answers")
        kept = [name for name in identity if before.get(name) != after.get(name)]
        self._hold("keeps identity", not kept, ", ".join(kept))
        self._hold("one jump is its steps", self._in_steps(before) == after, f"to version {self._later}")
        for name in sorted({*before, *other}):
            for variant in _variants(before, name, other):
                self._check_distinguishes(before, variant, after, name)
        return after

    def _check_distinguishes(self, before: Fields, variant: Fields, after: Fields, name: str) -> None:
        """A variant may be an object that nobody can have recorded: one that a step refuses proves nothing."""
        if _is_same(variant, before):
            return
        try:
            changed = self._versions.upcast(copy.deepcopy(variant), self._version, to=self._later)
        except Exception:  # noqa: BLE001 - an embedder's step may raise anything
            return
        self._hold("loses nothing", not _is_same(changed, after), name)

    def _upcast(self, fields: Fields) -> Fields:
        try:
            found = self._versions.upcast(fields, self._version, to=self._later)
        except Exception as error:
            raise EvolutionBroken("total", self._version, f"it raised {type(error).__name__}") from error
        is_recordable = _can_be_recorded(found) or not _can_be_recorded(fields)
        self._hold("total", is_recordable, "it gave what cannot be recorded")
        return found

    def _in_steps(self, fields: Fields) -> Fields:
        stepped = copy.deepcopy(fields)
        for version in range(self._version, self._later):
            stepped = self._versions.upcast(stepped, version, to=version + 1)
        return stepped

    def _hold(self, rule: str, holds: object, found: str) -> None:
        if not holds:
            raise EvolutionBroken(rule, self._version, found)


def _can_be_recorded(found: object) -> bool:
    if not isinstance(found, dict):
        return False
    try:
        extensions_of("found")({"x-found": {**found, "version": 1}})
    except InvalidValue:
        return False
    return True


def _variants(fields: Fields, name: str, other: Fields) -> Iterator[Fields]:
    """The object with one field changed: to the other object's value, or removed if the other lacks it; where both have
    the same value, to another value."""
    changed = {each: value for each, value in fields.items() if each != name}
    if name not in other:
        yield changed
    elif name not in fields or not _is_same({name: fields[name]}, {name: other[name]}):
        yield {**changed, name: other[name]}
    else:
        yield {**changed, name: _something_else(fields[name])}


def _something_else(value: object) -> object:
    """Another value of the same JSON type."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value + "x"
        case list():
            return [*value, None]
        case dict():
            return {**value, "x": None}
        case _:
            return "x"


def _is_same(one: Fields, other: Fields) -> bool:
    """Whether two objects are the same JSON, for which True and 1 are different."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
