"""Finds the engine, starts it once, and asks it: with the standard library only, to be quick."""
