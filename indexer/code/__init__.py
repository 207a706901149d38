"""Reads code: from the bytes of files to facts, and from the facts of all files to a code base."""
