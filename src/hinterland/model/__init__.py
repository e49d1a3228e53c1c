"""Network, arrays, plan and proof."""
