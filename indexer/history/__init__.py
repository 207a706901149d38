"""From git's history to memory: which commits were refactorings, and what became of them."""
