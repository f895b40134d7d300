"""Messages to members: templates, drafts with the facts in place, departure two minutes later."""
