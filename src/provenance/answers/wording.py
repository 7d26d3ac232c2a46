"""The words of answers: the sentences that an editor would write of chains, evidence, terms and times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time

RESPONSES = {
    "deny": "denied",
    "question": "questioned",
    "no_comment": "declined to comment",
    "silence": "no comment so far",
    "disavow": "denied having said so",
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
    cited: Iterable[tuple[str, str | None]],
    reporters: Iterable[str],
    *,
    is_noted: bool,
    is_expected: bool = False,
) -> list[str]:
    """["video (v1), document cited"], from kinds and items; else that none was cited, as the reporters say where
    anything was noted; else, where evidence is expected, that none was mentioned."""
    words = dict.fromkeys(item_words(kind, item) for kind, item in cited)
    if words:
        return [f"{', '.join(words)} cited"]
    if is_noted:
        return [absence_words(list(dict.fromkeys(reporters)))]
    return ["no evidence was mentioned"] if is_expected else []


def item_words(kind: str, item: str | None) -> str:
    """ "video (v1)": a piece of evidence."""
    words = "evidence" if kind == "unspecified" else kind.replace("_", " ")
    return words if item is None else f"{words} ({printable(item)})"


FIRST_HAND_WORDS = {
    "witness": "{agent} saw it",
    "own_act": "{agent} says so of its own act",
    "document": "{agent} has it from a document",
    "data": "{agent} has it from data",
}
"""How the agent of a first-hand assertion knows."""


def first_hand_words(agent: str, basis: str) -> list[str]:
    """["a neighbour saw it"] of a witness, and the like; nothing of what is not first-hand."""
    words = FIRST_HAND_WORDS.get(basis)
    return [] if words is None else [words.format_map({"agent": agent})]


def quoted_words(quote: str) -> str:
    """The words in quotation marks, on one line; marks that they bring along are not doubled."""
    words = printable(" ".join(quote.split()))
    return words if words[:1] in '“„«"' else f"“{words}”"


GROUND_RULES = {
    "on_background": "on background",
    "deep_background": "on deep background",
    "off_the_record": "off the record, not for publication",
}
"""The words for the terms on which a source spoke. On the record goes without saying."""


def ground_rule_words(ground_rule: str | None, embargo_until: datetime | None) -> list[str]:
    """["on background", "under embargo until 2026-02-08 18:00 UTC"]."""
    words = [GROUND_RULES[ground_rule]] if ground_rule in GROUND_RULES else []
    return [
        *words,
        *([] if embargo_until is None else [f"under embargo until {moment_words(embargo_until)}"]),
    ]


def translation_words(language: str | None, *, translated: bool | None, translated_by: str | None) -> str:
    """ "translated from ru by AFP"; empty where the words are no translation."""
    if not translated:
        return ""
    origin = "" if language is None else f" from {language}"
    return f"translated{origin}{'' if translated_by is None else f' by {printable(translated_by)}'}"
