"""The words for what a desk recorded: a sentence with its chain, or a record about other records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from provenance.answers.assertions import AMENDMENT_VERBS
from provenance.answers.wording import (
    RESPONSES,
    chain_words,
    evidence_words,
    first_hand_words,
    ground_rule_words,
    moment_words,
    printable,
    quoted_words,
    translation_words,
)
from provenance.values.instants import When
from provenance.values.records import (
    Agent,
    Amendment,
    Assertion,
    Assessment,
    Attribute,
    Claim,
    CommentRequest,
    Document,
    Entity,
    Evidence,
    Link,
    Mention,
    Record,
    Redaction,
    Redefinition,
    Reference,
    Withdrawal,
)
from provenance.values.sealed import public_words
from provenance.values.vocabulary import FIRST_HAND

LINK_WORDS = {
    "same_agent": "is",
    "maybe_same_agent": "may be",
    "control_group": "is part of",
    "speaks_for": "speaks for",
    "same_entity": "is",
    "part_of": "lies within",
    "not_later_than": "is never later than",
    "same_claim": "is the same as",
    "entails": "entails",
    "contradicts": "contradicts",
    "same_event": "was said in one speech event with",
    "joint_act": "was said in one act with",
}


def recorded_words(
    claim: Claim | None, assertions: Sequence[Assertion], records: Iterable[Record], record: Record
) -> str:
    """A sentence about what one call recorded: the chain of a sentence, or what its one record says. Of records by the
    id alone, the id is given."""
    by_id: dict[str, Record] = {each.id: each for each in records}
    if claim is not None and assertions:
        return _sentence_words(claim, assertions, by_id)
    return _Wording(by_id).words(record)


def _sentence_words(claim: Claim, assertions: Sequence[Assertion], by_id: Mapping[str, Record]) -> str:
    """Who says so, the claim, the quotation, how the source knows, the evidence that was cited, and the terms. The
    assertions are a chain from the origin to the publisher."""
    labels = [_label(by_id.get(assertion.agent.id)) for assertion in assertions]
    origin = assertions[0]
    response = RESPONSES.get(origin.stance.value)
    said = printable(claim.label) if response is None else f"{response}: {printable(claim.label)}"
    noted = [each for each in by_id.values() if isinstance(each, Evidence)]
    until = origin.embargo_until
    mentions = [each for each in by_id.values() if isinstance(each, Mention)]
    return "; ".join(
        [
            f"{chain_words(labels)}: {said}",
            *filter(None, map(_quotation, mentions)),
            *first_hand_words(printable(labels[0]), "" if origin.basis is None else origin.basis.value),
            *evidence_words(
                [(one.kind.value, one.item) for one in noted if one.present],
                [printable(labels[-1])],
                is_noted=bool(noted),
                is_expected=response is None and origin.basis not in FIRST_HAND,
            ),
            *ground_rule_words(
                None if origin.ground_rule is None else origin.ground_rule.value,
                None if until is None else until.latest,
            ),
            *filter(None, (_translation(each) for each in mentions if not _quotation(each))),
        ]
    )


def _quotation(mention: Mention) -> str:
    """The quotation of a mention, and who translated it; of a sealed one what readers may see."""
    exact = None if mention.anchor is None else public_words(mention.anchor.exact)
    if exact is None:
        return ""
    parts = [exact] if mention.parts is None else [public_words(part.exact) or "" for part in mention.parts]
    translation = _translation(mention)
    return quoted_words(" … ".join(parts)) + (f" ({translation})" if translation else "")


def _translation(mention: Mention) -> str:
    return translation_words(
        mention.language, translated=mention.translated, translated_by=mention.translated_by
    )


def _label(agent: Record | None) -> str:
    return agent.label if isinstance(agent, Agent) else "somebody"


class _Wording:
    """Names records that other records refer to, of those that one call recorded."""

    def __init__(self, by_id: Mapping[str, Record]) -> None:
        self._by_id = by_id

    def words(self, record: Record) -> str:  # noqa: PLR0911 - one return a type of record
        """What a record says, in a sentence."""
        match record:
            case Amendment():
                verb = AMENDMENT_VERBS[record.kind.value]
                instead = None if record.replacement is None else f"instead: {self._name(record.replacement)}"
                said = f"{self._name(record.by)} {verb}: {self._name(record.target)}{_when(record.at)}"
                return _joined(said, instead, _stated(record.note))
            case Withdrawal():
                return _joined(
                    f"withdrawn{_by(record.by)}: {self._name(record.target)}", _stated(record.reason)
                )
            case Redaction():
                return _joined(
                    f"redacted{_by(record.by)}: {self._name(record.target)}", _stated(record.reason)
                )
            case Link():
                verb = LINK_WORDS[record.kind.value]
                return f"{self._name(record.source)} {verb} {self._name(record.target)}"
            case Redefinition():
                words = [record.cardinality, record.temporal, record.value_type]
                anew = ", ".join(each.value for each in words if each is not None)
                touched = f"{record.claims or 0} claims are on it"
                defined = f"defined anew{_by(record.by)} as {anew}: {self._name(record.attribute)}"
                return _joined(defined, touched, _stated(record.reason))
            case CommentRequest():
                asker = "a newsroom" if record.asked_by is None else self._name(record.asked_by)
                accused, claim = self._name(record.accused), self._name(record.claim)
                return f"{asker} asked {accused} for comment on: {claim}{_when(record.asked_at)}"
            case Assessment():
                against = "" if record.against is None else f" against: {self._name(record.against)}"
                about = f"{self._name(record.by)} on: {self._name(record.claim)}{against}"
                return f"{about}: {printable(record.verdict)}{_when(record.at)}"
        return self._name(record)

    def _name(self, reference: Reference) -> str:
        record = reference if isinstance(reference, Record) else self._by_id.get(reference.id)
        match record:
            case None:
                return f"the record {reference.id[:12]}…"
            case Agent() | Claim():
                return printable(record.label)
            case Assertion():
                return f"“{self._name(record.claim)}”, as {self._name(record.agent)} has it"
            case Document():
                title = record.title or record.url or record.publisher_id
                return ", ".join([self._name(record.outlet), *([] if title is None else [printable(title)])])
            case Entity() | Attribute():
                return printable(record.name)
            case Evidence():
                kind = (
                    "evidence" if record.kind.value == "unspecified" else record.kind.value.replace("_", " ")
                )
                return kind if record.item is None else f"{kind} ({printable(record.item)})"
        return f"{record.TYPE.replace('_', ' ')} {record.id[:12]}…"


def _joined(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part is not None)


def _stated(words: str | None) -> str | None:
    return None if words is None else printable(words)


def _by(author: str | None) -> str:
    return "" if author is None else f" by {printable(author)}"


def _when(moment: When | None) -> str:
    return "" if moment is None or moment.latest is None else f", {moment_words(moment.latest)}"
