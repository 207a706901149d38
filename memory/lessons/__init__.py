"""Runs and what was learned from them: results, evidence, confidence, consolidation."""
