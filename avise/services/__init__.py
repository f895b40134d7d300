"""What a user can do, one module an intention; values out are already masked for the role."""
