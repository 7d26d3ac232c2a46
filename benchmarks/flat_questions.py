"""The questions in SQL over the flat schema, as far as it can express them: the same SQL for every database.

They are right for what the workload can say and no further: no merges, links, retractions, pads, states or control
groups. `bound` is a condition on assertions, `noted` one on evidence.
"""

from __future__ import annotations

ALWAYS = "1 = 1"


def counts() -> str:
    """How many records the library makes of the rows: agents, claims, documents, mentions, assertions, relays,
    evidence. Every relay is an assertion too."""
    return """
SELECT (SELECT count(*) FROM agent), (SELECT count(*) FROM claim),
    (SELECT count(DISTINCT url) FROM assertion), (SELECT count(*) FROM assertion),
    (SELECT count(*) FROM assertion WHERE rests_on IS NULL) + (SELECT count(*) FROM relay),
    (SELECT count(*) FROM relay),
    (SELECT count(*) FROM (SELECT DISTINCT assertion, kind, present, item, noted_by FROM evidence) AS shown)
"""


# Window functions and counts in the place of joins: a planner knows nothing of the rows in between, and so has only
# the last join to get wrong.
_POSITIONS = """
WITH said AS (
    SELECT claim, agent, stance, said_at, rank() OVER (PARTITION BY claim, agent ORDER BY said_at DESC) AS place
    FROM assertion WHERE rests_on IS NULL AND stance IN ('affirm', 'deny') AND {bound}
), position AS (
    SELECT DISTINCT said.claim, said.agent, said.stance, said.said_at, claim.slot
    FROM said JOIN claim ON claim.id = said.claim WHERE said.place = 1
), placed AS (
    SELECT claim, agent, stance, slot,
        rank() OVER (PARTITION BY stance, slot, agent ORDER BY said_at DESC) AS place
    FROM position
), held AS (
    SELECT claim, slot,
        count(DISTINCT CASE WHEN stance = 'affirm' THEN agent END) AS affirming,
        min(CASE WHEN stance = 'affirm' THEN agent END) AS affirmer,
        count(DISTINCT CASE WHEN stance = 'deny' THEN agent END) AS denying,
        min(CASE WHEN stance = 'deny' THEN agent END) AS denier
    FROM placed
    WHERE stance = 'deny' OR slot IS NULL OR place = 1
    GROUP BY claim, slot
), valued AS (
    SELECT * FROM (
        SELECT claim.*, held.affirming, held.affirmer, count(*) OVER (PARTITION BY held.slot) AS alternatives
        FROM held JOIN claim ON claim.id = held.claim
        WHERE held.slot IS NOT NULL AND held.affirming > 0
    ) AS counted WHERE alternatives > 1
), conflict AS (
    SELECT 'polarity' AS kind, claim AS a, claim AS b FROM held
    WHERE affirming > 0 AND denying > 0 AND (affirming > 1 OR denying > 1 OR affirmer <> denier)
    UNION ALL
    SELECT 'value', one.id, other.id FROM valued AS one
    JOIN valued AS other ON other.slot = one.slot AND other.id > one.id
    WHERE (one.affirming > 1 OR other.affirming > 1 OR one.affirmer <> other.affirmer)
    AND (one.entity <> other.entity OR one.lo > other.hi OR other.lo > one.hi)
)
"""


def conflicting_claims(bound: str = ALWAYS) -> str:
    """Every two claims in conflict: kind and texts."""
    return _POSITIONS.format(bound=bound) + (
        "SELECT conflict.kind, a.text, b.text FROM conflict "
        "JOIN claim AS a ON a.id = conflict.a JOIN claim AS b ON b.id = conflict.b"
    )


def count_of_conflicts(bound: str = ALWAYS) -> str:
    """How many issues are in conflict: slots, and claims without a slot."""
    return _POSITIONS.format(bound=bound) + (
        "SELECT count(DISTINCT coalesce(claim.slot, -claim.id)) FROM conflict "
        "JOIN claim ON claim.id = conflict.a"
    )


def _unsupported(bound: str, noted: str) -> str:
    """The claims without an origin that has evidence."""
    return f"""
SELECT claim FROM assertion WHERE {bound}
EXCEPT
SELECT claim FROM assertion JOIN evidence ON evidence.assertion = assertion.id
WHERE present = 1 AND stance = 'affirm' AND rests_on IS NULL AND {bound} AND {noted}
"""


def count_of_unsupported(bound: str = ALWAYS, noted: str = ALWAYS) -> str:
    return f"SELECT count(*) FROM ({_unsupported(bound, noted)}) AS unsupported"


def unsupported_claims() -> str:
    listed = _unsupported(ALWAYS, ALWAYS)
    return f"SELECT text FROM claim JOIN ({listed}) AS unsupported ON unsupported.claim = id ORDER BY id"


def intervals(claim: int | None = None) -> str:
    """Of every claim, or of one: its text, whether an origin has evidence, and its independent origins as lo and hi.

    The workload shows every item once, so that lo is the number of agents among the named origins with evidence.
    """
    which = ALWAYS if claim is None else f"claim.id = {claim:d}"
    return f"""
SELECT text, max(shown), CASE
        WHEN count(agent) = 0 THEN 0
        WHEN count(DISTINCT CASE WHEN shown = 1 THEN named END) > 1
        THEN count(DISTINCT CASE WHEN shown = 1 THEN named END) ELSE 1 END,
    count(DISTINCT agent)
FROM (
    SELECT claim.id, claim.text, agent.id AS agent, CASE WHEN agent.kind <> 'anonymous' THEN agent.id END AS named,
        CASE WHEN EXISTS (SELECT 1 FROM evidence WHERE assertion = origin.id AND present = 1) THEN 1 ELSE 0 END AS shown
    FROM claim
    LEFT JOIN assertion AS origin
        ON origin.claim = claim.id AND origin.rests_on IS NULL AND origin.stance = 'affirm'
    LEFT JOIN agent ON agent.id = origin.agent
    WHERE {which}
) AS origins
GROUP BY id, text
"""


def chains(claim: int, first: int | None = None) -> str:
    """Of every sentence on a claim: the names of its source and of those who relayed it, a row each, in order."""
    limited = "" if first is None else f"LIMIT {first:d}"
    return f"""
WITH sentence AS (SELECT id, agent FROM assertion WHERE claim = {claim:d} ORDER BY id {limited})
SELECT sentence.id, 0 AS position, agent.name FROM sentence JOIN agent ON agent.id = sentence.agent
UNION ALL
SELECT sentence.id, relay.position, agent.name FROM sentence
JOIN relay ON relay.assertion = sentence.id JOIN agent ON agent.id = relay.agent
ORDER BY 1, 2
"""


def resting_on(agent: int) -> str:
    """The claims that an agent asserted or relayed."""
    return f"""
SELECT text FROM claim WHERE id IN (
    SELECT claim FROM assertion WHERE agent = {agent:d}
    UNION
    SELECT claim FROM relay JOIN assertion ON assertion.id = relay.assertion WHERE relay.agent = {agent:d}
) ORDER BY id
"""


def feedback_loops() -> str:
    """The claims that an outlet said itself and then relays from others."""
    return """
SELECT DISTINCT claim.text, claim.id FROM relay
JOIN assertion ON assertion.id = relay.assertion AND assertion.agent = relay.agent
JOIN claim ON claim.id = assertion.claim
WHERE relay.position > 1 ORDER BY claim.id
"""
