"""Systems that are measured side by side, on the same clips, by the same ruler."""
