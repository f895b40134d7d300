"""Ma tournée: the visits of a representative, their sheets and their reports."""
