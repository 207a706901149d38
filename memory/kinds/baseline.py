"""Baselines: one measurement of one metric in one environment."""

from memory.kinds.spec import BriefSection, Field, FieldForm, KindSpec, in_section
from memory.kinds.vocabulary import Kind

SPEC = KindSpec(
    kind=Kind.BASELINE,
    prefix="bas",
    section=in_section(BriefSection.MEASURED),
    happened="measured",
    about="Keep a measurement to compare with later.",
    example=r"""
baseline --metric checkout_latency_p95 --value 430 --unit ms \
    --better lower --n 19600 --environment production --module payments
""",
    fields=(
        Field("metric", "What was measured, such as checkout_latency_p95.", FieldForm.TEXT),
        Field("value", "The value, as a number.", FieldForm.NUMBER),
        Field("value_text", "The value, where only words will do.", FieldForm.TEXT),
        Field("unit", "Its unit: ms, %, jobs/s ...", FieldForm.TEXT),
        Field("spread", "Standard deviation, in that unit.", FieldForm.NUMBER),
        Field("n", "How many measurements are behind it.", FieldForm.INTEGER),
        Field("better", "Which direction is better.", FieldForm.CHOICE, ("lower", "higher")),
        Field("environment", "Where it was measured.", FieldForm.TEXT),
        Field("commit", "What was measured: a full hash.", FieldForm.TEXT),
        Field("threshold", "The value past which the baseline is violated.", FieldForm.NUMBER),
    ),
    file="performance/baselines.json",
    collections=("baselines", "metrics", "measurements", "entries"),
    spelled={"valid_from": "date"},
)
