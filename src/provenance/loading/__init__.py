"""From rows to what the rules need: the only reader of the index for questions."""
