"""The formats in which projects write down what they know: one file each, found by `registry`."""
