"""Reads decisions that nobody recorded from git, changelogs and documents, to be proposed."""
