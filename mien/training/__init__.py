"""Small models that we fit ourselves: one file each."""
