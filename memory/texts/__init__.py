"""Texts from anywhere: made safe to show and to quote, and names as they are compared."""
