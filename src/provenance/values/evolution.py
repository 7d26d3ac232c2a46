"""Versions of a form: an older form is read as the newest one, in pure steps of one version each.

The log is never rewritten. Every object in it names its form and the version of that form, as "claim/1". A step takes
the fields of version n and returns those of version n + 1. It must not change its argument, must return the same for
the same fields, and must lose nothing that the older version said.
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
    """All versions of one form. The first step leads from version 1 to 2, the second from 2 to 3, and so on."""

    name: str
    steps: tuple[Step, ...] = ()

    @property
    def newest(self) -> int:
        return len(self.steps) + 1

    @property
    def form(self) -> str:
        """The newest version as entries name it, such as "claim/2"."""
        return f"{self.name}/{self.newest}"

    def upcast(self, fields: Fields, version: int, *, to: int | None = None) -> Fields:
        """Fields of version `version`, as version `to` has them; by default as the newest has them.

        Raises `NewerThanLibrary` where no step leads from `version` to the newest.
        """
        if version > self.newest:
            raise NewerThanLibrary(f"{self.name}/{version}", self.form)
        for step in self.steps[version - 1 : None if to is None else to - 1]:
            fields = step(fields)
        return fields


def parsed_form(stated: object, where: str) -> tuple[str, int]:
    """The name and the version in a form such as "claim/1". An error calls it `where`."""
    found = _FORM.match(stated) if isinstance(stated, str) else None
    if found is None:
        raise InvalidValue(where, "no form", 'its form and version, as "claim/1"')
    return found[1], int(found[2])


def said_more(fields: Fields) -> Fields:
    """The step to a version that only adds fields to the one before it: it changes nothing."""
    return fields


def check_older(fields: Mapping[str, object], later: frozenset[str], form: str) -> None:
    """Refuses an object of an older form with fields of a later version: that version did not know them."""
    unknown = sorted(later.intersection(fields))
    if unknown:
        raise InvalidValue(form, f"fields of a later version: {', '.join(unknown)}", "the form that has them")
