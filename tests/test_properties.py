"""Properties of every world, on both databases: each test's name is its property.

The worlds are random, in the case format. Each is recorded in a transaction that is rolled back. A world that fails is
shrunk and printed as JSON. `PROVENANCE_EXAMPLES=100` makes a long run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import model
import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st
from random_worlds import (
    DATES,
    EXAMPLES,
    MOMENTS,
    Records,
    agent_ids,
    assertion_ids,
    claim_ids,
    random_bounds,
    random_world,
    some_queries,
)
from sqlalchemy import Engine
from worlds import World

from provenance import Claim, Ledger, Link
from provenance.rules import circular, support
from provenance.values.records import Record

AFTERWARDS = datetime(2026, 3, 1, tzinfo=UTC)
"""A time later than all that the random worlds record."""

TIMES = (*DATES[1:], *MOMENTS)
Query = dict[str, Any]
Answers = dict[str, object]

randoms = st.randoms(use_true_random=False)
looking_at_some = settings(max_examples=EXAMPLES)


def a_world(random: Random) -> Records:
    records = random_world(random)
    note(f"the world: {json.dumps(records)}")
    return records


@contextmanager
def recorded(engine: Engine, records: Records, **how: Any) -> Iterator[tuple[Ledger, World]]:
    """A ledger that holds the world, gone when the block ends."""
    with engine.connect() as connection:
        transaction = connection.begin()
        ledger, world = Ledger.open(connection), World(records)
        world.record(ledger, **how)
        yield ledger, world
        transaction.rollback()


def answers(engine: Engine, records: Records, queries: Iterable[Query], **how: Any) -> Answers:
    with recorded(engine, records, **how) as (ledger, world):
        return answers_of(ledger, world, queries)


def answers_of(ledger: Ledger, world: World, queries: Iterable[Query]) -> Answers:
    return {json.dumps(query): world.answer(ledger, query) for query in queries}


def models_answers(records: Records, queries: Iterable[Query]) -> Answers:
    return {json.dumps(query): model.answer(records, query) for query in queries}


def whole_answers(ledger: Any, claims: Iterable[Claim]) -> list[object]:
    """Everything that the library answers about all of its claims and about these ones, in its own words and order."""
    found: list[object] = [
        list(ledger.conflicts(strength="possible")),
        list(ledger.divergences(strength="possible")),
        list(ledger.self_contradictions()),
        list(ledger.circular(*circular.KINDS)),
        list(ledger.accusations()),
        *(list(ledger.unsupported(kind)) for kind in support.UNSUPPORTED_KINDS),
    ]
    for claim in claims:
        found += [ledger.support(claim), ledger.trace(claim)]
        found += [ledger.chokepoints(claim, by=by) for by in ("agent", "group")]
    return found


def independence(ledger: Ledger, world: World) -> dict[str, tuple[int, int]]:
    """lo and hi of every claim of the case."""
    found = {name: ledger.support(claim) for name, claim in world.claims.items()}
    return {name: (one.lo, one.hi) for name, one in found.items()}


def as_observed(records: Records) -> Records:
    """The same world with `observed` stated, which is derived from the whole file: a part of it then means the same."""
    stated = deepcopy(records)
    rested_on = {
        row["to"]
        for row in stated.get("relays") or []
        if (row.get("status") or "stated") == "stated" and row["from"] != row["to"]
    }
    for row in stated.get("assertions") or []:
        if row.get("observed") is None:
            row["observed"] = row["id"] not in rested_on
    return stated


def only(records: Records, assertions: set[str]) -> Records:
    """The world with these assertions alone, and with the relays, evidence and amendments among them."""
    part = deepcopy(records)
    hangs_on = {
        "assertions": ["id"],
        "relays": ["from", "to"],
        "evidence": ["assertion"],
        "amendments": ["target"],
    }
    for name, fields in hangs_on.items():
        part[name] = [
            row for row in part.get(name) or [] if assertions.issuperset(row[field] for field in fields)
        ]
    return part


# Recording


@looking_at_some
@given(random=randoms)
def test_the_order_of_recording_within_a_commit_changes_no_answer(
    shared_engine: Engine, random: Random
) -> None:
    records = a_world(random)
    queries = some_queries(random, records, random_bounds(random))

    in_order = answers(shared_engine, records, queries)
    shuffled = answers(shared_engine, records, queries, shuffled=random)

    assert shuffled == in_order


@looking_at_some
@given(random=randoms)
def test_recording_a_world_again_changes_no_answer_and_adds_nothing(
    shared_engine: Engine, random: Random
) -> None:
    records = a_world(random)
    with recorded(shared_engine, records) as (ledger, world):
        # Only what the ledger took: it refuses a publisher's retraction, and takes it once the relay is recorded.
        # Structured claims that say the same in other words are one record, and each of its rows describes it anew:
        # recording the first again after the last says something new.
        assume(len({claim.id for claim in world.claims.values()}) == len(world.claims))
        before = whole_answers(ledger, world.claims.values()), ledger.counts()

        again = []
        for once in world.recorded:
            with ledger.begin(by="somebody else", at=AFTERWARDS) as desk:
                again.append(desk.add(*once.records))

        assert [one for one in again if one.is_new] == []
        assert (whole_answers(ledger, world.claims.values()), ledger.counts()) == before


@looking_at_some
@given(random=randoms)
def test_a_bound_on_known_answers_as_a_ledger_that_stopped_there(
    shared_engine: Engine, random: Random
) -> None:
    records, known = a_world(random), random.choice(TIMES)
    held = {
        row["id"]
        for row in records.get("assertions") or []
        if model.moment(row["rec"]) <= model.moment(known)
    }
    # The stopped ledger does not hold the other assertions: to ask what their retraction would do is an error there.
    queries = [
        query
        for query in some_queries(random, records, {})
        if query["q"] != "retraction_impact" or query["args"]["assertion"] in held
    ]
    bounded = [{**query, "args": {**query["args"], "known": known}} for query in queries]

    of_all = answers(shared_engine, records, bounded)
    of_the_stopped = answers(shared_engine, records, queries, until=known)

    assert list(of_all.values()) == list(of_the_stopped.values())


@looking_at_some
@given(random=randoms)
def test_a_rebuilt_index_gives_the_same_answers(shared_engine: Engine, random: Random) -> None:
    with recorded(shared_engine, a_world(random)) as (ledger, world):
        before = whole_answers(ledger, world.claims.values())

        ledger.rebuild()

        assert whole_answers(ledger, world.claims.values()) == before


@looking_at_some
@given(random=randoms)
def test_sqlite_gives_the_same_answers_as_postgresql_in_the_same_order(
    shared_sqlite_engine: Engine, shared_postgresql_engine: Engine, random: Random
) -> None:
    records, bounds = a_world(random), random_bounds(random)
    found = []
    for engine in (shared_sqlite_engine, shared_postgresql_engine):
        with recorded(engine, records) as (ledger, world):
            asked = ledger.as_of(
                **{name: f"{time}Z" if time == MOMENTS[-1] else time for name, time in bounds.items()}
            )
            found.append(whole_answers(asked, world.claims.values()))

    assert found[0] == found[1]


# Bounds


@looking_at_some
@given(random=randoms)
def test_nothing_said_later_leaks_into_an_answer(shared_engine: Engine, random: Random) -> None:
    records, said = as_observed(a_world(random)), random.choice(TIMES)
    last = model.moment(said)
    is_said = {row["id"]: model.moment(row["at"]) <= last for row in records.get("assertions") or []}
    # A world that rests on what is said later contradicts itself: at `said`, the resting assertion has a way out that
    # leads nowhere, which the world without the later one cannot say. A date beside a moment makes such worlds.
    records["relays"] = [
        row for row in records.get("relays") or [] if is_said[row["to"]] or not is_said[row["from"]]
    ]
    # A relay that is recorded, though said later, already entitles its agent to retract: only the holders do so here.
    # A replacement that is said later would take the amendment that names it along.
    for row in records.get("amendments") or []:
        row.update(by=None, new=None)
    by_then = only(records, {one for one, is_so in is_said.items() if is_so})
    by_then["amendments"] = [row for row in by_then["amendments"] if model.moment(row["at"]) <= last]
    queries = some_queries(random, by_then, {})
    bounded = [{**query, "args": {**query["args"], "said": said}} for query in queries]

    assert list(answers(shared_engine, records, bounded).values()) == list(
        models_answers(by_then, queries).values()
    )


# Independence


@looking_at_some
@given(random=randoms)
def test_there_are_never_fewer_origins_at_most_than_at_least(shared_engine: Engine, random: Random) -> None:
    with recorded(shared_engine, a_world(random)) as (ledger, world):
        wrong = {name: ends for name, ends in independence(ledger, world).items() if ends[0] > ends[1]}

    assert not wrong


@looking_at_some
@given(random=randoms)
def test_a_stated_relay_between_two_live_assertions_never_raises_hi(
    shared_engine: Engine, random: Random
) -> None:
    # Only between live ones: a relay to an assertion that nobody had seen makes it visible, and so an origin.
    records = as_observed(a_world(random))
    live = sorted(model.World(records, said=model.OPEN_END, known=model.OPEN_END).live)
    assume(len(live) > 1)
    child, parent = random.sample(live, 2)
    related = deepcopy(records)
    related.setdefault("relays", None)
    related["relays"] = [*(related["relays"] or []), {"from": child, "to": parent}]

    with recorded(shared_engine, records) as (ledger, world):
        before = independence(ledger, world)
    with recorded(shared_engine, related) as (ledger, world):
        after = independence(ledger, world)

    assert [name for name in before if after[name][1] > before[name][1]] == []


@looking_at_some
@given(random=randoms)
def test_merging_two_identified_agents_never_raises_hi(shared_engine: Engine, random: Random) -> None:
    # Only identified ones: an anonymous crowd merged with another, or with a side, is counted by other rules.
    records = a_world(random)
    of_law = model.World(records, said=model.OPEN_END, known=model.OPEN_END)
    identified = sorted(agent for agent in of_law.agents if model.is_identified(of_law, agent))
    assume(len(identified) > 1)
    one, another = random.sample(identified, 2)

    with recorded(shared_engine, records) as (ledger, world):
        before = independence(ledger, world)
        with ledger.begin(by="editor", at=AFTERWARDS) as desk:
            desk.link("same_agent", world.agents[one], world.agents[another])
        after = independence(ledger, world)

    assert [name for name in before if after[name][1] > before[name][1]] == []


@looking_at_some
@given(random=randoms)
def test_a_retraction_never_adds_an_origin(shared_engine: Engine, random: Random) -> None:
    records = a_world(random)
    with recorded(shared_engine, records) as (ledger, world):
        before = {name: {one.id for one in ledger.origins(claim)} for name, claim in world.claims.items()}

        with ledger.begin(by="editor", at=AFTERWARDS) as desk:
            desk.retract(world.assertions[random.choice(assertion_ids(records))], at="2026-03-01")

        after = {name: {one.id for one in ledger.origins(claim)} for name, claim in world.claims.items()}

    assert [name for name in before if not after[name] <= before[name]] == []


# Merges


def mergeable(world: World) -> dict[str, list[Record]]:
    return {
        "same_agent": list(world.agents.values()),
        "same_claim": list({claim.id: claim for claim in world.claims.values()}.values()),
        "same_entity": list(world.entities.values()),
        "same_event": list(world.assertions.values()),
    }


@looking_at_some
@given(random=randoms)
def test_undoing_a_merge_restores_every_answer_and_redoing_it_brings_the_merged_ones_back(
    shared_engine: Engine, random: Random
) -> None:
    def every_answer() -> list[object]:
        return whole_answers(ledger, world.claims.values())

    with recorded(shared_engine, a_world(random)) as (ledger, world):
        kinds = {kind: records for kind, records in mergeable(world).items() if len(records) > 1}
        assume(kinds)
        kind = random.choice(sorted(kinds))
        one, another = random.sample(kinds[kind], 2)
        apart = every_answer()
        with ledger.begin(by="editor", at=AFTERWARDS) as desk:
            merge = desk.add(Link(kind=kind, source=one, target=another))
        assume(merge.is_new)  # otherwise the world held it already, and undoing it undoes that
        note(f"{kind}: {one}, {another}")
        merged = every_answer()

        with ledger.begin(by="editor", at=AFTERWARDS + timedelta(days=1)) as desk:
            undoing = desk.withdraw(merge.records[-1])
        undone = every_answer()
        with ledger.begin(by="editor", at=AFTERWARDS + timedelta(days=2)) as desk:
            desk.withdraw(undoing)
        redone = every_answer()

        assert undone == apart
        assert redone == merged


# Locality


def support_answers(ledger: Ledger, world: World, claim: str) -> dict[str, object]:
    """What the claim's reach alone decides: flags also depend on conflicts with other claims."""
    found = ledger.support(world.claims[claim])
    return {
        "support": (found.grade, found.lo, found.hi),
        "origins": sorted(one.id for one in found.origins),
        "chokepoints": [
            [one.id for one in ledger.chokepoints(world.claims[claim], by=by)] for by in ("agent", "group")
        ],
    }


@looking_at_some
@given(random=randoms)
def test_an_unrelated_world_beside_it_changes_nothing_of_a_claim(
    shared_engine: Engine, random: Random
) -> None:
    # The other world shares no id, but names of persons, the words of its scopes, and items of evidence.
    records = a_world(random)
    beside = renamed(random_world(random), lambda one: f"elsewhere {one}")
    together = {name: [*(records.get(name) or []), *(beside.get(name) or [])] for name in {*records, *beside}}
    claims = claim_ids(records)

    with recorded(shared_engine, records) as (ledger, world):
        alone = {claim: world.answer(ledger, support_query(claim)) for claim in claims}
        places = {claim: world.answer(ledger, chokepoint_query(claim)) for claim in claims}
    with recorded(shared_engine, together) as (ledger, world):
        assert {claim: world.answer(ledger, support_query(claim)) for claim in claims} == alone
        assert {claim: world.answer(ledger, chokepoint_query(claim)) for claim in claims} == places


def support_query(claim: str) -> Query:
    return {"q": "support", "args": {"claim": claim}}


def chokepoint_query(claim: str) -> Query:
    return {"q": "chokepoints", "args": {"claim": claim, "by": "group"}}


@looking_at_some
@given(random=randoms)
def test_what_is_outside_of_a_claims_reach_decides_nothing_of_its_support(
    shared_engine: Engine, random: Random
) -> None:
    records = as_observed(a_world(random))
    claim = random.choice(claim_ids(records))
    inside = only(records, reach_of(records, claim))
    for row in inside["amendments"]:
        row["new"] = None  # a replacement only says what to read instead, and may lie outside of the reach
    w = model.World(records, said=model.OPEN_END, known=model.OPEN_END)
    needed = {w.claim(one) for one in claim_ids(inside) if w.entails(one, claim)}
    needed |= {w.claim(row["claim"]) for row in inside["assertions"]}
    inside["claims"] = [row for row in inside.get("claims") or [] if w.claim(row["id"]) in needed]
    inside["claim_links"] = [
        row
        for row in inside.get("claim_links") or []
        if row["kind"] == "entails" and {w.claim(row["a"]), w.claim(row["b"])} <= needed
    ]
    inside["attribute_order"], inside["part_of"] = [], []
    queries = [
        {"q": "origins", "args": {"claim": claim}},
        {"q": "chokepoints", "args": {"claim": claim, "by": "agent"}},
        {"q": "chokepoints", "args": {"claim": claim, "by": "group"}},
    ]
    graded = support_query(claim)

    with recorded(shared_engine, records) as (ledger, world):
        whole, whole_support = answers_of(ledger, world, queries), world.answer(ledger, graded)
    with recorded(shared_engine, inside) as (ledger, world):
        part, part_support = answers_of(ledger, world, queries), world.answer(ledger, graded)

    assert part == whole
    # These flags also depend on conflicts, on what the claim entails, and on who carries it further down the chains.
    of_others = {"contested", "denied_only", "no_live_origin"}
    assert without_flags(part_support, of_others) == without_flags(whole_support, of_others)


def without_flags(answer: Any, flags: set[str]) -> object:
    return {**answer, "flags": [flag for flag in answer["flags"] if flag not in flags]}


def reach_of(records: Records, claim: str) -> set[str]:
    """The assertions on the claim and on what entails it, all that rest on these, and all on which they rest."""
    w = model.World(records, said=model.OPEN_END, known=model.OPEN_END)
    on_it = {a for a in w.assertions if w.entails(w.claim_of(a), claim)}
    above = model.reached(on_it, lambda a: [r.child for r in w.relays if r.parent == a])
    below = model.reached(on_it | above, lambda a: [r.parent for r in w.relays if r.child == a])
    return on_it | above | below


# Names


NAMED = {
    "agents": ("id", "same_as", "maybe_same", "speaks_for", "group"),
    "attributes": ("id",),
    "claims": ("id", "same_as", "subject", "attribute"),
    "claim_links": ("a", "b"),
    "assertions": ("id", "agent", "claim"),
    "relays": ("from", "to"),
    "evidence": ("assertion", "noted_by"),
    "amendments": ("target", "new", "by"),
}
PAIRED = ("attribute_order", "part_of", "same_subject")


def renamed(records: Records, new: Callable[[str], str]) -> Records:
    """The same world under other ids. Numbers and stated names of agents stay as they are."""
    world = deepcopy(records)
    for name, fields in NAMED.items():
        for row in world.get(name) or []:
            row.update({field: new(row[field]) for field in fields if row.get(field)})
    for row in world.get("claims") or []:
        row["accuses"] = [new(one) for one in row.get("accuses") or []]
        if isinstance(row.get("value"), str) and model.number(row["value"]) is None:
            row["value"] = new(row["value"])
    for name in PAIRED:
        world[name] = [[new(one) for one in pair] for pair in world.get(name) or []]
    return world


def renamed_answer(answer: Any, new: Callable[[str], str], ids: set[str]) -> Any:
    """The answer with every id in it renamed; that of a group stands behind "G:"."""
    if isinstance(answer, dict):
        return {
            name: value if name in ("grade", "independent", "flags") else renamed_answer(value, new, ids)
            for name, value in answer.items()
        }
    if isinstance(answer, list):
        return [renamed_answer(each, new, ids) for each in answer]
    if isinstance(answer, str) and answer.startswith("G:"):
        return f"G:{new(answer.removeprefix('G:'))}"
    return new(answer) if answer in ids else answer


def renamed_query(query: Query, new: Callable[[str], str]) -> Query:
    named = ("claim", "holder", "assertion")
    args = {name: new(value) if name in named else value for name, value in query["args"].items()}
    return {"q": query["q"], "args": args}


def all_ids(records: Records) -> set[str]:
    return {*agent_ids(records), *claim_ids(records), *assertion_ids(records)}


@pytest.mark.slow
@looking_at_some
@given(random=randoms)
def test_ids_that_keep_their_order_change_nothing_but_themselves(
    shared_engine: Engine, random: Random
) -> None:
    def new(one: str) -> str:
        return f"{one} as renamed"

    records = a_world(random)
    queries = some_queries(random, records, random_bounds(random))

    before = answers(shared_engine, records, queries)
    after = answers(shared_engine, renamed(records, new), [renamed_query(query, new) for query in queries])

    expected = [renamed_answer(answer, new, all_ids(records)) for answer in before.values()]
    assert list(after.values()) == expected


@pytest.mark.slow
@looking_at_some
@given(random=randoms)
def test_other_ids_change_nothing_but_which_of_a_class_names_it(
    shared_engine: Engine, random: Random
) -> None:
    def new(one: str) -> str:
        return f"{hashlib.sha256(one.encode()).hexdigest()[:8]} {one}"

    def old(one: str) -> str:
        return one.rpartition(" ")[2]

    records = a_world(random)
    # The smallest id decides by law which of several canonical claims counts, whose structure if it has none, and for
    # which of several agents a merged one speaks.
    assume(not does_the_smallest_decide(records))
    queries = some_queries(random, records, random_bounds(random))
    renamed_queries = [renamed_query(query, new) for query in queries]
    renamed_ids = {new(one) for one in all_ids(records)}

    with recorded(shared_engine, records) as (ledger, world):
        before = [in_classes(query, world.answer(ledger, query), world) for query in queries]
    with recorded(shared_engine, renamed(records, new)) as (ledger, renamed_world):
        after = [
            in_classes(query, renamed_answer(renamed_world.answer(ledger, asked), old, renamed_ids), world)
            for query, asked in zip(queries, renamed_queries, strict=True)
        ]

    assert after == before


def does_the_smallest_decide(records: Records) -> bool:
    w = model.World(records, said=model.OPEN_END, known=model.OPEN_END)
    for members in w._claim_classes.values():
        canonical = {same for one in members if (same := w.claims[one].same_as)}
        structures = {structure for one in members if (structure := w.claims[one].structure)}
        if len(canonical) > 1 or (len(structures) > 1 and not w.claims[w.claim(min(members))].structure):
            return True
    for members in w._agent_classes.values():
        spoken = {agent for one in members if (agent := w.agents[one].speaks_for)}
        if len(spoken - members) > 1:
            return True
    return False


def in_classes(query: Query, answer: Any, world: World) -> Any:
    """The answer with every id replaced by the name of its class in this world, and with its lists sorted again."""

    def name(one: Any) -> Any:
        if one in world.claims:
            return world.claim_names[world.claims[one].id]
        if query["args"].get("by") == "group":
            return world.side_name(one)
        return world.agent_names[world.agents[one].id] if one in world.agents else one

    if isinstance(answer, dict):
        return {field: in_classes(query, value, world) for field, value in answer.items()}
    if not isinstance(answer, list):
        return answer
    if query["q"] in ("conflicts", "self_contradictions"):
        found = []
        for row in answer:
            kind, *pair = [one for one in row if one in world.claims or one in KINDS_OF_CLASH]
            pair = [name(one) for one in pair]
            pair = pair if kind in ("polarity", "order") else sorted(pair)
            found.append([kind, *pair, *sorted(name(one) for one in row if one not in world.claims)])
        return sorted(found)
    return sorted(
        ([name(one) for one in each] if isinstance(each, list) else name(each) for each in answer), key=str
    )


KINDS_OF_CLASH = ("polarity", "value", "order", "explicit", "divergence")
