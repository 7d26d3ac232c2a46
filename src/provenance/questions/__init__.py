"""The questions: `questions.Questions` is the interface with all docstrings, and each family of questions a module.

A question resolves what it is asked about (`asking`), loads a claim graph (`loading.claim_graphs`), applies a rule and
builds an answer. A question about the whole ledger does so page by page (`pages`).
"""
