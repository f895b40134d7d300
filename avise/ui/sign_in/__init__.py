"""How this station stands with the hub: the item of the status bar, the strip, the page of sign-in."""
