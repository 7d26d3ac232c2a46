"""How a record of UCDP's event data becomes sentences: who named whom as origin, and which tolls headlines give.

`story.py` says what stands for what, and why. Nothing here asks or answers; it only reads what the record's text fields
hold: names of sources in one string, articles in another, and numbers in headlines.

    python examples/ucdp/reading.py folder > examples/ucdp/sentences.jsonl

makes the part that is shipped.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

Row = dict[str, Any]

RECORD = {"document": "UCDP GED"}
"""The record itself: what publishes an event whose articles cannot be told apart."""

COUNTED, KILLED = "killed as counted", "killed"
"""Two attributes, for the record's count and a headline's are not of the same victims: see `story.py`."""


# Names --------------------------------------------------------------------------------------------------------------

SEPARATORS = re.compile(r"[;,/&+\n]|\band\b|\bvs\b")


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PEOPLE = words(
    """
    activist activists authorities citizens commanders correspondent eyewitness eyewitnesses journalist journalists
    leaders locals media medic medics monitor monitors official officials offical relatives report reports resident
    residents sites source sources survivor survivors testimony villagers witness witnesse witnesses workers
    """
)
"""Whom there are many of, whatever qualifies them: local rebel sources, Iranian news sites."""

SERVICES = words(
    """
    agency government group hospital military ministry ngo police press radio security spokesman spokesperson
    spokeswoman tv
    """
)
"""Whom there are many of, unless something qualifies them: police, but not Kabul police."""

COMMON = (
    PEOPLE
    | SERVICES
    | words(
        """
        a administration an armed army chief civil coalition commander council defence defense district emergency first
        for forces general governor governor's governor’s head in interior joint local member militant mod national of
        office political provincial responder rule senator service staff state statement the
        """
    )
)
"""Words that make no proper name: "the army" is one body, but a different one in every country."""

PERSONS = re.compile(
    r"\b(captain|chief|col|colonel|commander|general|governor|head|lieutenant|major|minister|mr|mrs|president"
    r"|representative|senator|spokesman|spokesperson|spokeswoman)\b",
    re.IGNORECASE,
)
LEADING = re.compile(r"^(?:according to|source:|an?|two|three)\s+", re.IGNORECASE)
BEHIND_THE_HEAD = re.compile(r"\b(?:of|from|for|in|on|at|citing)\b")


def folded(name: str) -> str:
    return " ".join(name.lower().split())


class Names:
    """How the names of one set of records are spelt, which are known, and which of them are outlets'."""

    def __init__(self, events: Iterable[Row], articles: Iterable[Row]) -> None:
        offices = Counter(" ".join(article["office"].split()) for article in articles)
        origins = Counter(name for event in events for name in pieces(event))
        self._outlets = spellings(offices)
        self._spelt = spellings(origins) | self._outlets
        self._often = {folded(name) for name, times in origins.items() if times > 1}

    def is_outlet(self, name: str) -> bool:
        return folded(name) in self._outlets

    def is_known(self, name: str) -> bool:
        return (self.is_outlet(name) or folded(name) in self._often) and not is_category(name)

    def outlet(self, name: str) -> Row:
        return {"outlet": self._outlets.get(folded(name), name)}

    def origins(self, event: Row) -> list[str]:
        """The sources that the record names as origins, each once."""
        found = [one for piece in pieces(event) for one in self.apart(piece)]
        return list({folded(name): name for name in found}.values())

    def apart(self, name: str) -> list[str]:
        """Two names that run together without a separator: "SOHR Airwars", "SOHR Syrian military"."""
        words = name.split()
        for cut in range(1, len(words)):
            first, second = " ".join(words[:cut]), " ".join(words[cut:])
            if self._are_two(first, second):
                return [first, second]
        return [name]

    def _are_two(self, first: str, second: str) -> bool:
        if self.is_known(first) and self.is_known(second):
            return True
        if self.is_outlet(first) and first.isupper():
            return second[0].isupper() and plain_words(second)[-1] in SERVICES
        return self.is_outlet(second) and is_category(first)

    def source(self, name: str, event: Row) -> Row:
        """Who an origin is: an outlet, a category of people, or somebody."""
        if self.is_outlet(name):
            return self.outlet(name)
        if is_category(name):
            return {"anonymous": name}
        kind = "person" if PERSONS.search(name) else "organisation"
        if is_proper(name):
            return {kind: self._spelt.get(folded(name), name)}
        return {kind: name, "identifier": f"event {event['id']}"}


def spellings(names: Counter[str]) -> dict[str, str]:
    """The most frequent spelling of each name, by the name in lower case."""
    return {folded(name): name for name, _ in reversed(names.most_common())}


def pieces(event: Row) -> list[str]:
    parts = SEPARATORS.split(event.get("source_original") or "")
    return [" ".join(part.split()) for part in parts if part.strip()]


def is_category(name: str) -> bool:
    """Whether words name no one body or person: police, two witnesses, local rebel sources."""
    described = LEADING.sub("", name)
    head = plain_words(BEHIND_THE_HEAD.split(described)[0])
    return head[-1:] != [] and (head[-1] in PEOPLE or SERVICES.issuperset(plain_words(described)))


def is_proper(name: str) -> bool:
    return not COMMON.issuperset(plain_words(name))


def plain_words(text: str) -> list[str]:
    return [word.strip("().’'\"").lower() for word in text.split()]


# Tolls in headlines -------------------------------------------------------------------------------------------------

NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+|\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)"
)
ABOUT = r"(?:at least|more than|no fewer than|over|nearly|almost|about|around|some|up to)"
AMOUNT = rf"(?P<words>(?:{ABOUT} )?(?<![\d.,'’:-])\b{NUMBER}\b\+?)(?! ?%)"
PLAIN = r"[^\W\d]\S*"
LINK = rf"(?: (?!{NUMBER}\b|{ABOUT}\b|wounded\b|injured\b|hurt\b|killed\b|dead\b|die[sd]?\b|and\b){PLAIN})"
DEADLY = r"(?:killed|dead|die|dies|died|slain)\b"
TOLLS = (
    re.compile(rf"(?<!\bwas )\bkill(?:s|ed|ing)? {AMOUNT}(?P<victims>{LINK}{{0,8}})", re.IGNORECASE),
    re.compile(
        rf"{AMOUNT}(?P<victims>{LINK}{{0,5}}?)(?: (?:was|were|are|have been|has been))?(?: reportedly)? {DEADLY}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"death toll\b[^,;.\d]{{0,40}}?(?:rises? to|rose to|increase[sd]? to|at) {AMOUNT}(?P<victims>)",
        re.IGNORECASE,
    ),
)
"""Three ways to give a toll: "kills 13 civilians", "13 civilians killed", "the death toll rises to 13"."""

PARTLY = re.compile(
    r"^,?(?: \w+)? (?:or|and|&) (?:wounded|injured|wounding|injuring|hurt|missing)\b", re.IGNORECASE
)
"""Killed or wounded: no toll."""

INCLUDED = re.compile(r"\b(?:including|of them|among them)\s*$", re.IGNORECASE)
WIDER = (
    re.compile(r"\b(?:killed|died|dead)\b(?: across \w+)? (yesterday)\b", re.IGNORECASE),
    re.compile(r"\b(24 hours|\w+ days|month|year|offensives?|operations?|campaign)\b", re.IGNORECASE),
    re.compile(r"\bin (?:\w+ )*?(attacks)\b", re.IGNORECASE),
)
"""Words by which a headline counts more than one attack; SOHR's "58 were killed yesterday" is all of Syria's day."""

BEHIND_THE_VICTIMS = re.compile(
    r"\b(?:in|at|by|on|during|with|as|after|from|near|for|to|today|yesterday|when|who|whom|that|including|inside|across"
    r"|among|most|mostly|while|since|under)\b.*|[,;:.–-] .*$"
)
UNSAID = words("people persons person more others other all the a an so far reportedly of")
NO_PEOPLE = words("attack attacks day days family families lakh number")


class Toll(NamedTuple):
    """A number in the headline's words, and of whom: the victims, and more than one attack if the headline says so."""

    words: str
    scope: str


def tolls(headline: str, event: Row) -> list[Toll]:
    toll = []
    for match in (match for pattern in TOLLS for match in pattern.finditer(headline)):
        before, behind = headline[: match.start()], headline[match.end() :]
        victims = BEHIND_THE_VICTIMS.sub("", match["victims"].lower())
        if PARTLY.match(behind) or INCLUDED.search(before) or NO_PEOPLE.intersection(victims.split()):
            continue
        amount = match["words"].lower()
        if behind.lower().startswith(" at least") and amount.isalnum():
            amount = f"at least {amount}"
        wider = [found[1].lower() for pattern in WIDER if (found := pattern.search(headline))]
        toll.append(Toll(amount, ", ".join([who(victims, event), *wider])))
    return list(dict.fromkeys(toll))


def who(victims: str, event: Row) -> str:
    """The victims in one form: "Syrian soldiers" and "soldier" are the same where the event is in Syria."""
    country = event["country"].lower()[:5]
    said = [word.strip("'‘’\"(),") for word in victims.split()]
    kept = [word for word in said if word not in UNSAID and not word.startswith(country)]
    return " ".join(word.removesuffix("s") if len(word) > 3 else word for word in kept) or "people"


SAYS = (
    re.compile(r"^(?P<who>[^,:]{2,40}?) says?\b", re.IGNORECASE),
    re.compile(r", (?P<who>[^,:\d]{2,40}?) says?\s*$", re.IGNORECASE),
)
LABELS = (re.compile(r"^(?P<who>\w+): "), re.compile(r"(?::| -|-) ?(?P<who>[^:\d-]{2,40}?)\s*$"))


def attributed(headline: str, names: Names) -> list[str]:
    """Whom the headline itself names for what it says: "Turkish army says …", "…: YPG, monitor"."""
    line = " ".join(headline.split())
    for pattern in SAYS:
        if found := pattern.search(line):
            return [found["who"]]
    for pattern in LABELS:
        found = pattern.search(line)
        if found and all(can_speak(one, names) for one in found["who"].split(", ")):
            return found["who"].split(", ")
    return []


def can_speak(words: str, names: Names) -> bool:
    is_body = re.search(
        r"\b(ministry|army|police|military|council|observatory|agency|media|tv)\b", words.lower()
    )
    return bool(is_body) or is_category(words) or names.is_known(words)


# Sentences ----------------------------------------------------------------------------------------------------------


def records(folder: Path) -> tuple[list[Row], list[Row]]:
    """The events and, of those whose source fields align, the articles."""
    return rows(folder / "events.jsonl"), rows(folder / "relays.jsonl")


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def sentences(folder: Path) -> Iterator[Row]:
    events, articles = records(folder)
    names = Names(events, articles)
    by_event: dict[int, list[Row]] = {}
    for article in articles:
        by_event.setdefault(article["event_id"], []).append(article)
    for event in events:
        yield from origins_of(event, by_event.get(event["id"], []), names)
        for article in by_event.get(event["id"], []):
            yield from tolls_of(event, article, names)


def origins_of(event: Row, articles: list[Row], names: Names) -> Iterator[Row]:
    """Who the record names as origin, through each of its articles."""
    origins = names.origins(event)
    offices = {folded(article["office"]) for article in articles}
    elsewhere = [name for name in origins if folded(name) not in offices]
    carriers_besides = any(office not in map(folded, origins) for office in offices)
    claim = count_claim(event)
    if not articles:
        for source in [names.source(name, event) for name in origins] or [unattributed()]:
            yield {"claim": claim, "source": source, "document": record_document(event)}
    for article in articles:
        own = folded(article["office"]) in map(folded, origins)
        cited = origins if not own else [] if carriers_besides else elsewhere
        if own:
            yield {"claim": claim, "document": document(article, names)}
        for source in [names.source(name, event) for name in cited] or ([] if own else [unattributed()]):
            yield {
                "claim": claim,
                "source": source,
                "document": document(article, names),
                **({} if "anonymous" in source else {"occasion": f"event {event['id']}"}),
            }


def unattributed() -> Row:
    return {"unattributed": "no origin stated"}


def record_document(event: Row) -> Row:
    return {"outlet": RECORD, "publisher_id": str(event["id"])}


def document(article: Row, names: Names) -> Row:
    """An article, told from the outlet's others by a digest: the headline itself is the publisher's."""
    digest = hashlib.sha256(folded(article["headline"]).encode()).hexdigest()[:10]
    return {
        "outlet": names.outlet(article["office"]),
        "publisher_id": f"{article['date']} {digest}",
        "published_at": article["date"],
    }


def count_claim(event: Row) -> Row:
    low, high = sorted((event["low"], event["high"]))
    number = str(low) if low == high else f"{low} to {high}"
    return {
        "text": f"Event {event['id']}: {number} killed, {place(event)}, {event['date_start']}, as UCDP counts",
        "subject": f"UCDP event {event['id']}",
        "attribute": COUNTED,
        "value": number,
    }


def place(event: Row) -> str:
    return f"{event['where_coordinates']}, {event['country']}"


def tolls_of(event: Row, article: Row, names: Names) -> Iterator[Row]:
    """What the headline says of the dead: by whom it names, otherwise in the outlet's own voice."""
    for toll in tolls(article["headline"], event):
        claim = {
            "text": f"Event {event['id']}: {toll.words} killed ({toll.scope})",
            "subject": f"UCDP event {event['id']}",
            "attribute": KILLED,
            "scope": toll.scope,
            "value": toll.words,
        }
        by = attributed(article["headline"], names)
        for source in [{"source": names.source(one, event)} for one in by] or [{}]:
            yield {"claim": claim, "document": document(article, names), **source}


# The part that is shipped -------------------------------------------------------------------------------------------

ONE_IN = 10
"""Of events that show nothing special, one in so many is kept."""


def sample(folder: Path) -> Iterator[Row]:
    """The sentences of the events with several outlets and an origin or a toll from elsewhere, and of some others."""
    events, _ = records(folder)
    kept = {
        f"UCDP event {event['id']}"
        for event in events
        if int(hashlib.sha256(f"story:{event['id']}".encode()).hexdigest(), 16) % ONE_IN == 0
    }
    by_subject: dict[str, list[Row]] = {}
    for sentence in sentences(folder):
        by_subject.setdefault(sentence["claim"]["subject"], []).append(sentence)
    for subject, said in by_subject.items():
        if subject in kept or is_instructive(said):
            yield from said


def is_instructive(said: list[Row]) -> bool:
    outlets = {json.dumps(sentence["document"]["outlet"]) for sentence in said}
    counts = [sentence for sentence in said if sentence["claim"]["attribute"] == COUNTED]
    amounts = {sentence["claim"]["value"] for sentence in said if sentence["claim"]["attribute"] == KILLED}
    return len(outlets) > 1 and (all("source" in one for one in counts) or len(amounts) > 1)


# What only the form of the data tells -------------------------------------------------------------------------------


def forms(folder: Path) -> dict[str, set[int]]:
    """Sets that are about the record's own fields, so that there is nobody to ask: which do not align, and how wide
    the coder's range is."""
    events, articles = records(folder)
    aligned = {article["event_id"] for article in articles}
    return {
        "source_fields_do_not_align": {event["id"] for event in events} - aligned,
        "toll_range": {event["id"] for event in events if event["low"] != event["high"]},
        "toll_range_wide": {event["id"] for event in events if is_wide(event)},
        "toll_low_zero": {event["id"] for event in events if event["low"] == 0 < event["high"]},
    }


def is_wide(event: Row) -> bool:
    return bool(event["high"] - event["low"] >= 5 and event["high"] >= 1.5 * event["low"])


if __name__ == "__main__":
    for line in sample(Path(sys.argv[1])):
        print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
