"""Answers: the values that questions give, how they are built, and their wording."""
