"""Receipts: proof for those who do not have the database that an entry was in the log when a checkpoint was signed.

A receipt is canonical JSON, with or without a line break at its end:

- `receipt`: "provenance/1"
- `entry`: the entry as the log holds it, itself canonical JSON; `entry_place` and `entry_path`: its place in its
  commit, from 0, and the inclusion path from there to the commit's root, in hexadecimal
- `commit`: the commit's header; `commit_path`: the inclusion path from it to the checkpoint's root
- `checkpoint`: the signed checkpoint.

Any other writing of the same is refused, so that nothing in a receipt can be read in two ways.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import frozen

from provenance.errors import InvalidProof
from provenance.log.commits import CommitHeader, header_from_json
from provenance.log.merkle import leaf_hash
from provenance.proofs.checkpoints import Checkpoint, PublicKey, checkpoint_signed_by
from provenance.proofs.inclusion import root_from_inclusion
from provenance.values.ids import RecordId, canonical_json

FORM = "provenance/1"
_FIELDS = {
    "receipt": str,
    "entry": str,
    "entry_place": int,
    "entry_path": list,
    "commit": dict,
    "commit_path": list,
    "checkpoint": str,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Receipt:
    """What a receipt proves: when the checkpoint was signed, the log held these records, in a commit of this time and
    author."""

    records: tuple[dict[str, Any], ...]
    """As the log holds them, in the order of their entry. Where one refers to another of the entry, there is a number
    in the place of its id."""
    recorded_at: datetime
    """The time of the commit in UTC, to the microsecond."""
    author: str
    commit: int
    checkpoint: Checkpoint


def receipt_text(
    body: bytes,
    *,
    place: int,
    entry_path: Sequence[bytes],
    header: CommitHeader,
    commit_path: Sequence[bytes],
    checkpoint: str,
) -> str:
    stated = {
        "receipt": FORM,
        "entry": body.decode(),
        "entry_place": place,
        "entry_path": [digest.hex() for digest in entry_path],
        "commit": json.loads(header.body()),
        "commit_path": [digest.hex() for digest in commit_path],
        "checkpoint": checkpoint,
    }
    return canonical_json(stated).decode() + "\n"


def verify_receipt(text: str | bytes, *, key: str, record: RecordId | None = None) -> Receipt:
    """What the receipt proves to those who trust the key (`Ed25519Signer.key`); needs no database.

    Raises `InvalidProof` that says what fails. `record` is the id that one of its records must have.
    """
    public_key = PublicKey.parsed(key)
    stated = _parsed(text)
    header = _header(stated["commit"])
    checkpoint = checkpoint_signed_by(stated["checkpoint"], public_key)
    body = stated["entry"].encode()
    root = root_from_inclusion(
        leaf_hash(body), stated["entry_place"], header.size, _digests(stated["entry_path"])
    )
    if root != header.root:
        raise InvalidProof("receipt", "the entry is not in the commit")
    root = root_from_inclusion(
        leaf_hash(header.body()), header.seq - 1, checkpoint.size, _digests(stated["commit_path"])
    )
    if root != checkpoint.root:
        raise InvalidProof("receipt", "the commit is not in the checkpoint's tree")
    if record is not None:
        _check_holds(body, record)
    return Receipt(_records(body), _moment(header.at), header.author, header.seq, checkpoint)


def _parsed(written: str | bytes) -> dict[str, Any]:
    try:
        text = written.decode() if isinstance(written, bytes) else written
    except UnicodeDecodeError:
        raise InvalidProof("receipt", "it is not UTF-8") from None
    stated = _json(text, "receipt")
    try:
        is_canonical = canonical_json(stated).decode() == text.removesuffix("\n")
    except (ValueError, RecursionError):
        is_canonical = False
    if not is_canonical or not _fits(stated, _FIELDS) or stated["receipt"] != FORM:
        raise InvalidProof("receipt", "it is not canonical JSON of the form provenance/1")
    return stated  # type: ignore[no-any-return]


def _json(text: str | bytes, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidProof(what, "it is not JSON") from None


def _fits(stated: Any, fields: dict[str, type]) -> bool:
    """Whether it is an object with these fields and no others, each of exactly this type."""
    return (
        isinstance(stated, dict)
        and stated.keys() == fields.keys()
        and all(type(stated[name]) is kind for name, kind in fields.items())
    )


def _header(stated: Any) -> CommitHeader:
    header = header_from_json(stated)
    if header is None:
        raise InvalidProof("receipt", "its commit is none")
    return header


def _digests(written: Sequence[Any]) -> list[bytes]:
    try:
        digests = [bytes.fromhex(each) for each in written]
    except (TypeError, ValueError):
        digests = []
    if [digest.hex() for digest in digests] != list(written):
        raise InvalidProof("receipt", "a digest in it is not lower-case hexadecimal")
    return digests


def _records(body: bytes) -> tuple[dict[str, Any], ...]:
    entry = _json(body, "receipt")
    if not _fits(entry, {"entry": str, "records": list}):
        raise InvalidProof("receipt", "its entry holds no records")
    return tuple(entry["records"])


def _moment(at: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=at)
    except OverflowError:
        raise InvalidProof("receipt", "its commit has no time of the calendar") from None


def _check_holds(body: bytes, record: RecordId) -> None:
    from provenance import wire
    from provenance.errors import NewerThanLibrary, ProvenanceError

    try:
        held = {each.id for each in wire.decode_entry(body)}
    except NewerThanLibrary:
        raise
    except (ProvenanceError, ValueError, RecursionError):
        raise InvalidProof("receipt", "its entry cannot be read") from None
    if record not in held:
        raise InvalidProof("receipt", "its entry does not hold the record")
