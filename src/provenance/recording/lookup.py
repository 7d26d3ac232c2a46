"""Look-ups: what a desk asks of the ledger while it puts a commit together.

A commit that repeats an earlier one, under its key, finds the ledger as it was before that earlier commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from attrs import evolve
from sqlalchemy import Connection, Table, func, or_, select

from provenance import wire
from provenance.errors import UnknownReference
from provenance.index import projection, tables
from provenance.log import beside
from provenance.recording.drafts import Draft, Recorded
from provenance.values.folding import fold_name
from provenance.values.ids import RecordId
from provenance.values.records import Agent, Attribute, Document, Record, Relay
from provenance.values.sealed import Sealed


class Lookup:
    """The ledger as a commit in the making finds it, together with what the commit itself holds so far."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]], draft: Draft) -> None:
        self._reading = reading
        self._draft = draft
        self._attributes: dict[str, Attribute] = {}

    def agents_named(self, name: str) -> list[Agent]:
        """The agents of this name in the commit or in the ledger, without regard to case."""
        found = self._draft.agents_named(name)
        table = tables.agent
        with self._reading() as connection:
            named = select(table.c.key).where(table.c.name_folded == fold_name(name), self._draft.held(table))
            keys = connection.execute(named).scalars().all()
            for stated in self._draft.described(connection, keys).values():
                record = wire.from_json(stated)
                found[record.id] = record  # type: ignore[assignment]
        return list(found.values())

    def attribute_named(self, name: str) -> Attribute:
        """The attribute of this name as the ledger or this commit describes it."""
        described = self._draft.attribute_named(name)
        if described is not None:
            return described
        if name not in self._attributes:
            known = Attribute(name=name)
            with self._reading() as connection:
                keys = list(self._draft.keys_of(connection, [known.id]).values())
                for stated in self._draft.described(connection, keys).values():
                    known = wire.from_json(stated)  # type: ignore[assignment]
                for redefined in self._draft.redefinitions(connection, keys).values():
                    known = evolve(known, **redefined)
            self._attributes[name] = known
        return self._attributes[name]

    def publisher_of(self, story: Document | RecordId | None) -> Agent | RecordId | None:
        """The outlet of a document. Raises `UnknownReference` where the ledger does not hold the document."""
        if story is None:
            return None
        if isinstance(story, Document):
            return story.outlet  # type: ignore[return-value]
        document, agent = tables.document, tables.record
        with self._reading() as connection:
            key = projection.keys_of(connection, [story]).get(story)
            outlet_id = connection.execute(
                select(agent.c.id)
                .join(document, document.c.outlet == agent.c.key)
                .where(document.c.key == key)
            ).scalar()
        if outlet_id is None:
            raise UnknownReference("found_in", story)
        return RecordId(bytes(outlet_id).hex())

    def text_of(self, story: Document | RecordId | None) -> str | None:
        """The text of a document. None where the ledger has none, or has it sealed and from an earlier commit."""
        if story is None or isinstance(story, Document):
            text = None if story is None else story.text
            return text.value if isinstance(text, Sealed) else text
        document = tables.document
        with self._reading() as connection:
            key = projection.keys_of(connection, [story]).get(story)
            query = select(document.c.text_digest).where(document.c.key == key)
            digest = connection.execute(query).scalar()
            return None if digest is None else beside.text_of(connection, digest)

    def count_about(self, table: Table, target: Record | RecordId) -> int:
        """How many records of the table have this target."""
        with self._reading() as connection:
            key = projection.keys_of(connection, [target.id]).get(target.id)
            query = (
                select(func.count()).select_from(table).where(table.c.target == key, self._draft.held(table))
            )
            return 0 if key is None else connection.execute(query).scalar_one()

    def relayed_elsewhere(self, recorded: Recorded, relays: Sequence[Relay]) -> set[str]:
        """The ids of the sentence's assertions at which a relay of another sentence starts or ends."""
        table = tables.relay
        with self._reading() as connection:
            keys = projection.keys_of(connection, [one.id for one in (*recorded.assertions, *relays)])
            own = {keys.get(relay.id) for relay in relays}
            found = set()
            for one in recorded.assertions:
                key = keys.get(one.id)
                query = select(table.c.key).where(
                    or_(table.c.source == key, table.c.target == key), self._draft.held(table)
                )
                if set(connection.execute(query).scalars()) - own:
                    found.add(str(one.id))
        return found
