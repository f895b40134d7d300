"""The network as the user forces it: two commands of the palette, and what is said of them."""
