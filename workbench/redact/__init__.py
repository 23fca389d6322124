"""From detections to hidden pixels: `cover` decides, `apply` acts."""
