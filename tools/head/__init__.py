"""How the head asset is made; run tools/build_head.py."""
