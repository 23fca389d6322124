"""Detections and regions in the formats of annotation tools."""
