"""The words and codes of the field: what the council's systems write, what it means, and the ages that matter in law.

One file a subject: `ethnicity`, `languages`, `sen` (needs, provision, settings), `ehcp` (why plans end, what reviews decide),
`relationships`, `authorities`, `identifiers` (UPN, ULN, URN, postcode), `ages`. Code lists are CSV under `data/`, each with its source.
"""
