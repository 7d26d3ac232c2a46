"""A whole log as JSON lines: everything that another ledger needs to be the same.

Every line is canonical JSON (RFC 8785) in UTF-8 and ends in a line feed; one log has one export, byte for byte:

- {"export": "provenance/1", "sealed": whether the ciphertexts of sealed values are in it}
- for each commit, in order, {"commit": its header, "hash": the header's hash, "request_key": its key, if it has one},
  and behind it its entries, each a line as it lies in the log; the header's `size` says how many
- {"digest", "text"} for each text of a document that is held, in the order of the digests
- {"ciphertext": in base64, "handle", "level"} for each sealed value that is held, in the order of the handles
- {"end": {"commits", "entries", "sealed", "texts": how many there were, "head": the last commit's hash, "sha256": the
  digest of all bytes before this line}}

Digests and hashes are in hexadecimal. Entries are not looked into here, whatever release wrote them: all that this
format needs is that each is one line of canonical JSON.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from attrs import frozen

from provenance.errors import DamagedExport, ProvenanceError
from provenance.log.commits import CommitHeader, header_from_json
from provenance.log.journal import MAX_ENTRY
from provenance.values import fields
from provenance.values.ids import canonical_json

FORM = "provenance/1"
MAX_LINE = 6 * fields.MAX_DOCUMENT + 1_000
"""Bytes of one line: the longest text, every character of it escaped as \\u00XX."""

_FIRST = 100
"""Bytes of the first line, and some to spare."""

_TEXT = re.compile(rb'\{"digest":"([0-9a-f]{64})","text":(".*")\}\Z', re.DOTALL)
_SEALED = re.compile(
    rb'\{"ciphertext":"([A-Za-z0-9+/=]+)","handle":"([0-9a-f]{32})","level":(".*")\}\Z', re.DOTALL
)


@frozen
class Commit:
    header: CommitHeader
    request_key: str | None


@frozen
class Text:
    digest: bytes
    text: str


@frozen
class SealedValue:
    handle: str
    level: str
    ciphertext: bytes


@frozen(kw_only=True)
class End:
    commits: int
    entries: int
    texts: int
    sealed: int
    head: bytes
    sha256: bytes


Line = Commit | Text | SealedValue | End
"""What a line can hold, except for the first line and the entries."""


# Writing ----------------------------------------------------------------------------------------------------------


def first_line(*, sealed: bool) -> bytes:
    return _line({"export": FORM, "sealed": sealed})


def line_of(stated: Line) -> bytes:
    if isinstance(stated, Commit):
        header = stated.header
        key = {} if stated.request_key is None else {"request_key": stated.request_key}
        return _line({"commit": header.to_json(), "hash": header.hash().hex(), **key})
    if isinstance(stated, Text):
        return _line({"digest": stated.digest.hex(), "text": stated.text})
    if isinstance(stated, SealedValue):
        ciphertext = base64.b64encode(stated.ciphertext).decode()
        return _line({"ciphertext": ciphertext, "handle": stated.handle, "level": stated.level})
    return _line({"end": _counts(stated)})


def _line(value: dict[str, Any]) -> bytes:
    return canonical_json(value) + b"\n"


def _counts(end: End) -> dict[str, Any]:
    return {
        "commits": end.commits,
        "entries": end.entries,
        "head": end.head.hex(),
        "sealed": end.sealed,
        "sha256": end.sha256.hex(),
        "texts": end.texts,
    }


class Writer:
    """Writes lines into a stream, and digests them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def write(self, line: bytes) -> None:
        self._digest.update(line)
        self._stream.write(line)

    @property
    def sha256(self) -> bytes:
        """The digest of what was written so far."""
        return self._digest.digest()


# Reading ----------------------------------------------------------------------------------------------------------


class Lines:
    """The lines of an export, one by one. Each is checked, and none is read beyond the longest that it may be."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._latest = b""
        self.number = 0

    @property
    def sha256(self) -> bytes:
        """The digest of the lines before the latest."""
        return self._digest.digest()

    def damage(self, found: str) -> DamagedExport:
        """The error for what is wrong with the line that was read last."""
        return DamagedExport(self.number, found)

    def first(self) -> bool:
        """Reads the first line; says whether ciphertexts are in the export."""
        line = self._read(_FIRST) + b"\n"
        for is_sealed in (False, True):
            if line == first_line(sealed=is_sealed):
                return is_sealed
        raise self.damage(f"it is not the beginning of an export of the form {FORM}")

    def entries(self, size: int) -> Iterator[bytes]:
        """The next so many lines, each an entry."""
        for _ in range(size):
            body = self._read(MAX_ENTRY)
            self._object(body)
            yield body

    def next(self) -> Line:
        line = self._read(MAX_LINE)
        found = self._text(line) or self._sealed(line) or self._short(line)
        if found is None or line_of(found) != line + b"\n":
            raise self.damage("it is no line of an export, or is not written as such")
        return found

    def finish(self) -> None:
        """Refuses whatever follows the end."""
        if self._stream.read(1):
            self.number += 1
            raise self.damage("it follows the end of the export")

    def _read(self, longest: int) -> bytes:
        self.number += 1
        self._digest.update(self._latest)
        self._latest = line = self._stream.readline(longest + 1)
        if len(line) > longest and not line.endswith(b"\n"):
            raise self.damage(f"it is longer than {longest} bytes")
        if not line.endswith(b"\n"):
            raise self.damage("the export ends here, before its end")
        return line[:-1]

    def _text(self, line: bytes) -> Text | None:
        found = _TEXT.match(line)
        if found is None:
            return None
        return Text(bytes.fromhex(found[1].decode()), self._words(found[2], "text", fields.MAX_DOCUMENT))

    def _sealed(self, line: bytes) -> SealedValue | None:
        found = _SEALED.match(line)
        if found is None:
            return None
        try:
            ciphertext = base64.b64decode(found[1], validate=True)
        except binascii.Error:
            return None
        return SealedValue(found[2].decode(), self._words(found[3], "level", fields.MAX_NAME), ciphertext)

    def _words(self, written: bytes, field: str, longest: int) -> str:
        """The text in a JSON string; its line may be too long to be parsed as anything else."""
        try:
            return fields.text(field, json.loads(written), longest=longest)
        except ProvenanceError as error:
            raise self.damage(str(error)) from None
        except ValueError:
            raise self.damage("it is not JSON") from None

    def _short(self, line: bytes) -> Commit | End | None:
        if len(line) > MAX_ENTRY:
            raise self.damage(f"it is longer than {MAX_ENTRY} bytes")
        stated = self._object(line)
        return self._commit(stated) if "commit" in stated else self._end(stated.get("end"))

    def _object(self, line: bytes) -> dict[str, Any]:
        try:
            stated = json.loads(line)
            if isinstance(stated, dict) and canonical_json(stated) == line:
                return stated
        except (ValueError, RecursionError):
            pass
        raise self.damage("it is no object in canonical JSON") from None

    def _commit(self, stated: dict[str, Any]) -> Commit | None:
        header, key = header_from_json(stated["commit"]), stated.get("request_key")
        if header is None or stated.get("hash") != header.hash().hex():
            return None
        try:
            for field, value in (("author", header.author or None), ("request_key", key)):
                if value is not None:
                    fields.text(field, value, longest=fields.MAX_NAME)
        except ProvenanceError as error:
            raise self.damage(str(error)) from None
        return Commit(header, key)

    def _end(self, stated: Any) -> End | None:
        kinds = {"commits": int, "entries": int, "head": str, "sealed": int, "sha256": str, "texts": int}
        if not isinstance(stated, dict) or {name: type(one) for name, one in stated.items()} != kinds:
            return None
        try:
            digests = {name: bytes.fromhex(stated[name]) for name in ("head", "sha256")}
        except ValueError:
            return None
        return End(**{**stated, **digests})
