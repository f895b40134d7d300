"""An argument of the command line that means nothing: a sentence, and the exit status that argparse gives."""

from __future__ import annotations

from avise.models.errors import AviseError

WRONG_ARGUMENT = 2
"""Exit status, as argparse's own."""


class WrongArgumentError(AviseError):
    """What was typed cannot be done as it is; the sentence says what to type."""
