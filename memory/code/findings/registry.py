"""All rules. A new one is a file here that names its rules as `RULES`, and its line below."""

from memory.code.findings import (
    checks,
    cycles,
    deviations,
    duplication,
    layers,
    performance,
    reported,
    route_names,
    security,
)

RULES = (
    *checks.RULES,
    *cycles.RULES,
    *duplication.RULES,
    *layers.RULES,
    *performance.RULES,
    *route_names.RULES,
    *reported.RULES,
    *security.RULES,
    *deviations.RULES,
)
