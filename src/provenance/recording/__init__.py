"""Recording: from a sentence to a commit, with what is confidential in it."""
