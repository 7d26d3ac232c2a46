"""The rules of docs/semantics.md, each in a sentence: the rule that an answer goes by."""

from __future__ import annotations

RULES = {
    # Conflicts
    "polarity": "one holder affirms a claim and another denies it, or denies what it entails; where it is about a "
    "state, at overlapping times",
    "value": "two holders give one single-valued attribute of one subject, in one scope, values that exclude "
    "each other",
    "order": "two holders put what must come first after what must follow it",
    "explicit": "an editor linked the two claims as contradicting each other, and different holders affirm them",
    "divergence": "the two exclude each other, but one is an opinion or a forecast: they differ, it is no conflict",
    "self_contradiction": "live assertions of one holder on facts exclude each other",
    # Support
    "support": "it is counted over origins: those who say so and still stand by it, resting on nobody else or having "
    "been there",
    "no_evidence": "grade 2 or less: no origin shows evidence or was there",
    "none": "grade 0: no live origin",
    "unattributed": "grade 1: nobody takes responsibility for any origin",
    "reported_absent": "grade 2, and it was reported of an origin that it cites no evidence",
    "anonymous_only": "every accountable origin is anonymous",
    "single_origin": "there is at most one independent origin: all accountable ones are known to be one voice",
    "uncorroborated": "grade below 4: fewer than two origins that are independent beyond doubt",
    # Circular reporting
    "common_origin": "outlets of two or more sides carry it, and there is at most one independent origin",
    "suspected_common_origin": "outlets of two or more sides carry it, and an origin is suspected to be a copy",
    "feedback_loop": "an agent's assertion leads, through another agent, back to the agent's own",
    "misreported_source": "it is carried and has no origin, and what it rests on affirms something else",
    "ungrounded_loop": "it is carried and has no origin, and every way down goes round",
    # Right of reply
    "accusation": "an accusation is answered once the accused, or who speaks for them, affirms or denies it or what "
    "it entails",
    # Versions of a story
    "first": "no earlier version is recorded",
    "announced": "a change note, or an amendment by the outlet, says that it was changed",
    "stealth": "the text or the title differs from the version before it, and nothing says so",
    "unchanged": "text and title are those of the version before it",
    "unknown": "a text is not known, and nothing that is known differs",
    # What changes on the way
    "certainty_rose": "the relay is surer than what it rests on",
    "quote_loosened": "the relay quotes less closely than what it rests on",
    "quote_changed": "the words between the quotation marks are others than those of what it rests on",
    "caveat_lost": "what it rests on noted that no evidence was cited, and the relay does not",
    "adopted": "the relay affirms in its own voice what it carries",
}


def anchor_of(rule: str) -> str:
    """The anchor in docs/semantics.md at which the law says it: "rule-self-contradiction"."""
    return "rule-" + rule.replace("_", "-")
