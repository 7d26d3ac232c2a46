"""Finding claims and agents by words, subject, outlet and source, and the assertions that rest on an agent's."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, Select, column, exists, func, literal_column, select, table, text

from provenance.errors import InvalidValue
from provenance.index import tables
from provenance.loading import row_queries
from provenance.loading.reader import IndexReader
from provenance.values.folding import word_list
from provenance.values.names import normal_name
from provenance.values.vocabulary import Stance


@frozen(kw_only=True)
class Wanted:
    """What a claim or an agent has to fit; None fits all. `outlets` and `sources` are the keys of agents."""

    words: str | None
    subject: str | None
    outlets: set[int] | None
    sources: set[int] | None

    def __attrs_post_init__(self) -> None:
        if self.words is not None and not word_list(self.words):
            raise InvalidValue("words", "no words", "what to look for")
        if self.words is None and self.is_about_claims is False:
            raise InvalidValue("words", "nothing", "words, subject, outlet or source")

    @property
    def is_about_claims(self) -> bool:
        return self.subject is not None or self.outlets is not None or self.sources is not None


def find(reader: IndexReader, wanted: Wanted, *, limit: int) -> list[tuple[int, str]]:
    """Keys and types, in the order of recording."""
    words, claim = tables.words, tables.claim
    query: Select[Any] = select(words.c.key, words.c.type).order_by(words.c.key).limit(limit)
    if wanted.words is not None:
        query = _with_words(reader, query, word_list(wanted.words))
    if wanted.is_about_claims:
        query = query.join(claim, claim.c.key == words.c.key).where(words.c.type == "claim")
    if wanted.subject is not None:
        query = query.where(claim.c.subject.in_(_entities_named(reader, wanted.subject)))
    if wanted.outlets is not None:
        query = query.where(_is_found_in(wanted.outlets))
    if wanted.sources is not None:
        query = query.where(_is_said_by(wanted.sources))
    return [(row.key, row.type) for row in reader.connection.execute(query)]


def _with_words(reader: IndexReader, query: Select[Any], words: list[str]) -> Select[Any]:
    """By each database's own full-text search; all the words have to be there."""
    table_of_words = tables.words
    if reader.connection.dialect.name == "postgresql":
        simple: ColumnElement[str] = literal_column(
            "'simple'"
        )  # as in the index, which a bound parameter would not match
        return query.where(
            func.to_tsvector(simple, table_of_words.c.text).op("@@")(
                func.plainto_tsquery(simple, " ".join(words))
            )
        )
    index = table("provenance_words_search", column("rowid"))
    phrase = " ".join(f'"{word}"' for word in words)
    return query.join(index, index.c.rowid == table_of_words.c.key).where(
        text("provenance_words_search MATCH :phrase").bindparams(phrase=phrase)
    )


def _entities_named(reader: IndexReader, name: str) -> set[int]:
    entity = tables.entity
    found = reader.connection.execute(select(entity.c.key).where(entity.c.name_folded == normal_name(name)))
    return reader.linked(found.scalars(), "same_entity")


def _is_found_in(outlets: set[int]) -> ColumnElement[bool]:
    assertion, mention, document = tables.assertion, tables.mention, tables.document
    return exists(
        select(mention.c.key)
        .join(document, document.c.key == mention.c.document)
        .join(assertion, assertion.c.key == mention.c.assertion)
        .where(assertion.c.claim == tables.claim.c.key, document.c.outlet.in_(sorted(outlets)))
    )


def _is_said_by(sources: set[int]) -> ColumnElement[bool]:
    assertion = tables.assertion
    return exists().where(
        assertion.c.claim == tables.claim.c.key,
        assertion.c.agent.in_(sorted(sources)),
        assertion.c.stance != Stance.RELAY.value,
    )


def agents_named(reader: IndexReader, name: str) -> set[int]:
    """Every agent known by that name or description, without regard to case, and all who are the same as one."""
    agent = tables.agent
    found = reader.connection.execute(select(agent.c.key).where(agent.c.name_folded == normal_name(name)))
    return same_agents(reader, set(found.scalars()))


def same_agents(reader: IndexReader, keys: set[int]) -> set[int]:
    return reader.linked(keys, "same_agent")


def resting_on(reader: IndexReader, agents: set[int]) -> dict[int, int]:
    """The agents' assertions and all that rest on these at any depth, by key, each with its claim; live or not."""
    return _along(reader, agents, "target", "source")


def rested_on_by(reader: IndexReader, agents: set[int]) -> dict[int, int]:
    """The agents' assertions and all that these rest on at any depth, by key, each with its claim; live or not."""
    return _along(reader, agents, "source", "target")


def _along(reader: IndexReader, agents: set[int], here: str, there: str) -> dict[int, int]:
    said = {row.key: row.claim for row in reader.rows(row_queries.ASSERTIONS, "agent", agents)}
    frontier = set(said)
    while frontier:
        following = {
            getattr(row, there) for row in reader.rows(row_queries.RELAYS, here, frontier) if row.stated
        }
        frontier = following - said.keys()
        said.update((row.key, row.claim) for row in reader.rows(row_queries.ASSERTIONS, "key", frontier))
    return said
