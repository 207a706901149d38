"""Plans that are kept and followed: their phases, what gates measure, and who does what."""
