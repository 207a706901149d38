"""Keeping a memory whole: finding damage, mending it, copies, and taking things out."""
