"""One module a question, over a `World`: the records that the question rests on."""
