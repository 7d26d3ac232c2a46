"""Identity: what makes two records one, and the digest that names it.

A record's id is the SHA-256 of the canonical JSON of its identity fields, in lower-case hexadecimal. Text counts in
NFC with its white space folded, so that a line break or a decomposed accent makes no second record. Which fields these
are, docs/semantics.md#rule-identity says.
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
    """The id of a record: the SHA-256 of its identity fields, as 64 lower-case hexadecimal digits.

    It can be given wherever a record can be. A plain `str` is a name there, never an id. Raises `InvalidValue` for any
    other text.
    """

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
        return text  # the common case, by fast checks: the one printable ASCII character that is white space is " "
    return " ".join(unicodedata.normalize("NFC", text).split())


def canonical_json(value: object) -> bytes:
    """The value as canonical JSON (RFC 8785), in UTF-8.

    It may hold what entries hold: text, integers within ±(2^53−1), booleans, null, lists, and objects with ASCII keys.
    Of these the standard library's encoder, with sorted keys and no spaces, writes the bytes that the RFC demands. A
    test compares it with an implementation of the whole RFC.
    """
    return _ENCODER.encode(value).encode("utf-8")


def quoted(text: str) -> str:
    """The text as canonical JSON writes it, in quotation marks."""
    return _ENCODER.encode(text)


def identity_json(kind: str, identity: Mapping[str, object]) -> str:
    """The canonical JSON of a record's identity fields, without those that are None."""
    stated = {name: value for name, value in identity.items() if value is not None}
    return _ENCODER.encode({"kind": kind, **stated})


def digest_of(identity: str) -> RecordId:
    """The id of the record with this identity, in canonical JSON."""
    return str.__new__(RecordId, hashlib.sha256(identity.encode("utf-8")).hexdigest())
