"""What an image is, in numbers."""
