"""What the law says of every world, held against the slow model alone: each test's name is the property.

Only what the model does not already say by how it is written. `PROVENANCE_EXAMPLES=100` makes a long run.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from copy import deepcopy
from random import Random
from typing import Any

import model
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st
from model.names import are_alike, normal, words
from random_worlds import (
    DATES,
    EXAMPLES,
    LONG,
    MOMENTS,
    Records,
    Row,
    as_observed,
    assertion_ids,
    claim_ids,
    random_bounds,
    random_world,
    some_queries,
)

TIMES = (*DATES[1:], *MOMENTS, *LONG)
AFTERWARDS = "2027"
"""After all that the random worlds say."""

randoms = st.randoms(use_true_random=False)
looking_at_some = settings(max_examples=2 * EXAMPLES)


def a_world(random: Random) -> Records:
    records = as_observed(random_world(random))
    note(f"the world: {json.dumps(records)}")
    return records


def answers(records: Records, queries: Iterable[dict[str, Any]]) -> list[object]:
    return [model.answer(records, query) for query in queries]


def unbounded(records: Records) -> model.World:
    return model.World(records, said=model.OPEN_END, known=model.OPEN_END)


def is_after(row: Row, field: str, bound: str) -> bool:
    return model.moment(row.get(field)) > model.moment(bound)


def grown(records: Records, name: str, *rows: Any) -> Records:
    """The same world with these rows more."""
    return {**records, name: [*(records.get(name) or []), *rows]}


def altered(random: Random, records: Records, ids: set[str]) -> Records:
    """The same world in which these assertions say something else, show something else, and are found as they were."""
    other = deepcopy(records)
    for row in other.get("assertions") or []:
        if row["id"] in ids:
            row["claim"] = random.choice(claim_ids(records))
            row["stance"] = random.choice(("affirm", "deny", "relay", "disavow", "question"))
            row["basis"] = random.choice(("witness", "document", "unstated"))
            row["certainty"] = random.choice(("certain", "possible", "unspecified"))
    for row in other.get("evidence") or []:
        if row["assertion"] in ids:
            row.update(present=random.choice((True, False)), ref=random.choice(("v1", "v2", None)))
    return other


# As of


@looking_at_some
@given(random=randoms)
def test_nothing_said_later_leaks_into_an_answer(random: Random) -> None:
    records, said = a_world(random), random.choice(TIMES)
    queries = some_queries(random, records, {"said": said})
    later = {row["id"] for row in records.get("assertions") or [] if is_after(row, "at", said)}

    other = altered(random, records, later)
    other["amendments"] = [row for row in records.get("amendments") or [] if not is_after(row, "at", said)]

    assert answers(other, queries) == answers(records, queries)


@looking_at_some
@given(random=randoms)
def test_nothing_recorded_later_leaks_into_an_answer(random: Random) -> None:
    records, known = a_world(random), random.choice(TIMES)
    queries = some_queries(random, records, {"known": known})
    later = {row["id"] for row in records.get("assertions") or [] if is_after(row, "rec", known)}

    other = altered(random, records, later)
    for name in ("relays", "evidence", "amendments", "joint"):
        other[name] = [row for row in other.get(name) or [] if not is_after(row, "rec", known)]

    assert answers(other, queries) == answers(records, queries)


# Records


@looking_at_some
@given(random=randoms)
def test_the_order_of_the_records_changes_no_answer(random: Random) -> None:
    records = a_world(random)
    queries = some_queries(random, records, random_bounds(random))

    shuffled = {name: random.sample(rows, len(rows)) for name, rows in records.items() if rows}

    assert answers(shuffled, queries) == answers(records, queries)


@looking_at_some
@given(random=randoms)
def test_a_strangers_retraction_changes_no_answer(random: Random) -> None:
    records = a_world(random)
    queries = some_queries(random, records, random_bounds(random))
    documents = {one for a in unbounded(records).assertions.values() for one in a.found_in}
    target = random.choice([*assertion_ids(records), *sorted(documents)])

    retracted = grown(records, "amendments", {"target": target, "kind": "retract", "by": "a stranger"})

    assert answers(retracted, queries) == answers(records, queries)


@looking_at_some
@given(random=randoms)
def test_what_an_agent_retracts_is_live_nowhere(random: Random) -> None:
    records = a_world(random)
    target = random.choice(assertion_ids(records))
    agent = unbounded(records).assertions[target].agent

    row = {"target": target, "kind": random.choice(("retract", "correct")), "by": agent, "at": AFTERWARDS}
    after = unbounded(grown(records, "amendments", row))

    def is_position(a: str) -> bool:
        return after.stance(a) in ("affirm", "relay")

    live = {a for a in after.live if after.agent_of(a) == after.resolved(agent)}
    again = {a for a in live if after.claim_of(a) == after.claim_of(target)}
    assert not [
        a
        for a in again
        if after.stance(a) == after.stance(target) or (is_position(a) and is_position(target))
    ]


@looking_at_some
@given(random=randoms)
def test_the_impact_of_a_retraction_is_what_the_retraction_does(random: Random) -> None:
    records = a_world(random)
    target = random.choice(assertion_ids(records))
    before = unbounded(records)
    impact: Any = model.answer(records, {"q": "retraction_impact", "args": {"assertion": target}})

    row = {"target": target, "by": before.assertions[target].agent, "at": AFTERWARDS}
    after = unbounded(grown(records, "amendments", row))

    for outcome, claims in impact.items():
        for claim in claims:
            was, now = worth(before, claim), worth(after, claim)
            assert outcome == (
                "lost" if was[0] > now[0] == 0 else "weakened" if is_less(now, was) else "unaffected"
            ), claim


def worth(w: model.World, claim: str) -> tuple[int, int, int]:
    return model.grade(w, claim), model.lo(w, claim), model.hi(w, claim)


def is_less(now: tuple[int, int, int], was: tuple[int, int, int]) -> bool:
    return any(new < old for new, old in zip(now, was, strict=True))


# Independence


@looking_at_some
@given(random=randoms)
def test_a_claim_is_corroborated_exactly_when_two_sides_have_two_units(random: Random) -> None:
    w = unbounded(a_world(random))

    for claim in {w.claim(one) for one in w.claims}:
        ways = model.ways_apart(w, claim)
        sides, units = {voice for voice, _ in ways}, {unit for _, unit in ways}
        assert (model.grade(w, claim) == 4) == (len(sides) > 1 and len(units) > 1)


@looking_at_some
@given(random=randoms)
def test_an_unknown_source_never_raises_lo_above_1(random: Random) -> None:
    records = a_world(random)
    claim = random.choice(claim_ids(records))
    w = unbounded(records)

    row = {"id": "a99", "agent": "g99", "claim": claim, "basis": "witness", "observed": True}
    more = grown(records, "assertions", row)
    naming = random.choice(("anonymous", "unattributed"))
    told = unbounded(grown(more, "agents", {"id": "g99", "naming": naming}))

    for one in w.claims:
        assert model.lo(told, one) <= max(model.lo(w, one), 1)


@looking_at_some
@given(random=randoms)
def test_a_joint_act_never_makes_more_origins_of_a_claim(random: Random) -> None:
    records = a_world(random)
    w = unbounded(records)
    ids = sorted(w.live)
    assume(len(ids) > 1)

    together = unbounded(grown(records, "joint", {"assertions": random.sample(ids, 2)}))

    for claim in w.claims:
        assert model.lo(together, claim) <= model.lo(w, claim)
        assert model.hi(together, claim) <= model.hi(w, claim)


# Conflicts


@looking_at_some
@given(random=randoms)
def test_values_and_links_clash_both_ways(random: Random) -> None:
    w = unbounded(a_world(random))

    for a in w.live:
        for b in w.live:
            there, back = dict(model.clashes(w, a, b)), dict(model.clashes(w, b, a))
            assert there.get("value") == back.get("value")
            assert there.get("explicit") == back.get("explicit")


@looking_at_some
@given(random=randoms)
def test_less_certain_words_make_no_new_conflict_and_no_surer_one(random: Random) -> None:
    records = a_world(random)
    everything = {"q": "conflicts", "args": {}}
    hedged = deepcopy(records)
    for row in random.sample(hedged["assertions"], len(hedged["assertions"]) // 2):
        if row.get("certainty") in (None, "certain"):
            row["certainty"] = "probable"

    certain: Any = model.answer(records, everything)
    uncertain: Any = model.answer(hedged, everything)

    possible = {(*row[:3], "possible") for row in certain}
    assert {tuple(row) for row in uncertain} <= {tuple(row) for row in certain} | possible


# Echo


@looking_at_some
@given(random=randoms)
def test_what_an_agent_is_quoted_with_after_its_own_words_adds_no_origin(random: Random) -> None:
    records = a_world(random)
    w = unbounded(records)
    own = sorted(a for a in w.origins if w.assertions[a].observed)
    assume(own)
    said = w.assertions[random.choice(own)]

    quoted = {"id": "a97", "agent": said.agent, "claim": said.claim, "at": AFTERWARDS, "observed": False}
    quoting = {"id": "a98", "agent": "g98", "claim": said.claim, "stance": "relay", "observed": True}
    more = grown(records, "assertions", quoted, quoting)
    told = unbounded(grown(more, "relays", {"from": "a98", "to": "a97"}))

    assert "a97" in told.live
    assert told.origins == w.origins


# Names


texts = st.text(
    st.sampled_from("aàÀßşİﬁ’'‘\"“”-‐– \u00a0\t\u200b\u200d\u00ad\ufe0f\u0301\u0345,;()मोक") | st.characters()
)


@settings(max_examples=30 * EXAMPLES)
@given(name=texts)
def test_the_normal_form_of_a_name_is_its_own(name: str) -> None:
    assert normal(normal(name)) == normal(name)


@settings(max_examples=30 * EXAMPLES)
@given(name=texts, form=st.sampled_from(["NFC", "NFD"]))
def test_a_name_is_alike_however_it_is_written(name: str, form: Any) -> None:
    written = unicodedata.normalize(form, name).replace("'", "\u2019").replace(" ", " \u00a0")

    assert are_alike(name, written)
    assert words(name) == words(written)
