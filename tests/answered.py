"""What a whole ledger answers, in words; and commits that change it. For the tests of several rooms."""

from __future__ import annotations

from random import Random
from typing import Any

from worlds import World

from provenance import Ledger, Link
from provenance.materialized.limits import Limits
from provenance.questions.questions import Questions
from provenance.rules import circular, support
from provenance.values.records import Record


def listed(ledger: Questions) -> dict[str, list[str]]:
    """Everything that questions about the whole ledger answer, in words; conflicts with all that they show."""
    answered: dict[str, list[str]] = {
        kind: [str(one.claim.id) for one in ledger.unsupported(kind)] for kind in support.UNSUPPORTED_KINDS
    }
    for strength in ("definite", "possible"):
        answered[f"conflicts {strength}"] = [repr(one) for one in ledger.conflicts(strength=strength)]
        answered[f"divergences {strength}"] = [repr(one) for one in ledger.divergences(strength=strength)]
    answered["self"] = [str(one) for one in ledger.self_contradictions()]
    answered["changes"] = [str(one) for one in ledger.changes()]
    for kind in circular.KINDS:
        answered[kind] = [str(one) for one in ledger.circular(kind)]
    answered["independence"] = [f"{one.claim} {one.grade} {one.lo} {one.hi}" for one in ledger.independence()]
    return answered


def looking_through(ledger: Ledger) -> Questions:
    """The questions of a ledger, none of which reads a materialized list: each looks through the ledger."""
    return Questions(ledger._store, now=ledger._now, limits=Limits(stale_claims=-1))


def counted(ledger: Questions) -> dict[str, int]:
    answered = {kind: ledger.unsupported(kind).count() for kind in support.UNSUPPORTED_KINDS}
    answered["conflicts"] = ledger.conflicts(strength="possible").count()
    answered["self"] = ledger.self_contradictions().count()
    answered["circular"] = ledger.circular(*circular.KINDS).count()
    return answered


def meddle(random: Random, ledger: Ledger, world: World) -> None:
    """One more commit of the kinds that change answers about what was recorded before."""
    agents, claims = list(world.agents.values()), list(world.claims.values())
    assertions, entities = list(world.assertions.values()), list(world.entities.values())
    choices: list[Any] = [
        ("same_agent", agents),
        ("maybe_same_agent", agents),
        ("control_group", agents),
        ("speaks_for", agents),
        ("same_claim", claims),
        ("entails", claims),
        ("contradicts", claims),
        ("same_entity", entities),
        ("part_of", entities),
        ("same_event", assertions),
    ]
    links = []
    for _ in range(random.choice((1, 1, 2))):
        kind, among = random.choice([choice for choice in choices if len({one.id for one in choice[1]}) > 1])
        one, other = random.sample(list({each.id: each for each in among}.values()), 2)
        links.append(Link(kind=kind, source=one, target=other))
    with ledger.begin(by="test") as desk:
        desk.add(*links)
    world.meddled = [*getattr(world, "meddled", []), *links]  # type: ignore[attr-defined]
    withdrawable: list[Record] = [*world.meddled, *assertions, *claims, *agents, *entities]  # type: ignore[attr-defined]
    if random.random() < 0.6:
        with ledger.begin(by="test") as desk:
            desk.withdraw(random.choice(withdrawable))
