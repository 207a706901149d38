"""Forms in which answers are given: to a terminal, to a program, to a model."""
