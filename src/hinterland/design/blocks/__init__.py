"""One constraint block, one function, one sentence of mathematics."""
