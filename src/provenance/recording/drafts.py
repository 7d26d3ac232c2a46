"""Drafts: what a commit will hold, and how it becomes entries of the log."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import define, field
from sqlalchemy import ColumnElement, Connection, Table, true

from provenance import wire
from provenance.answers.recorded import recorded_words
from provenance.database import bulk
from provenance.errors import (
    ConcurrentCommit,
    InvalidValue,
    KeyReused,
    ProvenanceError,
    UnknownReference,
)
from provenance.index import projection, tables
from provenance.loading.claims import redefinitions_of
from provenance.loading.reader import IndexReader
from provenance.log import beside, journal
from provenance.log.commits import CommitHeader
from provenance.log.journal import KeyedCommit
from provenance.log.merkle import leaf_hash, root_hash
from provenance.materialized.applying import apply
from provenance.materialized.limits import Limits
from provenance.recording import restating, sealing
from provenance.recording.checks import check_rows
from provenance.recording.keys import Keys
from provenance.values import model
from provenance.values.ids import RecordId, folded
from provenance.values.names import normal_name
from provenance.values.records import Agent, Assertion, Attribute, Claim, Document, Record, Redefinition
from provenance.values.references import Misfit, misfit, references_of


@define
class Recorded:
    """What one call recorded: of a sentence its claim, the assertions of the chain, origin first, and everything beside
    them.

    `record` is the one that the call was about: of a sentence the source's assertion. `is_new` says after the commit
    whether it added anything; `withdrawn` lists those of its records that the desk has withdrawn, which recording them
    again does not restore. A question, and another call of a desk, takes it in the place of what it recorded.
    """

    claim: Claim | None
    assertions: tuple[Assertion, ...]
    records: tuple[Record, ...] = field(repr=False)
    record: Record = field(kw_only=True, repr=False)
    is_new: bool | None = None
    withdrawn: tuple[RecordId, ...] = ()

    @property
    def id(self) -> RecordId:
        """The id of `record`."""
        return self.record.id

    def named(self, record_type: str | None) -> Record | None:
        """The record of a type that stands for the whole: the claim, the source's assertion, the source, the document."""
        if record_type == "claim" and self.claim is not None:
            return self.claim
        if record_type in (None, "record", self.record.TYPE):
            return self.record
        if record_type == "agent" and self.assertions:
            return self._held(self.assertion.agent.id)
        return next((one for one in self.records if record_type == one.TYPE), None)

    def _held(self, id_: RecordId) -> Record | None:
        return next((one for one in self.records if one.id == id_), None)

    @property
    def assertion(self) -> Assertion:
        """The source's own assertion."""
        return self.assertions[0]

    def __str__(self) -> str:
        said = recorded_words(self.claim, self.assertions, self.records, self.record)
        notes = ["recorded already"] if self.is_new is False else []
        if self.withdrawn:
            notes.append(f"{len(self.withdrawn)} of its records withdrawn before, and not restored")
        return "; ".join([said, *notes])


logger = logging.getLogger("provenance")

MAX_RECORDS = 1_000_000
"""Records in one commit: some gigabytes of memory, and minutes under the writers' lock. More belong into several."""


class Draft:
    """One commit in the making: bundles of records. What is new of a bundle becomes an entry."""

    def __init__(self, *, author: str, keys: Keys | None, key: str | None, first: KeyedCommit | None) -> None:
        self.author = author
        self._keys = keys
        self._key = key
        self._first = first
        """The commit that this one repeats. It is read against what the ledger held before that one."""
        self._size = 0
        self._distinct: dict[int, Record] = {}
        """Each record once, by the identity of its object: a record that comes again is mostly the same object."""
        self.bundles: list[Recorded] = []
        self.numbers: list[int | None] = []
        """The number of the sentence to which each bundle belongs."""
        self._agents: dict[str, dict[str, Agent]] = defaultdict(dict)
        """Agents with a name, by its normal form and by their ids."""
        self._attributes: dict[str, Attribute] = {}
        """Attributes that state the type of their values, by the name as identity sees it."""

    def keep(self, recorded: Recorded, number: int | None) -> Recorded:
        self._size += len(recorded.records)
        if self._size > MAX_RECORDS:
            raise InvalidValue("commit", f"more than {MAX_RECORDS} records", "several commits, or ingest(…)")
        self.bundles.append(recorded)
        self.numbers.append(number)
        self._note(recorded)
        return recorded

    def _note(self, bundle: Recorded) -> None:
        for record in bundle.records:
            if id(record) in self._distinct:
                continue
            self._distinct[id(record)] = record
            if isinstance(record, Agent) and isinstance(record.name, str):
                self._agents[normal_name(record.name)][record.id] = record
            elif isinstance(record, Attribute) and record.value_type is not None:
                self._attributes.setdefault(folded(record.name), record)

    def drop_after(self, kept: int) -> None:
        """Takes back all bundles but the first so many."""
        if len(self.bundles) == kept:
            return
        self._size -= sum(len(bundle.records) for bundle in self.bundles[kept:])
        del self.bundles[kept:], self.numbers[kept:]
        self._note_all()

    def _note_all(self) -> None:
        self._distinct.clear()
        self._agents.clear()
        self._attributes.clear()
        for bundle in self.bundles:
            self._note(bundle)

    def agents_named(self, name: str) -> dict[str, Agent]:
        """The agents of this name in this commit, by their ids."""
        return dict(self._agents.get(normal_name(name), {}))

    def attribute_named(self, name: str) -> Attribute | None:
        """The attribute of this name, where this commit states the type of its values."""
        return self._attributes.get(folded(name))

    def records(self) -> Iterator[Record]:
        return (record for bundle in self.bundles for record in bundle.records)

    def redefinitions(self, connection: Connection, attributes: Iterable[int]) -> dict[int, dict[str, str]]:
        """By attribute that the ledger holds redefined, what it was last redefined to be."""
        keys = list(attributes)
        if not keys:
            return {}
        first = self._first
        reader = (
            IndexReader(connection) if first is None else IndexReader.before_commit(connection, first.seq)
        )
        return redefinitions_of(reader, keys)

    # What it builds on ------------------------------------------------------------------------------------------

    def held(self, table: Table) -> ColumnElement[bool]:
        return true() if self._first is None else table.c.commit_seq < self._first.seq

    def keys_of(self, connection: Connection, ids: Iterable[str]) -> dict[str, int]:
        before = None if self._first is None else self._first.first_entry
        return projection.keys_of(connection, ids, before_entry=before)

    def described(self, connection: Connection, keys: Sequence[int]) -> dict[int, dict[str, object]]:
        before = None if self._first is None else self._first.seq
        return projection.described(connection, keys, before_commit=before)

    # How it is stored -------------------------------------------------------------------------------------------

    def commit(self, connection: Connection, at: int, *, limits: Limits) -> CommitHeader | None:
        """Appends what is new as one commit, and applies it to the index; None where nothing was new. The caller holds
        the writers' lock."""
        self._agree_on_salts(connection)
        if self._is_repeated(connection):
            return None
        head = journal.head(connection)
        keys = self.keys_of(connection, self._ids())
        fresh = self._fresh(connection, keys)
        if not fresh:
            return None
        keys |= self._check_references(connection, fresh, keys)
        entries = [records for _, records in fresh]
        bodies = [wire.encode_entry(records) for records in entries]
        appended = journal.append(
            connection, head, bodies, at=max(at, head.at), author=self.author, request_key=self._key
        )
        fresh_records = [record for records in entries for record in records]
        _keep_texts(connection, fresh_records)
        sealing.keep(connection, self._keys, fresh_records)
        sealing.forget(connection, fresh_records)
        apply(connection, appended.entries, entries, keys, steady=limits)
        for record in fresh_records:
            check_rows(connection, record)
        logger.debug("commit %d with %d entries", appended.header.seq, appended.header.size)
        return appended.header

    def _agree_on_salts(self, connection: Connection) -> None:
        salts = sealing.salts(connection, self._keys, self._distinct.values())
        if salts:
            for bundle in self.bundles:
                bundle.records = tuple(wire.resalted(record, salts) for record in bundle.records)
            self._note_all()

    def _is_repeated(self, connection: Connection) -> bool:
        """Whether a commit of this key is stored already, with the entries that this one would have added in its place.
        Raises `KeyReused` where it holds others."""
        first = None if self._key is None else journal.keyed_commit(connection, self._key)
        if first is None:
            return False
        was_known, self._first = self._first is not None, first
        entries = [records for _, records in self._fresh(connection, self.keys_of(connection, self._ids()))]
        if self.author != first.author or not self._is_stored(connection, first, entries):
            if was_known:
                raise KeyReused(first.seq)
            raise ConcurrentCommit("a commit of this key came in between", "repeat the whole commit")
        for bundle in self.bundles:
            bundle.is_new = False
        return True

    def _is_stored(self, connection: Connection, first: KeyedCommit, entries: list[list[Record]]) -> bool:
        """Whether the commit holds these entries. An earlier release stored the same entries in an older form."""
        bodies = [wire.encode_entry(records) for records in entries]
        if root_hash([leaf_hash(body) for body in bodies]) == first.root:
            return True
        stored = journal.entries_beside(connection, first.first_entry)
        return [wire.encode_entry(entry.records()) for entry in stored] == bodies

    def _ids(self) -> set[str]:
        return {record.id for record in self._distinct.values()}

    def _fresh(self, connection: Connection, keys: dict[str, int]) -> list[Numbered]:
        """The records of the new entries: unknown ones, and known ones that say more. Sets `is_new` of each bundle."""
        withdrawn = _withdrawn(connection, keys)
        latest = self._descriptions(connection, keys)
        self._check_restated(connection, keys, latest)
        restated = self._restated(latest)
        first: dict[str, Record] = {}
        entries: list[Numbered] = []
        for bundle, number in zip(self.bundles, self.numbers, strict=True):
            fresh: list[Record] = []
            for record in bundle.records:
                id_ = record.id
                if id_ not in keys and id_ not in first:
                    first[id_] = record
                    fresh.append(record)
                elif (id_ in restated if id_ in keys else id_ in latest or record is not first[id_]) and (
                    _is_descriptive(record)
                ):
                    known = latest[id_] if id_ in latest else wire.to_json(first[id_])
                    if _says_more(record, known):
                        latest[id_] = wire.merged_description(known, wire.to_json(record))
                        fresh.append(record)
            bundle.is_new = bool(fresh)
            if withdrawn:
                bundle.withdrawn = tuple(record.id for record in bundle.records if record.id in withdrawn)
            if fresh:
                entries.append((number, fresh))
        return entries

    def _check_restated(
        self, connection: Connection, keys: dict[str, int], latest: Mapping[str, Mapping[str, object]]
    ) -> None:
        """Refuses what says otherwise of a known attribute or document than may be said, sentence by sentence."""
        known = dict(latest)
        checked: set[int] = set()
        redefined = self._redefined(connection, keys)
        for bundle, number in zip(self.bundles, self.numbers, strict=True):
            for record in bundle.records:
                if isinstance(record, Redefinition) and record.id not in keys:
                    redefined[record.attribute.id] |= restating.redefinition_fields(record)
                elif isinstance(record, Attribute | Document) and id(record) not in checked:
                    checked.add(id(record))
                    if record.id not in known:
                        known[record.id] = {} if record.id in keys else wire.to_json(record)
                    try:
                        restating.check_restated(record, known[record.id], redefined[record.id])
                    except InvalidValue as error:
                        raise error.at_record(number) from None

    def _redefined(self, connection: Connection, keys: dict[str, int]) -> defaultdict[str, dict[str, str]]:
        """By attribute of this commit, what it was redefined to be so far."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        attributes = {record.id for record in self._distinct.values() if isinstance(record, Attribute)}
        asked = {keys[id_]: id_ for id_ in attributes & keys.keys()}
        for attribute, stated in self.redefinitions(connection, asked).items():
            found[asked[attribute]] |= stated
        return found

    def _descriptions(self, connection: Connection, keys: dict[str, int]) -> dict[str, dict[str, object]]:
        """What is known of the records that this commit describes, and that are recorded already."""
        descriptive = {
            record.id for record in self._distinct.values() if record.id in keys and _is_descriptive(record)
        }
        if not descriptive:
            return {}
        known = self.described(connection, [keys[id_] for id_ in descriptive])
        return {id_: known[keys[id_]] for id_ in descriptive if keys[id_] in known}

    def _restated(self, latest: dict[str, dict[str, object]]) -> set[str]:
        """The records that this commit as a whole describes otherwise than they are known.

        Of two sentences that describe one mention differently, the later one counts. Compared one by one, recording
        both again would change the mention to and fro.
        """
        if not latest:
            return set()
        said: dict[str, dict[str, object]] = {}
        types: dict[str, type[Record]] = {}
        last: dict[str, Record] = {}
        for bundle in self.bundles:
            for record in bundle.records:
                if record.id in latest and last.get(record.id) is not record:
                    last[record.id] = record
                    before = said.get(record.id, latest[record.id])
                    said[record.id] = wire.merged_description(before, wire.to_json(record))
                    types[record.id] = type(record)
        return {
            id_
            for id_, after in said.items()
            if any(after.get(name) != latest[id_].get(name) for name in model.descriptive_fields(types[id_]))
        }

    def _check_references(
        self, connection: Connection, entries: list[Numbered], keys: dict[str, int]
    ) -> dict[str, int]:
        """Refuses references to records that do not come before, or are of a type that does not fit. Gives the keys of
        the records that this commit refers to and does not hold itself."""
        own: dict[str, str] = {record.id: record.TYPE for record in self._distinct.values()}
        known = {id_: own[id_] for id_ in keys}
        if _first_misfit(entries, known) is None:
            return {}
        named = {id_ for _, records in entries for record in records for id_ in references_of(record)}
        found = projection.keys_of(connection, named - own.keys())
        types = projection.types_of(connection, found.values())
        wrong = _first_misfit(entries, known | {id_: types[key] for id_, key in found.items()})
        if wrong is not None:
            raise wrong
        return found


Numbered = tuple[int | None, list[Record]]
"""The number of a sentence, and the records of the entry that comes of it."""


def _first_misfit(entries: list[Numbered], known: Mapping[str, str]) -> ProvenanceError | None:
    """What is wrong with the first reference that is neither to a known record nor to one before it in these entries.
    `known` are types by ids."""
    held = dict(known)
    for number, records in entries:
        for record in records:
            wrong = misfit(record, held)
            if wrong is not None:
                return _refusal(wrong).at_record(number)
            held[record.id] = record.TYPE
    return None


def _refusal(wrong: Misfit) -> ProvenanceError:
    if wrong.found is None:
        return UnknownReference(wrong.field, wrong.id)
    return InvalidValue(wrong.field, f"the id of a {wrong.found}", f"a {' or '.join(wrong.expected or ())}")


def _is_descriptive(record: Record) -> bool:
    return any(getattr(record, name) is not None for name in model.descriptive_fields(type(record)))


def _says_more(record: Record, latest: dict[str, object]) -> bool:
    after = wire.merged_description(latest, wire.to_json(record))
    return any(after.get(name) != latest.get(name) for name in model.descriptive_fields(type(record)))


def _withdrawn(connection: Connection, keys: dict[str, int]) -> set[str]:
    by_key = {key: id_ for id_, key in keys.items()}
    target = tables.withdrawal.c.target
    return {by_key[key] for (key,) in bulk.matching(connection, (target,), target, by_key)}


def _keep_texts(connection: Connection, records: Iterable[Record]) -> None:
    texts = {
        bytes.fromhex(record.text_digest): record.text
        for record in records
        if isinstance(record, Document) and isinstance(record.text, str) and record.text_digest is not None
    }
    beside.keep_texts(connection, texts)
