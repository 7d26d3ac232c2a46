"""The second edition of the law: its worlds, its slow model, and what holds of the model itself.

The library answers by the first edition (docs/semantics.md). These are its yardstick for the second.
"""
