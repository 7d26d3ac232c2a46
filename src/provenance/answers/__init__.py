"""What questions give: frozen values that carry the records they rest on, and print as an editor would write them.

One module for each family of answers. `builder` makes the values from a claim graph, `wording` the sentences. Every
time in an answer is a datetime in UTC, to the microsecond; every id is that of a record in the ledger.
"""
