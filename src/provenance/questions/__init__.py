"""The questions: one module a family."""
