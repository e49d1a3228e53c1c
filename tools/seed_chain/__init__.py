"""Parts of the script that writes the seed chain; run `tools/build_seed_chain.py`."""
