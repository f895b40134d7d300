"""A small mutual in a box: invented people, and the simulated back-office tools that hold their files."""
