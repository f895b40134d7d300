"""The data on board on screen: what there is, how it is taken along, how it is opened, and when it is not."""
