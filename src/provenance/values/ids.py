"""Identity: what makes two records one, and the digest that names it.

A record's id is the SHA-256 of the canonical JSON of its identity fields, in lower-case hexadecimal. Text counts in
NFC with its white space folded, so that a line break or a decomposed accent makes no second record.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Self

from provenance.errors import InvalidValue

_HEX_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)


class RecordId(str):
    """The id of a record: 64 lower-case hexadecimal digits. A plain `str` is a name, never an id."""

    __slots__ = ()

    def __new__(cls, digest: str) -> Self:
        if not _HEX_DIGEST.match(digest):
            raise InvalidValue("id", "something else", "the 64 hexadecimal digits of a record's id")
        return super().__new__(cls, digest)

    @property
    def id(self) -> RecordId:
        return self


def folded(text: str) -> str:
    """The text as identity sees it: NFC, runs of white space as one space, none at the ends."""
    if text.isascii() and text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text  # as most texts are: of the printable ones only the space is white
    return " ".join(unicodedata.normalize("NFC", text).split())


def canonical_json(value: object) -> bytes:
    """RFC 8785 bytes, for what entries hold: ASCII keys, text, integers within ±(2^53−1), booleans, null.

    Within that profile the standard library's encoder, keys sorted and no spaces, writes the same bytes as the RFC
    demands; a test holds it against an implementation of the whole RFC.
    """
    return _ENCODER.encode(value).encode("utf-8")


def quoted(text: str) -> str:
    """The text as canonical JSON has it."""
    return _ENCODER.encode(text)


def identity_json(kind: str, identity: Mapping[str, object]) -> str:
    """The canonical JSON of a record's identity fields. Those that are None do not count."""
    stated = {name: value for name, value in identity.items() if value is not None}
    return _ENCODER.encode({"kind": kind, **stated})


def digest_of(identity: str) -> RecordId:
    """The id of the record with this identity, in canonical JSON."""
    return str.__new__(RecordId, hashlib.sha256(identity.encode("utf-8")).hexdigest())
