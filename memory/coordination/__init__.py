"""The coordinator's own questions, answered from facts of the code and what people recorded."""
