"""A newsroom's years as a stream of sentences in the library's short form, equal for a seed.

How its shape comes about; N is the number of sentences, and memory does not grow with it:

- Every fifth sentence brings up a new claim, so that there are N/5. The others take a known one, the oldest first by
  Zipf's law with exponent 1: of K known claims the one numbered `K ** u`, for a uniform u.
- Ten claims in a row are about one topic (N/50). Eight of them give a single-valued attribute of it a value, half of
  them a name and half an amount: a number, an interval, or one with an open end. The ninth has words only. The tenth
  has too, or in every second topic is a value that excludes that of an earlier one of the ten: 5 % of the claims.
- A new claim is affirmed. Of one claim in 40 one later sentence in five denies it; of any, 2 % question
  it, 2 % decline to comment and 1 % tell of silence. Of a million sentences some 10,500 slots are in conflict.
- A sentence stands in a document of one outlet, which holds four. Before it, none to three other outlets relayed it:
  60, 25, 10 and 5 of 100, so that chains have 1.6 outlets on average.
- 35 % of the sentences rest on an assertion recorded before: of one of the last 20,000 speech events of a named source
  (same source, claim, stance and occasion), to which their relays lead. All others are origins.
- Of the origins 20 % are anonymous, known by their document and description. The others are N/20 named sources, taken
  by Zipf's law as the claims are. In one chain of two or more outlets in fifty the source is the publisher itself,
  which feeds a rumour back to it.
- 15 % have evidence: two thirds show an item, of one third its absence was reported.
- Quotes have 80 to 200 characters, of 4,096 made-up words in Zipf's frequencies, which compress about as prose does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

Json = dict[str, Any]

SEED = 20260207
SENTENCES_A_CLAIM = 5
CLAIMS_A_TOPIC = 10
SENTENCES_A_DOCUMENT = 4
SENTENCES_A_SOURCE = 20
OUTLETS = 300
RECENT = 20_000
"""Speech events that later sentences may rest on."""

CLAIMS_A_CONTESTED, FIRST_CONTESTED = 40, 7
"""One claim in 40 is contested. The first of them is among the most popular, as contested claims often are."""

IS_RESTING = 0.35 * SENTENCES_A_CLAIM / (SENTENCES_A_CLAIM - 1)
"""The part of the sentences without a new claim that rest on an assertion recorded before."""

IS_ANONYMOUS = 0.20
IS_EVIDENCED = 0.15
IS_FEEDBACK = 0.02
OUTLETS_OF_A_CHAIN = (60, 85, 95, 100)
"""How many of a hundred chains have one outlet, at most two, at most three, and at most four."""

START = datetime(2020, 1, 1, tzinfo=UTC)
TIME_BETWEEN_SENTENCES = timedelta(minutes=2)

SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvwyz" for vowel in "aeio"]
WORDS = [
    first + second + ("n", "r", "s", "l", "d", "ter", "ning", "")[place % 8]
    for first in SYLLABLES
    for place, second in enumerate(sorted(SYLLABLES, key=lambda syllable: syllable[::-1]))
]
Random(0).shuffle(WORDS)  # the same words come first every time
WORD_WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))
ATTRIBUTES = [f"{what} {of}" for what in ("cost", "head", "site", "length") for of in WORDS[64:70]]
DESCRIPTIONS = [
    f"{number} {who} {how}"
    for number in ("two", "three", "several", "some")
    for who in ("officials", "diplomats", "medics", "employees", "residents")
    for how in ("close to the talks", "who asked not to be named", "with knowledge of the matter")
]
EVIDENCE_KINDS = ("document", "image", "video", "data", "official_record")


def sentences(count: int, *, seed: int = SEED) -> Iterator[Json]:
    chance = Random(seed)
    recent: list[Json] = []
    document: Json = {}
    for number in range(count):
        if number % SENTENCES_A_DOCUMENT == 0:
            document = _document(chance, number)
        is_new = number % SENTENCES_A_CLAIM == 0
        sentence: Json = {"document": document, "quote": _quote(chance)}
        sentence["via"] = _via(chance, document["outlet"]["outlet"])
        if recent and not is_new and chance.random() < IS_RESTING:
            sentence |= recent[int(chance.random() * len(recent))]
        else:
            said = _said(chance, number, sentence, is_new=is_new)
            sentence |= said
            if "occasion" in said:
                _keep_recent(recent, number, said)
        if chance.random() < IS_EVIDENCED:
            sentence["evidence"] = _evidence(chance, number)
        yield sentence


def write(path: Path, rows: Iterable[Json]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, separators=(",", ":")) + "\n")


def _keep_recent(recent: list[Json], number: int, said: Json) -> None:
    if len(recent) < RECENT:
        recent.append(said)
    else:
        recent[number % RECENT] = said


def _said(chance: Random, number: int, sentence: Json, *, is_new: bool) -> Json:
    """Who said what, at a new speech event. Only events on which later sentences may rest have an occasion."""
    newest = number // SENTENCES_A_CLAIM
    claim = newest if is_new else _popular(chance, newest + 1)
    said: Json = {"claim": claim_at(claim)}
    stance = "affirm" if is_new else _stance(chance, claim)
    if stance != "affirm":
        said["stance"] = stance
    if chance.random() < IS_ANONYMOUS:
        return said | {"source": {"anonymous": chance.choice(DESCRIPTIONS)}}
    if sentence["via"] and chance.random() < IS_FEEDBACK:
        return said | {"source": sentence["document"]["outlet"]}
    source = source_at(_popular(chance, 50 + number // SENTENCES_A_SOURCE))
    return said | {"source": source, "occasion": f"statement {number}"}


def _popular(chance: Random, count: int) -> int:
    """A number below the count, by Zipf's law: the first is the likeliest."""
    return int((count + 1) ** chance.random()) - 1


def _stance(chance: Random, claim: int) -> str:
    drawn = chance.random()
    if claim % CLAIMS_A_CONTESTED == FIRST_CONTESTED and drawn > 0.8:
        return "deny"
    if drawn < 0.05:
        return "question" if drawn < 0.02 else "no_comment" if drawn < 0.04 else "silence"
    return "affirm"


def claim_at(index: int) -> Json:
    topic, place = divmod(index, CLAIMS_A_TOPIC)
    subject = _name("Project", topic)
    if place == CLAIMS_A_TOPIC - 1 and topic % 2:
        slot = _mixed(index) % (CLAIMS_A_TOPIC - 2)
        return _structured(subject, topic * CLAIMS_A_TOPIC + slot, is_excluded=True)
    if place >= CLAIMS_A_TOPIC - 2:
        return {"text": f"{subject} will go on as it was planned, version {place}"}
    return _structured(subject, index, is_excluded=False)


def _structured(subject: str, index: int, *, is_excluded: bool) -> Json:
    topic, place = divmod(index, CLAIMS_A_TOPIC)
    attribute = ATTRIBUTES[(topic * (CLAIMS_A_TOPIC - 2) + place) % len(ATTRIBUTES)]
    if place % 2:
        value, value_type = _amount(index, is_excluded=is_excluded), "number"
    else:
        value, value_type = WORDS[(_mixed(index) + is_excluded) % len(WORDS)].capitalize(), "entity"
    return {
        "text": f"The {attribute} of {subject} is {value}",
        "subject": subject,
        "attribute": {"name": attribute, "value_type": value_type},
        "value": value,
    }


def _amount(index: int, *, is_excluded: bool) -> int | str:
    low = 100 + _mixed(index) % 9_900
    if is_excluded:
        return f"{low // 2} to {low * 2 // 3}"
    return (low, f"{low} to {low + 1 + low // 8}", f"at least {low}")[_mixed(index + 7) % 3]


def source_at(index: int) -> Json:
    return {("person", "organisation")[index % 2]: _name("", index)}


def outlet_at(index: int) -> Json:
    return {"outlet": f"{WORDS[index * 13].capitalize()} {('Times', 'Post', 'News', 'Daily')[index % 4]}"}


def _via(chance: Random, publisher: str) -> list[Json]:
    (outlets,) = chance.choices((1, 2, 3, 4), cum_weights=OUTLETS_OF_A_CHAIN)
    taken = {publisher}
    via: list[Json] = []
    while len(via) < outlets - 1:
        outlet = outlet_at(_popular(chance, OUTLETS))
        if outlet["outlet"] not in taken:
            taken.add(outlet["outlet"])
            via.append(outlet)
    return via


def _document(chance: Random, number: int) -> Json:
    published = START + number * TIME_BETWEEN_SENTENCES
    outlet = outlet_at(_popular(chance, OUTLETS))
    site = outlet["outlet"].lower().replace(" ", "-")
    return {
        "outlet": outlet,
        "url": f"https://{site}.example/{published:%Y/%m}/{number // SENTENCES_A_DOCUMENT}",
        "published_at": f"{published:%Y-%m-%dT%H:%M:%SZ}",
    }


def _evidence(chance: Random, number: int) -> object:
    if chance.random() < 1 / 3:
        return "absent"
    return {"kind": chance.choice(EVIDENCE_KINDS), "item": f"https://archive.example/{number}"}


def _quote(chance: Random) -> str:
    words = " ".join(chance.choices(WORDS, cum_weights=WORD_WEIGHTS, k=50))
    return words[: chance.randint(80, 199)].rstrip() + "."


def _name(kind: str, index: int) -> str:
    """Two words, different for every index below 16 million."""
    first, second = divmod(index * 1_000_003 % len(WORDS) ** 2, len(WORDS))
    return f"{kind} {WORDS[first].capitalize()} {WORDS[second].capitalize()}".strip()


def _mixed(number: int) -> int:
    """A number that looks like chance, of 32 bits (Knuth's multiplicative hash)."""
    return (number + 1) * 0x9E3779B97F4A7C15 % 2**64 >> 32
