"""Names of agents as they are compared: `Payments_Agent` and `agent:payments` are `payments`."""

from memory.texts.agent_names import alike, bare

__all__ = ["alike", "bare"]
