"""mien rig: a small page on this machine on which somebody points out a face."""
