"""What an editor can ask of recorded attacks: who is the origin of a toll, who only carries it, and who says otherwise.

    python examples/ucdp/story.py [ledger.db or database URL] [folder of the same data]

The data are events of UCDP's Georeferenced Event Dataset (SOURCE.md says more): articles with outlet and date, the
origins that the coder named, the coder's count. `sentences.jsonl` has what `reading.py` made of some; a folder with
`events.jsonl` and `relays.jsonl` is read anew. What they become:

- *The count* of an event is one claim, a number from `low` to `high`. The record does not say which origin gave which
  number, so all that each named origin can be said to give is a toll within that range; every article carries it from
  them. An article of an outlet that is an origin itself speaks in its own voice. Where the fields that list the
  articles do not align, the record itself is all that carries the origins.
- *A toll in a headline* is a claim of its own: the number as worded, of the victims as named, and apart where the
  headline counts more than this attack ("yesterday", "offensive"). Its holder is whoever the headline names, otherwise
  the outlet. It is not compared with the count: that holds the victims of one event, and may be of other articles.
- What is counted of an attack is over when it is printed, so it happened once: two holders whose latest numbers
  differ cannot both be right, on whatever days they said so. A holder's later toll replaces its earlier one.
- Police, officials, witnesses: such words name nobody, and are never merged across articles.

Beside `expected.json` the answers are compared with it, each difference with its reason (`REASONS`).
"""

from __future__ import annotations

import json
import re
import runpy
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import frozen

from provenance import Conflict, Ledger, Support, attribute

HERE = Path(__file__).parent
READING: dict[str, Any] = runpy.run_path(str(HERE / "reading.py"))
"""The reader beside this file, from wherever the story is run."""

DESK = "example desk"
MOST = 15
"""Lines printed of a list: an editor wants some, and how many more there are."""


def main(url_or_path: str | Path | None = None, folder: str | Path | None = None) -> None:
    source = HERE if folder is None else Path(folder)
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "ucdp.db" if url_or_path is None else url_or_path
        with closing(Ledger.open(target)) as ledger:
            record(ledger, source)
            asked = Asked.of(ledger)
            tell(ledger, asked)
            if (source / "expected.json").exists():
                compare(asked, answers(asked) | READING["forms"](source), source)


def record(ledger: Ledger, folder: Path) -> None:
    with ledger.begin(by=DESK) as desk:
        for name in (READING["COUNTED"], READING["KILLED"]):
            desk.add(attribute(name, cardinality="single", temporal="constant", value_type="number"))
    made = folder / "sentences.jsonl"
    ledger.ingest(made if made.exists() else READING["sentences"](folder), by=DESK)


# The questions --------------------------------------------------------------------------------------------------------


@frozen
class Asked:
    """What the ledger answered, by event."""

    counts: dict[int, Support]
    """The support of every count."""

    common: frozenset[int]
    """Whose count several outlets carry from one origin."""

    unstated: frozenset[int]
    """Whose count nobody is named for."""

    tolls: dict[int, list[Support]]
    """The support of every toll that a headline gives."""

    conflicts: dict[int, list[Conflict]]
    """The tolls that cannot both be right, as of now."""

    once: frozenset[int]
    """Whose tolls could not both be right on the day when one of them was said, whatever was said later."""

    @classmethod
    def of(cls, ledger: Ledger) -> Asked:
        supports = [one.support for one in ledger.unsupported("uncorroborated")]
        tolls = by_event(one for one in supports if not is_count(one.claim))
        conflicts: dict[int, list[Conflict]] = defaultdict(list)
        for conflict in ledger.conflicts(strength="possible"):
            conflicts[event_of(conflict.a)].append(conflict)
        return cls(
            counts={event_of(one.claim): one for one in supports if is_count(one.claim)},
            common=counts_among(ledger.circular("common_origin")),
            unstated=counts_among(ledger.unsupported("unattributed")),
            tolls=tolls,
            conflicts=dict(conflicts),
            once=frozenset(event for event, several in tolls.items() if were_contested(ledger, several)),
        )


def event_of(claim: object) -> int:
    found = re.match(r"Event (\d+):", str(claim))
    return int(found[1]) if found else 0


def is_count(claim: object) -> bool:
    return str(claim).endswith("as UCDP counts")


def counts_among(found: Iterable[Any]) -> frozenset[int]:
    return frozenset(event_of(one.claim) for one in found if is_count(one.claim))


def by_event(supports: Iterable[Support]) -> dict[int, list[Support]]:
    found: dict[int, list[Support]] = defaultdict(list)
    for support in supports:
        found[event_of(support.claim)].append(support)
    return dict(found)


def were_contested(ledger: Ledger, tolls: list[Support]) -> bool:
    """Asks every toll of an event again, as of the days on which it was said."""
    return len(tolls) > 1 and any(
        "contested" in ledger.as_of(said=f"{day}").support(toll.claim.id).flags
        for toll in tolls
        for day in {origin.said_at.date() for origin in toll.origins}
    )


def answers(asked: Asked) -> dict[str, set[int]]:
    """The events of every judged set, each by an answer of the ledger."""

    def those(holds: Callable[[Support], bool]) -> set[int]:
        return {
            event for event, support in asked.counts.items() if event not in asked.unstated and holds(support)
        }

    common, clashing = set(asked.common), set(asked.conflicts) | asked.once
    return {
        "no_origin_stated": set(asked.unstated),
        "single_origin_several_outlets": common,
        "single_origin_third_party_several_outlets": common & those(lambda one: not speaks_itself(one)),
        "single_named_origin_several_outlets": common & those(lambda one: "own_voice_only" in one.flags),
        "several_origins_several_outlets": those(lambda one: len(publishers(one)) > 1 and one.hi > 1),
        "one_outlet_several_articles": {
            event for event, one in asked.counts.items() if len(publishers(one)) == 1 and articles(one) > 1
        },
        "outlet_is_its_own_origin": those(
            lambda one: len(publishers(one)) == 1 and one.hi == 1 and speaks_itself(one)
        ),
        "one_outlet_relays_one_other_origin": those(
            lambda one: len(publishers(one)) == 1 and one.hi == 1 and not speaks_itself(one)
        ),
        "judged_one_voice": common,
        "judged_alias": common,
        "judged_merged_names": those(lambda one: len(publishers(one)) > 1 and one.hi > 1),
        "judged_toll_conflict": clashing,
        "judged_toll_no_conflict": set(asked.counts) - clashing,
    }


def publishers(support: Support) -> set[str]:
    """The outlets at the end of the chains; the record itself is none."""
    return {chain.steps[-1].agent.id for chain in support.chains if chain.steps[-1].agent.kind == "outlet"}


def articles(support: Support) -> int:
    """How many articles carry it at least: in one of them an outlet may both speak itself and relay another."""
    last = {(chain.steps[-1].stance, chain.steps[-1].id) for chain in support.chains}
    return max(Counter(stance for stance, _ in last).values(), default=0)


def speaks_itself(support: Support) -> bool:
    """Whether an outlet among those that carry it is an origin."""
    return any(len(chain.steps) == 1 for chain in support.chains)


# What is printed ------------------------------------------------------------------------------------------------------


def tell(ledger: Ledger, asked: Asked) -> None:
    one_voice = [asked.counts[event] for event in sorted(asked.common)]
    heading(f"Several outlets, one origin ({len(one_voice)} of {len(asked.counts)} events)")
    relayed = [one for one in one_voice if not speaks_itself(one)]
    print(f"In {len(relayed)} of them the origin is none of the outlets:")
    some([f"{one.claim}: {origin(one)}, by {names(carriers(one))}" for one in relayed])
    print(
        f"In the other {len(one_voice) - len(relayed)} it is one of them: the rest may be monitors who also counted."
    )

    heading(f"Tolls that cannot both be right ({len(asked.conflicts)} events)")
    some(
        [
            f"{conflict.strength}: {sides(conflict)}"
            for found in asked.conflicts.values()
            for conflict in found
        ]
    )

    named = [one for found in asked.conflicts.values() for one in found if are_named(one)]
    heading(f"Of these, by origins whom readers know ({len({event_of(one.a) for one in named})} events)")
    some([sides(one) for one in named])

    agreed = asked.once - asked.conflicts.keys()
    heading(f"Tolls that differed on their day, and no longer do ({len(agreed)} events)")
    some([f"Event {event}" for event in sorted(agreed)])

    heading(f"Nobody is named for the count ({len(asked.unstated)} events)")
    some([asked.counts[event].claim for event in sorted(asked.unstated)])

    anonymous = [one.claim for one in ledger.unsupported("anonymous_only") if is_count(one.claim)]
    heading(f"Only sources without a name stand behind the count ({len(anonymous)} events)")
    some(anonymous)


def origin(support: Support) -> str:
    return names(one.agent.label for one in support.origins)


def carriers(support: Support) -> Iterator[str]:
    return (chain.steps[-1].agent.label for chain in support.chains)


def names(labels: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(labels))


def sides(conflict: Conflict) -> str:
    a, b = (
        f"{assertion.agent} ({assertion.said_at:%d %B %Y}): {str(claim).split(': ', 1)[1]}"
        for assertion, claim in ((conflict.a_assertion, conflict.a), (conflict.b_assertion, conflict.b))
    )
    return f"Event {event_of(conflict.a)}: {a}; {b}"


def are_named(conflict: Conflict) -> bool:
    return "anonymous" not in (conflict.a_assertion.agent.naming, conflict.b_assertion.agent.naming)


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")


def some(lines: Collection[object]) -> None:
    for line in list(lines)[:MOST]:
        print(f"- {line}")
    if len(lines) > MOST:
        print(f"  and {len(lines) - MOST} more")


# Beside the judgements of others --------------------------------------------------------------------------------------

ONLY_SOME = (
    "judged_one_voice",
    "judged_alias",
    "judged_merged_names",
    "judged_toll_conflict",
    "judged_toll_no_conflict",
)
"""Sets for which only some events were judged: what is found beyond them, nobody has judged."""

REASONS = {
    "unnamed": "the origin is a category of people, and may be others in every article",
    "two": "names that run together, or are apart by a line only, are two origins",
    "twice": "one article is listed twice",
    "open": "one number is open or rough, so that it holds the other",
    "victims": "the headlines count different victims",
    "one holder": "one holder's later number replaces its earlier",
    "unread": "the reader finds no number in one of the headlines",
    "unexplained": "unexplained",
}
"""Where the ledger answers otherwise than a set has it, and rightly: it counts origins, and compares like with like."""


ROUGH = re.compile(r"\b(?:least|more|fewer|over|nearly|almost|about|around|some|up)\b|\+")


def expected(folder: Path) -> dict[str, set[int]]:
    sets = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["sets"]
    return {name: set(events) for name, events in sets.items()}


def compare(asked: Asked, found: dict[str, set[int]], folder: Path) -> None:
    heading("Beside expected.json")
    for name, events in expected(folder).items():
        if name not in found:
            print(f"- {name}: made by a pattern and not judged, so not asked")
            continue
        print(f"- {name}: {len(events & found[name])} of {len(events)}")
        for way, by_reason in differences(asked, name, events, found[name]).items():
            for reason, different in by_reason.items():
                print(f"  {way} {len(different)}, for {REASONS[reason]}: {different}")


def differences(
    asked: Asked, name: str, events: set[int], found: set[int]
) -> dict[str, dict[str, list[int]]]:
    """The events missed and wrongly found of one set, by reason."""
    result: dict[str, dict[str, list[int]]] = {}
    for way, different in (("missed", events - found), ("wrongly", found - events)):
        if way == "missed" or name not in ONLY_SOME:
            for event in sorted(different):
                result.setdefault(way, {}).setdefault(reason_of(asked, name, event), []).append(event)
    return result


def reason_of(asked: Asked, name: str, event: int) -> str:
    if name == "judged_toll_conflict":
        return reason_of_tolls(asked.tolls.get(event, []))
    origins = [one.agent for one in asked.counts[event].origins]
    if len({agent.label for agent in origins}) > 1:
        return "two"
    if any(agent.naming == "anonymous" for agent in origins):
        return "unnamed"
    return "twice" if name == "one_outlet_several_articles" else "unexplained"


def reason_of_tolls(tolls: list[Support]) -> str:
    """Tolls of one scope that do not clash meet, or are one holder's; otherwise each headline counts others."""
    texts = [str(one.claim).split(": ", 1)[1] for one in tolls]
    scopes = Counter(text.split(" killed (")[1] for text in texts)
    if len(texts) < 2:
        return "unread"
    if max(scopes.values()) < 2:
        return "victims"
    return "open" if any(ROUGH.search(text) for text in texts) else "one holder"


if __name__ == "__main__":
    folders = [argument for argument in sys.argv[1:] if Path(argument).is_dir()]
    ledgers = [argument for argument in sys.argv[1:] if argument not in folders]
    main(next(iter(ledgers), None), next(iter(folders), None))
