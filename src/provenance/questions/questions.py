"""The questions, of everything recorded so far or as of a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy import Connection, bindparam, func, select

from provenance import wire
from provenance.answers.builder import MAX_CHAINS, AnswerBuilder
from provenance.answers.values import (
    Accusation,
    AgentSummary,
    Answers,
    AssertionSummary,
    Change,
    Circle,
    ClaimSummary,
    Conflict,
    DocumentSummary,
    Explainable,
    Explanation,
    Impact,
    Independence,
    Refound,
    SelfContradiction,
    Support,
    Trace,
    Unsupported,
    Verdict,
    Version,
)
from provenance.database.chunks import chunked
from provenance.errors import InvalidValue, NotRecorded, UnknownReference
from provenance.index import projection, tables
from provenance.index.rows import TABLE_OF_TYPE
from provenance.loading import quotations, row_queries, search
from provenance.loading import versions as version_rules
from provenance.loading.claim_graphs import ClaimGraphLoader
from provenance.materialized import candidates, certain, lists
from provenance.rules import changes as change_rules
from provenance.rules import circular as circular_rules
from provenance.rules import conflicts as conflict_rules
from provenance.rules import impact as impact_rules
from provenance.rules import support as support_rules
from provenance.rules.claim_graph import ClaimGraph
from provenance.rules.exclusion import DEFINITE, POSSIBLE
from provenance.rules.refinding import refound
from provenance.rules.reply import replies
from provenance.rules.self_contradictions import SelfContradictionKeys, self_contradictions
from provenance.values.ids import RecordId
from provenance.values.records import Record

Asked = Record | RecordId | ClaimSummary | AgentSummary | AssertionSummary
"""A record, an id, or a claim, agent or assertion out of an answer."""

TRACED = 3 * MAX_CHAINS
"""Assertions on a claim that a trace looks at first: of most chains one to three are on the claim."""

_WITHOUT_COMPETING_CLAIMS = frozenset({candidates.CHANGED, *circular_rules.KINDS})
"""The lists that tell nothing of conflicts."""

BUILT = 50
"""Claims of a list whose answers are told at a time: who asks for the first hundred waits for no more."""

_Answer = TypeVar("_Answer")
_PLACE = select(tables.record.c.key, tables.record.c.type).where(tables.record.c.id == bindparam("id"))
_Page = tuple[ClaimGraph, list[int]]
"""A world, and the claims or matters in it that are asked about."""


class Questions:
    """Every question. Lists come in the order of recording, equal on every database."""

    _reading: Callable[[], AbstractContextManager[Connection]]
    _said: int | None = None
    _known: int | None = None

    def __init__(self) -> None:
        self._overlay = lists.Overlay()

    def _loader(self, connection: Connection) -> ClaimGraphLoader:
        return ClaimGraphLoader(connection, said=self._said, known=self._known)

    # About one claim --------------------------------------------------------------------------------------------

    def support(self, claim: Asked) -> Support:
        """Grade, flags, independence and origins of a claim."""
        with self._reading() as connection:
            graph, key = self._graph_of(connection, claim, competing=True)
            return AnswerBuilder(graph).support(key, support_rules.standing(graph, key))

    def trace(self, claim: Asked) -> Trace:
        """All assertions on a claim with their chains, origin first."""
        with self._reading() as connection:
            loader, most = self._loader(connection), TRACED
            key = self._key(connection, claim, "claim")
            while True:
                graph, last = loader.graph_of_first_assertions(key, most)
                found = self._canonical(graph, key, claim)
                builder = AnswerBuilder(graph)
                chains = builder.chains(graph.on_claim(found), only_live=False, last=last)
                if last is None or len(chains) == MAX_CHAINS:
                    return Trace(builder.claim(found), chains)
                most *= 4

    def origins(self, claim: Asked) -> tuple[AssertionSummary, ...]:
        """The assertions that a claim rests on in the end."""
        return self.support(claim).origins

    def position(self, holder: Asked, claim: Asked) -> str:
        """Where an agent, or whoever it speaks for, stands: affirm, deny, no_comment, silence, question or none."""
        with self._reading() as connection:
            agent = self._key(connection, holder, "agent")
            graph, key = self._graph_of(connection, claim, agents=[agent])
            return graph.position(graph.agents.holder_of_agent(agent), key)

    def chokepoints(self, claim: Asked, *, by: str = "agent") -> tuple[AgentSummary, ...]:
        """The agents, or with by="group" the sides, without whose assertions no origin of the claim is left."""
        _one_of("by", by, ("agent", "group"))
        with self._reading() as connection:
            graph, key = self._graph_of(connection, claim)
            found = support_rules.chokepoints(graph, key, by=by)
            return tuple(
                AnswerBuilder(graph).agent(graph.agents.head_of(one) if by == "group" else one)
                for one in found
            )

    def impact(self, assertion: Asked) -> Impact:
        """What retracting an assertion would do to the claims that its chain touches, and which documents carry those
        that would be lost. Nothing is written."""
        with self._reading() as connection:
            key = self._key(connection, assertion, "assertion")
            claim = connection.execute(
                select(tables.assertion.c.claim).where(tables.assertion.c.key == key)
            ).scalar_one()
            loader = self._loader(connection)
            graph = loader.graph_of_whole_chains([claim])
            if key not in graph.facts.assertions:
                return Impact((), (), (), ())
            builder = AnswerBuilder(graph)
            found = impact_rules.impact(graph, key)
            documents = self._carriers(loader, impact_rules.documents_of(graph, found["lost"]))
            told = {name: tuple(builder.claim(one) for one in claims) for name, claims in found.items()}
            return Impact(**told, documents=documents)

    def _carriers(self, loader: ClaimGraphLoader, documents: list[int]) -> tuple[DocumentSummary, ...]:
        rows = loader.rows(row_queries.DOCUMENTS, "key", documents)
        builder = AnswerBuilder(loader.graph_of_agents(row.outlet for row in rows))
        return tuple(map(builder.document, rows))

    def changes(self, claim: Asked | None = None) -> Answers[Change]:
        """What changed on the way, of one claim or in the whole ledger: along each stated relay on one claim, a
        certainty that rose, a quotation loosened or changed, a caveat lost, or an outlet that says it in its own
        voice."""
        if claim is None:
            return self._listed(
                candidates.CHANGED, "", _build_changes, lambda *at: bool(change_rules.changes(*at))
            )
        told = self._changes_of(claim)
        return Answers(lambda: iter(told), lambda: len(told))

    def _changes_of(self, claim: Asked) -> list[Change]:
        with self._reading() as connection:
            graph, key = self._graph_of(connection, claim)
            return list(_build_changes(graph, AnswerBuilder(graph), key))

    def explain(self, answer: Explainable) -> Explanation:
        """All that an answer rests on: its rule, and on each claim in it every live assertion, with their chains,
        relays and evidence."""
        if not isinstance(answer, Explainable):
            raise InvalidValue("answer", f"a {type(answer).__name__}", "one answer of a list, or a support")
        with self._reading() as connection:
            claims = [self._key(connection, claim, "claim") for claim in _claims_of(answer)]
            graph = self._loader(connection).graph_about(claims)
        builder = AnswerBuilder(graph)
        keys = dict.fromkeys(graph.claims.classes[key] for key in claims if key in graph.facts.claims)
        return Explanation(
            answer,
            tuple(
                builder.trace(
                    specific,
                    [one for one in graph.on_claim(specific) if one in graph.live],
                    only_live=True,
                )
                for key in keys
                for specific in [key, *sorted(graph.claims.specifics(key) - {key})]
                if specific == key or graph.on_claim(specific)
            ),
        )

    def assessments(self, claim: Asked) -> tuple[Verdict, ...]:
        """What editors and fact-checkers made of a claim, or of its conflicts, in the order of recording. They never
        enter a grade or a conflict."""
        with self._reading() as connection:
            loader = self._loader(connection)
            graph, key = self._graph_of(connection, claim)
            members = graph.claims.classes.of(key)
            rows = {
                row.key: row
                for column in ("claim", "against")
                for row in loader.rows(row_queries.ASSESSMENTS, column, members)
                if self._said is None or row.at is None or row.at <= self._said
            }
            others = {row.claim for row in rows.values()}
            others |= {row.against for row in rows.values() if row.against is not None}
            told = loader.graph_about(others, agents={row.by for row in rows.values()})
        return tuple(AnswerBuilder(told).verdict(rows[key]) for key in sorted(rows))

    # About one record -------------------------------------------------------------------------------------------

    def described(self, record: Asked) -> Record:
        """A record with all that has been said of it, or had been by `known`; `Extension.read` takes yours from it."""
        with self._reading() as connection:
            loader = self._loader(connection)
            key = self._key_of_any(connection, record)
            before = None if loader.last_commit is None else loader.last_commit + 1
            if before is not None and not projection.is_recorded(connection, key, before_commit=before):
                raise NotRecorded("record", record.id)
            return wire.from_json(projection.described(connection, [key], before_commit=before)[key])

    # About one story --------------------------------------------------------------------------------------------

    def versions(self, document: Asked) -> tuple[Version, ...]:
        """The versions of a story, given any of them, the oldest first: what each says of its change, and what it does
        not say."""
        with self._reading() as connection:
            loader = self._loader(connection)
            found, graph = version_rules.versions(loader, self._key(connection, document, "document"))
            named = (one.document.supersedes for one in found)
            ids = loader.ids(key for key in named if key is not None)
        builder = AnswerBuilder(graph)
        return tuple(builder.version(one, ids) for one in found)

    def refound(self, document: Asked, mention: Asked | None = None) -> tuple[Refound, ...]:
        """Where the quotations of the version before a document stand in its text, in the order of recording; or the
        one of this mention. What is sealed, or was recorded without a quotation, is left out.

        The document must have been recorded with its text.
        """
        with self._reading() as connection:
            loader = self._loader(connection)
            key = self._key(connection, document, "document")
            text = quotations.text_of(connection, key)
            if text is None:
                raise InvalidValue(
                    "document", "one whose text is not held", "a document that was recorded with its text"
                )
            asked = (
                quotations.mentions_before(loader, key)
                if mention is None
                else [self._key(connection, mention, "mention")]
            )
            quoted = quotations.quotations(connection, asked)
        places = [refound(one.anchor, text, before=one.before) for one in quoted]
        return tuple(
            Refound(one.mention, RecordId(document.id), place.kind, place.spans)
            for one, place in zip(quoted, places, strict=True)
        )

    # About the ledger -------------------------------------------------------------------------------------------

    def unsupported(self, kind: str = "no_evidence", *, nature: str = "factual") -> Answers[Unsupported]:
        """The claims that lack support in one of seven ways: no_evidence (grade 2 or less), none, unattributed,
        reported_absent, anonymous_only, single_origin, uncorroborated."""
        _one_of("kind", kind, support_rules.UNSUPPORTED_KINDS)
        _one_of("nature", nature, ("factual", "evaluative", "prospective"))

        def find(graph: ClaimGraph, claim: int) -> support_rules.Standing | None:
            if graph.claims.nature(claim) != nature or not graph.on_claim(claim):
                return None
            found = support_rules.standing(graph, claim)
            return found if support_rules.is_unsupported(found, kind) else None

        def build(graph: ClaimGraph, builder: AnswerBuilder, claim: int) -> Iterator[Unsupported]:
            found = find(graph, claim)
            if found is not None:
                yield Unsupported(kind, builder.support(claim, found))

        def build_materialized(loader: ClaimGraphLoader, page: lists.Page) -> dict[int, list[Unsupported]]:
            flags = lists.flags(loader.connection, page)
            if not flags:
                return {}
            graph = loader.graph_about(flags)
            builder = AnswerBuilder(graph)
            return {
                claim: [
                    Unsupported(
                        kind,
                        builder.support(
                            claim, support_rules.standing_without_flags(graph, claim)._replace(flags=stated)
                        ),
                    )
                ]
                for claim, stated in flags.items()
            }

        return self._listed(
            kind, nature, build, lambda graph, claim: find(graph, claim) is not None, build_materialized
        )

    def independence(self) -> Answers[Independence]:
        """Of every claim, its grade and how many independent origins it has: an overview without their names."""

        def build() -> Iterator[Independence]:
            last: int | None = 0
            while last is not None:
                with self._reading() as connection:
                    found, last = lists.standings(self._loader(connection), self._overlay, after=last)
                for id_, _, standing in found:
                    yield Independence(RecordId(id_.hex()), standing.grade, standing.lo, standing.hi)

        return Answers(build, lambda: sum(1 for _ in build()))

    def conflicts(self, *, strength: str = "definite") -> Answers[Conflict]:
        """Conflicts of polarity, value, order and explicit links between different holders: the definite ones, or with
        strength="possible" the possible ones too. Those about one matter stand together."""
        _one_of("strength", strength, ("definite", "possible"))
        name = lists.CONFLICT if strength == "definite" else lists.POSSIBLE_CONFLICT
        return self._conflicts(name, strength, is_divergence=False)

    def divergences(self, *, strength: str = "definite") -> Answers[Conflict]:
        """Opinions and forecasts that differ: never a conflict."""
        _one_of("strength", strength, ("definite", "possible"))
        name = lists.DIVERGENCE if strength == "definite" else lists.POSSIBLE_DIVERGENCE
        return self._conflicts(name, strength, is_divergence=True)

    def _conflicts(self, name: str, strength: str, *, is_divergence: bool) -> Answers[Conflict]:
        least = DEFINITE if strength == "definite" else POSSIBLE

        def is_asked(conflict: conflict_rules.ConflictKeys) -> bool:
            return conflict.strength >= least and (conflict.kind == "divergence") == is_divergence

        def build(graph: ClaimGraph, builder: AnswerBuilder, issue: int) -> Iterator[Conflict]:
            found = filter(is_asked, conflict_rules.conflicts(graph).get(issue, ()))
            return (builder.conflict(issue, conflict) for conflict in found)

        def stands(graph: ClaimGraph, issue: int) -> bool:
            found = conflict_rules.contested(graph)
            strengths = found.divergence_strengths if is_divergence else found.conflict_strengths
            return strengths.get(issue, 0) >= least

        def build_materialized(loader: ClaimGraphLoader, page: lists.Page) -> dict[int, list[Conflict]]:
            found = {
                issue: list(filter(is_asked, clashes))
                for issue, clashes in lists.conflicts_of(loader.connection, page).items()
            }
            if not found:
                return {}
            every = [conflict for clashes in found.values() for conflict in clashes]
            graph = loader.graph_of_assertions(
                {*found, *(key for conflict in every for key in (conflict.a, conflict.b))},
                {key for conflict in every for key in (conflict.a_assertion, conflict.b_assertion)},
            )
            builder = AnswerBuilder(graph)
            return {
                issue: [builder.conflict(issue, conflict) for conflict in clashes]
                for issue, clashes in found.items()
            }

        return self._listed(name, "", build, stands, build_materialized)

    def self_contradictions(self) -> Answers[SelfContradiction]:
        """Holders whose own live assertions on facts exclude each other."""

        def find(graph: ClaimGraph, issue: int) -> list[SelfContradictionKeys]:
            return self_contradictions(graph).get(issue, [])

        return self._listed(
            lists.SELF_CONTRADICTION,
            "",
            lambda graph, builder, issue: map(builder.self_contradiction, find(graph, issue)),
            lambda graph, issue: bool(find(graph, issue)),
        )

    def circular(self, *kinds: str) -> Answers[Circle]:
        """Circular reporting: by default loops and misreported sources; common origins are asked for by kind. With
        several kinds, one kind after the other."""
        wanted = kinds or circular_rules.DEFAULT_KINDS
        for kind in wanted:
            _one_of("kinds", kind, circular_rules.KINDS)
        lists = [self._circular(kind) for kind in dict.fromkeys(wanted)]
        return Answers(
            lambda: (circle for each in lists for circle in each), lambda: sum(each.count() for each in lists)
        )

    def _circular(self, kind: str) -> Answers[Circle]:
        def find(graph: ClaimGraph, claim: int) -> list[circular_rules.CircleKeys]:
            found = circular_rules.circles(graph, claim, support_rules.standing_without_flags(graph, claim))
            return [circle for circle in found if circle.kind == kind]

        def build_materialized(loader: ClaimGraphLoader, page: lists.Page) -> dict[int, list[Circle]]:
            found = lists.circles_of(loader.connection, page, kind)
            if not found:
                return {}
            told = {one for circles in found.values() for circle in circles for one in circle.assertions}
            builder = AnswerBuilder(loader.graph_of_dated_chains(found, told))
            return {claim: list(map(builder.circle, circles)) for claim, circles in found.items()}

        return self._listed(
            kind,
            "",
            lambda graph, builder, claim: map(builder.circle, find(graph, claim)),
            lambda graph, claim: bool(find(graph, claim)),
            build_materialized,
        )

    def resting_on(self, agent: Asked) -> Answers[ClaimSummary]:
        """The claims that a live assertion of the agent carries or, at any depth, is rested on by."""

        def build() -> Iterator[ClaimSummary]:
            with self._reading() as connection:
                loader = self._loader(connection)
                same = search.same_agents(loader, {self._key(connection, agent, "agent")})
                said = search.resting_on(loader, same)
            seen: set[int] = set()
            by_claim: dict[int, list[int]] = defaultdict(list)
            for one, key in said.items():
                by_claim[key].append(one)
            for page in chunked(sorted(by_claim), lists.PAGE):
                with self._reading() as connection:
                    graph = self._loader(connection).graph_resting_on(
                        one for key in page for one in by_claim[key]
                    )
                found = {graph.claim_of(one) for one in graph.live & said.keys()} & graph.facts.whole
                yield from map(AnswerBuilder(graph).claim, sorted(found - seen))
                seen |= found

        return Answers(build, lambda: sum(1 for _ in build()))

    def rests_on(self, agent: Asked, *, by: str = "agent") -> dict[str, tuple[ClaimSummary, ...]]:
        """The claims of which every origin is the agent's, or with by="group" its side's ("origin"), and those for
        which it is a chokepoint ("chokepoint")."""
        _one_of("by", by, ("agent", "group"))
        with self._reading() as connection:
            loader = self._loader(connection)
            key = self._key(connection, agent, "agent")
            tied = loader.graph_of_agents([key]).facts.agents
            said = search.rested_on_by(loader, set(tied) or {key})
        found: dict[str, dict[int, ClaimSummary]] = {"origin": {}, "chokepoint": {}}
        for graph in self._graphs(sorted(set(said.values()))):
            if key not in graph.facts.agents:
                continue
            builder = AnswerBuilder(graph)
            for claim in graph.claims.whole:
                for way in support_rules.rests_on(graph, claim, key, by=by):
                    found[way][claim] = builder.claim(claim)
        return {way: tuple(claims[key] for key in sorted(claims)) for way, claims in found.items()}

    def _graphs(self, claims: list[int]) -> Iterator[ClaimGraph]:
        for page in chunked(claims, lists.PAGE):
            with self._reading() as connection:
                graph = self._loader(connection).graph_with_competing_claims(page)
            yield graph

    def accusations(self) -> Answers[Accusation]:
        """Every claim that somebody makes against an agent, and where the accused stands."""
        return self._accusations(lambda _: True)

    def unanswered(self) -> Answers[Accusation]:
        """Accusations on which the accused, or who speaks for them, holds no position."""
        return self._accusations(lambda found: not found.is_answered)

    def _accusations(self, is_wanted: Callable[[Accusation], bool]) -> Answers[Accusation]:
        def build(graph: ClaimGraph, builder: AnswerBuilder, claim: int) -> Iterator[Accusation]:
            for found in replies(graph, claim):
                accusation = builder.accusation(found)
                if is_wanted(accusation):
                    yield accusation

        return self._listed(
            candidates.ACCUSATION,
            "",
            build,
            lambda graph, claim: any(True for _ in build(graph, AnswerBuilder(graph), claim)),
        )

    def find(
        self,
        words: str | None = None,
        *,
        subject: str | None = None,
        outlet: Asked | str | None = None,
        source: Asked | str | None = None,
        limit: int = 50,
    ) -> tuple[ClaimSummary | AgentSummary, ...]:
        """Claims by words, by the name of their subject, by an outlet whose documents hold them, or by a source who
        took a stance on them; with words alone agents too, by their names and descriptions.

        All that is given has to fit. Words are looked up by the database's full-text search, without regard to case
        and accents. An outlet or a source is an agent, or the name of any.
        """
        with self._reading() as connection:
            loader = self._loader(connection)
            wanted = search.Wanted(
                words=words,
                subject=subject,
                outlets=None if outlet is None else self._agents(loader, outlet),
                sources=None if source is None else self._agents(loader, source),
            )
            rows = search.find(loader, wanted, limit=limit)
            claims = [key for key, record_type in rows if record_type == "claim"]
            graph = loader.graph_about(
                claims, agents=[key for key, record_type in rows if record_type == "agent"]
            )
        builder = AnswerBuilder(graph)
        return tuple(
            builder.claim(key) if record_type == "claim" else builder.agent(key)
            for key, record_type in rows
            if key in (graph.facts.claims if record_type == "claim" else graph.facts.agents)
        )

    def _agents(self, loader: ClaimGraphLoader, asked: Asked | str) -> set[int]:
        if isinstance(asked, str) and not isinstance(asked, RecordId):
            return search.agents_named(loader, asked)
        return search.same_agents(loader, {self._key(loader.connection, asked, "agent")})

    def counts(self) -> dict[str, int]:
        """How many records of each type the index holds."""
        numbers = {
            name: select(func.count()).select_from(table).scalar_subquery().label(name)
            for name, table in sorted(TABLE_OF_TYPE.items())
        }
        with self._reading() as connection:
            found = connection.execute(select(*numbers.values())).one()
        return {name: count for name, count in zip(numbers, found, strict=True) if count}

    # How it is done ---------------------------------------------------------------------------------------------

    def _key_of_any(self, connection: Connection, asked: Asked, expected: str = "record") -> int:
        return self._place(connection, asked, expected)[0]

    def _place(self, connection: Connection, asked: Asked, expected: str) -> tuple[int, str]:
        """The key and the type of a record."""
        id_ = asked if isinstance(asked, RecordId) else getattr(asked, "id", None)
        if id_ is None:
            raise InvalidValue(expected, f"a {type(asked).__name__}", f"a {expected} or its RecordId")
        row = connection.execute(_PLACE, {"id": bytes.fromhex(id_)}).first()
        if row is None:
            raise NotRecorded(expected, id_)
        return row[0], row[1]

    def _key(self, connection: Connection, asked: Asked, record_type: str) -> int:
        key, found = self._place(connection, asked, record_type)
        if found != record_type:
            raise InvalidValue(
                record_type, "the id of another type of record", f"the id of a record of type {record_type}"
            )
        return key

    def _graph_of(
        self, connection: Connection, asked: Asked, *, competing: bool = False, agents: Iterable[int] = ()
    ) -> tuple[ClaimGraph, int]:
        key = self._key(connection, asked, "claim")
        loader = self._loader(connection)
        graph = (
            loader.graph_with_competing_claims([key])
            if competing
            else loader.graph_about([key], agents=agents)
        )
        return graph, self._canonical(graph, key, asked)

    @staticmethod
    def _canonical(graph: ClaimGraph, key: int, asked: Asked) -> int:
        if key not in graph.facts.claims:
            raise UnknownReference("claim", asked.id)
        return graph.claims.classes[key]

    def _listed(
        self,
        name: str,
        nature: str,
        build: Callable[[ClaimGraph, AnswerBuilder, int], Iterator[_Answer]],
        stands: Callable[[ClaimGraph, int], bool],
        build_materialized: Callable[[ClaimGraphLoader, lists.Page], dict[int, list[_Answer]]] | None = None,
    ) -> Answers[_Answer]:
        """The answers about each claim or matter that may stand on a list, and for counting whether it does. With
        `tell_kept` they are made of what is kept, as far as that is enough."""

        def told() -> Iterator[_Answer]:
            last = 0
            while True:
                with self._reading() as connection:
                    loader = self._loader(connection)
                    page = lists.page(loader, self._overlay, name, nature, after=last, limit=BUILT)
                    materialized = {} if build_materialized is None else build_materialized(loader, page)
                    graph, others = self._graph_on(
                        loader, [key for key in page.keys if key not in materialized], name
                    )
                if not page.keys:
                    return
                last = page.keys[-1]
                builder = AnswerBuilder(graph)
                for key in page.keys:
                    if key in materialized:
                        yield from materialized[key]
                    elif key in others:
                        yield from build(graph, builder, key)

        def count() -> int:
            with self._reading() as connection:
                loader = self._loader(connection)
                materialized = lists.count(loader, self._overlay, name, nature)
                if materialized is not None:
                    return materialized
                sure = certain.unsupported(loader, name, nature)
            pages = self._pages(name, nature) if sure is None else self._pages_of(sure.others, name)
            looked_at = {key for graph, page in pages for key in page if stands(graph, key)}
            return len(looked_at) + (0 if sure is None else sure.sure)

        return Answers(told, count)

    def _pages(self, name: str, nature: str) -> Iterator[_Page]:
        """Worlds around the canonical claims that may stand on a list, a page at a time."""
        last = 0
        while True:
            with self._reading() as connection:
                loader = self._loader(connection)
                keys = lists.page(loader, self._overlay, name, nature, after=last, limit=lists.PAGE).keys
                if not keys:
                    return
                last = keys[-1]
                graph, found = self._graph_on(loader, keys, name)
            yield graph, found

    def _pages_of(self, claims: list[int], name: str) -> Iterator[_Page]:
        for keys in chunked(claims, lists.PAGE):
            with self._reading() as connection:
                found = self._graph_on(self._loader(connection), keys, name)
            yield found

    @staticmethod
    def _graph_on(loader: ClaimGraphLoader, keys: list[int], name: str) -> _Page:
        """The world around claims of a list, and those of them that name their class."""
        if name == candidates.ACCUSATION:
            graph = loader.graph_of_accusations(keys)
        elif name in _WITHOUT_COMPETING_CLAIMS:
            graph = loader.graph_about(keys)
        else:
            graph = loader.graph_with_competing_claims(keys)
        return graph, [key for key in keys if key in graph.facts.claims and graph.claims.classes[key] == key]


def _one_of(name: str, word: object, allowed: tuple[str, ...]) -> None:
    if word not in allowed:
        raise InvalidValue(name, "an unknown word", "one of " + ", ".join(allowed))


def _build_changes(graph: ClaimGraph, builder: AnswerBuilder, claim: int) -> Iterator[Change]:
    return map(builder.change, change_rules.changes(graph, claim))


def _claims_of(answer: Explainable) -> list[ClaimSummary]:
    if isinstance(answer, Conflict | SelfContradiction):
        return [answer.a, answer.b]
    return [answer.claim]
