"""Which folders of a project hold decision records or bundles of knowledge."""
