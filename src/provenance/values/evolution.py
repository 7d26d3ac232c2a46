"""Versions of what is recorded: how an older form is read as the newest one, in pure steps of one version each.

What lies in the log is never rewritten. Every object there names its form, as "claim/1": what it is, and which version
of that. A step gets the fields of version n, and gives those of version n + 1; it must not change what it was given,
must give the same whenever it is called, and must lose nothing that the old version said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from provenance.errors import InvalidValue, NewerThanLibrary

Fields = dict[str, Any]
Step = Callable[[Fields], Fields]

_FORM = re.compile(r"([a-z][a-z0-9_.-]{0,99})/([1-9][0-9]{0,5})\Z")


@frozen
class Versions:
    """All versions of one form: the steps from the first to the second, from that to the third, and so on."""

    name: str
    steps: tuple[Step, ...] = ()

    @property
    def newest(self) -> int:
        return len(self.steps) + 1

    @property
    def form(self) -> str:
        """The newest version as entries name it: "claim/2"."""
        return f"{self.name}/{self.newest}"

    def upcast(self, fields: Fields, version: int, *, to: int | None = None) -> Fields:
        """The fields of this version as the newest has them, or the version `to`."""
        if version > self.newest:
            raise NewerThanLibrary(f"{self.name}/{version}", self.form)
        for step in self.steps[version - 1 : None if to is None else to - 1]:
            fields = step(fields)
        return fields


def parsed_form(stated: object, where: str) -> tuple[str, int]:
    """The name and the version in "claim/1"."""
    found = _FORM.match(stated) if isinstance(stated, str) else None
    if found is None:
        raise InvalidValue(where, "no form", 'its form and version, as "claim/1"')
    return found[1], int(found[2])


def said_more(fields: Fields) -> Fields:
    """The step to a version that only says more than the one before it."""
    return fields


def check_older(fields: Mapping[str, object], later: frozenset[str], form: str) -> None:
    """Refuses fields of a later version in an older form: nobody can have meant them."""
    unknown = sorted(later.intersection(fields))
    if unknown:
        raise InvalidValue(form, f"fields of a later version: {', '.join(unknown)}", "the form that has them")
