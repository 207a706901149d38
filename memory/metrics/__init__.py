"""Measurements as series: what changed beyond noise, and what rested on it."""
