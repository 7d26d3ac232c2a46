"""What a verification desk can ask of Twitter threads on rumours: who supports, who denies, and what is shown.

    python examples/pheme/story.py [ledger.db or database URL] [folder of the same data]

The data (SOURCE.md says whose) hold what annotators saw in tweets, never the tweets. What they become:

- A thread makes two claims. "Rumour N" is what `sdqc` is about (support, deny, query); "what tweet N says" is what the
  replies agree or disagree with (`responsetype-vs-source`). They differ where the first tweet denies the rumour. A
  comment takes no position, so it is no assertion.
- Every tweet speaks for an author of its own: the data do not tell which tweets have one author. Its time is in its id.
- `source-quoted` and `url-given` are relays: of the source quoted, and of the page linked to, which is shown as well.
  `unverifiable-source-quoted` is the relay of an anonymous source.
- `witnessed` is a first-hand basis, `reasoning` an inference, `picture-attached` an image shown. `no-evidence` is the
  annotators' finding that nothing was shown, which differs from evidence that nobody mentioned.
- News links for and against affirm and deny a third claim, the story; links that observe hold no position.

Beside `expected.json` the answers are compared with it. Its `stories`, which threads are about one thing, are the form
of the data and not asked. Its `unsupported_thread` wants nothing shown by anybody in support; the ledger's own list
of claims without evidence is longer, since to quote a source is a chain and no evidence.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from provenance import Chain, ClaimSummary, Ledger, Trace

HERE = Path(__file__).parent
DESK = "example desk"
MOST = 10
"""Lines printed of a list: an editor wants the worst, and how many more there are."""

EPOCH = datetime.fromtimestamp(1_288_834_974.657, tz=UTC)
"""From when Twitter counts the milliseconds in the upper bits of a tweet's id."""

ON_RUMOUR = {"support": "affirm", "deny": "deny", "query": "question"}
ON_TWEET = {"agreed": "affirm", "disagreed": "deny", "appeal-for-more-information": "question"}
CERTAINTY = {"certain": "certain", "somewhat-certain": "probable", "uncertain": "possible"}
HEDGED = ("probable", "possible")
POSITIONS = {"for": "affirm", "against": "deny"}

Row = dict[str, Any]


def main(url_or_path: str | Path | None = None, folder: str | Path | None = None) -> None:
    source = HERE if folder is None else Path(folder)
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "pheme.db" if url_or_path is None else url_or_path
        with closing(Ledger.open(target)) as ledger:
            record(ledger, source)
            tell(ledger)
            if (source / "expected.json").exists():
                compare(answers(ledger), expected(source))


# From annotations to sentences ----------------------------------------------------------------------------------------


def record(ledger: Ledger, folder: Path) -> None:
    ledger.ingest(sentences(folder), by=DESK)


def sentences(folder: Path) -> Iterator[Row]:
    threads = {row["threadid"]: row for row in rows(folder / "threads.jsonl")}
    for row in rows(folder / "annotations.jsonl"):
        for claim, stance in said(row, threads.get(row["threadid"], {})):
            yield {"claim": claim, "stance": stance, **source_of(row)}
    for thread in threads.values():
        yield from linked(thread.get("thread_annotation") or {})


def rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def said(row: Row, thread: Row) -> Iterator[tuple[str, str]]:
    """The claims on which a tweet takes a stance."""
    if row.get("sdqc") in ON_RUMOUR:
        yield rumour(row["threadid"], thread), ON_RUMOUR[row["sdqc"]]
    if row["tweetid"] == row["threadid"]:
        yield f"What tweet {row['threadid']} says", "affirm"
    elif row.get("responsetype-vs-source") in ON_TWEET:
        yield f"What tweet {row['threadid']} says", ON_TWEET[row["responsetype-vs-source"]]


def rumour(thread_id: str, thread: Row) -> str:
    about = (thread.get("thread_annotation") or {}).get("category") or thread.get("event", "unknown")
    return f"Rumour {thread_id}: {about}"


def source_of(row: Row) -> Row:
    """Who says it and on what, as the annotators saw it."""
    tweet = row["tweetid"]
    return {
        "document": {
            "outlet": {"person": author(tweet)},
            "publisher_id": tweet,
            "published_at": tweeted_at(tweet).isoformat(),
        },
        "certainty": CERTAINTY.get(row.get("certainty", ""), "unspecified"),
        **grounds(tweet).get(row.get("evidentiality", ""), {}),
    }


def author(tweet: str) -> str:
    return f"author of tweet {tweet}"


def tweeted_at(tweet: str) -> datetime:
    return EPOCH + timedelta(milliseconds=int(tweet) >> 22)


def grounds(tweet: str) -> dict[str, Row]:
    """What each word of the annotators for the evidence of a tweet stands for."""
    return {
        "source-quoted": {"source": {"organisation": f"source quoted in tweet {tweet}"}},
        "unverifiable-source-quoted": {"source": {"anonymous": "a source that cannot be checked"}},
        "url-given": {"source": {"document": f"page linked in tweet {tweet}"}, "evidence": "document"},
        "picture-attached": {"evidence": "image"},
        "witnessed": {"basis": "witness"},
        "reasoning": {"basis": "inference"},
        "no-evidence": {"evidence": "absent"},
    }


def linked(story: Row) -> Iterator[Row]:
    for link in story.get("links", ()):
        if link.get("position") in POSITIONS:
            yield {
                "claim": f"Story: {story['category']}",
                "stance": POSITIONS[link["position"]],
                "document": {"outlet": urlsplit(link["link"]).netloc, "url": link["link"]},
            }


# The questions --------------------------------------------------------------------------------------------------------


def answers(ledger: Ledger) -> dict[str, set[str]]:
    """The threads of every judged set, each by an answer of the ledger."""
    says = claims(ledger, "What tweet")
    traces = {thread_of(one): ledger.trace(one.id) for one in says}
    flags = {thread_of(one): ledger.support(one.id).flags for one in says}
    contested = {thread for thread, found in flags.items() if "contested" in found}

    def counting(stance: str, least: int) -> set[str]:
        return {thread for thread, trace in traces.items() if len(stances(trace, stance)) >= least}

    def first_tweets(holds: Callable[[Chain], bool]) -> set[str]:
        return {thread for thread, trace in traces.items() if any(map(holds, first_tweet(thread, trace)))}

    return {
        "contested_thread": contested,
        "uncontested_thread": set(flags) - contested,
        "contested_thread_2": contested & counting("deny", 2),
        "agreed_and_disagreed_thread": contested & counting("affirm", 2),
        "evidence_requested_thread": counting("question", 1),
        "rumour_supported_and_denied": set(map(thread_of, disputed(ledger, "Rumour"))),
        "source_no_evidence": first_tweets(lambda chain: chain.origin.is_evidenced is False),
        "source_unverifiable_source_quoted": first_tweets(is_anonymous),
        "source_relays_named_or_linked_source": first_tweets(
            lambda chain: len(chain.steps) > 1 and not is_anonymous(chain)
        ),
        "source_hedged": first_tweets(lambda chain: chain.origin.certainty in HEDGED),
        "unsupported_thread": set(map(thread_of, with_nothing_shown(ledger))),
        "links_for_and_against": threads_of_stories(ledger, disputed(ledger, "Story")),
    }


def claims(ledger: Ledger, words: str) -> list[ClaimSummary]:
    found = ledger.find(words, limit=1_000_000)
    return [one for one in found if isinstance(one, ClaimSummary) and one.text.startswith(words)]


def thread_of(claim: ClaimSummary) -> str:
    found = re.search(r"\d{15,}", claim.text)
    return claim.text if found is None else found[0]


def stances(trace: Trace, stance: str) -> list[Chain]:
    return [chain for chain in trace.chains if chain.origin.stance == stance]


def first_tweet(thread: str, trace: Trace) -> list[Chain]:
    """How the thread's own tweet came to say it."""
    return [chain for chain in trace.chains if chain.steps[-1].agent.label == author(thread)]


def is_anonymous(chain: Chain) -> bool:
    return chain.origin.agent.naming == "anonymous"


def disputed(ledger: Ledger, words: str) -> list[ClaimSummary]:
    return [one for one in claims(ledger, words) if "contested" in ledger.support(one.id).flags]


def with_nothing_shown(ledger: Ledger) -> list[ClaimSummary]:
    """What tweets say while evidence was reported absent of every one in support, not only of one."""
    return [
        one.claim
        for one in ledger.unsupported("reported_absent")
        if one.claim.text.startswith("What tweet")
        and all(o.is_evidenced is False for o in one.support.origins)
    ]


def threads_of_stories(ledger: Ledger, stories: Iterable[ClaimSummary]) -> set[str]:
    texts = {story.text.removeprefix("Story: ") for story in stories}
    return {thread_of(one) for one in claims(ledger, "Rumour") if one.text.split(": ", 1)[1] in texts}


# What is printed ------------------------------------------------------------------------------------------------------


def tell(ledger: Ledger) -> None:
    rumours = disputed(ledger, "Rumour")
    sure = {conflict.a.id for conflict in ledger.conflicts() if conflict.kind == "polarity"}
    definite = sum(one.id in sure for one in rumours)
    heading(f"Rumours supported and denied ({len(rumours)}, {definite} of them by people sure of it)")
    some([both_sides(ledger.trace(one.id)) for one in rumours])

    heading("News links for and against one story")
    for story in disputed(ledger, "Story"):
        print(ledger.trace(story.id))

    bare = [one for one in ledger.unsupported("no_evidence") if one.claim.text.startswith("Rumour")]
    heading(f"Rumours for which nobody showed anything, if only a link ({len(bare)})")
    some([f"{one.claim}: {one.support.lines()[-1]}" for one in bare])

    anonymous = [
        one.claim for one in ledger.unsupported("anonymous_only") if one.claim.text.startswith("Rumour")
    ]
    heading(f"Rumours on sources alone that cannot be checked ({len(anonymous)})")
    some(anonymous)

    nothing = with_nothing_shown(ledger)
    heading(f"Tweets that show nothing, like all who agree with them ({len(nothing)})")
    for one in nothing:
        print(f"- {one}: {both_sides(ledger.trace(one.id)).rsplit(': ', 1)[1]}")


def both_sides(trace: Trace) -> str:
    affirm, deny, ask = (len(stances(trace, stance)) for stance in ("affirm", "deny", "question"))
    return f"{trace.claim}: {affirm} affirm it, {deny} deny it, {ask} ask"


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")


def some(lines: Collection[object]) -> None:
    for line in list(lines)[:MOST]:
        print(f"- {line}")
    if len(lines) > MOST:
        print(f"  and {len(lines) - MOST} more")


# Beside the judgements of others --------------------------------------------------------------------------------------


def expected(folder: Path) -> dict[str, set[str]]:
    sets = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["sets"]
    return {name: set(threads) for name, threads in sets.items()}


def compare(found: dict[str, set[str]], judged: dict[str, set[str]]) -> None:
    heading("Beside expected.json")
    for name, threads in judged.items():
        missed, wrong = sorted(threads - found[name]), sorted(found[name] - threads)
        print(f"- {name}: {len(threads & found[name])} of {len(threads)}; missed {missed}; wrongly {wrong}")


if __name__ == "__main__":
    folders = [argument for argument in sys.argv[1:] if Path(argument).is_dir()]
    ledgers = [argument for argument in sys.argv[1:] if argument not in folders]
    main(next(iter(ledgers), None), next(iter(folders), None))
