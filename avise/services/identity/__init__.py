"""The same person in several tools: tables read and judged, links proposed, made and undone."""
