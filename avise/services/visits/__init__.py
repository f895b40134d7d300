"""A representative's visits: the day and its route, the sheet, the report and what follows from it."""
