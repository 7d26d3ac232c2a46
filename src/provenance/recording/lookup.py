"""Look-ups: what a desk asks of the ledger while it puts a commit together.

A commit that repeats an earlier one, under its key, finds the ledger as it was before that earlier commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from attrs import evolve
from sqlalchemy import Column, Connection, func, or_, select

from provenance import wire
from provenance.errors import UnknownReference
from provenance.index import projection, tables
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.log import beside
from provenance.recording.drafts import Draft, Recorded
from provenance.values.ids import RecordId
from provenance.values.names import normal_name
from provenance.values.records import Agent, Attribute, Claim, Document, Record, Relay
from provenance.values.sealed import Sealed
from provenance.values.vocabulary import Naming


class Lookup:
    """The ledger as a commit in the making finds it, together with what the commit itself holds so far."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]], draft: Draft) -> None:
        self._reading = reading
        self._draft = draft
        self._attributes: dict[str, Attribute] = {}
        self._agents: dict[str, dict[str, Agent]] = {}

    def agents_named(self, name: str) -> dict[str, Agent]:
        """The agents of a name like this one in the commit or in the ledger, by their ids. Of merged agents it is the
        one that the merge points to. Who is only described by the words is not among them."""
        normal = normal_name(name)
        if normal not in self._agents:
            self._agents[normal] = self._recorded_agents(normal)
        return {**self._agents[normal], **self._draft.agents_named(name)}

    def _recorded_agents(self, normal: str) -> dict[str, Agent]:
        table = tables.agent
        with self._reading() as connection:
            named = select(table.c.key).where(
                table.c.name_folded == normal,
                table.c.naming.in_((Naming.NAMED, Naming.ROLE)),
                self._draft.held(table),
            )
            keys = set(connection.execute(named).scalars())
            if len(keys) > 1:
                agents = ClaimGraphLoader(connection).graph_of_agents(keys).agents
                keys = {agents.shown_as(agents.classes[key]) for key in keys}
            found = map(wire.from_json, self._draft.described(connection, sorted(keys)).values())
            return {one.id: one for one in found if isinstance(one, Agent)}

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

    def zone_of(self, story: Document | RecordId | None) -> str | None:
        """The zone in which the dates of a document are whole days; None where it is UTC."""
        if story is None or isinstance(story, Document):
            return None if story is None else story.zone
        document = tables.document
        with self._reading() as connection:
            key = projection.keys_of(connection, [story]).get(story)
            found: str | None = connection.execute(
                select(document.c.zone).where(document.c.key == key)
            ).scalar()
            return found

    def claims_on(self, attribute: Attribute) -> int:
        """How many claims are on an attribute, in the ledger and in this commit."""
        here = {
            record.id
            for record in self._draft.records()
            if isinstance(record, Claim)
            and record.attribute is not None
            and record.attribute.id == attribute.id
        }
        claim, record = tables.claim, tables.record
        with self._reading() as connection:
            key = projection.keys_of(connection, [attribute.id]).get(attribute.id)
            ids = select(record.c.id).join(claim, claim.c.key == record.c.key)
            held = connection.execute(ids.where(claim.c.attribute == key, self._draft.held(claim))).scalars()
            return len(here | ({bytes(each).hex() for each in held} if key is not None else set()))

    def count_about(self, column: Column[Any], target: Record | RecordId) -> int:
        """How many records name this target in a column of their table."""
        with self._reading() as connection:
            key = projection.keys_of(connection, [target.id]).get(target.id)
            query = (
                select(func.count())
                .select_from(column.table)
                .where(column == key, self._draft.held(column.table))
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
