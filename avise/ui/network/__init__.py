"""The network on screen: how much there is, who says so, the user's choice, and a clock that is wrong."""
