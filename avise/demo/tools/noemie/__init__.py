"""NOÉMIE flows: a CSV file a night, in latin-1, with a broken line now and then.

Two nights are there. A line is the link of one person with the fund; it bears the registration key and the
name of the insured person through whom that one is covered.
"""
