"""Live: a face in a browser that answers at once and can be interrupted."""
