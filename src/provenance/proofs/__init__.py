"""Proofs: signed checkpoints, inclusion paths, and receipts."""
