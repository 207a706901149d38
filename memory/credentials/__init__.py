"""Credentials: how they are known, and the gate that keeps them out of the memory."""
