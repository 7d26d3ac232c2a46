"""Databases: engines, transactions, durability, names and the revision of the tables."""
