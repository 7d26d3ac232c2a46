"""What an editor can ask of one article: a CNN report of February 2026 on the shooting of a Russian general.

    python examples/article/story.py [ledger.db or database URL]

`provenance demo` tells it too: the wheel brings this folder as provenance/demo. `sentences.jsonl` has what the article
says, in words of our own, one line for each path from an origin to CNN.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from provenance import AgentSummary, ClaimSummary, Ledger, RecordId, claim

SENTENCES = Path(__file__).with_name("sentences.jsonl")
DESK = "example desk"

SHOTS = claim("Several shots were fired at the residential building (generalisation)")
"""Nobody says this in so many words; two claims entail it."""

KINDS = {
    "none": "carried, but nobody is known to have said so",
    "unattributed": "nobody takes responsibility for it",
    "reported_absent": "the article itself says that no evidence was cited",
    "anonymous_only": "said by unnamed sources only; their chains are below",
    "no_evidence": "nobody showed anything for it, and nobody saw it",
}
"""The kinds listed whole, and what they mean. The other two are told apart: by origin, and by what they add."""
MEDICAL = (
    "Alekseyev has regained consciousness",
    "Alekseyev was seriously wounded",
    "Alekseyev has had surgery",
    "Alekseyev is out of danger",
)
NEIGHBOUR = (
    "Several shots were heard at Alekseyev’s residential building",
    "The shots were at about 06:30 Moscow time on Friday 6 February 2026",
    "The witness woke up because of shots",
    "The witness and other neighbors rushed outside the building",
    "Another resident called police",
    "Police arrived by 07:00 Moscow time",
)
ACCUSATION = "The Ukrainian government was behind the attempted murder of Alekseyev"


def main(url_or_path: str | Path | None = None) -> None:
    if url_or_path is not None:
        with Ledger.open(url_or_path) as ledger:
            record(ledger)
            tell(ledger)
        return
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "article.db") as ledger:
        record(ledger)
        tell(ledger)


def record(ledger: Ledger) -> None:
    ledger.ingest(SENTENCES, by=DESK)
    fired = "An attacker fired several shots at Alekseyev in a residential building on Volokolamskoye Highway, Moscow"
    salisbury = "The Salisbury nerve agent attack was carried out by GRU agents"
    post = "Alekseyev is a deputy head of Russian military intelligence"
    # What an editor adds by hand: which claims say the same and more, and who may be whom.
    entailed = (
        (fired, SHOTS),
        (NEIGHBOUR[0], SHOTS),
        ("Alekseyev is first deputy head of the GRU", claim_id(ledger, post)),
        (NEIGHBOUR[1], claim_id(ledger, "The shooting took place on Friday 6 February 2026")),
        (salisbury, claim_id(ledger, "A nerve agent attack took place in Salisbury, England")),
    )
    with ledger.begin(by=DESK) as desk:
        for text, general in entailed:
            desk.link("entails", claim_id(ledger, text), general)
        doctors, medical_sources = agent_id(ledger, "doctors"), agent_id(ledger, "medical sources")
        desk.link("maybe_same_agent", doctors, medical_sources)


def tell(ledger: Ledger) -> None:
    title(ledger.counts())
    unsupported(ledger)
    on_one_origin(ledger)
    uncorroborated(ledger)

    heading("On anonymous sources only")
    for one in ledger.unsupported("anonymous_only"):
        print(one)

    on_one_state(ledger)

    for name, texts in (("How the medical claims came", MEDICAL), ("The neighbour's account", NEIGHBOUR)):
        heading(name)
        for text in texts:
            print(ledger.trace(claim_id(ledger, text)))

    accusations(ledger)


def title(counts: dict[str, int]) -> None:
    words = "CNN on the shooting of a Russian general, 7 February 2026: who says so?"
    print(words, "=" * len(words), sep="\n")
    print(f"{counts['claim']} claims, {counts['agent']} agents, {counts['assertion']} assertions.")


def unsupported(ledger: Ledger) -> None:
    for kind, meaning in KINDS.items():
        found = [one.claim for one in ledger.unsupported(kind)]
        heading(f"Unsupported: {kind.replace('_', ' ')} ({len(found)})", meaning)
        bullets(found)


def on_one_origin(ledger: Ledger) -> None:
    by_origin: dict[str, list[ClaimSummary]] = {}
    for one in ledger.unsupported("single_origin"):
        voice = ", in its own voice" if "own_voice_only" in one.support.flags else ""
        by_origin.setdefault(f"{one.support.origins[0].agent}{voice}", []).append(one.claim)
    heading(f"Unsupported: single origin ({sum(map(len, by_origin.values()))})", "listed by their origin")
    for origin, claims in by_origin.items():
        print(origin)
        bullets(claims, indent="  ")


def uncorroborated(ledger: Ledger) -> None:
    one_origin = {one.claim.id for one in ledger.unsupported("single_origin")}
    found = [one.claim for one in ledger.unsupported("uncorroborated")]
    meaning = f"no two independent origins: the {len(one_origin)} on one origin, above, and these"
    heading(f"Unsupported: uncorroborated ({len(found)})", meaning)
    bullets(claim for claim in found if claim.id not in one_origin)


def on_one_state(ledger: Ledger) -> None:
    resting = ledger.rests_on(agent_id(ledger, "Russian state"), by="group")
    origin = resting["origin"]
    only_through_it = [one for one in resting["chokepoint"] if one not in origin]
    heading(f"On one state, Russia's: nobody else says so ({len(origin)})")
    bullets(origin)
    heading(
        f"On one state, Russia's: others say so, but it reached us through the state only ({len(only_through_it)})"
    )
    bullets(only_through_it)


def accusations(ledger: Ledger) -> None:
    accusation = claim_id(ledger, ACCUSATION)
    heading("The minister's accusation, and the silence it met")
    print(ledger.trace(accusation))
    unanswered = list(ledger.unanswered())
    bullets(one for one in unanswered if one.claim.id == accusation)

    others = [one for one in unanswered if one.claim.id != accusation]
    heading(f"Other accusations without an answer ({len(others)})")
    bullets(others)


def heading(text: str, meaning: str = "") -> None:
    print(f"\n{text}\n{'-' * len(text)}")
    if meaning:
        print(f"({meaning})")


def bullets(lines: Iterable[object], *, indent: str = "") -> None:
    for line in lines:
        print(f"{indent}- {line}")


def claim_id(ledger: Ledger, text: str) -> RecordId:
    return next(one.id for one in ledger.find(text) if isinstance(one, ClaimSummary) and one.text == text)


def agent_id(ledger: Ledger, name: str) -> RecordId:
    return next(one.id for one in ledger.find(name) if isinstance(one, AgentSummary) and one.label == name)


if __name__ == "__main__":
    main(*sys.argv[1:2])
