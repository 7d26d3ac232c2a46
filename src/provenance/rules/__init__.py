"""The rules of the law: pure functions over a claim graph. Never imports SQLAlchemy, a clock, or I/O."""
