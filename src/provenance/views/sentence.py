"""The sentence an editor would write of a chain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from provenance.values.records import Agent, Assertion, Claim, Evidence, Record

_VERBS = {
    "deny": "denies",
    "question": "asks whether",
    "no_comment": "declined to comment on",
    "silence": "has not commented on",
}

RESPONSES = {
    "deny": "denies it",
    "question": "questions it",
    "no_comment": "declined to comment",
    "silence": "has not commented",
}
"""How a chain ends whose origin does not affirm the claim."""


def printable(text: str) -> str:
    """The text on one line, control characters shown escaped, so that names cannot steer a terminal."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


def chain_words(labels: Sequence[str]) -> str:
    """Origin first in, the publisher first out: "CNN, citing TASS, citing medical sources"."""
    return ", citing ".join(printable(label) for label in reversed(labels))


def listed(names: Sequence[str]) -> str:
    """ "CNN", "CNN and BBC", "CNN, BBC and Reuters"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def moment_words(moment: datetime) -> str:
    """ "2026-02-07" for the last moment of a day, which stands for the day; "2026-02-07 12:30 UTC" else."""
    is_day = moment.time() == time.max
    return f"{moment:%Y-%m-%d}" if is_day else f"{moment:%Y-%m-%d %H:%M} UTC"


def number_words(number: int) -> str:
    """As news style has it: words up to nine."""
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[number] if number < len(words) else str(number)


def evidence_words(present: bool | None) -> str:  # noqa: FBT001 - a finding, no option
    return {
        True: "evidence was cited",
        False: "evidence was reported absent",
        None: "no evidence was mentioned",
    }[present]


def chain_sentence(claim: Claim | None, assertions: Sequence[Assertion], records: Iterable[Record]) -> str:
    """A recorded sentence: its chain, what was said, what was shown."""
    if claim is None or not assertions:
        return f"{len(list(records))} records"
    by_id = {record.id: record for record in records}
    labels = []
    for assertion in assertions:
        agent = by_id.get(assertion.agent.id)
        labels.append(agent.label if isinstance(agent, Agent) else "somebody")
    shown = [record.present for record in by_id.values() if isinstance(record, Evidence)]
    present = True if True in shown else False if shown else None
    stance = _VERBS.get(assertions[0].stance.value)
    said = (
        printable(claim.label)
        if stance is None
        else f"{printable(labels[0])} {stance}: {printable(claim.label)}"
    )
    return f"{chain_words(labels)}: {said}; {evidence_words(present)}"
