"""What words and voices express: ``--emotion auto``."""
