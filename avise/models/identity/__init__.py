"""Whether two records are of the same person: pure values, rules and the score where rules are silent.

`records` prepares what a table tells, `blocking` chooses what is worth comparing, `comparison` compares,
`weights` and `estimation` say what a likeness is worth, `matching` runs over two tables, `rules` decides
alone where it may, `explanation` says why, and `links` folds what people and rules decided.
"""
