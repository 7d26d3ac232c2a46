"""What an editor can ask of one article: a CNN report of February 2026 on the shooting of a Russian general.

    python examples/article/story.py [ledger.db or database URL]

`sentences.jsonl` has what the article says, in words of our own, one line for each path from an origin to CNN.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from provenance import Ledger, Party, RecordId, Stated, claim

SENTENCES = Path(__file__).with_name("sentences.jsonl")
DESK = "example desk"

SHOTS = claim("Several shots were fired at the residential building (generalisation)")
"""Nobody says this in so many words; two claims entail it."""

KINDS = (
    "no_evidence",
    "none",
    "unattributed",
    "reported_absent",
    "anonymous_only",
    "single_origin",
    "uncorroborated",
)
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
    for kind in KINDS:
        found = [one.claim for one in ledger.unsupported(kind)]
        heading(f"Unsupported: {kind.replace('_', ' ')} ({len(found)})")
        bullets(found)

    heading("On one origin, whom the article names or cites")
    for one in ledger.unsupported("single_origin"):
        if "own_voice_only" not in one.support.flags:
            print(f"- {one.claim}: {one.support.origins[0].agent}")

    heading("On anonymous sources only")
    for one in ledger.unsupported("anonymous_only"):
        print(one)

    resting = ledger.rests_on(agent_id(ledger, "Russian state"), by="group")
    heading("On the Russian state: it is the only origin")
    bullets(resting["origin"])
    heading("On the Russian state: nothing reached us but through it")
    bullets(resting["chokepoint"])

    for title, texts in (
        ("How the medical claims came", MEDICAL),
        ("The neighbour's account", NEIGHBOUR),
        ("The minister's accusation", (ACCUSATION,)),
    ):
        heading(title)
        for text in texts:
            print(ledger.trace(claim_id(ledger, text)))

    heading("Accusations without an answer")
    bullets(ledger.unanswered())


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")


def bullets(lines: Iterable[object]) -> None:
    for line in lines:
        print(f"- {line}")


def claim_id(ledger: Ledger, text: str) -> RecordId:
    return next(one.id for one in ledger.find(text) if isinstance(one, Stated) and one.text == text)


def agent_id(ledger: Ledger, name: str) -> RecordId:
    return next(one.id for one in ledger.find(name) if isinstance(one, Party) and one.label == name)


if __name__ == "__main__":
    main(*sys.argv[1:2])
