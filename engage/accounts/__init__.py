"""People who sign in: what each may do, and how they come in."""
