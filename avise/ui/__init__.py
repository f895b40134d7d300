"""The window: screens over the services, and the only room that knows Qt (with `avise.app`)."""
