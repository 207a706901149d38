"""The engine: one process per user that holds model, vectors and writes for all projects."""
