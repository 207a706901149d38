"""The parts of a decision record that fills a file of its own."""
