"""The words of answers: the sentences that an editor would write of chains, evidence, terms and times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from provenance.values.records import Agent, Assertion, Claim, Evidence, Record

RESPONSES = {
    "deny": "denied",
    "question": "questioned",
    "no_comment": "declined to comment",
    "silence": "no comment so far",
}
"""How a chain ends whose origin does not affirm the claim. The words fit one person and several."""


def printable(text: str) -> str:
    """The text on one line, with control characters escaped, so that a recorded name cannot steer a terminal."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


def chain_words(labels: Sequence[str]) -> str:
    """The labels, given from the origin to the publisher, in a sentence: "CNN, citing TASS, citing medical sources"."""
    return ", citing ".join(printable(label) for label in reversed(labels))


def listed(names: Sequence[str]) -> str:
    """ "CNN", "CNN and BBC", "CNN, BBC and Reuters"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def moment_words(moment: datetime) -> str:
    """ "2026-02-07" for the last moment of a day, which stands for the day; "2026-02-07 12:30 UTC" else."""
    is_day = moment.time() == time.max
    return f"{moment:%Y-%m-%d}" if is_day else f"{moment:%Y-%m-%d %H:%M} UTC"


def number_words(number: int) -> str:
    """A number that begins a sentence, in news style: words up to nine, then figures."""
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[number] if number < len(words) else str(number)


def absence_words(reporters: Sequence[str]) -> str:
    """ "CNN reports that no evidence was cited"."""
    if not reporters:
        return "it was reported that no evidence was cited"
    return f"{listed(reporters)} {'reports' if len(reporters) == 1 else 'report'} that no evidence was cited"


def evidence_words(
    cited: Iterable[tuple[str, str | None]], reporters: Iterable[str], *, is_noted: bool, is_expected: bool
) -> list[str]:
    """["video (v1), document cited"], from kinds and items; else that none was cited, as the reporters say where
    anything was noted; else, where evidence is expected, that none was mentioned."""
    words = dict.fromkeys(_cited(kind, item) for kind, item in cited)
    if words:
        return [f"{', '.join(words)} cited"]
    if is_noted:
        return [absence_words(list(dict.fromkeys(reporters)))]
    return ["no evidence was mentioned"] if is_expected else []


def _cited(kind: str, item: str | None) -> str:
    words = "evidence" if kind == "unspecified" else kind.replace("_", " ")
    return words if item is None else f"{words} ({printable(item)})"


GROUND_RULES = {
    "on_background": "on background",
    "deep_background": "on deep background",
    "off_the_record": "off the record, not for publication",
}
"""The words for the terms on which a source spoke. On the record goes without saying."""


def terms_words(
    *, ground_rule: str | None, language: str | None, translated: bool | None, translated_by: str | None
) -> list[str]:
    """["off the record, not for publication", "translated from ru by AFP"]."""
    words = [GROUND_RULES[ground_rule]] if ground_rule in GROUND_RULES else []
    if translated:
        origin = "" if language is None else f" from {language}"
        words.append(
            f"translated{origin}{'' if translated_by is None else f' by {printable(translated_by)}'}"
        )
    return words


def chain_sentence(claim: Claim | None, assertions: Sequence[Assertion], records: Iterable[Record]) -> str:
    """A recorded sentence: who says so, the claim, the evidence that was cited, and the terms.

    The assertions are a chain from the origin to the publisher; the records hold their agents and evidence. A commit of
    records without a sentence is named by their number.
    """
    if claim is None or not assertions:
        return f"{len(list(records))} records"
    by_id = {record.id: record for record in records}
    labels = [_label(by_id.get(assertion.agent.id)) for assertion in assertions]
    response = RESPONSES.get(assertions[0].stance.value)
    said = printable(claim.label) if response is None else f"{response}: {printable(claim.label)}"
    noted = [record for record in by_id.values() if isinstance(record, Evidence)]
    return "; ".join(
        [
            f"{chain_words(labels)}: {said}",
            *evidence_words(
                [(one.kind.value, None) for one in noted if one.present],
                [printable(labels[-1])],
                is_noted=bool(noted),
                is_expected=response is None,
            ),
            *_terms_of(assertions[0]),
        ]
    )


def _terms_of(assertion: Assertion) -> list[str]:
    rule = None if assertion.ground_rule is None else assertion.ground_rule.value
    return terms_words(
        ground_rule=rule,
        language=assertion.language,
        translated=assertion.translated,
        translated_by=assertion.translated_by,
    )


def _label(agent: Record | None) -> str:
    return agent.label if isinstance(agent, Agent) else "somebody"
