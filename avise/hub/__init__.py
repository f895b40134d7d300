"""The hub: what staff write together, judged in one place, on one machine or for a whole house."""
